"""What energy costs: one object that bills the past and prices the future.

A tariff has an energy price both ways, fixed fees, taxes and any number of demand components. Money leaving the site
is above zero, so export earns a cost below zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from math import gcd
from typing import Final

import numpy as np

from enerwise.core.time import QUARTER_S, Instant, TimeArray, TimeGrid, local_fields, utc_offset_s
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.site.calendar import Window

PERIODS: Final = ("day", "month", "year")
WH_PER_KWH: Final = 1000.0
EPOCH: Final = np.datetime64(0, "ms")


@dataclass(frozen=True, slots=True)
class PriceSeries:
    """Prices from a file: value (n) in force from ``start_utc`` (n) for ``step_s``, public from ``known_at`` (n) on."""

    start_utc: TimeArray
    price_eur_per_kwh: FloatArray
    step_s: int
    known_at: TimeArray

    def __post_init__(self) -> None:
        if not self.start_utc.shape == self.price_eur_per_kwh.shape == self.known_at.shape == (self.start_utc.size,):
            raise ValueError(f"price series: columns differ in shape: {self.start_utc.shape} starts")
        if self.start_utc.size == 0 or np.any(np.diff(self.start_utc) <= np.timedelta64(0, "ms")):
            raise ValueError("price series: starts must rise, and there must be one")
        if self.step_s < 1:
            raise ValueError(f"price series: step_s must be 1 s or more, got {self.step_s}")

    def at(self, at_utc: TimeArray, as_of: Instant | None = None) -> FloatArray:
        """Return the price in force at each instant; NaN where there is none, or none was public ``as_of``."""
        before = np.searchsorted(self.start_utc, at_utc, side="right") - 1
        row = np.maximum(before, 0)
        held = (before >= 0) & (at_utc < self.start_utc[row] + np.timedelta64(self.step_s * 1000, "ms"))
        if as_of is not None:
            held &= self.known_at[row] <= as_of
        found_eur_per_kwh: FloatArray = np.where(held, self.price_eur_per_kwh[row], np.nan)
        return found_eur_per_kwh


@dataclass(frozen=True, slots=True)
class Rate:
    """An energy price: a constant with windows of local time, or a series; then ``times`` and ``plus``.

    The series of a feed grows while the site runs; ``otherwise`` stands in for what it has not told.
    """

    otherwise_eur_per_kwh: float = 0.0
    periods: tuple[tuple[Window, float], ...] = ()
    series: PriceSeries | None = None
    times_ratio: float = 1.0
    plus_eur_per_kwh: float = 0.0
    feed: str = ""
    """Device that tells the series."""

    @property
    def stand_in_eur_per_kwh(self) -> float:
        """What it costs where nobody has told, with what comes on top."""
        return self.otherwise_eur_per_kwh * self.times_ratio + self.plus_eur_per_kwh

    def is_untold(self, grid: TimeGrid) -> BoolArray:
        """Tell in which steps the feed of this rate has told nothing at their start; in none where it has no feed."""
        if not self.feed:
            return np.zeros(grid.step_count, dtype=np.bool_)
        if self.series is None:
            return np.ones(grid.step_count, dtype=np.bool_)
        return np.isnan(self.series.at(grid.starts_utc))

    def at(self, grid: TimeGrid, zone: str, as_of: Instant | None = None) -> FloatArray:
        """Return the mean price of each step; NaN where it is not known ``as_of``. [EUR/kWh], shape (step,)

        The first period that holds wins. A step that straddles a change of price costs the mean over its parts.
        """
        part_s = self._part_s(grid)
        parts = grid.step_s // part_s
        fine = TimeGrid(grid.start_utc, part_s, grid.step_count * parts)
        mean: FloatArray = self._fine(fine.starts_utc, zone, as_of).reshape(grid.step_count, parts).mean(axis=1)
        return mean

    def _fine(self, at_utc: TimeArray, zone: str, as_of: Instant | None) -> FloatArray:
        if self.series is not None:
            price = self.series.at(at_utc, as_of)
            if self.feed and as_of is None:
                price = np.where(np.isnan(price), self.otherwise_eur_per_kwh, price)
        else:
            price = np.full(at_utc.shape, self.otherwise_eur_per_kwh)
            local = local_fields(at_utc, zone) if self.periods else None
            for window, inside in reversed(self.periods):
                assert local is not None
                price = np.where(window.holds_local(local), inside, price)
        return price * self.times_ratio + self.plus_eur_per_kwh

    def _part_s(self, grid: TimeGrid) -> int:
        """Return the length of parts within which the price cannot change."""
        if self.series is not None:
            return reduce(gcd, [grid.step_s, self.series.step_s, _minutes_s(grid.start_utc - self.series.start_utc[0])])
        if not self.periods:
            return grid.step_s
        edges = [edge for window, _ in self.periods for edge in (window.from_s, window.to_s)]
        return reduce(gcd, [grid.step_s, *edges, QUARTER_S, _minutes_s(grid.start_utc - EPOCH)])


@dataclass(frozen=True, slots=True)
class DemandComponent:
    """A price on peaks: mean of the ``top_count`` highest daily maxima of import within a period, above a free part.

    The maxima are of means over ``interval_s``. Until a period has ``top_count`` days the missing ones count as zero,
    so that the charge only ever grows while the period runs.
    """

    name: str
    price_eur_per_kw: float
    per: str = "month"
    interval_s: int = 900
    above_w: float = 0.0
    top_count: int = 1
    window: Window | None = None

    def __post_init__(self) -> None:
        if self.per not in PERIODS:
            raise ValueError(f"{self.name}: period {self.per!r} is not one of {', '.join(PERIODS)}")
        if self.top_count < 1 or self.interval_s < 1:
            raise ValueError(f"{self.name}: top {self.top_count} and interval {self.interval_s} s must be 1 or more")
        if not (0 <= self.price_eur_per_kw < np.inf and 0 <= self.above_w < np.inf):
            raise ValueError(
                f"{self.name}: price {self.price_eur_per_kw} and above {self.above_w} W must not be negative"
            )

    def charge_eur(self, daily_max_w: FloatArray) -> float:
        """Return the charge of one period from the maxima of its days. [EUR]"""
        top = np.sort(daily_max_w)[::-1][: self.top_count]
        return self.price_eur_per_kw * max(0.0, float(top.sum()) / self.top_count - self.above_w) / 1000.0

    def billed_interval_s(self, step_s: int) -> int:
        """Return the interval that means over ``step_s`` allow: the shortest of whole steps that is long enough."""
        return -(-self.interval_s // step_s) * step_s

    def intervals(self, grid: TimeGrid, zone: str) -> "DemandIntervals":
        """Map steps to billed intervals, days and periods."""
        group_s = self.billed_interval_s(grid.step_s)
        starts_s = grid.starts_utc.astype("datetime64[s]").astype(np.int64)
        local = local_fields(grid.starts_utc, zone)
        # Intervals begin on the wall clock's marks, also where it is 30 or 45 minutes off UTC; the rest of the offset
        # stays out, so that the hour which happens twice stays two hours.
        offset_s = utc_offset_s(starts_s, zone) % group_s
        begins = np.ones(grid.step_count, dtype=np.bool_)
        begins[1:] = (np.diff((starts_s + offset_s) // group_s) != 0) | (np.diff(offset_s) != 0)
        # An interval belongs to the day and window in which it begins.
        first = np.flatnonzero(begins)
        counts = np.ones(grid.step_count, bool) if self.window is None else self.window.holds_local(local)
        period = {"day": local.day, "month": local.year * 12 + local.month - 1, "year": local.year}[self.per]
        return DemandIntervals(
            interval=np.cumsum(begins) - 1,
            day=local.day[first],
            period=period[first],
            is_billed=counts[first],
            steps_per_interval=group_s // grid.step_s,
        )


@dataclass(frozen=True, slots=True)
class DemandIntervals:
    """How the steps of a grid fall into billed intervals."""

    interval: IntArray
    """Interval of each step. Shape (step,)"""
    day: IntArray
    """Local day of each interval. Shape (interval,)"""
    period: IntArray
    """Billing period of each interval. Shape (interval,)"""
    is_billed: BoolArray
    """Whether the interval counts. Shape (interval,)"""
    steps_per_interval: int

    def mean_w(self, import_w: FloatArray) -> FloatArray:
        """Return the mean import of each interval; steps beyond the grid count as zero. Shape (interval,)"""
        total = np.bincount(self.interval, weights=import_w, minlength=self.day.size)
        mean_w: FloatArray = np.where(self.is_billed, total / self.steps_per_interval, 0.0)
        return mean_w


@dataclass(frozen=True, slots=True)
class DemandState:
    """Peaks already set in the running period of one component: what a further bill or plan starts from."""

    period: int = -1
    daily_max_w: Mapping[int, float] = field(default_factory=dict)
    """Highest interval so far by local day."""

    def within(self, period: int) -> Mapping[int, float]:
        """Return the maxima that count in ``period``: none where another period has begun."""
        return self.daily_max_w if period == self.period else {}


@dataclass(frozen=True, slots=True)
class Bill:
    """Cost by term, and the peaks a following bill starts from."""

    cost_eur: Mapping[str, float]
    demand: Mapping[str, DemandState]
    notes: tuple[str, ...] = ()

    @property
    def total_eur(self) -> float:
        """Sum of all terms. [EUR]"""
        return sum(self.cost_eur.values())


@dataclass(frozen=True, slots=True)
class Tariff:
    """Energy prices, fees, taxes and demand components of one connection."""

    import_rate: Rate
    export_rate: Rate = field(default_factory=Rate)
    fixed_eur_per_day: float = 0.0
    tax_ratio: float = 0.0
    """Tax on what is bought, fees and demand included; sales are untaxed."""
    demand: tuple[DemandComponent, ...] = ()

    def __post_init__(self) -> None:
        names = [component.name for component in self.demand]
        if len(set(names)) != len(names):
            raise ValueError(f"tariff: demand components must differ in name: {names}")

    def import_eur_per_kwh(self, grid: TimeGrid, zone: str, as_of: Instant | None = None) -> FloatArray:
        """Return what one more bought kWh costs in each step, tax included. Shape (step,)"""
        return self.import_rate.at(grid, zone, as_of) * (1 + self.tax_ratio)

    def export_eur_per_kwh(self, grid: TimeGrid, zone: str, as_of: Instant | None = None) -> FloatArray:
        """Return what one more sold kWh earns in each step. Shape (step,)"""
        return self.export_rate.at(grid, zone, as_of)

    def bill(
        self,
        grid: TimeGrid,
        grid_power_w: FloatArray,
        zone: str,
        so_far: Mapping[str, DemandState] | None = None,
    ) -> Bill:
        """Bill measured power at the connection point.

        Args:
            grid: The steps billed; split only where billed intervals end.
            grid_power_w: Mean power of each step, import above zero. [W], shape (step,)
            zone: Time zone of the site: days and months are its local ones.
            so_far: Peaks of the bill before this one; the sum of both is then the bill of the whole.

        Returns:
            Cost by term: ``import``, ``export``, ``fixed``, ``tax``, ``demand <name>``. Steps without measurement (NaN)
            are billed as zero energy and counted in the notes; energy without a price makes its term NaN, but what a
            feed has not told is billed by the stand-in of its rate and counted in the notes too.
        """
        missing = int(np.isnan(grid_power_w).sum())
        power_w = np.nan_to_num(grid_power_w)
        import_w, export_w = np.maximum(power_w, 0), np.maximum(-power_w, 0)
        kwh = grid.step_h / WH_PER_KWH
        days = grid.step_s / local_fields(grid.starts_utc, zone).day_length_s
        cost = {
            "import": float(_priced(import_w, self.import_rate.at(grid, zone)).sum() * kwh),
            "export": float(-_priced(export_w, self.export_rate.at(grid, zone)).sum() * kwh),
            "fixed": float((self.fixed_eur_per_day * days).sum()),
        }
        notes = [f"{missing} steps without measurement billed as zero"] if missing else []
        for way, rate, power in (("import", self.import_rate, import_w), ("export", self.export_rate, export_w)):
            untold = int((rate.is_untold(grid) & (power > 0)).sum())
            notes += [f"{way}: {untold} steps billed by the stand-in for the feed {rate.feed}"] if untold else []
        states = {}
        for component in self.demand:
            before = (so_far or {}).get(component.name, DemandState())
            charge_eur, states[component.name] = demand_charge(component, grid, import_w, zone, before)
            cost[f"demand {component.name}"] = charge_eur
            billed_s = component.billed_interval_s(grid.step_s)
            if billed_s != component.interval_s:
                notes.append(f"{component.name}: {component.interval_s} s intervals billed on means over {billed_s} s")
        if self.tax_ratio:
            cost["tax"] = self.tax_ratio * sum(amount for term, amount in cost.items() if term != "export")
        return Bill(cost, states, tuple(notes))


def demand_charge(
    component: DemandComponent, grid: TimeGrid, import_w: FloatArray, zone: str, before: DemandState
) -> tuple[float, DemandState]:
    """Return what the steps add to one demand component, and the peaks after them."""
    spans = component.intervals(grid, zone)
    mean_w = spans.mean_w(import_w)
    added_eur, state = 0.0, before
    for period in np.unique(spans.period):
        inside = spans.period == period
        daily = dict(state.within(int(period)))
        charged_eur = component.charge_eur(np.array(list(daily.values())))
        for day in np.unique(spans.day[inside]):
            daily[int(day)] = max(daily.get(int(day), 0.0), float(mean_w[inside & (spans.day == day)].max()))
        added_eur += component.charge_eur(np.array(list(daily.values()))) - charged_eur
        state = DemandState(int(period), daily)
    return added_eur, state


def _minutes_s(span: np.timedelta64) -> int:
    """Return a span in seconds, cut to whole minutes: a grid that starts off the minute is priced to the minute."""
    return int(span / np.timedelta64(1, "m")) * 60


def _priced(power_w: FloatArray, price_eur_per_kwh: FloatArray) -> FloatArray:
    """Return power times price, where no power needs no price."""
    return np.where(power_w > 0, power_w * price_eur_per_kwh, 0.0)
