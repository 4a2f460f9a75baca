"""Jobs: what a plan leaves in the store, in simulations and on a running site."""

from enerwise.run.brain import FORESEEN, MADE, decoded_forecasts, unkept
from enerwise.run.jobs import usual_jobs
from enerwise.run.loop import play
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
