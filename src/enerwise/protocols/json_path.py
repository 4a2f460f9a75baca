"""Paths into JSON: ``emeters[0].power`` names one number in what a device answers."""

import json
import math
import re
from typing import Final

PART: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
WHOLE: Final = re.compile(r"^(?:[^.\[\]]+|\[\d+\])(?:\.[^.\[\]]+|\[\d+\])*$")
STEP_COUNT: Final = 32


def parse_path(text: str) -> tuple[str | int, ...]:
    """Return the steps of a path.

    Raises:
        ValueError: The text is no path.

    >>> parse_path("emeters[0].power")
    ('emeters', 0, 'power')
    """
    if not WHOLE.match(text):
        raise ValueError(f"{text!r} is no path; write names and positions, such as emeters[0].power")
    steps = tuple(int(position) if position else name for name, position in PART.findall(text))
    if len(steps) > STEP_COUNT:
        raise ValueError(f"{text!r} is no path; it has more than {STEP_COUNT} steps")
    return steps


def load_json(content: bytes) -> object:
    """Return what an answer holds.

    Raises:
        ValueError: It is no JSON, or nested so deeply that nobody means it.
    """
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("the answer is nested too deeply") from None
    except UnicodeDecodeError:
        raise ValueError("the answer is no text") from None


def value_at(data: object, path: tuple[str | int, ...]) -> object:
    """Return what stands at a path; None where there is nothing."""
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return None
    return data


def number_at(data: object, path: tuple[str | int, ...]) -> float:
    """Return the number at a path; NaN where there is none. Numbers written as text count, truth values do not.

    >>> number_at({"emeters": [{"power": "12.5"}]}, ("emeters", 0, "power"))
    12.5
    """
    return number_in(value_at(data, path))


def number_in(value: object) -> float:
    """Return a value as a number; NaN where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return math.nan
    if isinstance(value, str) and "_" in value:  # Python alone takes 1_000 for a number.
        return math.nan
    try:
        return float(value)
    except (ValueError, OverflowError):
        return math.nan
