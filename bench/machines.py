"""A real home whose car and heat pump may wait: what planning saves, by tariff, with and without a battery.

    python bench/machines.py [--days 120] [--tariffs tou,capacity] [--batteries 0,13.5] [--out docs/results_machines]
                             [--strategies idle,plan] [--resume]

The home is that of Konstanz (hourly, with meters on car and heat pump). What the recording does not name is recovered
by `enerwise.devices.recovered`: a car has come when it begins to charge, needs what it then took, and leaves at 7:00
the next morning; the building loses, on the mean of a day, the heat that was put into it, with a coefficient of
performance of three whatever the weather and whatever its rooms have, and stores as much as it did on nine of ten
recorded days. So whoever plans delivers the same energy; in hours, so that least currents, which hold for a part of
them, do not count, and without what a charger's electronics take (less than 200 W). ``no planning`` is the recording
itself: car and heat pump as they ran, the battery at rest or, where there is one, on self-consumption. ``one path``
plans for what is expected alone, without scenarios.

Writes ``docs/results_machines.md`` and ``.json``; with ``--resume`` cases that are there are kept.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from results import DATA, HOMES, ROOT, TARIFFS, WARMUP_DAYS, _put_right, _spot  # type: ignore[import-not-found]

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, TimeGrid, local_fields
from enerwise.core.units import FloatArray
from enerwise.devices.recovered import swing_wh
from enerwise.run.backtest import KNOWN, BacktestResult, StrategyResult, backtest
from enerwise.site.read import read_site
from enerwise.site.site import GRID, Site
from enerwise.store.columns import ColumnMap
from enerwise.store.files import read_measurements

HOME: Final = "konstanz"
COP: Final = 3.0
BAND_K: Final = 2.0
COLUMNS: Final = {
    **HOMES[HOME].columns,
    "car.power_w": {"column": "ev_kwh", "unit": "kWh per step"},
    "heating.power_w": {"column": "heat_pump_kwh", "unit": "kWh per step"},
}
SITE: Final = """
name: Konstanz
timezone: Europe/Berlin
connection: {{import_limit: 20 kW, export_limit: 20 kW, fuse: 35 A, phases: 3}}
tariff: {tariff}
assets:
  - {{id: roof, kind: pv, peak: 10 kWp, curtail: yes}}
{battery}  - {{id: home, kind: load}}
  - {{id: car, kind: charger, vehicle: 40 kWh, target: 100 %, current: {current} A, phases: 1, least_current: 0.1 A,
     trips: [{{leaves: "07:00", back: "12:00", uses: {uses} Wh}}]}}
  - {{id: heating, kind: heat_pump, power: {heats} W, cop: {cop}, comfort: [20 degC, 22 degC],
     building: {{loss: 150 W/K, air: {stores} Wh/K, loss_at: 21 degC}}}}
"""
PEAKS: Final = {
    **TARIFFS,
    "capacity_all": (
        "{import: 0.27 EUR/kWh, export: 0.08 EUR/kWh,"
        " demand: [{name: peak, price: 4.20 EUR/kW, per: month, interval: 15 min, top: 1}]}"
    ),
}
"""Those of the other results, and one that charges peaks from the first kilowatt."""
BATTERY: Final = """  - {{id: battery, kind: battery, capacity: {kwh} kWh, charge_limit: 5 kW, discharge_limit: 5 kW,
     round_trip: 90 %, soc: [10 %, 90 %]}}
