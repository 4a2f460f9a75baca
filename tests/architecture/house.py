"""The house as its tests see it: the floors, the files, and what each file imports.

Imports are read from the source, wherever they stand: at the top, inside a function, or under ``TYPE_CHECKING``.
What a process really loads is asked of a fresh interpreter, so that no ``__init__`` smuggles. Every file is read and
walked once for all tests.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parents[2]
SOURCE: Final = REPOSITORY / "src"
HOUSE: Final = "enerwise"

# The one table of floors; docs/architecture.md, section 1, draws the same.
FLOORS: Final[dict[int, tuple[str, ...]]] = {
    7: ("serve",),
    6: ("run", "door", "testing"),
    5: ("agents", "devices", "store"),
    4: ("guard", "forecast", "plan", "market"),
    3: ("physics", "protocols"),
    2: ("site",),
    1: ("core",),
}
FLOOR_OF: Final = {room: floor for floor, rooms in FLOORS.items() for room in rooms}


@dataclass(frozen=True, slots=True)
class Module:
    """One source file: its dotted name and its text."""

    name: str
    text: str
    is_package: bool = False

    @property
    def room(self) -> str:
        """The part after ``enerwise``: a room, or the name of a file beside the rooms; empty for the root itself."""
        return self.name.partition(".")[2].partition(".")[0]

    def at(self, line: int) -> str:
        return f"{self.name}:{line}"

    def tree(self) -> ast.Module:
        return _parsed(self)

    def nodes(self) -> tuple[ast.AST, ...]:
        """Everything in its tree."""
        return _walked(self)


@cache
def _parsed(module: Module) -> ast.Module:
    return ast.parse(module.text, filename=module.name)


@cache
def _walked(module: Module) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(module.tree()))


@dataclass(frozen=True, slots=True)
class Import:
    """One imported name, absolute: ``enerwise.core.units.watts`` or ``numpy``."""

    name: str
    line: int

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]

    @property
    def room(self) -> str:
        """The room of ours that is imported, empty for foreign packages and for ``enerwise`` itself."""
        parts = self.name.split(".")
        return parts[1] if parts[0] == HOUSE and len(parts) > 1 else ""


def modules(*rooms: str) -> list[Module]:
    """Return the source files of these rooms, of the whole house when none is named; absent rooms are empty."""
    folders = [SOURCE / HOUSE / room for room in rooms] or [SOURCE / HOUSE]
    return [_module(path) for folder in folders for path in sorted(folder.rglob("*.py"))]


@cache
def _module(path: Path) -> Module:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return Module(name, path.read_text(encoding="utf-8"), is_package)


@cache
def imports(module: Module) -> tuple[Import, ...]:
    """Return every import of a file, also the ones by name: ``import_module("enerwise.plan")``."""
    return tuple(_imports(module))


def _imports(module: Module) -> Iterator[Import]:
    for node in module.nodes():
        match node:
            case ast.Import(names=names):
                yield from (Import(alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(names=names):
                origin = _origin(module, node)
                yield from (Import(f"{origin}.{alias.name}", node.lineno) for alias in names)
            case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if _is_import_call(func):
                yield Import(name, node.lineno)


def _origin(module: Module, node: ast.ImportFrom) -> str:
    """Make the ``..core`` of ``from ..core import units`` absolute."""
    if node.level == 0:
        return node.module or ""
    parts = module.name.split(".")
    base = parts[: len(parts) - node.level + module.is_package]
    return ".".join([*base, node.module] if node.module else base)


def _is_import_call(func: ast.expr) -> bool:
    name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    return name in {"import_module", "__import__"}


def loaded_by(names: Sequence[str], *, path: Path = SOURCE) -> frozenset[str]:
    """Import ``names`` in a fresh interpreter and return the modules that this loaded.

    Args:
        names: Dotted module names, imported in this order.
        path: Folder put in front of the import path.

    Raises:
        AssertionError: An import failed; the message holds its traceback.
    """
    result = subprocess.run(
        [sys.executable, "-c", _LOADER, *names],
        env={**os.environ, "PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, f"importing {', '.join(names)} failed:\n{result.stderr}"
    return frozenset(result.stdout.split())


_LOADER: Final = """
import importlib, sys
before = set(sys.modules)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(*sorted(set(sys.modules) - before), sep="\\n")
"""


def listed(violations: Sequence[str]) -> str:
    """Return violations as one message, a line each, for an assertion."""
    return "\n" + "\n".join(violations)
