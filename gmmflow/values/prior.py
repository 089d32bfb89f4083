"""A conjugate prior on the parameters of normal components, as a user asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np


@dataclass(frozen=True)
class NormalPrior:
    """Normal prior of the means, inverse gamma or inverse Wishart prior of the covariances.

    What is None is taken from the rows, see `gmmflow.m_steps.map`.

    Attributes
    ----------
    shrinkage : float
        Rows that the prior of a mean counts for; 0 is none.
    mean : (d,) or None
        Mean of the prior of the means.
    dof : float or None
        Degrees of freedom of the prior of a covariance.
    scale : () or (d,) or (d, d), or None
        Its scale: a variance for all columns, one a column, or a matrix.
    counting : {"conjugate", "mclust"}
        How many priors the covariances of a family have.
    """

    shrinkage: float
    mean: np.ndarray | None
    dof: float | None
    scale: np.ndarray | None
    counting: Literal["conjugate", "mclust"]
