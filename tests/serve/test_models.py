"""`enerwise models`: how devices respond, what is identified, which of it serves, and a person's word over it."""

import json
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.event import Event, Json, Kind
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.store.sqlite import SqliteStore
from tests.builders import LINDENWEG, a_battery
from tests.physics.identify.twins import battery_record
from tests.serve.builders import enerwise as run

SERIES = "battery.battery"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose battery returns 82 % of what it is told to return 90 % of, and has taken nothing since yesterday."""
    file = tmp_path / "home.yaml"
    file.write_text(LINDENWEG, encoding="utf-8")
    record = battery_record(a_battery(round_trip_ratio=0.82), days=40)
    ends_utc = record.grid.starts_utc + np.timedelta64(900_000, "ms")
    store = SqliteStore(tmp_path / "home.db")
    store.append(Frame.of(record.grid.starts_utc, dict(record.value), known_at=ends_utc))
    power_w = record.of(Key("battery", POWER_W))
    for step in range(39 * 96, 40 * 96):
        at, end = record.grid.starts_utc[step], ends_utc[step]
        told_w = power_w[step] if step < 39 * 96 + 48 else 2000.0
        store.note([Event(f"m/{step}", at, Kind.MEASURED, "lindenweg-8", {})])
        until: dict[str, Json] = {"value": float(told_w), "valid_until": str(end)}
        store.note([Event(f"p/{step}", at, Kind.PERMITTED, "battery", until)])
    store.flush()
    store.close()
    return file


def test_a_battery_is_identified_serves_and_is_told_of(home: Path) -> None:
    told = run("models", "identify", home, "--at", "2024-02-17 12:00")
    assert told.exit_code == 0, told.output
    assert (
        f"{SERIES}: 2024-02-17-identified serves from now on" in told.output and "round_trip_ratio 0.8" in told.output
    )
    report = run("models", "report", home)
    assert "declared-" in report.output and "round trip 82 %" in report.output
    shown = json.loads(run("models", "report", home, "--json", "-").output)
    assert shown[SERIES]["serves"] == "2024-02-17-identified"
    again = run("models", "identify", home, "--at", "2024-02-17 12:00")
    assert "goes on to serve" in again.output and "newer days are needed" in again.output


def test_a_person_goes_back_to_what_is_declared_with_a_reason(home: Path) -> None:
    run("models", "identify", home, "--at", "2024-02-17 12:00")
    (declared,) = [each.name for each in (home.with_suffix(".run") / "models" / SERIES).glob("declared-*")]
    assert run("models", "promote", home, SERIES, declared, "--because", " ").exit_code == 2
    assert run("models", "promote", home, SERIES, declared, "--because", "a new battery").exit_code == 0
    assert f"{SERIES} is planned as declared." in run("models", "report", home).output
    history = (home.with_suffix(".run") / "models" / SERIES / "history.jsonl").read_text(encoding="utf-8")
    assert "a new battery" in history.splitlines()[-1]


def test_what_nothing_identifies_is_told_with_what_there_is(home: Path) -> None:
    told = run("models", "promote", home, "battry.battery", "x", "--because", "y")
    assert told.exit_code == 2 and "there are battery.battery" in told.output


def test_the_response_is_told_with_what_is_missing(home: Path) -> None:
    told = run("models", "response", home, "--days", 1)
    assert told.exit_code == 0 and "battery" in told.output
    figures = json.loads(run("models", "response", home, "--days", 1, "--json", "-").output)["battery"]
    assert 0.3 < figures["share_ratio"] < 1.0 and figures["asked_wh"] > 20_000
    assert "of what it is told since" in figures["finding"]
    assert f"{figures['missing_wh'] / 1e3:.1f} kWh are missing" in told.output.replace("\n", " ")


def test_a_store_without_setpoints_and_a_missing_one_are_told(home: Path, tmp_path: Path) -> None:
    quiet = run("models", "response", home, "--at", "2024-01-20")
    assert quiet.exit_code == 0 and "No device was told anything" in quiet.output
    assert run("models", "response", home, "--store", tmp_path / "none.db").exit_code == 2


def test_too_short_a_history_is_told_and_nothing_serves_but_what_is_declared(home: Path) -> None:
    told = run("models", "identify", home, "--at", "2024-01-17 12:00")
    assert "goes on to serve" in told.output and "wait" in told.output
