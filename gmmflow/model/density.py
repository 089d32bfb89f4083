"""A mixture as a law of named columns, with its marginal and conditional laws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmflow.distributions.conditional import Conditional
from gmmflow.em.frame import Frame
from gmmflow.em.posterior import Posterior
from gmmflow.errors import DataError
from gmmflow.model.draw import draw
from gmmflow.model.ellipse import Ellipse, ellipse
from gmmflow.model.known import Column, indices, known_values
from gmmflow.model.regression import Regression, regression
from gmmflow.model.rowwise import dataset, rowwise
from gmmflow.values.columns import listing
from gmmflow.values.mixture import Mixture

#: Standard deviations whose squares, and those of their whitened distances, do not overflow.
FARTHEST = 1e140


@dataclass(frozen=True)
class MixtureDensity:
    """A mixture in named columns, in their units.

    Rows can be NumPy arrays, DataFrames (columns are found by name) or Dask arrays; Dask arrays
    give Dask arrays. Columns are named, or numbered from 0.

    Attributes
    ----------
    names : tuple of str
        Columns, in order.
    mixture : Mixture
    """

    names: tuple[str, ...]
    mixture: Mixture

    def __repr__(self) -> str:
        law = self.mixture.distribution.type
        columns = ", ".join(self.names[:6]) + (", ..." if len(self.names) > 6 else "")
        return f"<MixtureDensity: {self.n_components} components of {law} in {columns}>"

    @property
    def n_components(self) -> int:
        """Number of components, k."""
        return self.mixture.n_components

    @property
    def weights(self) -> np.ndarray:
        """Mixing proportions, (k,)."""
        return self.mixture.weights

    @property
    def means(self) -> np.ndarray:
        """Means of the components, (k, d)."""
        return self.mixture.distribution.mean(self.mixture.parameters)

    @property
    def covariances(self) -> np.ndarray:
        """Covariance matrices of the components, (k, d, d)."""
        return self.mixture.distribution.covariance_matrices(self.mixture.parameters)

    def predict(self, x: Any) -> Any:
        """Most probable component of each row, (n,) int64."""
        return rowwise(self._posterior(), dataset(x, self.names), "labels")

    def predict_proba(self, x: Any) -> Any:
        """Posterior probability of each component for each row, (n, k)."""
        return rowwise(self._posterior(), dataset(x, self.names), "resp")

    def score_samples(self, x: Any) -> Any:
        """Natural log of the density of each row, (n,)."""
        return rowwise(self._posterior(), dataset(x, self.names), "log_density")

    def sample(self, n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Draw `n` rows (n, d), in random order, and their components (n,).

        Raises
        ------
        DataError
            `n` is negative.
        """
        return draw(self.mixture, len(self.names), n, seed)

    def marginal(self, columns: Column | Sequence[Column]) -> MixtureDensity:
        """The law of these columns alone, in this order: the same weights, fewer columns.

        Raises
        ------
        DataError
            There is no such column, or the distribution has no marginal laws.
        """
        kept = indices(columns, self.names)
        parameters = self.mixture.distribution.marginal(self.mixture.parameters, kept)
        if parameters is None:
            raise self._refusal("marginal")
        return self._part(kept, self.weights, parameters)

    def conditional(self, given: Mapping[Column, float]) -> MixtureDensity:
        """The law of the other columns where these have the given values.

        It is a mixture again: every component's conditional law, weighted by the posterior
        probability of the component under what is given.

        Parameters
        ----------
        given : mapping of column to number

        Raises
        ------
        DataError
            There is no such column, no column is left, a value is not one finite number, or the
            distribution has no conditional laws.
        """
        known, values = known_values(given, self.names)
        if len(values) != 1:
            raise DataError(
                f"{len(values)} rows are given, and a conditional law is that of one",
                "give single numbers, or use `regress` for many rows",
            )
        left, conditional = self._conditional(known)
        # About the values themselves, where densities have all their digits.
        weights = self._resp(known, values, values[0])[0]
        return self._part(left, weights, conditional.parameters(values[0]))

    def regress(self, given: Any) -> Regression:
        """Conditional mean and covariance of the other columns, for many rows at once.

        Parameters
        ----------
        given : mapping of column to number or (m,) array, or a table of the known columns

        Raises
        ------
        DataError
            As for `conditional`.
        """
        known, values = known_values(given, self.names)
        left, conditional = self._conditional(known)
        names = tuple(self.names[i] for i in left)
        return regression(names, conditional, self._resp(known, values), values)

    def ellipses(
        self, level: float = 0.95, columns: Sequence[Column] = (0, 1), points: int = 73
    ) -> tuple[Ellipse, ...]:
        """Ellipses in two columns that hold a share of each component's rows.

        The share is exact for Gaussian components; for others these are the ellipses of the
        Gaussian of the same mean and covariance.

        Parameters
        ----------
        level : float
            Share of the rows, above 0 and below 1.
        columns : two columns
            Across and up.
        points : int
            Of each outline, at least 3.

        Raises
        ------
        DataError
            There are no such columns, or not two; `level` or `points` is out of range.
        """
        if not 0.0 < level < 1.0:
            raise DataError(f"level must lie between 0 and 1, is {level}", "0.95 is usual")
        if points < 3:
            raise DataError(f"points must be at least 3, is {points}", "73 are smooth")
        if len(self.names) < 2:
            raise DataError(
                "an ellipse needs two columns, and the model has 1", "draw its density instead"
            )
        two = indices(columns, self.names)
        if len(two) != 2:
            raise DataError(
                f"an ellipse is drawn in 2 columns, not {len(two)}", listing(self.names)
            )
        distribution, parameters = self.mixture.distribution, self.mixture.parameters
        plane = distribution.marginal(parameters, two)
        if plane is None:
            covariances = distribution.covariance_matrices(parameters)[:, two[:, None], two]
        else:
            covariances = distribution.covariance_matrices(plane)
        pairs = zip(self.means[:, two], covariances, strict=True)
        return tuple(ellipse(i, mean, cov, level, points) for i, (mean, cov) in enumerate(pairs))

    def _part(
        self, columns: np.ndarray, weights: np.ndarray, parameters: dict[str, np.ndarray]
    ) -> MixtureDensity:
        names = tuple(self.names[i] for i in columns)
        return MixtureDensity(names, Mixture(self.mixture.distribution, weights, parameters))

    def _conditional(self, known: np.ndarray) -> tuple[np.ndarray, Conditional]:
        left = np.setdiff1d(np.arange(len(self.names)), known)
        distribution = self.mixture.distribution
        conditional = distribution.conditional(self.mixture.parameters, left, known)
        if conditional is None:
            raise self._refusal("conditional")
        return left, conditional

    def _resp(
        self, known: np.ndarray, values: np.ndarray, centre: np.ndarray | None = None
    ) -> np.ndarray:
        marginal = self.marginal(known.tolist())
        deviation = np.sqrt(np.einsum("kii->ki", marginal.covariances))
        for mean, unit in zip(marginal.means, deviation, strict=True):
            far = np.abs((values - mean) / unit).max(axis=1)
            row = int(far.argmax())
            if not far[row] < FARTHEST:
                raise DataError(
                    f"row {row + 1} of what is given lies {far[row]:.2g} standard deviations from "
                    "a component: too far to be weighed",
                    "look at its values; leave a column out where its value is not known",
                )
        resp: np.ndarray = rowwise(
            marginal._posterior(centre), dataset(values, marginal.names), "resp"
        )
        return resp

    def _posterior(self, centre: np.ndarray | None = None) -> Posterior:
        about = self.weights @ self.means if centre is None else centre
        return Posterior.of(self.mixture, Frame((), about))

    def _refusal(self, what: str) -> DataError:
        return DataError(
            f"{self.mixture.distribution.type} has no {what} laws in closed form",
            f"its distribution can offer them: see `Distribution.{what}`",
        )
