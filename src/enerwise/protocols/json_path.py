"""Paths into JSON: ``emeters[0].power`` names one number in what a device answers."""

import math
import re
from typing import Final

PART: Final = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
WHOLE: Final = re.compile(r"^(?:[^.\[\]]+|\[\d+\])(?:\.[^.\[\]]+|\[\d+\])*$")


def parse_path(text: str) -> tuple[str | int, ...]:
    """Return the steps of a path.

    Raises:
        ValueError: The text is no path.

    >>> parse_path("emeters[0].power")
    ('emeters', 0, 'power')
    """
    if not WHOLE.match(text):
        raise ValueError(f"{text!r} is no path; write names and positions, such as emeters[0].power")
    return tuple(int(position) if position else name for name, position in PART.findall(text))


def number_at(data: object, path: tuple[str | int, ...]) -> float:
    """Return the number at a path; NaN where there is none. Numbers written as text count, truth values do not.

    >>> number_at({"emeters": [{"power": "12.5"}]}, ("emeters", 0, "power"))
    12.5
    """
    for step in path:
        if isinstance(data, dict) and isinstance(step, str):
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return math.nan
    if isinstance(data, bool) or not isinstance(data, int | float | str):
        return math.nan
    try:
        return float(data)
    except (ValueError, OverflowError):
        return math.nan
