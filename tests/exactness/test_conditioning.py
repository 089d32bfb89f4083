"""Condition numbers to 1e12, and determinants of 200 columns, against 50 digits.

Rows and means about one point, in units of eps (measured, worst):

* dense and pooled: 2 (d + |log density| + cond q), q the squared whitened length. The entries of a
  matrix say no more: one eps of them moves q by as much.
* rotated: 0.7 (d + |log density| + sqrt(cond) q). Variances stand in the parameters; what is left
  is the rounding of rows that are turned.
* diagonal: 2 (d + |log density| + q), whatever the condition number.

Means apart from the centre of the rows add s^2, s their distance in standard deviations, until the
guard takes them on their own: never more than its tolerance, 1e-9. Measured: 2.5 (.. + s^2).
"""

import mpmath
import numpy as np
import pytest

from gmmflow.kernels.guard import TOLERANCE
from gmmflow.values.forms import Dense, Diagonal, Rotated, Spherical

FAMILIES = ["VVV", "EEE", "VVE", "VVI"]


def groups(kit, family, d, condition, apart):
    """Two groups along common axes, with variances from 1 to 1 / condition."""
    rng = np.random.default_rng(1)
    axes = np.linalg.qr(rng.normal(size=(d, d)))[0] if family != "VVI" else np.eye(d)
    variances = np.geomspace(1.0, 1.0 / condition, d) * np.array([[1.0], [2.0]])
    sd = np.sqrt(variances)
    means = (rng.normal(size=(2, d)) * sd) @ axes.T + apart * rng.normal(size=(2, d))
    x = np.concatenate(
        [mean + (rng.normal(size=(20, d)) * s) @ axes.T for mean, s in zip(means, sd, strict=True)]
    )
    matrices = (axes * variances[:, None]) @ axes.T
    matrices = (matrices + matrices.transpose(0, 2, 1)) / 2.0
    form = {
        "VVV": Dense(matrices),
        "EEE": Dense(matrices[:1]),
        "VVE": Rotated(axes[None], variances),
        "VVI": Diagonal(variances),
    }[family]
    return kit.Mixture(x, np.array([0.4, 0.6]), means, form)


@pytest.mark.parametrize("apart", [0.0, 1.0])
@pytest.mark.parametrize("condition", [1e2, 1e4, 1e8, 1e12])
@pytest.mark.parametrize("d", [2, 5, 20])
@pytest.mark.parametrize("family", FAMILIES)
def test_condition_numbers(kit, family, d, condition, apart):
    mixture = groups(kit, family, d, condition, apart)
    lengths = np.array(mixture.lengths, float)
    q = (np.array(mixture.resp, float) * lengths).sum(axis=1)
    loss = {"VVE": condition**0.5, "VVI": 1.0}.get(family, condition)
    allowed = kit.EPS * (d + np.abs(np.array(mixture.log_density, float)) + loss * q)
    if apart:
        allowed += min(kit.EPS * lengths.max(), TOLERANCE["d"] / 4.0)
    model = kit.fit(family, mixture, iterations=0)
    assert (kit.errors(model.score_samples(mixture.x), mixture.log_density) <= 4.0 * allowed).all()


def lower(rng, d) -> np.ndarray:
    """A lower triangle of small integers, of which the product with itself has no rounding."""
    factor = np.tril(rng.integers(-1, 2, (d, d)), -1) * (rng.random((d, d)) < 6.0 / d)
    return factor + np.diag(rng.integers(1, 9, d)).astype(float)


@pytest.mark.parametrize("exponent", [-20, 0, 20])
@pytest.mark.parametrize("pooled", [True, False])
def test_dense_determinants_in_200_columns(kit, pooled, exponent):
    """Factors are known, so 50 digits cost no Cholesky; determinants from 1e-2100 to 1e2600."""
    d, rng = 200, np.random.default_rng(0)
    factors = [lower(rng, d) for _ in range(1 if pooled else 2)]
    covariances = np.stack([f @ f.T for f in factors]) * 4.0**exponent
    means = rng.integers(-3, 4, (2, d)) * 2.0**exponent
    x = means[[0, 0, 1, 1]] + rng.integers(-9, 10, (4, d)) * 2.0**exponent
    kernel_mixture = kit.Mixture(x, np.array([0.25, 0.75]), means, Dense(covariances))
    log_joint = mpmath.matrix(4, 2)
    q = np.zeros((4, 2))
    for c in range(2):
        factor = factors[0 if pooled else c]
        log_det = 2 * (sum(mpmath.log(v) for v in np.diag(factor)) + d * exponent * mpmath.log(2))
        for i in range(4):
            z = forward(factor, (x[i] - means[c]) / 2.0**exponent)
            q[i, c] = length = mpmath.fsum(v * v for v in z)
            log_weight = mpmath.log(kernel_mixture.weights[c])
            log_joint[i, c] = log_weight - (d * mpmath.log(2 * mpmath.pi) + log_det + length) / 2
    truth = [
        mpmath.log(mpmath.exp(log_joint[i, 0]) + mpmath.exp(log_joint[i, 1])) for i in range(4)
    ]
    model = kit.fit("EEE" if pooled else "VVV", kernel_mixture, iterations=0)
    size = d + np.abs(np.array(truth, float)) + q.max(axis=1)
    assert (kit.errors(model.score_samples(x), truth) <= 4.0 * kit.EPS * size).all()


def forward(factor, b) -> list:
    """Solve factor z = b, skipping zeros."""
    z: list = []
    for i, row in enumerate(factor):
        before = mpmath.fsum(mpmath.mpf(row[j]) * z[j] for j in np.flatnonzero(row[:i]))
        z.append((mpmath.mpf(b[i]) - before) / mpmath.mpf(row[i]))
    return z


@pytest.mark.parametrize("family", ["VVE", "VVI", "VII"])
@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_determinants_of_other_forms_in_200_columns(kit, family, unit):
    d, rng = 200, np.random.default_rng(0)
    variances = rng.uniform(0.1, 10.0, (2, d)) * unit**2
    axes = np.linalg.qr(rng.normal(size=(1, d, d)))[0]
    form = {
        "VVE": Rotated(axes, variances),
        "VVI": Diagonal(variances),
        "VII": Spherical(variances[:, :1]),
    }[family]
    means = rng.normal(size=(2, d)) * unit
    x = means[[0, 0, 1, 1]] + rng.normal(size=(4, d)) * unit
    mixture = kit.Mixture(x, np.array([0.25, 0.75]), means, form)
    model = kit.fit(family, mixture, iterations=0)
    q = np.array(mixture.lengths, float).max(axis=1)
    size = d + np.abs(np.array(mixture.log_density, float)) + q
    assert (kit.errors(model.score_samples(x), mixture.log_density) <= 4.0 * kit.EPS * size).all()
