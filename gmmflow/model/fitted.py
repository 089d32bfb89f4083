"""A fitted mixture to work with: labels, probabilities, densities, samples, criteria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log
from pathlib import Path
from typing import Any

import numpy as np

from gmmflow.em.pipeline import Fitted
from gmmflow.em.posterior import Posterior
from gmmflow.errors import DataError
from gmmflow.model.density import MixtureDensity
from gmmflow.model.draw import draw
from gmmflow.model.ellipse import Ellipse
from gmmflow.model.known import Column
from gmmflow.model.regression import Regression
from gmmflow.model.rowwise import dataset, rowwise
from gmmflow.values.conditioning import Conditioning
from gmmflow.values.result import Result
from gmmflow.values.trace import Reason


@dataclass(frozen=True)
class MixtureModel:
    """The mixture that a fit chose, in data units.

    Rows can be NumPy arrays, DataFrames (columns are found by name) or Dask arrays; Dask arrays
    give Dask arrays, computed chunk by chunk.

    Attributes
    ----------
    fitted : Fitted
        Result and transforms.
    folder : Path or None
        The run folder, if there is one.
    """

    fitted: Fitted
    folder: Path | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        law, fit = self.result.mixture.distribution.label, self.result.fit
        return (
            f"<MixtureModel: {self.n_components} components of {law} in {len(self.names)} columns, "
            f"log-likelihood {fit.log_likelihood:.5f}, {fit.stop.reason} after "
            f"{self.n_iterations} iterations>"
        )

    @property
    def result(self) -> Result:
        """Everything the fit found: all candidates, traces, notes."""
        return self.fitted.result

    @property
    def names(self) -> tuple[str, ...]:
        """Columns that rows must have, in order."""
        return self.result.data.names

    @property
    def n_components(self) -> int:
        """Number of components, k."""
        return self.result.mixture.n_components

    @property
    def weights(self) -> np.ndarray:
        """Mixing proportions, (k,)."""
        return self.result.mixture.weights

    @property
    def means(self) -> np.ndarray:
        """Means of the components, (k, d)."""
        mixture = self.result.mixture
        return mixture.distribution.mean(mixture.parameters)

    @property
    def covariances(self) -> np.ndarray:
        """Covariance matrices of the components, (k, d, d)."""
        mixture = self.result.mixture
        return mixture.distribution.covariance_matrices(mixture.parameters)

    @property
    def log_likelihood(self) -> float:
        """Log-likelihood of the data that were fitted, under these very parameters."""
        return self.result.fit.log_likelihood

    @property
    def n_free(self) -> int:
        """Free parameters: what BIC and AIC charge for."""
        return self.result.fit.n_free

    @property
    def counts(self) -> np.ndarray:
        """Expected rows (sum of weights) of each component, (k,)."""
        return self.result.counts

    @property
    def conditioning(self) -> Conditioning:
        """Extreme eigenvalues of the covariance matrices, and condition numbers."""
        return self.result.conditioning

    @property
    def aitken_gap(self) -> float | None:
        """How much the objective would still have climbed, or None where it cannot be told."""
        return self.result.fit.aitken_gap

    @property
    def falls(self) -> tuple[int, ...]:
        """Iterations at which the objective fell by more than rounding errors; EM has none."""
        return self.result.fit.falls

    @property
    def candidates(self) -> list[dict[str, Any]]:
        """All models that were compared, one row each; the chosen one has ``chosen``.

        ``components``, ``distribution``, ``free_parameters``, ``log_likelihood``, ``bic``,
        ``aic``, ``icl``, ``held_out`` and ``iterations`` are those of its best start, None where
        all are degenerate; ``starts`` and ``degenerate`` count them; ``reason`` and ``message``
        say how the best one ended, or why there is none.

        ``pandas.DataFrame(model.candidates)`` makes a table of it.
        """
        return self.result.rows()

    @property
    def converged(self) -> bool:
        """Whether a convergence criterion ended the fit, not a limit."""
        return self.result.fit.stop.reason == Reason.CONVERGED

    @property
    def n_iterations(self) -> int:
        """M-steps that led to these parameters."""
        return self.result.fit.trace[-1].iteration

    def predict(self, x: Any) -> Any:
        """Most probable component of each row, (n,) int64."""
        return rowwise(self._posterior(), dataset(x, self.names), "labels")

    def predict_proba(self, x: Any) -> Any:
        """Posterior probability of each component for each row, (n, k)."""
        return rowwise(self._posterior(), dataset(x, self.names), "resp")

    def score_samples(self, x: Any) -> Any:
        """Natural log of the density of each row, (n,)."""
        return rowwise(self._posterior(), dataset(x, self.names), "log_density")

    def score(self, x: Any, sample_weight: Any = None) -> float:
        """Mean log density of the rows, weighted if weights are given."""
        log_density = np.asarray(self.score_samples(x))
        return float(np.average(log_density, weights=sample_weight))

    def bic(self, x: Any = None) -> float:
        """Bayesian information criterion of the fitted data or of `x`; lower is better."""
        if x is None:
            return self.result.fit.bic
        log_density = np.asarray(self.score_samples(x))
        return float(-2.0 * log_density.sum() + self.result.fit.n_free * log(len(log_density)))

    def aic(self, x: Any = None) -> float:
        """Akaike's information criterion of the fitted data or of `x`; lower is better."""
        if x is None:
            return self.result.fit.aic
        return float(-2.0 * np.asarray(self.score_samples(x)).sum() + 2.0 * self.result.fit.n_free)

    def icl(self) -> float:
        """Integrated completed likelihood of the fitted data; lower is better."""
        return self.result.fit.icl

    def sample(self, n: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Draw rows from the mixture.

        Parameters
        ----------
        n : int
            How many.
        seed : int
            Equal seeds give equal rows.

        Returns
        -------
        rows : (n, d) float64
            In data units, in random order.
        components : (n,) int64

        Raises
        ------
        DataError
            The transforms cannot be undone, or `n` is negative.
        """
        mixture = self.result.fit.mixture
        assert mixture is not None, "a model has a mixture"
        if self.fitted.frame.to_model is None:
            raise DataError(
                "the transforms of this model cannot be undone, so it has no rows in data units",
                "fit without them, or with standardize",
            )
        rows, components = draw(mixture, len(self.fitted.frame.centre), n, seed)
        return self.fitted.frame.to_data(rows), components

    @cached_property
    def density(self) -> MixtureDensity:
        """The mixture as a law of its columns, in data units.

        Raises
        ------
        DataError
            The transforms cannot be undone for this distribution.
        """
        if self.result.units != "data":
            raise DataError(
                f"this model of {self.result.mixture.distribution.label} is in transformed units: "
                "it has no law of the data's columns in closed form",
                "fit without transforms, or with standardize and a distribution that it can undo",
            )
        return MixtureDensity(self.result.data.model_names, self.result.mixture)

    def marginal(self, columns: Column | Sequence[Column]) -> MixtureDensity:
        """The law of these columns alone; see `MixtureDensity.marginal`."""
        return self.density.marginal(columns)

    def conditional(self, given: Mapping[Column, float]) -> MixtureDensity:
        """The law of the other columns, given some; see `MixtureDensity.conditional`."""
        return self.density.conditional(given)

    def regress(self, given: Any) -> Regression:
        """Conditional means and covariances of many rows; see `MixtureDensity.regress`."""
        return self.density.regress(given)

    def ellipses(
        self, level: float = 0.95, columns: Sequence[Column] = (0, 1), points: int = 73
    ) -> tuple[Ellipse, ...]:
        """Ellipses of the components in two columns; see `MixtureDensity.ellipses`."""
        return self.density.ellipses(level, columns, points)

    def save(self, folder: str | Path) -> Path:
        """Write ``model.json`` and ``model.npz``, which `gmmflow.load` reads."""
        from gmmflow.run_folder.model_file import save_model

        save_model(Path(folder), self.fitted)
        return Path(folder)

    def _posterior(self) -> Posterior:
        mixture = self.result.fit.mixture
        assert mixture is not None, "a model has a mixture"
        return Posterior.of(mixture, self.fitted.frame)
