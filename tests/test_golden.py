"""Log-likelihoods and free parameters of R's mclust, from the same start labels."""

import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest

import gmmflow
from gmmflow.covariances.nesting import FAMILIES

CASES = json.loads((Path(__file__).parent / "golden" / "mclust.json").read_text())["cases"]
DATA = Path(gmmflow.__file__).parent / "data"


def measurements(name: str) -> np.ndarray:
    table = pyarrow.csv.read_csv(DATA / name)
    numbers = [column.to_numpy() for column in table.columns if column.type != "string"]
    return np.stack(numbers, axis=1).astype(float)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["data"])
def test_mclust(case, family):
    golden = case["families"][family]
    model = gmmflow.fit(
        measurements(case["data"]),
        case["components"],
        distribution={"type": "gaussian", "covariance": family},
        init="labels",
        labels=case["start_labels"],
        # mclust ran to a relative change of 1e-14; so do we, or to the rounding of the sum.
        convergence=[{"type": "log_likelihood", "tolerance": 1e-14}, "max_iterations"],
    )
    assert model.converged
    # 1e-8 is what the project promises; the rounding of the sums is some 1e-14 of them, and what
    # is left below 1e-8 is where two programs stop.
    assert model.log_likelihood == pytest.approx(golden["log_likelihood"], rel=1e-8)
    assert model.result.fit.n_free == golden["free_parameters"]
    # Every family starts from the labels, so its component c is their class c.
    start = np.bincount(case["start_labels"])[1:] / len(case["start_labels"])
    assert np.abs(model.weights - start).max() < 0.25


def test_every_case_is_covered():
    assert {case["data"] for case in CASES} == {"old_faithful.csv", "iris.csv"}
    assert all(set(FAMILIES) == set(case["families"]) for case in CASES)
