"""Each of the twenty requirements, on a small scale; `make safety-evidence` runs the same in full."""

from pathlib import Path

import pytest

from tests.safety.evidence import QUICK, all_requirements

TIMED = [number for number, each in all_requirements().items() if each.is_timed]
OTHERS = [number for number in all_requirements() if number not in TIMED]


@pytest.mark.parametrize("number", OTHERS)
def test_requirement(number: int, tmp_path: Path) -> None:
    _prove(number, tmp_path)


@pytest.mark.parametrize("number", TIMED)
def test_in_time(number: int, tmp_path: Path) -> None:
    """Where milliseconds decide, nothing else runs: `tests/conftest.py` waits until all else is done."""
    _prove(number, tmp_path)


def _prove(number: int, folder: Path) -> None:
    proven = all_requirements()[number]
    figures = proven.prove(QUICK, folder)
    if not figures:
        pytest.skip(f"{number}. {proven.title}: needs libfaketime (apt-get install faketime)")
    print(f"\n{number}. {proven.title}")
    for each in figures:
        print(f"   {each}")
    failed = [str(each) for each in figures if not each.passes]
    assert not failed, failed
