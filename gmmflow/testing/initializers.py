"""Laws of initializers, checked with Gaussian components on three groups of rows.

Starts on other chunks agree to 1e-9 of the largest entry: one M-step of sums in another order.
"""

from __future__ import annotations

import pickle

import numpy as np

from gmmflow.covariances.vii import VII
from gmmflow.distributions.base import Distribution
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.em.candidate import Candidate
from gmmflow.em.prepare import prepare
from gmmflow.em.start import sampler
from gmmflow.errors import DataError
from gmmflow.executors.threads import Threads
from gmmflow.initializers.base import RowRule, StartContext
from gmmflow.testing import fits
from gmmflow.testing.components import cut
from gmmflow.testing.data import dataset, groups, ragged
from gmmflow.testing.law import Broken, Skip, agree, law, no_global_random, require
from gmmflow.testing.subject import Subject
from gmmflow.values.dataset import Dataset
from gmmflow.values.mixture import Mixture

K = 3
SUMS = 1e-9
#: A rule for many rows may be larger than one for few by this factor, and by so many bytes.
GROWTH, SLACK = 1.5, 1024


def labelled(repeat: int = 1) -> Dataset:
    """The example rows with their groups as labels, `repeat` times."""
    rows, labels = groups()
    return dataset(np.tile(rows, (repeat, 1)), labels=np.tile(labels, repeat))


def begin(
    subject: Subject, data: Dataset, k: int = K, seed: int = 1, restarts: int = 1
) -> list[Candidate]:
    """First mixtures, as a run makes them."""
    chosen = fits.settings(k, subject.folder, init=subject.stage, seed=seed, restarts=restarts)
    return fits.start(data, chosen)


def first(subject: Subject, data: Dataset, k: int = K, seed: int = 1, start: int = 0) -> Mixture:
    """The first mixture of a start."""
    candidate = begin(subject, data, k, seed, start + 1)[start]
    if candidate.mixture is None:
        assert candidate.stop is not None, "a candidate without a mixture has stopped"
        raise Broken(f"the start is degenerate: {candidate.stop.message}")
    return candidate.mixture


def rule(
    subject: Subject, data: Dataset, k: int = K, seed: int = 1, start: int = 0,
    distribution: Distribution | None = None,
) -> RowRule | Mixture:  # fmt: skip
    """What the initializer itself returns."""
    chosen = fits.settings(k, subject.folder, distribution, init=subject.stage, seed=seed)
    with Threads(threads=1).start() as engine:
        prepared = prepare(data, chosen, engine)
        context = StartContext(
            names=data.names,
            moments=prepared.moments,
            label_names=data.label_names,
            folder=subject.folder,
            seed=seed,
            start=start,
            sample=sampler(data, chosen, engine, prepared.frame),
            to_model=prepared.frame.to_model,
        )
        found: RowRule | Mixture = subject.stage.start(k, chosen.distributions[0], context)
        return found


def resp(given: RowRule | Mixture, data: Dataset, k: int, size: int | None = None) -> np.ndarray:
    """Responsibilities (k, n) that a row rule gives."""
    if isinstance(given, Mixture):
        raise Skip("it gives a mixture, not a row rule")
    found = np.empty((k, data.n_rows), data.rows.dtype)
    for part, block in cut(data.rows, data.rows.mean(axis=0).astype(float), size):
        block.labels = None if data.labels is None else data.labels[part]
        out = np.full((k, len(block)), np.nan, block.dtype)
        given(block, out)
        found[:, part] = out
    return found


@law("the start is a mixture")
def valid(subject: Subject) -> None:
    """Weights are positive and sum to 1, parameters are finite and of the distribution."""
    for k in (K, 1):
        if k == 1 and type(subject.stage).ordered:
            continue
        mixture = first(subject, labelled(), k)
        require(mixture.weights.shape == (k,), f"weights have shape {mixture.weights.shape}")
        require((mixture.weights > 0.0).all(), f"a weight is {mixture.weights.min()}")
        agree(mixture.weights.sum(), np.array(1.0), 1e-12, "sum of the weights")
        refused = mixture.distribution.refuse_parameters(mixture.parameters, k, 2)
        require(refused is None, f"{refused}")


@law("responsibilities sum to 1, or to 0 for rows that take no part")
def shares(subject: Subject) -> None:
    """Every entry is filled, and none is negative, in both types of rows."""
    data = labelled()
    for dtype, allowed in ((np.float64, 1e-12), (np.float32, 1e-5)):
        typed = dataset(data.rows.astype(dtype), labels=data.labels)
        found = resp(rule(subject, typed), typed, K)
        require(np.isfinite(found).all(), f"a responsibility is not filled in ({dtype.__name__})")
        require((found >= 0.0).all(), f"a responsibility is {found.min()}")
        total = found.sum(axis=0, dtype=float)
        agree(total[total != 0.0], np.ones(np.count_nonzero(total)), allowed, "sums")
        require((total != 0.0).any(), "no row takes part")


@law("a row's responsibilities do not depend on its block")
def rowwise(subject: Subject) -> None:
    """They depend on the row and its place in the data; the same bits in blocks of any size."""
    data = labelled()
    given = rule(subject, data)
    agree(resp(given, data, K, 37), resp(given, data, K), 0.0, "responsibilities in small blocks")


