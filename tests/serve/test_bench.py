"""Does `bench` measure and point to the larger one?"""

import pytest

from enerwise.serve.commands import bench
from tests.serve.builders import enerwise, said


def test_bench_prints_times_and_ratios(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "REPEATS", 2)
    monkeypatch.setattr(bench, "HOMES", 100)
    told = said(enerwise("bench"))
    assert "plan of a day" in told
    assert "make bench" in told
