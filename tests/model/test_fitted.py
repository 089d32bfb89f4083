"""A fitted mixture at work: against direct formulas, on every kind of table."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

import gmmflow
from gmmflow.errors import DataError, InputMissing

FAMILIES = ["VVV", "EEE", "VVI", "VII"]


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(2)
    return np.concatenate(
        [rng.normal(size=(200, 2)) @ [[1.0, 0.4], [0.0, 0.5]], rng.normal([6, 2], size=(100, 2))]
    )


@pytest.fixture(scope="module", params=FAMILIES)
def model(request, x):
    return gmmflow.fit(x, 2, distribution={"type": "gaussian", "covariance": request.param})


@pytest.fixture(scope="module")
def full(x):
    return gmmflow.fit(x, 2)


def log_joint(model, x):
    return np.stack(
        [
            np.log(w) + multivariate_normal(m, c).logpdf(x)
            for w, m, c in zip(model.weights, model.means, model.covariances, strict=True)
        ],
        axis=1,
    )


def test_densities_and_probabilities(model, x):
    expected = log_joint(model, x)
    log_density = logsumexp(expected, axis=1)
    assert_allclose(model.score_samples(x), log_density, rtol=1e-11, atol=1e-11)
    assert model.score(x) == pytest.approx(log_density.mean(), rel=1e-12)
    weight = np.linspace(0.0, 2.0, len(x))
    weighted = (weight * log_density).sum() / weight.sum()
    assert model.score(x, sample_weight=weight) == pytest.approx(weighted, rel=1e-12)
    resp = np.exp(expected - log_density[:, None])
    assert_allclose(model.predict_proba(x), resp, atol=1e-12)
    assert_array_equal(model.predict(x), resp.argmax(axis=1))
    assert model.predict(x).dtype == np.int64


def test_criteria(model, x):
    log_density = logsumexp(log_joint(model, x), axis=1)
    n_free = model.result.fit.n_free
    bic = -2 * log_density.sum() + n_free * np.log(len(x))
    assert model.bic() == pytest.approx(bic, rel=1e-12)
    assert model.bic(x) == pytest.approx(bic, rel=1e-12)
    assert model.aic() == pytest.approx(-2 * log_density.sum() + 2 * n_free, rel=1e-12)
    assert model.aic(x) == pytest.approx(model.aic(), rel=1e-12)
    largest = model.predict_proba(x).max(axis=1)
    assert model.icl() == pytest.approx(bic - 2 * np.log(largest).sum(), rel=1e-10)
    half = x[:50]
    part = logsumexp(log_joint(model, half), axis=1).sum()
    assert model.bic(half) == pytest.approx(-2 * part + n_free * np.log(50), rel=1e-12)


def test_samples_have_the_moments_of_the_mixture(model):
    rows, components = model.sample(60_000, seed=1)
    assert rows.shape == (60_000, 2)
    share = np.bincount(components, minlength=2) / 60_000
    assert (np.abs(share - model.weights) < 5 * np.sqrt(share * (1 - share) / 60_000)).all()
    for c in range(2):
        mine = rows[components == c]
        sd = np.sqrt(np.diag(model.covariances[c]))
        assert (np.abs(mine.mean(axis=0) - model.means[c]) < 5 * sd / len(mine) ** 0.5).all()
        error = np.cov(mine.T, bias=True) - model.covariances[c]
        assert (np.abs(error) < 5 * np.outer(sd, sd) * (2 / len(mine)) ** 0.5).all()
    again, _ = model.sample(60_000, seed=1)
    assert_array_equal(rows, again)
    assert not np.array_equal(rows, model.sample(60_000, seed=2)[0])
    # In random order: the first half has as many of a component as the second.
    assert abs(np.diff([components[:30_000].mean(), components[30_000:].mean()])[0]) < 0.02


@pytest.mark.parametrize("n", [0, 1])
def test_few_samples(full, n):
    rows, components = full.sample(n)
    assert rows.shape == (n, 2)
    assert components.shape == (n,)


def test_fewer_samples_than_none(full):
    with pytest.raises(DataError, match="n must be at least 0, is -1"):
        full.sample(-1)


def test_a_model_is_shown_in_a_line(full):
    assert repr(full) == (
        "<MixtureModel: 2 components of gaussian VVV in 2 columns, log-likelihood "
        f"{full.log_likelihood:.5f}, converged after {full.n_iterations} iterations>"
    )


def test_columns_of_a_frame_are_found_by_name(x):
    import pyarrow as pa

    table = pa.table({"a": x[:, 0], "b": x[:, 1]})
    model = gmmflow.fit(table, 2)
    assert model.names == ("a", "b")
    other = pa.table({"b": x[:, 1], "other": np.zeros(len(x)), "a": x[:, 0]})
    assert_array_equal(model.predict_proba(other), model.predict_proba(x))
    with pytest.raises(DataError, match="there is no column 'b'"):
        model.predict(pa.table({"a": x[:, 0], "B": x[:, 1]}))
    with pytest.raises(DataError, match="x has 3 columns, and the model has 2"):
        model.predict(np.zeros((4, 3)))


def test_columns_of_a_frame_that_the_model_lacks_may_be_text(x):
    import pandas as pd

    model = gmmflow.fit(pd.DataFrame(x, columns=["a", "b"]), 2)
    frame = pd.DataFrame({"name": "text", "b": x[:, 1], "a": x[:, 0]})
    assert_array_equal(model.predict_proba(frame), model.predict_proba(x))


def test_a_dask_array_gives_a_dask_array(full, x):
    import dask.array as da

    lazy = da.from_array(x, chunks=((100, 1, 199), 2))
    for method, shape in [("predict", ()), ("predict_proba", (2,)), ("score_samples", ())]:
        answer = getattr(full, method)(lazy)
        expected = getattr(full, method)(x)
        assert isinstance(answer, da.Array)
        assert answer.chunks[0] == (100, 1, 199)
        assert answer.shape == (300, *shape)
        assert answer.dtype == expected.dtype
        # BLAS may add in another order for another number of rows.
        assert_allclose(answer.compute(scheduler="synchronous"), expected, rtol=1e-13, atol=1e-15)
    assert full.score(lazy) == pytest.approx(full.score(x), rel=1e-13)
    assert full.bic(lazy) == pytest.approx(full.bic(x), rel=1e-13)


def test_chunks_of_a_dask_answer_are_computed_on_their_own(full):
    """Asking for one chunk reads one chunk."""
    import dask.array as da

    read = []

    def rows(block_info=None):
        read.append(block_info[None]["chunk-location"][0])
        return np.zeros((10, 2))

    lazy = da.map_blocks(rows, chunks=((10,) * 5, (2,)), dtype=float, meta=np.empty((0, 2)))
    answer = full.predict(lazy)
    assert read == [], "nothing is read before it is asked for"
    answer.blocks[3].compute(scheduler="synchronous")
    assert read == [3]


@pytest.mark.parametrize("family", FAMILIES)
def test_standardized_fits_are_in_data_units(x, family):
    """Families that every column may scale on its own find the same mixture."""
    far = x * [0.1, 100.0] + [5.0, -1e4]
    options = {
        "distribution": {"type": "gaussian", "covariance": family},
        "init": "labels", "labels": np.repeat([0, 1], [200, 100]),
        "convergence": [{"type": "log_likelihood", "tolerance": 1e-12}, "max_iterations"],
    }  # fmt: skip
    scaled = gmmflow.fit(far, 2, transform=["standardize"], **options)
    (note,) = scaled.result.notes
    assert note.startswith(f"gaussian {family} is the law of the columns after standardize; param")
    log_density = logsumexp(log_joint(scaled, far), axis=1)
    assert_allclose(scaled.score_samples(far), log_density, rtol=1e-10)
    assert scaled.log_likelihood == pytest.approx(log_density.sum(), rel=1e-10)
    if family != "VII":
        plain = gmmflow.fit(far, 2, **options)
        assert scaled.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-10)
        sd = far.std(axis=0)
        assert_allclose(scaled.means / sd, plain.means / sd, rtol=1e-6)
        unit = np.outer(sd, sd)
        assert_allclose(scaled.covariances / unit, plain.covariances / unit, atol=1e-6)
    rows, _ = scaled.sample(20_000)
    assert (np.abs(rows.mean(axis=0) - far.mean(axis=0)) < 0.05 * far.std(axis=0)).all()


@pytest.mark.parametrize("transform", [(), ("standardize",)])
def test_saved_and_loaded(x, transform, tmp_path):
    import pyarrow as pa

    model = gmmflow.fit(pa.table({"a": x[:, 0], "b": x[:, 1]}), 2, transform=transform)
    folder = model.save(tmp_path / "model")
    again = gmmflow.load(folder)
    assert again.names == model.names
    assert_array_equal(again.weights, model.weights)
    assert_array_equal(again.means, model.means)
    assert_array_equal(again.covariances, model.covariances)
    assert_array_equal(again.predict_proba(x), model.predict_proba(x))
    assert_array_equal(again.score_samples(x), model.score_samples(x))
    assert_array_equal(again.sample(10)[0], model.sample(10)[0])
    assert again.log_likelihood == model.log_likelihood
    assert (again.bic(), again.icl()) == (model.bic(), model.icl())
    assert again.converged == model.converged
    assert again.n_iterations == model.n_iterations


def test_there_is_no_model_in_an_empty_folder(tmp_path):
    with pytest.raises(InputMissing, match="there is no model in"):
        gmmflow.load(tmp_path)


def test_single_precision_rows(full, x):
    single = x.astype(np.float32)
    assert_allclose(full.score_samples(single), full.score_samples(x), rtol=1e-4, atol=1e-4)
    assert full.predict_proba(single).dtype == np.float64
    assert (full.predict(single) == full.predict(x)).mean() > 0.99


def test_rows_far_from_everything(full):
    rows = np.array([[1e9, -1e9], [1e150, 0.0]])
    log_density = full.score_samples(rows)
    assert np.isfinite(log_density[0])
    assert log_density[0] < -1e17
    assert_allclose(full.predict_proba(rows)[0].sum(), 1.0, rtol=1e-15)


@pytest.mark.parametrize("family", ["VII", "VVE"])
def test_parts_of_a_standardized_fit_are_in_data_units(x, family):
    """A form that unequal units widen: its density is that of the rows as they were."""
    far = x * [0.1, 100.0] + [5.0, -1e4]
    model = gmmflow.fit(
        far, 2, distribution={"type": "gaussian", "covariance": family}, transform=["standardize"]
    )
    assert_allclose(model.density.score_samples(far), model.score_samples(far), rtol=1e-9)
    a, b = far[0]
    both = model.marginal("x0").score_samples([[a]]) + model.conditional({0: a}).score_samples(
        [[b]]
    )
    assert both == pytest.approx(model.score_samples(far[:1]), rel=1e-9)
    assert model.regress({"x1": far[:, 1]}).mean.shape == (300, 1)
    for each in model.ellipses(0.9):
        off = (each.points - each.centre) @ np.linalg.inv(model.covariances[each.component])
        inside = (off * (each.points - each.centre)).sum(axis=1)
        assert_allclose(inside, -2 * np.log(0.1), rtol=1e-9)


def test_parts_are_of_the_columns_that_were_fitted(x):
    import pyarrow as pa

    table = pa.table({"a": x[:, 0], "noise": np.arange(300.0), "b": x[:, 1]})
    model = gmmflow.fit(table, 2, transform=[{"type": "select", "columns": ["b", "a"]}])
    assert model.density.names == ("b", "a")
    assert_array_equal(model.marginal(1).means[:, 0], model.means[:, 1])
    with pytest.raises(DataError, match="there is no column 'noise'"):
        model.marginal("noise")


def test_a_model_in_transformed_units_has_no_law_of_the_data(full):
    result = replace(full.result, units="transformed")
    model = replace(full, fitted=replace(full.fitted, result=result))
    for call in (lambda: model.marginal(0), lambda: model.regress({0: 1.0}), model.ellipses):
        with pytest.raises(DataError, match="this model of gaussian VVV is in transformed units"):
            call()


def test_a_fit_says_how_good_it_is(full, x):
    values = [np.linalg.eigvalsh(each) for each in full.covariances]
    assert_allclose(full.conditioning.smallest, [v[0] for v in values], rtol=1e-12)
    assert_allclose(full.conditioning.condition, [v[-1] / v[0] for v in values], rtol=1e-12)
    ratio = max(v[-1] for v in values) / min(v[0] for v in values)
    assert full.conditioning.ratio == pytest.approx(ratio, rel=1e-12)
    assert_allclose(full.counts.sum(), 300.0, rtol=1e-12)
    assert full.n_free == 11
    assert full.falls == ()
    assert full.aitken_gap is not None
    assert 0.0 <= full.aitken_gap < 1e-3
    later = gmmflow.fit(
        x, 2, convergence=[{"type": "aitken", "tolerance": 1e-13}, "max_iterations"]
    )
    gained = later.log_likelihood - full.log_likelihood
    assert full.aitken_gap == pytest.approx(gained, rel=0.1)
