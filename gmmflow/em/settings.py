"""What to fit and how: the stages of a run, without its data and its reporters."""

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass(frozen=True)
class Settings:
    """Stages and numbers of a fit.

    Attributes
    ----------
    transforms : tuple of Transform
    components : int
    distribution, init, e_step, m_step, convergence
        Stages.
    restarts : int
        Starts of different seeds, fitted side by side.
    seed : int
    folder : Path
        Where relative paths of stages start.
    """

    transforms: tuple[Transform, ...]
    components: int
    distribution: Distribution
    init: Initializer
    e_step: EStep
    m_step: MStep
    convergence: tuple[Convergence, ...]
    restarts: int = 1
    seed: int = 0
    folder: Path = field(default_factory=Path.cwd)

    def __post_init__(self) -> None:
        for name, least in (("components", 1), ("restarts", 1), ("seed", 0)):
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
            self.init, self.distribution, *self.transforms, self.e_step, self.m_step,
            *self.convergence,
        )  # fmt: skip
