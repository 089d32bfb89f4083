"""What is refused of a stage class, with the remedy for its author."""

from typing import ClassVar, Literal

import pytest
from pydantic import ConfigDict

from gmmflow import Convergence, EStep
from gmmflow.plugin.laws import CONTRACTS, lawful
from gmmflow.plugin.registration import Refused
from gmmflow.stage import KINDS, Field, Stage


class Good(Convergence):
    type: Literal["acme.good", "acme.alias"] = "acme.good"
    patience: int = Field(3, description="Iterations to wait.")

    def check(self, trace):
        return None


class Undescribed(Good):
    speed: float = 1.0


class Empty(Good):
    speed: float = Field(1.0, description="  ")


class Untyped(Convergence):
    type: str = "acme.good"

    def check(self, trace):
        return None


class Defaultless(Convergence):
    type: Literal["acme.good"]

    def check(self, trace):
        return None


class Abstract(Convergence):
    type: Literal["acme.good"] = "acme.good"


class Mutable(Good):
    model_config = ConfigDict(frozen=False)


class Lenient(Good):
    model_config = ConfigDict(extra="ignore")


class NoContract(Stage):
    kind: ClassVar[str] = "convergence"
    type: Literal["acme.good"] = "acme.good"


class OtherKind(EStep):
    type: Literal["acme.good"] = "acme.good"

    def rule(self, iteration, seed):
        raise NotImplementedError


def test_a_good_class_is_returned_under_each_of_its_names():
    assert lawful(Good, "convergence", "acme.good") is Good
    assert lawful(Good, "convergence", "acme.alias") is Good


@pytest.mark.parametrize(
    ("stage", "reason"),
    [
        (Undescribed, "option 'speed' of Undescribed has no description; write speed: "),
        (Empty, "option 'speed' of Empty has no description"),
        (Untyped, r"the type of Untyped is no Literal.*Literal\[\"acme.good\"\] = \"acme.good\""),
        (Defaultless, "the type of Defaultless is 'acme.good', but has no default"),
        (Abstract, "Abstract does not implement check of Convergence"),
        (Mutable, "Mutable changes model_config"),
        (Lenient, "Lenient changes model_config"),
        (NoContract, "of convergence, but it does not derive from gmmflow.Convergence"),
        (OtherKind, "OtherKind is registered as 'acme.good' of convergence, but it is an e_step"),
        (int, "int is registered as 'acme.good' of convergence, but it is no stage"),
        (Good(), "it is an object, not a class"),
    ],
)
def test_a_class_that_breaks_a_law_is_refused(stage, reason):
    with pytest.raises(Refused, match=reason):
        lawful(stage, "convergence", "acme.good")


def test_the_type_must_be_the_registered_name():
    with pytest.raises(Refused) as caught:
        lawful(Good, "convergence", "acme.better")
    assert str(caught.value) == (
        "the type of Good is 'acme.good' | 'acme.alias', but it is registered as 'acme.better'; "
        'write type: Literal["acme.better"] = "acme.better"'
    )


def test_every_kind_has_a_contract():
    assert set(CONTRACTS) == set(KINDS)
