"""What was fitted to what, and how well."""

from __future__ import annotations

from dataclasses import dataclass

from gmmflow.reporters.facts import text
from gmmflow.values.result import Result

NAMED_COLUMNS = 6


@dataclass(frozen=True)
class Measure:
    """A number of the fit with what it means.

    Attributes
    ----------
    name, value : str
    meaning : str
        A sentence for those who meet it for the first time.
    """

    name: str
    value: str
    meaning: str


def sentence(result: Result) -> str:
    """``2 components of gaussian VVV, fitted to 272 rows of eruptions, waiting in 0.05 s``."""
    law = result.mixture.distribution.label
    names = text.listing(result.data.model_names, NAMED_COLUMNS)
    return (
        f"{text.count(result.mixture.n_components, 'component')} of {law}, fitted to "
        f"{text.count(result.data.n_rows, 'row')} of {names} in {text.seconds(result.seconds)}"
    )


def measures(result: Result) -> tuple[Measure, ...]:
    """Log-likelihood, criteria, free parameters and iterations of the chosen candidate."""
    fit = result.fit
    return (
        Measure(
            "log-likelihood",
            text.total(fit.log_likelihood),
            "Sum over rows of the natural log of the mixture density: higher fits better.",
        ),
        Measure(
            "BIC",
            text.total(fit.bic),
            "-2 log-likelihood + free parameters x log(rows): lower is better.",
        ),
        Measure(
            "AIC",
            text.total(fit.aic),
            "-2 log-likelihood + 2 x free parameters: lower is better.",
        ),
        Measure(
            "ICL",
            text.total(fit.icl),
            "BIC plus a charge for rows that belong to no one component clearly: lower is better.",
        ),
        Measure(
            "free parameters",
            f"{fit.n_free:,}",
            "Numbers that the data decided.",
        ),
        Measure(
            "iterations",
            f"{fit.trace[-1].iteration:,}",
            "M-steps of the chosen start.",
        ),
    )
