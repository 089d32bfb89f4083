"""What the tests of the kit share: what it finds on a stage that breaks a law."""

import pytest

from gmmflow.testing import check_stage


@pytest.fixture
def failures():
    """Messages of the laws that a stage breaks, by their names."""

    def check(stage, **examples):
        results = check_stage(stage, **examples)
        return {each.name: each.message for each in results if each.status == "failed"}

    return check
