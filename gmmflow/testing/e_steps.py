"""Laws of E-steps."""

from __future__ import annotations

import pickle

import numpy as np

from gmmflow.e_steps.base import RowTerms
from gmmflow.initializers.random_points import RandomPoints
from gmmflow.testing.components import cut
from gmmflow.testing.data import dataset, groups
from gmmflow.testing.fits import never_falls
from gmmflow.testing.law import Skip, agree, law, no_global_random, require
from gmmflow.testing.subject import Subject

#: Rounding of log-sum-exp over a few components, relative to the size of the log densities.
ROUNDING = {"float64": 1e-13, "float32": 1e-5}


def log_joint(dtype: str = "float64") -> np.ndarray:
    """Log joint densities (4, n) of the example rows: ordinary, far off, and some ties."""
    n = len(groups()[0])
    values = np.random.default_rng(3).normal(-5.0, 4.0, (4, n))
    values[:, 0:5] -= 2000.0
    values[:, 5:10] += 500.0
    values[1:3, 10:15] = values[0, 10:15]
    values[3, 15:20] = -np.inf
    return values.astype(dtype)


def assign(
    subject: Subject, given: np.ndarray, size: int | None = None
) -> tuple[np.ndarray, RowTerms]:
    """Responsibilities and terms, block by block."""
    rule, rows = subject.stage.rule(3, 0), groups()[0].astype(given.dtype)
    resp = np.empty_like(given)
    terms = RowTerms(*(np.empty(given.shape[1]) for _ in RowTerms._fields))
    for part, block in cut(rows, rows.mean(axis=0), size):
        own = np.array(given[:, part], order="C")
        found = rule(own, block)
        resp[:, part] = own
        for whole, piece in zip(terms, found, strict=True):
            require(np.shape(piece) == (len(block),), f"a term has shape {np.shape(piece)}")
            whole[part] = piece
    return resp, terms


@law("responsibilities are not negative and sum to 1")
def shares(subject: Subject) -> None:
    """In both types, also where densities are extremely small or zero."""
    for dtype in ROUNDING:
        resp, _ = assign(subject, log_joint(dtype))
        require(np.isfinite(resp).all(), f"a responsibility is not finite ({dtype})")
        require((resp >= 0.0).all(), f"a responsibility is {resp.min()} ({dtype})")
        allowed = 8.0 * float(np.finfo(dtype).eps)
        agree(resp.sum(axis=0), np.ones(resp.shape[1]), allowed, f"sums ({dtype})")


@law("the log-likelihood is that of the mixture")
def likelihood(subject: Subject) -> None:
    """The log-sum-exp of the log joint densities, whatever the responsibilities are."""
    for dtype, allowed in ROUNDING.items():
        given = log_joint(dtype)
        expected = np.logaddexp.reduce(given.astype(float), axis=0)
        _, terms = assign(subject, given)
        agree(terms.log_likelihood, expected, allowed, f"log-likelihood ({dtype})")
        largest = given.max(axis=0) - expected
        agree(terms.uncertainty, -largest, allowed, f"uncertainty ({dtype})", 2000.0)
        require(np.isfinite(terms.objective).all(), f"the objective is not finite ({dtype})")


@law("rows are independent")
def rowwise(subject: Subject) -> None:
    """The same bits in blocks of any size."""
    whole, terms = assign(subject, log_joint())
    parts, pieces = assign(subject, log_joint(), size=37)
    agree(parts, whole, 0.0, "responsibilities in blocks of 37 rows")
    for name, a, b in zip(terms._fields, pieces, terms, strict=True):
        agree(a, b, 0.0, f"{name} in blocks of 37 rows")


@law("a row that no component can have spoils nothing")
def impossible(subject: Subject) -> None:
    """Its log-likelihood is -inf, and no responsibility is undefined."""
    given = log_joint()
    given[:, 20] = -np.inf
    resp, terms = assign(subject, given)
    require(np.isfinite(resp).all(), "a responsibility is not finite")
    require(terms.log_likelihood[20] == -np.inf, f"log-likelihood {terms.log_likelihood[20]}")
    kept = np.arange(given.shape[1]) != 20
    plain, _ = assign(subject, log_joint())
    agree(resp[:, kept], plain[:, kept], 0.0, "responsibilities of the other rows")


@law("the same sweep gives the same responsibilities")
def repeatable(subject: Subject) -> None:
    """A rule depends on seed, iteration and row; the global generator is not touched."""
    with no_global_random():
        a, b = assign(subject, log_joint())[0], assign(subject, log_joint())[0]
    agree(a, b, 0.0, "responsibilities of a second sweep")


@law("rules travel to other processes")
def rules_pickle(subject: Subject) -> None:
    """A rule is a plain picklable function."""
    import cloudpickle

    rule = pickle.loads(cloudpickle.dumps(subject.stage.rule(3, 0)))
    rows, given = groups()[0], log_joint()
    for part, block in cut(rows, rows.mean(axis=0)):
        own = np.array(given[:, part], order="C")
        rule(own, block)
        agree(own, assign(subject, log_joint())[0][:, part], 0.0, "responsibilities")


@law("EM never lowers the objective, where the E-step says so")
def monotone(subject: Subject) -> None:
    """A real fit of three groups of rows, three seeds."""
    if not subject.stage.monotone:
        raise Skip("it says that its objective may fall (monotone = False)")
    never_falls(dataset(groups()[0]), 3, subject.folder, e_step=subject.stage, init=RandomPoints())
