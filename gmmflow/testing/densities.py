"""Laws of distributions, second part: densities, samples, and other units."""

from __future__ import annotations

import numpy as np

from gmmflow.testing import density
from gmmflow.testing.distributions import components
from gmmflow.testing.law import Skip, agree, law, no_global_random, require
from gmmflow.testing.samples import follows_moments
from gmmflow.testing.subject import Subject

#: Kolmogorov's distance times sqrt(n) exceeds this once in 30 million samples of the right law.
KOLMOGOROV = 3.0


@law("log weights are part of the log joint density")
def weighted(subject: Subject) -> None:
    """log_joint = log weight + log density."""
    c = components(subject)
    log_weights = np.log(np.arange(1.0, c.k + 1.0))
    kernel = c.distribution.kernel(c.parameters, log_weights, c.centre)
    joint = c.log_density(kernel=kernel)
    agree(joint, c.log_density() + log_weights[:, None], 1e-10, "log joint density")


@law("the log density is that of an independent source")
def known_density(subject: Subject) -> None:
    """The author's `log_density`; 1e-9 of the largest, or absolute where that is small."""
    if subject.examples.log_density is None:
        raise Skip(
            "no independent density: give log_density=... (the next laws hold it to its own sum "
            "and to samples)"
        )
    c = components(subject)
    expected = np.asarray(subject.examples.log_density(c.rows, c.parameters))
    scale = max(1.0, float(np.abs(expected).max()))
    agree(c.log_density(), expected, 1e-9, "log density", scale)


@law("the density integrates to 1")
def integrates(subject: Subject) -> None:
    """In one column, over everything that is not refused; 1e-6 is left to the integration."""
    c = components(subject, d=1)
    over = density.grid(c)
    agree(density.mass(c, over).sum(axis=1), np.ones(c.k), 1e-6, "integral of the density")


@law("samples follow the density")
def sampled(subject: Subject) -> None:
    """In one column, by Kolmogorov's distance."""
    c = components(subject, d=1)
    over = density.grid(c)
    probability, rng = density.mass(c, over), np.random.default_rng(1)
    for component in range(c.k):
        rows = c.distribution.sample(c.parameters, component, 4000, rng)[:, 0]
        distance = density.farthest_from_sample(probability[component], over, rows)
        require(
            distance <= KOLMOGOROV,
            f"component {component}: the sample is {distance:.2f} / sqrt(n) from the density, "
            f"more than {KOLMOGOROV}",
        )


@law("samples have the mean and the covariances that are said")
def moments_true(subject: Subject) -> None:
    """`mean` orders the components, and both are drawn in reports."""
    c = components(subject)
    follows_moments(c)


@law("samples depend on the generator alone")
def reproducible(subject: Subject) -> None:
    """Equal generators give equal rows; the global generator is not touched."""
    c = components(subject)
    with no_global_random():
        a, b = (
            c.distribution.sample(c.parameters, 0, 50, np.random.default_rng(3)) for _ in range(2)
        )
    require(a.shape == (50, c.rows.shape[1]), f"50 rows were asked for, and {a.shape} came")
    agree(a, b, 0.0, "a second sample from an equal generator")


@law("parameters of stretched and shifted rows have the density of such rows")
def affine(subject: Subject) -> None:
    """Log f'(s x + t) = log f(x) - sum log |s|, wherever `affine` gives parameters."""
    c = components(subject)
    d, given = c.rows.shape[1], 0
    stretch, move = np.linspace(0.5, 2.5, d), np.linspace(1.0, 2.0, d)
    for scale, shift in (
        (stretch, move), (np.full(d, 2.5), move), (stretch, 0.0 * move), (np.ones(d), move),
    ):  # fmt: skip
        mapped = c.distribution.affine(c.parameters, scale, shift)
        if mapped is None:
            continue
        given += 1
        found = c.log_density(c.rows * scale + shift, c.kernel(mapped))
        agree(found, c.log_density() - np.log(np.abs(scale)).sum(), 1e-9, "mapped log density")
        mean = c.distribution.mean(c.parameters) * scale + shift
        agree(c.distribution.mean(mapped), mean, 1e-9, "mapped mean")
    if not given:
        raise Skip("affine gives no parameters for stretched or shifted rows")
