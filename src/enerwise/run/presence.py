"""Who is there, from what was recorded: seen as such or told from the air of a room, and expected for the day ahead."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.core.quantity import IS_OCCUPIED
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, TimeGrid, utc_offset_s
from enerwise.core.units import FloatArray
from enerwise.forecast.presence import Expected, foresee
from enerwise.site.habits import usually_there
from enerwise.site.machines import HeatPump
from enerwise.store.store import Store

if TYPE_CHECKING:
    from enerwise.forecast.occupancy import OccupancyModel

HISTORY_DAYS: Final = 56
FRESH_S: Final = 1800
"""What was told of people longer ago says nothing of now."""
SENSE_S: Final = 300
"""Air is looked at in such steps."""
LEAST_LABELS: Final = 1000
"""Steps in which somebody saw who was there, before air is believed: three and a half days."""


Models = dict[str, tuple[int, "OccupancyModel"]]
"""What the air of each machine's rooms has taught, with the day on which it was learned."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is there now and will be. Shape (step,)"""

    now_ratio: float
    """Seen, or likely by the air; NaN where nobody knows."""
    expected: Expected


def attendance_of(
    store: Store,
    pump: HeatPump,
    now: Instant,
    ahead: TimeGrid,
    zone: str,
    *,
    country: str = "",
    models: Models | None = None,
) -> Attendance:
    """Return who is there now, and how likely somebody is in each step ahead.

    Args:
        store: What was measured.
        pump: With a presence.
        now: The present; nothing that became known later is seen.
        ahead: The steps of a plan.
        zone: Whose days and windows.
        country: Whose holidays.
        models: What was learned from air today, by machine; it is read and added to. None learns anew.
    """
    steps = HISTORY_DAYS * DAY_S // ahead.step_s
    past = TimeGrid(ahead.start_utc - np.timedelta64(steps * ahead.step_s * 1000, "ms"), ahead.step_s, steps)
    seen = _seen(store, pump, past, now, zone, {} if models is None else models)
    whole = TimeGrid(past.start_utc, past.step_s, steps + ahead.step_count)
    present = _now(store, pump, now, seen)
    usual = usually_there(pump, whole, zone)
    return Attendance(present, foresee(seen, usual, whole, zone, now_ratio=present, country=country))


def _now(store: Store, pump: HeatPump, now: Instant, seen: FloatArray) -> float:
    """Return the newest that is known of now: a reading, else what the last step showed."""
    since = now - np.timedelta64(FRESH_S * 1000, "ms")
    series = store.read(Key(pump.id, IS_OCCUPIED), since, now + np.timedelta64(1, "ms"), as_of=now)
    return float(series.value[-1]) if len(series) else float(seen[-1])


def _seen(store: Store, pump: HeatPump, grid: TimeGrid, now: Instant, zone: str, models: Models) -> FloatArray:
    """Return whether somebody was there in each step: as seen, else as the air tells; NaN where nobody knows."""
    seen = store.read_frame([Key(pump.id, IS_OCCUPIED)], grid, as_of=now).value[:, 0]
    assert pump.presence is not None
    sensors = [each for each in pump.presence.sensors if each != IS_OCCUPIED]
    if not sensors:
        return seen
    return np.where(np.isnan(seen), _by_air(store, pump.id, sensors, grid, now, zone, models), seen)


def _by_air(
    store: Store, asset: str, sensors: list[str], grid: TimeGrid, now: Instant, zone: str, models: Models
) -> FloatArray:
    """Return what air and light tell, once somebody has shown for some days what they look like with people."""
    from enerwise.forecast.occupancy import Room, fit

    parts = max(1, grid.step_s // SENSE_S)
    fine = TimeGrid(grid.start_utc, grid.step_s // parts, grid.step_count * parts)
    keys = [Key(asset, each) for each in (IS_OCCUPIED, *sensors)]
    label, *values = store.read_frame(keys, fine, as_of=now).value.T
    known = np.isfinite(np.stack(values)).all(axis=0)
    taught = known & np.isfinite(label)
    there = label > 0.5
    if taught.sum() < LEAST_LABELS or there[taught].all() or not there[taught].any():
        return np.full(grid.step_count, np.nan)
    epoch_s = fine.starts_utc.astype("datetime64[s]").astype(np.int64)
    local = ((epoch_s + utc_offset_s(epoch_s, zone)) * 1000).astype("datetime64[ms]")
    sensed = dict(zip(sensors, values, strict=True))
    today, kept = int(now.astype("datetime64[D]").astype(np.int64)), models.get(asset)
    if kept is None or kept[0] != today:
        with_people = {name: value[taught] for name, value in sensed.items()}
        models[asset] = kept = today, fit(Room(local[taught], fine.step_s, with_people), there[taught])
    model = kept[1]
    chance = np.where(known, model.probability(Room(local, fine.step_s, sensed)), np.nan).reshape(-1, parts)
    counted = np.isfinite(chance).sum(axis=1)
    return np.where(counted > 0, np.nansum(chance, axis=1) / np.maximum(counted, 1), np.nan)
