"""YAML as people type it: nested text that still knows its lines.

Every scalar stays the text that was typed, and the field that takes it decides what it means. So ``14:00`` is a time
and not the number 840, ``NO`` is Norway and not "false", and ``0.30`` keeps its zero: YAML 1.1 guesses, we do not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import yaml

from enerwise.core.errors import Problem

Path = tuple[str | int, ...]
Raw = str | list["Raw"] | dict[str, "Raw"] | None
"""What a file holds: text, lists, keys, and None where nothing was written."""

DEPTH_LIMIT: Final = 20
VALUE_LIMIT: Final = 20_000
"""Most values a file may hold, references to anchors counted each time: a bound on files that multiply themselves."""
EMPTY: Final = frozenset(("", "~", "null", "Null", "NULL"))


@dataclass(frozen=True, slots=True)
class Document:
    """One file: its values, the line of each, and what is wrong with its form."""

    data: Raw
    line: dict[Path, int]
    problems: tuple[tuple[int, Problem], ...] = ()
    """What is wrong with the form, each with its line."""

    def place(self, path: Path) -> str:
        """Return where a value stands, as people write it: ``assets[2].capacity (line 14)``.

        What is not written down has the line of the nearest thing above it that is.
        """
        line = self.line_of(path)
        return f"{show_path(path)} (line {line})" if line else show_path(path)

    def line_of(self, path: Path) -> int:
        """Return the line of a value, or of the nearest thing above it that is written down; 0 for none."""
        return next((self.line[path[:size]] for size in range(len(path), -1, -1) if path[:size] in self.line), 0)


def show_path(path: Path) -> str:
    """Write a path as people do.

    >>> show_path(("assets", 2, "capacity")), show_path(())
    ('assets[2].capacity', 'the file')
    """
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{_printable(step)}" for step in path)
    return text.removeprefix(".") or "the file"


def _printable(key: str) -> str:
    return key if key.isprintable() and key else repr(key)


def _shown_character(character: int | str) -> str:
    return f"U+{character:04X}" if isinstance(character, int) else repr(character)


def parse_document(text: str) -> Document:
    """Read YAML; what cannot be read comes back as problems, never as an exception."""
    try:
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        return Document(None, {}, ((0, _syntax_problem(error)),))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        remedy = "save the file as plain UTF-8 text"
        message = f"has the character {_shown_character(error.character)}"
        return Document(None, {}, ((line, Problem(f"line {line}", message, remedy)),))
    except (ValueError, OverflowError):  # An escape such as "\UFFFFFFFF", which PyYAML leaves to `chr`.
        message = "has an escape sequence that is no character"
        return Document(None, {}, ((0, Problem("the file", message, "look for a backslash and quote it singly")),))
    except RecursionError:
        return Document(None, {}, ((0, _too_deep("the file")),))
    if node is None:
        return Document(None, {})
    reader = _Reader({}, [])
    data = reader.read(node, (), line=node.start_mark.line + 1)
    return Document(None if reader.is_cut else data, reader.line, tuple(reader.problems))


@dataclass(slots=True)
class _Reader:
    """Walks the tree that PyYAML composed, and notes lines and problems on the way."""

    line: dict[Path, int]
    problems: list[tuple[int, Problem]]
    is_cut: bool = False

    def read(self, node: yaml.Node, path: Path, line: int) -> Raw:
        if len(self.line) >= VALUE_LIMIT or len(path) > DEPTH_LIMIT:
            if not self.is_cut:
                self.problems.append((line, _too_deep(f"{show_path(path[:3])} (line {line})")))
            self.is_cut = True
            return None
        self.line[path] = line
        match node:
            case yaml.MappingNode():
                return {key: self.read(value, (*path, key), at) for key, value, at in self._pairs(node, path)}
            case yaml.SequenceNode():
                return [self.read(each, (*path, i), each.start_mark.line + 1) for i, each in enumerate(node.value)]
            case yaml.ScalarNode(value=value, style=style):
                return None if style is None and value in EMPTY else str(value)
            case _:
                assert False, f"PyYAML composes scalars, sequences and mappings, not {node}"  # noqa: B011

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, yaml.Node, int]]:
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                place = f"{show_path(path)} (line {line})"
                self.problems.append((line, Problem(place, "has a key that is not a plain word", "write 'key: value'")))
                continue
            if key.value in seen:
                place = f"{show_path((*path, key.value))} (line {line})"
                message = f"is written twice, first in line {seen[key.value]}"
                self.problems.append((line, Problem(place, message, "keep one of the two")))
                continue
            seen[key.value] = line
            yield key.value, value, line


def _syntax_problem(error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the file"
    what = error.problem or error.context or "cannot be read"
    remedy = "check the indentation, colons, quotes and brackets of this line and the one above"
    if "'\\t'" in what:
        remedy = "indent with spaces, not with tabs"
    elif isinstance(error, yaml.composer.ComposerError) and "single document" in (error.context or ""):
        what, remedy = "a second document begins", "keep one site to a file: remove the line '---'"
    return Problem(place, f"is no YAML: {what}", remedy)


def _too_deep(place: str) -> Problem:
    return Problem(place, "is too deep or too large for a site file", "look for brackets that do not close")


def value_at(data: object, *path: int | str) -> object:
    """Return the raw value at a path, None where there is none."""
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def positions(data: object, *path: int | str) -> range:
    """Return the positions of the list at a path, none where there is no list."""
    found = value_at(data, *path)
    return range(len(found)) if isinstance(found, list) else range(0)
