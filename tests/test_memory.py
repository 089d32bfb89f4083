import resource
import subprocess
import sys

import numpy as np
import psutil
import pytest

from gmmflow.memory import FRACTION, budget, cgroup_limits, peak_rss


def system(root, cgroup, limits):
    """A system's files below `root`."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(cgroup)
    for path, text in limits.items():
        file = root / "sys/fs/cgroup" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def test_what_is_configured_counts():
    assert budget(12345) == 12345


def test_otherwise_a_part_of_what_the_system_allows():
    limits = [psutil.virtual_memory().total, *cgroup_limits()]
    assert budget() == int(FRACTION * min(limits))


def test_limit_of_the_address_space():
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, -1));"
        "from gmmflow.memory import budget; print(budget())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == int(FRACTION * (1 << 30))


@pytest.mark.parametrize(
    ("cgroup", "limits", "expected"),
    [
        ("0::/job\n", {"job/memory.max": "1000\n", "memory.max": "max\n"}, [1000]),
        ("0::/a/b\n", {"a/b/memory.max": "max\n", "a/memory.max": "500\n"}, [500]),
        ("0::/not/here\n", {"memory.max": "700\n"}, [700]),
        ("4:cpu:/\n3:cpu,memory:/s\n", {"memory/s/memory.limit_in_bytes": "900\n"}, [900]),
        ("3:memory:/\n", {"memory/memory.limit_in_bytes": f"{2**63 - 4096}\n"}, []),
        ("4:cpu:/x\n", {"x/memory.max": "5\n"}, []),
    ],
)
def test_control_groups(tmp_path, cgroup, limits, expected):
    assert list(cgroup_limits(system(tmp_path, cgroup, limits))) == expected


def test_systems_without_control_groups(tmp_path):
    assert list(cgroup_limits(tmp_path)) == []


def test_peak_memory_grows_with_what_is_touched():
    before = peak_rss()
    assert before >= psutil.Process().memory_info().rss * 0.9
    big = np.ones(before // 8 + (64 << 17))
    assert peak_rss() >= before + (32 << 20)
    assert peak_rss() <= resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 + big.nbytes
