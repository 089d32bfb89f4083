"""What a run found: every candidate's fit, and the one that was chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import log

import numpy as np

from gmmflow.values.conditioning import Conditioning
from gmmflow.values.mixture import Mixture
from gmmflow.values.moments import Moments
from gmmflow.values.trace import Step, Stop, falls


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
    """

    index: int
    start: int
    mixture: Mixture | None
    trace: tuple[Step, ...]
    stop: Stop
    n_free: int

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
    def falls(self) -> tuple[int, ...]:
        """Iterations at which the objective fell by more than rounding errors; EM has none."""
        return falls(self.trace)

    @property
    def aitken_gap(self) -> float | None:
        """How much the objective would still have climbed, or None where it cannot be told."""
        return self.trace[-1].aitken_gap if self.trace else None


@dataclass(frozen=True)
class DataSummary:
    """What was read, in numbers.

    Attributes
    ----------
    names : tuple of str
        Columns as they were read.
    model_names : tuple of str
        Columns after the transforms: what the components live in.
    n_rows : int
    moments : Moments
        Of the raw columns.
    fingerprint : str
    notes : tuple of str
        Remarks of the loader and of the checks (rows dropped, duplicate columns), with remedies.
    label_names : tuple of str
        Classes, where labels were given.
    """

    names: tuple[str, ...]
    model_names: tuple[str, ...]
    n_rows: int
    moments: Moments
    fingerprint: str = ""
    notes: tuple[str, ...] = ()
    label_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClassTable:
    """How components and given classes meet.

    Attributes
    ----------
    counts : (k, classes)
        Rows (sum of weights) of each class assigned to each component.
    adjusted_rand : float
        Agreement of the two partitions, 1 for equal ones, about 0 for unrelated ones
        (Hubert and Arabie 1985).
    """

    counts: np.ndarray
    adjusted_rand: float


@dataclass(frozen=True)
class Result:
    """Everything a run found.

    Attributes
    ----------
    fits : tuple of Fit
        All candidates, in their order.
    best : int
        Index in `fits` of the chosen one.
    mixture : Mixture
        The chosen mixture, in the units of `units`.
    units : {"data", "transformed"}
        "transformed" where the transforms cannot be undone for this distribution.
    data : DataSummary
    counts : (k,)
        Expected rows (sum of weights) of each component of the chosen mixture.
    classes : ClassTable or None
        Where labels were given.
    notes : tuple of str
        Warnings, each with its remedy.
    seconds : float
        Wall time of the fit.
    random_start : bool
        Whether another seed would start elsewhere, so that restarts make sense.
    order : {"means", "start"}
        The order of the components: that of `Mixture.order`, or the one that the start gave.
    history : tuple of Mixture
        The mixtures of the chosen candidate's iterations, one for each step of its trace, in the
        units and the component order of `mixture`; empty unless a reporter asked for them.
    """

    fits: tuple[Fit, ...]
    best: int
    mixture: Mixture
    units: str
    data: DataSummary
    counts: np.ndarray
    classes: ClassTable | None = None
    notes: tuple[str, ...] = field(default=())
    seconds: float = 0.0
    random_start: bool = True
    order: str = "means"
    history: tuple[Mixture, ...] = ()

    @cached_property
    def conditioning(self) -> Conditioning:
        """Eigenvalues of the covariance matrices of `mixture`."""
        distribution, parameters = self.mixture.distribution, self.mixture.parameters
        return Conditioning(*distribution.extreme_eigenvalues(parameters))

    @property
    def fit(self) -> Fit:
        """The chosen candidate."""
        return self.fits[self.best]
