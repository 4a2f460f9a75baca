"""Jobs: what a plan leaves in the store, in simulations and on a running site."""

import numpy as np

from enerwise.core.errors import PlanError
from enerwise.core.time import Instant
from enerwise.run.brain import FORESEEN, MADE, decoded_forecasts, unkept
from enerwise.run.jobs import Job, usual_jobs
from enerwise.run.loop import play
from enerwise.run.world import World
from enerwise.store.store import Store
from tests.run.builders import a_world


def planned_once(*, keeps_thoughts: bool) -> Store:
    world = a_world("follow_plan", days=1, warmup_days=5)
    play(world, 1)
    now = world.clock.now()
    (job,) = [each for each in usual_jobs(world, keeps_thoughts=keeps_thoughts) if each.name == "planning"]
    world.store.flush()
    job.run_if_due(world, now)
    world.store.flush()
    return world.store


def test_a_running_site_keeps_its_plans_and_forecasts_under_the_id_of_the_plan() -> None:
    store = planned_once(keeps_thoughts=True)
    (name,) = store.blobs(MADE)
    assert store.blobs(FORESEEN) == (name,)
    event = store.event(name)
    made, foreseen = store.get(MADE, name), store.get(FORESEEN, name)
    assert event is not None and made is not None and foreseen is not None
    assert unkept(made).plan.issued_at == event.at
    assert {str(each.key) for each in decoded_forecasts(foreseen)} == {"home.power_w", "roof.available_power_w"}


def test_simulations_keep_nothing_but_the_inputs() -> None:
    store = planned_once(keeps_thoughts=False)
    assert store.blobs("plan") and not store.blobs(MADE) and not store.blobs(FORESEEN)


def test_what_failed_is_tried_again_soon_and_then_ever_more_seldom() -> None:
    """A brain that starts a moment later than the site is found at once; a broken one is not asked all the time."""
    world = a_world("follow_plan")
    asked: list[int] = []
    fails = True

    def work(world: World, now: Instant) -> bool:
        asked.append(int((now - start) / np.timedelta64(1, "s")))
        if fails and len(asked) % 2:
            raise PlanError("nobody there")
        return not fails

    start = world.clock.now()
    job = Job("planning", 900, work, retry_s=2)
    for second in range(100):
        job.run_if_due(world, start + np.timedelta64(second, "s"))
    assert asked == [0, 2, 6, 14, 30, 62]
    fails = False
    job.run_if_due(world, start + np.timedelta64(126, "s"))
    assert job.next_at == start + np.timedelta64(126 + 900, "s")
    assert job.failure_count == 0 and world.next_jobs["planning"] == job.next_at


def test_in_simulations_a_job_waits_for_its_next_time() -> None:
    (job,) = [each for each in usual_jobs(a_world("follow_plan")) if each.name == "planning"]
    assert job.retry_s is None


def test_a_running_site_plans_on_the_quarter_of_an_hour_whenever_it_was_started() -> None:
    world = a_world("follow_plan")
    asked: list[Instant] = []

    def work(world: World, now: Instant) -> bool:
        asked.append(now)
        return True

    job = Job("planning", 900, work, is_on_marks=True)
    start = np.datetime64("2024-07-01T12:07:22.112", "ms")
    for second in range(0, 2400, 10):
        job.run_if_due(world, start + np.timedelta64(second, "s"))
    # The first at once, then on the first turn behind each mark.
    assert [str(each)[11:19] for each in asked] == ["12:07:22", "12:15:02", "12:30:02", "12:45:02"]


def test_steps_of_a_plan_begin_on_a_whole_minute() -> None:
    world = a_world("follow_plan", days=1, warmup_days=5)
    play(world, 1)
    assert world.planner is not None
    now = world.clock.now() + np.timedelta64(22_112, "ms")
    planned = world.planner.plan(now, "p")
    assert planned is not None
    assert planned.plan.issued_at == now
    assert planned.plan.grid.start_utc == world.clock.now()


def test_a_played_past_may_be_kept_as_a_running_site_keeps_it() -> None:
    world = a_world("follow_plan", days=1, warmup_days=5)
    play(world, 4, keeps_thoughts=True)
    assert len(world.store.blobs(MADE)) == len(world.store.blobs(FORESEEN)) >= 3
