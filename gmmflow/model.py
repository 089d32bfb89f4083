"""A fitted mixture to work with: labels, probabilities, densities, samples, criteria."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gmmflow.em.pipeline import Fitted
from gmmflow.em.posterior import Posterior
from gmmflow.errors import DataError
from gmmflow.executors.threads import Threads
from gmmflow.values.dataset import Chunk, Dataset
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
    def converged(self) -> bool:
        """Whether a convergence criterion ended the fit, not a limit."""
        return self.result.fit.stop.reason == Reason.CONVERGED

    @property
    def n_iterations(self) -> int:
        """M-steps that led to these parameters."""
        return self.result.fit.trace[-1].iteration

    def predict(self, x: Any) -> Any:
        """Most probable component of each row, (n,) int64."""
        return self._rowwise(x, "labels")

    def predict_proba(self, x: Any) -> Any:
        """Posterior probability of each component for each row, (n, k)."""
        return self._rowwise(x, "resp")

    def score_samples(self, x: Any) -> Any:
        """Natural log of the density of each row, (n,)."""
        return self._rowwise(x, "log_density")

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
        if n < 0:
            raise DataError(f"n must be at least 0, is {n}", "ask for some rows")
        mixture = self.result.fit.mixture
        assert mixture is not None, "a model has a mixture"
        if self.fitted.frame.to_model is None:
            raise DataError(
                "the transforms of this model cannot be undone, so it has no rows in data units",
                "fit without them, or with standardize",
            )
        rng = np.random.default_rng(seed)
        counts = rng.multinomial(n, mixture.weights)
        components = np.repeat(np.arange(mixture.n_components), counts)
        rows = np.empty((n, len(self.fitted.frame.centre)))
        for component, count in enumerate(counts):
            rows[components == component] = mixture.distribution.sample(
                mixture.parameters, component, int(count), rng
            )
        order = rng.permutation(n)
        return self.fitted.frame.to_data(rows[order]), components[order]

    def save(self, folder: str | Path) -> Path:
        """Write ``model.json`` and ``model.npz``, which `gmmflow.load` reads."""
        from gmmflow.run_folder.model_file import save_model

        save_model(Path(folder), self.fitted)
        return Path(folder)

    def dataset(self, x: Any) -> Dataset:
        """Rows as a data set with this model's columns, found by name where `x` has names.

        Raises
        ------
        DataError
            A column is missing, or their number is wrong.
        """
        from gmmflow.loaders.arrays import from_arrays
        from gmmflow.loaders.python.frames import matched

        return from_arrays(matched(x, self.names), names=self.names)

    def _posterior(self) -> Posterior:
        mixture = self.result.fit.mixture
        assert mixture is not None, "a model has a mixture"
        return Posterior.of(mixture, self.fitted.frame)

    def _rowwise(self, x: Any, what: Literal["labels", "resp", "log_density"]) -> Any:
        data = self.dataset(x)
        evaluate = Rowwise(self._posterior(), what)
        if not data.in_memory:
            chunks = {"chunks": (data.rows.chunks[0], (self.n_components,))}
            shape = chunks if what == "resp" else {"drop_axis": 1}
            dtype = np.int64 if what == "labels" else np.float64
            return data.rows.map_blocks(evaluate, dtype=dtype, **shape)
        with Threads().start() as engine:
            return np.concatenate(list(engine.each(data, evaluate.of_chunk)))


@dataclass(frozen=True)
class Rowwise:
    """One answer for each row of a chunk: picklable, for Dask."""

    posterior: Posterior
    what: str

    def of_chunk(self, chunk: Chunk) -> np.ndarray:
        """The answers for a chunk."""
        return self(chunk.rows)

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """Labels (m,), probabilities (m, k) or log densities (m,)."""
        resp, log_density = self.posterior(rows)
        if self.what == "labels":
            return resp.argmax(axis=1)
        return log_density if self.what == "log_density" else resp.astype(np.float64, copy=False)
