"""The response of every device, watched: what permits asked for over the last days against what meters showed.

All is read from the site's own records. Setpoints are compared with means of the same steps; beside that stands what
plans foresaw, which laws inside a step may leave on purpose. A finding tells since when a device gives too little, and
how much; it changes nothing about what the guard allows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from enerwise.core.event import Event, Json, Kind
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray, IntArray
from enerwise.physics.response import MAD, Response, response
from enerwise.run.jobs import Job
from enerwise.run.world import World
from enerwise.site.assets import Asset, Battery, Load, Pv
from enerwise.site.machines import Machine
from enerwise.site.site import Site
from enerwise.store.store import Store

RESPONSE: Final = "response"
EVERY_S: Final = 3600
DAYS: Final = 3
LEAST_STEP_S: Final = 60
LEAST_W: Final = 50.0
LEAST_RATIO: Final = 0.02
"""Setpoints below this share of what a device can do ask for nothing that a meter tells apart."""
STORAGE_S: Final = 3600.0
MACHINE_S: Final = 2 * 3600.0
VAIN: Final = np.timedelta64(20, "h")
"""A machine minds itself: a full car takes nothing all night. It must be asked in vain again a day later."""
COVERED_RATIO: Final = 0.95
Read = Callable[[Store, str, TimeGrid], FloatArray]


@dataclass(frozen=True, slots=True)
class Watched:
    """One device."""

    asset: str
    grid: TimeGrid
    told: Response
    """Against its setpoints."""
    planned_bias_w: float | None = None
    """Median of measured less planned, None where no plan spoke of it."""
    planned_spread_w: float | None = None

    @property
    def since(self) -> Instant | None:
        """When it began to give too little."""
        short = self.told.shortfall
        return None if short is None else self.grid.starts_utc[short.first]

    def finding(self) -> str:
        """Return what is wrong in one sentence; empty where nothing is.

        >>> import numpy as np
        >>> grid = TimeGrid(np.datetime64("2024-07-01T00:00", "ms"), 3600, 2)
        >>> short = response(np.array([1e3, 1e3]), np.array([0.0, 0.0]), step_s=3600.0, least_w=50.0)
        >>> Watched("battery", grid, short).finding()
        'battery gives nothing of what it is told since 2024-07-01T00:00Z: 2.0 kWh are missing'
        """
        short = self.told.shortfall
        if short is None:
            return ""
        gives = "nothing" if short.is_stopped else f"{short.share_ratio:.0%}"
        since = f"{str(self.since)[:16]}Z"
        missing = f"{short.missing_wh / 1e3:.1f} kWh are missing"
        return f"{self.asset} gives {gives} of what it is told since {since}: {missing}"

    def payload(self) -> dict[str, Json]:
        """Return it as an event tells it."""
        short = self.told.shortfall
        told: dict[str, Json] = {
            "count": self.told.count,
            "asked_wh": self.told.asked_wh,
            "bias_w": self.told.bias_w,
            "spread_w": self.told.spread_w,
            "share_ratio": self.told.share_ratio,
            "delay_s": self.told.delay_s,
            "planned_bias_w": self.planned_bias_w,
            "planned_spread_w": self.planned_spread_w,
        }
        if short is not None:
            told |= {
                "finding": self.finding(),
                "since": str(self.since),
                "missing_wh": short.missing_wh,
                "short_ratio": short.share_ratio,
                "is_stopped": short.is_stopped,
            }
        return told


@dataclass(slots=True)
class ResponseWatch:
    """Looks once an hour; setpoints that were read are kept, so that an hour costs the reading of an hour."""

    site: Site
    _asked: dict[str, tuple[Instant, FloatArray]] = field(default_factory=dict)

    def job(self) -> Job:
        """Return the job."""
        return Job(RESPONSE, EVERY_S, self._look, is_on_marks=True)

    def _look(self, world: World, now: Instant) -> bool:
        grid = grid_until(now, turn_s=world.turn_s)
        found = watched(self.site, world.store, grid, self._read)
        if found:
            told: dict[str, Json] = {each.asset: each.payload() for each in found}
            world.store.note([Event(f"{world.event_id(0)}r", now, Kind.NOTE, RESPONSE, told)])
        return True

    def _read(self, store: Store, asset: str, grid: TimeGrid) -> FloatArray:
        end, known = self._asked.get(asset, (grid.start_utc, np.full(grid.step_count, np.nan)))
        new = int(np.clip((grid.end_utc - end) // np.timedelta64(grid.step_s * 1000, "ms"), 0, grid.step_count))
        part = asked_w(store, asset, grid.part(grid.step_count - new, new))
        asked = np.concatenate([known[known.size - (grid.step_count - new) :], part])
        self._asked[asset] = grid.end_utc, asked
        return asked


def grid_until(now: Instant, *, turn_s: int, days: int = DAYS) -> TimeGrid:
    """Return the steps of the last days, up to the last whole hour."""
    step_s = max(turn_s, LEAST_STEP_S)
    end = now.astype("datetime64[h]").astype("datetime64[ms]")
    count = days * DAY_S // step_s
    return TimeGrid(end - np.timedelta64(count * step_s * 1000, "ms"), step_s, count)


def watched(site: Site, store: Store, grid: TimeGrid, read: Read | None = None) -> tuple[Watched, ...]:
    """Return every device of a site that was asked for something in the steps of a grid."""
    read = read or asked_w
    planned = _planned_w(site, store, grid)
    found = (_watched(each, store, grid, read(store, each.id, grid), planned.get(each.id)) for each in site.assets)
    return tuple(each for each in found if each is not None)


def _watched(
    asset: Asset, store: Store, grid: TimeGrid, asked: FloatArray, planned: FloatArray | None
) -> Watched | None:
    keys = [Key(asset.id, POWER_W), Key(asset.id, AVAILABLE_POWER_W)]
    measured, available = store.read_frame(keys, grid).value.T
    if isinstance(asset, Pv):
        # A setpoint of PV is the most it may deliver: it is held to that only where the sun gives more.
        asked = np.maximum(asked, available)
    waits_s = STORAGE_S if isinstance(asset, Battery | Pv) else MACHINE_S
    least_w = max(LEAST_W, LEAST_RATIO * _most_w(asset))
    told = response(asked, measured, step_s=float(grid.step_s), least_w=least_w, least_s=waits_s)
    if told is None:
        return None
    if told.shortfall is not None and isinstance(asset, Machine | Load):
        later = grid.starts_utc[told.shortfall.first :]
        asks = later[np.abs(np.nan_to_num(asked[told.shortfall.first :])) >= least_w]
        told = told if asks[-1] - asks[0] >= VAIN else replace(told, shortfall=None)
    off = np.full(1, np.nan) if planned is None else measured - planned
    off = off[np.isfinite(off)]
    if not off.size:
        return Watched(asset.id, grid, told)
    middle = float(np.median(off))
    return Watched(asset.id, grid, told, middle, MAD * float(np.median(np.abs(off - middle))))


def _most_w(asset: Asset) -> float:
    match asset:
        case Battery():
            return max(asset.charge_limit_w, asset.discharge_limit_w)
        case Pv():
            return asset.output_limit_w
        case Load():
            return asset.switch_power_w
        case Machine():
            return max(asset.power_max_w, asset.give_max_w)


def asked_w(store: Store, asset: str, grid: TimeGrid) -> FloatArray:
    """Return the mean setpoint in force in each step, NaN where none was. [W], shape (step,)"""
    if not grid.step_count:
        return np.zeros(0)
    before = np.timedelta64(EVERY_S * 1000, "ms")
    events = store.events(kind=Kind.PERMITTED, subject=asset, start_utc=grid.start_utc - before, end_utc=grid.end_utc)
    if not events:
        return np.full(grid.step_count, np.nan)
    begins = np.array([each.at for each in events]).astype("datetime64[ms]").astype(np.int64)
    ends = np.array([str(each.payload["valid_until"]) for each in events], dtype="datetime64[ms]").astype(np.int64)
    return _means(begins, ends, np.array([_number(each.payload.get("value")) for each in events]), grid)


def _means(begins: IntArray, ends: IntArray, value: FloatArray, grid: TimeGrid) -> FloatArray:
    """Return the mean over each step of values that hold until the next one or their end, by one running sum."""
    order = np.argsort(begins, kind="stable")
    begins, ends, value = begins[order], ends[order], value[order]
    ends = np.maximum(begins, np.minimum(ends, np.append(begins[1:], np.iinfo(np.int64).max)))
    edges = np.column_stack([begins, ends]).ravel()
    held = (ends - begins).astype(np.float64)
    steps = TimeGrid(grid.start_utc, grid.step_s, grid.step_count + 1).starts_utc.astype(np.int64)

    def over_steps(each: FloatArray) -> FloatArray:
        total = np.cumsum(np.column_stack([np.zeros(each.size), each]).ravel())
        return np.diff(np.interp(steps, edges, total))

    covered = over_steps(held)
    is_covered = covered >= COVERED_RATIO * grid.step_s * 1000
    return np.where(is_covered, over_steps(held * value) / np.maximum(covered, 1.0), np.nan)


def _planned_w(site: Site, store: Store, grid: TimeGrid) -> Mapping[str, FloatArray]:
    """Return what plans foresaw of their first steps, by asset. Shapes (step,)"""
    plans = store.events(kind=Kind.PLANNED, subject=site.id, start_utc=grid.start_utc, end_utc=grid.end_utc)
    hold = np.timedelta64(max(site.control.step_s, grid.step_s) * 1000, "ms")
    found: dict[str, list[tuple[Instant, float]]] = {}
    for each in plans:
        powers = each.payload.get("first_power_w")
        for asset, power_w in powers.items() if isinstance(powers, Mapping) else ():
            found.setdefault(asset, []).append((each.at, _number(power_w)))
    made: dict[str, FloatArray] = {}
    for asset, values in found.items():
        begins = np.array([at for at, _ in values]).astype("datetime64[ms]")
        ends = (begins + hold).astype(np.int64)
        made[asset] = _means(begins.astype(np.int64), ends, np.array([power_w for _, power_w in values]), grid)
    return made


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")
