"""Laws of distributions, first part: statistics and M-step; `densities` has the second.

Tolerances: sums of the same numbers in another order agree to 1e-10 of the largest entry (some
thousand roundings of 1e-16, and the cancellation of moments about a centre inside the data).
"""

from __future__ import annotations

import pickle

import numpy as np

from gmmflow.errors import DegenerateComponent
from gmmflow.initializers.random_points import RandomPoints
from gmmflow.testing.components import Components, accumulate, cut, example
from gmmflow.testing.data import dataset
from gmmflow.testing.family import best_of_family, free_directions
from gmmflow.testing.fits import never_falls
from gmmflow.testing.law import Broken, agree, law, require
from gmmflow.testing.subject import Subject
from gmmflow.values.mixture import Parameters, Statistics, add_statistics
from gmmflow.values.moments import measure

#: Sums in another order.
SUMS = 1e-10
#: float32 has 7 digits; products over some hundred rows and a few columns keep 3 of them.
SINGLE = 1e-3


def components(subject: Subject, d: int | None = None) -> Components:
    """The example components of a subject."""
    return example(subject.stage, subject.examples, d)


@law("statistics of two sets of rows add up to those of both")
def additive(subject: Subject) -> None:
    """What makes EM work chunk by chunk."""
    c = components(subject)
    resp, half = c.resp(), len(c.rows) // 3
    a = c.statistics(resp[:, :half], c.rows[:half])
    b = c.statistics(resp[:, half:], c.rows[half:])
    added = add_statistics(a, b)
    for name, value in {**a, **b}.items():
        require(value.dtype == np.float64, f"statistics {name!r} are {value.dtype}, not float64")
    whole = c.statistics(resp)
    agree(c.distribution.counts(added), c.distribution.counts(whole), SUMS, "counts")
    _agree_parameters(c.maximize(added), c.maximize(whole), "the M-step from the sum")


@law("counts are the sums of the responsibilities")
def counted(subject: Subject) -> None:
    """They become the mixing proportions."""
    c = components(subject)
    resp = c.resp()
    found = c.distribution.counts(c.statistics(resp))
    agree(found, resp.sum(axis=1), SUMS, "counts")


@law("the collector sums what the kernel sums")
def collected(subject: Subject) -> None:
    """The first M-step, after a row rule, is an M-step like any other."""
    c = components(subject)
    resp = c.resp()
    collector = c.distribution.collector(c.k, c.centre)
    statistics = c.statistics(resp, kernel=collector)
    agree(c.distribution.counts(statistics), resp.sum(axis=1), SUMS, "counts")
    first = c.distribution.maximize(statistics, c.centre, None, c.everything)
    _agree_parameters(first, c.estimate(resp), "the first M-step", 1e-8)


@law("blocks of any size give the same densities and statistics")
def blockwise(subject: Subject) -> None:
    """Block sizes are a matter of speed alone."""
    c = components(subject)
    resp = c.resp()
    # Products of other shapes add in another order.
    pieces = [c.log_density(c.rows[i : i + 37]) for i in range(0, len(c.rows), 37)]
    agree(np.concatenate(pieces, axis=1), c.log_density(), 1e-9, "log density")
    _agree_parameters(
        c.maximize(c.statistics(resp, size=37)), c.maximize(c.statistics(resp)), "the M-step"
    )


@law("the centre that statistics are about does not matter")
def centred(subject: Subject) -> None:
    """It is a matter of rounding: 1e-8 for a centre three standard deviations off."""
    c = components(subject)
    resp, away = c.resp(), c.centre + 3.0 * c.rows.std(axis=0)
    kernel = c.distribution.kernel(c.parameters, np.zeros(c.k), away)
    statistics = accumulate(kernel, c.rows, resp, away)
    moved = c.distribution.maximize(statistics, away, c.parameters, c.everything)
    _agree_parameters(moved, c.estimate(resp), "the M-step about another centre", 1e-8)


@law("maximize is the best of its family")
def best(subject: Subject) -> None:
    """No other member of the family has more expected complete-data log-likelihood."""
    c = components(subject)
    best_of_family(c)


@law("EM never lowers the log-likelihood")
def monotone(subject: Subject) -> None:
    """A real fit of the example rows, three seeds."""
    c = components(subject)
    never_falls(
        dataset(c.rows), c.k, subject.folder, distribution=c.distribution, init=RandomPoints()
    )


@law("n_free counts the directions in which parameters can go")
def free(subject: Subject) -> None:
    """Counted as the rank of how densities move when the rows are weighted anew."""
    c = components(subject)
    d = c.rows.shape[1]
    said = c.distribution.n_free(c.k, d, c.everything)
    found = free_directions(c, 2 * said + 8)
    require(found == said, f"n_free says {said} for k = {c.k}, d = {d}; {found} were counted")
    nothing = c.distribution.n_free(c.k, d, frozenset({"weights"}))
    require(nothing == 0, f"n_free says {nothing} where no parameter is updated")


@law("what is not updated keeps its value")
def kept(subject: Subject) -> None:
    """`update` without a parameter leaves its array as it was."""
    c = components(subject)
    names = c.distribution.parameter_names
    require(names, "parameter_names is empty: nothing can be learned")
    statistics = c.statistics(c.resp())
    same = c.distribution.maximize(statistics, c.centre, c.parameters, frozenset({"weights"}))
    for name, value in c.parameters.items():
        agree(same[name], value, 0.0, f"{name!r}, where only weights are updated")
    for chosen in names:
        update = frozenset({"weights", chosen})
        if chosen not in c.parameters or c.distribution.refuse_update(update) is not None:
            continue
        found = c.distribution.maximize(statistics, c.centre, c.parameters, update)
        for name in c.parameters.keys() - {chosen}:
            agree(found[name], c.parameters[name], 0.0, f"{name!r}, where {chosen} are updated")