"""
CAR, HEATING, LOAD, ROOF = Key("car", POWER_W), Key("heating", POWER_W), Key("home", POWER_W), "roof"


@dataclass(frozen=True)
class Case:
    """One tariff and battery."""

    tariff: str
    battery_kwh: float
    result: BacktestResult


def main() -> None:
    """Run what was asked for and write the page."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--days", type=int, default=None, help="billed days; all without")
    asked.add_argument("--tariffs", default=",".join(PEAKS))
    asked.add_argument("--batteries", default="0,13.5", help="capacities in kWh")
    asked.add_argument("--strategies", default=",".join(KNOWN))
    asked.add_argument("--out", type=Path, default=ROOT / "docs" / "results_machines")
    asked.add_argument("--resume", action="store_true", help="keep the cases that are there, if of the same days")
    wish = asked.parse_args()
    frame = recorded(wish.days)
    rows = _there(wish.out.with_suffix(".json"), frame) if wish.resume else []
    for kwh in (float(each) for each in wish.batteries.split(",")):
        for tariff in wish.tariffs.split(","):
            if any((each["tariff"], each["battery_kwh"]) == (tariff, kwh) for each in rows):
                continue
            site = a_site(frame, tariff, kwh)
            found = backtest(site, frame, warmup_days=WARMUP_DAYS, strategies=tuple(wish.strategies.split(",")))
            rows.append(figures(Case(tariff, kwh, found)))
            _write(wish.out, rows, frame)
            print(tariff, kwh, _cells(rows[-1]), flush=True)
    _write(wish.out, rows, frame)


def _write(out: Path, rows: list[dict[str, Any]], frame: Frame) -> None:
    told = {"home": HOME, "swing_kwh": swing_of(frame) / 1e3, "cop": COP, "cases": rows}
    out.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    out.with_suffix(".md").write_text(page(told), encoding="utf-8")


def _there(path: Path, frame: Frame) -> list[dict[str, Any]]:
    """Return the cases of an earlier run over the same days."""
    days = len(frame) / 24 - WARMUP_DAYS
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"] if path.exists() else []
    return [each for each in rows if abs(each["days"] - days) < 0.01]


def recorded(days: int | None) -> Frame:
    """Return the home with car and heat pump taken out of its load."""
    frame = _put_right(read_measurements(DATA / HOMES[HOME].file, ColumnMap.parse(COLUMNS)), HOMES[HOME].timezone)
    columns = {key: frame.column(key) for key in frame.keys}
    columns[LOAD] = np.maximum(columns[LOAD] - columns[CAR] - columns[HEATING], 0.0)
    frame = Frame.of(frame.start_utc, columns, known_at=frame.known_at)
    return frame if days is None else frame.rows(slice(0, (WARMUP_DAYS + days) * 24))


def a_site(frame: Frame, tariff: str, battery_kwh: float) -> Site:
    """Return the site file of the home, its car and building sized by what was recorded."""
    shifts: list[int] = []
    car_w = np.nan_to_num(frame.column(CAR))
    days = frame.start_utc.size * grid_of(frame).step_s / DAY_S
    text = SITE.format(
        tariff=PEAKS[tariff],
        battery=BATTERY.format(kwh=battery_kwh) if battery_kwh else "",
        current=int(np.ceil(car_w.max() / 230.0)),
        uses=round(float(car_w.sum()) * grid_of(frame).step_h / days),
        heats=round(float(np.nanmax(frame.column(HEATING)))),
        cop=COP,
        stores=round(swing_of(frame) * COP / BAND_K),
    )
    return read_site(text, load_prices=lambda _: _spot(HOMES[HOME], frame, shifts))


def swing_of(frame: Frame) -> float:
    """Return the electricity that the building stored on nine of ten heated days. [Wh]"""
    return swing_wh(np.nan_to_num(frame.column(HEATING)), grid_of(frame))


def grid_of(frame: Frame) -> TimeGrid:
    """Return the hours of a recording."""
    return TimeGrid(frame.start_utc[0], 3600, len(frame))


def figures(case: Case) -> dict[str, Any]:
    """Return what one case came to."""
    result = case.result
    found = {name: _one(result, each) for name, each in result.results.items()}
    rule = "self_consumption" if case.battery_kwh else "idle"
    row: dict[str, Any] = {"tariff": case.tariff, "battery_kwh": case.battery_kwh, "unplanned": rule}
    row |= {"days": result.grid.step_count * result.grid.step_h / 24, "strategies": found}
    if {rule, "plan"} <= found.keys():
        before, after = found[rule], found["plan"]
        row["saved_eur"] = before["cost_eur"] - after["cost_eur"]
        row["cost_cut_ratio"] = row["saved_eur"] / before["cost_eur"] if before["cost_eur"] > 0 else None
        row["peak_cut_ratio"] = 1 - after["monthly_peak_w"] / before["monthly_peak_w"]
    if {"plan", "one_path"} <= found.keys():
        row["scenarios_save_eur"] = found["one_path"]["cost_eur"] - found["plan"]["cost_eur"]
    return row


