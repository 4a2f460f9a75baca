"""The first thread through the house, on a real home: measure to report, and why.

Shows that a recorded fortnight is planned, guarded and billed within all limits, that foresight bounds what any
strategy saves, and that a command can be followed back to the meters and planned again from what was stored.
"""

from pathlib import Path

import numpy as np
import pytest

from enerwise.core.event import Event, Kind
from enerwise.core.series import Frame
from enerwise.core.time import instant
from enerwise.plan.save import from_bytes
from enerwise.plan.solve import solve
from enerwise.run.backtest import BacktestResult, backtest
from enerwise.site.read import read_site
from enerwise.store.columns import ColumnMap
from enerwise.store.files import read_measurements
from enerwise.store.memory import MemoryStore

HOME = Path(__file__).resolve().parents[3] / "shared" / "data" / "home_emhass_30min" / "home.parquet"
SITE = """
name: A real home
timezone: Europe/Paris
connection: {import_limit: 9 kW, export_limit: 9 kW, fuse: 35 A, phases: 3}
tariff:
  import: {otherwise: 0.27 EUR/kWh, periods: [{price: 0.52 EUR/kWh, from: "14:00", to: "20:00", days: weekdays}]}
  export: 0.08 EUR/kWh
assets:
  - {id: roof, kind: pv, peak: 10 kWp, curtail: yes}
  - {id: battery, kind: battery, capacity: 13.5 kWh, charge_limit: 5 kW, discharge_limit: 5 kW,
     round_trip: 90 %, soc: [10 %, 90 %]}
  - {id: home, kind: load}
"""
WARMUP_DAYS, DAYS = 28, 14


@pytest.fixture(scope="module")
def played() -> tuple[BacktestResult, MemoryStore]:
    if not HOME.is_file():
        pytest.skip(f"{HOME} is absent: real homes are not part of the repository")
    columns = {"time": "ts_utc", "load": {"column": "load_w"}, "pv": {"column": "pv_w", "empty": "night"}}
    frame: Frame = read_measurements(HOME, ColumnMap.parse(columns))
    store = MemoryStore()
    frame = frame.rows(slice(0, (WARMUP_DAYS + DAYS) * 48))
    return backtest(read_site(SITE), frame, warmup_days=WARMUP_DAYS, store=store), store


def test_no_strategy_beats_perfect_foresight_and_none_leaves_a_limit(
    played: tuple[BacktestResult, MemoryStore],
) -> None:
    costs = {name: each.cost_eur for name, each in played[0].results.items()}
    assert costs["perfect"] <= min(costs["plan"], costs["self_consumption"]) + 1e-6
    assert costs["plan"] < costs["idle"]
    assert all(each.violation_count == 0 for each in played[0].results.values())


def test_bills_of_the_days_add_up_to_the_bill_of_the_whole(played: tuple[BacktestResult, MemoryStore]) -> None:
    result, store = played
    settled = store.events(kind=Kind.SETTLED)
    steps = result.grid.step_at(instant(str(settled[-1].payload["until"])))
    assert steps >= (DAYS - 1) * 48
    whole = result.site.tariff.bill(
        result.grid.part(0, steps), result.results["plan"].power_w["grid"][:steps], result.site.timezone
    )
    days = [each.payload["cost_eur"] for each in settled]
    # Each term of each day is told to a millionth of a euro.
    total_eur = sum(sum(float(str(eur)) for eur in day.values()) for day in days if isinstance(day, dict))
    assert total_eur == pytest.approx(whole.total_eur, abs=1e-4)


def test_a_command_leads_back_over_plan_and_forecast_to_the_meters(
    played: tuple[BacktestResult, MemoryStore],
) -> None:
    store = played[1]
    at = instant("2024-04-05 14:05", zone="Europe/Paris")
    permitted = [each for each in store.events(kind=Kind.PERMITTED, subject="battery") if each.at <= at]
    seen: dict[Kind, Event] = {}
    waiting = [permitted[-1].id]
    while waiting:
        event = store.event(waiting.pop())
        assert event is not None
        seen.setdefault(event.kind, event)
        waiting += event.cause
    assert {Kind.PERMITTED, Kind.JUDGED, Kind.PROPOSED, Kind.PLANNED, Kind.FORECAST, Kind.MEASURED} <= set(seen)
    blob = store.get("plan", seen[Kind.PLANNED].id)
    assert blob is not None
    again = solve(from_bytes(blob), seen[Kind.PLANNED].at)
    told = seen[Kind.PLANNED].payload["first_power_w"]
    assert isinstance(told, dict)
    assert told["battery"] == float(again.power_w[0, 0])
    assert np.isfinite(again.total_eur)
