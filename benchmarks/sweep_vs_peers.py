"""CPU seconds of an EM iteration, full covariance, against every peer from the same start.

One thread each, float64, interleaved, in one run; an iteration is a longer run less a shorter one.
The floor is 2 n k d^2 flops at the rate of a large dgemm, measured in the same run.
``python benchmarks/sweep_vs_peers.py [--scale 0.05] [--repeats 3]``.
"""

import argparse
import sys

from common import (
    Goals,
    costs,
    dgemm_rate,
    error,
    geometric_mean,
    one_thread_in_blas,
    ours,
    problem,
)
from peers import installed

CASES = [
    (400_000, 2, 4),
    (200_000, 8, 8),
    (100_000, 16, 16),
    (40_000, 32, 16),
    (30_000, 64, 16),
    (10_000, 128, 8),
    (50_000, 256, 8),
]
#: For the share of the floor alone.
ALONE = [(200_000, 32, 32)]
#: Share of the floor that is the goal, in percent.
FLOOR = {
    (100_000, 16, 16): 28,
    (200_000, 32, 32): 40,
    (30_000, 64, 16): 36,
    (10_000, 128, 8): 45,
    (50_000, 256, 8): 45,
}
#: Goals for the geometric mean of the ratios: peer, columns, at least.
RATIOS = [
    ("scikit-learn", range(33), 9.0),
    ("scikit-learn", range(33, 1000), 2.0),
    ("oneDAL", range(1000), 1.8),
]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rows")
    parser.add_argument("--without", nargs="*", default=[], help="peers to leave out")
    args = parser.parse_args()
    peers = {name: fit for name, fit in installed().items() if name not in args.without}
    print("CPU seconds an iteration (times ours); error: largest difference of the means")
    heads = "".join(f"{name:>17}" for name in peers)
    print(f"{'n, d, k':>16}{'ours':>9}{heads}{'floor':>9}{'share':>7}{'error':>9}")
    ratios, shares = {}, {}
    for case in CASES + ALONE:
        given = problem(*case, args.scale)
        fits = {"ours": ours(), **({} if case in ALONE else peers)}
        with one_thread_in_blas():
            runs = {name: (fit, given) for name, fit in fits.items()}
            found = costs(runs, args.repeats, peers)
            n, d, k = given.sizes
            floor = 2.0 * n * k * d * d / dgemm_rate()
        mine = found.pop("ours")
        shares[case] = 100 * floor / mine.seconds
        for name, cost in found.items():
            ratios[name, case] = cost.seconds / mine.seconds
        cells = "".join(
            f"{found[name].seconds:10.4f} ({ratios[name, case]:4.1f})" if name in found
            else f"{'-':>17}" for name in peers
        )  # fmt: skip
        off = {name: error(cost.means, mine.means) for name, cost in found.items()}
        worst = max(off, key=off.get, default=None)
        largest = f"{off[worst]:9.0e} {worst}" if worst else f"{'-':>9}"
        print(
            f"{f'{n}, {d}, {k}':>16}{mine.seconds:9.4f}{cells}{floor:9.4f}"
            f"{shares[case]:6.0f}%{largest}",
            flush=True,
        )
    judge(ratios, shares, peers)
    return 0


def judge(ratios: dict, shares: dict, peers: dict) -> None:
    """Print what of the goals was reached."""
    goals = Goals()
    for name in peers:
        slowest = min((r for (who, _), r in ratios.items() if who == name), default=None)
        goals.at_least(f"ahead of {name} at every size: smallest ratio", slowest, 1.0)
    for name, columns, goal in RATIOS:
        chosen = [r for (who, case), r in ratios.items() if who == name and case[1] in columns]
        where = f"d = {min(c[1] for c in CASES if c[1] in columns)} to "
        where += str(max(c[1] for c in CASES if c[1] in columns))
        mean = geometric_mean(chosen) if chosen else None
        goals.at_least(f"geometric mean over {name}, {where}", mean, goal)
    for case, goal in FLOOR.items():
        _, d, k = case
        goals.at_least(f"share of the floor in percent, (n, {d}, {k})", shares[case], goal)
    goals.print()


if __name__ == "__main__":
    sys.exit(main())
