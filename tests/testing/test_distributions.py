"""Each law of distributions is broken by some stage, and the kit notices."""

import re
from threading import Lock
from typing import ClassVar, Literal

import numpy as np
import pytest

from gmmflow import ExponentialFamily
from gmmflow.distributions.conditional import IndependentColumns
from gmmflow.testing import check_stage, densities, distributions, parts
from gmmflow.testing.law import laws_in


class Waits(ExponentialFamily):
    """Exponential waiting times, independent from column to column: it keeps all laws."""

    type: Literal["local.waits"] = "local.waits"
    parameter_names: ClassVar[tuple[str, ...]] = ("rates",)

    def n_features(self, d):
        return d

    def features(self, x, out):
        np.copyto(out, x)

    def natural(self, parameters):
        return -parameters["rates"]

    def log_partition(self, parameters):
        return -np.log(parameters["rates"]).sum(axis=1)

    def from_mean_statistics(self, mean):
        return {"rates": 1.0 / mean}

    def n_free(self, k, d, update):
        return k * d if "rates" in update else 0

    def sample(self, parameters, component, size, rng):
        scale = 1.0 / parameters["rates"][component]
        return rng.exponential(scale, (size, len(scale)))

    def mean(self, parameters):
        return 1.0 / parameters["rates"]

    def covariance_matrices(self, parameters):
        rates = parameters["rates"]
        return np.eye(rates.shape[1]) / rates[:, :, None] ** 2

    def marginal(self, parameters, columns):
        return {"rates": parameters["rates"][:, columns]}

    def conditional(self, parameters, columns, given):
        return IndependentColumns(self, self.marginal(parameters, columns))

    def affine(self, parameters, scale, shift):
        return None if shift.any() else {"rates": parameters["rates"] / scale}

    def refuse(self, names, moments):
        return "a value below 0" if (moments.low < 0).any() else None


class Wrapped:
    """A kernel that does something else than the one it holds."""

    def __init__(self, kernel, accumulate=None, held=None):
        self.kernel, self._accumulate, self.held = kernel, accumulate, held
        self.shape = kernel.shape

    def log_joint(self, block, out):
        self.kernel.log_joint(block, out)

    def accumulate(self, block, resp, into):
        if self._accumulate is None:
            self.kernel.accumulate(block, resp, into)
        else:
            self._accumulate(self.kernel, block, resp, into)


def with_kernels(accumulate=None, make_held=None):
    """Waits whose kernels accumulate in another way, or hold something."""

    class Changed(Waits):
        """Exponential waiting times with kernels that are not as they should be."""

        def kernel(self, parameters, log_weights, centre):
            made = super().kernel(parameters, log_weights, centre)
            return Wrapped(made, accumulate, make_held and make_held())

        def collector(self, k, centre, about=None):
            return Wrapped(super().collector(k, centre, about), accumulate)

    return Changed


def averages(kernel, block, resp, into):
    kernel.accumulate(block, resp / len(block), into)


def overwrites(kernel, block, resp, into):
    into.clear()
    kernel.accumulate(block, resp, into)


def counts_everyone(kernel, block, resp, into):
    kernel.accumulate(block, resp + 0.01, into)


def takes_roots(kernel, block, resp, into):
    kernel.accumulate(block, np.sqrt(resp), into)


def in_place(kernel, block, resp, into):
    resp *= 1.0 + 1e-9
    kernel.accumulate(block, resp, into)


def single(kernel, block, resp, into):
    kernel.accumulate(block, resp, into)
    into["sums"] = into["sums"].astype(np.float32)


def changed(**methods):
    """Waits with other methods."""
    return type("Changed", (Waits,), {"__doc__": "Exponential waiting times, wrong.", **methods})


def always_estimates(self, statistics, centre, previous, update):
    sums = statistics["sums"]
    return {"rates": (sums[-1] / sums[:-1]).T}


def never_complains(self, statistics, centre, previous, update):
    with np.errstate(all="ignore"):
        return always_estimates(self, statistics, centre, previous, update)


def about_the_centre(self, statistics, centre, previous, update):
    sums = statistics["sums"]
    return {"rates": 1.0 / ((sums[:-1] / sums[-1]).T + np.abs(centre))}


def leaves_the_optimum(self, mean):
    return {"rates": 1.0 / (mean + mean.mean(axis=0))}


class Unweighted(Waits):
    """Exponential waiting times without mixing proportions."""

    def kernel(self, parameters, log_weights, centre):
        return super().kernel(parameters, np.zeros_like(log_weights), centre)


class TwiceCollected(Waits):
    """Exponential waiting times whose first sums are doubled."""

    def collector(self, k, centre, about=None):
        kernel = super().collector(k, centre, about)
        return Wrapped(
            kernel, lambda kernel, block, resp, into: kernel.accumulate(block, 2 * resp, into)
        )


RATES = {"rates": np.array([[0.5, 2.0], [4.0, 1.0]])}


