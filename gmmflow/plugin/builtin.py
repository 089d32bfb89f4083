"""Our own stages, registered as a stranger's are: by name, imported when named.

The file of a stage is its name with + and | spelled out; covariance aliases share a class.
"""

from __future__ import annotations

from gmmflow.plugin.hookspecs import Stages, hookimpl


@hookimpl
def gmmflow_loaders() -> Stages:
    """Loaders of gmmflow itself."""
    return {
        "builtin": "gmmflow.loaders.builtin:Builtin",
        "csv": "gmmflow.loaders.csv:Csv",
        "hdf5": "gmmflow.loaders.hdf5:Hdf5",
        "npy": "gmmflow.loaders.npy:Npy",
        "parquet": "gmmflow.loaders.parquet:Parquet",
        "synthetic": "gmmflow.loaders.synthetic:Synthetic",
        "zarr": "gmmflow.loaders.zarr:Zarr",
    }


@hookimpl
def gmmflow_transforms() -> Stages:
    """Transforms of gmmflow itself."""
    return {
        "select": "gmmflow.transforms.select:Select",
        "standardize": "gmmflow.transforms.standardize:Standardize",
    }


@hookimpl
def gmmflow_initializers() -> Stages:
    """Initializers of gmmflow itself."""
    return {
        "given": "gmmflow.initializers.given:Given",
        "kmeans": "gmmflow.initializers.kmeans:KMeans",
        "kmeans++": "gmmflow.initializers.kmeans_pp:KMeansPP",
        "labels": "gmmflow.initializers.labels:Labels",
        "random_points": "gmmflow.initializers.random_points:RandomPoints",
        "random_resp": "gmmflow.initializers.random_resp:RandomResp",
    }


@hookimpl
def gmmflow_distributions() -> Stages:
    """Distributions of gmmflow itself."""
    return {"gaussian": "gmmflow.distributions.gaussian:Gaussian"}


@hookimpl
def gmmflow_covariances() -> Stages:
    """Covariance families, in the order of their size, and scikit-learn's names for four."""
    return {
        "EII": "gmmflow.covariances.eii:EII",
        "VII": "gmmflow.covariances.vii:VII",
        "EEI": "gmmflow.covariances.eei:EEI",
        "VEI": "gmmflow.covariances.vei:VEI",
        "EVI": "gmmflow.covariances.evi:EVI",
        "VVI": "gmmflow.covariances.vvi:VVI",
        "EEE": "gmmflow.covariances.eee:EEE",
        "VEE": "gmmflow.covariances.vee:VEE",
        "EVE": "gmmflow.covariances.eve:EVE",
        "VVE": "gmmflow.covariances.vve:VVE",
        "EEV": "gmmflow.covariances.eev:EEV",
        "VEV": "gmmflow.covariances.vev:VEV",
        "EVV": "gmmflow.covariances.evv:EVV",
        "VVV": "gmmflow.covariances.vvv:VVV",
        "diag": "gmmflow.covariances.vvi:VVI",
        "full": "gmmflow.covariances.vvv:VVV",
        "spherical": "gmmflow.covariances.vii:VII",
        "tied": "gmmflow.covariances.eee:EEE",
    }


@hookimpl
def gmmflow_e_steps() -> Stages:
    """E-steps of gmmflow itself."""
    return {"hard": "gmmflow.e_steps.hard:Hard", "soft": "gmmflow.e_steps.soft:Soft"}


@hookimpl
def gmmflow_m_steps() -> Stages:
    """M-steps of gmmflow itself."""
    return {
        "map": "gmmflow.m_steps.map:MaximumAPosteriori",
        "ml": "gmmflow.m_steps.ml:MaximumLikelihood",
    }


@hookimpl
def gmmflow_convergence() -> Stages:
    """Convergence criteria of gmmflow itself."""
    return {
        "aitken": "gmmflow.convergence.aitken:Aitken",
        "log_likelihood": "gmmflow.convergence.log_likelihood:LogLikelihood",
        "max_iterations": "gmmflow.convergence.max_iterations:MaxIterations",
        "parameters": "gmmflow.convergence.parameters:ParameterChange",
        "time_budget": "gmmflow.convergence.time_budget:TimeBudget",
    }


@hookimpl
def gmmflow_executors() -> Stages:
    """Executors of gmmflow itself."""
    return {
        "distributed": "gmmflow.executors.distributed:Distributed",
        "threads": "gmmflow.executors.threads:Threads",
    }


@hookimpl
def gmmflow_reporters() -> Stages:
    """Reporters of gmmflow itself."""
    return {
        "assignments": "gmmflow.reporters.assignments:Assignments",
        "console": "gmmflow.reporters.console:Console",
        "html": "gmmflow.reporters.html:Html",
        "json": "gmmflow.reporters.json:Json",
        "trajectory": "gmmflow.reporters.trajectory:Trajectory",
    }
