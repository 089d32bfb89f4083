"""Laws of transforms."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np

from gmmflow.testing.data import COLUMNS, groups
from gmmflow.testing.law import Skip, agree, law, require
from gmmflow.testing.subject import Subject
from gmmflow.values.moments import measure

#: Mapped values and moments: a handful of roundings.
ROUNDING = 1e-12
#: Central differences with steps of 1e-5 spreads leave 1e-9.
DIFFERENCE = 1e-7


def example(subject: Subject) -> tuple[Any, np.ndarray, tuple[str, ...]]:
    """The fitted transform, rows for it, and the names of their columns."""
    rows = groups()[0] if subject.examples.rows is None else subject.examples.rows
    names = COLUMNS if rows.shape[1] == 2 else tuple(f"x{i}" for i in range(rows.shape[1]))
    return subject.stage.fit(names, measure(rows)), rows, names


@law("rows are transformed one by one")
def rowwise(subject: Subject) -> None:
    """The same bits in blocks of any size, and for a single row."""
    fitted, rows, _ = example(subject)
    whole = fitted.apply(rows)
    parts = np.concatenate([fitted.apply(rows[i : i + 37]) for i in range(0, len(rows), 37)])
    agree(parts, whole, 0.0, "rows in blocks of 37")
    agree(fitted.apply(rows[:1]), whole[:1], 0.0, "a single row")
    require(fitted.apply(rows[:0]).shape == (0, whole.shape[1]), "no rows are not left so")


@law("names, type and number of columns fit each other")
def shaped(subject: Subject) -> None:
    """As many names as columns, none twice; float32 stays float32."""
    fitted, rows, names = example(subject)
    found = fitted.names(names)
    require(len(set(found)) == len(found), f"a name is there twice: {found}")
    for dtype in (np.float64, np.float32):
        out = fitted.apply(rows.astype(dtype))
        require(out.shape == (len(rows), len(found)), f"shape {out.shape} for names {found}")
        require(out.dtype == dtype, f"{np.dtype(dtype)} rows became {out.dtype}")
        require(np.isfinite(out).all(), "a transformed value is not finite")


@law("rows and moments stay as they are")
def untouched(subject: Subject) -> None:
    """Data in memory belong to the caller."""
    fitted, rows, names = example(subject)
    given, moments = rows.copy(), measure(rows)
    before = {name: np.copy(value) for name, value in vars(moments).items()}
    subject.stage.fit(names, moments)
    fitted.apply(given)
    agree(given, rows, 0.0, "rows after apply")
    for name, value in before.items():
        agree(getattr(moments, name), value, 0.0, f"moments.{name} after fit")


@law("moments after the transform are those of the transformed rows")
def moments_true(subject: Subject) -> None:
    """Foretold without a pass; None where only a pass can tell."""
    fitted, rows, _ = example(subject)
    foretold = fitted.moments(measure(rows))
    if foretold is None:
        raise Skip("it leaves the moments to a pass over the rows")
    measured = measure(fitted.apply(rows))
    scale = np.maximum(1.0, np.abs(fitted.apply(rows)).max())
    for name in ("n_rows", "weight", "mean", "scatter", "low", "high"):
        size = scale * (len(rows) * scale if name == "scatter" else 1.0)
        found, value = getattr(foretold, name), getattr(measured, name)
        agree(found, value, 1e-10, f"moments.{name}", float(size))


@law("log_abs_det is the log of the Jacobian determinant")
def jacobian(subject: Subject) -> None:
    """Against central differences at several rows, where there is a Jacobian."""
    fitted, rows, _ = example(subject)
    said = fitted.log_abs_det()
    if said is None:
        raise Skip("it says that there is no Jacobian")
    d = rows.shape[1]
    steps = 1e-5 * rows.std(axis=0)
    for row in rows[:: max(1, len(rows) // 7)]:
        ahead, behind = (fitted.apply(row + sign * np.diag(steps)) for sign in (1.0, -1.0))
        slope = (ahead - behind).T / (2.0 * steps)
        require(slope.shape == (d, d), f"{d} columns became {len(slope)}: there is no Jacobian")
        agree(np.linalg.slogdet(slope)[1], np.array(said), DIFFERENCE, "log_abs_det", 1.0)


@law("affine says what apply does")
def affine(subject: Subject) -> None:
    """x'[j] = scale[j] * x[columns[j]] + shift[j], so that parameters can go back."""
    fitted, rows, _ = example(subject)
    given = fitted.affine()
    if given is None:
        raise Skip("it is not of that form")
    out = fitted.apply(rows)
    agree(rows[:, given.columns] * given.scale + given.shift, out, ROUNDING, "scale * x + shift")
    if fitted.log_abs_det() is not None:
        size = np.log(np.abs(given.scale)).sum()
        agree(np.array(fitted.log_abs_det()), size, 1e-12, "log_abs_det", 1.0)


@law("what was learned comes back from the model file")
def restored(subject: Subject) -> None:
    """`restore(arrays)` is the fitted transform again."""
    fitted, rows, names = example(subject)
    arrays = fitted.arrays()
    for name, value in arrays.items():
        require(isinstance(value, np.ndarray), f"arrays[{name!r}] is a {type(value).__name__}")
        require(value.dtype != object, f"arrays[{name!r}] holds Python objects: no file can")
    again = subject.stage.restore({name: value.copy() for name, value in arrays.items()})
    agree(again.apply(rows), fitted.apply(rows), 0.0, "rows of the restored transform")
    require(again.names(names) == fitted.names(names), "the restored transform has other names")
    require(again.log_abs_det() == fitted.log_abs_det(), "the restored Jacobian is another")


@law("fitted transforms travel to other processes")
def fitted_pickle(subject: Subject) -> None:
    """Each worker applies them."""
    import cloudpickle

    fitted, rows, _ = example(subject)
    again = pickle.loads(cloudpickle.dumps(fitted))
    agree(again.apply(rows), fitted.apply(rows), 0.0, "rows of the transform that travelled")
