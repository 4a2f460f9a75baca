import asyncio
import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from enerwise.core.errors import PlanError
from enerwise.core.event import Kind
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant, LiveClock, TimeGrid
from enerwise.devices.supply import Supply
from enerwise.devices.twin import TwinDevices
from enerwise.guard import Checker
from enerwise.run.cycle import Turn
from enerwise.run.jobs import Job
from enerwise.run.loop import play, run_live
from enerwise.run.world import World, live
from enerwise.site.site import GRID
from enerwise.store.memory import MemoryStore
from tests.run.builders import a_home, a_world, as_bytes

TURNS = 30
PRINT_DIGEST = """
from tests.run.test_loop import digest
print(digest())
"""


def digest() -> str:
    """Return a hash of all events of a day and a quarter under plans."""
    world = a_world("follow_plan", days=2, warmup_days=6)
    play(world, TURNS)
    return hashlib.sha256(as_bytes(world.store)).hexdigest()


def test_two_runs_tell_the_same_events_byte_by_byte() -> None:
    first, again = a_world("follow_plan", days=2, warmup_days=6), a_world("follow_plan", days=2, warmup_days=6)
    play(first, TURNS)
    play(again, TURNS)
    assert first.store.events(kind=Kind.PLANNED)
    assert as_bytes(first.store) == as_bytes(again.store)


def test_other_processes_tell_them_too_whatever_their_hashes() -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PRINT_DIGEST],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "20240701")
    ]
    told = [process.communicate(timeout=60)[0].strip() for process in running]
    assert told == [digest()] * 2


def test_a_turn_is_played_for_each_step_and_the_last_step_is_read() -> None:
    world, done = a_world(), list[Turn]()
    play(world, 24, progress=done.append)
    assert len(done) == world.turn_count == 24
    start, end = done[0].now, world.clock.now()
    assert (end - start) == np.timedelta64(24, "h")
    assert len(world.store.read(Key(GRID, POWER_W), start, end)) == 24
    assert len(world.store.events(kind=Kind.SETTLED)) == 1


def test_jobs_run_when_they_are_due_and_late_ones_once() -> None:
    world, ran = a_world(), list[Instant]()
    job = Job("counting", 7200, lambda world, now: ran.append(now))
    start = world.clock.now()
    for hour in (0, 1, 2, 9, 10, 11):
        job.run_if_due(world, start + np.timedelta64(hour, "h"))
    assert [int((each - start) / np.timedelta64(1, "h")) for each in ran] == [0, 2, 9, 11]


@pytest.mark.parametrize("error", [PlanError("no way out"), ZeroDivisionError("by nothing")])
def test_a_job_that_fails_is_told_and_tried_again(error: Exception) -> None:
    def fail(world: World, now: Instant) -> None:
        raise error

    world = a_world()
    job = Job("failing", 3600, fail)
    now = world.clock.now()
    assert job.run_if_due(world, now)
    world.store.flush()
    told = world.store.events(kind=Kind.FAULT)
    assert [each.subject for each in told] == ["failing"]
    assert str(error) in str(told[0].payload["error"])
    assert job.run_if_due(world, now + np.timedelta64(1, "h"))


def test_ids_go_on_after_a_restart() -> None:
    store = MemoryStore()
    first = a_world(store=store)
    play(first, 3)
    assert a_world(store=store).turn_count == 3


def test_a_live_world_takes_its_turns_on_the_machines_clock() -> None:
    site = a_home()
    now = LiveClock().now()
    grid = TimeGrid(now - np.timedelta64(1000, "ms"), 1, 60)
    supply = Supply(grid, {"home": np.full(60, 1000.0)}, {"roof": np.zeros(60)})
    key = os.urandom(32)
    store = MemoryStore()
    world = live(site, store, TwinDevices(site, supply, Checker(key)), key, turn_s=1)

    async def two_turns() -> list[Turn]:
        stop, done = asyncio.Event(), list[Turn]()
        async for each in run_live(world, stop=stop):
            done.append(each)
            if len(done) == 2:
                stop.set()
        return done

    first, second = asyncio.run(two_turns())
    assert 0 < (second.now - first.now) / np.timedelta64(1, "ms") < 1500
    assert world.hold_s == 1.5
    assert [each.value for each in second.verdicts if each.asset == "battery"] == [-1000.0]
    store.flush()
    assert len(store.events(kind=Kind.RECEIPT)) == 4


def test_a_trip_outlives_the_process() -> None:
    from enerwise.guard import Trips

    site, store, key = a_home(), MemoryStore(), os.urandom(32)
    now = LiveClock().now()
    store.put("guard", "trips", Trips().tripped("battery", "overheated", now).to_bytes(), now)
    store.flush()
    grid = TimeGrid(now, 1, 2)
    devices = TwinDevices(site, Supply(grid, {"home": np.zeros(2)}, {"roof": np.zeros(2)}), Checker(key))
    world = live(replace(site), store, devices, key, turn_s=1)
    assert world.guard.trips.holds("battery")
