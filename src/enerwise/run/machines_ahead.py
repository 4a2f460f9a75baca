"""Machines as plans see them: where each stands, who will be there, and how cold it will be outside."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.event import Json
from enerwise.core.plugin import load
from enerwise.core.quantity import TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.run.weather import foreseen, weather_keys
from enerwise.site.machines import HeatPump, Machine
from enerwise.site.site import WEATHER, Site
from enerwise.store.store import Store

if TYPE_CHECKING:
    from enerwise.plan.flexible import Flexible
    from enerwise.run.presence import Attendance, Models

HISTORY_DAYS: Final = 56


@dataclass(slots=True)
class MachinesAhead:
    """The machines of one site; solver and forecasters are imported when the first plan asks."""

    store: Store
    step_s: int
    forecaster: str
    """Of ``enerwise.forecasters``; foresees the air outside where no feed tells it."""
    _attendance: "dict[str, Attendance]" = field(default_factory=dict)
    """Of the last plan."""
    _by_air: "Models" = field(default_factory=dict)
    """What the air of rooms has taught about who is there."""
    _air: tuple[int, Any] | None = None
    """Who foresees the air outside, and the day for which it learned."""

    def flexible(self, site: Site, grid: TimeGrid, buy: FloatArray, now: Instant) -> "tuple[Flexible, ...]":
        """Return the machines that can be planned now."""
        machines = site.of_kind(Machine)
        if not machines:
            return ()
        from enerwise.plan.declared import Ahead, blocks_of
        from enerwise.run.standing import standing_of

        zone = site.timezone
        standing = {each.id: standing_of(self.store, each, now, step_s=self.step_s, zone=zone) for each in machines}
        self._attendance = self._attended(site, grid, now)
        chances = {name: each.expected.chance_ratio for name, each in self._attendance.items()}
        return blocks_of(machines, standing, Ahead(grid, zone, buy, self.air_degc(site, grid, now), chances))

    def limits_w(self, site: Site, flexible: "tuple[Flexible, ...]", grid: TimeGrid) -> FloatArray | None:
        """Return what the site file allows each machine at which time; None without machines. Shape (flexible, step)"""
        if not flexible:
            return None
        from enerwise.plan.declared import limits_w

        return limits_w(site.of_kind(Machine), flexible, grid, site.timezone)

    def told(self) -> dict[str, Json]:
        """Return what the event of the last plan tells of who is there; nothing where no machine goes by it."""
        if not self._attendance:
            return {}
        return {"presence": {name: _told_of(each) for name, each in self._attendance.items()}}

    def air_degc(self, site: Site, grid: TimeGrid, now: Instant) -> FloatArray | None:
        """Return the temperature outside: of a feed, else foreseen from what was measured; None where nobody knows."""
        from enerwise.forecast.past import Past

        if not site.of_kind(HeatPump):
            return None
        told = [each for each in weather_keys(site) if each.quantity == TEMPERATURE_DEGC]
        if told and np.isfinite(air := foreseen(self.store, told[0], grid, now)).all():
            return air
        key = Key(WEATHER, TEMPERATURE_DEGC)
        steps = HISTORY_DAYS * DAY_S // self.step_s
        past_grid = TimeGrid(grid.start_utc - np.timedelta64(steps * self.step_s * 1000, "ms"), self.step_s, steps)
        value = self.store.read_frame([key], past_grid, as_of=now).value[:, 0]
        known = np.isfinite(value)
        first = int(np.argmax(known))
        if not known.any() or steps - first < DAY_S // self.step_s:
            return None
        past = Past(key, past_grid.part(first, steps - first), value[first:], site.timezone)
        day = int(now.astype("datetime64[D]").astype(np.int64))
        if self._air is None or self._air[0] != day:
            self._air = day, load("enerwise.forecasters", self.forecaster)().fit(past)
        expected: FloatArray = self._air[1].expected(past, grid)
        return expected if np.isfinite(expected).all() else None

    def _attended(self, site: Site, grid: TimeGrid, now: Instant) -> "dict[str, Attendance]":
        """Return who is there and will be, for each heat pump that goes by it."""
        pumps = [each for each in site.of_kind(HeatPump) if each.follows_presence]
        if not pumps:
            return {}
        from enerwise.run.presence import attendance_of

        zone, country = site.timezone, site.country
        return {
            each.id: attendance_of(self.store, each, now, grid, zone, country=country, models=self._by_air)
            for each in pumps
        }


def _told_of(attendance: "Attendance") -> dict[str, Json]:
    """Return what an event tells of who is there, and when that changes."""
    expected, now_ratio = attendance.expected, attendance.now_ratio
    return {
        "now_ratio": None if np.isnan(now_ratio) else round(now_ratio, 3),
        "chance_ratio": [round(float(each), 3) for each in expected.chance_ratio],
        "model": expected.model,
        "day_count": expected.day_count,
        "brier_score": {name: round(each, 4) for name, each in expected.brier_score.items()},
    }
