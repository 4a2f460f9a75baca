"""Jobs: slow work on the same clock. They write their results with the moment they became known; no turn waits."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from enerwise.core.errors import EnerwiseError
from enerwise.core.event import Event, Kind
from enerwise.core.time import Instant
from enerwise.run.brain import FORESEEN, MADE, encoded_forecasts, kept
from enerwise.run.settlement import Settlement
from enerwise.run.world import World

SETTLING: Final = "settling"
PLANNING: Final = "planning"


@dataclass
class Job:
    """Something done every so often."""

    name: str
    every_s: int
    work: Callable[[World, Instant], None]
    next_at: Instant | None = None

    def run_if_due(self, world: World, now: Instant) -> bool:
        """Run the job where its time has come; a late job runs once, not as often as it was missed."""
        if self.name not in world.asked_jobs and self.next_at is not None and now < self.next_at:
            return False
        world.asked_jobs.discard(self.name)
        self.next_at = now + np.timedelta64(self.every_s * 1000, "ms")
        world.next_jobs[self.name] = self.next_at
        try:
            self.work(world, now)
        except Exception as error:
            # Thought may fail in any way, a plug-in's too: the site goes on with the plan it has until that expires.
            told = str(error) if isinstance(error, EnerwiseError) else f"{type(error).__name__}: {error}"
            fault = Event(f"{world.event_id(0)}x-{self.name}", now, Kind.FAULT, self.name, {"error": told})
            world.store.note([fault])
        return True


def planning(world: World, now: Instant, *, keeps_thoughts: bool = False) -> None:
    """Make a plan and store it with its inputs.

    Args:
        world: Whose plan it is.
        now: The moment of planning.
        keeps_thoughts: Also store plan and forecasts themselves, so that whoever shows them needs no solver.
    """
    if world.planner is None:
        return
    event_id = f"{world.event_id(0)}p"
    cause = () if world.seen_id is None else (world.seen_id,)
    planned = world.planner.plan(now, event_id, cause=cause, goal=world.goal)
    if planned is None:
        return
    world.store.note(planned.events)
    world.store.put("plan", event_id, planned.blob, now)
    if keeps_thoughts:
        world.store.put(MADE, event_id, kept(planned), now)
        world.store.put(FORESEEN, event_id, encoded_forecasts(planned.forecasts), now)
    world.plan, world.plan_id = planned.plan, event_id


def usual_jobs(world: World, *, keeps_thoughts: bool = False) -> list[Job]:
    """Return the jobs a site runs: bills for the days that have ended, and plans while it follows them."""
    jobs = [Job(SETTLING, world.turn_s, Settlement().settle)]
    if world.site.control.mode == "follow_plan":
        work = partial(planning, keeps_thoughts=keeps_thoughts)
        jobs.append(Job(PLANNING, max(world.turn_s, world.site.control.step_s), work))
    return jobs
