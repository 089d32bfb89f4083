"""The kit that checks a stage against the laws of its kind."""

from gmmflow.testing.check import check_stage
from gmmflow.testing.for_pytest import pytest_checks
from gmmflow.testing.report import CheckResult, render, summary

__all__ = ["CheckResult", "check_stage", "pytest_checks", "render", "summary"]
