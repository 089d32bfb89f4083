"""What kinds are called."""

import pytest

from gmmflow.plugin.words import NOUNS, a_noun, kind_of, noun, nouns
from gmmflow.stage import KINDS


def test_every_kind_has_a_noun():
    assert set(NOUNS) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "one", "many"),
    [
        ("initializers", "an initializer", "initializers"),
        ("m_steps", "an m_step", "m_steps"),
        ("loaders", "a loader", "loaders"),
        ("covariances", "a covariance family", "covariance families"),
        ("convergence", "a convergence criterion", "convergence criteria"),
    ],
)
def test_one_and_many(kind, one, many):
    assert (a_noun(kind), nouns(kind)) == (one, many)


def test_any_kind_is_a_stage():
    assert (noun(""), a_noun(""), nouns("")) == ("stage", "a stage", "stages")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_known_by_its_names_and_its_slot(kind):
    for text in (kind, kind.upper(), noun(kind), KINDS[kind], KINDS[kind].rpartition(".")[2]):
        assert kind_of(text) == kind
    assert kind_of(kind.removesuffix("s")) == kind
    assert kind_of("cluster") is None
