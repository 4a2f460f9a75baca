"""Does the command line answer in words people can act on, and never with a traceback?"""

import re
from pathlib import Path

import pytest

from enerwise.serve import told
from tests.serve.builders import a_site_file, enerwise, said

COMMANDS = ("init", "check", "plan", "simulate", "backtest", "run", "demo", "why", "bench")


def test_help_names_every_command() -> None:
    result = enerwise("--help")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = enerwise(command, "--help")
    assert result.exit_code == 0
    assert re.search(f"enerwise (run --demo|{command})", result.stdout)


def test_version_is_told() -> None:
    assert enerwise("--version").stdout.startswith("enerwise 0.")


def test_trouble_of_a_person_ends_with_2_and_no_traceback(tmp_path: Path) -> None:
    a_site_file(tmp_path)
    result = enerwise("check", tmp_path / "hoem.yaml")
    assert result.exit_code == 2
    assert "there is no such file" in said(result)
    assert "home.yaml" in said(result), "it names the file that is there"
    assert "Traceback" not in said(result)


def test_mistake_of_ours_ends_with_1_and_says_how_to_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Path) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr("enerwise.serve.commands.check.check", broken)
    result = enerwise("check", a_site_file(tmp_path))
    assert result.exit_code == 1
    assert "RuntimeError: no such luck" in said(result)
    assert told.TRACEBACK in said(result)
    monkeypatch.setenv(told.TRACEBACK, "1")
    assert isinstance(enerwise("check", a_site_file(tmp_path)).exception, RuntimeError)


def test_unknown_option_is_refused() -> None:
    assert enerwise("check", "--nonsense").exit_code == 2
