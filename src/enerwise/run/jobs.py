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
RETRY_S: Final = 2


@dataclass
class Job:
    """Something done every so often."""

    name: str
    every_s: int
    work: Callable[[World, Instant], bool | None]
    """Returns False where it could not do what it is for."""
    next_at: Instant | None = None
    retry_s: int | None = None
    """After so long it tries again what failed, then after twice as long, and so on; None waits for the next time."""
    is_on_marks: bool = False
    """Whether it is due at whole multiples of its period: on the quarter of an hour, whenever the site was started."""
    failure_count: int = 0

    def run_if_due(self, world: World, now: Instant) -> bool:
        """Run the job where its time has come; a late job runs once, not as often as it was missed."""
        if self.name not in world.asked_jobs and self.next_at is not None and now < self.next_at:
            return False
        world.asked_jobs.discard(self.name)
        self.next_at = self._following(now)
        world.next_jobs[self.name] = self.next_at
        try:
            is_done = self.work(world, now) is not False
        except Exception as error:
            # Thought may fail in any way, a plug-in's too: the site goes on with the plan it has until that expires.
            told = str(error) if isinstance(error, EnerwiseError) else f"{type(error).__name__}: {error}"
            fault = Event(f"{world.event_id(0)}x-{self.name}", now, Kind.FAULT, self.name, {"error": told})
            world.store.note([fault])
            is_done = False
        self._set_retry(world, now, is_done=is_done)
        return True

    def _following(self, now: Instant) -> Instant:
        period = np.timedelta64(self.every_s * 1000, "ms")
        if not self.is_on_marks:
            return now + period
        since = now - np.datetime64(0, "ms")
        return now - since % period + period

    def _set_retry(self, world: World, now: Instant, *, is_done: bool) -> None:
        """A brain that was not there yet is asked again soon, one that is broken ever more seldom."""
        self.failure_count = 0 if is_done else self.failure_count + 1
        if is_done or self.retry_s is None:
            return
        wait_s = self.retry_s * 2 ** min(self.failure_count - 1, 16)
        self.next_at = min(self._following(now), now + np.timedelta64(wait_s * 1000, "ms"))
        world.next_jobs[self.name] = self.next_at


def planning(world: World, now: Instant, *, keeps_thoughts: bool = False) -> bool:
    """Make a plan and store it with its inputs; say whether there is one.

    Args:
        world: Whose plan it is.
        now: The moment of planning.
        keeps_thoughts: Also store plan and forecasts themselves, so that whoever shows them needs no solver.
    """
    if world.planner is None:
        return False
    event_id = f"{world.event_id(0)}p"
    cause = () if world.seen_id is None else (world.seen_id,)
    planned = world.planner.plan(now, event_id, cause=cause, goal=world.goal)
    if planned is None:
        return False
    world.store.note(planned.events)
    world.store.put("plan", event_id, planned.blob, now)
    if keeps_thoughts:
        world.store.put(MADE, event_id, kept(planned), now)
        world.store.put(FORESEEN, event_id, encoded_forecasts(planned.forecasts), now)
    world.plan, world.plan_id = planned.plan, event_id
    return True


def usual_jobs(world: World, *, keeps_thoughts: bool = False) -> list[Job]:
    """Return the jobs a site runs: bills, a look at its devices, plans while it follows them, and learning."""
    jobs = [Job(SETTLING, world.turn_s, Settlement().settle)]
    if world.response is not None:
        jobs.append(world.response.job())
    if world.site.control.mode == "follow_plan":
        work = partial(planning, keeps_thoughts=keeps_thoughts)
        every_s = max(world.turn_s, world.site.control.step_s)
        # On a virtual clock nobody waits for a brain to start, and runs stay as they were.
        retry_s = RETRY_S if keeps_thoughts else None
        jobs.append(Job(PLANNING, every_s, work, retry_s=retry_s, is_on_marks=keeps_thoughts))
        learners = (world.training, world.identification)
        jobs.extend(each.job(world.clock.now()) for each in learners if each is not None)
    return jobs
