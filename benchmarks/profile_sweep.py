"""Where the time of an iteration goes, function by function, at three sizes and more.

cProfile's own time of each function (NumPy's calls count for the function that makes them) of a
longer run less a shorter one, so that what a fit does once is left out; one thread.
``python benchmarks/profile_sweep.py [--scale 0.1] [--size 100000 16 16] [--family VVV]``.
"""

import argparse
import cProfile
import pstats
import sys
from pathlib import Path
from time import process_time

from common import SHORT, Problem, costs, dgemm_rate, one_thread_in_blas, ours, problem

SIZES = [(400_000, 2, 4), (100_000, 16, 16), (30_000, 64, 16)]
#: Functions below this share of the iteration are summed up.
LEAST = 0.01
REPEATS = 3


def own_seconds(given: Problem, iterations: int) -> dict[str, tuple[float, int]]:
    """Own CPU time and calls of every function in a whole fit; of several fits the least."""
    least: dict[str, tuple[float, int]] = {}
    for _ in range(REPEATS):
        profile = cProfile.Profile(process_time)
        profile.runcall(ours(), given, iterations)
        for place, (_, calls, own, *_) in pstats.Stats(profile).stats.items():
            name = name_of(*place)
            least[name] = min(least.get(name, (own, calls)), (own, calls))
    return least


def name_of(file: str, line: int, function: str) -> str:
    """``folder/file.py function``, or the name alone of what is no Python."""
    return f"{'/'.join(Path(file).parts[-2:])}:{line} {function}" if line else function


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--iterations", type=int, default=20)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows")
    parser.add_argument("--size", type=int, nargs=3, action="append", metavar=("N", "D", "K"))
    parser.add_argument("--family", default="VVV")
    args = parser.parse_args()
    for size in args.size or SIZES:
        given = problem(*size, args.scale).of(args.family)
        n, d, k = given.sizes
        with one_thread_in_blas():
            plain = costs({"ours": (ours(), given)}, REPEATS)["ours"].seconds
            floor = 2.0 * n * k * d * d / dgemm_rate()
            once = own_seconds(given, SHORT)
            long = own_seconds(given, SHORT + args.iterations)
        rows = []
        for name, (own, calls) in long.items():
            before = once.get(name, (0.0, 0))
            rows.append(((own - before[0]) / args.iterations, (calls - before[1]), name))
        whole = sum(seconds for seconds, *_ in rows)
        print(
            f"\n{n}, {d}, {k}, {args.family}: {1e3 * plain:.2f} ms an iteration "
            f"({1e3 * whole:.2f} under the profiler), floor of VVV {1e3 * floor:.2f} ms"
        )
        rest = whole
        for seconds, calls, name in sorted(rows, reverse=True):
            if seconds < LEAST * whole:
                break
            rest -= seconds
            each = calls / args.iterations
            print(f"{1e3 * seconds:9.3f} ms {seconds / whole:5.0%} {each:8.1f} calls  {name}")
        print(f"{1e3 * rest:9.3f} ms {rest / whole:5.0%} {'':>14}  the rest", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
