"""What models are compared by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

#: Share of rows that are held out, unless the config says otherwise.
HELD_OUT = 0.2

CriterionName = Literal["bic", "aic", "icl", "held_out"]


@dataclass(frozen=True)
class Criterion:
    """A number by which models are compared.

    Attributes
    ----------
    name : str
        As in `select.criterion`, and as an attribute of `Fit`.
    label : str
        For tables.
    meaning : str
        A sentence for those who meet it for the first time.
    sign : {1, -1}
        1 where lower is better, -1 where higher is.
    """

    name: CriterionName
    label: str
    meaning: str
    sign: int = 1

    @property
    def direction(self) -> str:
        """``lower is better``."""
        return f"{'lower' if self.sign > 0 else 'higher'} is better"


CRITERIA: dict[str, Criterion] = {
    each.name: each
    for each in (
        Criterion(
            "bic", "BIC", "-2 log-likelihood + free parameters x log(rows): lower is better."
        ),
        Criterion("aic", "AIC", "-2 log-likelihood + 2 x free parameters: lower is better."),
        Criterion(
            "icl",
            "ICL",
            "BIC plus a charge for rows that belong to no one component clearly: lower is better.",
        ),
        Criterion(
            "held_out",
            "held-out",
            "Mean log density of rows that were left out of the fit: higher is better.",
            -1,
        ),
    )
}
