"""`enerwise profile`: a file of load in figures, by price and weather, and words for whatever is wrong with it."""

import csv
import json
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from enerwise.core.time import TimeGrid, instant, local_fields
from enerwise.forecast.change_point import ChangePoint
from enerwise.serve.load_look import Asked, look_over
from tests.serve.builders import enerwise, said

DATA = Path(__file__).parents[3] / "shared" / "data"
SITE = """
name: Office
timezone: Europe/Berlin
connection: {import_limit: 60 kW, export_limit: 9 kW}
tariff:
  import: {otherwise: 0.20 EUR/kWh, periods: [{price: 0.40 EUR/kWh, from: "08:00", to: "20:00", days: weekdays}]}
assets: [{id: office, kind: load}]
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a year by the hour in UTC: 10 kW by night, 30 kW by day, 1 kW more for each degree below 12."""
    grid = TimeGrid(instant("2024-01-01", "Europe/Berlin"), 3600, 182 * 24)
    local = local_fields(grid.starts_utc, "Europe/Berlin")
    works = (local.second >= 8 * 3600) & (local.second < 18 * 3600) & (local.weekday < 5)
    rng = np.random.default_rng(7)
    air = np.repeat(10 + 8 * np.sin(np.arange(182) / 29 - 1.5) + rng.normal(0, 2, 182), 24)
    heat = np.maximum(12 - air, 0)
    path = tmp_path_factory.mktemp("profile") / "office.csv"
    rows = zip(grid.starts_utc, 10 + 20 * works + heat, heat, air, strict=True)
    lines = [f"{at}Z,{load:.4f},{heats:.4f},{degc:.3f}" for at, load, heats, degc in rows]
    path.write_text("\n".join(["start_utc,load_kwh,heating_kwh,air_degc", *lines]) + "\n")
    (path.parent / "office.yaml").write_text(SITE)
    return path


def test_figures_words_and_files_tell_the_same(office: Path) -> None:
    folder = office.parent
    options = ["--zone", "Europe/Berlin", "--country", "DE", "--temperature", "air_degc", "--parts", "heating_kwh"]
    files = ["--json", folder / "p.json", "--csv", folder / "p.csv", "--plot", folder / "p.svg"]
    text = said(enerwise("profile", office, *options, "--site", folder / "office.yaml", *files))
    assert "Work begins at 08:00" in text and "ends at 18:00" in text and "above its usual: heating_kwh" in text
    told = json.loads((folder / "p.json").read_text())
    assert told["weather"]["heating_wh_per_k"] == pytest.approx(24e3, rel=0.08)
    assert told["weather"]["heats_below_degc"] == pytest.approx(12.0, abs=0.7)
    by_price = {each["name"]: each for each in told["by_price"]}
    assert set(by_price) == {"40 ct/kWh", "20 ct/kWh"}
    assert sum(each["energy_ratio"] for each in by_price.values()) == pytest.approx(1.0)
    whole = told["mean_w"] * 182 * 24 - told["mean_w"]  # An hour is lost as clocks go forward.
    assert sum(each["energy_wh"] for each in by_price.values()) == pytest.approx(whole, rel=1e-3)
    dear = by_price["40 ct/kWh"]
    assert dear["cost_eur"] == pytest.approx(dear["energy_wh"] / 1e3 * 0.40)
    shapes = list(csv.DictReader((folder / "p.csv").read_text().splitlines()))
    assert len(shapes) == 24 and float(shapes[10]["workday_mean_w"]) > 2 * float(shapes[3]["workday_mean_w"])
    assert ElementTree.fromstring((folder / "p.svg").read_text()).tag.endswith("svg")


def test_stamps_in_utc_are_put_on_the_clock_people_live_by(office: Path) -> None:
    here, there = (look_over(office, Asked("load_kwh", zone=each)) for each in ("Europe/Berlin", "UTC"))
    assert here.seen.working is not None and there.seen.working is not None
    assert here.seen.working.start_h[1] == 8.0 and there.seen.working.start_h[1] in (6.0, 7.0)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--target", "nix"], "no column 'nix'"),
        (["--parts", "fridge"], "write one of heating_kwh, air_degc"),
        (["--unit", "apples"], "unit of power or energy"),
        (["--target", "air_degc"], "tells no unit of power"),
        (["--temperature", "fridge"], "write one of"),
        (["--plot", "x.png"], "x.png"),
    ],
)
def test_what_is_wrong_is_told_with_its_remedy(office: Path, options: list[str], told: str) -> None:
    done = enerwise("profile", office, *options)
    assert done.exit_code == 2 and told in done.output.replace("\n", " ")


def test_a_short_file_and_weather_that_says_nothing_are_told(office: Path, tmp_path: Path) -> None:
    lines = office.read_text().splitlines()
    (tmp_path / "short.csv").write_text("\n".join(lines[: 24 * 5]) + "\n")
    assert "at least 7 are needed" in enerwise("profile", tmp_path / "short.csv").output.replace("\n", " ")
    (tmp_path / "month.csv").write_text("\n".join(lines[: 24 * 30]) + "\n")
    made = look_over(tmp_path / "month.csv", Asked("load_kwh", temperature="air_degc"))
    assert made.weather is None and "cannot be held against it" in made.notes[0]


def test_a_real_building_is_read_and_told() -> None:
    path = DATA / "bdg2_building" / "b1.parquet"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    made = look_over(path, Asked("load_kwh", country="US"))
    assert made.seen.working is not None and made.seen.working.start_h[1] == 8.0
    assert 0.85 < made.seen.weekend_ratio < 0.9 and 0.7 < made.seen.load_factor_ratio < 0.75


def test_real_demand_depends_on_heat_and_cold() -> None:
    path = DATA / "victoria_load_30min" / "load.parquet"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    wish = Asked("demand_mwh_per_halfhour", "MW", "temperature_c", zone="Australia/Melbourne", country="AU-VIC")
    found = look_over(path, wish).weather
    assert isinstance(found, ChangePoint) and found.heating_wh_per_k > 0 and found.cooling_wh_per_k > 0
    assert 14.0 < found.heats_below_degc <= found.cools_above_degc < 22.0 and found.r2_ratio > 0.8
