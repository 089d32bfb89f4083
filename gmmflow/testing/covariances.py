"""Laws of covariance families.

The criterion is sum_k n_k log det Sigma_k + tr(Sigma_k^-1 W_k), minus twice the part of the
expected complete-data log-likelihood that covariances enter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmflow.distributions.gaussian import Gaussian
from gmmflow.initializers.random_points import RandomPoints
from gmmflow.testing.data import dataset, groups
from gmmflow.testing.family import RANK, STEPS, TRIED, rank
from gmmflow.testing.fits import never_falls
from gmmflow.testing.law import Broken, agree, law, require
from gmmflow.testing.subject import Subject
from gmmflow.values.forms import Dense, Diagonal, Form, Rotated, Spherical

#: Closed forms agree to rounding; iterative families stop a little before their limit.
CLOSE = 1e-9
#: Share of the criterion by which an iterative family may stop short of its optimum.
SHORT = 1e-9


@dataclass(frozen=True)
class Scatters:
    """Counts and scatters of k components in d columns, and what a family needs of them.

    Attributes
    ----------
    family : Covariance
    n : (k,)
    full : (k, d, d)
        Positive definite.
    """

    family: Any
    n: np.ndarray
    full: np.ndarray

    @property
    def d(self) -> int:
        """Number of columns."""
        return self.full.shape[1]

    def needed(self) -> np.ndarray:
        """The scatter in the shape that `needs` names."""
        if self.family.needs == "dense":
            return self.full.copy()
        if self.family.needs == "pooled":
            return self.full.sum(axis=0, keepdims=True)
        diagonal = np.einsum("kii->ki", self.full)
        return diagonal.copy() if self.family.needs == "diagonal" else diagonal.sum(1)[:, None]

    def maximize(self, previous: Form | None = None) -> Form:
        """What the family makes of them."""
        return self.family.maximize(self.n.copy(), self.needed(), self.d, previous)

    def criterion(self, form: Form) -> float:
        """The criterion at a member of the family; lower is better."""
        matrices = form.matrices(len(self.n), self.d)
        log_det = np.linalg.slogdet(matrices)[1]
        trace = np.einsum("kij,kji->k", np.linalg.inv(matrices), self.full)
        return float((self.n * log_det + trace).sum())

    def moved(self, step: float, rng: np.random.Generator) -> Scatters:
        """Other counts and scatters nearby: those of randomly weighted rows."""
        k, d = len(self.n), self.d
        noise = rng.normal(size=(k, d, d))
        root = np.eye(d) + 0.5 * step * noise
        n = self.n * np.exp(step * rng.normal(size=k))
        return Scatters(self.family, n, root @ self.full @ root.transpose(0, 2, 1))


def scatters(subject: Subject, k: int = 3, d: int = 3) -> Scatters:
    """Random counts and scatters; components differ in volume, shape and orientation."""
    rng = np.random.default_rng(11)
    n = rng.uniform(30.0, 200.0, k)
    root = rng.normal(size=(k, d, d + 3)) * rng.uniform(0.5, 3.0, (k, 1, 1))
    return Scatters(subject.stage, n, n[:, None, None] * root @ root.transpose(0, 2, 1) / (d + 3))


@law("the result is one of the forms")
def formed(subject: Subject) -> None:
    """Arrays in the shapes that the family says; symmetric and positive definite."""
    for k, d in ((3, 3), (1, 2), (2, 1)):
        given = scatters(subject, k, d)
        form = given.maximize()
        require(
            isinstance(form, Dense | Rotated | Diagonal | Spherical),
            f"it gave a {type(form).__name__}; a form is Dense, Rotated, Diagonal or Spherical",
        )
        arrays, shapes = form.arrays(), subject.stage.shapes(k, d)
        found = {name: value.shape for name, value in arrays.items()}
        require(found == shapes, f"`shapes` says {shapes} for k={k}, d={d}; it gave {found}")
        for name, value in arrays.items():
            require(np.isfinite(value).all(), f"{name} holds a value that is not finite")
        matrices = form.matrices(k, d)
        agree(matrices.transpose(0, 2, 1), matrices, 1e-12, "transposed covariances")
        low = np.linalg.eigvalsh(matrices).min()
        require(low > 0.0, f"a covariance is not positive definite: eigenvalue {low:.3g}")


@law("maximize is the best of its family")
def best(subject: Subject) -> None:
    """No member reached from other scatters lowers the criterion."""
    given, rng = scatters(subject), np.random.default_rng(12)
    lowest = given.criterion(given.maximize())
    for step in STEPS:
        for _ in range(TRIED):
            found = given.criterion(given.moved(step, rng).maximize())
            if found < lowest - SHORT * abs(lowest):
                raise Broken(
                    f"another member of the family has a criterion lower by {lowest - found:.3g} "
                    f"than {lowest:.10g} (scatters moved by {step:g})"
                )


@law("a warm start does not change the optimum")
def warm(subject: Subject) -> None:
    """`previous` may save work, and never costs likelihood."""
    given = scatters(subject)
    cold = given.maximize()
    other = given.moved(0.3, np.random.default_rng(13)).maximize()
    for previous, name in ((cold, "the optimum"), (other, "another member")):
        found, lowest = given.criterion(given.maximize(previous)), given.criterion(cold)
        require(
            found <= lowest + SHORT * abs(lowest),
            f"from {name} it ends {found - lowest:.3g} above the criterion of a cold start",
        )


@law("n_free counts the directions in which covariances can go")
def free(subject: Subject) -> None:
    """Counted as the rank of how covariances move with the scatters."""
    given, rng = scatters(subject), np.random.default_rng(14)
    k, d = len(given.n), given.d
    said, step, moves = subject.stage.n_free(k, d), 1e-4, []
    for _ in range(2 * said + 8):
        state = rng.bit_generator.state
        ahead = given.moved(step, rng).maximize().matrices(k, d)
        rng.bit_generator.state = state
        behind = given.moved(-step, rng).maximize().matrices(k, d)
        moves.append((ahead - behind).ravel() / np.abs(ahead - behind).max())
    found = rank(np.array(moves))
    require(
        found == said,
        f"n_free says {said} for k = {k}, d = {d}; {found} directions were counted "
        f"(to {RANK:g} of the largest)",
    )


@law("scaled rows have scaled covariances")
def equivariant(subject: Subject) -> None:
    """Rows in other units, the same for all columns, give the same fit."""
    given = scatters(subject)
    before = given.maximize()
    for factor in (1e-4, 1e6):
        after = Scatters(given.family, given.n, given.full * factor**2).maximize()
        agree(
            after.matrices(3, 3) / factor**2, before.matrices(3, 3), CLOSE,
            f"covariances of rows scaled by {factor:g}",
        )  # fmt: skip


@law("components can be taken in any order")
def symmetric(subject: Subject) -> None:
    """No component is special."""
    given, order = scatters(subject), np.array([2, 0, 1])
    before = given.maximize().matrices(3, 3)
    after = Scatters(given.family, given.n[order], given.full[order]).maximize()
    agree(after.matrices(3, 3), before[order], CLOSE, "covariances of reordered components")


@law("inputs stay as they are")
def untouched(subject: Subject) -> None:
    """Counts, scatters and the previous form are values."""
    given = scatters(subject)
    n, scatter, previous = given.n.copy(), given.needed(), given.maximize()
    before = {name: value.copy() for name, value in previous.arrays().items()}
    given.family.maximize(n, scatter, given.d, previous)
    agree(n, given.n, 0.0, "the counts")
    agree(scatter, given.needed(), 0.0, "the scatter")
    for name, value in before.items():
        agree(previous.arrays()[name], value, 0.0, f"the previous {name}")


@law("EM with it never lowers the log-likelihood")
def monotone(subject: Subject) -> None:
    """A real fit of three groups of rows, three seeds."""
    gaussian = Gaussian(covariance=subject.stage)
    never_falls(dataset(groups()[0]), 3, subject.folder, distribution=gaussian, init=RandomPoints())
