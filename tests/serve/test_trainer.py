"""The process that trains: it works from the store alone, tells what came of it, and dies with whoever began it."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.series import Frame
from enerwise.run import learned
from enerwise.serve.errand import IdentifyErrand, TrainingErrand
from enerwise.serve.trainer import MODULE, TrainingFailed, TrainingProcess, identification_of, training_of
from enerwise.site.learning import Learning, Modelling
from enerwise.store.forecast_registry import Registry
from enerwise.store.sqlite import SqliteStore
from tests.builders import a_battery
from tests.physics.identify.twins import battery_record
from tests.run.builders import HOUR_S, a_home, a_house

WAIT_S = 120.0


def a_kept_house(path: Path, days: int) -> np.datetime64:
    frame, grid = a_house(days)
    store = SqliteStore(path)
    store.append(frame)
    store.flush()
    store.close()
    return grid.end_utc


def test_it_trains_from_the_store_and_tells(tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    now = a_kept_house(tmp_path / "home.db", 24)
    errand = TrainingErrand(a_home("follow_plan"), tmp_path / "home.db", tmp_path / "forecasts", now, HOUR_S)
    process = TrainingProcess(errand)
    process._process.wait(WAIT_S)
    told = process.result()
    assert told is not None and [each["is_promoted"] for each in told] == [True, True], told
    assert "trees" in Registry(tmp_path / "forecasts", "home.power_w").entries()[0].manifest["members"]


def test_it_ends_when_nobody_listens_any_more(tmp_path: Path) -> None:
    now = a_kept_house(tmp_path / "home.db", 24)
    errand = TrainingErrand(a_home("follow_plan"), tmp_path / "home.db", tmp_path / "forecasts", now, HOUR_S)
    process = TrainingProcess(errand)
    assert process._process.stdin is not None
    process._process.stdin.close()
    assert process._process.wait(WAIT_S) == 1
    with pytest.raises(TrainingFailed, match=r"training\.log"):
        process.result()


def test_a_store_that_is_not_there_is_told_in_the_log(tmp_path: Path) -> None:
    errand = TrainingErrand(a_home(), tmp_path / "none.db", tmp_path / "forecasts", np.datetime64(0, "ms"), HOUR_S)
    process = TrainingProcess(errand)
    process._process.wait(WAIT_S)
    with pytest.raises(TrainingFailed):
        process.result()
    assert "no such file" in (tmp_path / "forecasts" / "training.log").read_text()


def test_nothing_is_trained_where_nobody_wants_it_or_nothing_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = replace(a_home(), forecast=Learning("never"))
    assert training_of(never, tmp_path / "home.db", tmp_path, turn_s=60) is None
    monkeypatch.setattr(learned, "LIBRARY", "no_such_library")
    assert training_of(a_home(), tmp_path / "home.db", tmp_path, turn_s=60) is None


def test_what_a_site_process_holds_loads_nothing_that_learns() -> None:
    code = f"import sys, json, {MODULE}; print(json.dumps(sorted(sys.modules)))"
    loaded = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    assert not {"lightgbm", "sklearn", "xgboost", "enerwise.forecast.trained"} & set(loaded)


def test_it_identifies_devices_from_the_store_and_tells(tmp_path: Path) -> None:
    record, site = battery_record(a_battery(round_trip_ratio=0.82), days=40), a_home("follow_plan", step_s=900)
    ends_utc = record.grid.starts_utc + np.timedelta64(900_000, "ms")
    store = SqliteStore(tmp_path / "home.db")
    store.append(Frame.of(record.grid.starts_utc, dict(record.value), known_at=ends_utc))
    store.flush()
    store.close()
    errand = IdentifyErrand(site, tmp_path / "home.db", tmp_path / "models", record.grid.end_utc, 900)
    process = TrainingProcess(errand)
    process._process.wait(WAIT_S)
    (told,) = process.result() or []
    assert told["series"] == "battery.battery" and told["is_promoted"] is True, told
    never = replace(site, models=Modelling("never"))
    assert identification_of(never, tmp_path / "home.db", tmp_path, turn_s=60) is None
    assert identification_of(site, tmp_path / "home.db", tmp_path, turn_s=60) is not None
