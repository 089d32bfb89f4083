"""Every registered stage keeps the laws of its kind; a new one is checked once it is registered."""

import pytest
from scipy.stats import multivariate_normal

from gmmflow.plugin.manager import Registry
from gmmflow.stage import KINDS
from gmmflow.testing import check_stage, render
from gmmflow.values.forms import form_of

REGISTRY = Registry(discover=False)
STAGES = [(kind, name) for kind in KINDS for name in REGISTRY.names(kind)]

#: Laws that cannot be checked on a stage, by the first words of the reason. Nothing else may be
#: skipped.
SKIPPED = {
    ("initializers", "given"): {"it may depend on the distribution"},
    ("loaders", "builtin"): {"it has no option `path`", "the example has neither weights nor"},
    ("loaders", "npy"): {"the example has neither weights nor labels"},
    ("loaders", "synthetic"): {"it has no option `path`"},
    ("transforms", "select"): {"it says that there is no Jacobian"},
}


def normal(rows, parameters):
    """Log densities (k, n) of scipy."""
    k, d = parameters["means"].shape
    matrices = form_of(parameters).matrices(k, d)
    return [
        multivariate_normal(mean, covariance).logpdf(rows)
        for mean, covariance in zip(parameters["means"], matrices, strict=True)
    ]


def assert_lawful(kind, name, **examples):
    results = check_stage(REGISTRY.find(kind, name), **examples)
    assert not [each for each in results if each.status == "failed"], "\n" + render(results)
    assert any(each.status == "passed" for each in results)
    allowed = SKIPPED.get((kind, name), set())
    unforeseen = [
        each
        for each in results
        if each.status == "skipped" and not any(each.message.startswith(text) for text in allowed)
    ]
    assert not unforeseen, "\n" + render(unforeseen)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        stage
        for stage in STAGES
        if stage not in {("distributions", "gaussian"), ("executors", "distributed")}
    ],
)
def test_every_stage_keeps_its_laws(kind, name):
    assert_lawful(kind, name)


@pytest.mark.parametrize("family", REGISTRY.names("covariances"))
def test_the_gaussian_keeps_its_laws_with_every_family(family):
    covariance = REGISTRY.find("covariances", family)()
    assert_lawful(
        "distributions", "gaussian", options={"covariance": covariance}, log_density=normal
    )


def test_a_cluster_keeps_the_laws_of_executors():
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as cluster:
        assert_lawful("executors", "distributed", options={"address": cluster.scheduler_address})


def test_every_kind_has_a_stage_here():
    assert {kind for kind, _ in STAGES} == set(KINDS)
