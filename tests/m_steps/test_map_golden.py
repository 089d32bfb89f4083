"""Modes of the posterior that R's mclust finds under its default priors (golden/mclust_prior.R)."""

import json
from pathlib import Path

import numpy as np
import pyarrow.csv
import pytest
from numpy.testing import assert_allclose

import gmmflow

GOLDEN = Path(__file__).parents[1] / "golden"
LABELS = {
    case["data"]: case["start_labels"]
    for case in json.loads((GOLDEN / "mclust.json").read_text())["cases"]
}
CASES = json.loads((GOLDEN / "mclust_prior.json").read_text())["cases"]
DATA = Path(gmmflow.__file__).parent / "data"
#: Families where mclust's M-step is that of its authors' paper, and those where it counts rows of
#: the prior otherwise, which `counting: mclust` does too. Its EEI is the mode of no posterior: it
#: keeps the means where the rows have them, and adds to the scatter as if it had shrunk them.
COUNTING = {
    **dict.fromkeys(("VII", "VVI", "EEE", "VVV"), "conjugate"),
    **dict.fromkeys(("EII", "VEI", "EVI", "EEV", "VEV"), "mclust"),
}


def rows(name):
    table = pyarrow.csv.read_csv(DATA / name)
    return np.stack([c.to_numpy() for c in table.columns if c.type != "string"], axis=1)


@pytest.mark.parametrize("family", COUNTING)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["data"])
def test_mclust(case, family):
    golden = case["families"][family]
    model = gmmflow.fit(
        rows(case["data"]).astype(float),
        case["components"],
        distribution={"type": "gaussian", "covariance": family},
        init="labels",
        labels=LABELS[case["data"]],
        m_step={"type": "map", "counting": COUNTING[family]},
        # The likelihood is not stationary at the mode: parameters must have come to rest.
        convergence=[{"type": "parameters", "tolerance": 1e-11}, "max_iterations"],
    )
    assert model.converged
    assert model.falls == ()
    assert model.log_likelihood == pytest.approx(golden["log_likelihood"], rel=1e-8)
    assert_allclose(model.means.ravel(), golden["means"], rtol=1e-6)


def test_both_ways_of_counting_are_needed():
    """Where it matters they are far apart, so that the cases above tell one from the other."""
    case = CASES[1]
    found = {
        counting: gmmflow.fit(
            rows(case["data"]).astype(float), 3,
            distribution={"type": "gaussian", "covariance": "VEV"},
            init="labels", labels=LABELS[case["data"]],
            m_step={"type": "map", "counting": counting},
        ).log_likelihood
        for counting in ("conjugate", "mclust")
    }  # fmt: skip
    assert abs(found["conjugate"] - found["mclust"]) > 1.0
