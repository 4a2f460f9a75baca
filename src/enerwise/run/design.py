"""Which battery, which PV, which tariff: sizes weighed over a home's own measured year.

A design is a battery, a roof and a tariff. Its year is run as the best plan would run it with every hour known before,
so that each tariff is used as it can be; a real plan keeps most, not all of that (docs/results.md). A search sees
twelve weeks spread over the data (`Home.judge`); what it finds is reckoned again over all of them, peaks and fees
included (`Home.judge_whole`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import AVAILABLE_POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.devices.supply import Supply, from_frame
from enerwise.plan.problem import DemandProblem, Problem
from enerwise.site.assets import Battery, Pv
from enerwise.site.site import Site
from enerwise.site.tariff import DemandState, Tariff

DAYS_A_YEAR: Final = 365.25
WEEKS: Final = 12
HOURS_TO_FULL: Final = 2.0
"""Of a battery whose power nobody has told: it is charged in so long."""
LEVEL: Final = 0.5
"""State of charge at both ends of every span."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What something costs to buy."""

    most: float
    """Largest size that may be chosen. [Wh] or [W]"""
    eur_per_k: float
    """For each kWh or kWp."""
    fixed_eur: float = 0.0
    """Once, whatever the size."""
    life_years: float = 20.0

    def invest_eur(self, size: float) -> float:
        """Return what a size costs; nothing costs nothing."""
        return self.fixed_eur + self.eur_per_k * size / 1e3 if size > 0 else 0.0

    def yearly_eur(self, size: float, interest_ratio: float) -> float:
        """Return the annuity of a size over its life.

        >>> round(Offer(1e4, 500.0, life_years=15).yearly_eur(1e4, 0.03), 2)
        418.83
        """
        grown = (1 + interest_ratio) ** self.life_years
        share = interest_ratio * grown / (grown - 1) if interest_ratio else 1 / self.life_years
        return self.invest_eur(size) * share


@dataclass(frozen=True, slots=True)
class Choice:
    """What may be chosen, and at which interest."""

    battery: Offer
    pv: Offer
    tariffs: tuple[tuple[str, Tariff], ...]
    """Name and tariff, one at least."""
    interest_ratio: float = 0.03

    def faults(self) -> list[Fault]:
        """Return what is wrong with it."""
        found = [
            Fault(f"{name}.{fact}", f"{value} is not zero or more", "give a finite size")
            for name, offer in (("battery", self.battery), ("pv", self.pv))
            for fact, value in (("most", offer.most), ("eur_per_k", offer.eur_per_k), ("fixed_eur", offer.fixed_eur))
            if not (np.isfinite(value) and value >= 0)
        ]
        found += [
            Fault(f"{name}.life_years", f"{offer.life_years} is no life", "give more than zero years")
            for name, offer in (("battery", self.battery), ("pv", self.pv))
            if not offer.life_years > 0
        ]
        if not 0 <= self.interest_ratio < 1:
            found.append(Fault("interest_ratio", f"{self.interest_ratio} is no share", "give 0 to 1, such as 0.03"))
        return found


