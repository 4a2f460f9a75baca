"""Faults that come and go by themselves: from a file, or drawn for a soak; same seed, same faults."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.run.plant.faults import NAMED, WELL, fields_of

TIMES: Final = ("after_s", "for_s")
LONGEST_S: Final = 60.0
"""Most that a drawn fault lasts."""


@dataclass(frozen=True, slots=True)
class Timed:
    """One fault of one device, and when."""

    device: str
    changes: Mapping[str, Any]
    after_s: float = 0.0
    """Since the plant was started."""
    for_s: float = math.inf


@dataclass(frozen=True, slots=True)
class Change:
    """Fields of one device that are to be set now."""

    at_s: float
    device: str
    fields: Mapping[str, Any]


class Script:
    """What will go wrong, in order."""

    def __init__(self, faults: Sequence[Timed]) -> None:
        """Lay out beginnings and ends; where faults of one device overlap, the last word holds for each field."""
        begins = [Change(each.after_s, each.device, each.changes) for each in faults]
        ends = [
            Change(each.after_s + each.for_s, each.device, {name: WELL[name] for name in each.changes})
            for each in faults
            if math.isfinite(each.for_s)
        ]
        # An end comes before a beginning at the same time.
        self._ahead = sorted([*ends, *begins], key=lambda change: change.at_s)

    def due(self, elapsed_s: float) -> list[Change]:
        """Return what has become due since it was last asked."""
        count = sum(change.at_s <= elapsed_s for change in self._ahead)
        due, self._ahead = self._ahead[:count], self._ahead[count:]
        return due


def read_script(text: str, measured: Mapping[str, Sequence[str]], *, source: str) -> tuple[Timed, ...]:
    """Read faults, a line of JSON each: ``{"after_s": 20, "for_s": 10, "device": "hybrid", "fault": "silent"}``.

    Args:
        text: Lines; empty ones and those that begin with # say nothing.
        measured: What each device measures, by device.
        source: Name of the file, for messages.

    Raises:
        ProblemsFound: Everything wrong with it, with its line.
    """
    faults, problems = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            faults.append(_timed(json.loads(line), measured))
        except ProblemsFound as found:
            problems += [Problem(f"line {number}, {each.place}", each.message, each.remedy) for each in found.problems]
        except ValueError:
            remedy = 'write {"after_s": 20, "for_s": 10, "device": "hybrid", "fault": "silent"}'
            problems.append(Problem(f"line {number}", "is no JSON", remedy))
    if problems:
        raise ProblemsFound(source, problems)
    return tuple(faults)


def _timed(order: object, measured: Mapping[str, Sequence[str]]) -> Timed:
    if not isinstance(order, dict):
        raise ValueError("no object")
    device = order.pop("device", None)
    times = {name: order.pop(name) for name in TIMES if name in order}
    problems = [
        Problem(name, f"is {value!r}", "write seconds, 0 or more")
        for name, value in times.items()
        if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0
    ]
    if not isinstance(device, str) or device not in measured:
        problems.append(Problem("device", f"{device!r} is not played here", f"write one of {', '.join(measured)}"))
    if not order:
        problems.append(Problem("fault", "is missing", f"write one of {', '.join(NAMED)}"))
    if problems:
        raise ProblemsFound("fault", problems)
    assert isinstance(device, str)
    return Timed(device, fields_of(order, measured[device]), **times)


def drawn(
    measured: Mapping[str, Sequence[str]], *, rng: np.random.Generator, within_s: float, every_s: float
) -> tuple[Timed, ...]:
    """Draw named faults for every device, one after the other.

    Args:
        measured: What each device measures, by device: a fault of what it does not measure is not drawn.
        rng: Decides which, when and for how long.
        within_s: Length of the soak. [s]
        every_s: Mean time between two faults of a device, above zero. [s]
    """
    faults = []
    for device, names in measured.items():
        able = [name for name in NAMED if _can_have(name, names)]
        at_s = float(rng.exponential(every_s))
        while at_s < within_s:
            for_s = float(rng.uniform(1.0, LONGEST_S))
            faults.append(Timed(device, fields_of({"fault": str(rng.choice(able))}, names), at_s, for_s))
            at_s += for_s + float(rng.exponential(every_s))
    return tuple(faults)


def _can_have(fault: str, measured: Sequence[str]) -> bool:
    named = [each for value in NAMED[fault].values() if isinstance(value, dict) for each in value]
    return all(each in measured for each in named)
