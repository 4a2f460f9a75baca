"""A command line to call, files to call it with, and runs small enough for tests."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from typer.testing import CliRunner, Result

from enerwise.core.time import TimeGrid, instant
from enerwise.serve.cli import app
from tests.builders import LINDENWEG

BERLIN = "Europe/Berlin"
FLAT = """\
name: Flat home
timezone: Europe/Berlin
connection: {import_limit: 9 kW, export_limit: 9 kW}
tariff: {import: 0.30 EUR/kWh, export: 0.08 EUR/kWh}
assets:
  - {id: roof, kind: pv, peak: 6 kWp, curtail: yes}
  - {id: battery, kind: battery, capacity: 10 kWh, charge_limit: 5 kW, discharge_limit: 5 kW, round_trip: 81 %}
  - {id: home, kind: load}
"""


def enerwise(*args: object, input: str | None = None) -> Result:
    """Call the command line in this process."""
    return CliRunner().invoke(app, [str(each) for each in args], input=input, env={"COLUMNS": "200", "PORT": "0"})


def said(result: Result) -> str:
    """Return all it said, in one line: tables and narrow terminals break lines where they like."""
    return " ".join((result.stdout + result.stderr).split())


def a_site_file(folder: Path, text: str = LINDENWEG, name: str = "home.yaml") -> Path:
    """Write a site file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def an_outlook(
    folder: Path,
    load_w: Sequence[float],
    pv_w: Sequence[float] | None = None,
    *,
    buy: Sequence[float] | None = None,
    sell: Sequence[float] | None = None,
    step_s: int = 3600,
    start: str = "2024-07-03T00:00Z",
) -> Path:
    """Write an outlook of some steps."""
    grid = TimeGrid(instant(start), step_s, len(load_w))
    columns = {"load_w": load_w, "pv_w": pv_w or [0.0] * len(load_w)}
    columns |= {"price_import_eur_per_kwh": buy} if buy else {}
    columns |= {"price_export_eur_per_kwh": sell} if sell else {}
    return a_csv(folder / "outlook.csv", grid, columns)


def a_csv(path: Path, grid: TimeGrid, columns: dict[str, Sequence[float]]) -> Path:
    """Write columns on a grid."""
    rows = zip(grid.starts_utc.astype(str), *columns.values(), strict=True)
    lines = [",".join(["start_utc", *columns]), *(f"{time}Z,{','.join(map(str, rest))}" for time, *rest in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def a_history(folder: Path, *, days: int = 4, step_s: int = 3600, start: str = "2024-06-30T22:00Z") -> Path:
    """Write measurements: an evening peak and a bell of sun, a little different each day."""
    grid = TimeGrid(instant(start), step_s, days * 86_400 // step_s)
    hour = np.arange(grid.step_count) * step_s / 3600.0
    wave = 1.0 + 0.2 * np.sin(hour / 7.0)
    load_w = (400 + 1800 * np.exp(-(((hour % 24) - 19) ** 2) / 4)) * wave
    pv_w = np.maximum(0.0, 3500 * np.cos((hour % 24 - 13) / 24 * 2 * np.pi)) * wave
    return a_csv(folder / "data.csv", grid, {"load_w": load_w.round(1).tolist(), "pv_w": pv_w.round(1).tolist()})
