"""Community file -> `CommunityEntry`, or the whole list of problems; text comes in, files are opened later.

All problems are found in one reading, in the order of their lines: those of form (`enerwise.site.document`), of values
(`community_entries`) and of names that the market does not know.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.market.mechanism import mechanism_names
from enerwise.run.community_bids import strategy_names
from enerwise.run.community_entries import CommunityEntry
from enerwise.site.document import Path, Raw, parse_document
from enerwise.site.entry import Entry
from enerwise.site.values import Wrong, suggestion


@dataclass(frozen=True, slots=True)
class _Finding:
    """One thing wrong with a value, before its line is known."""

    path: Path
    message: str
    remedy: str = ""


def read_community(text: str, *, source: str = "community file") -> CommunityEntry:
    """Read a community file.

    Raises:
        ProblemsFound: Something is wrong; all of it is reported, each with place and remedy.
    """
    document = parse_document(text)
    if document.data is None:
        empty = Problem("the file", "is empty", "copy examples/community.yaml for a first one")
        raise ProblemsFound(source, [problem for _, problem in document.problems] or [empty])
    entry, findings = _entry(document.data)
    lines = [*document.problems]
    for each in (*findings, *_unknown(document.data)):
        lines.append((document.line_of(each.path), Problem(document.place(each.path), each.message, each.remedy)))
    if lines or entry is None:
        lines.sort(key=lambda line: line[0])
        raise ProblemsFound(source, [problem for _, problem in lines])
    return entry


def _entry(data: Raw) -> tuple[CommunityEntry | None, list[_Finding]]:
    try:
        return CommunityEntry.model_validate(data, context={}), []
    except ValidationError as error:
        return None, [_finding(each, data) for each in error.errors(include_url=False)]


def _unknown(data: Raw) -> Iterator[_Finding]:
    """Yield names that no plug-in has; looked at in the raw file, so that other problems hide none."""
    for key, known in (("mechanism", mechanism_names()), ("strategy", strategy_names())):
        name = _at(data, ("market", key))
        if isinstance(name, str) and name.strip() not in known:
            remedy = suggestion(name.strip(), known) or f"use one of {', '.join(known)}"
            yield _Finding(("market", key), f"{name!r} is not installed", remedy)


def _finding(error: ErrorDetails, data: Raw) -> _Finding:
    """Say in people's words what pydantic found."""
    path = _written(error["loc"], data)
    match error["type"], error.get("ctx", {}).get("error"):
        case _, Wrong() as wrong:
            return _Finding(path, wrong.message, wrong.remedy)
        case _, UnitError() as wrong:
            return _Finding(path, f"{wrong.value!r} cannot be read", wrong.remedy)
        case "missing", _:
            return _Finding(path, "is missing", _example("add", path))
        case "extra_forbidden", _:
            return _Finding(path, "is not known here", _closest(path))
        case "too_short", _:
            return _Finding(path, "is an empty list", _example("write", path))
        case _ if error["input"] is None:
            return _Finding(path, "has no value", _example("write", path))
        case "list_type", _:
            return _Finding(path, f"{_shown(error['input'])} is not a list", _example("write", path))
        case "model_type" | "model_attributes_type", _:
            remedy = f"write keys out of {', '.join(_fields(path))}"
            return _Finding(path, f"{_shown(error['input'])} is not a set of keys with values", remedy)
        case _:
            return _Finding(path, error["msg"], _example("write", path))


def _written(loc: tuple[int | str, ...], data: Raw) -> Path:
    """Return the path as written: without keys made from a plain text."""
    return next((loc[:size] for size in range(len(loc)) if isinstance(_at(data, loc[:size]), str)), loc)


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _example(verb: str, path: Path) -> str:
    """Return the remedy for a key without a value: an example of it."""
    field = _fields(path[:-1]).get(str(path[-1])) if path else None
    examples = field.examples if field else None
    return f"{verb} '{path[-1]}: {examples[0]}'" if examples else "write a value, or delete the line"


def _closest(path: Path) -> str:
    known = list(_fields(path[:-1]))
    return suggestion(str(path[-1]), known) or f"delete it, or use one of {', '.join(known)}"


def _fields(path: Path) -> dict[str, FieldInfo]:
    """Return what may be written at a path."""
    entry: type[Entry] | None = CommunityEntry
    for key in path:
        if isinstance(key, str) and entry is not None:
            field = entry.fields().get(key)
            entry = _entry_in(field.annotation) if field else None
    return entry.fields() if entry else {}


def _entry_in(annotation: Any) -> type[Entry] | None:
    if isinstance(annotation, type) and issubclass(annotation, Entry):
        return annotation
    if get_origin(annotation) in (list, Union, UnionType, Annotated):
        return next((found for each in get_args(annotation) if (found := _entry_in(each))), None)
    return None


def _at(data: object, path: Path) -> object:
    """Return the raw value at a path, None where there is none."""
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data
