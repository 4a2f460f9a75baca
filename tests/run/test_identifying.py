"""Devices identified from a site's own store: what serves, on what evidence, and that only plans ever see it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.event import Kind
from enerwise.core.quantity import ENERGY_WH, SOC_RATIO
from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, Instant
from enerwise.physics.identify.battery import BatteryIdentifier
from enerwise.physics.identify.identifier import Record
from enerwise.run.identification import IDENTIFYING, Identification
from enerwise.run.identifying import identify_site, record_of
from enerwise.run.jobs import usual_jobs
from enerwise.run.loop import play
from enerwise.run.models import Models, registry_of
from enerwise.run.planner import Planner
from enerwise.run.teaching import Told
from enerwise.run.training import Done
from enerwise.site.assets import Battery
from enerwise.site.learning import Modelling
from enerwise.site.site import Site
from enerwise.store.memory import MemoryStore
from tests.builders import a_battery
from tests.physics.identify.twins import battery_record
from tests.run.builders import a_home, a_house, a_world

STEP_S = 900
TRUE = a_battery(round_trip_ratio=0.82)


def a_store(record: Record) -> MemoryStore:
    store = MemoryStore()
    ends = record.grid.starts_utc + np.timedelta64(record.grid.step_s * 1000, "ms")
    store.append(Frame.of(record.grid.starts_utc, dict(record.value), known_at=ends))
    store.flush()
    return store


def a_site_of(battery: Battery = a_battery()) -> Site:  # noqa: B008
    home = a_home("follow_plan", step_s=STEP_S)
    return replace(home, assets=tuple(battery if isinstance(each, Battery) else each for each in home.assets))


def identified(store: MemoryStore, folder: Path, now: Instant, site: Site | None = None, **how: bool) -> Told:
    (told,) = identify_site(site or a_site_of(), store, folder, now, step_s=STEP_S, every_days=7, **how)
    return told


def after(record: Record) -> Instant:
    return record.grid.end_utc + np.timedelta64(3_600_000, "ms")


def test_a_battery_that_differs_serves_on_evidence_and_one_as_declared_does_not(tmp_path: Path) -> None:
    record = battery_record(TRUE, days=40)
    told = identified(a_store(record), tmp_path / "differs", after(record))
    assert told["is_promoted"] is True and "Diebold-Mariano" in str(told["reason"])
    planned = Models(tmp_path / "differs").planned(a_site_of())
    (battery,) = planned.site.of_kind(Battery)
    assert battery.round_trip_ratio == pytest.approx(0.82, abs=0.01)
    assert planned.told()["battery.battery"]["round_trip_ratio"] == battery.round_trip_ratio
    same = battery_record(a_battery(), days=40, seed=3)
    told = identified(a_store(same), tmp_path / "same", after(same))
    assert told["is_promoted"] is False
    assert Models(tmp_path / "same").planned(a_site_of()).site == a_site_of()


def test_the_days_that_judge_were_not_learned_from(tmp_path: Path) -> None:
    record = battery_record(TRUE, days=40)
    identified(a_store(record), tmp_path, after(record))
    registry = registry_of(tmp_path, a_battery(), BatteryIdentifier())
    manifest = registry.entry(str(registry.champion())).manifest
    # Whatever happens on the judged days changes no parameter.
    at = record.grid.step_at(np.datetime64(manifest["judged_from"], "ms"))
    level = record.of(Key("battery", SOC_RATIO)).copy()
    level[at:] = 0.5
    other = Record(record.grid, {**record.value, Key("battery", SOC_RATIO): level})
    told = identified(a_store(other), tmp_path / "other", after(record))
    assert [str(each) for each in told["notes"]][:2] == [  # type: ignore[union-attr]
        f"{name} {value:.4g} ({low:.4g}..{high:.4g})" for name, (value, low, high) in manifest["parameters"].items()
    ]
    assert sorted(manifest["losses"])[0] >= manifest["judged_from"][:10]


def test_a_challenger_waits_its_week_and_meets_what_serves(tmp_path: Path) -> None:
    record = battery_record(TRUE, days=40)
    store, now = a_store(record), after(record)
    assert identified(store, tmp_path, now)["is_promoted"] is True
    assert not identify_site(a_site_of(), store, tmp_path, now, step_s=STEP_S, every_days=7)
    again = identified(store, tmp_path, now + np.timedelta64(2 * DAY_S, "s"), is_asked=True)
    assert again["is_promoted"] is False and "identified" in str(again["reason"])
    assert len(registry_of(tmp_path, a_battery(), BatteryIdentifier()).entries()) == 2


def test_another_battery_in_the_site_file_serves_as_declared_at_once(tmp_path: Path) -> None:
    record = battery_record(TRUE, days=40)
    store, now = a_store(record), after(record)
    identified(store, tmp_path, now)
    swapped = a_site_of(a_battery(capacity_wh=20_000.0))
    planned = Models(tmp_path).planned(swapped)
    assert planned.site == swapped
    assert "site file has changed" in planned.told()["battery.battery"]["because"]
    short = battery_record(TRUE, days=10)
    told = identified(a_store(short), tmp_path, after(short), swapped, is_asked=True)
    assert str(told["model"]).startswith("declared-") and "wait" in str(told["reason"])


def test_a_broken_model_serves_nobody_and_stops_no_plan(tmp_path: Path) -> None:
    record = battery_record(TRUE, days=40)
    told = identified(a_store(record), tmp_path, after(record))
    (tmp_path / "battery.battery" / str(told["model"]) / "model.bin").write_text('{"round_trip_ratio": 9.0}')
    planned = Models(tmp_path).planned(a_site_of())
    assert planned.site == a_site_of() and "does not serve" in planned.told()["battery.battery"]["because"]


def test_too_little_is_told_with_what_is_missing(tmp_path: Path) -> None:
    record = battery_record(TRUE, days=40, share=0.05)
    told = identified(a_store(record), tmp_path, after(record))
    assert told["is_promoted"] is False and "needed" in str(told["reason"]) and "error" not in told


def test_states_are_read_as_steps_begin_and_only_what_was_known(tmp_path: Path) -> None:
    record = battery_record(TRUE, days=3)
    store, keys = a_store(record), BatteryIdentifier().keys(a_battery())
    found = record_of(store, keys, after(record), step_s=STEP_S)
    assert found.grid == record.grid
    for key in record.value:
        assert np.array_equal(found.of(key), record.of(key))
    early = record_of(store, keys, record.grid.start_utc + np.timedelta64(DAY_S, "s"), step_s=STEP_S)
    assert early.grid.step_count == 96 and np.isnan(early.of(Key("battery", ENERGY_WH))).all()


def test_plans_are_made_from_what_serves_and_the_guard_keeps_to_the_site_file(tmp_path: Path) -> None:
    record = battery_record(TRUE, days=40)
    identified(a_store(record), tmp_path, after(record))
    world = a_world("follow_plan", days=1, warmup_days=3)
    # A home of hours has the same battery, so the same facts.
    facts = world.guard, world.site
    world.planner = Planner(world.site, world.store, world.prices, step_s=3600, models=Models(tmp_path))
    play(world, 6)
    told = world.store.events(kind=Kind.PLANNED)[-1].payload["models"]
    assert isinstance(told, dict) and "identified" in str(told["battery.battery"])
    assert (world.guard, world.site) == facts and world.site.of_kind(Battery)[0].round_trip_ratio == 0.90


def test_a_plan_begins_with_the_share_of_what_the_battery_was_found_to_hold() -> None:
    world = a_world("follow_plan", days=1, warmup_days=3)
    found, now = a_battery(capacity_wh=10_000.0), world.clock.now()
    at = np.array([now - np.timedelta64(60_000, "ms")])
    planner = Planner(world.site, world.store, world.prices, step_s=3600)
    energy, level = Key("battery", ENERGY_WH), Key("battery", SOC_RATIO)
    world.store.append(Frame.of(at, {level: np.array([0.6])}))
    world.store.flush()
    assert planner._last_wh(found, now) == pytest.approx(6000.0)
    world.store.append(Frame.of(at, {energy: np.array([6750.0])}))
    world.store.flush()
    # The guard goes by energy where that is told; half of the 13.5 kWh declared is half of what it holds.
    assert planner._last_wh(found, now) == pytest.approx(5000.0)
    assert planner._last_wh(a_battery(), now) == 6750.0


def test_a_plan_without_models_says_nothing_of_them() -> None:
    world = a_world("follow_plan", days=1, warmup_days=3)
    play(world, 2)
    assert "models" not in world.store.events(kind=Kind.PLANNED)[-1].payload


def test_the_job_identifies_once_and_tells_under_its_own_name(tmp_path: Path) -> None:
    world, begun = a_world("follow_plan", days=1, warmup_days=3), []

    def begin(now: Instant) -> Done:
        begun.append(now)
        return Done([{"series": "battery.battery", "model": "m", "is_promoted": False, "reason": "r", "notes": []}])

    world.identification = Identification(world.site, tmp_path, begin)
    (job,) = [each for each in usual_jobs(world) if each.name == IDENTIFYING]
    start = world.clock.now()
    for minutes in range(5, 30, 5):
        job.run_if_due(world, start + np.timedelta64(minutes * 60_000, "ms"))
    world.store.flush()
    (note,) = world.store.events(kind=Kind.NOTE, subject=IDENTIFYING)
    assert len(begun) == 1 and note.payload["series"] == "battery.battery"
    never = replace(world.site, models=Modelling("never"))
    assert not Identification(never, tmp_path, begin)._is_due(start)


def test_a_house_without_devices_has_nothing_to_identify(tmp_path: Path) -> None:
    frame, _ = a_house(2)
    store = MemoryStore()
    store.append(frame)
    store.flush()
    bare = replace(a_site_of(), assets=tuple(each for each in a_site_of() if not isinstance(each, Battery)))
    assert identify_site(bare, store, tmp_path, frame.known_at[-1], step_s=STEP_S, every_days=7) == []
