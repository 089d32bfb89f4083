"""What to fit and how: the stages of a run, without its data and its reporters."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from numbers import Integral
from pathlib import Path

from gmmflow.convergence.base import Convergence
from gmmflow.distributions.base import Distribution
from gmmflow.e_steps.base import EStep
from gmmflow.errors import ConfigError
from gmmflow.initializers.base import Initializer
from gmmflow.m_steps.base import MStep
from gmmflow.stage import Stage
from gmmflow.transforms.base import Transform
from gmmflow.values.criteria import HELD_OUT, CriterionName


@dataclass(frozen=True)
class Method:
    """How EM runs and stops.

    Attributes
    ----------
    e_step, m_step : stage
    convergence : tuple of Convergence
    seed : int
    """

    e_step: EStep
    m_step: MStep
    convergence: tuple[Convergence, ...]
    seed: int = 0


@dataclass(frozen=True)
class Settings:
    """Stages and numbers of a fit.

    Attributes
    ----------
    transforms : tuple of Transform
    components : tuple of int
        Numbers of components to try.
    distributions : tuple of Distribution
        What a component may be; each is tried with each number of components.
    init, e_step, m_step, convergence
        Stages.
    restarts : int
        Starts of different seeds for each model, fitted side by side.
    seed : int
    folder : Path
        Where relative paths of stages start.
    criterion : {"bic", "aic", "icl", "held_out"}
        What chooses among the models.
    held_out : float
        Share of rows that are left out of the fit, where they are the criterion.
    """

    transforms: tuple[Transform, ...]
    components: tuple[int, ...]
    distributions: tuple[Distribution, ...]
    init: Initializer
    e_step: EStep
    m_step: MStep
    convergence: tuple[Convergence, ...]
    restarts: int = 1
    seed: int = 0
    folder: Path = field(default_factory=Path.cwd)
    criterion: CriterionName = "bic"
    held_out: float = HELD_OUT

    def __post_init__(self) -> None:
        for name, least in (("restarts", 1), ("seed", 0)):
            value = getattr(self, name)
            if not isinstance(value, Integral):
                raise ConfigError(f"{name} must be a whole number, is {value!r}")
            if value < least:
                raise ConfigError(f"{name} must be at least {least}, is {value}")
        if not self.convergence:
            raise ConfigError(
                "there is no convergence criterion, so EM would never stop",
                "name at least one, such as max_iterations",
            )

    @property
    def stages(self) -> tuple[Stage, ...]:
        """All stages, the initializer first."""
        return (
            self.init, *self.distributions, *self.transforms, self.e_step, self.m_step,
            *self.convergence,
        )  # fmt: skip

    @property
    def method(self) -> Method:
        """How EM runs and stops."""
        return Method(self.e_step, self.m_step, self.convergence, self.seed)

    @property
    def models(self) -> tuple[tuple[int, Distribution], ...]:
        """Every number of components with every distribution: what is compared."""
        return tuple(product(self.components, self.distributions))
