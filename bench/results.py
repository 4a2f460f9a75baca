"""The published figures: what each real home would have paid under each tariff and strategy.

    python bench/results.py [--homes house_1,emhass] [--tariffs flat,tou] [--days 60] [--resume] [--out docs/results]
    python bench/results.py --learn --homes house_1,emhass --tariffs tou,spot [--workers 1]

The second adds to the figures that are there what the same homes would have paid with trained forecasts.
Writes ``docs/results.md`` and ``docs/results.json``. The homes lie in ``../shared/data`` beside the repository; their
licences keep them out of it.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from enerwise.core.event import Kind
from enerwise.core.series import Frame
from enerwise.core.time import Instant, utc_offset_s
from enerwise.core.units import FloatArray
from enerwise.forecast import trained
from enerwise.forecast.frame import ColumnForecaster, ColumnFrame
from enerwise.forecast.past import Past
from enerwise.forecast.served import Served
from enerwise.run.backtest import BacktestResult, backtest
from enerwise.run.learned import Learned
from enerwise.site.learning import Learning
from enerwise.site.read import read_site
from enerwise.site.site import Site
from enerwise.site.tariff import PriceSeries
from enerwise.store.columns import ColumnMap
from enerwise.store.files import read_measurements, read_prices
from enerwise.store.forecast_registry import Registry
from enerwise.store.memory import MemoryStore

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data"
WARMUP_DAYS = 28
WEEK = np.timedelta64(7, "D")
TRAIN = trained.train
SERVED = Learned.served
RETRAIN = "monthly"
"""A running site retrains weekly; once a month is what this can afford."""


@dataclass(frozen=True)
class Home:
    """One real home: where its data lie and what stands there."""

    file: str
    columns: dict[str, Any]
    timezone: str
    battery_kwh: float
    peak_kwp: float
    note: str
    is_late_in_summer: bool = False
    """Whether the clock of the data runs an hour late while daylight saving holds."""


def _house(building: int) -> Home:
    peak_kwp = 5.0 if building in (4, 10) else 4.0
    columns = {
        "time": "ts_local_start",
        "where": {"building": building},
        "load": {"column": "load_kwh", "unit": "kWh per step"},
        "pv": {"column": "pv_w_per_kwp", "unit": "W", "times": peak_kwp},
    }
    # The source has no dates that could be turned into UTC: its wall clock is taken as it is, days of 24 hours.
    return Home("citylearn2022_houses/houses.parquet", columns, "UTC", 6.4, peak_kwp, "hourly, California")


HOMES = {
    "emhass": Home(
        "home_emhass_30min/home.parquet",
        {"time": "ts_utc", "load": {"column": "load_w"}, "pv": {"column": "pv_w", "empty": "night"}},
        "Europe/Paris",
        13.5,
        10.0,
        "30 min, Europe, place unknown",
    ),
    "konstanz": Home(
        "opsd_konstanz_res4/home.parquet",
        {
            "time": "ts_utc",
            "load": {"column": "load_kwh", "unit": "kWh per step"},
            "pv": {"column": "pv_kwh", "unit": "kWh per step"},
        },
        "Europe/Berlin",
        13.5,
        10.0,
        "hourly, Konstanz, with EV and heat pump",
        is_late_in_summer=True,
    ),
    **{f"house_{building}": _house(building) for building in range(1, 11)},
}
TARIFFS = {
    "flat": "{import: 0.30 EUR/kWh, export: 0.08 EUR/kWh}",
    "tou": (
        "{import: {otherwise: 0.27 EUR/kWh,"
        " periods: [{price: 0.52 EUR/kWh, from: '14:00', to: '20:00', days: weekdays}]}, export: 0.08 EUR/kWh}"
    ),
    "spot": "{import: {file: spot, plus: 0.18 EUR/kWh}, export: 0.08 EUR/kWh}",
    "capacity": (
        "{import: 0.27 EUR/kWh, export: 0.08 EUR/kWh,"
        " demand: [{name: peak, price: 4.20 EUR/kW, per: month, interval: 15 min, above: 2.5 kW, top: 1}]}"
    ),
}
SITE = """
name: {name}
timezone: {timezone}
connection: {{import_limit: 20 kW, export_limit: 20 kW, fuse: 35 A, phases: 3}}
tariff: {tariff}
assets:
  - {{id: roof, kind: pv, peak: {peak} kWp, curtail: yes}}
  - {{id: battery, kind: battery, capacity: {capacity} kWh, charge_limit: 5 kW, discharge_limit: 5 kW,
     round_trip: 90 %, soc: [10 %, 90 %]}}
  - {{id: home, kind: load}}
