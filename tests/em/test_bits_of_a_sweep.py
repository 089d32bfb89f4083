"""A candidate's bits do not depend on the others of a sweep, nor on their order."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from gmmflow.config import build_stage
from gmmflow.e_steps.hard import Hard
from gmmflow.e_steps.soft import Soft
from gmmflow.em.frame import Frame
from gmmflow.em.sweep import Expectation, Start, Sweep
from gmmflow.initializers.labels import LabelRule
from gmmflow.plugin.manager import Registry
from gmmflow.values.block import block_rows, cut
from gmmflow.values.dataset import Chunk
from gmmflow.values.mixture import Mixture

REGISTRY = Registry(discover=False)
#: Dense, pooled, rotated, diagonal and spherical forms.
FAMILIES = ["VVV", "EEE", "VVE", "VVI", "VII"]


@pytest.fixture(autouse=True)
def one_thread():
    """As executors have it."""
    with threadpool_limits(1):
        yield


def gaussian(family):
    return build_stage("distributions", {"type": "gaussian", "covariance": family}, REGISTRY)


def mixture(family, k, d, rng) -> Mixture:
    """One M-step from random responsibilities of a few rows."""
    distribution, centre, m = gaussian(family), np.zeros(d), 40 * (d + 2)
    rows = rng.normal(size=(m, d)) @ rng.normal(size=(d, d))
    start = Start(distribution.collector(k, centre), LabelRule(), k)
    labels = np.arange(m, dtype=np.int32) % k
    (sums,) = Sweep(Frame((), centre), (start,))(Chunk(0, 0, rows, None, labels))
    names = frozenset(["means", "covariances"])
    parameters = distribution.maximize(sums, centre, None, names)
    return Mixture(distribution, rng.dirichlet(np.ones(k)), parameters)


def jobs_of(d, ks, rng):
    """Expectations of every form for every k, soft and hard, and a start of each form."""
    centre, jobs = np.zeros(d), []
    for k in ks:
        for i, family in enumerate(FAMILIES):
            rule = (Soft() if (i + k) % 3 else Hard()).rule(0, 0)
            jobs.append(Expectation(mixture(family, k, d, rng).kernel(centre), rule, k))
    jobs += [Start(gaussian(family).collector(3, centre), LabelRule(), 3) for family in FAMILIES]
    return jobs


def bits(statistics) -> dict[str, bytes]:
    return {name: np.ascontiguousarray(value).tobytes() for name, value in statistics.items()}


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("d", "ks"), [(1, (1, 9)), (2, (2, 40)), (5, (1, 3)), (60, (2,))])
def test_together_and_alone(d, ks, dtype):
    """Blocks of one kernel's size, scratch memory of another's, and short ends."""
    rng = np.random.default_rng(d)
    jobs = jobs_of(d, ks, rng)
    n = block_rows(d + 1) + 4099
    rows = (rng.normal(size=(n, d)) * 3.0 + 1.0).astype(dtype)
    rows[n // 2] *= 1e7  # one block in which components are taken on their own
    span = Chunk(0, 0, rows, rng.exponential(size=n), rng.integers(-1, 3, n, dtype=np.int32))
    sweep = Sweep(Frame((), np.zeros(d)), tuple(jobs))
    together = sweep(span)
    order = rng.permutation(len(jobs))
    shuffled = Sweep(sweep.frame, tuple(jobs[i] for i in order))(span)
    for place, i in enumerate(order):
        (alone,) = Sweep(sweep.frame, (jobs[i],))(span)
        assert bits(together[i]) == bits(alone)
        assert bits(shuffled[place]) == bits(alone)


def test_kernels_of_many_features_have_blocks_of_their_own():
    """The test above would say nothing if all blocks were alike."""
    rng = np.random.default_rng(0)
    jobs = jobs_of(5, (1, 40), rng)
    assert len({cut(job.kernel.shape, 5) for job in jobs}) > 3
    groups = Sweep(Frame((), np.zeros(5)), tuple(jobs)).groups(5)
    assert sorted(i for group in groups for i in group) == list(range(len(jobs)))
    assert len(list(groups)) > 1
