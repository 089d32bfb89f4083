"""A conjugate prior as rows and scatter that are added to those of the data.

For Sigma ~ IW(dof, Lambda) and mu | Sigma ~ N(mean, Sigma / shrinkage) the log posterior has the
form of the likelihood, with more rows and more scatter:

    -1/2 sum_k [(n_k + a_k) log det Sigma_k
                + tr(Sigma_k^-1 (W_k + B_k + shrinkage (mu_k - mean)(mu_k - mean)'))]

so that a family's own M-step finds the posterior mode. a_k and B_k by the parameters that
components own: dof + 2 and the variance `scale` a column, for diagonals; (dof + 2) / d and `scale`
on the trace, for spheres; dof + d + 1 and Lambda, for ellipsoids; and 1 row more under a prior of
the means. Where all components share one covariance they share its prior: a_k and B_k are 1 / k of
that. Families that tie volumes, shapes or axes only (VEI, EVI, VEE, EVE, VVE, EEV, VEV, EVV) have
the prior of each component's covariance, restricted to the family.

Source: Fraley and Raftery 2007, Journal of Classification 24:155-181, for EII, VII, EEI, VVI, EEE
and VVV; the others follow from its densities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmflow.covariances.base import Covariance
from gmmflow.distributions.normal.rows import RowMoments
from gmmflow.errors import ConfigError
from gmmflow.numerics.linalg import inverse_factors
from gmmflow.values.forms import Form, Rotated
from gmmflow.values.prior import NormalPrior


@dataclass(frozen=True)
class Pseudo:
    """What a prior adds to the statistics of components.

    Attributes
    ----------
    rows : (k,)
        a_k, to the rows that covariances count.
    scatter : (k | 1, ...)
        B_k, in the shape of the family's scatter.
    mean : (d,)
    shrinkage : float
    """

    rows: np.ndarray
    scatter: np.ndarray
    mean: np.ndarray
    shrinkage: float


def pseudo_rows(prior: NormalPrior, family: Covariance, k: int, rows: RowMoments) -> Pseudo:
    """The prior in rows and scatter, for k components of a family.

    Raises
    ------
    ConfigError
        The prior's mean or scale does not fit the columns.
    """
    d = len(rows.mean)
    dof = d + 2.0 if prior.dof is None else prior.dof
    scale = default_scale(rows, k) if prior.scale is None else given_scale(prior.scale, rows)
    each = {1: (dof + 2.0) / (d if family.needs == "trace" else 1.0), 2: dof + d + 1.0}
    shared = all(s[0] == 1 for name, s in family.shapes(k, d).items() if name != "orientation")
    of_means = float(prior.shrinkage > 0.0)
    count = each[scale.ndim] / (k if shared else 1.0) + of_means
    if prior.counting == "mclust":
        count = mclust_rows(dof, d, k, of_means).get(family.type, count)
        scale = np.zeros_like(scale) if family.type == "EII" else scale
    pooled = family.needs == "pooled"
    share = 1.0 / k if shared and not pooled else 1.0
    return Pseudo(
        rows=np.full(k, count),
        scatter=np.broadcast_to(scale * share, (1 if pooled else k, *scale.shape)),
        mean=rows.mean if prior.mean is None else given_mean(prior.mean, d),
        shrinkage=prior.shrinkage,
    )


def default_scale(rows: RowMoments, k: int) -> np.ndarray:
    """mclust's: the variance of the rows, divided by k^(2 / d) as if components tiled their space.

    Their covariance matrix for ellipsoids (its diagonal where there are not more rows than
    columns), the mean of the columns' variances for diagonals and spheres.
    """
    d = len(rows.mean)
    # The sum of row weights may be small: what counts is that a scale is positive.
    variance = rows.scatter / max(rows.weight - 1.0, rows.weight / 2.0) / k ** (2.0 / d)
    if variance.ndim == 2:
        return variance if rows.weight > d else np.diag(np.diagonal(variance))
    mean = variance.sum() / d
    return np.full(len(variance), mean)


def given_scale(scale: np.ndarray, rows: RowMoments) -> np.ndarray:
    """A user's scale in the shape of one component's scatter.

    Raises
    ------
    ConfigError
        It has the wrong length, or more structure than the family.
    """
    d, wanted = len(rows.mean), rows.scatter
    if scale.ndim and scale.shape[-1] != d:
        raise ConfigError(
            f"fit.m_step.scale is for {scale.shape[-1]} columns; the model sees {d}",
            "give one number, or a variance for each column that is left after `transform`",
        )
    if scale.ndim == 2 and wanted.ndim == 1:
        raise ConfigError(
            "fit.m_step.scale is a matrix, and the covariances are diagonal or spherical",
            "give one number or a variance for each column, or choose an ellipsoidal family",
        )
    if wanted.ndim == 2:
        return scale if scale.ndim == 2 else np.diag(np.broadcast_to(scale, d))
    return np.full(1, scale.mean()) if len(wanted) == 1 else np.broadcast_to(scale, d)


def given_mean(mean: np.ndarray, d: int) -> np.ndarray:
    """A user's mean.

    Raises
    ------
    ConfigError
        It has the wrong length.
    """
    if len(mean) != d:
        raise ConfigError(
            f"fit.m_step.mean has {len(mean)} numbers; the model sees {d} columns",
            "give a number for each column that is left after `transform`, or leave it out",
        )
    return mean


def mclust_rows(dof: float, d: int, k: int, of_means: float) -> dict[str, float]:
    """Rows by family where mclust's code (6.1) counts otherwise than its authors' paper would."""
    return {
        "VEI": (dof + 2.0 + of_means) / d,
        "EVI": (dof + 1.0 + of_means) / k,
        "EEV": (dof + d + 1.0 + of_means) / k,
        "VEV": 0.0,
    }


def log_density(pseudo: Pseudo, form: Form, d: int, of_means: np.ndarray) -> float:
    """Log density of the prior, up to a constant of the family.

    Parameters
    ----------
    pseudo : Pseudo
    form : Form
    d : int
    of_means : (k | 1, ...)
        shrinkage (mu_k - mean)(mu_k - mean)', in the shape of the scatter.
    """
    scatter = pseudo.scatter + of_means
    if scatter.ndim == 2:
        variances = form.column_variances()
        log_det = np.log(variances).sum(axis=1) * (d / variances.shape[1])
        trace = (scatter / variances).sum()
    elif isinstance(form, Rotated):
        axes, variances = form.orientation[0], form.variances
        log_det = np.log(variances).sum(axis=1)
        trace = (np.einsum("ij,kil,lj->kj", axes, scatter, axes, optimize=True) / variances).sum()
    else:
        covariances = form.arrays()["covariances"]
        whitener, log_det = inverse_factors(covariances)
        trace = ((whitener @ scatter) * whitener).sum()
    return float(-0.5 * ((pseudo.rows * log_det).sum() + trace))
