"""The text of a sequence -> `Switching`, or the whole list of problems.

A file holds ``[[number]]`` (each with its source and the range in which it may be changed), ``[[input]]`` (truths about
what is measured), ``[[coil]]`` (what must be true at the moment it is switched on) and ``[[stage]]`` with its exits.
Channels are ``part.quantity``: a part is what the table calls a thing, `enerwise.devices.wrappers.relay` knows under
which name it is measured.
"""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.devices.entry import Entry
from enerwise.guard.sequence import PERMITTED, RESET, Exit, Sequence, Stage
from enerwise.site.rules import SIDES, Input

TRIES_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a file."""

    value: float
    low: float
    high: float
    source: str


@dataclass(frozen=True, slots=True)
class Switching:
    """A sequence, what it looks at and what it can be told."""

    sequence: Sequence
    inputs: tuple[Input, ...]
    commands: tuple[str, ...]
    """Truths that are wishes."""
    numbers: Mapping[str, Number]

    @property
    def parts(self) -> tuple[str, ...]:
        """What the channels belong to."""
        return tuple(dict.fromkeys(each.partition(".")[0] for one in self.inputs for each in one.channels))


def parse_sequence(text: str, *, source: str, numbers: Mapping[str, float]) -> Switching:
    """Read a sequence.

    Args:
        text: TOML.
        source: Where it comes from; names the sequence and the place in messages.
        numbers: Numbers of the file that are others here.

    Raises:
        ProblemsFound: Everything that is wrong with it.
    """
    try:
        fields = tomllib.loads(text)
    except tomllib.TOMLDecodeError as trouble:
        raise ProblemsFound(source, [Problem("text", f"is not TOML: {trouble}")]) from None
    entry = Entry(fields, "", [])
    switching = _switching(entry, PurePath(source).stem, numbers)
    if switching is None or entry.problems:
        raise ProblemsFound(source, entry.problems)
    return switching


def _switching(entry: Entry, name: str, changed: Mapping[str, float]) -> Switching | None:
    source = entry.text("source")
    numbers = _numbers(entry, changed)
    inputs = [_input(each, numbers, source) for each in entry.tables("input")]
    commands = _named(entry, "commands", entry.fields.get("commands", []))
    truths = (PERMITTED, RESET, *commands, *(each.id for each in inputs if each))
    coils = [(each, each.text("id")) for each in entry.tables("coil")]
    needs = {coil: _words(each, "needs", truths) for each, coil in coils}
    rows = [(each, each.text("id")) for each in entry.tables("stage")]
    ids = tuple(each for _, each in rows)
    stages = {each: _stage(row, each, ids, tuple(needs), truths, numbers) for row, each in rows}
    begin, lost = (entry.choice(each, ids or ("",)) for each in ("start", "lost"))
    pairs = _pairs(entry, tuple(needs))
    for kind, names in (("truth", truths), ("coil", [each for _, each in coils]), ("stage", ids)):
        for each in sorted({each for each in names if names.count(each) > 1}):
            entry.wrong(f"{kind} {each!r}", "occurs twice", "give each its own name")
    for row, _ in coils:
        row.done()
    entry.done()
    if entry.problems:
        return None
    try:
        sequence = Sequence(id=name, source=source, start=begin, lost=lost, needs=needs, stages=stages, excludes=pairs)
    except ValueError as danger:
        entry.wrong("stage", str(danger), "let every exit ask for what the coils need")
        return None
    return Switching(sequence, tuple(each for each in inputs if each), commands, numbers)


def _numbers(entry: Entry, changed: Mapping[str, float]) -> dict[str, Number]:
    found = {}
    for each in entry.tables("number"):
        name = each.text("id")
        low, high, said = (_required(each, field) for field in ("low", "high", "value"))
        value = changed.get(name, said)
        found[name] = Number(value, low, high, each.text("source"))
        if not low <= value <= high:
            each.wrong("value", f"{name} is {value:g}", f"give a number within {low:g} and {high:g}")
        each.done()
    for name in sorted(set(changed) - set(found)):
        entry.wrong(f"number {name!r}", "is not known here", f"change one of {', '.join(found)}")
    return found


def _required(entry: Entry, name: str) -> float:
    if entry.has(name):
        return entry.number(name, math.nan)
    entry.wrong(name, "is missing", "give a finite number")
    return math.nan


def _named(entry: Entry, name: str, value: object) -> tuple[str, ...]:
    """Return names that are made here."""
    entry.has(name)
    if isinstance(value, list) and all(isinstance(each, str) and each for each in value):
        return tuple(value)
    entry.wrong(name, f"{value!r} is not what is wanted", "give a list of texts")
    return ()


def _words(entry: Entry, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return names that are known; none where the field is absent."""
    return entry.choices(name, known) if entry.has(name) else ()


def _pairs(entry: Entry, coils: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    value = entry.fields.get("excludes", []) if entry.has("excludes") else []
    if isinstance(value, list) and all(isinstance(each, list) and len(each) == 2 for each in value):
        pairs = tuple((str(one), str(other)) for one, other in value)
        if all(each in coils for pair in pairs for each in pair):
            return pairs
    entry.wrong("excludes", f"{value!r} is not what is wanted", "give a list of pairs of coils")
    return ()


def _input(entry: Entry, numbers: Mapping[str, Number], source: str) -> Input | None:
    at = entry.choice("at", tuple(numbers) or ("",))
    texts = {
        "id": entry.text("id"),
        "channel": entry.text("channel"),
        "side": entry.choice("side", SIDES),
        "share_of": entry.text("share_of", ""),
        "source": entry.text("source", source),
    }
    entry.done()
    try:
        found = Input(**texts, required=True, at=numbers[at].value if at in numbers else math.nan)
    except ValueError as trouble:
        entry.wrong("channel", str(trouble))
        return None
    if not all("." in each for each in found.channels):
        entry.wrong("channel", "names no part", "write part.quantity")
    return found


def _stage(
    entry: Entry,
    name: str,
    ids: tuple[str, ...],
    coils: tuple[str, ...],
    truths: tuple[str, ...],
    numbers: Mapping[str, Number],
) -> Stage:
    stage = Stage(
        id=name,
        drives=_words(entry, "drives", coils),
        exits=tuple(_exit(each, ids, truths, numbers) for each in entry.tables("exit")),
        carries=entry.flag("carries"),
        try_max=entry.whole("try_max", 0, low=0, high=TRIES_MAX),
        spent=entry.choice("spent", (*ids, ""), ""),
        renews=entry.flag("renews"),
        fault=entry.text("fault", ""),
    )
    entry.done()
    return stage


def _exit(entry: Entry, ids: tuple[str, ...], truths: tuple[str, ...], numbers: Mapping[str, Number]) -> Exit:
    after = entry.choice("after", (*numbers, ""), "")
    found = Exit(
        to=entry.choice("to", ids),
        when=_words(entry, "when", truths),
        lacks=_words(entry, "lacks", truths),
        after_s=numbers[after].value if after else 0.0,
    )
    entry.done()
    return found
