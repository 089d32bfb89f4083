"""What was fitted to what, and how well."""

from __future__ import annotations

from dataclasses import dataclass

from gmmflow.reporters.facts import text
from gmmflow.values.criteria import CRITERIA
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
    held_out = CRITERIA["held_out"]
    return (
        Measure(
            "log-likelihood",
            text.total(fit.log_likelihood),
            "Sum over rows of the natural log of the mixture density: higher fits better.",
        ),
        Measure(
            "BIC",
            text.total(fit.bic),
            CRITERIA["bic"].meaning,
        ),
        Measure(
            "AIC",
            text.total(fit.aic),
            CRITERIA["aic"].meaning,
        ),
        Measure(
            "ICL",
            text.total(fit.icl),
            CRITERIA["icl"].meaning,
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
        Measure(
            "Aitken gap",
            "not known" if fit.aitken_gap is None else text.magnitude(fit.aitken_gap),
            "What the log-likelihood, or what takes its place, would still climb, as far as its "
            "last changes tell; not known where they say nothing of it.",
        ),
        Measure(
            "objective fell",
            _falls(fit.falls),
            "Iterations at which what EM climbs fell: none, for EM as it should be.",
        ),
        Measure(
            "smallest eigenvalue",
            text.magnitude(float(result.conditioning.smallest.min())),
            "Of all covariance matrices, in squared units of the columns: near 0, a component is "
            "flat.",
        ),
        Measure(
            "eigenvalue ratio",
            text.magnitude(result.conditioning.ratio),
            "Largest over smallest eigenvalue of all components; `max_ratio` bounds it.",
        ),
        *(
            ()
            if fit.held_out is None
            else (Measure(held_out.label, text.total(fit.held_out), held_out.meaning),)
        ),
    )


def _falls(iterations: tuple[int, ...]) -> str:
    if not iterations:
        return "never"
    if len(iterations) > 3:
        return text.count(len(iterations), "time")
    return f"at {', '.join(map(str, iterations))}"
