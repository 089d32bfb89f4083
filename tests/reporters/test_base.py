import pytest

from gmmflow.errors import OutputError
from gmmflow.reporters.base import ReportContext


def test_a_report_that_writes_needs_a_folder(context):
    with pytest.raises(OutputError, match="the report 'html' writes files, but this fit has no"):
        ReportContext(None, context.stdout, context.stderr).run_folder("html")
