"""CPU seconds of an EM iteration, family by family: what each form of covariance gains.

Each question is a table of its own, measured in one run, one thread, with equal results where a
peer has the family. ``python benchmarks/families.py [--scale 0.05] [--only cheaper tied ...]``.
"""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from time import perf_counter

import numpy as np
from common import (
    Cost,
    Goals,
    Problem,
    best,
    costs,
    dgemm_rate,
    error,
    known,
    one_thread_in_blas,
    ours,
    problem,
)
from peers import installed

#: Largest distance from the middle, in standard deviations of a component, for float32.
RADII = (12.0, 28.0)


def pair(given: Problem, repeats: int) -> tuple[Cost, Cost | None]:
    """Ours and scikit-learn's, where it is installed."""
    runs = {"ours": (ours(), given)}
    runs |= {name: (fit, given) for name, fit in installed().items() if name == "scikit-learn"}
    with one_thread_in_blas():
        found = costs(runs, repeats, {"scikit-learn"})
    return found["ours"], found.get("scikit-learn")


def row(given: Problem, name: str, seconds: float, *cells: str) -> None:
    """One line of a table."""
    sizes = ", ".join(map(str, given.sizes))
    print(f"  {sizes:>16} {name:>10} {seconds:9.4f} s  {'  '.join(cells)}", flush=True)


def against_sklearn(given: Problem, goal: float, repeats: int, goals: Goals) -> Cost:
    """Ours over scikit-learn's, with the difference of the means."""
    mine, theirs = pair(given, repeats)
    ratio = None if theirs is None else theirs.seconds / mine.seconds
    _, d, k = given.sizes
    if theirs is not None:
        off = error(mine.means, theirs.means)
        text = f"scikit-learn {theirs.seconds:.4f} s  ratio {ratio:.1f}  error {off:.0e}"
        row(given, given.family, mine.seconds, text)
    goals.at_least(f"{given.family} over scikit-learn, (n, {d}, {k})", ratio, goal)
    return mine


def cheaper(scale: float, repeats: int, goals: Goals) -> None:
    """Shared shape or orientation against VVV."""
    given = problem(200_000, 32, 32, scale)
    families = [name for name in ("VVV", "EEE", "VEE", "EVE", "VVE") if known(name)]
    with one_thread_in_blas():
        found = costs({name: (ours(), given.of(name)) for name in families}, repeats)
    for name in ("EEE", "VEE", "EVE", "VVE"):
        ratio = found["VVV"].seconds / found[name].seconds if name in found else None
        if ratio is not None:
            row(given, name, found[name].seconds, f"VVV over it {ratio:.2f}")
        goals.at_least(f"{name}: VVV costs so many times as much", ratio, 2.5)


def tied(scale: float, repeats: int, goals: Goals) -> None:
    """One covariance for all, against scikit-learn."""
    for sizes in ((200_000, 32, 32), (500_000, 16, 16)):
        against_sklearn(problem(*sizes, scale).of("tied"), 12.0, repeats, goals)


def diagonal(scale: float, repeats: int, goals: Goals) -> None:
    """Diagonal and spherical, against scikit-learn and against what cannot be saved."""
    for sizes in ((200_000, 32, 32), (500_000, 16, 16)):
        for name in ("diag", "spherical"):
            given = problem(*sizes, scale).of(name)
            mine = against_sklearn(given, 5.0, repeats, goals)
            with one_thread_in_blas():
                read, powers, products = parts = unavoidable(given)
            text = f"read {read:.4f}  exp {powers:.4f}  dgemm {products:.4f}"
            row(given, "floor", sum(parts), text)
            _, d, k = given.sizes
            goals.at_most(f"{name} over its floor, (n, {d}, {k})", mine.seconds / sum(parts), 2.0)


