"""An initializer of your own, used at once: no package, no registration."""

from typing import Literal

import numpy as np

import gmmflow
from gmmflow.initializers.base import deviations
from gmmflow.stage import Field
from gmmflow.values.nearest import NearestRule


class Diagonal(gmmflow.Initializer):
    """Seeds on the diagonal of the data's bounding box."""

    type: Literal["diagonal"] = "diagonal"
    margin: float = Field(0.1, ge=0, lt=0.5, description="Share of the box left out at its ends.")

    def start(self, n_components, distribution, context):
        """Each row counts for its nearest seed; weights, means and covariances follow."""
        low, high = context.moments.low, context.moments.high
        place = np.linspace(self.margin, 1.0 - self.margin, n_components)[:, None]
        return NearestRule(low + place * (high - low), deviations(context.moments))


rng = np.random.default_rng(0)
x = np.concatenate([rng.normal(c, 1.0, (300, 2)) for c in (0.0, 5.0, 10.0)])
model = gmmflow.fit(x, 3, init=Diagonal(margin=0.05))
print(model.means.round(2).tolist(), "after", model.n_iterations, "iterations")
