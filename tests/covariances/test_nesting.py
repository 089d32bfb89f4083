"""Which families lie in which."""

import itertools

import pytest

from gmmflow.covariances.nesting import ALIASES, FAMILIES, nested
from gmmflow.plugin.builtin import gmmflow_covariances


def test_the_names_are_those_that_are_registered():
    assert {*FAMILIES, *ALIASES} == set(gmmflow_covariances())


@pytest.mark.parametrize(
    ("family", "inside"),
    [
        ("EII", ""),
        ("VII", "EII"),
        ("EEI", "EII"),
        ("VEI", "EII VII EEI"),
        ("EVI", "EII EEI"),
        ("VVI", "EII VII EEI VEI EVI"),
        ("EEE", "EII EEI"),
        ("VEE", "EII VII EEI VEI EEE"),
        ("EVE", "EII EEI EVI EEE"),
        ("VVE", "EII VII EEI VEI EVI VVI EEE VEE EVE"),
        ("EEV", "EII EEI EEE"),
        ("VEV", "EII VII EEI VEI EEE VEE EEV"),
        ("EVV", "EII EEI EVI EEE EVE EEV"),
        ("VVV", "EII VII EEI VEI EVI VVI EEE VEE EVE VVE EEV VEV EVV"),
    ],
)
def test_what_lies_inside(family, inside):
    assert {name for name in FAMILIES if nested(name, family)} == set(inside.split())


def test_it_is_an_order_and_the_list_of_families_follows_it():
    for a, b in itertools.product(FAMILIES, repeat=2):
        assert not (nested(a, b) and FAMILIES.index(a) > FAMILIES.index(b))
        for c in FAMILIES:
            assert nested(a, c) or not (nested(a, b) and nested(b, c))


def test_names_of_scikit_learn_and_of_strangers():
    assert nested("spherical", "diag")
    assert nested("EEE", "full")
    assert not nested("tied", "EEE")
    assert not nested("local.mine", "VVV")
    assert not nested("EII", "local.mine")
