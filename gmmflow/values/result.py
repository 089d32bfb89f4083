"""What a run found: every candidate, and the one that was chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from gmmflow.values.conditioning import Conditioning
from gmmflow.values.criteria import CriterionName
from gmmflow.values.fit import Fit, Model, models_of
from gmmflow.values.mixture import Mixture
from gmmflow.values.moments import Moments


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
    criterion : {"bic", "aic", "icl", "held_out"}
        What chose among the models, where there are several.
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
    criterion: CriterionName = "bic"

    @cached_property
    def conditioning(self) -> Conditioning:
        """Eigenvalues of the covariance matrices of `mixture`."""
        distribution, parameters = self.mixture.distribution, self.mixture.parameters
        return Conditioning(*distribution.extreme_eigenvalues(parameters))

    @property
    def fit(self) -> Fit:
        """The chosen candidate."""
        return self.fits[self.best]

    @property
    def models(self) -> tuple[Model, ...]:
        """What was compared, in the order of the config; the chosen one has the best value."""
        return models_of(self.fits)

    def rows(self) -> list[dict[str, Any]]:
        """The table of models in plain values; see `Model.row`."""
        return [model.row(model.index == self.fit.model) for model in self.models]

    @property
    def model(self) -> Model:
        """The chosen model, with all its starts."""
        return next(each for each in self.models if each.index == self.fit.model)
