"""Measured history for a backtest: read from people's files, cut to the span that is asked for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.quantity import AVAILABLE_POWER_W
from enerwise.core.series import Frame
from enerwise.core.time import DAY_S, TimeGrid, show_local
from enerwise.serve import asked
from enerwise.serve.sites import read_text
from enerwise.site.assets import Load, Pv
from enerwise.site.site import Site

WARMUP: Final = "28d"


@dataclass(frozen=True, slots=True)
class Span:
    """Which days to bill, and how many before them to learn from, as asked for."""

    first_day: str | None = None
    last_day: str | None = None
    warmup: str = WARMUP


def read_data(site: Site, path: Path, columns: Path | None) -> Frame:
    """Read the measurements of a site; its first load and its first PV plant have the columns ``load_w`` and ``pv_w``.

    Raises:
        ProblemsFound: Everything wrong with the file, or with the column map.
    """
    from enerwise.store.columns import ColumnMap
    from enerwise.store.files import read_measurements

    if not path.is_file():
        raise ProblemsFound("--data", [Problem(str(path), "there is no such file", "name a CSV or Parquet file")])
    names = ColumnMap.parse(_mapping(columns), source=str(columns)) if columns else None
    load = next((each.id for each in site.of_kind(Load)), None)
    pv = next((each.id for each in site.of_kind(Pv)), None)
    return _without_strangers(read_measurements(path, names, load=load, pv=pv), site)


def _mapping(path: Path) -> dict[str, object]:
    import yaml

    try:
        found = yaml.safe_load(read_text(path))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}" if mark else "the file"
        problem = Problem(place, str(getattr(error, "problem", error)), "write 'load: {column: load_w, unit: W}'")
        raise ProblemsFound(str(path), [problem]) from None
    if not isinstance(found, dict):
        remedy = "write keys with values, such as 'load: {column: load_w, unit: W}'"
        raise ProblemsFound(str(path), [Problem("the file", "holds no keys", remedy)])
    return found


def _without_strangers(frame: Frame, site: Site) -> Frame:
    """Complain about PV in the data of a site that has none."""
    if site.of_kind(Pv):
        return frame
    sunny = [key for key in frame.keys if key.quantity == AVAILABLE_POWER_W and np.nanmin(frame.column(key)) < 0]
    if sunny:
        remedy = "add '{id: roof, kind: pv, peak: 6 kWp}' to the site file"
        raise ProblemsFound("--data", [Problem(str(sunny[0]), "the site has no PV plant", remedy)])
    return frame


def cut(frame: Frame, site: Site, span: Span) -> tuple[Frame, int]:
    """Return the rows to use, and how many days at their beginning are history.

    Without a first day the warm-up is taken from the beginning of the data. With one, the billed span begins there, and
    as much of the warm-up as the data hold lies before it.
    """
    warmup = asked.days("--warmup", span.warmup)
    if warmup != int(warmup):
        raise asked.wrong("--warmup", span.warmup, "write whole days, such as '28d'")
    first_utc, end_utc = frame.start_utc[0], frame.known_at[-1]
    zone = site.timezone
    if span.last_day is not None:
        end_utc = min(end_utc, asked.day("--to", span.last_day, zone))
    history_days = int(warmup)
    if span.first_day is not None:
        begin_utc = asked.day("--from", span.first_day, zone)
        history_days = max(0, min(history_days, int((begin_utc - first_utc) / np.timedelta64(1, "D"))))
        first_utc = begin_utc - np.timedelta64(history_days * DAY_S, "s")
    kept = frame.rows((frame.start_utc >= first_utc) & (frame.start_utc < end_utc))
    if not len(kept):
        told = f"{show_local(frame.start_utc[0], zone)[:10]} to {show_local(frame.start_utc[-1], zone)[:10]}"
        raise ProblemsFound("--data", [Problem("--from, --to", "leave no data", f"name days within {told}")])
    return kept, history_days


def billed(frame: Frame, history_days: int) -> TimeGrid:
    """Return the steps that a backtest of a frame bills."""
    step_s = int((frame.known_at[0] - frame.start_utc[0]) / np.timedelta64(1, "s"))
    history_steps = history_days * DAY_S // step_s
    return TimeGrid(frame.start_utc[0], step_s, len(frame)).part(history_steps, max(0, len(frame) - history_steps))
