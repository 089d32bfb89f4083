"""What a distribution is: what one component of a mixture looks like.

Laws, checked by `gmmflow.testing` on every registered distribution: statistics(A) + statistics(B)
= statistics(A and B); the log density agrees with brute force and integrates to 1; `maximize`
does not lower the expected complete-data log-likelihood; samples have the mean that `mean` says.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Protocol, runtime_checkable

import numpy as np

from gmmflow.distributions.conditional import Conditional
from gmmflow.errors import DegenerateComponent
from gmmflow.numerics.eigenvalues import extreme_eigenvalues
from gmmflow.stage import Stage
from gmmflow.values.block import Block
from gmmflow.values.mixture import Parameters, Statistics
from gmmflow.values.moments import Moments
from gmmflow.values.prior import NormalPrior

#: A component with less than this share of the rows has emptied.
EMPTY_SHARE = 1e-10


class Kernel(Protocol):
    """The numbers of one sweep for one candidate: a plain picklable value, made once a sweep."""

    @property
    def shape(self) -> tuple[int, int]:
        """Numbers of components and features, (k, p): they say how many rows a block has."""

    def log_joint(self, block: Block, out: np.ndarray) -> None:
        """Fill out (k, B) with log weight + log density of every row under every component."""

    def accumulate(self, block: Block, resp: np.ndarray, into: Statistics) -> None:
        """Add the block's statistics to `into`, whose names appear at first use.

        Parameters
        ----------
        block : Block
        resp : (k, B)
            Responsibilities times row weights.
        into : dict of str to ndarray, float64
        """


class Distribution(Stage):
    """What a component is."""

    kind: ClassVar[str] = "distributions"
    #: Names that `fit.m_step.update` may list beside "weights".
    parameter_names: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def kernel(self, parameters: Parameters, log_weights: np.ndarray, centre: np.ndarray) -> Kernel:
        """Kernel for these parameters.

        Parameters
        ----------
        parameters : dict of str to ndarray
        log_weights : (k,)
            Natural log of the mixing proportions; part of every log joint density.
        centre : (d,)
            Point that `Block.x` is shifted by; statistics are about it.

        Raises
        ------
        DegenerateComponent
            A component has no density (a singular covariance).
        """

    @abstractmethod
    def collector(self, k: int, centre: np.ndarray, about: Parameters | None = None) -> Kernel:
        """Kernel whose `accumulate` works before there are parameters (for row rules).

        `about` is what `refine` asked for after a first pass.
        """

    @abstractmethod
    def counts(self, statistics: Statistics) -> np.ndarray:
        """Sum of weighted responsibilities of each component, (k,)."""

    def refine(self, statistics: Statistics, centre: np.ndarray) -> Parameters | None:
        """What statistics must be collected about again, where those about `centre` cancel.

        None where the statistics of a row rule are exact enough (the usual case).
        """
        return None

    @abstractmethod
    def maximize(
        self,
        statistics: Statistics,
        centre: np.ndarray,
        previous: Parameters | None,
        update: frozenset[str],
    ) -> Parameters:
        """M-step: parameters that maximise the expected complete-data log-likelihood.

        Parameters
        ----------
        statistics : dict of str to ndarray
            From kernels made with this `centre` and, where there are any, `previous`.
        centre : (d,)
        previous : dict of str to ndarray or None
            Parameters of the sweep; what is not in `update` keeps its value.
        update : frozenset of str
            Names from `parameter_names` to maximise over.

        Raises
        ------
        DegenerateComponent
            A component emptied or collapsed.
        """

    @abstractmethod
    def n_free(self, k: int, d: int, update: frozenset[str]) -> int:
        """Free parameters of the components (mixing proportions excepted)."""

    @abstractmethod
    def sample(
        self, parameters: Parameters, component: int, size: int, rng: np.random.Generator
    ) -> np.ndarray:
        """Draw `size` rows (size, d) of one component."""

    @abstractmethod
    def mean(self, parameters: Parameters) -> np.ndarray:
        """Mean of each component, (k, d); components are sorted by it."""

    @abstractmethod
    def covariance_matrices(self, parameters: Parameters) -> np.ndarray:
        """Covariance matrix of each component, (k, d, d), for reports and ellipses."""

    def extreme_eigenvalues(self, parameters: Parameters) -> tuple[np.ndarray, np.ndarray]:
        """Smallest and largest eigenvalue of each component's covariance matrix, (k,) each."""
        return extreme_eigenvalues(self.covariance_matrices(parameters))

    def marginal(self, parameters: Parameters, columns: np.ndarray) -> Parameters | None:
        """Parameters in these columns alone (indices, in this order); None where not closed."""
        return None

    def conditional(
        self, parameters: Parameters, columns: np.ndarray, given: np.ndarray
    ) -> Conditional | None:
        """The components in `columns` once the columns `given` are known; None if not closed.

        Where the columns of a component are independent: `IndependentColumns`.
        """
        return None

    def affine(
        self, parameters: Parameters, scale: np.ndarray, shift: np.ndarray
    ) -> Parameters | None:
        """Parameters of scale * x + shift, (d,) each, for x of these; None where not closed."""
        return None

    def change(self, previous: Parameters, parameters: Parameters, spread: np.ndarray) -> float:
        """Largest change of a parameter: relative to its array's largest entry.

        `spread` (d,) holds the standard deviations of the columns, for distributions whose
        parameters have a natural unit.
        """
        changes = [0.0]
        for name, old in previous.items():
            largest = float(np.abs(old).max())
            moved = float(np.abs(parameters[name] - old).max())
            changes.append(moved / largest if largest > 0.0 else moved)
        return max(changes)

    def embed(self, other: Distribution, parameters: Parameters) -> Parameters | None:
        """Parameters of `other` as parameters of this distribution, with the same densities.

        None where not every mixture of `other` is one of this distribution. Where it is, a fit of
        this distribution that ends lower is started again from these.
        """
        return None

    def refuse_parameters(self, parameters: Parameters, k: int, d: int) -> str | None:
        """Why these cannot be parameters of k components in d columns, or None.

        Asked of parameters that a user gave.
        """
        return None

    def refuse_update(self, update: frozenset[str]) -> str | None:
        """Why `maximize` cannot update just these names of `parameter_names`, or None."""
        return None

    def refuse(self, names: tuple[str, ...], moments: Moments) -> str | None:
        """Why data of these moments cannot come from this distribution, or None."""
        return None

    @property
    def monotone(self) -> bool:
        """Whether `maximize` never lowers the likelihood, with the options that are set."""
        return True

    @property
    def label(self) -> str:
        """Short name for tables: ``gaussian VVV``."""
        return self.type


