"""What a page has room for: which components, columns and iterations are drawn."""

from __future__ import annotations

import numpy as np

from gmmflow.reporters.facts.components import means
from gmmflow.values.mixture import Mixture

#: More ellipses than this hide the data.
MAX_COMPONENTS = 40
MAX_COLUMNS = 12
#: Covariances of all frames together: a few hundred kilobytes of the page.
MAX_NUMBERS = 60_000
#: The first steps are what people watch EM for; each of them is kept.
EVERY_STEP = 20


def components(mixture: Mixture) -> np.ndarray:
    """Indices of the heaviest components, in their order."""
    heaviest = np.argsort(-mixture.weights, kind="stable")[:MAX_COMPONENTS]
    return np.sort(heaviest)


def iterations(total: int, limit: int) -> list[int]:
    """Which of `total` mixtures become frames: the first ones, then in growing steps, the last."""
    if total <= limit:
        return list(range(total))
    early = min(EVERY_STEP, limit - 2)
    # From the far end, so that a single step is the last one.
    later = np.geomspace(total - 1, early + 1, limit - early - 1).round().astype(int)
    return sorted({*range(early + 1), *later.tolist()})


def columns(mixture: Mixture, variance: np.ndarray, frames: int) -> tuple[list[int], list[int]]:
    """Columns of the page, and the pair it starts with: those that tell the components apart.

    Parameters
    ----------
    mixture : Mixture
    variance : (d,)
        Of the rows.
    frames : int
        Mixtures that the page holds.

    Returns
    -------
    shown : list of int
        Columns in their order.
    lead : list of int
        Positions in `shown` of the two with the largest share of variance between components.
    """
    mean, weights = means(mixture), mixture.weights
    between = weights @ np.square(mean - weights @ mean)
    share = between / np.where(variance > 0, variance, np.inf)
    ranked = np.argsort(-share, kind="stable")
    shown = sorted(ranked[: _room(frames * mixture.n_components)].tolist())
    lead = sorted(shown.index(column) for column in ranked[:2].tolist())
    return shown, lead


def _room(matrices: int) -> int:
    fitting = (c for c in range(2, MAX_COLUMNS + 1) if matrices * c * (c + 1) // 2 <= MAX_NUMBERS)
    return max(fitting, default=2)
