"""Which function a piece of source means: ``dt.datetime.now`` after ``import datetime as dt``."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from .house import Module, imports


@dataclass(frozen=True, slots=True)
class Use:
    """One foreign name as it is used or imported, written out from its package: ``datetime.datetime.now``."""

    name: str
    line: int


@cache
def uses(module: Module) -> tuple[Use, ...]:
    """Return every use of an imported name and every import itself, written out."""
    return tuple(_uses(module))


def _uses(module: Module) -> Iterator[Use]:
    aliases = aliases_of(module)
    yield from (Use(found.name, found.line) for found in imports(module))
    for node in module.nodes():
        if isinstance(node, ast.Name | ast.Attribute) and (name := written_out(node, aliases)):
            yield Use(name, node.lineno)


def written_out(node: ast.expr, aliases: dict[str, str]) -> str:
    """Return the full dotted name of an expression, empty when it does not start at an imported name."""
    match node:
        case ast.Name(id=name):
            return aliases.get(name, "")
        case ast.Attribute(value=value, attr=attr):
            owner = written_out(value, aliases)
            return f"{owner}.{attr}" if owner else ""
        case _:
            return ""


@cache
def aliases_of(module: Module) -> dict[str, str]:
    """Return what each imported name stands for: ``{"np": "numpy"}``."""
    found: dict[str, str] = {}
    for node in module.nodes():
        match node:
            case ast.Import(names=names):
                found |= {_bound(alias): alias.name if alias.asname else _bound(alias) for alias in names}
            case ast.ImportFrom(module=str(origin), names=names, level=0):
                found |= {_bound(alias): f"{origin}.{alias.name}" for alias in names}
    return found


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]
