import json

import numpy  # noqa: F401  (so that a BLAS is loaded)
import threadpoolctl

from gmmflow import __version__
from gmmflow.cli.main import main


def test_version(capsys):
    assert main(["version"]) == 0
    assert capsys.readouterr().out == f"gmmflow {__version__}\n"
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"gmmflow {__version__}\n"


def test_everything_a_bug_may_depend_on(capsys, monkeypatch):
    # A thread pool that is no BLAS, such as that of scikit-learn, does not count.
    pools = threadpoolctl.threadpool_info()
    monkeypatch.setattr(threadpoolctl, "threadpool_info", lambda: [{"user_api": "openmp"}, *pools])
    assert main(["version", "--all", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["gmmflow"] == __version__
    assert {"python", "system", "numpy", "pydantic", "dask", "pyarrow", "blas 0"} <= found.keys()
