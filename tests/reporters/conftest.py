"""Results to report on: plain NumPy EM on small data, and a context to report to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

import gmmflow
from gmmflow.distributions.base import Distribution
from gmmflow.reporters.base import Labelled, ReportContext, Reporter
from gmmflow.values.dataset import Chunk
from gmmflow.values.fit import Fit
from gmmflow.values.mixture import Mixture
from gmmflow.values.moments import measure
from gmmflow.values.result import DataSummary, Result
from gmmflow.values.trace import Reason, Step, Stop

OLD_FAITHFUL = Path(gmmflow.__file__).parent / "data" / "old_faithful.csv"


@dataclass(frozen=True)
class BruteKernel:
    """Log joint density by SciPy."""

    parameters: dict[str, np.ndarray]
    log_weights: np.ndarray

    @property
    def shape(self) -> tuple[int, int]:
        return self.parameters["means"].shape

    def log_joint(self, block: Any, out: np.ndarray) -> None:
        pairs = zip(self.parameters["means"], self.parameters["covariances"], strict=True)
        for i, (mean, covariance) in enumerate(pairs):
            out[i] = self.log_weights[i] + multivariate_normal(mean, covariance).logpdf(block.rows)


class Brute(Distribution):
    """Gaussian components, as plain as can be."""

    type: Literal["brute"] = "brute"

    def kernel(self, parameters, log_weights, centre):
        return BruteKernel(parameters, log_weights)

    def mean(self, parameters):
        return parameters["means"]

    def covariance_matrices(self, parameters):
        return parameters["covariances"]

    @property
    def label(self) -> str:
        return "gaussian VVV"

    def _unused(self, *args, **options):
        raise NotImplementedError

    collector = counts = maximize = n_free = sample = _unused


def log_joint(mixture: Mixture, x: np.ndarray) -> np.ndarray:
    """(n, k) by SciPy."""
    out = np.empty((mixture.n_components, len(x)))
    kernel = BruteKernel(mixture.parameters, np.log(mixture.weights))
    kernel.log_joint(SimpleNamespace(rows=x), out)
    return out.T


def em(
    x: np.ndarray, mixture: Mixture, index: int, iterations: int
) -> tuple[Fit, list[Mixture], np.ndarray]:
    """EM until the log-likelihood stands still: the fit, its mixtures, and responsibilities."""
    trace: list[Step] = []
    history = [mixture]
    while True:
        joint = log_joint(history[-1], x)
        row = logsumexp(joint, axis=1)
        resp = np.exp(joint - row[:, None])
        value = float(row.sum())
        change = value - trace[-1].log_likelihood if trace else np.inf
        i = len(trace)
        trace.append(
            Step(
                index, i, value, value, float(len(x)),
                float(np.log(resp.max(axis=1)).sum()), None if i == 0 else abs(change), 0.01 * i,
                float(history[-1].weights.min()), float(resp.sum(axis=0).min()),
            )
        )  # fmt: skip
        if change < 1e-9 * len(x) or i == iterations:
            break
        n = resp.sum(axis=0)
        means = resp.T @ x / n[:, None]
        covariances = np.stack(
            [(resp[:, [j]] * (x - m)).T @ (x - m) / n[j] for j, m in enumerate(means)]
        )
        parameters = {"means": means, "covariances": covariances}
        history.append(Mixture(mixture.distribution, n / len(x), parameters))
    stop = (
        Stop(Reason.ITERATION_LIMIT, "500 iterations.", "Raise the limit.")
        if i == iterations
        else Stop(Reason.CONVERGED, f"the log-likelihood of a row changed by {change:.2g}.")
    )
    k, d = mixture.n_components, x.shape[1]
    n_free = k - 1 + k * d + k * d * (d + 1) // 2
    fit = Fit(index, index, history[-1], tuple(trace), stop, n_free, 0, k, mixture.distribution)
    return fit, history, resp


def start(x: np.ndarray, k: int, seed: int) -> Mixture:
    """A mixture at random rows."""
    rows = np.random.default_rng(seed).choice(len(x), k, replace=False)
    shape = np.cov(x.T).reshape(x.shape[1], x.shape[1])
    parameters = {"means": x[rows].astype(float), "covariances": np.stack([shape] * k)}
    return Mixture(Brute(), np.full(k, 1 / k), parameters)


@dataclass(frozen=True)
class Case:
    """A result with the rows it came from."""

    result: Result
    x: np.ndarray
    resp: np.ndarray
    chunks: tuple[int, ...]

    def scan(self, task: Callable[[Labelled], Any]) -> Iterator[Any]:
        first = 0
        for index, size in enumerate(self.chunks):
            part = slice(first, first + size)
            density = logsumexp(log_joint(self.result.mixture, self.x[part]), axis=1)
            chunk = Chunk(index, first, self.x[part])
            yield task(Labelled(chunk, self.resp[part], density))
            first += size

    def with_result(self, **changes: Any) -> Case:
        return replace(self, result=replace(self.result, **changes))

    def with_data(self, **changes: Any) -> Case:
        return self.with_result(data=replace(self.result.data, **changes))

    def report(self, reporter: Reporter, context: ReportContext) -> None:
        """The calls of a whole run."""
        watcher = reporter.watch(context)
        try:
            watcher.begin(self.result.data, len(self.result.fits))
            for i in range(max(len(fit.trace) for fit in self.result.fits)):
                for fit in self.result.fits:
                    if i < len(fit.trace):
                        watcher.step(fit.trace[i], self.result.mixture)
            watcher.finish(self.result, self.scan)
        finally:
            watcher.close()


def make_case(
    x: np.ndarray, names: tuple[str, ...], k: int = 2, starts: int = 3, iterations: int = 500
) -> Case:
    """Fit by plain EM; components sorted by their first mean."""
    ended = [em(x, start(x, k, seed), seed, iterations) for seed in range(starts)]
    best = int(np.argmax([fit.log_likelihood for fit, _, _ in ended]))
    fit, mixtures, resp = ended[best]
    order = np.argsort(fit.mixture.parameters["means"][:, 0])
    history = tuple(mixture.reorder(order) for mixture in mixtures)
    result = Result(
        tuple(fit for fit, _, _ in ended), best, history[-1], "data",
        DataSummary(names, names, len(x), measure(x)), resp[:, order].sum(axis=0),
        seconds=0.052, history=history,
    )  # fmt: skip
    return Case(result, x, resp[:, order], (len(x) // 3, 0, len(x) - len(x) // 3))


@pytest.fixture(scope="session")
def make() -> Callable[..., Case]:
    return make_case


@pytest.fixture(scope="session")
def faithful() -> Case:
    x = np.loadtxt(OLD_FAITHFUL, delimiter=",", skiprows=1)
    return make_case(x, ("eruptions", "waiting"))


@pytest.fixture
def context(tmp_path: Path) -> ReportContext:
    return ReportContext(tmp_path, StringIO(), StringIO(), "old_faithful")
