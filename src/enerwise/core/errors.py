"""The small family of errors.

Mistakes in our own code stay ``ValueError`` or ``AssertionError``; what people can put right is an ``EnerwiseError``,
whose text already says what, where, which value against which limit, and what to do.
"""

from collections.abc import Sequence
from dataclasses import dataclass


class EnerwiseError(Exception):
    """Anything a person can put right; the command line prints it without a traceback."""


class UnitError(EnerwiseError, ValueError):
    """A quantity that cannot be read."""

    def __init__(self, value: object, remedy: str) -> None:
        super().__init__(f"{value!r} cannot be read: {remedy}")
        self.value = value
        self.remedy = remedy

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes."""
        return type(self), (self.value, self.remedy)


class PluginError(EnerwiseError):
    """A plug-in that is missing or does not load."""


class StoreError(EnerwiseError):
    """The store cannot read or write what it was asked to."""


class PlanError(EnerwiseError):
    """A plan that cannot be made, or a solver that answered in an unexpected way."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file or request: where, what, and the remedy."""

    place: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f"; {self.remedy}" if self.remedy else "")


class ProblemsFound(EnerwiseError):
    """Everything wrong with a file or request, reported together."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        if not problems:
            raise ValueError("a report of problems needs at least one problem")
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        super().__init__("\n".join([f"{source}: {count}", *(f"  {problem}" for problem in problems)]))
        self.source = source
        self.problems = tuple(problems)

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between processes."""
        return type(self), (self.source, self.problems)
