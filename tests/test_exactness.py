"""E-step and M-step against mpmath at 50 digits, on data that are hard for floating point.

What is asserted is the error that rounding the inputs by one eps causes anyway, times 4:

* a log density moves by eps (d + |log density| + cond q), with q the squared whitened length and
  cond the condition number of the correlation matrix;
* a responsibility r moves by r (1 - r) times the move of the difference of two log densities;
* a mean, in any units and at any distance from the origin, by eps (|mean| + sd); a covariance by
  eps sd sd; both also by what the responsibilities moved.

Without cancellation nothing worse can happen, and nothing worse does. Measured, worst of all cases:
log densities 1.5 eps (d + |log density| + cond q), means 3 eps (|mean| + sd), covariances 4.5 eps
sd sd. `thin` alone (cond = 2e12) has responsibilities that are off by more than 2 eps: 2e-11.
"""

import mpmath
import numpy as np
import pytest

import gmmflow

mpmath.mp.dps = 50
EPS = np.finfo(np.float64).eps


def exact(values) -> list:
    return [mpmath.mpf(float(value)) for value in values]


class Reference:
    """One EM step of dense Gaussians in 50 digits."""

    def __init__(self, x, weights, means, covariances):
        self.x = [exact(row) for row in x]
        n, (k, d) = len(x), means.shape
        log_joint = mpmath.matrix(n, k)
        self.squared = np.zeros((n, k))
        for c in range(k):
            matrix = mpmath.matrix(covariances[c].tolist())
            factor = mpmath.cholesky(matrix)
            log_det = 2 * sum(mpmath.log(factor[i, i]) for i in range(d))
            mean = exact(means[c])
            log_weight = mpmath.log(mpmath.mpf(float(weights[c]))) if weights[c] else -mpmath.inf
            for i, row in enumerate(self.x):
                z = forward(factor, [a - b for a, b in zip(row, mean, strict=True)])
                q = sum(v * v for v in z)
                self.squared[i, c] = q
                log_joint[i, c] = log_weight - (d * mpmath.log(2 * mpmath.pi) + log_det + q) / 2
        self.log_density, self.resp = [], []
        for i in range(n):
            terms = [log_joint[i, c] for c in range(k)]
            top = max(terms)
            total = sum(mpmath.exp(t - top) for t in terms)
            self.log_density.append(top + mpmath.log(total))
            self.resp.append([mpmath.exp(t - top) / total for t in terms])

    def m_step(self):
        """Weights, means (k, d) and covariances (k, d, d)."""
        n, k, d = len(self.x), len(self.resp[0]), len(self.x[0])
        counts = [sum(r[c] for r in self.resp) for c in range(k)]
        means, covariances = [], []
        for c in range(k):
            mean = [
                sum(r[c] * row[j] for r, row in zip(self.resp, self.x, strict=True)) / counts[c]
                for j in range(d)
            ]
            matrix = mpmath.matrix(d, d)
            for r, row in zip(self.resp, self.x, strict=True):
                delta = [a - b for a, b in zip(row, mean, strict=True)]
                for i in range(d):
                    for j in range(i + 1):
                        matrix[i, j] += r[c] * delta[i] * delta[j] / counts[c]
                        matrix[j, i] = matrix[i, j]
            means.append(mean)
            covariances.append(matrix)
        return [c / n for c in counts], means, covariances


def forward(factor, b):
    """Solve L z = b."""
    z = []
    for i, value in enumerate(b):
        z.append((value - sum(factor[i, j] * z[j] for j in range(i))) / factor[i, i])
    return z


def iterate(x, weights, means, covariances, iterations):
    return gmmflow.fit(
        x, len(weights),
        init={
            "type": "given",
            "weights": list(weights),
            "parameters": {"means": means.tolist(), "covariances": covariances.tolist()},
        },
        convergence=[{"type": "max_iterations", "limit": iterations}],
    )  # fmt: skip


def correlation_condition(covariances) -> float:
    sd = np.sqrt(np.einsum("kii->ki", covariances))
    return max(np.linalg.cond(c / np.outer(s, s)) for c, s in zip(covariances, sd, strict=True))


def offset(rng):
    """Unit groups around 1e8: 8 of the 16 digits of a row say where the origin is."""
    x = rng.normal(size=(60, 2)) + np.repeat([[0.0, 0.0], [4.0, 1.0]], 30, axis=0) + 1e8
    return x, np.array([[0.3, 0.1], [3.5, 1.2]]) + 1e8, np.tile(np.eye(2) * 1.3, (2, 1, 1))


def scales(rng):
    """Columns with units from 1e-12 to 1e12."""
    unit = np.array([1e-12, 1e-4, 1.0, 1e12])
    x = (rng.normal(size=(80, 4)) + np.repeat([[0.0], [3.0]], 40, axis=0)) * unit
    correlated = (0.5 * np.eye(4) + 0.5) * np.outer(unit, unit)
    return x, np.array([[0.2] * 4, [2.7] * 4]) * unit, np.stack([correlated, 2.0 * correlated])