"""


def case(home_name: str, tariff_name: str, days: int | None) -> dict[str, Any]:
    """Backtest one home under one tariff and return its figures."""
    site, frame, weeks_shifted = _house_of(home_name, tariff_name, days)
    return {"home": home_name, "tariff": tariff_name, "weeks_shifted": weeks_shifted} | _figures(
        backtest(site, frame, warmup_days=WARMUP_DAYS)
    )


def learned_home(rows: Sequence[dict[str, Any]], days: int | None) -> list[dict[str, Any]]:
    """Return rows of one home with the figures of plans made from trained forecasts, which learn while it is played.

    A home's forecasts know nothing of its tariff, so what was learned and foreseen under the first serves the others.
    """
    _remember_forecasts()
    return [_learned_case(row, days) for row in rows]


def _learned_case(row: dict[str, Any], days: int | None) -> dict[str, Any]:
    site, frame, _ = _house_of(row["home"], row["tariff"], days)
    site = replace(site, forecast=Learning(RETRAIN))
    store = MemoryStore()
    with TemporaryDirectory() as registry:
        result = backtest(
            site, frame, warmup_days=WARMUP_DAYS, strategies=("plan",), registry=Path(registry), store=store
        )
        models = [each.manifest["trained_at"] for each in Registry(Path(registry), "home.power_w").entries()]
    if faults := store.events(kind=Kind.FAULT):
        sys.exit(f"{row['home']}, {row['tariff']}: {len(faults)} plans or trainings failed: {faults[0].payload}")
    figures = _figures(result)
    if figures["steps"] != row["steps"]:
        sys.exit(f"{row['home']}, {row['tariff']}: the figures that are there are of other days; compute them anew")
    learned = figures["strategies"]["plan"]
    for name, rule in (("captured", "idle"), ("over_self_consumption", "self_consumption")):
        possible = row["strategies"][rule]["cost_eur"] - row["strategies"]["perfect"]["cost_eur"]
        saved = row["strategies"][rule]["cost_eur"] - learned["cost_eur"]
        learned[name] = saved / possible if possible > 0.005 else None
    return row | {"learned": learned | {"retrain": RETRAIN, "champions": len(models)}}


def _remember_forecasts() -> None:
    """Let what was trained and foreseen from the same data at the same moment be remembered; forget what was."""
    trainings: dict[str, trained.Trained] = {}
    servings: dict[str, tuple[Served | None, str | None]] = {}

    def train(frame: ColumnFrame, members: Sequence[ColumnForecaster], issue: Instant, horizon: int) -> trained.Trained:
        names = ",".join(each.name for each in members)
        told = _digest(frame.target, f"{frame.name} {frame.grid} {issue} {horizon} {names}")
        if told not in trainings:
            trainings[told] = TRAIN(frame, members, issue, horizon)
        return trainings[told]

    def served(self: Learned, past: Past, now: Instant, floor: Any = None) -> Served | None:
        told = _digest(past.value, f"{past.key} {past.grid} {now} {self.stamp((past.key,), now)}")
        if told not in servings:
            found = SERVED(self, past, now, floor)
            servings[told] = found, self.reasons.get(past.key)
        found, reason = servings[told]
        self.reasons.pop(past.key, None)
        if reason is not None:
            self.reasons[past.key] = reason
        return found

    trained.train = train
    Learned.served = served  # type: ignore[method-assign]


def _digest(value: FloatArray, words: str) -> str:
    return hashlib.sha256(value.tobytes() + words.encode()).hexdigest()


def _house_of(home_name: str, tariff_name: str, days: int | None) -> tuple[Site, Frame, int]:
    """Return a home under a tariff, what was measured there, and by how many weeks its prices were moved."""
    home = HOMES[home_name]
    frame = read_measurements(DATA / home.file, ColumnMap.parse(home.columns))
    if home.is_late_in_summer:
        frame = _put_right(frame, home.timezone)
    if days is not None:
        per_day = int(np.timedelta64(1, "D") / (frame.start_utc[1] - frame.start_utc[0]))
        frame = frame.rows(slice(0, (WARMUP_DAYS + days) * per_day))
    shifts: list[int] = []
    text = SITE.format(
        name=home_name,
        timezone=home.timezone,
        tariff=TARIFFS[tariff_name],
        peak=home.peak_kwp,
        capacity=home.battery_kwh,
    )
    site = read_site(text, load_prices=lambda _: _spot(home, frame, shifts))
    return site, frame, sum(shifts)


def _put_right(frame: Frame, zone: str) -> Frame:
    """Move what was recorded in summer one hour back; the data's own README says how that was found."""
    epoch_s = frame.start_utc.astype("datetime64[s]").astype(np.int64)
    is_summer = utc_offset_s(epoch_s, zone) > 3600
    hour = int(np.timedelta64(1, "h") / (frame.start_utc[1] - frame.start_utc[0]))
    value, quality = (
        np.where(is_summer[:, None], np.roll(column, -hour, axis=0), column) for column in (frame.value, frame.quality)
    )
    return replace(frame, value=value, quality=quality)


def _spot(home: Home, frame: Frame, shifts: list[int]) -> PriceSeries:
    """Return German day-ahead prices, moved by whole weeks where the years do not meet."""
    prices = read_prices(
        DATA / "epf_de/market.parquet", zone=home.timezone, clock="24h", time="ts_local", price="price_eur_mwh",
        unit="EUR/MWh",
    )  # fmt: skip
    beyond = frame.start_utc[-1] - prices.start_utc[-1]
    weeks = max(0, int(np.ceil(beyond / WEEK)))
    shifts.append(weeks)
    return replace(prices, start_utc=prices.start_utc + weeks * WEEK, known_at=prices.known_at + weeks * WEEK)


