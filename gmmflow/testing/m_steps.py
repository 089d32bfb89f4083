"""Laws of M-steps, checked with Gaussian components."""

from __future__ import annotations

import numpy as np

from gmmflow.covariances.vvv import VVV
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import DegenerateComponent
from gmmflow.initializers.random_points import RandomPoints
from gmmflow.testing.components import Components, first_fit
from gmmflow.testing.data import dataset, groups
from gmmflow.testing.fits import never_falls
from gmmflow.testing.law import Broken, Skip, agree, law, require
from gmmflow.testing.subject import Subject
from gmmflow.values.mixture import Mixture

NAMES = ("weights", "means", "covariances")


def mixture() -> tuple[Components, Mixture]:
    """A mixture of three Gaussians, and rows for it."""
    rows, gaussian = groups()[0], Gaussian(covariance=VVV())
    components = Components(gaussian, first_fit(gaussian, rows, k=3), rows)
    return components, Mixture(gaussian, np.array([0.5, 0.3, 0.2]), components.parameters)


def step(subject: Subject, resp: np.ndarray, first: bool = False) -> Mixture:
    """One M-step from responsibilities; `first` is that after a row rule."""
    c, before = mixture()
    kernel = c.distribution.collector(c.k, c.centre) if first else c.kernel()
    found: Mixture = subject.stage.maximize(
        c.distribution, None if first else before, c.statistics(resp, kernel=kernel), c.centre
    )
    return found


@law("the result is a mixture")
def valid(subject: Subject) -> None:
    """Weights are not negative and sum to 1; parameters are those of the distribution."""
    c, _ = mixture()
    for first in (True, False):
        found = step(subject, c.resp(), first)
        require(found.weights.shape == (3,), f"weights have shape {found.weights.shape}")
        require((found.weights >= 0.0).all(), f"a weight is {found.weights.min()}")
        agree(found.weights.sum(), np.array(1.0), 1e-12, "sum of the weights")
        refused = c.distribution.refuse_parameters(found.parameters, 3, c.rows.shape[1])
        require(refused is None, f"{refused}")
        require(found.distribution == c.distribution, "the distribution was changed")


@law("the first step estimates everything")
def everything(subject: Subject) -> None:
    """There is nothing to keep yet: other rows give other parameters."""
    c, _ = mixture()
    a, b = step(subject, c.resp(0), first=True), step(subject, c.resp(1) ** 2, first=True)
    for name, value in a.parameters.items():
        require((value != b.parameters[name]).any(), f"{name} are not estimated")


@law("what is not updated keeps its value")
def kept(subject: Subject) -> None:
    """Bit by bit, for a stage that has the option `update`."""
    c, before = mixture()
    names = getattr(subject.stage, "update", None)
    if "update" not in type(subject.stage).model_fields:
        raise Skip("it has no option `update`")
    for chosen in [names] if names else [(name,) for name in NAMES]:
        stage = subject.stage.model_copy(update={"update": chosen})
        found = stage.maximize(c.distribution, before, c.statistics(c.resp()), c.centre)
        values = {"weights": (found.weights, before.weights)}
        for name, value in before.parameters.items():
            values[name] = (found.parameters[name], value)
        if getattr(stage, "weights", "free") == "equal":
            del values["weights"]  # the option decides them
        for name, (after, value) in values.items():
            if name not in chosen:
                agree(after, value, 0.0, f"{name}, where {', '.join(chosen)} are updated")
            else:
                require((after != value).any(), f"{name} are not updated")


@law("n_free is at least that of nothing and at most that of all")
def free(subject: Subject) -> None:
    """Free parameters: whole, and no more than weights and all parameters have."""
    c, _ = mixture()
    most = 2 + c.distribution.n_free(3, 2, c.everything)
    said = subject.stage.n_free(c.distribution, 3, 2)
    require(isinstance(said, int), f"n_free is {said!r}, not a whole number")
    require(0 <= said <= most, f"n_free is {said}; it lies between 0 and {most}")


@law("a usual distribution is not refused")
def accepts(subject: Subject) -> None:
    """`refuse` answers None, or says why."""
    refused = subject.stage.refuse(Gaussian(covariance=VVV()))
    require(refused is None, f"a Gaussian is refused: {refused}")


@law("a component without rows raises DegenerateComponent")
def empty(subject: Subject) -> None:
    """The candidate ends with a message, and the others go on."""
    c, _ = mixture()
    resp = c.resp()
    resp[0] += resp[1]
    resp[1] = 0.0
    try:
        found = step(subject, resp)
    except DegenerateComponent as error:
        require(error.component == 1, f"component 1 is empty; the error names {error.component}")
        return
    if np.isfinite(found.weights).all() and all(
        np.isfinite(value).all() for value in found.parameters.values()
    ):
        # Under a prior, or where only some parameters are learned, a component can go on.
        raise Skip("it goes on with a component that has no rows, all numbers finite")
    raise Broken("component 1 has no rows, and the M-step gave numbers that are not finite")


@law("inputs stay as they are")
def untouched(subject: Subject) -> None:
    """The previous mixture and the statistics are values."""
    c, before = mixture()
    statistics = c.statistics(c.resp())
    copies = {name: value.copy() for name, value in statistics.items()}
    subject.stage.maximize(c.distribution, before, statistics, c.centre)
    for name, value in copies.items():
        agree(statistics[name], value, 0.0, f"statistics {name!r}")
    again = mixture()[1]
    agree(before.weights, again.weights, 0.0, "previous weights")
    for name, value in again.parameters.items():
        agree(before.parameters[name], value, 0.0, f"previous {name}")


@law("log_prior is a number, whatever the order of the components")
def prior(subject: Subject) -> None:
    """It is added to the objective; without a prior it is 0."""
    c, before = mixture()
    order = np.array([2, 0, 1])
    said = subject.stage.log_prior(before, c.statistics(c.resp()), c.centre)
    require(
        isinstance(said, float) and bool(np.isfinite(said)), f"log_prior is {said!r}, not a number"
    )
    turned = before.reorder(order)
    kernel = turned.kernel(c.centre)
    again = subject.stage.log_prior(turned, c.statistics(c.resp()[order], kernel=kernel), c.centre)
    agree(np.array(again), np.array(said), 1e-9, "log_prior of reordered components")


@law("EM never lowers the objective")
def monotone(subject: Subject) -> None:
    """A real fit of three groups of rows, three seeds."""
    never_falls(dataset(groups()[0]), 3, subject.folder, m_step=subject.stage, init=RandomPoints())
