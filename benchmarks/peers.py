"""Other libraries' EM, full covariance, float64, from a given start, on one thread.

Each is a `Fit`: CPU seconds of so many iterations, and the means after them. What is not EM -
converting rows, making objects - is outside the clock.
"""

import importlib.util
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path
from time import process_time

import numpy as np
from common import Fit, Problem

SCRIPT = Path(__file__).with_name("mclust.R")


def sklearn(given: Problem, iterations: int) -> tuple[float, np.ndarray]:
    """scikit-learn; it has tied, diag and spherical too."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    _, d, k = given.sizes
    kind = "full" if given.family == "VVV" else given.family
    units = {"full": np.tile(np.eye(d), (k, 1, 1)), "tied": np.eye(d)}
    units |= {"diag": np.ones((k, d)), "spherical": np.ones(k)}
    model = GaussianMixture(
        k, covariance_type=kind, tol=0.0, reg_covar=0.0, max_iter=iterations,
        weights_init=np.full(k, 1.0 / k), means_init=given.means, precisions_init=units[kind],
        init_params="random_from_data",
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        began = process_time()
        model.fit(given.x)
        seconds = process_time() - began
    assert model.n_iter_ == iterations
    return seconds, model.means_


def onedal(given: Problem, iterations: int) -> tuple[float, np.ndarray]:
    """oneDAL, through daal4py."""
    import daal4py

    _, d, k = given.sizes
    daal4py.daalinit(1)
    algorithm = daal4py.em_gmm(
        nComponents=k, maxIterations=iterations, accuracyThreshold=0.0,
        regularizationFactor=0.0, covarianceStorage="full",
    )  # fmt: skip
    covariances = [np.eye(d)] * k
    began = process_time()
    result = algorithm.compute(given.x, np.full((1, k), 1.0 / k), given.means, covariances)
    seconds = process_time() - began
    assert result.nIterations[0, 0] == iterations
    return seconds, result.means


def pomegranate(given: Problem, iterations: int) -> tuple[float, np.ndarray]:
    """pomegranate, in float64."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    from pomegranate.distributions import Normal
    from pomegranate.gmm import GeneralMixtureModel

    _, d, k = given.sizes
    normals = [Normal(torch.tensor(mean), torch.eye(d)) for mean in given.means]
    priors, x = torch.full((k,), 1.0 / k), torch.from_numpy(given.x)
    model = GeneralMixtureModel(normals, priors, max_iter=iterations, tol=-np.inf)
    began = process_time()
    model.fit(x)
    seconds = process_time() - began
    return seconds, np.stack([normal.means.numpy() for normal in normals])


def tgmm(given: Problem, iterations: int) -> tuple[float, np.ndarray]:
    """tgmm, in float64."""
    import torch

    torch.set_num_threads(1)
    from tgmm import GaussianMixture

    _, d, k = given.sizes
    model = GaussianMixture(
        k, d, max_iter=iterations, tol=1e-300, reg_covar=0.0, device="cpu",
        init_means=torch.from_numpy(given.means),
        init_weights=torch.full((k,), 1.0 / k, dtype=torch.float64),
        init_covariances=torch.eye(d, dtype=torch.float64).repeat(k, 1, 1),
    )  # fmt: skip
    x = torch.from_numpy(given.x)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        began = process_time()
        model.fit(x)
        seconds = process_time() - began
    assert model.n_iter_ == iterations - 1
    return seconds, model.means_.numpy()


def mclust(given: Problem, iterations: int) -> tuple[float, np.ndarray]:
    """mclust, in a process of its own; R reads the clock."""
    n, d, k = given.sizes
    with tempfile.TemporaryDirectory() as folder:
        arrays = {"x": given.x.T, "means": given.means, **given.parameters()}
        for name, array in arrays.items():
            np.ascontiguousarray(array).tofile(Path(folder) / name)
        seconds, done = rscript("sweep", folder, n, d, k, iterations).split()
        assert int(done) == iterations, f"mclust did {done} iterations"
        return float(seconds), np.fromfile(Path(folder) / "result").reshape(k, d)


def rscript(*words: object) -> str:
    """What mclust.R prints."""
    command = ["Rscript", str(SCRIPT), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(" ".join(done.stderr.split()))
    return done.stdout


def has_mclust() -> bool:
    """Whether R is here, with mclust."""
    if shutil.which("Rscript") is None:
        return False
    asked = ["Rscript", "-e", "quit(status = !requireNamespace('mclust', quietly = TRUE))"]
    return subprocess.run(asked, capture_output=True).returncode == 0


def has(module: str) -> bool:
    """Whether a module is installed."""
    return importlib.util.find_spec(module) is not None


PEERS: dict[str, tuple[Fit, bool]] = {
    "scikit-learn": (sklearn, has("sklearn")),
    "oneDAL": (onedal, has("daal4py")),
    "pomegranate": (pomegranate, has("pomegranate")),
    "tgmm": (tgmm, has("tgmm")),
    "mclust": (mclust, has_mclust()),
}


def installed() -> dict[str, Fit]:
    """The peers that are here; a line for each that is not."""
    for name, (_, here) in PEERS.items():
        if not here:
            print(f"left out: {name} is not installed (benchmarks/README.md says how)")
    return {name: fit for name, (fit, here) in PEERS.items() if here}
