"""Cost of an EM iteration against scikit-learn's, from the same start, with equal results.

CPU seconds of one E-step and one M-step, one thread each, interleaved; then what a second thread
gains, beside what dgemm itself gains from one. Run: ``python benchmarks/sweep_vs_sklearn.py``.
"""

import argparse
import os

os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")

import sys
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter, process_time

import numpy as np
from sklearn.mixture import GaussianMixture
from sklearn.mixture._gaussian_mixture import _compute_precision_cholesky

from gmmflow.config import build_stage
from gmmflow.e_steps.soft import posterior
from gmmflow.em.frame import Frame
from gmmflow.em.sweep import Expectation, sweep_pass
from gmmflow.executors.threads import Threads
from gmmflow.loaders.arrays import from_arrays

CASES = [
    (1_000_000, 2, 4, "full"),
    (500_000, 16, 16, "full"),
    (200_000, 32, 32, "full"),
    (500_000, 16, 16, "tied"),
    (500_000, 16, 16, "diag"),
    (500_000, 16, 16, "spherical"),
]
TARGETS = [12, 6, 5, 10, 5, 5]


def start(d: int, k: int, covariance: str, means: np.ndarray) -> tuple[dict, np.ndarray]:
    """Parameters of ours, and scikit-learn's covariances, of unit covariance."""
    eye = np.eye(d)
    return {
        "full": ({"covariances": np.tile(eye, (k, 1, 1))}, np.tile(eye, (k, 1, 1))),
        "tied": ({"covariances": eye[None]}, eye),
        "diag": ({"variances": np.ones((k, d))}, np.ones((k, d))),
        "spherical": ({"variances": np.ones((k, 1))}, np.ones(k)),
    }[covariance]


def cpu(work, clock=process_time) -> float:
    began = clock()
    work()
    return clock() - began


def dgemm_gain(d: int) -> float:
    """Speed of two threads over one for products of the sweep's shape."""
    p, k, rows = d * (d + 3) // 2 + 1, 16, 2048
    parts = [(np.ones((k, p)), np.ones((p, rows)), np.empty((k, rows))) for _ in range(2)]

    def multiply(part) -> None:
        for _ in range(400):
            np.matmul(part[0], part[1], out=part[2])

    with ThreadPoolExecutor(2) as pool:
        one = min(cpu(lambda: [multiply(p) for p in parts], perf_counter) for _ in range(3))
        two = min(cpu(lambda: list(pool.map(multiply, parts)), perf_counter) for _ in range(3))
    return one / two


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows")
    args = parser.parse_args()
    print(
        f"{'n, d, k':>20} {'covariance':>10} {'ours':>8} {'sklearn':>8} {'ratio':>6} {'goal':>5} "
        f"{'2 threads':>9} {'dgemm':>6} {'error':>8}"
    )
    for (n, d, k, covariance), target in zip(CASES, TARGETS, strict=True):
        n = int(n * args.scale)
        rng = np.random.default_rng(0)
        means = 3.0 * rng.normal(size=(k, d))
        x = means[rng.integers(k, size=n)] + rng.normal(size=(n, d))
        distribution = build_stage("distributions", {"type": "gaussian", "covariance": covariance})
        form, sk_covariances = start(d, k, covariance, means)
        parameters = {"means": means + 0.1, **form}
        data, centre = from_arrays(x), x.mean(axis=0)
        radius = float(np.linalg.norm(np.abs(x - centre).max(axis=0)))
        sklearn = GaussianMixture(k, covariance_type=covariance, reg_covar=0.0)
        ours, theirs, one, two = [], [], [], []
        log_weights = np.full(k, -np.log(k))
        update = frozenset(["means", "covariances"])
        result = {}

        def iterate(engine) -> None:
            kernel = distribution.kernel(parameters, log_weights, centre)
            work = sweep_pass(Frame((), centre, radius), (Expectation(kernel, posterior, k),))
            (statistics,) = engine.reduce(data, work)
            result.update(distribution.maximize(statistics, centre, parameters, update))

        def iterate_sklearn() -> None:
            sklearn.weights_, sklearn.means_ = np.full(k, 1.0 / k), means + 0.1
            sklearn.precisions_cholesky_ = _compute_precision_cholesky(sk_covariances, covariance)
            sklearn._m_step(x, sklearn._e_step(x)[1])

        with Threads(threads=1).start() as single, Threads(threads=2).start() as double:
            for _ in range(args.repeats):
                ours.append(cpu(lambda: iterate(single)))
                theirs.append(cpu(iterate_sklearn))
                one.append(cpu(lambda: iterate(single), perf_counter))
                two.append(cpu(lambda: iterate(double), perf_counter))
        error = np.abs(result["means"] - sklearn.means_).max()
        print(
            f"{f'{n}, {d}, {k}':>20} {covariance:>10} {min(ours):8.4f} {min(theirs):8.4f} "
            f"{min(theirs) / min(ours):6.1f} {target:5d} {min(one) / min(two):9.2f} "
            f"{dgemm_gain(d):6.2f} {error:8.1e}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
