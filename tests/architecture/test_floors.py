"""Does the import graph keep its floors? Down is allowed, across and up are not."""

from collections.abc import Iterator

import pytest

from .house import FLOOR_OF, FLOORS, HOUSE, REPOSITORY, SOURCE, Import, Module, imports, listed, modules


def test_packages_import_only_from_floors_below() -> None:
    violations = [text for module in modules() for text in floor_violations(module)]
    assert not violations, listed(violations)


def test_the_house_is_read_when_it_stands() -> None:
    assert bool(modules()) == (SOURCE / HOUSE).is_dir()


def test_every_room_has_a_floor() -> None:
    homeless = [module.name for module in modules() if not _is_placed(module)]
    assert not homeless, f"no floor in tests/architecture/house.py for {homeless}"


def test_table_of_floors_is_the_one_in_the_architecture() -> None:
    lines = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines()
    for floor, rooms in FLOORS.items():
        drawn = [line.split()[1 : 1 + len(rooms)] for line in lines if line.startswith(f"{floor}  ")]
        assert list(rooms) in drawn, f"docs/architecture.md draws floor {floor} otherwise than {rooms}"


def floor_violations(module: Module) -> Iterator[str]:
    """Yield a sentence for every import of ours that does not go down."""
    for found in imports(module):
        if found.package == HOUSE and not _goes_down(module, found):
            yield (
                f"{module.at(found.line)}: {_place(module.room or HOUSE)} imports {_place(found.room)}"
                f" ({found.name}); a package imports only from floors below it"
            )


def _goes_down(module: Module, found: Import) -> bool:
    if found.room not in FLOOR_OF:  # enerwise itself or a name in it, such as its version
        return True
    if module.name == HOUSE:  # whatever the root loads, every room loads
        return False
    if module.room not in FLOOR_OF:  # enerwise.__main__ stands at the front door
        return True
    return found.room == module.room or FLOOR_OF[found.room] < FLOOR_OF[module.room]


def _place(room: str) -> str:
    return f"{room} (floor {FLOOR_OF[room]})" if room in FLOOR_OF else room


def _is_placed(module: Module) -> bool:
    return module.room in FLOOR_OF or module.name in {HOUSE, f"{HOUSE}.__main__"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("enerwise.guard.judge", "import enerwise.plan.solve"),
        ("enerwise.guard.judge", "from enerwise.forecast import score"),
        ("enerwise.core.time", "from enerwise import site"),
        ("enerwise.core.time", "from enerwise.core import units, time\nfrom enerwise.run.world import live"),
        ("enerwise.store.sqlite", "from ..devices import transport"),
        ("enerwise.plan.terms.ageing", "from ...market import book"),
        ("enerwise.physics.pv", "def late():\n    from enerwise.agents.agent import View"),
        ("enerwise.physics.pv", "if TYPE_CHECKING:\n    from enerwise.plan.problem import Problem"),
        ("enerwise.agents.rules", "import importlib\nimportlib.import_module('enerwise.run.cycle')"),
        ("enerwise", "from enerwise.core import units"),
    ],
)
def test_checker_catches_an_import_across_or_up(name: str, text: str) -> None:
    assert list(floor_violations(Module(name, text, is_package=name == HOUSE)))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "enerwise.guard.judge",
            "import numpy as np\nfrom enerwise.core.units import watts\nfrom enerwise import site",
        ),
        ("enerwise.guard.judge", "from .envelope import Envelope\nfrom ..core import units\nfrom . import permit"),
        ("enerwise.serve.cli", "from enerwise.run.world import live\nfrom enerwise import __version__"),
        ("enerwise.__main__", "from enerwise.serve.cli import main"),
        ("enerwise", "from importlib.metadata import version"),
    ],
)
def test_checker_lets_imports_down_pass(name: str, text: str) -> None:
    assert not list(floor_violations(Module(name, text, is_package=name == HOUSE)))


def test_relative_import_in_a_package_starts_at_the_package() -> None:
    found = list(imports(Module("enerwise.guard", "from . import judge\nfrom ..core import time", is_package=True)))
    assert [each.name for each in found] == ["enerwise.guard.judge", "enerwise.core.time"]


def test_checker_names_a_room_without_a_floor() -> None:
    assert not _is_placed(Module("enerwise.shared.helpers", ""))
    assert not _is_placed(Module("enerwise.helpers", ""))
    assert _is_placed(Module("enerwise.core", "", is_package=True))
