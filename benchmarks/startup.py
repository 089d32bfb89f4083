"""CPU seconds of whole commands, the smallest of several runs: --help, validate, and a run.

``python benchmarks/startup.py``; goals: 0.1, 0.5, and 1.8 s for Old Faithful without the report.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

CONFIG = str(Path(__file__).parents[1] / "configs" / "old_faithful.yaml")
COMMANDS = [
    ("gmmflow --help", 0.1, ["--help"]),
    ("gmmflow validate", 0.5, ["validate", CONFIG]),
    (
        "gmmflow run, report excepted",
        1.8,
        ["run", CONFIG, "--restart", "--set", "report=[console]"],
    ),
    ("gmmflow run, with report.html", None, ["run", CONFIG, "--restart"]),
]


def cpu_seconds(words: list[str], folder: str) -> float:
    """CPU seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "gmmflow", *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        for name, goal, words in COMMANDS:
            best = min(cpu_seconds(words, folder) for _ in range(5))
            print(f"{name:32} {best:6.3f} s CPU" + (f"  (goal {goal})" if goal else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
