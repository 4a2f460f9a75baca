"""What people can put right says what, where and what to do."""

import pytest

from enerwise.core.errors import EnerwiseError, Problem, ProblemsFound, UnitError


def test_problems_are_reported_together() -> None:
    problems = [Problem("assets[2].phases (line 14)", "'4' is not 1 or 3", "write 3"), Problem("tariff", "is missing")]
    report = ProblemsFound("home.yaml", problems)
    assert str(report) == (
        "home.yaml: 2 problems\n  assets[2].phases (line 14): '4' is not 1 or 3; write 3\n  tariff: is missing"
    )
    assert report.problems == tuple(problems)
    assert str(ProblemsFound("home.yaml", problems[:1])).startswith("home.yaml: 1 problem\n")


def test_a_report_without_problems_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="at least one"):
        ProblemsFound("home.yaml", [])


def test_a_unit_error_is_both_a_value_error_and_ours() -> None:
    error = UnitError("5", "add the unit")
    assert isinstance(error, ValueError)
    assert isinstance(error, EnerwiseError)
    assert str(error) == "'5' cannot be read: add the unit"
