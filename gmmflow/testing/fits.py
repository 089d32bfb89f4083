"""Small real fits, for laws that only show in a run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gmmflow.convergence.max_iterations import MaxIterations
from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.base import Distribution
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.e_steps.soft import Soft
from gmmflow.em.candidate import Candidate
from gmmflow.em.pipeline import Fitted, fit_mixture
from gmmflow.em.prepare import prepare
from gmmflow.em.settings import Settings
from gmmflow.em.start import start_candidates
from gmmflow.errors import DegenerateError
from gmmflow.executors.threads import Threads
from gmmflow.initializers.kmeans_pp import KMeansPP
from gmmflow.m_steps.ml import MaximumLikelihood
from gmmflow.reporters.base import Watcher
from gmmflow.testing.law import Broken, Skip, require
from gmmflow.values.dataset import Dataset

#: EM never lowers its objective by more than rounding: some 1e-13 of it over the sums.
ROUNDING = 1e-11


def settings(
    components: int, folder: Path, distribution: Distribution | None = None, **stages: Any
) -> Settings:
    """Gaussian VVV from k-means++ by soft EM, with stages of one's own in their places."""
    plain: dict[str, Any] = {
        "transforms": (),
        "distributions": (distribution or Gaussian(covariance=VVV()),),
        "init": KMeansPP(),
        "e_step": Soft(),
        "m_step": MaximumLikelihood(),
        "convergence": (MaxIterations(limit=30),),
        "folder": folder,
    }
    return Settings(components=(components,), **{**plain, **stages})


def start(data: Dataset, chosen: Settings) -> list[Candidate]:
    """First mixtures, one for each restart."""
    with Threads(threads=1).start() as engine:
        return start_candidates(data, chosen, engine, prepare(data, chosen, engine))


def fit(data: Dataset, chosen: Settings, watchers: Sequence[Watcher] = ()) -> Fitted:
    """Fit on one thread; history is kept."""
    with Threads(threads=1).start() as engine:
        return fit_mixture(data, chosen, engine, watchers, keep_history=True)


def never_falls(data: Dataset, components: int, folder: Path, **stages: Any) -> None:
    """Raise `Broken` where the objective of a fit falls; three seeds are tried."""
    fits = []
    for seed in range(3):
        try:
            fits.append(fit(data, settings(components, folder, seed=seed, **stages)).result.fit)
        except DegenerateError as error:
            last = error
    if not fits:
        raise Skip(f"every fit of the example rows is degenerate: {last.message}")
    for one in fits:
        for before, after in zip(one.trace, one.trace[1:], strict=False):
            fall = before.objective - after.objective
            require(
                fall <= ROUNDING * max(abs(before.objective), after.weight),
                f"the objective fell by {fall:.3g} at iteration {after.iteration}, "
                f"from {before.objective:.10g}",
            )
    if all(len(one.trace) < 3 for one in fits):
        raise Broken("EM ended before the second M-step: " + fits[0].stop.message)