def unavoidable(given: Problem) -> tuple[float, float, float]:
    """Seconds of one read of the rows, of k exponentials a row, and of 8 n k d flops."""
    n, d, k = given.sizes
    logs = -10.0 * np.random.default_rng(0).random((k, 4096))
    out = np.empty_like(logs)
    powers = best(lambda: np.exp(logs, out=out), 20) * n / 4096
    return best(given.x.sum), powers, 8.0 * n * k * d / dgemm_rate()


def many(scale: float, repeats: int, goals: Goals) -> None:
    """Many components of few columns."""
    against_sklearn(problem(100_000, 2, 200, scale).of("full"), 8.0, repeats, goals)


def single(scale: float, repeats: int, goals: Goals) -> None:
    """float32 rows against float64."""
    for sizes in ((100_000, 16, 16), (40_000, 32, 16), (30_000, 64, 16)):
        for radius in RADII:
            # The farthest row is about 4 beyond its mean, and sqrt(d) aside.
            d = sizes[1]
            away = (radius**2 - d) ** 0.5 - 4.0
            double = problem(*sizes, scale, radius=away)
            half = replace(double, x=double.x.astype(np.float32))
            with one_thread_in_blas():
                found = costs({"64": (ours(), double), "32": (ours(), half)}, repeats)
                gain = dgemm_rate("float32") / dgemm_rate()
            ratio = found["64"].seconds / found["32"].seconds
            off = error(found["64"].means, found["32"].means)
            far = np.linalg.norm(double.x - double.x.mean(axis=0), axis=1).max()
            text = f"float64 over it {ratio:.2f}  dgemm {gain:.2f}"
            row(half, "float32", found["32"].seconds, text, f"radius {far:.0f}  error {off:.0e}")
            goals.at_least(f"float32, d = {d}, radius {far:.0f} standard deviations", ratio, 1.7)


def threads(scale: float, repeats: int, goals: Goals) -> None:
    """Wall time of one thread over two, beside that of dgemm (in the sweep's shapes)."""
    for sizes in ((500_000, 16, 16), (200_000, 32, 32), (30_000, 64, 16), (10_000, 128, 8)):
        given = problem(*sizes, scale)
        runs = {str(count): (ours(count, perf_counter), given) for count in (1, 2)}
        found = costs(runs, repeats)
        gain = found["1"].seconds / found["2"].seconds
        with one_thread_in_blas():
            possible = dgemm_gain(given)
        row(given, "2 threads", found["2"].seconds, f"gain {gain:.2f}  dgemm's gain {possible:.2f}")
        _, d, k = given.sizes
        goals.at_least(f"two threads over dgemm's gain, (n, {d}, {k})", gain / possible, 0.9)


def dgemm_gain(given: Problem) -> float:
    """Speed of two threads over one for products like those of the sweep."""
    _, d, k = given.sizes
    p, rows = d * (d + 3) // 2 + 1, 2048
    times = 1 + int(1e10 / (2 * k * p * rows))
    parts = [(np.ones((k, p)), np.ones((p, rows)), np.empty((k, rows))) for _ in range(2)]

    def multiply(part: tuple[np.ndarray, ...]) -> None:
        for _ in range(times):
            np.matmul(part[0], part[1], out=part[2])

    with ThreadPoolExecutor(2) as pool:
        one = best(lambda: [multiply(part) for part in parts], 3, perf_counter)
        two = best(lambda: list(pool.map(multiply, parts)), 3, perf_counter)
    return one / two


QUESTIONS: dict[str, Callable[[float, int, Goals], None]] = {
    "cheaper": cheaper,
    "tied": tied,
    "diagonal": diagonal,
    "many": many,
    "float32": single,
    "threads": threads,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows")
    parser.add_argument("--only", nargs="*", choices=QUESTIONS, default=list(QUESTIONS))
    args = parser.parse_args()
    goals = Goals()
    for name in args.only:
        print(f"{name}: {QUESTIONS[name].__doc__.splitlines()[0]}")
        QUESTIONS[name](args.scale, args.repeats, goals)
    goals.print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
