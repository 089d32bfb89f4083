"""Mixtures of Gaussians of every form in 50 digits, and the same by gmmflow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace

import mpmath
import numpy as np
import pytest

import gmmflow
from gmmflow.values.forms import Dense, Diagonal, Form, Rotated, Spherical, form_of

EPS = float(np.finfo(np.float64).eps)
#: A family of each form: dense, pooled, rotated, diagonal, spherical.
FAMILIES = ["VVV", "EEE", "VVE", "VVI", "VII"]


def exact(values) -> list:
    """The numbers that floats are."""
    return [mpmath.mpf(float(value)) for value in values]


class Component:
    """Squared whitened lengths and the log-determinant of one component of a form."""

    def __init__(self, form: Form, c: int, d: int) -> None:
        self.axes = self.factor = None
        if isinstance(form, Dense):
            matrix = form.covariances[c if len(form.covariances) > 1 else 0]
            self.factor = mpmath.cholesky(mpmath.matrix(matrix.tolist()))
            self.log_det = 2 * mpmath.fsum(mpmath.log(self.factor[i, i]) for i in range(d))
            return
        variances = form.variances[c if len(form.variances) > 1 else 0]
        self.variances = exact(np.broadcast_to(variances, d))
        self.log_det = mpmath.fsum(mpmath.log(v) for v in self.variances)
        if isinstance(form, Rotated):
            self.axes = [exact(column) for column in form.orientation[0].T]

    def squared(self, delta: list) -> mpmath.mpf:
        """delta' Sigma^-1 delta."""
        if self.factor is not None:
            z: list = []
            for i, value in enumerate(delta):
                before = mpmath.fsum(self.factor[i, j] * z[j] for j in range(i))
                z.append((value - before) / self.factor[i, i])
            return mpmath.fsum(v * v for v in z)
        if self.axes is not None:
            delta = [mpmath.fdot(axis, delta) for axis in self.axes]
        return mpmath.fsum(v * v / s for v, s in zip(delta, self.variances, strict=True))


@dataclass(frozen=True)
class Mixture:
    """Rows (n, d), and the mixture that they are held against; all floats are taken as exact.

    Attributes
    ----------
    x : (n, d)
    weights : (k,)
    means : (k, d)
    form : Form
    sample_weight : (n,) or None
    """

    x: np.ndarray
    weights: np.ndarray
    means: np.ndarray
    form: Form
    sample_weight: np.ndarray | None = None

    @cached_property
    def mass(self) -> list:
        """Row weights in 50 digits."""
        given = self.sample_weight
        return exact(np.ones(len(self.x)) if given is None else given)

    @cached_property
    def rows(self) -> list:
        """Rows in 50 digits."""
        return [exact(row) for row in self.x]

    @cached_property
    def components(self) -> list[Component]:
        """One for each mean."""
        k, d = self.means.shape
        return [Component(self.form, c, d) for c in range(k)]

    @cached_property
    def lengths(self) -> list:
        """Squared whitened lengths of the rows about each mean, n lists of k."""
        means = [exact(mean) for mean in self.means]
        return [
            [
                component.squared([a - b for a, b in zip(row, mean, strict=True)])
                for component, mean in zip(self.components, means, strict=True)
            ]
            for row in self.rows
        ]

    @cached_property
    def log_joint(self) -> list:
        """Log weight + log density, n lists of k."""
        at_mean, d = [], self.means.shape[1]
        for weight, component in zip(exact(self.weights), self.components, strict=True):
            log_weight = mpmath.log(weight) if weight else -mpmath.inf
            at_mean.append(log_weight - (d * mpmath.log(2 * mpmath.pi) + component.log_det) / 2)
        return [
            [top - length / 2 for top, length in zip(at_mean, row, strict=True)]
            for row in self.lengths
        ]

    @cached_property
    def log_density(self) -> list:
        """Log density of each row."""
        return [top + mpmath.log(total) for top, _, total in self.terms]

    @cached_property
    def resp(self) -> list:
        """Responsibilities, n lists of k."""
        return [[term / total for term in terms] for _, terms, total in self.terms]

    @cached_property
    def terms(self) -> list:
        """Largest log joint density of each row, and the others against it, and their sum."""
        found = []
        for row in self.log_joint:
            top = max(row)
            terms = [mpmath.exp(value - top) for value in row]
            found.append((top, terms, mpmath.fsum(terms)))
        return found

    @property
    def condition(self) -> float:
        """Largest condition number of a correlation matrix: units of columns do not count."""
        matrices = self.form.matrices(*self.means.shape)
        sd = np.sqrt(np.einsum("kii->ki", matrices))
        return max(np.linalg.cond(m / np.outer(s, s)) for m, s in zip(matrices, sd, strict=True))

    def units(self, eps: float) -> np.ndarray:
        """What rounding may do to the log density of a row: eps (d + |log density| + cond q).

        q is the squared whitened length, averaged over the components by responsibility.
        """
        q = (np.array(self.resp, float) * np.array(self.lengths, float)).sum(axis=1)
        log_density = np.abs(np.array(self.log_density, float))
        return eps * (self.x.shape[1] + log_density + self.condition * q)

    @cached_property
    def log_likelihood(self) -> mpmath.mpf:
        """Weighted sum over rows."""
        return mpmath.fdot(self.mass, self.log_density)

    @cached_property
    def moments(self) -> tuple[list, list, list]:
        """Counts, means and scatter matrices of the components after the E-step."""
        d, counts, means, scatters = self.x.shape[1], [], [], []
        for c in range(len(self.means)):
            resp = [m * r[c] for m, r in zip(self.mass, self.resp, strict=True)]
            n = mpmath.fsum(resp)
            mean = [mpmath.fdot(resp, column) / n for column in zip(*self.rows, strict=True)]
            delta = [[row[j] - mean[j] for row in self.rows] for j in range(d)]
            scatter = mpmath.matrix(d, d)
            for i in range(d):
                weighted = [r * a for r, a in zip(resp, delta[i], strict=True)]
                for j in range(i + 1):
                    scatter[i, j] = scatter[j, i] = mpmath.fdot(weighted, delta[j])
            counts.append(n)
            means.append(mean)
            scatters.append(scatter)
        return counts, means, scatters


