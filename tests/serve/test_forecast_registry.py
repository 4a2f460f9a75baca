"""`enerwise forecast train|promote|report`: a champion gives way to evidence only, and drift is told."""

import json
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

from enerwise.core.units import FloatArray
from enerwise.serve.cli import app
from enerwise.store.files import write_table
from enerwise.store.forecast_registry import Registry
from tests.forecast.column_builders import START, a_series


def a_file(folder: Path, value: FloatArray, name: str = "load.parquet") -> Path:
    stamps = START + np.arange(value.size) * np.timedelta64(3_600_000, "ms")
    write_table(folder / name, {"ts_utc": stamps, "load_kwh": value})
    return folder / name


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["forecast", *map(str, arguments)])
    return result.exit_code, result.output


def train(folder: Path, data: Path, name: str, model: str) -> tuple[int, str]:
    options = ["--target", "load_kwh", "--registry", folder / "kept", "--name", name, "--model", model]
    return run("train", data, *options)


def test_the_first_serves_and_a_better_one_takes_its_place_with_evidence(tmp_path: Path) -> None:
    data = a_file(tmp_path, a_series(60, noise=0.3))
    assert "It serves" in train(tmp_path, data, "old", "naive_1d")[1]
    code, told = train(tmp_path, data, "new", "naive_1d,naive_7d,profile_4w,ridge")
    assert code == 0 and "old serves" in told, told
    code, told = run("promote", "load_kwh", "new", "--registry", tmp_path / "kept")
    assert code == 0 and "Promoted: new" in told and "p-value 0.0" in told, told
    registry = Registry(tmp_path / "kept", "load_kwh")
    assert registry.champion() == "new"
    history = [json.loads(line) for line in (registry.folder / "history.jsonl").read_text().splitlines()]
    assert [each["model"] for each in history] == ["old", "new"]
    _, told = run("promote", "load_kwh", "old", "--registry", tmp_path / "kept")
    assert "Not promoted: old" in told and registry.champion() == "new"
    _, told = run("promote", "load_kwh", "old", "--registry", tmp_path / "kept", "--because", "the new one is slow")
    assert "Promoted: old: the new one is slow" in told


def test_without_days_in_common_there_is_no_evidence(tmp_path: Path) -> None:
    train(tmp_path, a_file(tmp_path, a_series(60)), "early", "naive_7d")
    train(tmp_path, a_file(tmp_path, a_series(120)), "late", "naive_7d,ridge")
    _, told = run("promote", "load_kwh", "late", "--registry", tmp_path / "kept")
    assert "Not promoted" in told and "0 days in common" in told


def test_the_report_tells_yesterday_and_drift(tmp_path: Path) -> None:
    value = a_series(80)
    train(tmp_path, a_file(tmp_path, value[: 60 * 24]), "one", "naive_1d,naive_7d,ridge")
    report = ["report", "load_kwh", "--registry", tmp_path / "kept", "--data"]
    _, told = run(*report, a_file(tmp_path, value[: 70 * 24], "later.parquet"))
    assert "as good as before" in told and "yesterday: MAE" in told, told
    wild = value.copy()
    wild[61 * 24 :] += np.random.default_rng(1).normal(size=wild.size - 61 * 24)
    _, told = run(*report, a_file(tmp_path, wild[: 70 * 24], "wild.parquet"))
    assert "drifts: train again" in told, told
    _, told = run(*report, a_file(tmp_path, value[: 60 * 24], "same.parquet"))
    assert "has come true yet" in told, told


def test_a_model_file_that_was_changed_is_not_opened(tmp_path: Path) -> None:
    data = a_file(tmp_path, a_series(60))
    train(tmp_path, data, "one", "naive_7d")
    path = tmp_path / "kept" / "load_kwh" / "one" / "model.bin"
    path.write_bytes(path.read_bytes() + b"!")
    code, told = run("report", "load_kwh", "--registry", tmp_path / "kept", "--data", data)
    assert code == 2 and "is not the file its manifest tells of" in told


def test_names_are_taken_once_and_unknown_ones_told(tmp_path: Path) -> None:
    data = a_file(tmp_path, a_series(60))
    train(tmp_path, data, "one", "naive_7d")
    code, told = train(tmp_path, data, "one", "naive_7d")
    assert code == 2 and "there is such a model already" in told
    code, told = run("promote", "load_kwh", "two", "--registry", tmp_path / "kept")
    assert code == 2 and "holds no model 'two'" in told
    code, told = run("report", "nothing", "--registry", tmp_path / "kept")
    assert code == 2 and "has no model yet" in told


def test_retraining_by_hand_tells_what_came_of_it(tmp_path: Path) -> None:
    value = a_series(80)
    train(tmp_path, a_file(tmp_path, value[: 60 * 24]), "one", "naive_1d,naive_7d,ridge")
    asked = ["retrain", "load_kwh", "--registry", tmp_path / "kept", "--data"]
    code, told = run(*asked, a_file(tmp_path, value[: 70 * 24], "later.parquet"))
    assert code == 0 and "2024-03-11-retrained: MAE" in told and "p-value" in told, told
    code, told = run(*asked, a_file(tmp_path, value[: 60 * 24], "same.parquet"))
    assert code == 0 and "nothing has been measured since" in told, told
