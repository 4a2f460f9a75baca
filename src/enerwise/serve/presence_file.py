"""Days on which somebody saw who was there, from a file: `enerwise simulate --presence office.parquet@occupied`."""

from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import TIME_TYPE, TimeGrid, utc_offset_s
from enerwise.core.units import FloatArray
from enerwise.serve.asked import wrong
from enerwise.store.column_files import time_column
from enerwise.store.table import open_table

COLUMN: Final = "is_occupied"
"""What it is called where nobody says."""


def read_presence(asked: str, *, step_s: int, zone: str) -> tuple[FloatArray, TimeGrid]:
    """Return the share of each step in which somebody was there, on a grid of the local clock.

    Args:
        asked: ``FILE`` or ``FILE@COLUMN``; the column holds 1 where somebody was there, else 0.
        step_s: Length of the steps to make.
        zone: Of stamps that tell their offset; others are taken as local times.

    Raises:
        ProblemsFound: The file, its times or the column cannot be read, or no reading is 0 or 1.
    """
    name, _, column = asked.partition("@")
    column = column or COLUMN
    if not Path(name).exists():
        raise wrong("--presence", name, "name a CSV or Parquet file, and its column after @: office.csv@occupied")
    with open_table(name) as table:
        time = time_column(table, Path(name))
        table.has(column)
        table.raise_problems()
        stamps, value = table.stamps(time), table.numbers(column)
        table.raise_problems()
    at_s = stamps.at_ms // 1000 + np.where(stamps.has_offset, utc_offset_s(stamps.at_ms // 1000, zone), 0)
    known = np.isfinite(value)
    if not known.any() or value[known].min() < 0 or value[known].max() > 1:
        raise ProblemsFound(name, [Problem(f"column {column}", "is not 0 or 1", "write 1 where somebody was there")])
    return _by_step(at_s[known], value[known], step_s)


def _by_step(at_s: np.ndarray, value: FloatArray, step_s: int) -> tuple[FloatArray, TimeGrid]:
    step = at_s // step_s
    first, count = int(step.min()), int(step.max() - step.min()) + 1
    seen = np.bincount(step - first, minlength=count)
    total = np.bincount(step - first, weights=value, minlength=count)
    share = np.where(seen > 0, total / np.maximum(seen, 1), np.nan)
    return share, TimeGrid(np.datetime64(first * step_s * 1000, "ms").astype(TIME_TYPE), step_s, count)
