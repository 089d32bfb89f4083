"""Start from numbers that are given: in the config, or in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import field_validator, model_validator

from gmmflow.distributions.base import Distribution
from gmmflow.errors import ConfigError, DataError, DegenerateComponent
from gmmflow.initializers.base import Initializer, StartContext, deviations
from gmmflow.initializers.given_numbers.arrays import as_array, weight_problem
from gmmflow.initializers.given_numbers.file import read_numbers
from gmmflow.stage import Field
from gmmflow.values.mixture import Mixture, Parameters
from gmmflow.values.nearest import NearestRule


class Given(Initializer):
    """Weights and parameters by name, written here or read from a file.

    Means alone are enough where the distribution has other parameters too: then every row counts
    for its nearest mean (in standard deviations of each column), and weights and the other
    parameters are those of its rows. The components keep the order given.
    """

    deterministic: ClassVar[bool] = True
    ordered: ClassVar[bool] = True
    type: Literal["given"] = "given"
    weights: tuple[float, ...] | None = Field(
        None,
        description="Mixing proportions: positive, with sum 1 (to 0.001). By default all equal.",
    )
    parameters: dict[str, list[Any]] | None = Field(
        None,
        description="Arrays by name as nested lists, the component first: "
        "means: [[2, 55], [4, 80]], covariances: ... Means alone will do.",
    )
    path: str | None = Field(
        None,
        description="Instead of weights and parameters, a file that has them: .npz (arrays by "
        "name), .json or .yaml (weights: and parameters: as here).",
    )
    units: Literal["data", "transformed"] = Field(
        "data", description="Whether the numbers are those before or after the transforms."
    )

    @field_validator("weights")
    @classmethod
    def _check_weights(cls, weights: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if weights is not None and (problem := weight_problem(np.array(weights))):
            raise ValueError(problem)
        return weights

    @field_validator("parameters")
    @classmethod
    def _check_parameters(
        cls, parameters: dict[str, list[Any]] | None
    ) -> dict[str, list[Any]] | None:
        for name, value in (parameters or {}).items():
            as_array(name, value)
        return parameters

    @model_validator(mode="after")
    def _check_source(self) -> Self:
        if self.path is not None and (self.weights or self.parameters):
            raise ValueError("give a path, or weights and parameters, not both")
        if self.path is None and not self.parameters:
            raise ValueError("give parameters (means, ...) or a path")
        return self

    def start(
        self, n_components: int, distribution: Distribution, context: StartContext
    ) -> Mixture | NearestRule:
        """The given mixture, or the rule of the nearest given mean.

        Raises
        ------
        ConfigError, DataError
            The numbers of the config, or of the file, do not fit the model or the columns.
        InputMissing, PermissionRefused, StorageError
            The file cannot be read.
        """
        weights, parameters = self._numbers(context.folder)
        try:
            check_sizes(weights, parameters, n_components, len(context.names))
            if set(parameters) == {"means"} and set(distribution.parameter_names) != {"means"}:
                if weights is not None:
                    raise ValueError("weights do nothing beside means alone: leave them out")
                scale, shift = self._units(context)
                return NearestRule(parameters["means"] * scale + shift, deviations(context.moments))
            if weights is None:
                weights = np.full(n_components, 1.0 / n_components)
            return self._mixture(weights, parameters, distribution, context)
        except ValueError as error:
            where = "init: given" if self.path is None else f"init: given, {self.path}"
            wrong = ConfigError if self.path is None else DataError
            raise wrong(f"{where}: {error}") from None

    def _numbers(self, folder: Path) -> tuple[np.ndarray | None, Parameters]:
        if self.path is not None:
            return read_numbers(folder / Path(self.path).expanduser())
        weights = None if self.weights is None else np.array(self.weights)
        arrays = {name: as_array(name, value) for name, value in (self.parameters or {}).items()}
        return weights, arrays

    def _units(self, context: StartContext) -> tuple[np.ndarray, np.ndarray]:
        if self.units == "transformed":
            return np.ones(len(context.names)), np.zeros(len(context.names))
        if context.to_model is None:
            raise ValueError(
                "the transforms do not tell how numbers in data units become transformed ones: "
                "give the numbers after the transforms, with units: transformed"
            )
        return context.to_model

    def _mixture(
        self,
        weights: np.ndarray,
        parameters: Parameters,
        distribution: Distribution,
        context: StartContext,
    ) -> Mixture:
        k, d = len(weights), len(context.names)
        if problem := distribution.refuse_parameters(parameters, k, d):
            raise ValueError(problem)
        scale, shift = self._units(context)
        if (scale != 1.0).any() or (shift != 0.0).any():
            mapped = distribution.affine(parameters, scale, shift)
            if mapped is None or distribution.refuse_parameters(mapped, k, d):
                raise ValueError(
                    f"parameters of {distribution.label} in data units do not stay such after "
                    "the transforms: give them after the transforms, with units: transformed"
                )
            parameters = mapped
        mixture = Mixture(distribution, weights / weights.sum(), parameters)
        try:
            mixture.kernel(context.moments.mean)
        except DegenerateComponent as error:
            raise ValueError(f"{error}: {error.remedy}") from None
        return mixture


def check_sizes(weights: np.ndarray | None, parameters: Parameters, k: int, d: int) -> None:
    """Raise ValueError where the arrays are not of k components, or the means not of d columns."""
    if weights is not None and len(weights) != k:
        raise ValueError(f"{len(weights)} weights are given, and model.components is {k}")
    for name, value in parameters.items():
        if len(value) not in (1, k):
            raise ValueError(
                f"{name} has {len(value)} components (shape {value.shape}), "
                f"and model.components is {k}"
            )
    means = parameters.get("means")
    if means is not None and means.shape != (k, d):
        raise ValueError(f"means has shape {means.shape}; {k} components of {d} columns: {(k, d)}")
