"""Watching a world turn by turn: power now, level, price, the reason in a sentence, and what was saved so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.core.event import Event, Kind
from enerwise.core.quantity import (
    AVAILABLE_POWER_W,
    ENERGY_WH,
    POWER_W,
    PRICE_EXPORT_EUR_PER_KWH,
    PRICE_IMPORT_EUR_PER_KWH,
)
from enerwise.core.series import Key
from enerwise.core.time import Instant, show_local
from enerwise.run.cycle import Turn
from enerwise.run.world import World
from enerwise.serve.words import reason
from enerwise.site.assets import Battery, Load, Pv
from enerwise.site.site import GRID, Site

BARS: Final = "▁▂▃▄▅▆▇█"
UNKNOWN: Final = float("nan")


@dataclass(frozen=True, slots=True)
class Moment:
    """One look at a site. Powers in W, positive is taken; NaN is unknown."""

    at: Instant
    load_w: float
    sun_w: float
    """What PV delivers or could, zero or below."""
    battery_w: float
    soc_ratio: float
    buy_eur_per_kwh: float
    sell_eur_per_kwh: float
    mode: str
    because: str
    saved_eur: float
    """Against an idle battery, from the first look on; what the batteries hold more or less counts."""

    @property
    def grid_w(self) -> float:
        """What the connection draws, export below zero."""
        return self.load_w + self.sun_w + self.battery_w


@dataclass
class Watch:
    """Looks at a world after each turn and remembers the day."""

    world: World
    day: list[Moment] = field(default_factory=list)
    """The looks of the local day so far."""
    _saved_eur: float = 0.0
    _start_wh: float | None = None
    _before: Moment | None = None

    def look(self, turn: Turn) -> Moment:
        """Return what there is to see after a turn."""
        site, event = self.world.site, self._measured()
        now, ended = _part(event, "now"), _part(event, "ended")
        self._count(ended)
        energy_wh = sum(now.get(str(Key(each.id, ENERGY_WH)), UNKNOWN) for each in site.of_kind(Battery))
        if self._start_wh is None and not np.isnan(energy_wh):
            self._start_wh = energy_wh
        buy = now.get(str(Key(GRID, PRICE_IMPORT_EUR_PER_KWH)), UNKNOWN)
        moment = Moment(
            at=turn.now,
            load_w=_sum(now, [Key(each.id, POWER_W) for each in site.of_kind(Load)]),
            sun_w=_sum(now, [Key(each.id, AVAILABLE_POWER_W) for each in site.of_kind(Pv)]),
            battery_w=sum(each.value for each in turn.verdicts if each.asset in _ids(site)),
            soc_ratio=energy_wh / sum(each.capacity_wh for each in site.of_kind(Battery)) if _ids(site) else UNKNOWN,
            buy_eur_per_kwh=buy,
            sell_eur_per_kwh=now.get(str(Key(GRID, PRICE_EXPORT_EUR_PER_KWH)), UNKNOWN),
            mode=self.world.mode.mode if self.world.mode else "",
            because=self._because(turn),
            saved_eur=self._saved_eur + self._kept_eur(energy_wh, buy),
        )
        self._remember(moment)
        return moment

    def _measured(self) -> Event | None:
        return None if self.world.seen_id is None else self.world.store.event(self.world.seen_id)

    def _count(self, ended: Mapping[str, float]) -> None:
        """Add what the step before saved: its bill with the battery at rest, less the one it got."""
        before, site = self._before, self.world.site
        grid_w = ended.get(str(Key(GRID, POWER_W)))
        if before is None or grid_w is None:
            return
        load_w = _sum(ended, [Key(each.id, POWER_W) for each in site.of_kind(Load)])
        sun_w = _sum(ended, [Key(each.id, AVAILABLE_POWER_W) for each in site.of_kind(Pv)])
        limit_w = float(site.connection.export_limit_w(np.array([before.at]), site.timezone)[0])
        idle_w = max(load_w + sun_w, -limit_w)
        saved = _paid_eur(before, idle_w) - _paid_eur(before, grid_w)
        self._saved_eur += 0.0 if np.isnan(saved) else saved * self.world.turn_s / 3.6e6

    def _kept_eur(self, energy_wh: float, buy_eur_per_kwh: float) -> float:
        if self._start_wh is None or np.isnan(energy_wh) or np.isnan(buy_eur_per_kwh):
            return 0.0
        # The lowest price of the day is what stored energy is sure to spare.
        lowest = min([each.buy_eur_per_kwh for each in self.day] or [buy_eur_per_kwh])
        return (energy_wh - self._start_wh) / 1e3 * lowest

    def _because(self, turn: Turn) -> str:
        """Return the reason of the first battery's wish, else of any."""
        wishes = [each.wish for each in turn.verdicts if each.wish is not None]
        wishes.sort(key=lambda wish: wish.asset not in _ids(self.world.site))
        if not wishes:
            return reason("none", {})
        return reason(wishes[0].reason.code, wishes[0].reason.facts, agent=wishes[0].agent)

    def _remember(self, moment: Moment) -> None:
        zone = self.world.site.timezone
        if self.day and show_local(self.day[-1].at, zone)[:10] != show_local(moment.at, zone)[:10]:
            self.day.clear()
        self.day.append(moment)
        self._before = moment


def _paid_eur(moment: Moment, grid_w: float) -> float:
    """Return the price of a power: EUR/kWh times W."""
    return moment.buy_eur_per_kwh * max(grid_w, 0.0) - moment.sell_eur_per_kwh * max(-grid_w, 0.0)


def _ids(site: Site) -> tuple[str, ...]:
    return tuple(each.id for each in site.of_kind(Battery))


def _part(event: Event | None, name: str) -> dict[str, float]:
    values = event.payload.get(name) if event is not None and event.kind is Kind.MEASURED else None
    found = values.items() if isinstance(values, Mapping) else ()
    return {key: float(value) for key, value in found if isinstance(value, float | int)}


def _sum(values: Mapping[str, float], keys: list[Key]) -> float:
    return sum(values.get(str(key), UNKNOWN) for key in keys)


def sparkline(values: list[float], *, highest: float, width: int) -> str:
    """Draw values as bars of one line, the last ones where there are more than fit.

    >>> sparkline([0.0, 0.5, 1.0], highest=1.0, width=10)
    '▁▅█'
    """
    share = [0.0 if np.isnan(each) or highest <= 0 else min(max(each / highest, 0.0), 1.0) for each in values]
    return "".join(BARS[round(each * (len(BARS) - 1) + 1e-9)] for each in share[-width:])
