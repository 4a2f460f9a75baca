"""`enerwise forecast`: from a file to a forecast file, its score, and clear words where something is wrong."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from enerwise.serve.cli import app
from enerwise.store.column_files import Wish, read_columns, read_forecast
from enerwise.store.files import write_table
from tests.forecast.column_builders import START, a_series

FLOOR = ["--model", "naive_1d,naive_7d,ridge"]


def a_file(folder: Path, *, name: str = "load.csv", time: str = "ts_local", days: int = 60, zone: str = "") -> Path:
    value = a_series(days)
    stamps = START + np.arange(value.size) * np.timedelta64(3_600_000, "ms")
    texts = np.array([f"{each}{zone}" for each in stamps.astype("datetime64[s]").astype(str)])
    path = folder / name
    write_table(
        path, {time: texts if name.endswith("csv") else stamps, "load_kwh": value, "sun": a_series(days, seed=2)}
    )
    return path


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["forecast", *map(str, arguments)])
    return result.exit_code, result.output


def backtest(data: Path, out: Path, *more: object) -> tuple[int, str]:
    return run(
        "backtest",
        data,
        "--target",
        "load_kwh",
        "--from",
        "2024-02-20",
        "--to",
        "2024-02-25",
        "--out",
        out,
        *FLOOR,
        *more,
    )


def test_a_backtest_writes_every_step_with_issue_and_19_levels(tmp_path: Path) -> None:
    code, told = backtest(a_file(tmp_path), tmp_path / "f.csv", "--known", "sun", "--plot", tmp_path / "f.svg")
    assert code == 0, told
    head, first, *_ = (tmp_path / "f.csv").read_text().splitlines()
    assert head.split(",")[:4] == ["timestamp", "issue_time", "q0.05", "q0.1"] and head.endswith("q0.95")
    assert first.startswith("2024-02-20T00:00:00,2024-02-20T00:00:00,")
    rows = read_forecast(tmp_path / "f.csv")
    assert rows.value.shape == (6 * 24, 19) and np.isfinite(rows.value).all()
    assert "Diebold-Mariano" in told and "sun counted as known ahead" in told
    assert "<svg" in (tmp_path / "f.svg").read_text()
    manifest = json.loads((tmp_path / "f.csv.manifest.json").read_text())
    assert manifest["model"] == ["naive_1d", "naive_7d", "ridge"] and len(manifest["data_sha256"]) == 64


def test_stamps_in_utc_stay_in_utc_and_parquet_holds_times(tmp_path: Path) -> None:
    assert backtest(a_file(tmp_path, time="ts_utc", zone="Z"), tmp_path / "f.csv")[0] == 0
    assert (tmp_path / "f.csv").read_text().splitlines()[1].startswith("2024-02-20T00:00:00Z,")
    assert backtest(a_file(tmp_path, name="load.parquet"), tmp_path / "f.parquet")[0] == 0
    assert read_forecast(tmp_path / "f.parquet").at[0] == np.datetime64("2024-02-20T00:00", "ms")


def test_the_score_of_the_file_is_the_score_of_the_backtest(tmp_path: Path) -> None:
    data = a_file(tmp_path)
    backtest(data, tmp_path / "f.csv", "--json", tmp_path / "b.json")
    code, told = run("score", tmp_path / "f.csv", data, "--json", tmp_path / "s.json", "--csv", tmp_path / "s.csv")
    assert code == 0, told
    made, read = (json.loads((tmp_path / name).read_text()) for name in ("b.json", "s.json"))
    assert read["all"]["mae"] == pytest.approx(made["all"]["mae"], rel=1e-9)
    assert read["diebold_mariano_p_value"] == pytest.approx(made["diebold_mariano_p_value"])
    assert (tmp_path / "s.csv").read_text().count("\n") == 6


def test_a_week_ahead_is_scored_day_by_day(tmp_path: Path) -> None:
    code, told = backtest(a_file(tmp_path), tmp_path / "f.csv", "--horizon", "7d")
    assert code == 0 and "day 7" in told, told
    assert read_forecast(tmp_path / "f.csv").at.size == 6 * 7 * 24


def test_a_forecast_from_outside_is_scored_without_issue_times(tmp_path: Path) -> None:
    data = a_file(tmp_path)
    stamps = START + (50 * 24 + np.arange(48)) * np.timedelta64(3_600_000, "ms")
    write_table(tmp_path / "foreign.parquet", {"timestamp": stamps, "q0.5": a_series()[50 * 24 : 52 * 24]})
    code, told = run("score", tmp_path / "foreign.parquet", data, "--target", "load_kwh", "--json", tmp_path / "s.json")
    assert code == 0 and "00:00 of its day" in told, told
    assert json.loads((tmp_path / "s.json").read_text())["all"]["mae"] == pytest.approx(0.0, abs=1e-9)


def test_a_forecast_with_holes_gets_no_figure(tmp_path: Path) -> None:
    data = a_file(tmp_path)
    backtest(data, tmp_path / "f.csv")
    lines = (tmp_path / "f.csv").read_text().splitlines()
    (tmp_path / "f.csv").write_text("\n".join(lines[:40] + lines[50:]) + "\n")
    code, told = run("score", tmp_path / "f.csv", data)
    assert code == 0 and "no figure" in told, told


def test_stamps_that_name_the_end_are_read_and_written_so(tmp_path: Path) -> None:
    value = a_series(60)
    ends = START + (1 + np.arange(value.size)) * np.timedelta64(3_600_000, "ms")
    write_table(tmp_path / "e.parquet", {"ts_utc_end": ends, "load_kwh": value})
    read = read_columns(tmp_path / "e.parquet", Wish("load_kwh"))
    assert read.names_end and read.frame.grid.start_utc == START
    assert backtest(tmp_path / "e.parquet", tmp_path / "f.parquet")[0] == 0
    assert read_forecast(tmp_path / "f.parquet").at[0] == np.datetime64("2024-02-20T01:00", "ms")
    run("score", tmp_path / "f.parquet", tmp_path / "e.parquet", "--json", tmp_path / "s.json")
    assert json.loads((tmp_path / "s.json").read_text())["covered_ratio"] == 1.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--target", "lod_kwh"], "did you mean"),
        (["--freq", "15min"], "its steps are 3600 s long"),
        (["--known", "moon"], "there is no column 'moon'"),
        (["--known", "load_kwh"], "is the target itself"),
        (["--known", "sun@soon"], "'soon' is no duration"),
        (["--issue", "25:00"], "write a time of day"),
        (["--issue", "00:30"], "choose a time at which a step"),
        (["--from", "2023-01-01"], "lies outside the data"),
        (["--from", "2024-01-05"], "leave at least 8 days"),
        (["--horizon", "90d"], "at most 31 days"),
        (["--model", "oracle"], "'oracle' is not known"),
        (["--zone", "Mars/Base"], "is no time zone"),
        (["--unit", "m3"], "write a unit of power or energy"),
        (["--connection", "1 kW"], "are above 1000 W"),
        (["--out", "f.xls"], ".csv or .parquet"),
        (["--where", "home"], "write a column and a text"),
    ],
)
def test_what_is_wrong_is_told_with_its_remedy(tmp_path: Path, options: list[str], words: str) -> None:
    code, told = backtest(a_file(tmp_path), tmp_path / "f.csv", *options)
    assert code == 2 and words in told, told


def test_a_file_of_several_series_needs_a_choice(tmp_path: Path) -> None:
    value = a_series(60)
    stamps = START + np.arange(value.size) * np.timedelta64(3_600_000, "ms")
    columns = {
        "ts_utc": np.tile(stamps, 2),
        "load_kwh": np.tile(value, 2),
        "building": np.repeat([1, 2], value.size),
    }
    write_table(tmp_path / "two.parquet", columns)
    code, told = backtest(tmp_path / "two.parquet", tmp_path / "f.csv")
    assert code == 2 and "--where building=1" in told
    assert backtest(tmp_path / "two.parquet", tmp_path / "f.csv", "--where", "building=2")[0] == 0


def test_empty_cells_of_a_plant_at_night_are_zero_and_by_day_a_gap(tmp_path: Path) -> None:
    slot = np.arange(60 * 24) % 24
    sun = np.where((slot > 5) & (slot < 19), np.sin(np.pi * (slot - 5) / 14) * a_series(60), np.nan)
    sun[30 * 24 + 10 : 30 * 24 + 14] = np.nan
    stamps = START + np.arange(62 * 24) * np.timedelta64(3_600_000, "ms")
    write_table(tmp_path / "pv.parquet", {"ts_utc": stamps, "pv_w": np.concatenate([sun, np.full(48, np.nan)])})
    read = read_columns(tmp_path / "pv.parquet", Wish("pv_w"))
    gaps = np.flatnonzero(np.isnan(read.frame.target))
    assert gaps.tolist() == [*range(30 * 24 + 10, 30 * 24 + 14), *range(60 * 24, 62 * 24)]
    assert read.dark_count == 60 * 11
    code, told = run("check", tmp_path / "pv.parquet", "--target", "pv_w")
    assert code == 0 and "4.0 h on end" not in told and "48.0 h on end" in told


def test_a_look_at_the_data_alone(tmp_path: Path) -> None:
    code, told = run("check", a_file(tmp_path), "--target", "load_kwh")
    assert code == 0 and "Nothing conspicuous" in told


def test_a_young_home_learns_from_others_and_says_from_whom(tmp_path: Path) -> None:
    other = a_file(tmp_path, name="other.csv")
    young, out = a_file(tmp_path, name="young.parquet"), tmp_path / "f.csv"
    asked = ["backtest", young, "--target", "load_kwh", "--from", "2024-01-30", "--to", "2024-01-31", "--out", out]
    code, told = run(*asked, "--model", "naive_1d,naive_7d", "--pool", f"{other}@sun")
    assert code == 0 and "pooled: learned from" in told and "pooled 63%" in told, told
    manifest = json.loads((tmp_path / "f.csv.manifest.json").read_text())
    assert manifest["pool"][0]["series"] == f"{other}@sun" and len(manifest["pool"][0]["sha256"]) == 64


def test_a_series_is_no_pool_of_itself(tmp_path: Path) -> None:
    data = a_file(tmp_path)
    code, told = backtest(data, tmp_path / "f.csv", "--pool", data)
    assert code == 2 and "is the series to forecast itself" in told
    short = tmp_path / "short.csv"
    short.write_text("ts_local,load_kwh\n2024-01-01T00:00:00,1\n2024-01-01T00:30:00,1\n2024-01-01T01:00:00,1\n")
    code, told = backtest(data, tmp_path / "f.csv", "--pool", short)
    assert code == 2 and "steps of 1800 s" in told
