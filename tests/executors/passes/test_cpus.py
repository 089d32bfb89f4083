import os

import pytest

from gmmflow.executors.passes.cpus import usable_cpus

ALL = len(os.sched_getaffinity(0))


def write(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_without_control_groups_it_is_the_affinity_mask(tmp_path):
    assert usable_cpus(tmp_path) == ALL


def test_the_affinity_mask_counts(tmp_path):
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert usable_cpus(tmp_path) == 1
    finally:
        os.sched_setaffinity(0, before)


@pytest.mark.parametrize(
    ("quota", "cpus"),
    [("100000 100000\n", 1), ("50000 100000\n", 1), ("max 100000\n", ALL), ("nonsense\n", ALL)],
)
def test_a_quota_of_version_2(tmp_path, quota, cpus):
    write(tmp_path, "proc/self/cgroup", "0::/job/step\n")
    write(tmp_path, "sys/fs/cgroup/job/step/cpu.max", quota)
    assert usable_cpus(tmp_path) == cpus


def test_a_quota_of_a_parent_group(tmp_path):
    write(tmp_path, "proc/self/cgroup", "0::/job/step\n")
    write(tmp_path, "sys/fs/cgroup/job/cpu.max", "100000 100000\n")
    write(tmp_path, "sys/fs/cgroup/job/step/cpu.max", "max 100000\n")
    assert usable_cpus(tmp_path) == 1


def test_a_quota_of_version_1(tmp_path):
    write(tmp_path, "proc/self/cgroup", "4:cpu,cpuacct:/job\n3:memory:/job\n")
    write(tmp_path, "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "60000\n")
    write(tmp_path, "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n")
    assert usable_cpus(tmp_path) == 1


def test_no_quota_of_version_1_is_minus_one(tmp_path):
    write(tmp_path, "proc/self/cgroup", "4:cpu,cpuacct:/\n")
    write(tmp_path, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n")
    write(tmp_path, "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n")
    assert usable_cpus(tmp_path) == ALL
