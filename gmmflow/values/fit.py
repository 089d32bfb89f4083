"""One candidate, ended, and the models that candidates are starts of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from gmmflow.values.criteria import CRITERIA, CriterionName
from gmmflow.values.mixture import Mixture
from gmmflow.values.trace import Reason, Step, Stop, falls

if TYPE_CHECKING:
    from gmmflow.distributions.base import Distribution

#: Criteria that differ by less than this, relative to them, are equal: log densities are exact to
#: 1e-9. Of equal models the one of fewest parameters is chosen.
TIE = 1e-9


@dataclass(frozen=True)
class Fit:
    """One candidate, ended.

    Attributes
    ----------
    index : int
        Index of the candidate.
    start : int
        Which of the restarts it is, from 0.
    mixture : Mixture or None
        The last mixture that was evaluated, in transformed units; None if there never was one.
    trace : tuple of Step
        One step an iteration; the last one belongs to `mixture`.
    stop : Stop
    n_free : int
        Free parameters.
    model : int
        Index of the model that it is a start of.
    n_components : int
    distribution : Distribution
    inside : int or None
        Index of the candidate of a smaller model whose solution it started from; None where it
        has a start of its own.
    """

    index: int
    start: int
    mixture: Mixture | None
    trace: tuple[Step, ...]
    stop: Stop
    n_free: int
    model: int
    n_components: int
    distribution: Distribution
    inside: int | None = None

    @property
    def usable(self) -> bool:
        """Whether it ended with a mixture that can be chosen."""
        return self.mixture is not None and self.stop.reason is not Reason.DEGENERATE

    @property
    def log_likelihood(self) -> float:
        """Log-likelihood of `mixture` in data units; -inf if there is none."""
        return self.trace[-1].log_likelihood if self.mixture is not None else -np.inf

    @property
    def bic(self) -> float:
        """Bayesian information criterion, -2 l + q log n: lower is better (Schwarz 1978)."""
        if self.mixture is None:
            return np.inf
        return -2.0 * self.log_likelihood + self.n_free * log(self.trace[-1].weight)

    @property
    def aic(self) -> float:
        """Akaike's information criterion, -2 l + 2 q: lower is better."""
        return -2.0 * self.log_likelihood + 2.0 * self.n_free

    @property
    def icl(self) -> float:
        """Integrated completed likelihood: BIC - 2 sum log max resp, lower is better.

        Source: Biernacki, Celeux and Govaert 2000, IEEE PAMI 22:719-725, with the sign of BIC.
        """
        if self.mixture is None:
            return np.inf
        return self.bic - 2.0 * self.trace[-1].classification

    @property
    def held_out(self) -> float | None:
        """Mean log density of the rows that were left out of the fit; None if none were."""
        return self.trace[-1].held_out if self.mixture is not None else None

    @property
    def falls(self) -> tuple[int, ...]:
        """Iterations at which the objective fell by more than rounding errors; EM has none."""
        return falls(self.trace)

    @property
    def aitken_gap(self) -> float | None:
        """How much the objective would still have climbed, or None where it cannot be told."""
        return self.trace[-1].aitken_gap if self.trace else None


@dataclass(frozen=True)
class Model:
    """A number of components of one distribution, with the candidates that are its starts.

    Attributes
    ----------
    fits : tuple of Fit
        At least one.
    """

    fits: tuple[Fit, ...]

    @property
    def index(self) -> int:
        """Place among the models."""
        return self.fits[0].model

    @property
    def n_components(self) -> int:
        """Number of components, k."""
        return self.fits[0].n_components

    @property
    def label(self) -> str:
        """The distribution in short: ``gaussian VVV``."""
        return self.fits[0].distribution.label

    @property
    def name(self) -> str:
        """``2 components of gaussian VVV``."""
        k = self.n_components
        return f"{k} component{'s' * (k > 1)} of {self.label}"

    @property
    def n_free(self) -> int:
        """Free parameters."""
        return self.fits[0].n_free

    @property
    def best(self) -> Fit | None:
        """The start of highest objective among those that did not degenerate."""
        usable = [fit for fit in self.fits if fit.usable]
        return max(usable, key=lambda fit: fit.trace[-1].objective, default=None)

    @property
    def stop(self) -> Stop:
        """How its best start ended, or why there is none."""
        return (self.best or self.fits[0]).stop

    def value(self, criterion: str) -> float | None:
        """The criterion of its best start; None if there is none."""
        value = None if self.best is None else getattr(self.best, criterion)
        return None if value is None else float(value)

    def row(self, chosen: bool) -> dict[str, Any]:
        """The model in plain values, a row of the table of candidates."""
        best = self.best
        return {
            "components": self.n_components,
            "distribution": self.label,
            "chosen": chosen,
            "free_parameters": self.n_free,
            "log_likelihood": None if best is None else best.log_likelihood,
            **{name: self.value(name) for name in CRITERIA},
            "iterations": None if best is None else best.trace[-1].iteration,
            "starts": len(self.fits),
            "degenerate": sum(not fit.usable for fit in self.fits),
            "reason": str(self.stop.reason),
            "message": self.stop.message,
        }


def models_of(fits: Sequence[Fit]) -> tuple[Model, ...]:
    """Candidates by model, in the order of the models."""
    groups: dict[int, list[Fit]] = {}
    for fit in fits:
        groups.setdefault(fit.model, []).append(fit)
    return tuple(Model(tuple(groups[index])) for index in sorted(groups))


def ranked(models: Sequence[Model], criterion: CriterionName) -> list[Model]:
    """Models with a usable start, the best first; of equal ones the smaller, then the earlier."""
    sign = CRITERIA[criterion].sign
    values = {
        model.index: sign * value
        for model in models
        if (value := model.value(criterion)) is not None
    }
    found = sorted((m for m in models if m.index in values), key=lambda m: values[m.index])
    # Runs of equal values, each in the order of sizes.
    runs: list[list[Model]] = []
    for model in found:
        value = values[model.index]
        first = values[runs[-1][0].index] if runs else np.inf
        if runs and value - first <= TIE * max(abs(value), abs(first)):
            runs[-1].append(model)
        else:
            runs.append([model])
    return [m for run in runs for m in sorted(run, key=lambda m: (m.n_free, m.index))]