def true_density(rows, parameters):
    rates = parameters["rates"][:, None]
    return (np.log(rates) - rates * rows).sum(axis=2)


def half_the_density(rows, parameters):
    return true_density(rows, parameters) - np.log(2.0)


BEST = "maximize is the best of its family"
CLIMBS = "EM never lowers the log-likelihood"
BLOCKS = "blocks of any size give the same densities and statistics"

CASES = [
    ("statistics of two sets of rows add up to those of both", with_kernels(averages), "counts"),
    (
        "counts are the sums of the responsibilities",
        changed(counts=lambda self, statistics: statistics["sums"][-1] + 1.0), "counts",
    ),
    ("the collector sums what the kernel sums", TwiceCollected, "counts"),
    (BLOCKS, with_kernels(overwrites), "M-step"),
    (
        "the centre that statistics are about does not matter",
        changed(maximize=about_the_centre), "another centre",
    ),
    (BEST, changed(from_mean_statistics=leaves_the_optimum), "another member|fell"),
    (CLIMBS, changed(from_mean_statistics=leaves_the_optimum), "fell"),
    (
        "n_free counts the directions in which parameters can go",
        changed(n_free=lambda self, k, d, update: k * d + 1), "n_free says 5 .*; 4 were counted",
    ),
    ("what is not updated keeps its value", changed(maximize=always_estimates), "'rates', where"),
    ("a row of weight zero is as if it were not there", with_kernels(counts_everyone), "M-step"),
    ("a weight of three is three equal rows", with_kernels(takes_roots), "M-step"),
    (
        "a component without rows raises DegenerateComponent",
        changed(maximize=never_complains), "component 1 has no rows",
    ),
    ("float32 rows give float32 densities", with_kernels(single), "float32, not float64"),
    (
        "its own samples are not refused",
        changed(refuse=lambda self, names, moments: "never"), "refused: never",
    ),
    ("inputs stay as they are", with_kernels(in_place), "responsibilities after a sweep"),
    ("kernels travel to other processes", with_kernels(make_held=Lock), "cannot pickle"),
    ("log weights are part of the log joint density", Unweighted, "log joint density"),
    (
        "the density integrates to 1",
        changed(log_partition=lambda self, p: np.log(2.0) - np.log(p["rates"]).sum(axis=1)),
        "integral of the density: .*0.5",
    ),
    (
        "samples follow the density",
        changed(sample=lambda self, p, c, size, rng: Waits.sample(self, p, c, size, rng) / 1.2),
        "from the density",
    ),
    (
        "samples have the mean and the covariances that are said",
        changed(mean=lambda self, p: 1.1 / p["rates"]), "standard errors",
    ),
    (
        "samples depend on the generator alone",
        changed(sample=lambda self, p, c, size, rng: Waits.sample(self, p, c, size, np.random)),
        "second sample|global generator",
    ),
    (
        "parameters of stretched and shifted rows have the density of such rows",
        changed(affine=lambda self, p, scale, shift: {"rates": p["rates"] * scale}),
        "mapped log density",
    ),
    (
        "a marginal law is that of its columns",
        changed(marginal=lambda self, p, columns: {"rates": p["rates"][:, : len(columns)]}),
        "in another order",
    ),
    (
        "joint is marginal times conditional",
        changed(
            conditional=lambda self, p, columns, given: IndependentColumns(
                self, {"rates": 1.01 * p["rates"][:, columns]}
            )
        ),
        "marginal times conditional",
    ),
]  # fmt: skip


def test_a_lawful_distribution_passes_all():
    results = check_stage(Waits, parameters=RATES, log_density=true_density)
    others = {each.name for each in results if each.status != "passed"}
    # A test module is imported by its name or not, as pytest was started.
    assert others <= {"importing the module loads no heavy library"}


@pytest.mark.parametrize(("law", "stage", "text"), CASES, ids=[law for law, *_ in CASES])
def test_a_broken_law_is_noticed(failures, law, stage, text):
    found = failures(stage, parameters=RATES)
    assert law in found, found
    assert re.search(text, found[law]), found[law]


def test_a_wrong_density_is_noticed(failures):
    found = failures(Waits, parameters=RATES, log_density=half_the_density)
    assert list(found) == ["the log density is that of an independent source"]


def test_every_law_is_broken_somewhere():
    broken = {law for law, *_ in CASES} | {"the log density is that of an independent source"}
    assert broken == {law.name for law in laws_in(distributions, densities, parts)}


def test_rows_are_found_for_laws_of_positive_data(failures):
    assert failures(Waits) == {}


def test_where_no_rows_suit_the_laws_are_skipped_with_the_reason():
    class Picky(Waits):
        """A distribution that refuses everything."""

        def refuse(self, names, moments):
            return "not these"

    results = {each.name: each for each in check_stage(Picky)}
    skipped = results["maximize is the best of its family"]
    assert skipped.status == "skipped"
    assert skipped.message == "no example rows suit it: give rows=... (not these)"
