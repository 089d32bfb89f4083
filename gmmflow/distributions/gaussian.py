"""The multivariate Gaussian, with any family of covariance matrices.

Parameters
----------
means : (k, d)
covariances : (k, d, d), or (1, d, d) shared        dense forms
variances : (k, d), (1, d), (k, 1) or (1, 1)        diagonal and spherical forms
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import SerializeAsAny

from gmmflow.covariances.base import Covariance
from gmmflow.distributions.base import Distribution, refuse_empty
from gmmflow.errors import DegenerateComponent
from gmmflow.kernels.gaussian import GaussianKernel, dense_kernel, diagonal_kernel
from gmmflow.kernels.layouts import LAYOUTS
from gmmflow.numerics.linalg import first_singular, inverse_factors
from gmmflow.stage import Field, Slot
from gmmflow.values.mixture import Parameters, Statistics
from gmmflow.values.moments import Moments

#: Parameter that holds the covariances, for what a family needs.
FORMS = {
    "dense": "covariances",
    "pooled": "covariances",
    "diagonal": "variances",
    "trace": "variances",
}
#: Squared distance of a mean from the centre, in variances of its component, beyond which a start's
#: statistics are collected again about the means.
CANCELLATION = 1e-9 / np.finfo(np.float64).eps


class Gaussian(Distribution):
    """Gaussian components; `covariance` says which matrices they may have."""

    type: Literal["gaussian"] = "gaussian"
    covariance: Annotated[SerializeAsAny[Covariance], Slot("covariances", "VVV")] = Field(
        description="Family of covariance matrices (EII .. VVV, or full, tied, diag, spherical)."
    )
    parameter_names: ClassVar[tuple[str, ...]] = ("means", "covariances")

    @property
    def label(self) -> str:
        """``gaussian VVV``."""
        return f"{self.type} {self.covariance.type}"

    def kernel(
        self, parameters: Parameters, log_weights: np.ndarray, centre: np.ndarray
    ) -> GaussianKernel:
        """Kernel for these parameters."""
        layout, means = LAYOUTS[self.covariance.needs], parameters["means"]
        if "covariances" in parameters:
            return dense_kernel(layout, centre, means, parameters["covariances"], log_weights)
        variances = parameters["variances"]
        if variances.shape[1] > 1:
            # Spheres that unequal scales brought back to data units are ellipses (`affine`).
            layout = LAYOUTS["diagonal"]
        return diagonal_kernel(layout, centre, means, variances, log_weights)

    def collector(
        self, k: int, centre: np.ndarray, about: Parameters | None = None
    ) -> GaussianKernel:
        """Kernel that only sums: about the centre, or about given means."""
        layout = LAYOUTS[self.covariance.needs]
        if about is None:
            means, whitener = np.broadcast_to(centre, (k, len(centre))), np.zeros((1, 1))
        else:
            means, whitener = about["means"], np.full((1, 1), np.inf)
        return GaussianKernel(layout, None, centre, means, whitener, np.zeros(k))

    def counts(self, statistics: Statistics) -> np.ndarray:
        """Expected rows of each component, (k,)."""
        parts = [statistics["sums"][-1]] if "sums" in statistics else []
        if "own_n" in statistics:
            parts.append(statistics["own_n"])
        return sum(parts[1:], start=parts[0])

    def refine(self, statistics: Statistics, centre: np.ndarray) -> Parameters | None:
        """Means to collect about, where scatters are small against distances from the centre."""
        n, offsets, scatter = LAYOUTS[self.covariance.needs].moments(statistics, None)
        about = {"means": centre + offsets}
        if scatter.ndim == 3:
            with np.errstate(divide="ignore", invalid="ignore"):
                n = n if len(scatter) == len(n) else n.sum(keepdims=True)
                covariances = scatter / n[:, None, None]
            if first_singular(covariances) is not None:
                return about
            stretch = np.abs(inverse_factors(covariances)[0])
            length = np.matmul(stretch, np.abs(offsets)[:, :, None])[:, :, 0]
            return None if np.square(length).sum(axis=1).max() <= CANCELLATION else about
        # What was subtracted: n m^2.
        lost = n[:, None] * np.square(offsets)
        if scatter.shape[1] == 1:
            lost = lost.sum(axis=1, keepdims=True)
        return None if (lost <= scatter * CANCELLATION).all() else about

    def maximize(
        self,
        statistics: Statistics,
        centre: np.ndarray,
        previous: Parameters | None,
        update: frozenset[str],
    ) -> Parameters:
        """Weighted means, and the family's covariances of the scatter about them."""
        if previous is not None and not update.intersection(self.parameter_names):
            return previous
        layout = LAYOUTS[self.covariance.needs]
        start = centre if previous is None else previous["means"]
        n, shift, scatter = layout.moments(statistics, None if previous is None else start - centre)
        refuse_empty(n)
        if previous is not None and "means" not in update:
            scatter = scatter + layout.outer(n, shift)
            means = start
        else:
            means = start + shift
        if previous is not None and "covariances" not in update:
            form = {name: value for name, value in previous.items() if name != "means"}
        else:
            form = self.covariance.maximize(n, scatter, means.shape[1], previous)
            refuse_collapsed(form, means)
        return {"means": means, **form}

    def change(self, previous: Parameters, parameters: Parameters, spread: np.ndarray) -> float:
        """Largest change in units of the columns' standard deviations `spread` (d,)."""
        unit = {
            "means": spread,
            "variances": np.square(spread),
            "covariances": np.outer(spread, spread),
        }
        return max(
            float(np.abs((parameters[name] - old) / unit[name]).max())
            for name, old in previous.items()
        )

    def refuse(self, names: tuple[str, ...], moments: Moments) -> str | None:
        """Constant columns have no density (a spherical family needs one that varies)."""
        constant = [
            name for name, low, high in zip(names, moments.low, moments.high, strict=True)
            if low == high
        ]  # fmt: skip
        if not constant or (self.covariance.needs == "trace" and len(constant) < len(names)):
            return None
        return f"constant column{'s' * (len(constant) > 1)}: {', '.join(constant)}"

    def refuse_parameters(self, parameters: Parameters, k: int, d: int) -> str | None:
        """Names, shapes and definiteness."""
        form = FORMS[self.covariance.needs]
        names = {"means", form}
        if set(parameters) != names:
            return f"{self.label} has {' and '.join(sorted(names))}, not {', '.join(parameters)}"
        shapes: dict[str, tuple[int, ...]] = {
            "means": (k, d),
            "covariances": (1 if self.covariance.needs == "pooled" else k, d, d),
            "variances": (k, 1 if self.covariance.needs == "trace" else d),
        }
        for name in sorted(names):
            value = parameters[name]
            if value.shape != shapes[name]:
                return f"{name} has shape {value.shape}, not {shapes[name]}"
            if not np.isfinite(value).all():
                return f"{name} holds a value that is not finite"
        spread = parameters[form]
        if form == "variances":
            return None if (spread > 0).all() else "variances must be positive"
        if not np.allclose(spread, spread.transpose(0, 2, 1), rtol=1e-9, atol=0.0):
            return "covariances must be symmetric"
        singular = first_singular(spread)
        return None if singular is None else f"covariances[{singular}] is not positive definite"

    def n_free(self, k: int, d: int, update: frozenset[str]) -> int:
        """Free parameters: k d of the means, and the family's."""
        means = k * d if "means" in update else 0
        return means + (self.covariance.n_free(k, d) if "covariances" in update else 0)

    def sample(
        self, parameters: Parameters, component: int, size: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw `size` rows (size, d) of one component."""
        mean = parameters["means"][component]
        z = rng.standard_normal((size, len(mean)))
        if "covariances" in parameters:
            factor = np.linalg.cholesky(_of(parameters["covariances"], component))
            rows: np.ndarray = mean + z @ factor.T
        else:
            rows = mean + z * np.sqrt(_of(parameters["variances"], component))
        return rows

    def mean(self, parameters: Parameters) -> np.ndarray:
        """Mean of each component, (k, d)."""
        return parameters["means"]

    def covariance_matrices(self, parameters: Parameters) -> np.ndarray:
        """Covariance matrix of each component, (k, d, d)."""
        k, d = parameters["means"].shape
        if "covariances" in parameters:
            return np.broadcast_to(parameters["covariances"], (k, d, d))
        return np.broadcast_to(parameters["variances"], (k, d))[:, :, None] * np.eye(d)

    def affine(self, parameters: Parameters, scale: np.ndarray, shift: np.ndarray) -> Parameters:
        """Parameters of scale * x + shift; unequal scales make a spherical form diagonal."""
        form = {"means": parameters["means"] * scale + shift}
        if "covariances" in parameters:
            form["covariances"] = parameters["covariances"] * np.outer(scale, scale)
        else:
            equal = np.allclose(scale, scale[0], rtol=1e-15, atol=0.0)
            form["variances"] = parameters["variances"] * np.square(scale[:1] if equal else scale)
        return form


def refuse_collapsed(form: Parameters, means: np.ndarray) -> None:
    """Raise for the first component whose covariance has no inverse."""
    if "covariances" in form:
        variances = np.einsum("kii->ki", form["covariances"])
        singular = first_singular(form["covariances"])
    else:
        variances, singular = form["variances"], None
    # Below the resolution of the numbers themselves there is no spread left to estimate.
    resolution = np.square(4.0 * np.finfo(np.float64).eps * means)
    if len(variances) == 1:
        resolution = resolution.min(axis=0, keepdims=True)
    if variances.shape[1] == 1:
        resolution = resolution.max(axis=1, keepdims=True)
    flat = np.flatnonzero(~(variances > resolution).all(axis=1))
    component = int(flat[0]) if len(flat) else singular
    if component is None:
        return
    if len(variances) == 1 and len(means) > 1:
        what = "the covariance that all components share is singular"
    else:
        what = "it collapsed: its covariance is singular"
    smallest, largest = variances[component].min(), variances[component].max()
    if "covariances" in form and np.isfinite(form["covariances"][component]).all():
        smallest = np.linalg.eigvalsh(form["covariances"][component])[0]
    raise DegenerateComponent(
        component,
        f"{what} (smallest eigenvalue {smallest:.2g}, largest variance {largest:.2g})",
        "look for duplicate rows and for constant or linearly dependent columns; try fewer "
        "components, a simpler covariance (EEE, VVI or VII), another init or seed",
    )


def _of(values: np.ndarray, component: int) -> np.ndarray:
    """Entry of one component in an array that may be shared, (1, ...)."""
    entry: np.ndarray = values[component if len(values) > 1 else 0]
    return entry
