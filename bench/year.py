"""A year at 30 min with a new plan at every step: 17 520 plans, 24 h ahead, three scenarios, stability stage included.

The reference is the same year with the battery at rest: the kernel without thought.
"""

import os

import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import TimeGrid, instant
from enerwise.physics import household, pv, weather
from enerwise.run.backtest import backtest
from enerwise.site.read import read_site

STEP_S, WARMUP_DAYS = 1800, 28
DAYS = int(os.environ.get("ENERWISE_BENCH_DAYS", "365"))
SITE = """
name: Year
timezone: Europe/Berlin
connection: {import_limit: 17 kW, export_limit: 10 kW, fuse: 35 A, phases: 3}
tariff:
  import: {otherwise: 0.27 EUR/kWh, periods: [{price: 0.52 EUR/kWh, from: "14:00", to: "20:00", days: weekdays}]}
  export: 0.08 EUR/kWh
assets:
  - {id: roof, kind: pv, peak: 8 kWp, curtail: yes}
  - {id: battery, kind: battery, capacity: 13.5 kWh, charge_limit: 5 kW, discharge_limit: 5 kW, round_trip: 90 %,
     soc: [10 %, 90 %]}
  - {id: home, kind: load}
"""


def house(days: int) -> Frame:
    """Return a generated house: load and available PV."""
    grid = TimeGrid(instant("2023-12-04T00:00Z"), STEP_S, days * 86_400 // STEP_S)
    rng = np.random.default_rng(7)
    sky = weather.draw(grid, weather.Place(), rng=rng)
    habits = household.draw_habits(rng)
    load_w = household.draw_load_w(habits, grid, "Europe/Berlin", rng=rng, temperature_degc=sky.temperature_degc)[0]
    available_w = pv.available_w(sky.irradiance_w_per_m2, sky.temperature_degc, 8000.0)
    known_at = grid.starts_utc + np.timedelta64(STEP_S * 1000, "ms")
    columns = {Key("home", POWER_W): load_w, Key("roof", AVAILABLE_POWER_W): available_w}
    return Frame.of(grid.starts_utc, columns, known_at=known_at)


def main() -> None:
    """Run the year and print the figures."""
    frame = house(WARMUP_DAYS + DAYS)
    with Progress() as progress:
        tasks = {name: progress.add_task(name) for name in ("idle", "plan")}
        result = backtest(
            read_site(SITE),
            frame,
            strategies=tuple(tasks),
            warmup_days=WARMUP_DAYS,
            progress=lambda name, done, total: progress.update(tasks[name], completed=done, total=total),
        )
    idle, plan = result.results["idle"], result.results["plan"]
    table = Table(title=f"{result.grid.step_count} plans of 24 h at 30 min, three scenarios")
    for name in ("CPU s", "ms a plan", "idle CPU s", "ratio to idle", "idle EUR", "plan EUR", "limits broken"):
        table.add_column(name, justify="right")
    each_ms = (plan.cpu_s - idle.cpu_s) / result.grid.step_count * 1e3
    figures = [plan.cpu_s, each_ms, idle.cpu_s, plan.cpu_s / idle.cpu_s, idle.cost_eur, plan.cost_eur]
    table.add_row(*(f"{each:,.2f}" for each in figures), str(plan.violation_count))
    Console().print(table)


if __name__ == "__main__":
    main()