def _figures(result: BacktestResult) -> dict[str, Any]:
    strategies = {
        name: {
            "cost_eur": each.cost_eur,
            "import_kwh": each.import_wh / 1e3,
            "export_kwh": each.export_wh / 1e3,
            "peak_kw": each.peak_import_w / 1e3,
            "self_sufficiency": each.self_sufficiency_ratio,
            "cycles": each.cycles_count,
            "violations": each.violation_count,
            "captured": each.captured_ratio,
            "over_self_consumption": each.captured_over_self_consumption_ratio,
            "cpu_s": each.cpu_s,
        }
        for name, each in result.results.items()
    }
    span = [str(result.grid.start_utc)[:10], str(result.grid.end_utc)[:10], result.grid.step_s]
    return {"span": span, "steps": result.grid.step_count, "notes": list(result.notes), "strategies": strategies}


def run(homes: list[str], tariffs: list[str], days: int | None, out: Path, known: list[dict[str, Any]]) -> None:
    """Run all cases that are not known on all cores, with progress; what is done is written at once."""
    order = [(home, tariff) for tariff in tariffs for home in homes]
    done = {(row["home"], row["tariff"]): row for row in known}
    jobs = [job for job in order if job not in done]
    columns = TextColumn("backtests"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    with Progress(*columns) as progress, ProcessPoolExecutor() as pool:
        task = progress.add_task("backtests", total=len(jobs))
        futures = {pool.submit(case, home, tariff, days): (home, tariff) for home, tariff in jobs}
        for future in as_completed(futures):
            done[futures[future]] = future.result()
            progress.advance(task)
            write([done[job] for job in order if job in done], out)
            progress.console.print(_line(done[futures[future]]))


def run_learned(
    jobs: list[dict[str, Any]], days: int | None, out: Path, known: list[dict[str, Any]], workers: int
) -> None:
    """Add trained forecasts to cases whose figures are there, home by home; what is done is written at once."""
    done = {(row["home"], row["tariff"]): row for row in known}
    homes = {row["home"]: [each for each in jobs if each["home"] == row["home"]] for row in jobs}
    columns = TextColumn("homes"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn()
    # A process each: what one home remembers goes with it.
    with Progress(*columns) as progress, ProcessPoolExecutor(workers, max_tasks_per_child=1) as pool:
        task = progress.add_task("homes", total=len(homes))
        for future in as_completed([pool.submit(learned_home, rows, days) for rows in homes.values()]):
            done.update({(row["home"], row["tariff"]): row for row in future.result()})
            write(list(done.values()), out)
            progress.advance(task)
            for row in future.result():
                captured = row["strategies"]["plan"]["captured"], row["learned"]["captured"]
                progress.console.print(
                    f"{row['home']:10s} {row['tariff']:9s} captured {captured[0]:.4f} -> {captured[1]:.4f}"
                )


def write(rows: list[dict[str, Any]], out: Path) -> None:
    """Write figures and page."""
    from results_page import page  # type: ignore[import-not-found]  # Beside this script.

    out.with_suffix(".json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    out.with_suffix(".md").write_text(page(rows), encoding="utf-8")


def _line(row: dict[str, Any]) -> str:
    each = row["strategies"]
    costs = "  ".join(f"{name} {each[name]['cost_eur']:.2f}" for name in each)
    captured, rule = each["plan"]["captured"], each["self_consumption"]["captured"]
    return f"{row['home']:10s} {row['tariff']:9s} {costs}  captured {captured:.3f} (rule {rule:.3f})"


def main() -> None:
    """Compute the figures and write the document."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--homes", default=",".join(HOMES))
    parser.add_argument("--tariffs", default=",".join(TARIFFS))
    parser.add_argument("--days", type=int, help="bill only so many days; default all there are")
    parser.add_argument(
        "--resume",
        action="store_true",
        help="keep the cases that the figures of --out hold already, with trained forecasts where --learn is given",
    )
    parser.add_argument("--learn", action="store_true", help="add trained forecasts to cases of --out")
    parser.add_argument("--workers", type=int, help="processes of --learn; default one for each core")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "results")
    chosen = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"no data at {DATA}: the real homes are not part of the repository")
    figures = chosen.out.with_suffix(".json")
    keeps = chosen.resume or chosen.learn
    known = json.loads(figures.read_text(encoding="utf-8")) if keeps and figures.is_file() else []
    if chosen.learn:
        asked = set(chosen.homes.split(",")), set(chosen.tariffs.split(","))
        jobs = [row for row in known if row["home"] in asked[0] and row["tariff"] in asked[1]]
        jobs = [row for row in jobs if not (chosen.resume and "learned" in row)]
        run_learned(jobs, chosen.days, chosen.out, known, chosen.workers)
        print(f"wrote {chosen.out}.md and {chosen.out}.json")
        return
    run(chosen.homes.split(","), chosen.tariffs.split(","), chosen.days, chosen.out, known)
    print(f"wrote {chosen.out}.md and {chosen.out}.json")


if __name__ == "__main__":
    main()
