"""Each of the twenty requirements, on a small scale; `make safety-evidence` runs the same in full."""

from pathlib import Path

import pytest

from tests.safety.evidence import QUICK, all_requirements


@pytest.mark.parametrize("number", all_requirements())
def test_requirement(number: int, tmp_path: Path) -> None:
    proven = all_requirements()[number]
    figures = proven.prove(QUICK, tmp_path)
    if not figures:
        pytest.skip(f"{number}. {proven.title}: needs libfaketime (apt-get install faketime)")
    print(f"\n{number}. {proven.title}")
    for each in figures:
        print(f"   {each}")
    failed = [str(each) for each in figures if not each.passes]
    assert not failed, failed
