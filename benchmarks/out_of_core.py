"""An on-disk array larger than the memory budget: peak memory and throughput of a real run.

Generates a .npy file (6 GB by default, in pieces), then runs `gmmflow run` on it in a process of
its own under a memory budget, and reports the peak resident size the system saw, the throughput
of a sweep, and the disk's own sequential read rate in the same run.
``python benchmarks/out_of_core.py --folder /scratch``.
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import numpy as np

ROWS_A_PIECE = 1 << 18


def generate(path: Path, n: int, d: int, k: int) -> None:
    """Write n rows of k Gaussian components."""
    rng = np.random.default_rng(0)
    means = 3.0 * rng.normal(size=(k, d))
    header = np.lib.format.header_data_from_array_1_0(np.empty((0, d)))
    header["shape"] = (n, d)
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for start in range(0, n, ROWS_A_PIECE):
            rows = min(ROWS_A_PIECE, n - start)
            piece = means[rng.integers(k, size=rows)] + rng.normal(size=(rows, d))
            file.write(np.ascontiguousarray(piece).data)


def read_rate(path: Path) -> float:
    """Bytes a second of a plain sequential read (from the page cache, where it is there)."""
    buffer = memoryview(bytearray(32 << 20))
    began = perf_counter()
    with path.open("rb", buffering=0) as file:
        while file.readinto(buffer):
            pass
    return path.stat().st_size / (perf_counter() - began)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path.cwd())
    parser.add_argument("--gigabytes", type=float, default=6.0)
    parser.add_argument("--memory", default="1GB")
    parser.add_argument("--columns", type=int, default=16)
    parser.add_argument("--components", type=int, default=8)
    parser.add_argument("--iterations", type=int, default=5)
    args = parser.parse_args()
    n = int(args.gigabytes * 1e9 / (8 * args.columns))
    path = args.folder / "out_of_core.npy"
    if not path.exists() or path.stat().st_size < 8 * n * args.columns:
        generate(path, n, args.columns, args.components)
    config = args.folder / "out_of_core.yaml"
    config.write_text(
        f"data: {{type: npy, path: {path.name}}}\n"
        f"model: {{components: {args.components}}}\n"
        f"init: kmeans\n"
        f"fit: {{convergence: [{{type: max_iterations, limit: {args.iterations}}}]}}\n"
        f"run: {{type: threads, memory: {args.memory}}}\n"
        f"report: [console]\noutput: {args.folder / 'out_of_core_run'}\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "gmmflow", "run", str(config), "--restart"],
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    trace = [json.loads(line) for line in (args.folder / "out_of_core_run/trace.jsonl").open()]
    sweep = (trace[-1]["seconds"] - trace[0]["seconds"]) / (len(trace) - 1)
    size = path.stat().st_size
    print(f"data {size / 1e9:.2f} GB, {n} x {args.columns}; budget {args.memory}")
    print(
        f"exit {os.waitstatus_to_exitcode(status)}, peak RSS {usage.ru_maxrss * 1024 / 1e9:.3f} GB"
    )
    print(
        f"a sweep takes {sweep:.2f} s: {size / sweep / 1e6:.0f} MB/s; "
        f"reading alone {read_rate(path) / 1e6:.0f} MB/s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
