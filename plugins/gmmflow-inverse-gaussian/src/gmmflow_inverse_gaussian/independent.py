"""Inverse Gaussian components, independent from column to column.

Parameters
----------
means : (k, d)
    Mean mu of each column, in its units.
shapes : (k, d)
    Shape lambda of each column, in its units; the variance is mu^3 / lambda.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gmmflow import ExponentialFamily
from gmmflow.distributions.conditional import IndependentColumns
from gmmflow.errors import DegenerateComponent
from gmmflow.values.mixture import Parameters, Statistics
from gmmflow.values.moments import Moments

LOG_2PI = float(np.log(2.0 * np.pi))
#: mean(x) * mean(1/x) - 1 is about the squared coefficient of variation. Below so many eps it is
#: the rounding of the two means, and there is no spread left to estimate.
SPREADLESS = 64.0 * float(np.finfo(np.float64).eps)
REMEDY = "look for duplicate rows and constant columns; try fewer components, another init or seed"


class Independent(ExponentialFamily):
    """Inverse Gaussian in every column, for positive data with a long tail to the right.

    p(x) = sqrt(lambda / (2 pi x^3)) exp(-lambda (x - mu)^2 / (2 mu^2 x)): the time a Brownian
    motion with drift takes to a level. For durations, claims, sizes, response times; its tail is
    lighter than that of a lognormal, and heavier than that of a gamma.

    As an exponential family: T(x) = (x, 1/x), eta = (-lambda / (2 mu^2), -lambda / 2),
    A = -lambda/mu - log(lambda)/2, h(x) = -3/2 log x - 1/2 log(2 pi), summed over the columns.

    Source: Tweedie 1957, Annals of Mathematical Statistics 28:362-377; the estimates are his.
    """

    type: Literal["inverse_gaussian.independent"] = "inverse_gaussian.independent"
    parameter_names: ClassVar[tuple[str, ...]] = ("means", "shapes")

    def n_features(self, d: int) -> int:
        """X and 1/x of every column."""
        return 2 * d

    def features(self, x: np.ndarray, out: np.ndarray) -> None:
        """The columns, and their reciprocals."""
        d = len(x)
        out[:d] = x
        np.divide(1.0, x, out=out[d:])

    def log_base(self, x: np.ndarray) -> np.ndarray:
        """-3/2 log x - 1/2 log(2 pi), summed over the columns."""
        total: np.ndarray = np.log(x).sum(axis=0)
        total *= -1.5
        total -= 0.5 * len(x) * LOG_2PI
        return total

    def natural(self, parameters: Parameters) -> np.ndarray:
        """(-lambda / (2 mu^2), -lambda / 2)."""
        means, half = parameters["means"], 0.5 * parameters["shapes"]
        return np.concatenate([-half / np.square(means), -half], axis=1)

    def log_partition(self, parameters: Parameters) -> np.ndarray:
        """-lambda/mu - log(lambda)/2, summed over the columns."""
        means, shapes = parameters["means"], parameters["shapes"]
        total: np.ndarray = -(shapes / means + 0.5 * np.log(shapes)).sum(axis=1)
        return total

    def from_mean_statistics(self, mean: np.ndarray) -> Parameters:
        """Mu is the mean of x, and 1/lambda = mean(1/x) - 1/mu."""
        d = mean.shape[1] // 2
        means, reciprocals = mean[:, :d], mean[:, d:]
        return {"means": means, "shapes": shapes(means, reciprocals, means)}

    def maximize(
        self,
        statistics: Statistics,
        centre: np.ndarray,
        previous: Parameters | None,
        update: frozenset[str],
    ) -> Parameters:
        """Maximum likelihood of means, shapes, or both: the best mean is the same for any shape."""
        found = super().maximize(statistics, centre, previous, update)
        if previous is None or update.issuperset(self.parameter_names):
            return found
        if "means" in update:
            return {"means": found["means"], "shapes": previous["shapes"]}
        if "shapes" in update:
            sums, d = statistics["sums"], previous["means"].shape[1]
            mean = (sums[:-1] / sums[-1]).T
            about = previous["means"]
            return {"means": about, "shapes": shapes(mean[:, :d], mean[:, d:], about)}
        return previous

    def refuse_update(self, update: frozenset[str]) -> str | None:
        """Means and shapes can be learned alone."""
        return None

    def n_free(self, k: int, d: int, update: frozenset[str]) -> int:
        """A mean and a shape a component and column."""
        return k * d * len(update.intersection(self.parameter_names))

    def sample(
        self, parameters: Parameters, component: int, size: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw rows (size, d)."""
        means, shape = parameters["means"][component], parameters["shapes"][component]
        return rng.wald(means, shape, (size, len(means)))

    def mean(self, parameters: Parameters) -> np.ndarray:
        """Mu, (k, d)."""
        return parameters["means"]

    def covariance_matrices(self, parameters: Parameters) -> np.ndarray:
        """Variances mu^3 / lambda on the diagonal, (k, d, d)."""
        variances = parameters["means"] ** 3 / parameters["shapes"]
        return variances[:, :, None] * np.eye(variances.shape[1])

    def marginal(self, parameters: Parameters, columns: np.ndarray) -> Parameters:
        """Means and shapes of these columns."""
        return {name: value[:, columns] for name, value in parameters.items()}

    def conditional(
        self, parameters: Parameters, columns: np.ndarray, given: np.ndarray
    ) -> IndependentColumns:
        """The marginal law, whatever the others are."""
        return IndependentColumns(self, self.marginal(parameters, columns))

    def affine(
        self, parameters: Parameters, scale: np.ndarray, shift: np.ndarray
    ) -> Parameters | None:
        """Both scale with x; after a shift or a reflection it is another law."""
        if (shift != 0.0).any() or (scale <= 0.0).any():
            return None
        return {name: value * scale for name, value in parameters.items()}

    def refuse(self, names: tuple[str, ...], moments: Moments) -> str | None:
        """Values of 0 or less have no density; constant columns have no spread."""
        for name, low, high in zip(names, moments.low, moments.high, strict=True):
            if low <= 0.0:
                return f"column {name!r} has the value {low:g}; all values must be above 0"
            if low == high:
                return f"column {name!r} is constant"
        return None

    def refuse_parameters(self, parameters: Parameters, k: int, d: int) -> str | None:
        """Both arrays, of the right shape, positive and finite."""
        if set(parameters) != set(self.parameter_names):
            return f"{self.type} has means and shapes, not {', '.join(parameters)}"
        for name, value in parameters.items():
            if value.shape != (k, d):
                return f"{name} has shape {value.shape}, not {(k, d)}"
            if not (np.isfinite(value) & (value > 0.0)).all():
                return f"{name} must be above 0 and finite"
        return None


def shapes(mean: np.ndarray, reciprocal: np.ndarray, about: np.ndarray) -> np.ndarray:
    """Most likely shapes for components of mean `about`.

    Parameters
    ----------
    mean, reciprocal : (k, d)
        Weighted means of x and 1/x.
    about : (k, d)
        The means mu of the components.

    Returns
    -------
    (k, d)
        1 / mean((x - mu)^2 / (mu^2 x)).

    Raises
    ------
    DegenerateComponent
        The rows of a component are all equal, to rounding.
    """
    # About the rows' own mean m, then moved to mu: no digit is lost where mu = m.
    inverse = (reciprocal - 1.0 / mean) + np.square(mean - about) / (mean * np.square(about))
    flat = np.argwhere(~(inverse * about > SPREADLESS))
    if len(flat):
        component, column = map(int, flat[0])
        raise DegenerateComponent(
            component, f"it collapsed: its values in column {column} have no spread", REMEDY
        )
    found: np.ndarray = 1.0 / inverse
    return found
