"""`--without`: devices are taken off before anything is learned, and missing logs refuse."""

import json
from pathlib import Path

import numpy as np

from enerwise.store.files import write_table
from tests.forecast.column_builders import START, a_series
from tests.serve.test_forecast import run


def a_house(folder: Path, *, silent: bool = False) -> Path:
    """Return the file of a house with a car and a roof behind one meter."""
    base = a_series(60)
    rng, hour = np.random.default_rng(8), np.arange(base.size) % 24
    car = 11.0 * (rng.random(base.size) < 0.1)
    roof = 5.0 * np.clip(np.sin(np.pi * (hour - 6) / 12), 0.0, None) * rng.random(base.size)
    stamps = START + np.arange(base.size) * np.timedelta64(3_600_000, "ms")
    log = np.where(hour < 3, np.nan, car) if silent else car
    path = folder / "house.parquet"
    columns = {"ts_utc": stamps, "grid_kwh": base + car - roof, "ev_kwh": log, "pv_kwh": roof, "ev_kw": car}
    write_table(path, columns)
    return path


def backtest(data: Path, out: Path, without: str) -> tuple[int, str]:
    asked = ["--target", "grid_kwh", "--kind", "load", "--from", "2024-02-20", "--to", "2024-02-25", "--out", out]
    return run("backtest", data, *asked, "--model", "naive_1d,naive_7d,ridge", "--without", without)


def test_the_base_load_is_forecast_and_scored_as_if_it_had_been_measured(tmp_path: Path) -> None:
    data = a_house(tmp_path)
    code, told = backtest(data, tmp_path / "f.csv", "ev_kwh,-pv_kwh")
    assert code == 0, told
    assert json.loads((tmp_path / "f.csv.manifest.json").read_text())["without"] == ["ev_kwh", "-pv_kwh"]
    code, _ = run("score", tmp_path / "f.csv", data, "--json", tmp_path / "s.json")
    score = json.loads((tmp_path / "s.json").read_text())
    # Noise of a tenth is all that is left; the car alone would miss by far more.
    assert code == 0 and score["all"]["mae"] < 0.15
    backtest(data, tmp_path / "all.csv", "")
    run("score", tmp_path / "all.csv", data, "--json", tmp_path / "all.json")
    assert json.loads((tmp_path / "all.json").read_text())["all"]["mae"] > 5 * score["all"]["mae"]


def test_it_refuses_where_a_log_is_missing_a_sign_is_wrong_or_a_unit_differs(tmp_path: Path) -> None:
    data = a_house(tmp_path, silent=True)
    code, told = backtest(data, tmp_path / "f.csv", "ev_kwh,-pv_kwh")
    assert code == 2 and "device log, ev_kwh" in told and "12.5%" in told and not (tmp_path / "f.csv").exists()
    data = a_house(tmp_path)
    code, told = backtest(data, tmp_path / "f.csv", "ev_kwh,pv_kwh")
    assert code == 2 and "lies below zero" in told and "such as -pv_kwh" in told
    code, told = backtest(data, tmp_path / "f.csv", "ev_kw")
    assert code == 2 and "is in kW, the target in kWh" in told
    code, told = backtest(data, tmp_path / "f.csv", "heat_pump_kwh")
    assert code == 2 and "heat_pump_kwh" in told


def test_a_model_of_the_base_load_is_kept_apart_and_watched_as_such(tmp_path: Path) -> None:
    data = a_house(tmp_path)
    kept = ["--registry", tmp_path / "kept"]
    asked = ["--target", "grid_kwh", "--kind", "load", "--model", "naive_7d,ridge", "--without", "ev_kwh,-pv_kwh"]
    code, told = run("train", data, *asked, *kept, "--name", "one")
    assert code == 0 and "grid_kwh_base/one" in told, told
    code, told = run("retrain", "grid_kwh_base", "--data", data, *kept)
    assert code == 0 and "nothing has been measured since" in told, told
