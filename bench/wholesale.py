"""Bids of a 10 kWh battery into two real day-ahead auctions over a year: what scenarios and a limit to risk are worth.

Prices: epf_de (2017) and epf_fr (2016) beside the repository. Every day is bid from days before it, cleared at the
published prices, delivered by the battery and settled; the level goes on into the next day. Neither file has balancing
prices: deviations are priced MARGIN off the day-ahead price either way, which says so and is no published price.
Reference: the same battery over the same year with all prices known, one programme, measured in the same run.

    python bench/wholesale.py [--days 60] [--market epf_fr]
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from enerwise.core.time import cpu_s
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.price_days import PriceDays, paths
from enerwise.market.wholesale.bidding import bid
from enerwise.market.wholesale.delivery import delivered
from enerwise.market.wholesale.portfolio import Portfolio, Storage
from enerwise.market.wholesale.scenarios import Scenarios
from enerwise.market.wholesale.settlement import imbalance_prices, settle
from enerwise.market.wholesale.worth import worth_eur_per_kwh
from enerwise.site.assets import Battery

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
BATTERY = Battery("battery", 10_000.0, 5_000.0, 5_000.0, round_trip_ratio=0.9)
YEAR, PATHS = 365, 50
MARGIN_UEUR_PER_KWH = 20_000
TAIL = 0.05
RISKS = (0.3, 0.7)
MARKETS = ("epf_de", "epf_fr")

Make = Callable[[FloatArray, FloatArray], Scenarios]


@dataclass(frozen=True)
class Year:
    """What came of a year. Shapes (day,)"""

    profit_eur: FloatArray
    deviation_wh: IntArray
    kept_eur: float
    """What is stored at the end, at its worth then."""
    cpu_s: float


def market(name: str) -> PriceDays:
    """Return the prices of a data set, on its clock of 24 hours a day."""
    import duckdb

    table = duckdb.sql(f"SELECT * FROM '{DATA / name / 'market.parquet'}' ORDER BY ts_local").fetchnumpy()
    price = next(column for column in table if column.startswith("price"))
    first = int(np.asarray(table["ts_local"])[0].astype("datetime64[D]").astype(np.int64))
    return PriceDays(first, np.asarray(table[price], np.float64).reshape(-1, 24) / 1e3)


def ueur(price_eur_per_kwh: FloatArray) -> IntArray:
    """Return prices in whole micro-euro per kWh."""
    return np.rint(price_eur_per_kwh * 1e6).astype(np.int64)


def year(days: PriceDays, count: int, rule: Portfolio, make: Make, told: str) -> Year:
    """Bid, clear, deliver and settle the last days of a data set, one after the other."""
    level_wh, began = BATTERY.capacity_wh / 2, cpu_s()
    profit, deviation = np.zeros(count), np.zeros(count, np.int64)
    last = days.first_day + len(days.price_eur_per_kwh)
    worth = 0.0
    for at, day in enumerate(track(range(last - count, last), told, transient=True)):
        known = paths(days, day, PATHS)
        worth = worth_eur_per_kwh(known.value_eur_per_kwh, BATTERY)
        storage = Storage(BATTERY, level_wh, 0.0, worth)
        portfolio = replace(rule, storages=(storage,))
        scenarios = make(known.centre_eur_per_kwh, known.value_eur_per_kwh)
        price = ueur(days.at(day))
        accepted = bid(portfolio, scenarios).curves.accepted_wh(price)
        two = imbalance_prices(price, price, margin_ueur_per_kwh=MARGIN_UEUR_PER_KWH)
        short, long = (
            np.array([getattr(each, way) for each in two]) for way in ("short_ueur_per_kwh", "long_ueur_per_kwh")
        )
        done = delivered(portfolio, accepted, short, long)
        settled = settle(accepted, done.metered_wh, price, price, margin_ueur_per_kwh=MARGIN_UEUR_PER_KWH)
        profit[at] = -settled.total_ueur.sum() / 1e6
        deviation[at] = np.abs(settled.deviation_wh).sum()
        level_wh = float(np.clip(level_wh + storage.change_wh(done.charge_wh[0]), 0, BATTERY.capacity_wh))
    kept_eur = worth * (level_wh - BATTERY.capacity_wh / 2) / 1e3
    return Year(profit, deviation, kept_eur, cpu_s() - began)


def foresight(days: PriceDays, count: int) -> Year:
    """Return the year with all prices known: one programme over the whole span."""
    began = cpu_s()
    first = len(days.price_eur_per_kwh) - count
    price = ueur(days.price_eur_per_kwh[first:].ravel())
    worth = worth_eur_per_kwh(days.price_eur_per_kwh[-PATHS:], BATTERY)
    storage = Storage(BATTERY, BATTERY.capacity_wh / 2, 0.0, worth)
    made = delivered(Portfolio((storage,)), np.zeros(price.size, np.int64), price, price)
    profit = -(made.metered_wh * price / 1e9).reshape(count, 24).sum(axis=1)
    return Year(profit, np.zeros(count, np.int64), worth * storage.change_wh(made.charge_wh[0]) / 1e3, cpu_s() - began)


def rules() -> Iterator[tuple[str, Portfolio, Make]]:
    """Yield ways to bid."""
    plain = Portfolio((), margin_ueur_per_kwh=MARGIN_UEUR_PER_KWH, steps_most=5)
    yield "point forecast", plain, lambda centre, _: Scenarios.equal(ueur(centre)[None])
    yield "scenarios, risk-neutral", plain, lambda _, value: Scenarios.equal(ueur(value))
    loose = replace(plain, is_sure=False)
    yield "the same, sure on its paths only", loose, lambda _, value: Scenarios.equal(ueur(value))
    for risk in RISKS:
        averse = replace(plain, risk_ratio=risk, alpha_ratio=1 - TAIL)
        yield f"scenarios, weight of CVaR {risk:g}", averse, lambda _, value: Scenarios.equal(ueur(value))


def row(name: str, made: Year, best: Year) -> list[str]:
    """Return a line of the table."""
    worst = np.sort(made.profit_eur)[: max(1, round(TAIL * made.profit_eur.size))]
    total, most = made.profit_eur.sum() + made.kept_eur, best.profit_eur.sum() + best.kept_eur
    figures = [100 * made.profit_eur.mean(), 100 * worst.mean(), 100 * made.profit_eur.min()]
    lost = int((made.profit_eur < 0).sum())
    return [
        name,
        *(f"{each:.2f}" for each in figures),
        f"{lost}",
        f"{made.deviation_wh.mean():.0f}",
        f"{total / most:.3f}",
        f"{1e3 * made.cpu_s / made.profit_eur.size:.0f}",
    ]


def main() -> None:
    """Print a table for each market."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=YEAR)
    parser.add_argument("--market", choices=MARKETS, action="append")
    asked = parser.parse_known_args()[0]
    count = asked.days
    for name in asked.market or MARKETS:
        if not (DATA / name).is_dir():
            Console().print(f"{name}: {DATA / name} is not there; skipped")
            continue
        days = market(name)
        heads = ("mean ct", "worst 5 % ct", "worst ct", "days lost", "off Wh", "of foresight", "CPU ms")
        table = Table("way", *heads, title=f"{name}, {count} days, 10 kWh / 5 kW, figures a day")
        best = foresight(days, count)
        for told, rule, make in rules():
            table.add_row(*row(told, year(days, count, rule, make, f"{name} {told}"), best))
        table.add_row(*row("perfect foresight", best, best))
        Console(width=120).print(table)


if __name__ == "__main__":
    main()
