"""Does `backtest` answer what would have been saved, in table, JSON, CSV and picture?"""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.serve.builders import FLAT, a_history, a_site_file, enerwise, said


def a_backtest(folder: Path, *args: object, site: str = FLAT) -> str:
    data = a_history(folder)
    result = enerwise("backtest", a_site_file(folder, site), "--data", data, "--warmup", "2d", *args)
    assert result.exit_code == 0, said(result)
    return said(result)


def test_all_strategies_are_compared(tmp_path: Path) -> None:
    files = ("--json", tmp_path / "b.json", "--csv", tmp_path / "b.csv", "--plot", tmp_path / "b.svg")
    told = a_backtest(tmp_path, *files)
    assert "2024-07-03 to 2024-07-04 (2 days): Enerwise would have saved" in told
    assert 'enerwise why "2024-07-04 14:05" --store' in told
    assert (tmp_path / "home.backtest.db").is_file()
    found = json.loads((tmp_path / "b.json").read_text())["strategies"]
    assert set(found) == {"idle", "self_consumption", "plan", "perfect"}
    assert found["perfect"]["cost_eur"] <= min(each["cost_eur"] for each in found.values()) + 1e-6
    assert found["idle"]["captured_ratio"] == 0
    assert found["perfect"]["captured_ratio"] == 1
    assert found["plan"]["saved_against_idle_eur"] == pytest.approx(
        found["idle"]["cost_eur"] - found["plan"]["cost_eur"]
    )
    assert found["plan"]["violation_count"] == 0
    assert found["plan"]["carbon_kg"] is None
    assert len((tmp_path / "b.csv").read_text().splitlines()) == 1 + 48
    assert ElementTree.fromstring((tmp_path / "b.svg").read_text()).tag.endswith("svg")


def test_some_strategies_without_a_store(tmp_path: Path) -> None:
    told = a_backtest(tmp_path, "--strategies", "self-consumption,idle")
    assert "Idle battery" in told
    assert "Perfect foresight" not in told
    assert not (tmp_path / "home.backtest.db").exists()


def test_span_and_columns_are_taken_as_asked(tmp_path: Path) -> None:
    columns = tmp_path / "map.yaml"
    columns.write_text("load: {column: load_w, unit: W}\npv: {column: pv_w, unit: W, times: 0.5}\n")
    args = ("--from", "2024-07-02", "--to", "2024-07-04", "--columns", columns, "--strategies", "idle")
    a_backtest(tmp_path, *args, "--json", tmp_path / "b.json")
    found = json.loads((tmp_path / "b.json").read_text())
    assert (found["start_utc"], found["end_utc"]) == ("2024-07-01T22:00:00Z", "2024-07-03T22:00:00Z")
    assert found["day_count"] == 2


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--strategies", "plan,perfekt"], "did you mean 'perfect'?"),
        (["--strategies", ","], "names nothing"),
        (["--warmup", "a month"], "write a number of days"),
        (["--warmup", "1.5d"], "write whole days"),
        (["--from", "2025-01-01"], "name days within 2024-07-01 to 2024-07-04"),
        (["--warmup", "10d"], "give more days or a shorter warm-up"),
        (["--columns", "nowhere.yaml"], "there is no such file"),
    ],
)
def test_wrong_option_is_named_with_value_and_remedy(args: list[str], words: str, tmp_path: Path) -> None:
    result = enerwise("backtest", a_site_file(tmp_path, FLAT), "--data", a_history(tmp_path), *args)
    assert result.exit_code == 2
    assert words in said(result)


def test_missing_data_and_broken_maps_are_told(tmp_path: Path) -> None:
    site = a_site_file(tmp_path, FLAT)
    assert "there is no such file" in said(enerwise("backtest", site, "--data", tmp_path / "none.csv"))
    columns = tmp_path / "map.yaml"
    columns.write_text("load: {column: load_w\n")
    told = said(enerwise("backtest", site, "--data", a_history(tmp_path), "--columns", columns))
    assert "map.yaml: 1 problem" in told
    assert "line 2" in told
    columns.write_text("lod: {column: load_w}\n")
    assert "lod" in said(enerwise("backtest", site, "--data", a_history(tmp_path), "--columns", columns))


def test_sun_in_the_data_of_a_home_without_pv_is_a_problem(tmp_path: Path) -> None:
    columns = tmp_path / "map.yaml"
    columns.write_text("load: {column: load_w, unit: W}\npv: {column: pv_w, unit: W}\n")
    text = "\n".join(line for line in FLAT.splitlines() if "roof" not in line)
    result = enerwise("backtest", a_site_file(tmp_path, text), "--data", a_history(tmp_path), "--columns", columns)
    assert result.exit_code == 2
    assert "the site has no PV plant" in said(result)


def test_price_file_must_cover_the_span(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text("start_utc,price_eur_per_kwh\n2024-07-01T00:00Z,0.1\n2024-07-01T01:00Z,0.2\n")
    text = FLAT.replace("import: 0.30 EUR/kWh", "import: {file: prices.csv}")
    result = enerwise("backtest", a_site_file(tmp_path, text), "--data", a_history(tmp_path), "--warmup", "2d")
    assert result.exit_code == 2
    assert "tariff.import: has no price for 48 of 48 steps, the first at 2024-07-03 00:00" in said(result)
