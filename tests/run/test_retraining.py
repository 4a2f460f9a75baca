"""Retraining on a virtual clock: once a week, from what is known by then, and only evidence changes who serves."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.event import Kind
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, VirtualClock
from enerwise.core.units import FloatArray
from enerwise.forecast.backtest import members_of
from enerwise.forecast.evidence import evidence
from enerwise.forecast.frame import ColumnFrame
from enerwise.forecast.trained import train
from enerwise.run.retraining import retrain, retraining, series_of
from enerwise.run.world import World
from enerwise.store.forecast_registry import Registry
from tests.forecast.column_builders import DAY_MS, START, a_column_frame, a_series
from tests.run.builders import a_world

MODEL = "naive_1d,naive_7d,ridge"


def a_registry(folder: Path, frame: ColumnFrame, days: int) -> Registry:
    """Return a registry whose champion was trained after so many days."""
    registry, issue = Registry(folder, "load"), frame.grid.start_utc + days * DAY_MS
    seen = known_by(frame, issue)
    trained = train(seen, members_of("load", MODEL)[0], issue, 24)
    told = {"target": "load", "kind": "load", "zone": "UTC", "country": "", "issue": "00:00", "known": []}
    registry.add("first", told | {"step_s": 3600, "members": MODEL.split(",")} | evidence(trained, seen), trained)
    return registry


def known_by(frame: ColumnFrame, now: Instant) -> ColumnFrame:
    count = int((now - frame.grid.start_utc) / np.timedelta64(1, "h"))
    grid = frame.grid.part(0, count)
    return replace(
        frame, grid=grid, target=frame.target[:count], known=frame.known[:count], known_at=frame.known_at[:count]
    )


def a_changed_home() -> FloatArray:
    """A home that begins to live by night after eight weeks."""
    value = a_series(130, noise=0.1)
    late = np.arange(value.size) >= 56 * 24
    return np.where(late, np.roll(value, 12) * 2.0, value)


def test_the_champion_is_challenged_every_week_and_gives_way_when_its_home_has_changed(tmp_path: Path) -> None:
    frame, world = a_column_frame(a_changed_home()), a_world()
    registry, clock = a_registry(tmp_path, frame, 50), VirtualClock(START + 50 * DAY_MS)
    looked: list[Instant] = []

    def read(world: World, now: Instant) -> ColumnFrame:
        looked.append(now)
        return known_by(frame, now)

    job = retraining(registry, read)
    for _ in range(45):
        clock.jump_to(clock.now() + DAY_MS)
        job.run_if_due(world, clock.now())
    world.store.flush()
    assert np.unique(np.diff(np.array(looked))).tolist() == [DAY_MS]
    notes = [each for each in world.store.events(kind=Kind.NOTE) if each.subject == "retraining"]
    promoted = [bool(each.payload["is_promoted"]) for each in notes]
    assert True in promoted and registry.champion() != "first", [each.payload["reason"] for each in notes]
    assert len(notes) == 6
    # What lost is gone, what was decided about it is not.
    lines = (registry.folder / "history.jsonl").read_text().splitlines()
    assert len(lines) == len(notes) + 1 and len(registry.entries()) == 1 + sum(promoted)
    assert all(not json.loads(line)["is_promoted"] or json.loads(line)["p_value"] < 0.05 for line in lines[1:])


def test_a_home_that_stays_as_it_is_keeps_its_champion(tmp_path: Path) -> None:
    frame = a_column_frame(a_series(90))
    registry = a_registry(tmp_path, frame, 60)
    done = retrain(registry, known_by(frame, START + 67 * DAY_MS), START + 67 * DAY_MS)
    assert done is not None and not done.verdict.is_promoted and done.verdict.common_count == 28
    assert registry.champion() == "first" and [each.name for each in registry.entries()] == ["first"]


def test_a_box_that_starts_anew_does_not_train_anew(tmp_path: Path) -> None:
    frame = a_column_frame(a_series(70))
    registry = a_registry(tmp_path, frame, 60)
    now = START + 63 * DAY_MS
    assert retrain(registry, known_by(frame, now), now) is None
    assert retrain(registry, known_by(frame, now), now, is_asked=True) is not None
    later = START + 67 * DAY_MS
    assert retrain(registry, known_by(frame, later), later) is None
    assert retrain(registry, known_by(frame, now), now, is_asked=True) is None


def test_a_running_site_learns_from_its_own_store_and_nothing_later(tmp_path: Path) -> None:
    world = a_world(days=1, warmup_days=40)
    now, key = world.clock.now(), Key("home", POWER_W)
    manifest = {"target": "load", "kind": "load", "zone": "Europe/Berlin", "country": "DE", "step_s": 3600}
    frame = series_of(world.store, key, manifest, now)
    assert frame.grid.end_utc == now and np.isfinite(frame.target).sum() == 40 * 24
    earlier = series_of(world.store, key, manifest, now - 5 * DAY_MS)
    assert np.isfinite(earlier.target).sum() == 35 * 24
    registry = a_registry(tmp_path, earlier, 33)
    retraining(registry, lambda world, at: series_of(world.store, key, manifest, at)).run_if_due(world, now)
    world.store.flush()
    assert [each.subject for each in world.store.events(kind=Kind.NOTE)] == ["retraining"]
    roof = Key("roof", AVAILABLE_POWER_W)  # A log that reaches as far as the meter.
    whole = world.store.read_frame([key, roof], frame.grid, as_of=now).value
    np.testing.assert_allclose(
        series_of(world.store, key, manifest, now, without=[roof]).target, whole[:, 0] - whole[:, 1]
    )
    with pytest.raises(ProblemsFound, match=r"says nothing on 100\.0%"):
        series_of(world.store, key, manifest, now, without=[Key("car", POWER_W)])
    with pytest.raises(ProblemsFound, match="nothing was measured"):
        series_of(world.store, Key("nobody", POWER_W), manifest, now)


def test_without_champion_or_its_columns_it_is_told_and_the_site_goes_on(tmp_path: Path) -> None:
    frame, world = a_column_frame(a_series(70)), a_world()
    job = retraining(Registry(tmp_path, "load"), lambda world, now: frame)
    assert job.run_if_due(world, world.clock.now()) and job.every_s == DAY_S
    world.store.flush()
    (fault,) = world.store.events(kind=Kind.FAULT)
    assert "no model serves" in str(fault.payload["error"])
    sunny = a_column_frame(a_series(70), columns={"sun": a_series(70, seed=2)})
    registry = a_registry(tmp_path, sunny, 60)
    path = registry.folder / "first" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"known": ["sun@7d"]}))
    with pytest.raises(ProblemsFound, match="trained with sun"):
        retrain(registry, frame, START + 70 * DAY_MS)
