"""What the benchmarks share: the rows and the start, the clock, ours, and goals."""

import os
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from time import process_time

import numpy as np

import gmmflow
from gmmflow.config import build_stage
from gmmflow.errors import GmmflowError

# For R, and for libraries that are loaded later; `one_thread_in_blas` is for those that are here.
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

#: Iterations of the run whose means are compared, and that the longer run is measured against.
SHORT = 2
#: The longer run works for this many seconds more, at the least and the most so many iterations.
SECONDS, FEWEST, MOST = 0.5, 1, 50
#: Where the shorter run takes so many seconds, each is made once.
SLOW = 10.0


@dataclass(frozen=True)
class Problem:
    """Rows (n, d), and where EM starts: means (k, d), equal weights, unit covariances."""

    x: np.ndarray
    means: np.ndarray
    family: str = "VVV"

    @property
    def sizes(self) -> tuple[int, int, int]:
        """Numbers of rows, columns and components."""
        return *self.x.shape, len(self.means)

    def of(self, family: str) -> "Problem":
        """The same rows and means for another family."""
        return replace(self, family=family)

    def parameters(self) -> dict[str, np.ndarray]:
        """Start by name, as the family has it: every covariance is the unit matrix."""
        _, d, k = self.sizes
        shapes = build_stage("covariances", self.family).shapes(k, d)
        form = {
            name: np.broadcast_to(1.0 if name == "variances" else np.eye(d), shape)
            for name, shape in shapes.items()
        }
        return {"means": self.means, **form}


#: Fits from the start for so many iterations: seconds of that alone, and the means then.
Fit = Callable[[Problem, int], tuple[float, np.ndarray]]


def problem(n: int, d: int, k: int, scale: float = 1.0, radius: float | None = None) -> Problem:
    """Gaussian components of unit covariance, about 4 standard deviations apart.

    They overlap, so that EM is still on its way when the measurement ends. With `radius`, the
    means are that far from the origin instead. `scale` is the share of the rows; enough are left
    for full covariances.
    """
    rng = np.random.default_rng(0)
    n = max(int(n * scale), 4 * k * d)
    means = rng.normal(size=(k, d)) * 4.0 / np.sqrt(2.0 * d)
    if radius is not None:
        means *= radius / np.linalg.norm(means, axis=1, keepdims=True)
    x = means[rng.integers(k, size=n)]
    x += rng.normal(size=(n, d))
    return Problem(x, means + 0.1)


def ours(threads: int = 1, clock: Callable[[], float] = process_time) -> Fit:
    """`gmmflow.fit`, whole: what it does once cancels in the difference of two runs."""

    def fit(given: Problem, iterations: int) -> tuple[float, np.ndarray]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "start.npz"
            k = len(given.means)
            np.savez(path, weights=np.full(k, 1.0 / k), **given.parameters())
            began = clock()
            model = gmmflow.fit(
                given.x,
                k,
                distribution={"type": "gaussian", "covariance": given.family},
                init={"type": "given", "path": str(path)},
                convergence=[{"type": "max_iterations", "limit": iterations}],
                run={"type": "threads", "threads": threads},
            )
            return clock() - began, model.means

    return fit


def known(family: str) -> bool:
    """Whether gmmflow has the family; says so if it has not."""
    try:
        build_stage("covariances", family)
    except GmmflowError as error:
        print(f"left out: {family}: {str(error).splitlines()[0]}")
        return False
    return True


@dataclass(frozen=True)
class Cost:
    """Seconds of one iteration, and the means after `SHORT` of them."""

    seconds: float
    means: np.ndarray


def costs(
    runs: Mapping[str, tuple[Fit, Problem]], repeats: int, peers: Collection[str] = ()
) -> dict[str, Cost]:
    """Seconds per iteration of each: a longer run less a shorter one, interleaved.

    Of each run the smallest of several counts. A peer that raises is left out with a line.
    """
    means, more, times = {}, {}, {}
    for name, (fit, given) in runs.items():
        try:
            seconds, means[name] = fit(given, SHORT)
        except Exception as error:
            if name not in peers:
                raise
            print(f"left out: {name} at {given.sizes}: {type(error).__name__}: {error}"[:150])
            continue
        more[name] = int(np.clip(SECONDS * SHORT / seconds, FEWEST, MOST))
        times[name] = ([seconds], [])
    for _ in range(repeats):
        for name, (short, long) in times.items():
            if short[0] > SLOW and long:
                continue
            fit, given = runs[name]
            if short[0] <= SLOW:
                short.append(fit(given, SHORT)[0])
            long.append(fit(given, SHORT + more[name])[0])
    return {
        name: Cost((min(long) - min(short)) / more[name], means[name])
        for name, (short, long) in times.items()
    }


def best(work: Callable[[], object], repeats: int = 5, clock=process_time) -> float:
    """Seconds of some work: the smallest of several times."""
    times = []
    for _ in range(repeats):
        began = clock()
        work()
        times.append(clock() - began)
    return min(times)


def dgemm_rate(dtype: str = "float64", size: int = 1024) -> float:
    """Multiplications and additions a second of a large product, on one thread."""
    a = np.random.default_rng(0).normal(size=(size, size)).astype(dtype)
    out = np.empty_like(a)
    return 2.0 * size**3 / best(lambda: np.matmul(a, a, out=out), 10)


def one_thread_in_blas():
    """Context in which every loaded BLAS has one thread, whatever its own variables say."""
    import scipy.linalg  # noqa: F401  (brings a BLAS of its own)
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1)


def geometric_mean(values) -> float:
    """Of positive numbers."""
    return float(np.exp(np.mean(np.log(list(values)))))


def error(a: np.ndarray, b: np.ndarray) -> float:
    """Largest difference of two arrays of means, in standard deviations."""
    return float(np.abs(a - b).max())


class Goals:
    """Goals, printed at the end with what was reached."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def at_least(self, what: str, value: float | None, goal: float) -> None:
        """A goal; a value of None was not measured."""
        self._add(what, value, goal, value is not None and value >= goal, ">=")

    def at_most(self, what: str, value: float | None, goal: float) -> None:
        """A goal; a value of None was not measured."""
        self._add(what, value, goal, value is not None and value <= goal, "<=")

    def _add(self, what: str, value: float | None, goal: float, reached: bool, sign: str) -> None:
        answer = "not measured" if value is None else "yes" if reached else "NO"
        shown = "-" if value is None else f"{value:.2f}"
        self.lines.append(f"{what:64} {shown:>7} {sign} {goal:<5g} {answer}")

    def print(self) -> None:
        """All of them."""
        print("\ngoals")
        for line in self.lines:
            print(f"  {line}")