@dataclass(frozen=True, slots=True)
class Design:
    """A battery, a roof and a tariff; zero is none."""

    battery_wh: float
    pv_w: float
    tariff: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What a design costs a year, and what it brings."""

    design: Design
    invest_eur: float
    bill_eur: float
    """A year, as the supplier writes it."""
    cost_eur: float
    """A year: the bill, and what the investment costs over its life."""
    import_wh: float
    """A year."""
    self_sufficiency_ratio: float
    peak_w: float


@dataclass(frozen=True)
class Home:
    """A measured home whose battery, roof and tariff may be others. Read its frame once, judge many designs."""

    site: Site
    frame: Frame
    choice: Choice
    _known: dict[Design, Judged] = field(default_factory=dict)

    def __post_init__(self) -> None:
        faults = self.choice.faults()
        if len(self.frame) * self.grid.step_s < 7 * DAY_S:
            days = len(self.frame) * self.grid.step_s / DAY_S
            faults.append(Fault("data", f"{days:.1f} days", "give at least a week, better a year of measurements"))
        if self.choice.pv.most and self.sun_ratio is None:
            remedy = "add the plant to the site file and its column pv_w, or leave PV out of the choice"
            faults.append(Fault("pv", "no plant is measured, so nobody knows the sun on this roof", remedy))
        if faults:
            raise ProblemsFound("design", faults)

    @cached_property
    def grid(self) -> TimeGrid:
        """The steps of the data."""
        starts = self.frame.start_utc
        return TimeGrid(starts[0], int((starts[1] - starts[0]) / np.timedelta64(1, "s")), len(self.frame))

    @cached_property
    def load_w(self) -> FloatArray:
        """What the home uses. Shape (step,)"""
        return _total(self._supply.load_w, len(self.frame))

    @cached_property
    def sun_ratio(self) -> FloatArray | None:
        """What a W of PV could give, zero or below; None where no plant is measured. Shape (step,)"""
        plants = [each for each in self.site.of_kind(Pv) if Key(each.id, AVAILABLE_POWER_W) in self.frame.keys]
        if not plants:
            return None
        made_w = {each.id: self._supply.available_w[each.id] for each in plants}
        return _total(made_w, len(self.frame)) / sum(each.peak_w for each in plants)

    @cached_property
    def _supply(self) -> Supply:
        """What is recorded, with gaps filled as a backtest fills them."""
        return from_frame(self.site, self.frame, self.grid)

    @cached_property
    def weeks(self) -> list[tuple[int, int]]:
        """First step and number of steps of up to twelve weeks, spread evenly over the data."""
        week = 7 * DAY_S // self.grid.step_s
        count = min(WEEKS, self.grid.step_count // week)
        firsts = np.linspace(0, self.grid.step_count - week, count).astype(int)
        day = DAY_S // self.grid.step_s
        return [(int(first) // day * day, week) for first in firsts]

    def judge(self, design: Design) -> Judged:
        """Return what a design costs by the weeks of the search; the same one is reckoned once."""
        if design not in self._known:
            self._known[design] = self._judged(design, self.weeks)
        return self._known[design]

    @property
    def judged(self) -> list[Judged]:
        """All designs that were judged by the weeks of the search."""
        return list(self._known.values())

    def judge_whole(self, design: Design) -> Judged:
        """Return what a design costs over all of the data at once."""
        return self._judged(design, [(0, self.grid.step_count)])

    def _judged(self, design: Design, spans: Sequence[tuple[int, int]]) -> Judged:
        choice, tariff = self.choice, self.choice.tariffs[design.tariff][1]
        days = sum(count for _, count in spans) * self.grid.step_s / DAY_S
        a_year, peaks_a_year = DAYS_A_YEAR / days, 12 / max(1, len(spans))
        bill_eur = import_wh = load_wh = peak_w = 0.0
        for first, count in spans:
            grid, grid_w = self.grid.part(first, count), self._run(design, tariff, first, count)
            for term, eur in tariff.bill(grid, grid_w, self.site.timezone).cost_eur.items():
                # A week's peak stands for that of its month.
                is_peak = len(spans) > 1 and term.startswith("demand")
                bill_eur += eur * (peaks_a_year if is_peak else a_year)
            import_wh += float(np.maximum(grid_w, 0.0).sum()) * self.grid.step_h * a_year
            load_wh += float(self.load_w[first : first + count].sum()) * self.grid.step_h * a_year
            peak_w = max(peak_w, float(grid_w.max()))
        sizes = ((choice.battery, design.battery_wh), (choice.pv, design.pv_w))
        yearly_eur = sum(offer.yearly_eur(size, choice.interest_ratio) for offer, size in sizes)
        return Judged(
            design=design,
            invest_eur=sum(offer.invest_eur(size) for offer, size in sizes),
            bill_eur=bill_eur,
            cost_eur=bill_eur + yearly_eur,
            import_wh=import_wh,
            self_sufficiency_ratio=1 - import_wh / load_wh if load_wh > 0 else 1.0,
            peak_w=peak_w,
        )

    def _run(self, design: Design, tariff: Tariff, first: int, count: int) -> FloatArray:
        """Return the power at the connection under the best plan of a span. Shape (step,)"""
        from enerwise.plan.solve import solve

        grid, zone, site = self.grid.part(first, count), self.site.timezone, self.site
        part = slice(first, first + count)
        batteries = (battery_of(site, design.battery_wh),) if design.battery_wh else ()
        pvs = (pv_of(site, design.pv_w),) if design.pv_w else ()
        sun_w = [np.maximum(self._sun_w(design.pv_w)[part], -each.output_limit_w) for each in pvs]
        ends = np.array([each.capacity_wh * LEVEL for each in batteries])
        problem = Problem(
            grid=grid,
            batteries=batteries,
            pvs=pvs,
            load_w=self.load_w[None, part],
            available_w=np.array(sun_w).reshape(1, len(pvs), count),
            import_eur_per_kwh=tariff.import_eur_per_kwh(grid, zone),
            export_eur_per_kwh=tariff.export_eur_per_kwh(grid, zone),
            import_limit_w=site.connection.import_limit_w(grid.starts_utc, zone),
            export_limit_w=site.connection.export_limit_w(grid.starts_utc, zone),
            start_wh=ends,
            end_wh=ends,
            end_value_eur_per_kwh=np.zeros(len(batteries)),
            demand=tuple(DemandProblem.of(each, grid, zone, DemandState()) for each in tariff.demand),
            stability_eur=0.0,
        )
        return solve(problem, grid.start_utc).grid_power_w

    def _sun_w(self, peak_w: float) -> FloatArray:
        assert self.sun_ratio is not None
        return self.sun_ratio * peak_w


def _total(columns: Mapping[str, FloatArray], steps: int) -> FloatArray:
    return sum(columns.values(), np.zeros(steps))


def battery_of(site: Site, capacity_wh: float) -> Battery:
    """Return the site's kind of battery in another size, or an ordinary one where it has none."""
    batteries = site.of_kind(Battery)
    if not batteries:
        power_w = capacity_wh / HOURS_TO_FULL
        return Battery("battery", capacity_wh, power_w, power_w)
    own = batteries[0]
    times = capacity_wh / own.capacity_wh
    limits = {name: getattr(own, name) * times for name in ("charge_limit_w", "discharge_limit_w", "idle_loss_w")}
    return replace(own, capacity_wh=capacity_wh, self_discharge_w=own.self_discharge_w * times, **limits)


def pv_of(site: Site, peak_w: float) -> Pv:
    """Return the site's kind of plant in another size."""
    own = site.of_kind(Pv)[0]
    limit_w = None if own.inverter_limit_w is None else own.inverter_limit_w * peak_w / own.peak_w
    return replace(own, peak_w=peak_w, inverter_limit_w=limit_w)
