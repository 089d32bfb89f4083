"""What one EM step may be off, against 50 digits.

It is the error that rounding the inputs by one eps causes anyway, times a few:

* a log density moves by eps (d + |log density| + cond q), with q the squared whitened length and
  cond the condition number of the correlation matrix (1 for diagonal and spherical forms);
* a responsibility r moves by r (1 - r) times the move of the difference of two log densities;
* a mean, in any units and at any distance from the origin, by eps (|mean| + sd); a covariance by
  eps sd sd, a variance along an axis by eps of the largest; all also by what the responsibilities
  moved.

Without cancellation nothing worse can happen.
"""

import mpmath
import numpy as np
import pytest


class Steps:
    """Assertions on a model that was fitted from a mixture, in units of `eps`."""

    def __init__(self, kit, eps) -> None:
        self.kit, self.eps = kit, eps

    def moved(self, mixture) -> np.ndarray:
        """How far responsibilities may be off, (n, k)."""
        resp, lengths = np.array(mixture.resp, float), np.array(mixture.lengths, float)
        lengths = np.where(resp > 0.0, lengths, 0.0)
        difference = 4.0 * self.eps * (mixture.condition * lengths.sum(axis=1) + 10.0)
        return 2.0 * resp * (1.0 - resp) * np.minimum(difference, 1.0)[:, None]

    def assert_e_step(self, mixture, model, apart=0.0) -> None:
        """Log densities, log-likelihood and responsibilities.

        Of means that are `apart` standard deviations from the centre of the rows log densities may
        move by eps apart^2 too.
        """
        errors, allowed = self.kit.errors, 4.0 * mixture.units(self.eps) + self.eps * apart**2
        assert (errors(model.score_samples(mixture.x), mixture.log_density) <= allowed).all()
        mass = np.array(mixture.mass, float)
        slack = mass @ allowed + self.kit.EPS * float(abs(mixture.log_likelihood))
        assert errors(model.log_likelihood, [mixture.log_likelihood]) <= slack
        pairs = zip(model.predict_proba(mixture.x), mixture.resp, strict=True)
        wrong = np.stack([errors(found, truth) for found, truth in pairs])
        assert (wrong <= self.moved(mixture) + 4.0 * self.eps).all()

    def assert_m_step(self, family, mixture, model) -> None:
        """Weights, means and covariances after one iteration."""
        assert model.n_iterations == 1
        errors, form = self.kit.errors, self.kit.form_of(model.result.mixture.parameters)
        slack = float(self.moved(mixture).max())
        n, means, scatters = mixture.moments
        total = mpmath.fsum(n)
        weights = errors(model.weights, [c / total for c in n])
        assert (weights <= 4.0 * self.eps + slack).all()
        if family == "EEE":
            truths = [sum(scatters[1:], scatters[0]) / total] * len(n)
        else:
            truths = [scatter / count for scatter, count in zip(scatters, n, strict=True)]
        for c, (mean, covariance) in enumerate(zip(means, truths, strict=True)):
            sd = np.sqrt(diagonal(covariance))
            rounded = 4.0 * self.kit.EPS * np.abs(np.array(mean, float))
            wrong = errors(model.means[c], mean)
            assert (wrong <= rounded + (8.0 * self.eps + slack) * sd).all()
            share = 8.0 * self.eps + slack
            assert (self.covariance_errors(family, model, form, c, covariance) <= share).all()
        if family == "VVE":
            # Square of what eps makes of the slope, where the condition number is 1e12.
            limit = 1e-8 if self.eps == self.kit.EPS else 1e-4
            assert left_to_climb(truths, n, form.orientation[0]) <= limit

    def covariance_errors(self, family, model, form, c, truth) -> np.ndarray:
        """Errors of one component, against standard deviations or variances."""
        errors, variances = self.kit.errors, [truth[i, i] for i in range(truth.rows)]
        sd = np.sqrt(diagonal(truth))
        match family:
            case "VVV" | "EEE":
                wrong = errors(model.covariances[c], list(truth))
                return wrong / np.outer(sd, sd).ravel()
            case "VVE":
                along = diagonal(turned(truth, form.orientation[0]), exact=True)
                return errors(form.variances[c], along) / float(max(along))
            case "VVI":
                return errors(form.variances[c], variances) / sd**2
            case _:
                mean = mpmath.fsum(variances) / len(variances)
                return errors(form.variances[c], [mean]) / float(mean)


def diagonal(matrix, exact=False):
    found = [matrix[i, i] for i in range(matrix.rows)]
    return found if exact else np.array(found, float)


def turned(matrix, axes):
    """D' matrix D, in 50 digits."""
    exact = mpmath.matrix(axes.tolist())
    assert max(abs(v) for v in exact.T * exact - mpmath.eye(len(axes))) < 4e-15
    return exact.T * matrix * exact


def left_to_climb(covariances, n, axes) -> float:
    """Log-likelihood per row that one more Newton step in the best pair of axes would gain.

    sum_k n_k log det diag(D' S_k D) has the slope g and the curvature h for a turn of two axes.
    """
    most, total = 0.0, float(mpmath.fsum(n))
    along = [turned(covariance, axes) for covariance in covariances]
    for i in range(len(axes)):
        for j in range(i):
            g = h = mpmath.mpf(0)
            for count, s in zip(n, along, strict=True):
                g += count * s[i, j] * (1 / s[i, i] - 1 / s[j, j])
                h += count * (s[i, i] - s[j, j]) ** 2 / (s[i, i] * s[j, j])
            most = max(most, float(g * g / h) / total if h else 0.0)
    return most


@pytest.fixture(scope="session")
def steps(kit) -> Steps:
    """Of rows in double precision."""
    return Steps(kit, kit.EPS)


@pytest.fixture(scope="session")
def single_steps(kit) -> Steps:
    """Of rows in single precision."""
    return Steps(kit, float(np.finfo(np.float32).eps))