def outlier(rng):
    """One row at 1e7 among unit groups: half of the digits of a global shift are gone."""
    x = rng.normal(size=(60, 2)) + np.repeat([[0.0, 0.0], [4.0, 1.0]], 30, axis=0)
    x[17] = 1e7, -1e7
    return x, np.array([[0.3, 0.1], [3.5, 1.2]]), np.tile(np.eye(2) * 1.3, (2, 1, 1))


def far_groups(rng):
    """Two unit groups 1e9 apart."""
    x = rng.normal(size=(60, 2)) + np.repeat([[0.0, 0.0], [1e9, -1e9]], 30, axis=0)
    return x, np.array([[0.3, 0.1], [1e9, -1e9]]), np.tile(np.eye(2) * 1.3, (2, 1, 1))


def underflow(rng):
    """Rows 1e4 standard deviations from every component: exp(-5e7) is no double."""
    x = rng.normal(size=(40, 2)) * 1e4
    return x, np.array([[1.0, 2.0], [-1.0, 3.0]]), np.tile(np.eye(2), (2, 1, 1))


def nearly_equal(rng):
    """Components that differ by 1e-9 of a standard deviation."""
    x = rng.normal(size=(60, 2)) + 5.0
    means = np.array([[5.0, 5.0], [5.0 + 1e-9, 5.0]])
    return x, means, np.tile(np.array([[1.0, 0.3], [0.3, 1.0]]), (2, 1, 1))


def tiny_and_wide(rng):
    """One component 1e-6 wide inside another."""
    x = np.concatenate([rng.normal(size=(40, 2)), 0.5 + 1e-6 * rng.normal(size=(20, 2))])
    return x, np.array([[0.0, 0.0], [0.5, 0.5]]), np.stack([np.eye(2), 1e-12 * np.eye(2)])


def thin(rng):
    """Condition number 2e12: correlations of 1 - 1e-12, one mean off centre."""
    along, across = rng.normal(size=(60, 1)), rng.normal(size=(60, 1)) * 1e-6
    x = np.concatenate([along + across, along - across], axis=1)
    x[30:] += 3.0
    one = np.array([[1.0 + 1e-12, 1.0 - 1e-12], [1.0 - 1e-12, 1.0 + 1e-12]])
    return x, np.array([[0.0, 0.0], [3.0, 3.0]]), np.stack([one, one])


CASES = [offset, scales, outlier, far_groups, underflow, nearly_equal, tiny_and_wide, thin]


WEIGHTS = np.array([0.4, 0.6])


@pytest.fixture(scope="module", params=CASES, ids=lambda case: case.__name__)
def case(request):
    """Rows and start, the truth in 50 digits, and how far rounding may move log densities."""
    x, means, covariances = request.param(np.random.default_rng(4))
    truth = Reference(x, WEIGHTS, means, covariances)
    return x, means, covariances, truth, correlation_condition(covariances)


def slack(truth, condition) -> np.ndarray:
    """How far responsibilities may be off, (n, k)."""
    resp = np.array(truth.resp, float)
    difference = 4.0 * EPS * (condition * truth.squared.sum(axis=1) + 10.0)
    return 2.0 * resp * (1.0 - resp) * np.minimum(difference, 1.0)[:, None]


def errors(got, truth) -> np.ndarray:
    """Absolute errors of float64 numbers."""
    return np.array([abs(a - b) for a, b in zip(exact(got), truth, strict=True)], float)


def test_e_step(case):
    x, means, covariances, truth, condition = case
    model = iterate(x, WEIGHTS, means, covariances, iterations=0)
    log_density = np.array(truth.log_density, float)
    q = (np.array(truth.resp, float) * truth.squared).sum(axis=1)
    allowed = 4.0 * EPS * (x.shape[1] + np.abs(log_density) + condition * q)
    assert (errors(model.score_samples(x), truth.log_density) <= allowed).all()
    whole = sum(truth.log_density)
    assert errors([model.log_likelihood], [whole]) <= allowed.sum() + EPS * abs(whole)
    wrong = np.array([errors(r, t) for r, t in zip(model.predict_proba(x), truth.resp,
                                                  strict=True)])  # fmt: skip
    assert (wrong <= slack(truth, condition) + 4.0 * EPS).all()


def test_m_step(case):
    x, means, covariances, truth, condition = case
    model = iterate(x, WEIGHTS, means, covariances, iterations=1)
    assert model.n_iterations == 1
    moved = slack(truth, condition).max()
    weights, true_means, true_covariances = truth.m_step()
    assert (errors(model.weights, weights) <= 4.0 * EPS + moved).all()
    for c, matrix in enumerate(true_covariances):
        sd = np.array([float(mpmath.sqrt(matrix[i, i])) for i in range(len(matrix))])
        size = np.abs(np.array(true_means[c], float))
        wrong = errors(model.means[c], true_means[c])
        assert (wrong <= 4.0 * EPS * (size + 2.0 * sd) + moved * sd).all()
        wrong = errors(model.covariances[c].ravel(), list(matrix)).reshape(len(sd), -1)
        assert (wrong <= (8.0 * EPS + moved) * np.outer(sd, sd)).all()
