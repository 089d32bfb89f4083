import json
import math
from dataclasses import fields

import numpy as np
import pytest

from gmmflow.covariances.vvi import VVI
from gmmflow.distributions.gaussian import Gaussian
from gmmflow.errors import OutputError
from gmmflow.run_folder.trace import Trace
from gmmflow.values.mixture import Mixture
from gmmflow.values.trace import Step

STEP = Step(0, 3, -1.5, -math.inf, 10.0, -0.25, None, 0.125, 0.5, 5.0)


def test_every_step_is_a_line_that_can_be_read_at_once(tmp_path):
    trace = Trace(tmp_path)
    mixture = Mixture(
        Gaussian(covariance=VVI()), np.array([0.5, 0.5]),
        {"means": np.zeros((2, 2)), "variances": np.array([[3.0, 0.25], [1.0, 2.0]])},
    )  # fmt: skip
    trace.step(STEP, mixture)
    trace.step(STEP, mixture)
    lines = (tmp_path / "trace.jsonl").read_text().splitlines()
    trace.close()
    trace.close()
    assert len(lines) == 2
    first = json.loads(lines[0])
    assert list(first) == [*(field.name for field in fields(Step)), "smallest_eigenvalue"]
    assert first["smallest_eigenvalue"] == 0.25
    assert first["smallest_count"] == 5.0
    assert first["aitken_gap"] is None
    assert (first["iteration"], first["log_likelihood"], first["seconds"]) == (3, -1.5, 0.125)
    assert first["objective"] is None
    assert first["parameter_change"] is None


def test_a_folder_that_is_gone_is_named(tmp_path, model):
    with pytest.raises(OutputError, match=r"gone/trace\.jsonl: could not be written"):
        Trace(tmp_path / "gone").step(STEP, model(0).result.mixture)
