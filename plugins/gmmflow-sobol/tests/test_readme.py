"""The config in the README runs, and gives what the README says."""

import json
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_the_config_runs(tmp_path):
    config = re.search(r"```yaml\n(.*?)```", README.read_text(), re.DOTALL)[1]
    (tmp_path / "sobol.yaml").write_text(config)
    done = subprocess.run(
        [sys.executable, "-m", "gmmflow", "run", "sobol.yaml"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "-1130.26" in done.stdout
    manifest = json.loads((tmp_path / "runs/sobol/manifest.json").read_text())
    assert "gmmflow-sobol" in json.dumps(manifest)
    assert (tmp_path / "runs/sobol/_SUCCESS").exists()
