"""Bids of a 10 kWh battery into two real day-ahead auctions over a year: what scenarios and a limit to risk are worth.

Prices: epf_de (2017) and epf_fr (2016) beside the repository. Every day is bid from days before it, cleared at the
published prices, delivered by the battery and settled; it begins the year empty, and energy left over is worth nothing
to the day, so that days can be compared. Neither file has balancing prices: a deviation costs MARGIN off the day-ahead
price either way, which is no published price. Reference: the same bids with the prices of the day known, in this run.

    python bench/wholesale.py [--days 60] [--market epf_fr] [--paths 50] [--loose]
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from enerwise.core.time import cpu_s
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.price_days import PriceDays, PricePaths, paths
from enerwise.market.wholesale.bidding import bid
from enerwise.market.wholesale.delivery import delivered
from enerwise.market.wholesale.portfolio import Portfolio, Storage
from enerwise.market.wholesale.scenarios import Scenarios
from enerwise.market.wholesale.settlement import settle
from enerwise.site.assets import Battery

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
BATTERY = Battery("battery", 10_000.0, 5_000.0, 5_000.0, round_trip_ratio=0.9)
YEAR, PATHS = 365, 250
MARGIN_UEUR_PER_KWH = 20_000
TAIL = 0.05
NEVER = 10**8
RISKS = (0.3, 0.7)
MARKETS = ("epf_de", "epf_fr")


@dataclass(frozen=True)
class Year:
    """What came of a year. Shapes (day,)"""

    profit_eur: FloatArray
    deviation_wh: IntArray
    cpu_s: float


def market(name: str) -> PriceDays:
    """Return the prices of a data set, on its clock of 24 hours a day."""
    import duckdb

    found = duckdb.sql(f"SELECT * FROM '{DATA / name / 'market.parquet'}' ORDER BY ts_local")
    assert found is not None
    table = found.fetchnumpy()
    price = next(column for column in table if column.startswith("price"))
    first = int(np.asarray(table["ts_local"])[0].astype("datetime64[D]").astype(np.int64))
    return PriceDays(first, np.asarray(table[price], np.float64).reshape(-1, 24) / 1e3)


def ueur(price_eur_per_kwh: FloatArray) -> IntArray:
    """Return prices in whole micro-euro per kWh."""
    return np.rint(price_eur_per_kwh * 1e6).astype(np.int64)


def year(days: PriceDays, first: int, scenarios: list[Scenarios], rule: Portfolio, told: str) -> Year:
    """Bid, clear, deliver and settle days one after the other; what a day leaves over the next one begins with."""
    level_wh, began = 0.0, cpu_s()
    profit, deviation = np.zeros(len(scenarios)), np.zeros(len(scenarios), np.int64)
    for at, paths_of_day in enumerate(track(scenarios, told, transient=True)):
        storage = Storage(BATTERY, level_wh, 0.0)
        portfolio = replace(rule, storages=(storage,))
        price = ueur(days.at(first + at))
        accepted = bid(portfolio, paths_of_day).curves.accepted_wh(price)
        # Balancing prices are not known beforehand, so nobody deviates to gain by it: only what cannot be done is not.
        done = delivered(portfolio, accepted, price + NEVER, price - NEVER)
        settled = settle(accepted, done.metered_wh, price, price, margin_ueur_per_kwh=MARGIN_UEUR_PER_KWH)
        profit[at] = -settled.total_ueur.sum() / 1e6
        deviation[at] = np.abs(settled.deviation_wh).sum()
        level_wh = float(np.clip(level_wh + storage.change_wh(done.charge_wh[0]), 0, BATTERY.capacity_wh))
    return Year(profit, deviation, cpu_s() - began)


def ways(
    real: FloatArray, foreseen: list[PricePaths], *, has_loose: bool
) -> Iterator[tuple[str, Portfolio, list[Scenarios]]]:
    """Yield ways to bid, with what each takes for possible on each day; perfect foresight first."""
    plain = Portfolio((), margin_ueur_per_kwh=MARGIN_UEUR_PER_KWH, steps_most=5)
    yield "perfect foresight", plain, [Scenarios.equal(ueur(each)[None]) for each in real]
    yield "point forecast", plain, [Scenarios.equal(ueur(each.centre_eur_per_kwh)[None]) for each in foreseen]
    drawn = [Scenarios.equal(ueur(each.value_eur_per_kwh)) for each in foreseen]
    yield "scenarios, risk-neutral", plain, drawn
    for risk in RISKS:
        yield f"scenarios, weight of CVaR {risk:g}", replace(plain, risk_ratio=risk, alpha_ratio=1 - TAIL), drawn
    if has_loose:
        yield "risk-neutral, sure on paths only", replace(plain, is_sure=False), drawn


def row(name: str, made: Year, best: Year) -> list[str]:
    """Return a line of the table."""
    worst = np.sort(made.profit_eur)[: max(1, round(TAIL * made.profit_eur.size))]
    figures = [100 * made.profit_eur.mean(), 100 * worst.mean(), 100 * made.profit_eur.min()]
    lost = int((made.profit_eur < 0).sum())
    return [
        name,
        *(f"{each:.2f}" for each in figures),
        f"{lost}",
        f"{made.deviation_wh.mean():.0f}",
        f"{made.profit_eur.sum() / best.profit_eur.sum():.3f}",
        f"{1e3 * made.cpu_s / made.profit_eur.size:.0f}",
    ]


def main() -> None:
    """Print a table for each market."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=YEAR)
    parser.add_argument("--paths", type=int, default=PATHS)
    parser.add_argument("--loose", action="store_true", help="also bids that are sure on their paths only; slow")
    parser.add_argument("--market", choices=MARKETS, action="append")
    asked = parser.parse_known_args()[0]
    count = asked.days
    for name in asked.market or MARKETS:
        if not (DATA / name).is_dir():
            Console().print(f"{name}: {DATA / name} is not there; skipped")
            continue
        days = market(name)
        heads = ("mean ct", "worst 5 % ct", "worst ct", "days lost", "off Wh", "of foresight", "CPU ms")
        table = Table("way", *heads, title=f"{name}, {count} days, {asked.paths} paths, 10 kWh / 5 kW, figures a day")
        first = days.first_day + len(days.price_eur_per_kwh) - count
        foreseen = [paths(days, day, asked.paths) for day in range(first, first + count)]
        best: Year | None = None
        for told, rule, scenarios in ways(days.between(first, first + count), foreseen, has_loose=asked.loose):
            made = year(days, first, scenarios, rule, f"{name} {told}")
            best = best or made
            table.add_row(*row(told, made, best))
        Console(width=120).print(table)


if __name__ == "__main__":
    main()
