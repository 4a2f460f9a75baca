"""The loop: turns and jobs on one clock, until the supply or the patience ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import numpy as np

from enerwise.core.time import Instant, VirtualClock
from enerwise.run.cycle import Turn, turn
from enerwise.run.jobs import SETTLING, Job, usual_jobs
from enerwise.run.world import World


def play(
    world: World,
    turn_count: int,
    *,
    progress: Callable[[Turn], None] | None = None,
    keeps_thoughts: bool = False,
) -> None:
    """Run a world on a virtual clock for a number of turns; jobs run within the turn that they are due at.

    Args:
        world: The world.
        turn_count: How many turns.
        progress: Told of every turn.
        keeps_thoughts: Keep plans and forecasts as a running site does, for whoever looks at them later.
    """
    asyncio.run(_play(world, turn_count, progress, keeps_thoughts))


async def _play(world: World, turn_count: int, progress: Callable[[Turn], None] | None, keeps_thoughts: bool) -> None:
    jobs = usual_jobs(world, keeps_thoughts=keeps_thoughts)
    start = world.clock.now()
    assert isinstance(world.clock, VirtualClock)
    for count in range(turn_count):
        now = start + np.timedelta64(count * world.turn_s * 1000, "ms")
        world.clock.jump_to(now)
        done = await turn(world, think=partial(_run_jobs, jobs) if jobs else None)
        if progress is not None:
            progress(done)
    # The last step is known when it has ended.
    end = start + np.timedelta64(turn_count * world.turn_s * 1000, "ms")
    world.clock.jump_to(end)
    await settle(world, end)
    _run_jobs([job for job in jobs if job.name == SETTLING], world, end)
    world.store.flush()


async def settle(world: World, now: Instant) -> None:
    """Read what ended last, without deciding anything more."""
    from enerwise.site.validate import validate

    readings = await world.devices.read(now)
    for frame in validate(readings.measured, world.site, now)[0]:
        world.store.append(frame)
    world.store.flush()


async def run_live(world: World, *, stop: asyncio.Event) -> AsyncIterator[Turn]:
    """Run a world on the machine's clock, one turn every ``turn_s``, jobs beside it, until ``stop`` is set."""
    jobs = usual_jobs(world, keeps_thoughts=True)
    background: asyncio.Task[None] | None = None
    while not stop.is_set():
        now = world.clock.now()
        if background is None or background.done():
            background = asyncio.create_task(asyncio.to_thread(_run_jobs, jobs, world, now))
        yield await turn(world)
        period_ms = world.turn_s * 1000
        wait_s = (period_ms - int(world.clock.now().astype(np.int64)) % period_ms) / 1000.0
        try:
            await asyncio.wait_for(stop.wait(), timeout=wait_s)
        except TimeoutError:
            continue
    if background is not None:
        await background


def _run_jobs(jobs: list[Job], world: World, now: Instant) -> None:
    for job in jobs:
        job.run_if_due(world, now)
