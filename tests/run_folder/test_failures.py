import errno

import pytest

from gmmflow.errors import DataError, PluginError
from gmmflow.run_folder.failures import exit_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, 0),
        (DataError("x"), 65),
        (PluginError("x"), 78),
        (KeyboardInterrupt(), 75),
        (OSError(errno.ENOSPC, "full"), 74),
        (PermissionError(errno.EACCES, "denied"), 77),
        (OSError(errno.ENOENT, "gone"), 70),
        (ZeroDivisionError(), 70),
    ],
)
def test_the_manifest_says_the_exit_code_of_the_command_line(error, code, capsys):
    assert exit_code(error) == code
    if error is not None:
        from gmmflow.cli.failures import report_failure

        assert report_failure(error, debug=True) == code
