"""CPU seconds of choosing among 9 x 14 candidates: components 1 to 9, all covariance families.

Every library starts each number of components from the same partition (k-means++ seeds, each row
with its nearest) and stops at the same relative change of the log-likelihood; one thread each.
``python benchmarks/choice.py [--scale 0.02] [--most 9]``.
"""

import argparse
import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import ClassVar, Literal

import numpy as np
from common import Goals, known, one_thread_in_blas
from peers import has, has_mclust, rscript

import gmmflow
from gmmflow.initializers.base import Initializer
from gmmflow.numerics.seeding import greedy_seeds
from gmmflow.stage import Field
from gmmflow.values.nearest import NearestRule

FAMILIES = [
    "EII", "VII", "EEI", "VEI", "EVI", "VVI", "EEE",
    "VEE", "EVE", "VVE", "EEV", "VEV", "EVV", "VVV",
]  # fmt: skip
#: Largest relative difference of two log-likelihoods that stopped at the tolerance.
ALIKE = 1e-4
#: Rows that seeds are drawn from.
SAMPLE = 10_000


@dataclass(frozen=True)
class Chosen:
    """CPU seconds of all; of each (k, family) the log-likelihood, BIC and iterations."""

    seconds: float
    table: dict[tuple[int, str], tuple[float, float, int]]


@dataclass(frozen=True)
class Work:
    """Rows (n, d), families, the partitions to start from, and when to stop."""

    x: np.ndarray
    families: list[str]
    seeds: dict[int, np.ndarray]
    tolerance: float
    limit: int

    def labels(self, k: int) -> np.ndarray:
        """Nearest seed of every row, (n,)."""
        distances = [np.square(self.x - seed).sum(axis=1) for seed in self.seeds[k]]
        return np.argmin(distances, axis=0)


class Seeds(Initializer):
    """An initializer of our own: given seeds for every number of components."""

    deterministic: ClassVar[bool] = True
    type: Literal["seeds"] = "seeds"
    points: dict[int, list[list[float]]] = Field(description="By number of components.")

    def start(self, n_components, distribution, context) -> NearestRule:
        """Each row with its nearest seed."""
        seeds = np.array(self.points[n_components])
        return NearestRule(seeds, np.ones(seeds.shape[1]))


def work(scale: float, most: int, families: list[str], tolerance: float, limit: int) -> Work:
    """Five dense components that overlap, in 8 columns."""
    rng = np.random.default_rng(0)
    n, d, k = max(int(100_000 * scale), 500), 8, 5
    shapes = rng.normal(size=(k, d, d)) / d**0.5 + np.eye(d)
    means, of = 2.0 * rng.normal(size=(k, d)), rng.integers(k, size=n)
    x = means[of] + np.einsum("nij,nj->ni", shapes[of], rng.normal(size=(n, d)))
    sample, even = x[:SAMPLE], np.ones(min(n, SAMPLE))
    drawn = {k: greedy_seeds(sample, even, np.ones(d), k, rng) for k in range(1, most + 1)}
    seeds = {k: sample[rows] for k, rows in drawn.items()}
    return Work(x, families, seeds, tolerance, limit)


def ours(given: Work) -> Chosen:
    """gmmflow: every sweep serves all candidates."""
    init = Seeds(points={k: seeds.tolist() for k, seeds in given.seeds.items()})
    stop = {"type": "log_likelihood", "change": "relative", "tolerance": given.tolerance}
    began = process_time()
    model = gmmflow.fit(
        given.x,
        components=list(given.seeds),
        distribution=[{"type": "gaussian", "covariance": name} for name in given.families],
        init=init,
        convergence=[stop, {"type": "max_iterations", "limit": given.limit}],
        run={"type": "threads", "threads": 1},
    )
    seconds = process_time() - began
    table = {
        (len(fit.mixture.weights), fit.mixture.distribution.covariance.type):
        (fit.log_likelihood, fit.bic, fit.trace[-1].iteration)
        for fit in model.result.fits if fit.mixture is not None
    }  # fmt: skip
    return Chosen(seconds, table)


