"""Before EM: transforms are fitted, columns looked at, and what cannot work is refused."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gmmflow.distributions.base import Distribution
from gmmflow.em.describe import Description, describe, remarks
from gmmflow.em.frame import Frame
from gmmflow.em.settings import Settings
from gmmflow.errors import ConfigError, DataError
from gmmflow.executors.base import Engine
from gmmflow.transforms.base import Fitted
from gmmflow.values.dataset import Dataset
from gmmflow.values.moments import Moments
from gmmflow.values.result import DataSummary

#: Numbers beyond this share of the root of the largest one have squares that overflow in sums.
SQUARABLE = 1e-4


@dataclass(frozen=True)
class View:
    """The rows as EM sees them.

    Attributes
    ----------
    frame : Frame
    moments : Moments
        Of the transformed columns.
    eps : float
        Rounding unit of the rows' type.
    """

    frame: Frame
    moments: Moments
    eps: float

    @cached_property
    def spread(self) -> np.ndarray:
        """Standard deviations of the columns (d,), and 1 for constant ones."""
        spread = np.sqrt(self.moments.variance)
        return np.where(spread > 0.0, spread, 1.0)


@dataclass(frozen=True)
class Prepared:
    """What is known of the rows before EM.

    Attributes
    ----------
    view : View
    summary : DataSummary
    refused : tuple of DataError or None
        For each model why it cannot be fitted to these rows; None where it can.
    """

    view: View
    summary: DataSummary
    refused: tuple[DataError | None, ...]

    @property
    def frame(self) -> Frame:
        """Transforms and centre."""
        return self.view.frame

    @property
    def moments(self) -> Moments:
        """Of the transformed columns."""
        return self.view.moments


def prepare(data: Dataset, settings: Settings, engine: Engine) -> Prepared:
    """Look at the rows and fit the transforms.

    One pass, and another after each transform that cannot foretell the moments it leaves.

    Raises
    ------
    DataError
        The rows can be fitted by none of the models: the message says why and what to do.
    ConfigError
        The M-step asks for parameters that a distribution does not have.
    """
    for distribution in settings.distributions:
        if problem := settings.m_step.refuse(distribution):
            hint = "correct `update`, or choose another m_step"
            raise ConfigError(f"fit.m_step: {problem}", hint)
    raw = describe(data, engine, (), data.names)
    frame_transforms, names, last = fit_transforms(data, settings, engine, raw)
    moments = last.moments
    refused = tuple(refusal(*model, names, moments) for model in settings.models)
    if (first := refused[0]) and all(refused):
        raise first
    refuse_size(names, moments, data.rows.dtype)
    summary = DataSummary(
        names=data.names,
        model_names=names,
        n_rows=data.n_rows,
        moments=raw.moments,
        fingerprint=data.fingerprint,
        notes=(*data.notes, *remarks(last, names)),
        label_names=data.label_names,
    )
    reach = np.maximum(moments.high - moments.mean, moments.mean - moments.low)
    # Rows in float32 may be rounded outwards.
    radius = float(np.linalg.norm(reach)) * (1.0 + 1e-6)
    frame = Frame(frame_transforms, moments.mean, radius)
    view = View(frame, moments, float(np.finfo(data.rows.dtype).eps))
    return Prepared(view, summary, refused)


def fit_transforms(
    data: Dataset, settings: Settings, engine: Engine, raw: Description
) -> tuple[tuple[Fitted, ...], tuple[str, ...], Description]:
    """Fitted transforms, the columns they leave, and what these look like."""
    fitted: tuple[Fitted, ...] = ()
    names, last = data.names, raw
    for transform in settings.transforms:
        step = transform.fit(names, last.moments)
        fitted, before, names = (*fitted, step), names, step.names(names)
        moments = step.moments(last.moments)
        if moments is None:
            last = describe(data, engine, fitted, names)
        else:
            distinct = dict(zip(before, last.distinct, strict=True))
            last = Description(moments, tuple(distinct.get(name) for name in names))
    return fitted, names, last


def refusal(
    k: int, distribution: Distribution, names: tuple[str, ...], moments: Moments
) -> DataError | None:
    """Why rows of these moments cannot be k components of the distribution, or None."""
    if moments.n_rows < k:
        return DataError(
            f"{_rows(moments.n_rows)} cannot carry {k} components",
            "ask for fewer components (`model.components`), or give more rows",
        )
    if (moments.low == moments.high).all():
        what = (
            "there is only 1 row" if moments.n_rows == 1 else f"all {moments.n_rows} rows are equal"
        )
        return DataError(
            f"{what}: there is no spread to estimate",
            "give rows that differ; look at the file and at `data.columns`",
        )
    if refused := distribution.refuse(names, moments):
        return DataError(
            f"{distribution.label}: {refused}",
            "leave columns out with `data.columns`, or choose another distribution",
        )
    return None


def _rows(n: int) -> str:
    return "1 row" if n == 1 else f"{n} rows"


def refuse_size(names: tuple[str, ...], moments: Moments, dtype: np.dtype) -> None:
    """Raise for the first column with numbers whose squares do not fit in their type."""
    limit = float(np.finfo(dtype).max) ** 0.5 * SQUARABLE
    for name, low, high in zip(names, moments.low, moments.high, strict=True):
        largest = low if -low > high else high
        if abs(largest) > limit:
            raise DataError(
                f"column {name} holds {largest:.3g}: the squares of numbers beyond {limit:.1g} do "
                f"not fit in {dtype}",
                "if it stands for a missing value, leave these rows out; else express the column "
                "in a larger unit" + (", or read it as float64" if dtype == np.float32 else ""),
            )
