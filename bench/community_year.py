"""Ten recorded homes that trade, at day-ahead prices and at a tariff by the hour: bills, peak, who loses.

Run: ``python bench/community_year.py [connection]``; ``ENERWISE_BENCH_DAYS`` says how many days. With ``connection``
they hang on one that is limited, or whose peak is paid for: bill and peak together, beside no market.

The data lie in ``../shared/data`` beside the repository; without them nothing is run.
"""

import os
import sys
from pathlib import Path

from rich.console import Console

from enerwise.run.community_bids import strategy_names
from enerwise.run.community_compare import compare, known_names
from enerwise.run.community_market import rule_of
from enerwise.run.community_read import read_community
from enerwise.run.community_supply import build
from enerwise.serve.community_report import (
    at_connection,
    fairness_table,
    headline,
    homes_table,
    losers,
    strategies_table,
)

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
DAYS = int(os.environ.get("ENERWISE_BENCH_DAYS", "300"))
SPOT = "file: epf_de/market.parquet, time: ts_local, column: price_eur_mwh, unit: EUR/MWh, clock: 24h"
HOURLY = (
    "file: citylearn2022_houses/weather_price_carbon.parquet, time: ts_local_start, column: electricity_pricing, "
    "unit: EUR/kWh, clock: 24h"
)
PRICES = {
    "day-ahead prices of Germany, 20 ct/kWh on top": (f"{{{SPOT}, plus: 20 ct/kWh}}", f"{{{SPOT}}}"),
    "the homes' own tariff by the hour (USD as EUR), 8 ct/kWh for what is sold": (f"{{{HOURLY}}}", "8 ct/kWh"),
}
CONNECTIONS = ("import_limit: 25 kW", "demand_charge: 8 EUR/kW", "import_limit: 25 kW, demand_charge: 8 EUR/kW")
TEXT = """\
name: Ten recorded homes
timezone: Europe/Berlin
start: 2016-09-05
days: {days}
history: 28
step: 1 h
prices: {{import: {buy}, export: {sell}}}
homes:
  - name: house
    recorded:
      file: citylearn2022_houses/houses.parquet
      by: building
      homes: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
      pv_times: [4, 4, 4, 5, 4, 4, 4, 4, 4, 5]
      columns:
        time: ts_local_start
        timezone: Europe/Berlin
        clock: 24h
        load: {{column: load_kwh, unit: kWh per step}}
        pv: {{column: pv_w_per_kwp, unit: W}}
    battery: {{capacity: 6.4 kWh, charge_limit: 5 kW, discharge_limit: 5 kW, round_trip: 90 %, soc: [0 %, 100 %]}}
"""


def main() -> None:
    """Run both, and print what came of them."""
    console = Console(width=150)
    if not DATA.is_dir():
        console.print(f"no data at {DATA}: the real homes are not part of the repository")
        return
    if sys.argv[1:] == ["connection"]:
        _at_connections(console)
        return
    for name, (buy, sell) in PRICES.items():
        community, supply = build(read_community(TEXT.format(days=DAYS, buy=buy, sell=sell)), DATA)
        rule = rule_of("uniform", community)
        result = compare(community, supply, known_names(), mechanism_name="uniform", rule=rule)
        console.rule(f"{DAYS} days from 2016-09-05, {name}")
        console.print(headline(result, "marginal_value"))
        for table in (strategies_table(result), fairness_table(result), homes_table(result)):
            console.print(table)
        for strategy in strategy_names():
            console.print(losers(result, strategy))


def _at_connections(console: Console) -> None:
    (buy, sell), *_ = PRICES.values()
    for wish in CONNECTIONS:
        text = f"{TEXT}connection: {{{{{wish}}}}}\n".format(days=DAYS, buy=buy, sell=sell)
        community, supply = build(read_community(text), DATA)
        names = ("no_market", "price_curve")
        result = compare(community, supply, names, mechanism_name="area", rule=rule_of("area", community))
        console.rule(f"{DAYS} days from 2016-09-05, {wish}")
        for table in (strategies_table(result), fairness_table(result)):
            console.print(table)
        console.print(at_connection(result, "price_curve"))
        console.print(losers(result, "price_curve"))


if __name__ == "__main__":
    main()
