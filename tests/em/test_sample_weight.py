"""Row weights: a weight of m is m equal rows, a weight of 0 is no row."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

FAMILIES = ["full", "tied", "diag", "spherical"]
E_STEPS = ["soft", "hard"]
# The sums run over other blocks and in another order: rounding, grown a little by 8 iterations.
CLOSE = {"rtol": 1e-10, "atol": 1e-12}


def same(a, b) -> None:
    assert a.log_likelihood == pytest.approx(b.log_likelihood, rel=1e-11)
    assert a.result.fit.trace[-1].objective == pytest.approx(
        b.result.fit.trace[-1].objective, rel=1e-11
    )
    assert a.icl() == pytest.approx(b.icl(), rel=1e-11)
    assert a.bic() == pytest.approx(b.bic(), rel=1e-11)
    assert_allclose(a.weights, b.weights, **CLOSE)
    assert_allclose(a.means, b.means, **CLOSE)
    assert_allclose(a.covariances, b.covariances, **CLOSE)
    assert_allclose(a.result.counts, b.result.counts, **CLOSE)


@pytest.mark.parametrize("e_step", E_STEPS)
@pytest.mark.parametrize("family", FAMILIES)
def test_integer_weights_are_repeated_rows(kit, family, e_step):
    x = kit.overlapping(3, 300, 2, 3)
    times = np.random.default_rng(0).integers(1, 5, len(x))
    start = kit.start(family, x, 3, 5)
    weighted = kit.fit(x, family, *start, 8, e_step=e_step, sample_weight=times)
    repeated = kit.fit(np.repeat(x, times, axis=0), family, *start, 8, e_step=e_step)
    same(weighted, repeated)
    assert weighted.result.fit.trace[-1].weight == times.sum()


@pytest.mark.parametrize("e_step", E_STEPS)
@pytest.mark.parametrize("family", FAMILIES)
def test_zero_weight_is_an_absent_row(kit, family, e_step):
    x = kit.overlapping(3, 300, 2, 3)
    kept = np.random.default_rng(1).random(len(x)) < 0.6
    spoiled = np.where(kept[:, None], x, 1e12)  # nothing of such a row may leak
    start = kit.start(family, x, 3, 5)
    weighted = kit.fit(spoiled, family, *start, 8, e_step=e_step, sample_weight=kept * 1.0)
    same(weighted, kit.fit(x[kept], family, *start, 8, e_step=e_step))


@pytest.mark.parametrize("init", ["labels", "kmeans++", "random_points", "kmeans"])
def test_zero_weight_rows_do_not_start_either(kit, init):
    import gmmflow

    x = kit.overlapping(3, 300, 2, 3)
    kept = np.random.default_rng(1).random(len(x)) < 0.6
    spoiled = np.where(kept[:, None], x, 1e9)
    label = np.arange(len(x)) % 3
    options = {"init": init, "convergence": [{"type": "max_iterations", "limit": 0}]}
    weighted = gmmflow.fit(spoiled, 3, labels=label, sample_weight=kept * 1.0, **options)
    if init == "labels":
        same(weighted, gmmflow.fit(x[kept], 3, labels=label[kept], **options))
    else:  # draws depend on the place of a row, which is another one here
        assert np.abs(weighted.means).max() <= np.abs(x[kept]).max()


def test_the_scale_of_weights_changes_no_parameter(kit):
    x = kit.overlapping(3, 300, 2, 3)
    w = np.random.default_rng(0).random(len(x))
    start = kit.start("full", x, 3, 5)
    one = kit.fit(x, "full", *start, 8, sample_weight=w)
    for scale in (1e-6, 1e6):
        many = kit.fit(x, "full", *start, 8, sample_weight=w * scale)
        assert_allclose(many.means, one.means, **CLOSE)
        assert_allclose(many.covariances, one.covariances, **CLOSE)
        assert many.log_likelihood == pytest.approx(one.log_likelihood * scale, rel=1e-11)