def _one(result: BacktestResult, each: StrategyResult) -> dict[str, Any]:
    machines = {
        name: {"kwh": told.energy_wh / 1e3, "kept_kwh": told.kept_wh / 1e3, "missed": told.missed_count,
               "departures": told.departure_count, "missing_kwh": told.missing_wh / 1e3, "outside_kh": told.outside_kh}
        for name, told in each.machines.items()
    }  # fmt: skip
    return {
        "cost_eur": each.cost_eur,
        "bill_eur": dict(each.bill.cost_eur),
        "peak_w": each.peak_import_w,
        "monthly_peak_w": monthly_peak_w(result.site, result.grid, each.power_w[GRID]),
        "import_kwh": each.import_wh / 1e3,
        "cpu_s": each.cpu_s,
        "machines": machines,
    }


def monthly_peak_w(site: Site, grid: TimeGrid, grid_w: FloatArray) -> float:
    """Return the mean of the highest draws of the months: what a capacity tariff bills."""
    local = local_fields(grid.starts_utc, site.timezone)
    month = local.year * 12 + local.month
    return float(np.mean([max(0.0, float(grid_w[month == each].max())) for each in np.unique(month)]))


def page(told: dict[str, Any]) -> str:
    """Return the figures as a page."""
    head = "no planning, planned, perfect, saved, cost cut, peak before, planned, peak cut, one path, scenarios save"
    columns = ["battery", "tariff", *head.split(", ")]
    energy = ["battery", "tariff", "strategy", "car", "heat pump", "car left short", "below band"]
    return "\n".join(
        [
            "# A real home whose car and heat pump may wait",
            "",
            f"Made by `python bench/machines.py` over {told['cases'][0]['days']:g} days.",
            "",
            *(__doc__ or "").split("\n\n")[2].splitlines(),
            "",
            f"The building stores {told['swing_kwh']:.1f} kWh of electricity that way. Cost in EUR is the bill and",
            "what the car still needs at the end, less heat and battery energy left, at the mean price. Peak is the",
            "mean of the highest hours of the months.",
            "",
            *_table(columns, [_cells(row) for row in told["cases"]]),
            "",
            "What was delivered:",
            "",
            *_table(energy, [cells for row in told["cases"] for cells in _delivered(row)]),
            "",
        ]
    )


def _table(columns: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(each)} |" for each in (columns, ["---"] * len(columns), *rows)]


def _delivered(row: dict[str, Any]) -> list[list[str]]:
    found = []
    for name, each in row["strategies"].items():
        car, heat = each["machines"]["car"], each["machines"]["heating"]
        short = f"{car['missed']} of {car['departures']}, {car['missing_kwh']:.1f} kWh" if car["departures"] else "-"
        cells = [f"{row['battery_kwh']:g} kWh", row["tariff"], name, f"{car['kwh']:.0f} kWh", f"{heat['kwh']:.0f} kWh"]
        found.append([*cells, short, f"{heat['outside_kh']:.1f} K h"])
    return found


def _cells(row: dict[str, Any]) -> list[str]:
    found = row["strategies"]
    cost = {name: f"{each['cost_eur']:.2f}" for name, each in found.items()}
    before, after = found[row["unplanned"]], found["plan"]
    cut = row.get("cost_cut_ratio")
    return [
        f"{row['battery_kwh']:g} kWh" if row["battery_kwh"] else "none",
        row["tariff"],
        cost[row["unplanned"]],
        cost["plan"],
        cost.get("perfect", "-"),
        f"{row['saved_eur']:.2f} EUR",
        # Where the bill becomes an income, a share of it says nothing.
        "-" if cut is None or cut > 1.0 else f"{cut:.1%}",
        f"{before['monthly_peak_w'] / 1e3:.2f} kW",
        f"{after['monthly_peak_w'] / 1e3:.2f} kW",
        f"{row['peak_cut_ratio']:.1%}",
        cost.get("one_path", "-"),
        f"{row['scenarios_save_eur']:.2f} EUR" if "scenarios_save_eur" in row else "-",
    ]


if __name__ == "__main__":
    main()
