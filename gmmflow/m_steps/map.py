"""map: the posterior mode under conjugate priors, which keeps covariances from collapsing.

The priors are those of Fraley and Raftery 2007, Journal of Classification 24:155-181: a mean is
normal about `mean` with the component's covariance / `shrinkage`; a covariance is inverse Wishart
(a variance of a diagonal or spherical family inverse gamma) with `dof` degrees of freedom and
`scale`. The defaults, mclust's ``defaultPrior``, are vague: a hundredth of a row for the means,
d + 2 degrees of freedom, the rows' own mean and variance, divided by components^(2 / d).

EM climbs the log posterior, which is the trace's objective; BIC, AIC and ICL use the likelihood at
its mode, as mclust's do.

Where mclust 6.1 departs from the paper: EII drops the scale; EEI, EVI and EEV count one row for all
means together, and EEI does not shrink them; VEI counts its degrees of freedom once for all
columns, VEV not at all; VEE, EVE, VVE and EVV have no prior. ``counting: mclust`` follows it in
EII, VEI, EVI, EEV and VEV, in all of which its M-step is the mode under some prior.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import field_validator

from gmmflow.distributions.base import Conjugate, Distribution
from gmmflow.m_steps.updating import Updating
from gmmflow.numerics.linalg import first_singular
from gmmflow.stage import Field
from gmmflow.values.mixture import Mixture, Parameters, Statistics
from gmmflow.values.prior import NormalPrior

#: One variance, one for each column, a matrix, or that of the rows.
Scale = float | tuple[float, ...] | tuple[tuple[float, ...], ...] | None


class MaximumAPosteriori(Updating):
    """Maximises the expected log posterior under conjugate priors of means and covariances.

    The priors are on the columns as the model sees them, after `transform`.
    """

    type: Literal["map"] = "map"
    shrinkage: float = Field(
        0.01, ge=0.0, allow_inf_nan=False,
        description="Rows (in units of the row weights) that the prior of each mean counts for; "
        "0 leaves the means without a prior.",
    )  # fmt: skip
    mean: tuple[float, ...] | None = Field(
        None, min_length=1,
        description="Mean of the prior of the means, in the units of the columns as the model "
        "sees them, after `transform`. By default the mean of the rows.",
        examples=[[3.5, 70.0]],
    )  # fmt: skip
    dof: float | None = Field(
        None, gt=0.0, allow_inf_nan=False,
        description="Degrees of freedom of the prior of a covariance; by default columns + 2.",
    )  # fmt: skip
    scale: Scale = Field(
        None,
        description="Scale of the prior of a covariance, in squared units of the columns as the "
        "model sees them, after `transform`: one variance, one for each column, or a matrix. By "
        "default the covariance of the rows (for diagonal and spherical families the mean of the "
        "columns' variances) / components^(2 / columns).",
        examples=[0.5, [0.3, 40.0]],
    )  # fmt: skip
    counting: Literal["conjugate", "mclust"] = Field(
        "conjugate",
        description="How many rows and scales the prior adds in a family: as the conjugate prior "
        "of each distinct covariance, or as mclust's code does where it departs from that (EII, "
        "VEI, EVI, EEV, VEV).",
    )

    @field_validator("scale")
    @classmethod
    def _positive(cls, value: Scale) -> Scale:
        if value is None:
            return value
        try:
            scale = np.asarray(value, np.float64)
        except ValueError:
            raise ValueError("a matrix needs rows of one length") from None
        if not (scale.size and np.isfinite(scale).all()):
            raise ValueError("every number must be finite, and there must be one at least")
        if scale.ndim < 2:
            if not (scale > 0.0).all():
                raise ValueError("variances must be positive")
        elif scale.shape[0] != scale.shape[1] or not np.allclose(scale, scale.T, rtol=1e-9, atol=0):
            raise ValueError("a matrix must be square and symmetric")
        elif first_singular(scale[None]) is not None:
            raise ValueError("a matrix must be positive definite")
        return value

    @property
    def prior(self) -> NormalPrior:
        """The prior as a value."""
        return NormalPrior(
            shrinkage=self.shrinkage,
            mean=None if self.mean is None else np.array(self.mean),
            dof=self.dof,
            scale=None if self.scale is None else np.array(self.scale),
            counting=self.counting,
        )

    def parameters(
        self,
        distribution: Distribution,
        statistics: Statistics,
        centre: np.ndarray,
        previous: Parameters | None,
        update: frozenset[str],
    ) -> Parameters:
        """Parameters of the components at the mode of the expected log posterior."""
        assert isinstance(distribution, Conjugate), "`refuse` was asked"
        return distribution.maximize(statistics, centre, previous, update, self.prior)

    def log_prior(self, mixture: Mixture, statistics: Statistics, centre: np.ndarray) -> float:
        """Log density of the prior of the components, up to a constant."""
        distribution = mixture.distribution
        assert isinstance(distribution, Conjugate), "`refuse` was asked"
        return distribution.log_prior(mixture.parameters, statistics, centre, self.prior)

    def refuse(self, distribution: Distribution) -> str | None:
        """Distributions without a conjugate prior; else as every M-step that updates."""
        if not isinstance(distribution, Conjugate):
            return f"{distribution.type} has no conjugate prior here; use m_step ml"
        return super().refuse(distribution)
