"""`gmmflow.fit`, `run` and `load`: from arrays or a config to a model."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import gmmflow
from gmmflow.covariances.vvi import VVI
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import ConfigError, DataError, GmmflowError


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(size=(80, 2)), rng.normal(size=(60, 2)) + 5.0])


def test_what_is_left_out_has_the_defaults_of_a_config(x, tmp_path):
    np.save(tmp_path / "x.npy", x)
    config = {
        "version": 1,
        "data": {"type": "npy", "path": str(tmp_path / "x.npy")},
        "model": {"components": 2},
        "fit": {"restarts": 1},
        "report": [],
        "output": str(tmp_path / "run"),
    }
    run = gmmflow.run(config)
    fit = gmmflow.fit(x, 2)
    assert_array_equal(run.means, fit.means)
    assert_array_equal(run.covariances, fit.covariances)
    assert run.log_likelihood == fit.log_likelihood
    again = gmmflow.load(tmp_path / "run")
    assert_array_equal(again.means, fit.means)
    assert again.folder == tmp_path / "run"


def test_a_stage_is_a_name_a_mapping_or_itself(x):
    by_name = gmmflow.fit(x, 2, distribution={"type": "gaussian", "covariance": "diag"})
    by_mapping = gmmflow.fit(x, 2, distribution={"type": "gaussian", "covariance": {"type": "VVI"}})
    itself = gmmflow.fit(x, 2, distribution=Gaussian(covariance=VVI()))
    assert_array_equal(by_name.covariances, by_mapping.covariances)
    assert_array_equal(by_name.covariances, itself.covariances)


@pytest.mark.parametrize(
    "rows",
    [
        lambda x: x.tolist(),
        lambda x: np.asfortranarray(x),
        lambda x: x[::-1][::-1],
        lambda x: x.astype(">f8"),
    ],
    ids=["lists", "fortran order", "negative strides", "big-endian"],
)
def test_rows_in_any_layout_have_equal_bits(x, rows):
    plain, other = gmmflow.fit(x, 2), gmmflow.fit(rows(x), 2)
    assert_array_equal(other.means, plain.means)
    assert_array_equal(other.covariances, plain.covariances)
    assert other.log_likelihood == plain.log_likelihood


def test_rows_are_left_as_they_were(x):
    before = x.copy()
    x.flags.writeable = False
    gmmflow.fit(x, 2, transform=["standardize"]).predict(x)
    x.flags.writeable = True
    assert_array_equal(x, before)


def test_one_dimension_is_one_column(x):
    flat = gmmflow.fit(x[:, 0], 2)
    assert flat.means.shape == (2, 1)
    assert_array_equal(flat.means, gmmflow.fit(x[:, :1], 2).means)


def test_whole_numbers_are_numbers():
    rows = np.array([[0, 1], [1, 0], [0, 2], [9, 8], [8, 9], [9, 9]])
    options = {"distribution": {"type": "gaussian", "covariance": "spherical"}}
    whole = gmmflow.fit(rows, 2, **options)
    assert_array_equal(whole.means, gmmflow.fit(rows.astype(float), 2, **options).means)


def test_a_dask_array_is_fitted_chunk_by_chunk(x):
    import dask.array as da

    lazy = gmmflow.fit(da.from_array(x, chunks=(50, 1)), 2)
    plain = gmmflow.fit(x, 2)
    np.testing.assert_allclose(lazy.means, plain.means, rtol=1e-9)
    assert any("rechunk" in note for note in lazy.result.data.notes)


def test_seeds_choose_starts_and_equal_seeds_repeat(x):
    first = gmmflow.fit(x, 3, init="random_points", seed=1)
    again = gmmflow.fit(x, 3, init="random_points", seed=1)
    other = gmmflow.fit(x, 3, init="random_points", seed=2)
    assert_array_equal(first.means, again.means)
    assert first.result.fit.trace[0].objective != other.result.fit.trace[0].objective


def test_classes_have_a_table_and_an_index(x):
    labels = np.repeat(["old", "new"], [80, 60])
    model = gmmflow.fit(x, 2, labels=labels)
    table = model.result.classes
    assert model.result.data.label_names == ("new", "old")
    assert table.counts.sum() == 140
    expected = [[(model.predict(x)[labels == name] == c).sum() for name in ("new", "old")]
                for c in range(2)]  # fmt: skip
    assert_array_equal(table.counts, expected)
    from sklearn.metrics import adjusted_rand_score

    assert table.adjusted_rand == pytest.approx(adjusted_rand_score(labels, model.predict(x)))


def test_deterministic_starts_ignore_restarts_and_say_so(x):
    model = gmmflow.fit(x, 2, init="labels", labels=np.repeat([0, 1], [80, 60]), restarts=3)
    assert len(model.result.fits) == 1
    assert any("`restarts: 3` was ignored" in note for note in model.result.notes)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"components": 0}, ConfigError, "components must be at least 1, is 0"),
        ({"components": "2"}, ConfigError, "components must be a whole number, is '2'"),
        ({"components": 2.5}, ConfigError, "components must be a whole number, is 2.5"),
        ({"restarts": None}, ConfigError, "restarts must be a whole number, is None"),
        ({"seed": -1}, ConfigError, "seed must be at least 0, is -1"),
        ({"restarts": 0}, ConfigError, "restarts must be at least 1, is 0"),
        ({"convergence": []}, ConfigError, "no convergence criterion, so EM would never stop"),
        ({"init": "kmean"}, GmmflowError, "kmean"),
        ({"init": {"type": "kmeans++", "sampel": 3}}, GmmflowError, "sampel"),
        ({"distribution": {"type": "gaussian", "covariance": "VVX"}}, GmmflowError, "VVX"),
        ({"sample_weight": [1.0]}, DataError, "sample_weight has shape"),
        ({"sample_weight": np.full(140, -1.0)}, DataError, "negative|-1"),
        ({"labels": [1, 2]}, DataError, "labels has shape"),
        ({"init": "labels"}, DataError, "the data have no labels"),
    ],
)
def test_what_is_wrong_is_said(x, options, error, said):
    with pytest.raises(error, match=said):
        gmmflow.fit(x, **{"components": 2, **options})


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (np.empty((0, 2)), "x is empty"),
        ([["a", "b"]], "number"),
        (np.zeros((2, 2, 2)), "shape"),
        ([[1.0, np.inf], [2.0, 3.0]], "row 1"),
        (np.array([[1 + 2j], [3.0]]), "complex|number"),
    ],
    ids=["empty", "text", "three axes", "infinity", "complex"],
)
def test_rows_that_are_none(rows, said):
    with pytest.raises(DataError, match=said):
        gmmflow.fit(rows, 2)


def test_reports_can_be_asked_for(x, capsys):
    gmmflow.fit(x, 2, report=["console"])
    assert "component" in capsys.readouterr().out
    gmmflow.fit(x, 2)
    assert capsys.readouterr().out == ""
