"""The numbers behind the pictures of the page, small enough to travel in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmflow.reporters.facts import text
from gmmflow.reporters.facts.components import covariance, means
from gmmflow.reporters.facts.models import comparison
from gmmflow.reporters.html_report import chosen, models, palette
from gmmflow.reporters.html_report.densities import log_joint, responsibilities
from gmmflow.reporters.html_report.sample import SEED, Sample
from gmmflow.reporters.html_report.traces import finite, traces
from gmmflow.values.mixture import Mixture
from gmmflow.values.result import Result

#: Rows of the replay: every frame recolours each of them.
REPLAY_ROWS = 1500
#: Points of a density curve, over the range of the data and a little more.
CURVE_POINTS = 240
CURVE_MARGIN = 0.15
#: Steps that the range of a column is cut into: finer than a screen.
STEPS = 1e4
COVARIANCE_DIGITS = 5


@dataclass(frozen=True)
class Pictures:
    """What the page draws.

    Attributes
    ----------
    payload : dict
        What the scripts of the page read; finite numbers, text, lists.
    remarks : tuple of str
        What was left out of the pictures, as sentences.
    """

    payload: dict[str, Any]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _View:
    """What of a mixture is drawn: components, columns, decimals of each, points of curves."""

    components: np.ndarray
    columns: list[int]
    decimals: list[int]
    curve: np.ndarray | None

    def mixture(self, mixture: Mixture) -> dict[str, Any]:
        """Weights, means and upper triangles of covariances; densities of a single column."""
        mixture = mixture.reorder(self.components)
        mean = means(mixture)[:, self.columns]
        upper = np.triu_indices(len(self.columns))
        square = np.ix_(self.columns, self.columns)
        drawn: dict[str, Any] = {
            "weights": [finite(w) for w in mixture.weights],
            "means": [self.round(row) for row in mean],
            "covariances": [
                [finite(v, COVARIANCE_DIGITS) for v in covariance(mixture, i)[square][upper]]
                for i in range(mixture.n_components)
            ],
        }
        if self.curve is not None:
            density = np.exp(log_joint(mixture, self.curve[:, None]))
            drawn["densities"] = [[finite(v, COVARIANCE_DIGITS) for v in row] for row in density]
        return drawn

    def round(self, row: np.ndarray) -> list[float]:
        """Values of the drawn columns, as fine as a screen."""
        return [round(float(v), n) for v, n in zip(row, self.decimals, strict=True)]


def pictures(result: Result, sample: Sample, limit: int) -> Pictures:
    """Choose and round what is drawn.

    Parameters
    ----------
    result : Result
    sample : Sample
    limit : int
        Frames of the replay at most.
    """
    steps = chosen.iterations(len(result.history), limit)
    view = _view(result, sample, len(steps) + 1)
    names = [text.printable(result.data.model_names[column]) for column in view.columns]
    k = len(view.components)
    payload = {
        "names": names,
        "lead": chosen.columns(result.mixture, sample.rows.var(axis=0), len(steps) + 1)[1],
        "components": view.components.tolist(),
        "colours": palette.colours(k),
        "symbols": palette.symbols(k),
        "points": _points(view, sample),
        "curve": None if view.curve is None else [finite(v, 6) for v in view.curve],
        "mixture": view.mixture(result.mixture),
        "replay": _replay(result, sample, view, steps),
        "traces": traces(result),
        "models": models.picture(comparison(result)),
    }
    return Pictures(payload, tuple(_remarks(result, sample, view, steps)))


def _view(result: Result, sample: Sample, frames: int) -> _View:
    columns, _ = chosen.columns(result.mixture, sample.rows.var(axis=0), frames)
    drawn = sample.rows[:, columns]
    spread = np.ptp(drawn, axis=0)
    steps = np.where(spread > 0, spread, np.abs(drawn).max(axis=0) + 1.0) / STEPS
    decimals = np.maximum(0, np.ceil(-np.log10(steps))).astype(int).tolist()
    curve = None
    if len(result.data.model_names) == 1:
        low, high, margin = drawn.min(), drawn.max(), CURVE_MARGIN * spread[0]
        curve = np.linspace(low - margin, high + margin, CURVE_POINTS)
    return _View(chosen.components(result.mixture), columns, decimals, curve)


def _points(view: _View, sample: Sample) -> dict[str, Any]:
    position = {component: i for i, component in enumerate(view.components.tolist())}
    return {
        "columns": [
            np.round(sample.rows[:, column], n).tolist()
            for column, n in zip(view.columns, view.decimals, strict=True)
        ],
        # -1: a component that is not drawn.
        "component": [position.get(c, -1) for c in sample.component.tolist()],
    }


def _replay(
    result: Result, sample: Sample, view: _View, steps: Sequence[int]
) -> dict[str, Any] | None:
    if not result.history:
        return None
    rows = np.arange(len(sample.rows))
    if len(rows) > REPLAY_ROWS:
        rng = np.random.default_rng(SEED)
        rows = np.sort(rng.choice(len(rows), REPLAY_ROWS, replace=False))
    frames = []
    for step in steps:
        mixture, told = result.history[step], result.fit.trace[step]
        resp = responsibilities(mixture.reorder(view.components), sample.rows[rows])
        frames.append(
            {
                "iteration": told.iteration,
                "logLikelihood": text.total(told.log_likelihood),
                "colours": palette.blend(resp),
                **view.mixture(mixture),
            }
        )
    return {"rows": rows.tolist(), "frames": frames}


def _remarks(result: Result, sample: Sample, view: _View, steps: Sequence[int]) -> list[str]:
    words = []
    if len(sample.rows) < sample.total:
        words.append(
            f"The pictures show a random sample of {len(sample.rows):,} of the "
            f"{sample.total:,} rows."
        )
    if len(sample.rows) > REPLAY_ROWS and steps:
        words.append(f"The replay shows {REPLAY_ROWS:,} of them.")
    k = result.mixture.n_components
    if len(view.components) < k:
        words.append(f"The {len(view.components)} heaviest of the {k:,} components are drawn.")
    d = len(result.data.model_names)
    if len(view.columns) < d:
        words.append(
            f"The {len(view.columns)} of the {d:,} columns that best tell the components apart "
            "can be chosen."
        )
    if len(steps) < len(result.history):
        words.append(
            f"The replay shows {len(steps)} of {len(result.history):,} steps: the first ones, "
            "then ever fewer, and the last."
        )
    if not result.history:
        words.append("There is no replay: the mixtures of the iterations were not kept.")
    return words
