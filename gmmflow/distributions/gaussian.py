"""The multivariate Gaussian, with any family of covariance matrices.

Parameters
----------
means : (k, d)
covariances : (k, d, d), or (1, d, d) shared        dense form
orientation : (1, d, d), variances : (k, d)         rotated form
variances : (k, d), (1, d), (k, 1) or (1, 1)        diagonal and spherical forms
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import SerializeAsAny

from gmmflow.covariances.base import Covariance
from gmmflow.distributions.base import Distribution, refuse_empty
from gmmflow.distributions.normal.collapse import refuse_collapsed
from gmmflow.distributions.normal.condition import GaussianConditional, condition
from gmmflow.distributions.normal.given import given_problem
from gmmflow.distributions.normal.prior import log_density, pseudo_rows
from gmmflow.distributions.normal.rows import RowMoments
from gmmflow.kernels.collector import Collector
from gmmflow.kernels.gaussian import GaussianKernel, gaussian_kernel
from gmmflow.kernels.layouts import layout_for, layout_of
from gmmflow.numerics.linalg import first_singular, inverse_factors
from gmmflow.stage import Field, Slot
from gmmflow.values.forms import Dense, Rotated, form_of
from gmmflow.values.mixture import Parameters, Statistics
from gmmflow.values.moments import Moments
from gmmflow.values.prior import NormalPrior

#: Squared distance of a mean from the centre, in variances of its component, beyond which a start's
#: statistics are collected again about the means.
CANCELLATION = 1e-9 / np.finfo(np.float64).eps


class Gaussian(Distribution):
    """Gaussian components; `covariance` says which matrices they may have."""

    type: Literal["gaussian"] = "gaussian"
    covariance: Annotated[SerializeAsAny[Covariance], Slot("covariances", "VVV")] = Field(
        description="Family of covariance matrices (EII .. VVV, or full, tied, diag, spherical)."
    )
    parameter_names: ClassVar[tuple[str, ...]] = ("means", "covariances")

    @property
    def label(self) -> str:
        """``gaussian VVV``."""
        return f"{self.type} {self.covariance.type}"

    def kernel(
        self, parameters: Parameters, log_weights: np.ndarray, centre: np.ndarray
    ) -> GaussianKernel:
        """Kernel for these parameters."""
        means = parameters["means"]
        layout = layout_for(self.covariance.needs, *means.shape)
        return gaussian_kernel(layout, form_of(parameters), centre, means, log_weights)

    def collector(self, k: int, centre: np.ndarray, about: Parameters | None = None) -> Collector:
        """Kernel that only sums: about the centre, or about given means."""
        layout = layout_for(self.covariance.needs, k, len(centre))
        return Collector(layout, centre, k, None if about is None else about["means"])

    def counts(self, statistics: Statistics) -> np.ndarray:
        """Expected rows of each component, (k,)."""
        return layout_of(self.covariance.needs, statistics).counts(statistics)

    def refine(self, statistics: Statistics, centre: np.ndarray) -> Parameters | None:
        """Means to collect about, where scatters are small against distances from the centre."""
        n, offsets, scatter = layout_of(self.covariance.needs, statistics).moments(statistics, None)
        about = {"means": centre + offsets}
        if scatter.ndim == 3:
            with np.errstate(divide="ignore", invalid="ignore"):
                n = n if len(scatter) == len(n) else n.sum(keepdims=True)
                covariances = scatter / n[:, None, None]
            if first_singular(covariances) is not None:
                return about
            stretch = np.abs(inverse_factors(covariances)[0])
            length = np.matmul(stretch, np.abs(offsets)[:, :, None])[:, :, 0]
            return None if np.square(length).sum(axis=1).max() <= CANCELLATION else about
        # What was subtracted: n m^2.
        lost = n[:, None] * np.square(offsets)
        if scatter.shape[1] == 1:
            lost = lost.sum(axis=1, keepdims=True)
        return None if (lost <= scatter * CANCELLATION).all() else about

    def maximize(
        self,
        statistics: Statistics,
        centre: np.ndarray,
        previous: Parameters | None,
        update: frozenset[str],
        prior: NormalPrior | None = None,
    ) -> Parameters:
        """Means, and the family's covariances of the scatter about them.

        Those of maximum likelihood, or under a prior the mode of the posterior.
        """
        if previous is not None and not update.intersection(self.parameter_names):
            return previous
        layout = layout_of(self.covariance.needs, statistics)
        start = centre if previous is None else previous["means"]
        n, shift, scatter = layout.moments(statistics, None if previous is None else start - centre)
        refuse_empty(n)
        rows = RowMoments(n, start - centre + shift, scatter, centre)
        pseudo = None if prior is None else pseudo_rows(prior, self.covariance, len(n), rows)
        k, d = len(n), len(centre)
        if previous is not None and "means" not in update:
            means = start
            scatter = scatter + layout.outer(n, shift)
        else:
            means = start + shift
            if pseudo is not None:
                pull = pseudo.shrinkage / (n + pseudo.shrinkage)
                towards = pull[:, None] * (pseudo.mean - means)
                means = means + towards
                scatter = scatter + layout.outer(n, towards)
        warm = None if previous is None or len(previous) == 1 else form_of(previous)
        if warm is not None and "covariances" not in update:
            return {"means": means, **warm.arrays()}
        if pseudo is not None:
            n = n + pseudo.rows
            apart = layout.outer(np.full(k, pseudo.shrinkage), means - pseudo.mean)
            scatter = scatter + pseudo.scatter + apart
        spread = rows.spread if self.covariance.bounded else np.ones(1)  # not looked at
        form = self.covariance.estimate(n, scatter, d, warm, spread)
        refuse_collapsed(form, means)
        return {"means": means, **form.arrays()}

    def log_prior(
        self,
        parameters: Parameters,
        statistics: Statistics,
        centre: np.ndarray,
        prior: NormalPrior,
    ) -> float:
        """Log density of the prior at these parameters, up to a constant.

        `statistics` are of a sweep with these parameters: what the prior takes from the rows.
        """
        layout = layout_of(self.covariance.needs, statistics)
        means = parameters["means"]
        n, shift, scatter = layout.moments(statistics, means - centre)
        rows = RowMoments(n, means - centre + shift, scatter, centre)
        pseudo = pseudo_rows(prior, self.covariance, len(n), rows)
        apart = layout.outer(np.full(len(n), pseudo.shrinkage), means - pseudo.mean)
        return log_density(pseudo, form_of(parameters), len(centre), apart)

    def change(self, previous: Parameters, parameters: Parameters, spread: np.ndarray) -> float:
        """Largest change in units of the columns' standard deviations `spread` (d,)."""
        moved = np.abs((parameters["means"] - previous["means"]) / spread).max()
        old, new = form_of(previous), form_of(parameters)
        if isinstance(old, Dense) and isinstance(new, Dense):
            difference = (new.covariances - old.covariances) / (spread[:, None] * spread)
        elif isinstance(old, Dense | Rotated):
            k, d = parameters["means"].shape
            difference = (new.matrices(k, d) - old.matrices(k, d)) / (spread[:, None] * spread)
        else:
            difference = (new.column_variances() - old.column_variances()) / np.square(spread)
        return float(max(moved, np.abs(difference).max()))

    def embed(self, other: Distribution, parameters: Parameters) -> Parameters | None:
        """The same covariances, where the family contains the other one."""
        nested = isinstance(other, Gaussian) and self.covariance.contains(other.covariance)
        return parameters if nested else None

    def refuse(self, names: tuple[str, ...], moments: Moments) -> str | None:
        """Constant columns have no density (a spherical family needs one that varies).

        Regularised covariances have one.
        """
        if self.covariance.regularised:
            return None
        constant = [
            name for name, low, high in zip(names, moments.low, moments.high, strict=True)
            if low == high
        ]  # fmt: skip
        if not constant or (self.covariance.needs == "trace" and len(constant) < len(names)):
            return None
        return f"constant column{'s' * (len(constant) > 1)}: {', '.join(constant)}"

    def refuse_parameters(self, parameters: Parameters, k: int, d: int) -> str | None:
        """Names, shapes and definiteness; a family may be given any member of its form."""
        return given_problem(self.label, self.covariance, parameters, k, d)

    def n_free(self, k: int, d: int, update: frozenset[str]) -> int:
        """Free parameters: k d of the means, and the family's."""
        means = k * d if "means" in update else 0
        return means + (self.covariance.n_free(k, d) if "covariances" in update else 0)

    @property
    def monotone(self) -> bool:
        """As the covariances are regularised."""
        return self.covariance.monotone

    def sample(
        self, parameters: Parameters, component: int, size: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw `size` rows (size, d) of one component."""
        mean = parameters["means"][component]
        z = rng.standard_normal((size, len(mean)))
        return np.asarray(mean + form_of(parameters).deviates(component, z))

    def mean(self, parameters: Parameters) -> np.ndarray:
        """Mean of each component, (k, d)."""
        return parameters["means"]

    def covariance_matrices(self, parameters: Parameters) -> np.ndarray:
        """Covariance matrix of each component, (k, d, d)."""
        return form_of(parameters).matrices(*parameters["means"].shape)

    def extreme_eigenvalues(self, parameters: Parameters) -> tuple[np.ndarray, np.ndarray]:
        """Smallest and largest eigenvalue of each component's covariance matrix, (k,) each."""
        k = len(parameters["means"])
        smallest, largest = form_of(parameters).extreme_eigenvalues()
        return np.broadcast_to(smallest, k), np.broadcast_to(largest, k)

    def marginal(self, parameters: Parameters, columns: np.ndarray) -> Parameters:
        """Means and covariances of these columns."""
        form = form_of(parameters).marginal(columns)
        return {"means": parameters["means"][:, columns], **form.arrays()}

    def conditional(
        self, parameters: Parameters, columns: np.ndarray, given: np.ndarray
    ) -> GaussianConditional:
        """A linear regression a component, with the covariance that it leaves."""
        return condition(parameters["means"], form_of(parameters), columns, given)

    def affine(self, parameters: Parameters, scale: np.ndarray, shift: np.ndarray) -> Parameters:
        """Parameters of scale * x + shift; unequal scales may need a wider form."""
        means = parameters["means"] * scale + shift
        return {"means": means, **form_of(parameters).scaled(scale).arrays()}