@law("chunks do not matter")
def chunked(subject: Subject) -> None:
    """One chunk, many, and ragged ones with an empty one between them give the same start."""
    data = labelled()
    expected = first(subject, data)
    for chunks in ((1,) * 5 + (data.n_rows - 5,), ragged(data.n_rows), (60,) * 7):
        found = first(subject, dataset(data.rows, chunks, labels=data.labels))
        _agree(found, expected, SUMS, f"the start on chunks of {chunks} rows")


@law("the same seed gives the same start")
def repeatable(subject: Subject) -> None:
    """Bit by bit, each restart too."""
    for start in range(1 if type(subject.stage).deterministic else 2):
        a, b = (first(subject, labelled(), start=start) for _ in range(2))
        _agree(a, b, 0.0, f"restart {start}, a second time")


@law("another restart or seed gives another start, unless it is deterministic")
def varied(subject: Subject) -> None:
    """Restarts that are all the same would be wasted."""
    data = labelled()
    usual, reseeded = first(subject, data), first(subject, data, seed=2)
    if type(subject.stage).deterministic:
        _agree(reseeded, usual, 0.0, "the start of another seed")
        return
    starts = begin(subject, data, restarts=6)
    others = [reseeded, *(each.mixture for each in starts[1:] if each.mixture is not None)]
    require(
        any((_flat(other) != _flat(usual)).any() for other in others),
        "5 restarts and another seed give the same start; say deterministic = True if that is so",
    )


@law("a start that distributions share does not look at them")
def shared(subject: Subject) -> None:
    """It is a row rule, and the same for a distribution of another kind."""
    if type(subject.stage).by_distribution:
        raise Skip("it may depend on the distribution")
    data = labelled()
    given = rule(subject, data)
    require(not isinstance(given, Mixture), "a mixture is of one distribution: return a row rule")
    other = rule(subject, data, distribution=Gaussian(covariance=VII()))
    agree(resp(other, data, K), resp(given, data, K), 0.0, "responsibilities for gaussian VII")


@law("no global random generator is used")
def no_global_state(subject: Subject) -> None:
    """Draws come from `context.rng()` or from row_uniforms."""
    with no_global_random():
        first(subject, labelled())


@law("rows stay as they are")
def untouched(subject: Subject) -> None:
    """Data in memory belong to the caller."""
    data = labelled()
    writable = dataset(data.rows.copy(), labels=data.labels.copy())
    first(subject, writable)
    agree(writable.rows, data.rows, 0.0, "rows after the start")
    agree(writable.labels, data.labels, 0.0, "labels after the start")


@law("rows of weight zero take no part")
def weightless(subject: Subject) -> None:
    """The start is that of the other rows."""
    data, far = labelled(), np.full((30, 2), 1e3)
    rows, labels = np.concatenate([data.rows, far]), np.concatenate([data.labels, [0] * 30])
    weight = np.repeat([1.0, 0.0], [data.n_rows, 30])
    found = first(subject, dataset(rows, None, weight, labels.astype(np.int32)))
    _agree(found, first(subject, data), SUMS, "the start beside rows of weight zero")


@law("duplicate rows are no obstacle")
def duplicates(subject: Subject) -> None:
    """Rows that are there thirty times, and many components that still have enough of them."""
    data = labelled()
    kept = [i for group in range(K) for i in np.flatnonzero(data.labels == group)[:4]]
    many = dataset(np.repeat(data.rows[kept], 30, axis=0), labels=np.repeat(data.labels[kept], 30))
    for seed in range(5):
        found = resp(rule(subject, many, seed=seed), many, K)
        require((found.sum(axis=1) > 0.0).all(), f"a component has no row (seed {seed})")


@law("as many components as rows")
def crowded(subject: Subject) -> None:
    """With k = n distinct rows: a start, or a DataError that says why not."""
    k = K if type(subject.stage).ordered else 6
    data = labelled()
    rows = data.rows[[int(np.flatnonzero(data.labels == i % K)[i]) for i in range(k)]]
    few = dataset(rows, labels=np.arange(k, dtype=np.int32))
    try:
        found = resp(rule(subject, few, k), few, k)
    except DataError as error:
        require(error.remedy, f"the error lacks a remedy: {error}")
        return
    require(np.isfinite(found).all(), "a responsibility is not finite")


@law("nothing of the size of the data is kept, and it travels")
def small(subject: Subject) -> None:
    """The rule is sent to every worker; it may not grow with the rows."""
    import cloudpickle

    sizes = []
    for data in (labelled(), labelled(10)):
        found = rule(subject, data)
        sent = cloudpickle.dumps(found)
        sizes.append(len(sent))
        if not isinstance(found, Mixture):
            again = resp(pickle.loads(sent), data, K)
            agree(again, resp(found, data, K), 0.0, "responsibilities of the rule that travelled")
    require(
        sizes[1] <= GROWTH * sizes[0] + SLACK,
        f"it takes {sizes[0]} bytes for {labelled().n_rows} rows and {sizes[1]} for ten times as "
        "many",
    )


def _flat(mixture: Mixture) -> np.ndarray:
    return np.concatenate([mixture.weights, *(v.ravel() for v in mixture.parameters.values())])


def _agree(found: Mixture, expected: Mixture, tolerance: float, what: str) -> None:
    agree(found.weights, expected.weights, tolerance, f"weights of {what}")
    for name, value in expected.parameters.items():
        agree(found.parameters[name], value, tolerance, f"{name} of {what}")
