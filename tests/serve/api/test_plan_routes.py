"""Plans over the wire: their shape, their failures, previews from a brain, and goals that reach the site."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.event import Event, Kind
from enerwise.run.brain import serve
from enerwise.run.world import World
from enerwise.serve.api.shapes.forecast import ForecastShape
from enerwise.serve.api.shapes.plan import PlanCoreShape, PlanPage, PlanShape, PreviewShape, WhyShape
from enerwise.site.carbon import Carbon
from enerwise.store.memory import MemoryStore
from tests.builders import a_site
from tests.serve.api.desks import asking
from tests.serve.outlooks.builders import a_planned_world

PLAN = "/api/v1/sites/lindenweg-8/plan"


@pytest.fixture(scope="module")
def world() -> World:
    return a_planned_world(turns=4)


def test_the_plan_in_force_has_the_shape_that_is_published(world: World) -> None:
    client, _ = asking(world.site, world.store, world.clock.now())
    answer = client.get(PLAN)
    assert answer.status_code == 200
    plan = PlanShape.model_validate_json(answer.content)
    assert set(answer.json()) == set(PlanShape.model_fields)
    assert plan.goal == "cost" and plan.failed is None and plan.failure is None
    steps = len(plan.start_utc)
    assert steps == 24 and plan.start_utc[0].endswith("Z")
    assert all(len(each) == steps for each in plan.power_w.values())
    assert all(len(each.soc_ratio) == steps + 1 for each in plan.level)
    assert set(plan.power_w) == {"battery", "roof", "load", "grid"}
    assert plan.next_at is not None and plan.next_at > plan.made_at
    assert len(plan.past.start_utc) == len(plan.past.planned_grid_w) > 0


def test_a_plan_that_has_not_changed_is_not_sent_twice(world: World) -> None:
    client, _ = asking(world.site, world.store, world.clock.now())
    tag = client.get(PLAN).headers["etag"]
    again = client.get(PLAN, headers={"If-None-Match": tag})
    assert again.status_code == 304 and not again.content
    assert client.get(PLAN, headers={"If-None-Match": '"other"'}).status_code == 200


def test_plans_come_in_pages_and_one_by_one(world: World) -> None:
    client, _ = asking(world.site, world.store, world.clock.now())
    first = PlanPage.model_validate_json(client.get(f"{PLAN}s?limit=2").content)
    assert len(first.items) == 2 and first.next is not None
    second = PlanPage.model_validate_json(client.get(f"{PLAN}s", params={"cursor": first.next}).content)
    ids = [each.id for each in (*first.items, *second.items)]
    assert len(set(ids)) == len(ids) == len(world.store.events(kind=Kind.PLANNED))
    assert second.next is None
    one = client.get(f"{PLAN}s/{ids[-1]}")
    assert PlanCoreShape.model_validate_json(one.content).id == ids[-1]
    assert client.get(f"{PLAN}s/nobody").status_code == 404
    assert client.get(f"{PLAN}s?cursor=yesterday").json()["code"] == "wrong-request"


def test_why_tells_limits_and_news_of_the_newest_plan_or_of_one(world: World) -> None:
    client, _ = asking(world.site, world.store, world.clock.now())
    newest = WhyShape.model_validate_json(client.get(f"{PLAN}/why").content)
    plan = PlanShape.model_validate_json(client.get(PLAN).content)
    assert newest.id == plan.id and newest.before is not None and newest.news is not None
    assert {each.block for each in newest.blocks} == {
        each.id for lane in plan.lanes if lane.kind == "battery" for each in lane.blocks
    }
    assert {each.group for each in newest.news.causes} <= {
        "load",
        "sun",
        "outlook",
        "level",
        "prices",
        "peak",
        "horizon",
    }
    earlier = WhyShape.model_validate_json(client.get(f"{PLAN}/why", params={"plan": newest.before}).content)
    assert earlier.id == newest.before
    assert client.get(f"{PLAN}/why", params={"plan": "nobody"}).json()["code"] == "no-such-plan"


def test_a_failure_is_told_with_its_time_reason_and_what_runs_now() -> None:
    world = a_planned_world(turns=3)
    now = world.clock.now() + np.timedelta64(3600, "s")
    world.store.note([Event("x", now, Kind.FAULT, "planning", {"error": "the brain gives no plan: timed out"})])
    world.store.note([Event("y", now, Kind.MODE, world.site.id, {"mode": "self_consumption"})])
    world.store.flush()
    client, _ = asking(world.site, world.store, now)
    plan = PlanShape.model_validate_json(client.get(PLAN).content)
    assert plan.failure is not None
    assert plan.failure.mode == "self_consumption" and "timed out" in plan.failure.why
    assert plan.failed is not None and "self-consumption runs now" in plan.failed
    assert plan.next_at is None


def test_where_no_plan_was_made_it_is_said_why() -> None:
    site = a_site()
    client, _ = asking(site, MemoryStore(), np.datetime64("2024-06-01", "ms"))
    answer = client.get(PLAN)
    assert (answer.status_code, answer.json()["code"]) == (404, "no-plan")
    assert "two days of measurements" in answer.json()["detail"]
    humble = replace(site, control=replace(site.control, mode="passive"))
    client, _ = asking(humble, MemoryStore(), np.datetime64("2024-06-01", "ms"))
    assert "'passive' and makes no plans" in client.get(PLAN).json()["detail"]


def test_forecasts_have_quantiles_and_an_earlier_issue_to_compare_with(world: World) -> None:
    client, _ = asking(world.site, world.store, world.clock.now())
    where = "/api/v1/sites/lindenweg-8/forecast"
    newest = ForecastShape.model_validate_json(client.get(where).content)
    assert {each.key for each in newest.channels} == {"home.power_w", "roof.available_power_w"}
    for channel in newest.channels:
        value = np.array(channel.value, dtype=float)
        assert value.shape == (len(channel.level), len(newest.start_utc))
        assert (np.diff(value, axis=0) >= -0.11).all()
    earlier = client.get(where, params={"issued_before": newest.issued_at, "key": "home.power_w"})
    before = ForecastShape.model_validate_json(earlier.content)
    assert before.issued_at < newest.issued_at
    assert [each.key for each in before.channels] == ["home.power_w"]
    assert client.get(where, params={"key": "car.power_w"}).json()["code"] == "unknown-channel"
    assert client.get(where, params={"issued_before": "2001-01-01"}).status_code == 404
    assert client.get(where, params={"model": "none of these"}).json()["channels"] == []


# ---------------------------------------------------------------------------------------------------------------
# Goals


@contextmanager
def a_brain_of(world: World, path: Path) -> Iterator[None]:
    ends = threading.Event()
    assert world.planner is not None
    planner = world.planner
    thread = threading.Thread(target=serve, args=(path, lambda: planner), kwargs={"goes_on": lambda: not ends.is_set()})
    thread.start()
    try:
        while not path.exists():
            pass
        yield
    finally:
        ends.set()
        thread.join()


def test_a_preview_shows_all_goals_and_what_is_refused(world: World, tmp_path: Path) -> None:
    client, line = asking(world.site, world.store, world.clock.now(), folder=tmp_path)
    before = world.store.events()
    with a_brain_of(world, tmp_path / "brain.sock"):
        answer = client.post(f"{PLAN}/preview", json={"goal": "own_power"})
    assert answer.status_code == 200, answer.text
    found = PreviewShape.model_validate_json(answer.content)
    assert [goal for goal, each in found.totals.items() if each is None] == ["carbon"] == list(found.refused)
    cost, own = found.totals["cost"], found.totals["own_power"]
    assert cost is not None and own is not None
    assert own.bought_kwh <= cost.bought_kwh + 0.01
    shown = PlanShape.model_validate_json(client.get(PLAN).content)
    assert cost.cost_eur == pytest.approx(shown.totals.cost_eur, abs=0.02)
    assert world.store.events() == before and not line.asked


def test_a_preview_needs_a_brain_and_a_goal_that_can_be_served(world: World, tmp_path: Path) -> None:
    client, _ = asking(world.site, world.store, world.clock.now(), folder=tmp_path)
    silent = client.post(f"{PLAN}/preview", json={"goal": "cost"})
    assert (silent.status_code, silent.json()["code"]) == (503, "brain-silent")
    refused = client.post(f"{PLAN}/preview", json={"goal": "carbon"})
    assert (refused.status_code, refused.json()["code"]) == (409, "goal-refused")
    assert "carbon: {grid" in refused.json()["faults"][0]["remedy"]
    assert client.post(f"{PLAN}/preview", json={"goal": "fun"}).status_code == 422


def test_a_goal_reaches_the_site_with_who_chose_it(world: World) -> None:
    client, line = asking(world.site, world.store, world.clock.now())
    assert client.put(f"{PLAN}/goal", json={"goal": "balanced"}).json() == {"goal": "balanced"}
    assert line.asked == [{"do": "goal", "goal": "balanced", "who": "1"}]
    assert client.put(f"{PLAN}/goal", json={"goal": "carbon"}).json()["code"] == "goal-refused"
    assert len(line.asked) == 1
    told = replace(world.site, carbon=Carbon(363.0, "UBA 2024"))
    green, other = asking(told, world.store, world.clock.now())
    assert green.put(f"{PLAN}/goal", json={"goal": "carbon"}).status_code == 200
    assert other.asked[0]["goal"] == "carbon"


def test_a_site_that_refuses_is_quoted(world: World) -> None:
    answer = {"ok": False, "code": "stopped", "why": "the site is stopped", "remedy": "start it first"}
    client, _ = asking(world.site, world.store, world.clock.now(), answer=answer)
    told = client.put(f"{PLAN}/goal", json={"goal": "cost"})
    assert (told.status_code, told.json()["code"]) == (409, "stopped")
    assert told.json()["detail"] == "the site is stopped; start it first"


@pytest.mark.parametrize(
    ("role", "read", "write"), [("viewer", 200, 403), ("operator", 200, 200), ("nobody", 401, 401)]
)
def test_who_may_see_and_who_may_choose(world: World, role: str, read: int, write: int) -> None:
    client, _ = asking(world.site, world.store, world.clock.now(), role=role)
    assert client.get(PLAN).status_code == read
    assert client.put(f"{PLAN}/goal", json={"goal": "cost"}).status_code == write


def test_a_goal_other_than_cost_is_planned_told_and_shown() -> None:
    world = a_planned_world(turns=3, goal="own_power")
    client, _ = asking(world.site, world.store, world.clock.now())
    plan = PlanShape.model_validate_json(client.get(PLAN).content)
    assert plan.goal == "own_power"
    assert max(each or 0.0 for each in plan.price.import_eur_per_kwh) < 1.0
    assert abs(plan.totals.cost_eur) < 20.0
    items = PlanPage.model_validate_json(client.get(f"{PLAN}s").content).items
    assert {each.goal for each in items} == {"own_power"}
