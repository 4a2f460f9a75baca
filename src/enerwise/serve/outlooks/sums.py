"""Days added up: bill by lines, baselines, bars by day or month, peaks. Money in EUR, what is paid above zero."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from enerwise.serve.outlooks.days import NO_BATTERY, NO_PLANNING, Day
from enerwise.serve.outlooks.flows import own_power_ratio, self_use_ratio
from enerwise.site.tariff import Bill, DemandState, Tariff

FLAT_TARIFF: Final = "flat_tariff"
BASELINES: Final = (NO_PLANNING, NO_BATTERY, FLAT_TARIFF)


@dataclass(frozen=True, slots=True)
class Money:
    """Costs by part; a sale is below zero."""

    import_eur: float = 0.0
    export_eur: float = 0.0
    fixed_eur: float = 0.0
    demand_eur: Mapping[str, float] = field(default_factory=dict)
    tax_eur: float = 0.0

    @property
    def total_eur(self) -> float:
        """Sum of all parts."""
        return self.import_eur + self.export_eur + self.fixed_eur + sum(self.demand_eur.values()) + self.tax_eur

    def plus(self, other: "Money") -> "Money":
        """Return both together."""
        names = {**self.demand_eur, **other.demand_eur}
        return Money(
            self.import_eur + other.import_eur,
            self.export_eur + other.export_eur,
            self.fixed_eur + other.fixed_eur,
            {name: self.demand_eur.get(name, 0.0) + other.demand_eur.get(name, 0.0) for name in names},
            self.tax_eur + other.tax_eur,
        )


@dataclass(frozen=True, slots=True)
class DayMoney:
    """What a day cost, and what it would have cost otherwise, peaks carried on from the days before."""

    day: Day
    paid: Money
    other_eur: Mapping[str, float]
    """By baseline, energy kept in the battery counted; only where the day can be compared."""

    def saved_eur(self, baseline: str) -> float | None:
        """Return what was saved against a baseline; None where it is not known."""
        return None if baseline not in self.other_eur else self.other_eur[baseline] - self.paid.total_eur


class Running:
    """Peaks of a series of bills, day after day."""

    def __init__(self, tariff: Tariff) -> None:
        self._tariff = tariff
        self.states: dict[str, DemandState] = {each.name: DemandState() for each in tariff.demand}

    def money(self, bill: Bill) -> Money:
        """Return a day's bill with what its peaks add to those of the days before, and move on."""
        demand = {each.name: self._added_eur(each.name, bill.demand.get(each.name)) for each in self._tariff.demand}
        costs = bill.cost_eur
        taxed = costs["import"] + costs["fixed"] + sum(demand.values())
        return Money(costs["import"], costs["export"], costs["fixed"], demand, self._tariff.tax_ratio * taxed)

    def _added_eur(self, name: str, state: DemandState | None) -> float:
        if state is None or not state.daily_max_w:
            return 0.0
        component = next(each for each in self._tariff.demand if each.name == name)
        before = self.states[name].within(state.period)
        after = dict(before)
        for day, power_w in state.daily_max_w.items():
            after[day] = max(after.get(day, 0.0), power_w)
        self.states[name] = DemandState(state.period, after)
        charged, owed = (component.charge_eur(np.array(list(each.values()))) for each in (before, after))
        return owed - charged


def with_money(days: Sequence[Day], tariff: Tariff) -> list[DayMoney]:
    """Return days with their money, in order; peaks begin with the first of them."""
    running = {name: Running(tariff) for name in ("paid", NO_PLANNING, NO_BATTERY)}
    found = []
    for day in days:
        # Of a day without a single reading nothing is known, not even that its fee was due.
        paid = running["paid"].money(day.bill) if day.meter_ratio > 0 else Money()
        other: dict[str, float] = {}
        if not day.meter_ratio > 0:
            found.append(DayMoney(day, paid, other))
            continue
        for name in (NO_PLANNING, NO_BATTERY):
            # A day that cannot be compared still sets the peaks that the following days start from.
            bill = day.others[name].bill if name in day.others else day.bill
            money = running[name].money(bill)
            if name in day.others:
                other[name] = money.total_eur + day.others[name].kept_eur
        found.append(DayMoney(day, paid, other))
    return found


