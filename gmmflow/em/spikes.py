"""Components that may stand on a few rows near a plane, rather than on a group.

The likelihood has spurious maxima where a component of few rows is thin in some direction; a true
group of few rows is seldom both. Source: McLachlan and Peel 2000, Finite Mixture Models, 3.10.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gmmflow.em.candidate import Candidate
from gmmflow.values.mixture import Mixture

#: Few rows are fewer than so many for each number of a mean and a direction (d + 1).
FEW = 5.0
#: A component is thin where it has less than this share of the average component's variance.
THIN = 1e-3


def spikes(chosen: Candidate, n_rows: int) -> Iterator[str]:
    """A note for each component that may be a spike.

    Parameters
    ----------
    chosen : Candidate
        Evaluated.
    n_rows : int
        Rows of positive weight.
    """
    mixture, counts = chosen.mixture, chosen.counts
    assert mixture is not None, "the chosen candidate has a mixture"
    assert counts is not None, "the chosen candidate was evaluated"
    # Row weights need not be counts: a share of the rows is.
    rows = counts / counts.sum() * n_rows
    d = chosen.distribution.mean(mixture.parameters).shape[1]
    for component in np.flatnonzero(rows < FEW * (d + 1)) if mixture.n_components > 1 else ():
        share = thinnest(mixture, int(component))
        if share < THIN:
            yield (
                f"component {component} may be a spike, not a group: it has {rows[component]:.1f} "
                f"rows, and in its thinnest direction {share:.1g} of the variance of the average "
                "component; raise `fit.restarts`, keep covariances from collapsing with a larger "
                "`floor` (`covariance: {type: ..., floor: 1e-3}`) or a prior "
                "(`fit: {m_step: map}`), or ask for fewer components"
            )


def thinnest(mixture: Mixture, component: int) -> float:
    """Smallest variance of a component, over all directions, relative to the average component's.

    It does not depend on the units of the columns. 1 where the variances are not known.
    """
    mean = sum(w * mixture.covariance(i) for i, w in enumerate(mixture.weights))
    scale = np.sqrt(np.diagonal(mean))
    if not np.isfinite(scale).all() or not (scale > 0.0).all():
        return 1.0
    unit = np.outer(scale, scale)
    values, vectors = np.linalg.eigh(mean / unit)
    kept = values > np.finfo(np.float64).eps * len(scale)
    whitener = vectors[:, kept] / np.sqrt(values[kept])
    own = whitener.T @ (mixture.covariance(component) / unit) @ whitener
    return float(max(np.linalg.eigvalsh(own)[0], 0.0))
