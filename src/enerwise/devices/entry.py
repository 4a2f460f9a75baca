"""One table of a profile's text, read field by field; what is wrong is noted and reading goes on."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, TypeVar

from enerwise.core.errors import Problem

T = TypeVar("T")


@dataclass(slots=True)
class Entry:
    """A table of the text, its place, and everything found wrong so far, in the whole text."""

    fields: Mapping[str, Any]
    place: str
    problems: list[Problem]
    _asked: set[str] = field(default_factory=set)

    def has(self, name: str) -> bool:
        """Tell whether a field is there."""
        self._asked.add(name)
        return name in self.fields

    def text(self, name: str, default: str | None = None) -> str:
        """Return a text that is not empty."""
        value = self._get(name, default)
        if isinstance(value, str) and (value.strip() or value == default):
            return value
        return self._wrong(name, value, "a text", "")

    def flag(self, name: str, default: bool = False) -> bool:
        """Return true or false."""
        value = self._get(name, default)
        return value if isinstance(value, bool) else self._wrong(name, value, "true or false", default)

    def whole(self, name: str, default: int | None = None, *, low: int, high: int) -> int:
        """Return a whole number within limits."""
        value = self._get(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        return self._wrong(name, value, f"a whole number within {low}..{high}", low)

    def number(self, name: str, default: float) -> float:
        """Return a finite number."""
        value = self._get(name, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        return self._wrong(name, value, "a finite number", default)

    def wholes(self, name: str, *, high: int) -> tuple[int, ...]:
        """Return whole numbers from 0 on; none where the field is absent."""
        value = self._get(name, [])
        if isinstance(value, list) and all(type(each) is int and 0 <= each <= high for each in value):
            return tuple(value)
        return self._wrong(name, value, f"a list of whole numbers within 0..{high}", ())

    def choice(self, name: str, choices: Sequence[str], default: str | None = None) -> str:
        """Return one of several words."""
        value = self._get(name, default)
        if isinstance(value, str) and value in choices:
            return value
        near = get_close_matches(str(value), choices, n=1)
        hint = f'; did you mean "{near[0]}"?' if near else ""
        return self._wrong(name, value, f"one of {', '.join(choices)}{hint}", choices[0])

    def choices(self, name: str, choices: Sequence[str]) -> tuple[str, ...]:
        """Return some of several words; all of them where the field is absent."""
        value = self._get(name, list(choices))
        if isinstance(value, list) and value and all(each in choices for each in value):
            return tuple(value)
        return self._wrong(name, value, f"a list of {', '.join(choices)}", tuple(choices))

    def tables(self, name: str) -> Iterator["Entry"]:
        """Yield the tables of a list."""
        value = self._get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
            self._wrong(name, value, "a list of tables", ())
            return
        for at, each in enumerate(value):
            yield Entry(each, self._at(f"{name}[{at}]"), self.problems)

    def table(self, name: str) -> "Entry | None":
        """Return a table, None where it is absent."""
        if not self.has(name):
            return None
        value = self.fields[name]
        if not isinstance(value, Mapping):
            return self._wrong(name, value, "a table", None)
        return Entry(value, self._at(name), self.problems)

    def wrong(self, name: str, message: str, remedy: str = "") -> None:
        """Note that something is wrong with a field."""
        self.problems.append(Problem(self._at(name), message, remedy))

    def done(self) -> None:
        """Note fields that nobody asked for."""
        for name in sorted(set(self.fields) - self._asked):
            near = get_close_matches(name, self._asked, n=1)
            self.wrong(name, "is not known here", f'did you mean "{near[0]}"?' if near else "remove it")

    def _get(self, name: str, default: Any) -> Any:
        self._asked.add(name)
        return self.fields.get(name, default)

    def _wrong(self, name: str, value: object, wanted: str, instead: T) -> T:
        self.wrong(name, "is missing" if value is None else f"{value!r} is not what is wanted", f"give {wanted}")
        return instead

    def _at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name