def total(days: Iterable[DayMoney]) -> Money:
    """Return the money of all days together."""
    money = Money()
    for each in days:
        money = money.plus(each.paid)
    return money


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the same days would have cost otherwise."""

    name: str
    cost_eur: float
    saved_eur: float
    day_count: int
    """Days that could be compared; the others are left out of both numbers."""


def baselines(days: Sequence[DayMoney]) -> list[Baseline]:
    """Return the three named baselines."""
    found = []
    for name in (NO_PLANNING, NO_BATTERY):
        saved = [each.saved_eur(name) for each in days]
        known = [each for each in saved if each is not None]
        paid = sum(each.paid.total_eur for each, eur in zip(days, saved, strict=True) if eur is not None)
        found.append(Baseline(name, paid + sum(known), sum(known), len(known)))
    return [*found, flat_tariff(days)]


def flat_tariff(days: Sequence[DayMoney]) -> Baseline:
    """Return what the energy of the meter would have cost at one price for all hours, fees and peaks as they are.

    The price is the mean over time of all minutes that are known, for buying and selling each: what a contract without
    times of day would charge whoever uses power evenly. Saved is what moving use into cheap hours has brought.
    """
    known = [each for each in days if each.day.known_h > 0]
    hours = np.array([each.day.known_h for each in known])
    if not known or not hours.sum() > 0:
        return Baseline(FLAT_TARIFF, 0.0, 0.0, 0)
    buy, sell = (
        float(np.average([getattr(each.day, name) for each in known], weights=hours))
        for name in ("buy_eur_per_kwh", "sell_eur_per_kwh")
    )
    paid = total(known)
    bought, sold = (sum(getattr(each.day, name) for each in known) / 1e3 for name in ("bought_wh", "sold_wh"))
    # The price of buying has its tax in it: what is left of the tax is that on fees and peaks.
    other_tax_eur = paid.tax_eur - _tax_on_energy_eur(paid)
    cost = bought * buy - sold * sell + paid.fixed_eur + sum(paid.demand_eur.values()) + other_tax_eur
    return Baseline(FLAT_TARIFF, cost, cost - paid.total_eur, len(known))


def _tax_on_energy_eur(paid: Money) -> float:
    taxed = paid.import_eur + paid.fixed_eur + sum(paid.demand_eur.values())
    return paid.tax_eur * paid.import_eur / taxed if taxed else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a bill."""

    name: str
    quantity: float | None
    unit: str
    unit_price_eur: float | None
    amount_eur: float


def bill_lines(days: Sequence[DayMoney], tariff: Tariff) -> tuple[list[Line], float]:
    """Return the lines of a bill, each in whole cents, and their sum: the bill itself, rounded to the cent."""
    money = total(days)
    bought, sold = (sum(getattr(each.day, name) for each in days) / 1e3 for name in ("bought_wh", "sold_wh"))
    fixed_days = sum(
        each.day.grid.step_count * each.day.grid.step_h / each.day.length_h for each in days if each.day.meter_ratio > 0
    )
    lines = [
        Line("import", bought, "kWh", money.import_eur / bought if bought > 0 else None, money.import_eur),
        Line("export", sold, "kWh", -money.export_eur / sold if sold > 0 else None, money.export_eur),
        Line("fixed", fixed_days, "day", tariff.fixed_eur_per_day, money.fixed_eur),
    ]
    for each in tariff.demand:
        eur = money.demand_eur.get(each.name, 0.0)
        per_kw = each.price_eur_per_kw
        lines.append(Line(f"demand {each.name}", eur / per_kw if per_kw else None, "kW", per_kw, eur))
    if tariff.tax_ratio:
        lines.append(Line("tax", tariff.tax_ratio * 100, "%", None, money.tax_eur))
    cents = in_whole([each.amount_eur * 100 for each in lines])
    told = [
        Line(each.name, each.quantity, each.unit, each.unit_price_eur, cent / 100)
        for each, cent in zip(lines, cents, strict=True)
    ]
    return told, sum(cents) / 100


def in_whole(amounts: Sequence[float]) -> list[int]:
    """Round amounts so that they add up to their rounded sum: the largest remainders are rounded up.

    >>> in_whole([0.4, 0.4, 0.4])
    [1, 0, 0]
    """
    floors = [int(np.floor(each)) for each in amounts]
    missing = round(sum(amounts)) - sum(floors)
    order = sorted(range(len(amounts)), key=lambda at: (floors[at] - amounts[at], at))
    for at in order[:missing]:
        floors[at] += 1
    return floors


@dataclass(frozen=True, slots=True)
class Bar:
    """One day or month."""

    name: str
    length_h: float
    paid_eur: float | None
    saved_eur: float | None
    """Against no planning."""
    self_use_ratio: float | None
    own_power_ratio: float | None
    bought_wh: float
    coverage_ratio: float
    is_complete: bool


def bar(name: str, days: Sequence[DayMoney]) -> Bar:
    """Return days as one bar."""
    length_h = sum(each.day.length_h for each in days)
    known_h = sum(each.day.known_h for each in days)
    saved = [eur for each in days if (eur := each.saved_eur(NO_PLANNING)) is not None]
    bought, sold, used, solar = (
        sum(getattr(each.day, name) for each in days) for name in ("bought_wh", "sold_wh", "used_wh", "solar_wh")
    )
    passed_h = sum(each.day.grid.step_count * each.day.grid.step_h for each in days)
    return Bar(
        name=name,
        length_h=length_h,
        paid_eur=total(days).total_eur if any(each.day.meter_ratio > 0 for each in days) else None,
        saved_eur=sum(saved) if saved else None,
        self_use_ratio=self_use_ratio(sold, solar),
        own_power_ratio=own_power_ratio(bought, used),
        bought_wh=bought,
        coverage_ratio=known_h / passed_h if passed_h > 0 else 0.0,
        is_complete=bool(days) and all(each.day.is_complete for each in days),
    )


def bars(days: Sequence[DayMoney], bucket: str) -> list[Bar]:
    """Return one bar for each day or month."""
    size = {"day": 10, "month": 7}[bucket]
    grouped: dict[str, list[DayMoney]] = {}
    for each in days:
        grouped.setdefault(each.day.name[:size], []).append(each)
    return [bar(name, group) for name, group in grouped.items()]
