"""Before EM: transforms are fitted, columns looked at, and what cannot work is refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
class Prepared:
    """The rows as EM will see them.

    Attributes
    ----------
    frame : Frame
    moments : Moments
        Of the transformed columns.
    summary : DataSummary
    """

    frame: Frame
    moments: Moments
    summary: DataSummary


def prepare(data: Dataset, settings: Settings, engine: Engine) -> Prepared:
    """Look at the rows and fit the transforms.

    One pass, and another after each transform that cannot foretell the moments it leaves.

    Raises
    ------
    DataError
        The rows cannot be fitted: the message says why and what to do.
    ConfigError
        The M-step asks for parameters that the distribution does not have.
    """
    refused = settings.m_step.refuse(settings.distribution)
    if refused:
        raise ConfigError(f"fit.m_step: {refused}", "correct `update`, or choose another m_step")
    raw = describe(data, engine, (), data.names)
    frame_transforms, names, last = fit_transforms(data, settings, engine, raw)
    moments = last.moments
    refuse_rows(settings, names, moments)
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
    return Prepared(Frame(frame_transforms, moments.mean, radius), moments, summary)


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


def refuse_rows(settings: Settings, names: tuple[str, ...], moments: Moments) -> None:
    """Raise where no mixture of so many components can be fitted."""
    if moments.n_rows < settings.components:
        raise DataError(
            f"{_rows(moments.n_rows)} cannot carry {settings.components} components",
            "ask for fewer components (`model.components`), or give more rows",
        )
    if (moments.low == moments.high).all():
        what = (
            "there is only 1 row" if moments.n_rows == 1 else f"all {moments.n_rows} rows are equal"
        )
        raise DataError(
            f"{what}: there is no spread to estimate",
            "give rows that differ; look at the file and at `data.columns`",
        )
    refused = settings.distribution.refuse(names, moments)
    if refused:
        raise DataError(
            f"{settings.distribution.label}: {refused}",
            "leave columns out with `data.columns`, or choose another distribution",
        )


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
