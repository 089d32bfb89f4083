"""What a covariance family is: which scatter it needs, and the M-step from it.

Laws: `maximize` lowers sum_k n_k log det Sigma_k + tr(Sigma_k^-1 W_k) as far as the family
allows; it uses only (n_k, W_k), so that every family works out of core; a component without a
covariance is named.

The result is one of the forms of `gmmflow.values.forms`: Dense, Rotated, Diagonal or Spherical. The
form, not the family, decides which kernel evaluates the density.

Regularisation is done here, around `maximize`: families know nothing of it.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np

from gmmflow.covariances.nesting import nested
from gmmflow.covariances.truncation import truncated, truncated_by_column
from gmmflow.stage import Field, Stage
from gmmflow.values.forms import Dense, Diagonal, Form, Spherical

#: Scatter matrices that the sweep can sum: each component's, their sum, or diagonals, or traces.
Scatter = Literal["dense", "pooled", "diagonal", "trace"]

#: What to do where a component has no covariance.
REMEDY = (
    "look for duplicate rows and for constant or linearly dependent columns; keep components from "
    "collapsing with `covariance: {type: ..., floor: 1e-6}`, with `max_ratio` there, or with a "
    "prior (`fit: {m_step: map}`); or try fewer components, a simpler covariance (EEE, VVI or "
    "VII), another init or seed"
)


class Covariance(Stage):
    """A family of covariance matrices."""

    kind: ClassVar[str] = "covariances"
    #: Which scatter the M-step needs, and so which kernel sums it.
    needs: ClassVar[Scatter] = "dense"
    #: Whether the maximum with its eigenvalues clipped is the maximum under the bounds. Where it
    #: is not, the scatters are bounded too, before the M-step.
    separable: ClassVar[bool] = False
    #: Whether a separable family has no preferred units of columns: rows of which a column is
    #: rescaled have covariances rescaled alike. `floor` then counts column by column.
    unit_free: ClassVar[bool] = False

    floor: float = Field(
        0.0, ge=0.0, lt=1.0, allow_inf_nan=False,
        description="Smallest eigenvalue of a covariance, as a share of the variance of the rows: "
        "column by column for EEI, VVI, EEE and VVV, of the mean of the columns' variances for "
        "other families and under max_ratio. 1e-6 keeps a component from collapsing.",
        examples=[1e-6],
    )  # fmt: skip
    max_ratio: float | None = Field(
        None, ge=1.0, allow_inf_nan=False,
        description="Largest ratio of two eigenvalues, over all components together (tclust's "
        "restr.fact; its default is 12): 1 makes equal spheres. Columns of very different units "
        "should be standardized first.",
        examples=[100.0],
    )  # fmt: skip
    reg_covar: float = Field(
        0.0, ge=0.0, allow_inf_nan=False,
        description="Added to the variances in every M-step, in squared units of the columns as "
        "the model sees them (scikit-learn's reg_covar; its default is 1e-6). EM may then lower "
        "the log-likelihood; floor does not, and knows no units.",
        examples=[1e-6],
    )  # fmt: skip

    @abstractmethod
    def maximize(self, n: np.ndarray, scatter: np.ndarray, d: int, previous: Form | None) -> Form:
        """Maximum-likelihood covariances.

        Parameters
        ----------
        n : (k,)
            Expected rows of each component, all positive; under a prior with its share.
        scatter : (k, d, d) dense, (1, d, d) pooled, (k, d) diagonal, (k, 1) trace
            Weighted sums of squares about the component means.
        d : int
            Number of columns.
        previous : Form or None
            Last covariances, in any form: a warm start for iterative families.
        """

    @property
    def regularised(self) -> bool:
        """Whether covariances are kept from collapsing."""
        return self.bounded or self.reg_covar > 0.0

    @property
    def bounded(self) -> bool:
        """Whether eigenvalues have bounds, which are shares of the variances of the rows."""
        return self.floor > 0.0 or self.max_ratio is not None

    @property
    def monotone(self) -> bool:
        """Whether EM with these options never lowers its objective.

        `floor` and `max_ratio` are exact in EII, VII, EEI, VVI, EEE, EEV and VVV: EM climbs the
        likelihood under the bounds. Families that tie volumes, shapes or axes of several matrices
        otherwise are bounded before and after their M-step, which is near that maximum but not at
        it. `reg_covar` is no bound: what it adds takes likelihood away.
        """
        return not (self.reg_covar > 0.0 or (self.bounded and not self.separable))

    def estimate(
        self,
        n: np.ndarray,
        scatter: np.ndarray,
        d: int,
        previous: Form | None,
        spread: np.ndarray,
    ) -> Form:
        """Covariances of the M-step: those of `maximize`, regularised as the options say.

        Parameters
        ----------
        n, scatter, d, previous
            As `maximize` takes them.
        spread : (d,) or (1,)
            Variances of the columns over all rows, or their mean; used where `bounded`.
        """
        if not self.regularised:
            return self.maximize(n, scatter, d, previous)
        if self.reg_covar > 0.0 or not self.separable:
            # W / n is each component's covariance on its own. A ridge there is one on the result
            # of scikit-learn's four families, and leaves the others in their family.
            rows = n if len(scatter) > 1 else n.sum(keepdims=True)
            rows = (rows * (d if self.needs == "trace" else 1)).reshape(
                -1, *[1] * (scatter.ndim - 1)
            )
            own = self._as_form(scatter / rows).plus(self.reg_covar)
            if not self.separable:
                own = self._bounded(own, n, spread)
            (covariances,) = own.arrays().values()
            scatter = covariances * rows
        return self._bounded(self.maximize(n, scatter, d, previous), n, spread)

    def shapes(self, k: int, d: int) -> dict[str, tuple[int, ...]]:
        """Names and shapes of the arrays of the form, as they can be given to start from."""
        each: dict[Scatter, dict[str, tuple[int, ...]]] = {
            "dense": {"covariances": (k, d, d)},
            "pooled": {"covariances": (1, d, d)},
            "diagonal": {"variances": (k, d)},
            "trace": {"variances": (k, 1)},
        }
        return each[self.needs]

    def contains(self, other: Covariance) -> bool:
        """Whether every set of matrices of another family is also one of this family.

        Our own families know it of each other; it holds under equal options.
        """
        alike = self.model_dump(exclude={"type"}) == other.model_dump(exclude={"type"})
        return alike and nested(other.type, self.type)

    @abstractmethod
    def n_free(self, k: int, d: int) -> int:
        """Free covariance parameters (mclust's nVarParams)."""

    def _as_form(self, covariances: np.ndarray) -> Form:
        """Covariances in the shape of the scatter, as a form."""
        if covariances.ndim == 3:
            return Dense(covariances)
        return Spherical(covariances) if self.needs == "trace" else Diagonal(covariances)

    def _bounded(self, form: Form, n: np.ndarray, spread: np.ndarray) -> Form:
        """The form within `floor` and `max_ratio`."""
        if not self.bounded or not all(np.isfinite(each).all() for each in form.arrays().values()):
            return form
        if self.max_ratio is None and self.separable and self.unit_free:
            return truncated_by_column(form, spread, self.floor)
        return truncated(form, n, spread, self.floor, self.max_ratio)
