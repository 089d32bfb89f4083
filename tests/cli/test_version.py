import json

from gmmflow import __version__
from gmmflow.cli.main import main


def test_version(capsys):
    assert main(["version"]) == 0
    assert capsys.readouterr().out == f"gmmflow {__version__}\n"
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"gmmflow {__version__}\n"


def test_everything_a_bug_may_depend_on(capsys):
    assert main(["version", "--all", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["gmmflow"] == __version__
    assert {"python", "system", "numpy", "pydantic", "dask", "pyarrow", "blas 0"} <= found.keys()