def given_form(family: str, matrices: np.ndarray) -> Form:
    """Covariances of a family's form near dense ones (k, d, d)."""
    match family:
        case "VVV":
            return Dense(matrices)
        case "EEE":
            return Dense(matrices.mean(axis=0, keepdims=True))
        case "VVE":
            axes = np.linalg.eigh(matrices.mean(axis=0))[1]
            variances = np.einsum("ij,kil,lj->kj", axes, matrices, axes)
            return Rotated(axes[None], np.maximum(variances, 1e-300))
        case "VVI":
            return Diagonal(np.einsum("kii->ki", matrices).copy())
        case _:
            return Spherical(np.einsum("kii->ki", matrices).mean(axis=1, keepdims=True))


def fit(family: str, mixture: Mixture, iterations: int, **options) -> gmmflow.MixtureModel:
    """EM from the mixture, so many iterations."""
    parameters = {"means": mixture.means, **mixture.form.arrays()}
    return gmmflow.fit(
        mixture.x, len(mixture.means),
        distribution={"type": "gaussian", "covariance": family},
        init={
            "type": "given",
            "weights": mixture.weights.tolist(),
            "parameters": {name: value.tolist() for name, value in parameters.items()},
        },
        convergence=[{"type": "max_iterations", "limit": iterations}],
        sample_weight=mixture.sample_weight,
        **options,
    )  # fmt: skip


def errors(got, truth) -> np.ndarray:
    """Absolute errors of floats."""
    pairs = zip(np.ravel(got), truth, strict=True)
    return np.array([abs(mpmath.mpf(float(a)) - b) for a, b in pairs], float)


@pytest.fixture(autouse=True)
def fifty_digits():
    with mpmath.workdps(50):
        yield


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """What the tests of this folder share (there is no package to import it from)."""
    return SimpleNamespace(
        EPS=EPS, FAMILIES=FAMILIES, Mixture=Mixture, errors=errors, exact=exact, fit=fit,
        form_of=form_of, given_form=given_form,
    )  # fmt: skip
