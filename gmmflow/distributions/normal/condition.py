"""Gaussian components once some of their columns are known: each is Gaussian again.

With given columns g and the other columns q,

    E[x_q | x_g] = mu_q + Sigma_qg Sigma_gg^-1 (x_g - mu_g)
    Cov[x_q | x_g] = Sigma_qq - Sigma_qg Sigma_gg^-1 Sigma_gq, whatever x_g is.

Source: Anderson 2003, An Introduction to Multivariate Statistical Analysis, theorem 2.5.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.values.forms import Dense, Diagonal, Form, Spherical
from gmmflow.values.mixture import Parameters


@dataclass(frozen=True)
class GaussianConditional:
    """Regressions of some columns on others, one a component.

    Attributes
    ----------
    means : (k, q)
        Of the columns that are asked for.
    given_means : (k, g)
        Of the columns that are known.
    slopes : (k | 1, q, g)
    form : Form
        What the known columns leave of the covariances.
    """

    means: np.ndarray
    given_means: np.ndarray
    slopes: np.ndarray
    form: Form

    def parameters(self, value: np.ndarray) -> Parameters:
        """Parameters of the components, for known values (g,)."""
        shift = np.einsum("kqg,kg->kq", self._slopes, value - self.given_means)
        return {"means": self.means + shift, **self.form.arrays()}

    def mean(self, values: np.ndarray, component: int) -> np.ndarray:
        """Mean of one component for each row of known values (m, g), (m, q)."""
        deviation = values - self.given_means[component]
        return np.asarray(self.means[component] + deviation @ self._slopes[component].T)

    def covariance(self, values: np.ndarray, component: int) -> np.ndarray:
        """Covariance of one component, (1, q, q): the same for all rows."""
        return self.form.matrices(*self.means.shape)[component][None]

    @property
    def _slopes(self) -> np.ndarray:
        return np.broadcast_to(self.slopes, (len(self.means), *self.slopes.shape[1:]))


def condition(
    means: np.ndarray, form: Form, columns: np.ndarray, given: np.ndarray
) -> GaussianConditional:
    """Gaussian components of `columns`, given others.

    Parameters
    ----------
    means : (k, d)
    form : Form
        Covariances of all columns.
    columns, given : (q,) and (g,) int
        Without a column in common.
    """
    left: Form
    if isinstance(form, Diagonal | Spherical):
        slopes, left = np.zeros((1, len(columns), len(given))), form.marginal(columns)
    else:
        slopes, left = dense_condition(form.marginal(np.concatenate([given, columns])), len(given))
    return GaussianConditional(means[:, columns], means[:, given], slopes, left)


def dense_condition(form: Form, g: int) -> tuple[np.ndarray, Dense]:
    """Slopes and covariances of the columns after the first `g`, given those."""
    covariances = form.arrays()["covariances"]
    scale = np.sqrt(np.einsum("kii->ki", covariances))
    correlation = covariances / (scale[:, :, None] * scale[:, None, :])
    # The factor's last rows are what the first columns leave: positive definite by construction.
    factor = np.linalg.cholesky(correlation)
    known, cross, rest = factor[:, :g, :g], factor[:, g:, :g], factor[:, g:, g:]
    slopes = np.linalg.solve(known.transpose(0, 2, 1), cross.transpose(0, 2, 1))
    slopes = slopes.transpose(0, 2, 1) * scale[:, g:, None] / scale[:, None, :g]
    rest = rest * scale[:, g:, None]
    return slopes, Dense(rest @ rest.transpose(0, 2, 1))