def mclust(given: Work) -> Chosen:
    """mclust: `me` in a loop."""
    n, d = given.x.shape
    table, total = {}, 0.0
    with tempfile.TemporaryDirectory() as folder:
        np.ascontiguousarray(given.x.T).tofile(Path(folder) / "x")
        for k in given.seeds:
            given.labels(k).astype(float).tofile(Path(folder) / f"labels.{k}")
        most = max(given.seeds)
        for line in rscript(
            "choose", folder, n, d, most, given.tolerance, given.limit
        ).splitlines():
            k, family, seconds, likelihood, free, iterations = line.split()
            if family in given.families:
                total += float(seconds)
                if likelihood != "NA":
                    bic = -2.0 * float(likelihood) + int(free) * np.log(n)
                    table[int(k), family] = float(likelihood), bic, int(iterations)
    return Chosen(total, table)


def tgmm(given: Work) -> Chosen:
    """tgmm: a fit in a loop, as its `select_model` does; the criteria are not timed."""
    import torch
    from tgmm import GaussianMixture

    torch.set_num_threads(1)
    x = torch.from_numpy(given.x)
    table, total = {}, 0.0
    for k in given.seeds:
        labels = given.labels(k)
        means = np.stack([given.x[labels == c].mean(axis=0) for c in range(k)])
        weights = np.bincount(labels, minlength=k) / len(labels)
        for family in given.families:
            model = GaussianMixture(
                k, covariance_type=family, tol=given.tolerance, max_iter=given.limit,
                reg_covar=0.0, init_means=torch.from_numpy(means),
                init_weights=torch.from_numpy(weights), device="cpu",
            )  # fmt: skip
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                began = process_time()
                try:
                    model.fit(x)
                except Exception as error:
                    print(f"tgmm: {family}, k = {k}: {type(error).__name__}: {error}"[:120])
                    continue
                finally:
                    total += process_time() - began
            scores = model.lower_bound_ * len(x), model.bic(x)
            table[k, family] = (*map(float, scores), model.n_iter_ + 1)
    return Chosen(total, table)


def compare(name: str, theirs: Chosen, mine: Chosen | None) -> None:
    """Print one library's sum, and where its log-likelihoods differ from ours."""
    (k, family), (_, bic, _) = min(theirs.table.items(), key=lambda item: item[1][1])
    done = sum(iterations for *_, iterations in theirs.table.values())
    print(
        f"{name:>8}{theirs.seconds:10.1f} s{len(theirs.table):5} candidates"
        f"{done:7} iterations   chosen {family} {k}, BIC {bic:.1f}"
    )
    if mine is None or mine is theirs:
        return
    common = theirs.table.keys() & mine.table.keys()
    gaps = {c: theirs.table[c][0] - mine.table[c][0] for c in common}
    other = [c for c in common if abs(gaps[c]) > ALIKE * abs(mine.table[c][0])]
    other.sort(key=lambda c: -abs(gaps[c]))
    shown = ", ".join(f"{f} {k}: {gaps[k, f]:+.1f}" for k, f in other[:8])
    print(f"{'':>8} log-likelihoods like ours within {ALIKE:g}: {len(common) - len(other)} of "
          f"{len(common)}{'; theirs less ours: ' + shown if other else ''}")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows")
    parser.add_argument("--most", type=int, default=9, help="largest number of components")
    parser.add_argument("--tolerance", type=float, default=1e-5, help="relative")
    parser.add_argument("--limit", type=int, default=1000, help="iterations at the most")
    parser.add_argument("--without", nargs="*", default=[], help="libraries to leave out")
    args = parser.parse_args()
    families = [family for family in FAMILIES if known(family)]
    given = work(args.scale, args.most, families, args.tolerance, args.limit)
    n, d = given.x.shape
    print(f"{len(families)} families x 1 to {args.most} components, {n} x {d}, CPU seconds")
    libraries = {"ours": ours} | ({"mclust": mclust} if has_mclust() else {})
    libraries |= {"tgmm": tgmm} if has("tgmm") else {}
    found: dict[str, Chosen] = {}
    for name in [name for name in libraries if name not in args.without]:
        with one_thread_in_blas():
            found[name] = libraries[name](given)
    goals = Goals()
    for name, chosen in found.items():
        compare(name, chosen, found.get("ours"))
    for name in ("mclust", "tgmm"):
        both = "ours" in found and name in found
        ratio = found[name].seconds / found["ours"].seconds if both else None
        goals.at_least(f"the sweep over {name}'s loop", ratio, 5.0)
    goals.print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