@runtime_checkable
class Conjugate(Protocol):
    """A distribution that a `NormalPrior` can be put on, as `gmmflow.m_steps.map` does."""

    def maximize(
        self,
        statistics: Statistics,
        centre: np.ndarray,
        previous: Parameters | None,
        update: frozenset[str],
        prior: NormalPrior | None = None,
    ) -> Parameters:
        """As `Distribution.maximize`; under a prior the mode of the posterior."""

    def log_prior(
        self,
        parameters: Parameters,
        statistics: Statistics,
        centre: np.ndarray,
        prior: NormalPrior,
    ) -> float:
        """Log density of the prior, up to a constant, as `maximize` climbs it.

        `statistics` are of a sweep with these parameters.
        """


def refuse_empty(n: np.ndarray) -> None:
    """Raise for the first component that has lost its rows.

    Parameters
    ----------
    n : (k,)
        Expected rows of each component.

    Raises
    ------
    DegenerateComponent
        One has less than `EMPTY_SHARE` of them.
    """
    empty = np.flatnonzero(~(n > EMPTY_SHARE * n.sum()))
    if len(empty):
        raise DegenerateComponent(
            int(empty[0]),
            f"it emptied: its expected number of rows fell to {n[empty[0]]:.2g}",
            "try fewer components, another init or seed, or more restarts",
        )
