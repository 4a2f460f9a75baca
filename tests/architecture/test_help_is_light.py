"""Does ``enerwise --help`` answer at once? The command line loads the heavy libraries inside its commands."""

from collections.abc import Iterable
from typing import Final

import pytest

from .house import loaded_by, modules

CLI: Final = "enerwise.serve.cli"
HEAVY_PACKAGES: Final = frozenset({"numpy", "duckdb", "highspy", "pydantic"})


def test_command_line_loads_nothing_heavy() -> None:
    if CLI not in {module.name for module in modules("serve")}:
        pytest.skip(f"{CLI} does not exist yet")
    assert not heavy(loaded_by([CLI])), f"importing {CLI} loads {heavy(loaded_by([CLI]))}; import them inside commands"


def heavy(loaded: Iterable[str]) -> list[str]:
    """Return the packages among loaded modules that make help slow."""
    return sorted({name.partition(".")[0] for name in loaded} & HEAVY_PACKAGES)


def test_checker_catches_a_heavy_import() -> None:
    assert heavy(loaded_by(["numpy"])) == ["numpy"]


def test_typer_itself_is_light() -> None:
    assert not heavy(loaded_by(["typer"]))