@law("a row of weight zero is as if it were not there")
def absent(subject: Subject) -> None:
    """Row weights multiply the responsibilities."""
    c = components(subject)
    resp, half = c.resp(), len(c.rows) // 2
    zeroed = resp.copy()
    zeroed[:, :half] = 0.0
    without = c.statistics(np.ascontiguousarray(resp[:, half:]), c.rows[half:])
    _agree_parameters(c.maximize(c.statistics(zeroed)), c.maximize(without), "the M-step", 1e-9)


@law("a weight of three is three equal rows")
def repeated(subject: Subject) -> None:
    """Row weights are counts."""
    c = components(subject)
    resp, counts = c.resp(), np.where(np.arange(len(c.rows)) % 4 == 0, 3, 1)
    many = c.statistics(np.repeat(resp, counts, axis=1), np.repeat(c.rows, counts, axis=0))
    _agree_parameters(c.maximize(c.statistics(resp * counts)), c.maximize(many), "the M-step", 1e-9)


@law("a component without rows raises DegenerateComponent")
def empty(subject: Subject) -> None:
    """The candidate ends with a message, and the others go on."""
    c = components(subject)
    resp = c.resp()
    resp[0] += resp[1]
    resp[1] = 0.0
    try:
        found = c.estimate(resp)
    except DegenerateComponent as error:
        require(error.component == 1, f"component 1 is empty; the error names {error.component}")
        require(error.reason and error.remedy, "the error lacks a reason or a remedy")
        return
    raise Broken(f"component 1 has no rows, and the M-step gave {found}")


@law("float32 rows give float32 densities")
def single(subject: Subject) -> None:
    """Products in float32, sums in float64; three digits stay."""
    c = components(subject)
    rows, resp = c.rows.astype(np.float32), c.resp()
    scale = max(1.0, float(np.abs(c.log_density()).max()))
    agree(c.log_density(rows), c.log_density(rows.astype(float)), SINGLE, "log density", scale)
    statistics = c.statistics(resp, rows)
    for name, value in statistics.items():
        require(value.dtype == np.float64, f"statistics {name!r} are {value.dtype}, not float64")
    _agree_parameters(c.maximize(statistics), c.estimate(resp), "the M-step", SINGLE)


@law("its own samples are not refused")
def accepts(subject: Subject) -> None:
    """Neither the rows nor the parameters; and the change to itself is zero."""
    c = components(subject)
    d = c.rows.shape[1]
    for refused in (
        c.distribution.refuse(tuple(f"x{i}" for i in range(d)), measure(c.rows)),
        c.distribution.refuse_parameters(c.parameters, c.k, d),
    ):
        require(refused is None, f"refused: {refused}")
    spread = c.rows.std(axis=0)
    moved = c.distribution.change(c.parameters, c.parameters, spread)
    require(moved == 0.0, f"the change from parameters to themselves is {moved}")
    other = c.distribution.change(c.parameters, c.estimate(c.resp()), spread)
    require(np.isfinite(other) and other > 0.0, f"the change to other parameters is {other}")


@law("inputs stay as they are")
def untouched(subject: Subject) -> None:
    """Rows, responsibilities, statistics and parameters are values."""
    c = components(subject)
    resp, rows = c.resp(), c.rows.copy()
    parameters = {name: value.copy() for name, value in c.parameters.items()}
    c.log_density(rows)
    statistics: Statistics = {}
    given = resp.copy()
    kernel = c.kernel()
    for _, block in cut(rows, c.centre, shape=kernel.shape):
        kernel.accumulate(block, given, statistics)
    before = {name: value.copy() for name, value in statistics.items()}
    c.maximize(statistics)
    agree(rows, c.rows, 0.0, "rows after a sweep")
    agree(given, resp, 0.0, "responsibilities after a sweep")
    for name, value in before.items():
        agree(statistics[name], value, 0.0, f"statistics {name!r} after the M-step")
    for name, value in parameters.items():
        agree(c.parameters[name], value, 0.0, f"parameters {name!r} after the M-step")


@law("kernels travel to other processes")
def kernels_pickle(subject: Subject) -> None:
    """A kernel is a plain value with the numbers of one sweep."""
    import cloudpickle

    c = components(subject)
    again = pickle.loads(cloudpickle.dumps(c.kernel()))
    agree(c.log_density(kernel=again), c.log_density(), 0.0, "log density")
    resp, collector = c.resp(), c.distribution.collector(c.k, c.centre)
    again = pickle.loads(cloudpickle.dumps(collector))
    for name, value in c.statistics(resp, kernel=collector).items():
        agree(c.statistics(resp, kernel=again)[name], value, 0.0, f"statistics {name!r}")


def _agree_parameters(
    found: Parameters, expected: Parameters, what: str, tolerance: float = SUMS
) -> None:
    require(found.keys() == expected.keys(), f"{what} has {list(found)}, not {list(expected)}")
    for name, value in expected.items():
        agree(found[name], value, tolerance, f"{name!r} of {what}")
