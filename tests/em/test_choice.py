"""Choosing among models: one sweep for all, each as if alone; restarts by objective, models by
their criterion; what cannot be fitted is named and passed over."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import gmmflow
from gmmflow.em.choice import choose
from gmmflow.errors import ConfigError, DataError, DegenerateError, Exit
from gmmflow.values.fit import Fit, models_of, ranked
from gmmflow.values.trace import Reason, Step, Stop

FAMILIES = ["EII", "VII", "EEI", "VVI", "EEE", "VEE", "VVE", "EEV", "VVV"]


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(5)
    rows = rng.normal(size=(300, 3)) @ rng.normal(size=(3, 3))
    return rows + 4.0 * rng.normal(size=(3, 3))[rng.integers(3, size=300)]


def gaussian(covariance):
    return {"type": "gaussian", "covariance": covariance}


def numbers(fit):
    return [
        fit.mixture.weights,
        *(fit.mixture.parameters[k] for k in sorted(fit.mixture.parameters)),
    ]


def test_a_candidate_has_the_bits_of_a_run_of_its_own(x):
    """9 families x 3 numbers of components x 2 starts in one sweep, and each alone."""
    together = gmmflow.fit(x, [1, 2, 4], distribution=gaussian(FAMILIES), restarts=2, seed=3)
    own = [fit for fit in together.result.fits if fit.inside is None]
    assert len(own) == 9 * 3 * 2
    for fit in own:
        if fit.start == 1:
            continue
        alone = gmmflow.fit(x, fit.n_components, distribution=fit.distribution, seed=3).result.fit
        assert [s.objective for s in alone.trace] == [s.objective for s in fit.trace]
        assert alone.stop == fit.stop
        for a, b in zip(numbers(alone), numbers(fit), strict=True):
            assert_array_equal(a, b)


def test_models_of_one_start_begin_alike_and_are_asked_once(x, monkeypatch):
    from gmmflow.initializers.kmeans_pp import KMeansPP

    asked = []
    begin = KMeansPP.start

    def counted(self, k, distribution, context):
        asked.append((k, context.start))
        return begin(self, k, distribution, context)

    monkeypatch.setattr(KMeansPP, "start", counted)
    model = gmmflow.fit(x, [2, 3], distribution=gaussian(["EEE", "VVV"]), restarts=2,
                        convergence=[{"type": "max_iterations", "limit": 0}])  # fmt: skip
    assert sorted(asked) == [(2, 0), (2, 1), (3, 0), (3, 1)]
    first, second = (fit for fit in model.result.fits if (fit.n_components, fit.start) == (3, 1))
    assert_allclose(
        first.mixture.parameters["means"], second.mixture.parameters["means"], rtol=1e-12
    )
    assert_array_equal(first.mixture.weights, second.mixture.weights)


@pytest.mark.parametrize("criterion", ["bic", "aic", "icl"])
def test_the_lowest_criterion_wins_and_the_table_says_so(x, criterion):
    model = gmmflow.fit(x, range(1, 5), distribution=gaussian(["EEE", "VVV"]), select=criterion)
    rows = model.candidates
    assert [(r["components"], r["distribution"]) for r in rows] == [
        (k, f"gaussian {family}") for k in (1, 2, 3, 4) for family in ("EEE", "VVV")
    ]
    (chosen,) = (row for row in rows if row["chosen"])
    # One component: both families are the same model, equal up to rounding.
    assert chosen[criterion] == pytest.approx(min(row[criterion] for row in rows), rel=1e-9)
    assert chosen["components"] == model.n_components
    assert chosen["log_likelihood"] == model.log_likelihood
    assert chosen["free_parameters"] == model.result.fit.n_free
    assert getattr(model, criterion)() == chosen[criterion]
    assert all(row["held_out"] is None for row in rows)


def test_old_faithful_is_three_ellipsoids_alike():
    x = np.loadtxt(f"{gmmflow.__path__[0]}/data/old_faithful.csv", delimiter=",", skiprows=1)
    model = gmmflow.fit(x, {"from": 1, "to": 4}, distribution=gaussian(["EEE", "VVV"]), restarts=3)
    assert (model.n_components, model.result.mixture.distribution.covariance.type) == (3, "EEE")
    assert model.bic() == pytest.approx(2314.2957, abs=1e-3)  # mclust: EEE, 3, -2314.296


def fit(index, model, objective, n_free=5, log_likelihood=None, reason=Reason.CONVERGED):
    value = objective if log_likelihood is None else log_likelihood
    step = Step(index, 3, value, objective, 100.0, -1.0, None, 0.0, 0.5, 50.0)
    mixture = None if reason is Reason.DEGENERATE else object()
    stop = Stop(reason, f"said of {index}", f"remedy {model}")
    return Fit(index, 0, mixture, (step,), stop, n_free, model, model + 1, Named())


class Named:
    label = "gaussian VVV"


def test_restarts_go_by_objective_and_models_by_criterion():
    """The start of higher objective stands for its model, though the other has the higher
    likelihood; among models the criterion decides."""
    fits = [
        fit(0, 0, -100.0, log_likelihood=-90.0), fit(1, 0, -99.0, log_likelihood=-95.0),
        fit(2, 1, -80.0, n_free=40),
    ]  # fmt: skip
    assert choose(fits, "bic") == 1
    assert choose([replace(fits[2], n_free=6), *fits[:2]], "bic") == 2


def test_of_equal_models_the_smaller_is_chosen_then_the_earlier():
    models = models_of([fit(0, 0, -100.0, 5), fit(1, 1, -100.0 - 1e-12, 5), fit(2, 2, -100.0, 5)])
    assert [m.index for m in ranked(models, "bic")] == [0, 1, 2]
    # AIC: -2 l + 2 q is 210 for both.
    models = models_of([fit(0, 0, -99.0, 6), fit(1, 1, -100.0, 5)])
    assert [m.index for m in ranked(models, "aic")] == [1, 0]


def test_degenerate_models_are_passed_over_and_have_their_reason():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(100, 2)), np.full((30, 2), 9.0)])
    model = gmmflow.fit(x, 2, distribution=gaussian(["VVV", "EEE"]), report=[])
    bad, good = model.candidates
    assert (bad["chosen"], good["chosen"]) == (False, True)
    assert bad["log_likelihood"] is bad["bic"] is bad["iterations"] is None
    assert (bad["reason"], bad["degenerate"], bad["starts"]) == ("degenerate", 1, 1)
    assert "collapsed" in bad["message"]


def test_where_every_candidate_is_degenerate_the_reasons_are_given():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(100, 2)), np.full((30, 2), 9.0)])
    said = r"every one of the 4 candidates is degenerate: 2 components of gaussian VVI: .*collapsed"
    with pytest.raises(DegenerateError, match=said) as caught:
        gmmflow.fit(x, 2, distribution=gaussian(["VVI", "VVV"]), restarts=2)
    assert caught.value.exit_code == Exit.DATA == 65
    assert "floor" in caught.value.remedy


def test_more_components_than_rows_can_carry_are_refused_one_by_one():
    x = np.repeat([[0.0], [1.0], [5.0], [7.0]], 3, axis=0) + np.linspace(0, 0.1, 12)[:, None]
    model = gmmflow.fit(x, [1, 2, 20], distribution=gaussian("EEE"))
    *_, refused = model.candidates
    assert refused["message"] == "12 rows cannot carry 20 components"
    with pytest.raises(DataError, match="12 rows cannot carry 20 components"):
        gmmflow.fit(x, [20, 21])


def test_classes_start_the_model_of_their_number(x):
    labels = np.arange(300) % 3
    model = gmmflow.fit(x, [2, 3], init="labels", labels=labels)
    two, three = model.candidates
    assert three["chosen"]
    assert "the labels name 3 classes" in two["message"]


def test_given_numbers_are_of_one_number_of_components(x):
    start = {"type": "given", "parameters": {"means": x[:2].tolist()}}
    with pytest.raises(ConfigError, match=r"means has 2 components.*model.components is 3"):
        gmmflow.fit(x, [2, 3], init=start)


def test_only_the_leaders_keep_their_histories(x, monkeypatch, tmp_path):
    from gmmflow.em import pipeline
    from gmmflow.em.choice import KEPT
    from gmmflow.loaders.arrays import from_arrays
    from gmmflow.testing import fits

    kept, forget = [], pipeline.forget

    def spy(candidates, criterion):
        forget(candidates, criterion)
        kept.append(sum(bool(c.history) for c in candidates if c.stop is not None))

    monkeypatch.setattr(pipeline, "forget", spy)
    settings = replace(fits.settings(2, tmp_path), components=(1, 2, 3, 4, 5), restarts=2)
    result = fits.fit(from_arrays(x), settings).result
    assert max(kept) <= KEPT
    assert len(result.history) == len(result.fit.trace)


def test_more_parameters_than_rows_are_told():
    x = np.random.default_rng(0).normal(size=(30, 2))
    model = gmmflow.fit(x, 10, distribution={"type": "gaussian", "covariance": "EII"})
    assert any("30 free parameters for 30 rows" in note for note in model.result.notes)
    model = gmmflow.fit(x, 2, distribution={"type": "gaussian", "covariance": "EII"})
    assert not any("free parameters" in note for note in model.result.notes)
