"""Components that empty or collapse: named, with a remedy; the other candidates go on."""

import numpy as np
import pytest

import gmmflow
from gmmflow.errors import DegenerateError, Exit
from gmmflow.values.trace import Reason


def start(means, sd=1.0):
    k, d = np.shape(means)
    covariances = np.tile(np.eye(d) * sd**2, (k, 1, 1)).tolist()
    return {"type": "given", "parameters": {"means": means, "covariances": covariances}}


@pytest.fixture
def x():
    return np.random.default_rng(0).normal(size=(200, 2))


def test_an_emptied_component(x):
    with pytest.raises(DegenerateError) as caught:
        gmmflow.fit(x, 2, init=start([[0.0, 0.0], [1e3, 1e3]]))
    error = caught.value
    assert error.message == (
        "the fit is degenerate: component 1: it emptied: "
        "its expected number of rows fell to 0 at iteration 1"
    )
    assert error.remedy == "try fewer components, another init or seed, or more restarts"
    assert error.exit_code == Exit.DATA == 65


@pytest.mark.parametrize("family", ["VVV", "VVI", "VII"])
def test_repeated_rows_collapse(x, family):
    """A component on 20 equal rows: its variance halves until nothing is left."""
    rows = np.concatenate([x, np.full((20, 2), 6.0)])
    labels = np.repeat([0, 1], [200, 20])
    said = r"component 1: it collapsed: .* is singular \(smallest eigenvalue 0, .*\) at the start"
    options = {"init": "labels", "distribution": {"type": "gaussian", "covariance": family}}
    with pytest.raises(DegenerateError, match=said) as caught:
        gmmflow.fit(rows, 2, labels=labels, **options)
    assert "duplicate rows" in caught.value.remedy


def test_collapse_on_the_way(x):
    rows = np.concatenate([x, np.full((20, 2), 6.0)])
    with pytest.raises(DegenerateError, match=r"component 1: it collapsed.* at iteration \d+"):
        gmmflow.fit(rows, 2, init=start([[0.0, 0.0], [6.0, 6.0]]))


def test_a_shared_covariance_survives_repeated_rows(x):
    rows = np.concatenate([x, np.full((20, 2), 6.0)])
    model = gmmflow.fit(rows, 2, init="labels", labels=np.repeat([0, 1], [200, 20]),
                        distribution={"type": "gaussian", "covariance": "EEE"})  # fmt: skip
    assert model.converged


def test_dependent_columns_make_a_singular_start(x):
    rows = np.concatenate([x, x[:, :1] + x[:, 1:]], axis=1)
    with pytest.raises(DegenerateError, match="component 0: it collapsed") as caught:
        gmmflow.fit(rows, 2)
    assert "linearly dependent columns" in caught.value.remedy
    with pytest.raises(DegenerateError, match="the covariance that all components share is sing"):
        gmmflow.fit(rows, 2, distribution={"type": "gaussian", "covariance": "EEE"})


@pytest.mark.parametrize("value", [5.0, 1.0 / 3.0, 1e8 + 1.0 / 3.0, -1e15 / 7.0])
@pytest.mark.parametrize("family", ["VVV", "VVI", "VII"])
def test_the_last_bit_of_a_number_is_no_spread(value, family):
    """Rows that are equal, or that differ in their last bit."""
    rng = np.random.default_rng(0)
    options = {"init": "labels", "distribution": {"type": "gaussian", "covariance": family}}
    for m, other in ((30, value), (37, value), (31, np.nextafter(value, np.inf))):
        rows = value + rng.normal(size=(50 + m, 2)) * abs(value)
        rows[50:] = np.where(rng.random((m, 2)) < 0.5, value, other)
        with pytest.raises(DegenerateError, match="component 1: it collapsed"):
            gmmflow.fit(rows, 2, labels=np.repeat([0, 1], [50, m]), **options)


def test_what_was_seen_in_the_columns_is_said_where_nothing_can_be_fitted(x):
    code = (x[:, :1] > 0.0).astype(float)
    with pytest.raises(DegenerateError) as caught:
        gmmflow.fit(np.concatenate([x, code, x[:, 1:]], axis=1), 2)
    assert "columns x1 and x3 look identical" in caught.value.remedy
    assert "column x2 has only 2 distinct values" in caught.value.remedy


def test_every_start_degenerate():
    """Three places with equal rows only: nothing has a spread."""
    rows = np.repeat([[0.0, 0.0], [5.0, 1.0], [2.0, 9.0]], 30, axis=0)
    with pytest.raises(DegenerateError, match="every one of the 4 starts is degenerate: compon"):
        gmmflow.fit(rows, 3, restarts=4)


def degenerate_and_not():
    """Rows, and options under which some starts collapse and others do not."""
    rng = np.random.default_rng(1)
    rows = np.concatenate([rng.normal(size=(100, 1)), rng.normal(size=(100, 1)) + 8.0,
                           np.full((12, 1), 30.0)])  # fmt: skip
    return rows, {"init": "random_points", "restarts": 12, "seed": 3}


def test_one_degenerate_start_does_not_stop_the_others():
    rows, options = degenerate_and_not()
    model = gmmflow.fit(rows, 2, **options)
    fits = model.result.fits
    ended = [fit for fit in fits if fit.stop.reason == Reason.DEGENERATE]
    assert 0 < len(ended) < len(fits) == 12
    for fit in ended:
        assert "it collapsed" in fit.stop.message
        assert fit.stop.remedy
        assert fit.bic > model.bic() or fit.mixture is not None
    assert model.result.fit.stop.reason == Reason.CONVERGED
    usable = [fit.log_likelihood for fit in fits if fit.stop.reason != Reason.DEGENERATE]
    assert model.log_likelihood == max(usable)


def test_what_was_evaluated_before_the_end_is_kept():
    """A candidate that collapses at iteration i has i + 1 steps, and their mixture."""
    rows, options = degenerate_and_not()
    for fit in gmmflow.fit(rows, 2, **options).result.fits:
        if fit.stop.reason == Reason.DEGENERATE and fit.mixture is not None:
            assert f"at iteration {len(fit.trace)}" in fit.stop.message
            assert np.isfinite(fit.log_likelihood)
        elif fit.mixture is None:
            assert "at the start" in fit.stop.message
            assert fit.trace == ()
