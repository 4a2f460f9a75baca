import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from enerwise.agents.agent import View
from enerwise.core.event import Event, Kind
from enerwise.core.intent import Proposal
from enerwise.core.time import Instant
from enerwise.devices.port import Readings
from enerwise.run.cycle import Turn, turn
from enerwise.run.jobs import planning
from enerwise.run.loop import play
from enerwise.run.world import World
from tests.run.builders import Saying, a_world, kinds_behind


class Broken:
    name = "self_consumption"

    def decide(self, view: View) -> Sequence[Proposal]:
        raise RuntimeError("nothing left to say")


class Babbling(Broken):
    def decide(self, view: View) -> Sequence[Proposal]:
        return cast(Sequence[Proposal], ["charge!"])


def one_turn(world: World) -> Turn:
    done = asyncio.run(turn(world))
    world.store.flush()
    return done


def told(world: World, kind: Kind, subject: str | None = None) -> list[Event]:
    return world.store.events(kind=kind, subject=subject)


def reasons(world: World) -> list[tuple[object, object]]:
    return [(each.payload["mode"], each.payload["reason"]) for each in told(world, Kind.MODE)]


def test_a_receipt_leads_back_to_mode_and_measurement() -> None:
    world = a_world()
    done = one_turn(world)
    assert [each.asset for each in done.receipts] == ["battery", "roof"]
    receipts = told(world, Kind.RECEIPT)
    assert [each.payload["ok"] for each in receipts] == [True, True]
    expected = {Kind.PERMITTED, Kind.JUDGED, Kind.PROPOSED, Kind.MODE, Kind.MEASURED}
    assert kinds_behind(world.store, receipts[0]) == expected
    assert kinds_behind(world.store, receipts[1]) >= {Kind.PERMITTED, Kind.JUDGED, Kind.MODE, Kind.MEASURED}
    permitted, judged = told(world, Kind.PERMITTED, "battery")[0], told(world, Kind.JUDGED, "battery")[0]
    assert receipts[0].cause == (permitted.id,)
    assert permitted.cause == (judged.id,)
    assert permitted.payload["value"] == judged.payload["value"] == receipts[0].payload["value"]


def test_a_receipt_under_a_plan_leads_back_to_plan_forecast_and_measurement() -> None:
    world = a_world("follow_plan", days=1, warmup_days=6)
    play(world, 3)
    receipt = told(world, Kind.RECEIPT, "battery")[-1]
    expected = {Kind.PERMITTED, Kind.JUDGED, Kind.PROPOSED, Kind.PLANNED, Kind.FORECAST, Kind.MEASURED}
    assert kinds_behind(world.store, receipt) >= expected


def test_events_of_a_turn_have_ids_that_count_and_causes_that_came_before() -> None:
    world = a_world("follow_plan", days=1, warmup_days=6)
    play(world, 4)
    seen: set[str] = set()
    for event in world.store.events():
        assert event.id not in seen
        assert set(event.cause) <= seen, f"{event.kind} {event.id} follows from what came later"
        seen.add(event.id)


def test_what_a_turn_permits_is_what_the_twin_does() -> None:
    world = a_world()
    play(world, 24)
    permitted = [each.payload["value"] for each in told(world, Kind.PERMITTED, "battery")]
    measured = [cast(dict[str, float], each.payload["ended"]) for each in told(world, Kind.MEASURED)[1:]]
    assert [each["battery.power_w"] for each in measured] == pytest.approx(permitted[:-1])


@pytest.mark.parametrize("agent", [Broken(), Babbling()], ids=["raises", "babbles"])
def test_an_agent_that_fails_is_silent_for_the_turn_and_the_log_says_so(agent: Broken) -> None:
    world = a_world()
    whole = world.agents
    world.agents = {**whole, agent.name: agent}
    done = one_turn(world)
    assert [each.value for each in done.verdicts if each.asset == "battery"] == [0.0]
    silent = told(world, Kind.SILENT)
    assert [each.subject for each in silent] == [agent.name]
    assert "Error: " in str(silent[0].payload["error"])
    assert not told(world, Kind.PROPOSED)
    assert kinds_behind(world.store, told(world, Kind.JUDGED)[0]) >= {Kind.MEASURED, Kind.MODE}
    assert not told(world, Kind.PERMITTED), "what nobody has wished for is left to itself"
    world.agents = whole
    one_turn(world)
    assert len(told(world, Kind.SILENT)) == 1
    assert told(world, Kind.PROPOSED)


def test_passive_moves_nothing() -> None:
    world = a_world("passive")
    play(world, 24)
    assert {each.payload["value"] for each in told(world, Kind.JUDGED, "battery")} == {0.0}
    assert not told(world, Kind.PERMITTED), "nothing is sent to any machine"
    assert reasons(world) == [("passive", "owner_choice")]


def older(readings: Readings, *, by_s: int) -> Readings:
    back = np.timedelta64(by_s * 1000, "ms")
    live = tuple(
        replace(each, start_utc=each.start_utc - back, known_at=each.known_at - back) for each in readings.live
    )
    return Readings(readings.measured, live)


def test_missing_data_bring_passive_with_a_reason_and_their_return_ends_it() -> None:
    world = a_world(days=1)
    start = world.clock.now()

    def dumb(readings: Readings, now: Instant) -> Readings:
        return Readings() if now == start else readings

    world.devices = Saying(world.devices, dumb)
    play(world, 2)
    assert reasons(world) == [("passive", "data_too_old"), ("self_consumption", "owner_choice")]
    first = told(world, Kind.JUDGED, "battery")[0]
    assert first.payload["value"] == 0.0
    assert Kind.MODE in kinds_behind(world.store, first)


@pytest.mark.parametrize(("by_s", "mode"), [(60, "self_consumption"), (61, "passive"), (3600, "passive")])
def test_data_older_than_a_minute_are_as_good_as_none_however_long_a_turn(by_s: int, mode: str) -> None:
    world = a_world()
    world.devices = Saying(world.devices, lambda told, now: older(told, by_s=by_s))
    one_turn(world)
    assert reasons(world)[0][0] == mode
    refused = [each for each in told(world, Kind.REJECTED) if each.payload["reason"] == "too_old"]
    assert bool(refused) == (mode == "passive")


def test_nan_is_refused_and_named() -> None:
    def broken(readings: Readings, now: Instant) -> Readings:
        return Readings((), tuple(replace(each, value=float("nan")) for each in readings.live))

    world = a_world()
    world.devices = Saying(world.devices, broken)
    done = one_turn(world)
    assert {each.value for each in done.verdicts if each.asset == "battery"} == {0.0}
    assert {each.payload["reason"] for each in told(world, Kind.REJECTED)} == {"not_finite"}


def test_without_a_plan_the_house_runs_on_self_consumption() -> None:
    world = a_world("follow_plan")
    play(world, 3)
    assert reasons(world) == [("self_consumption", "no_plan")]


def test_a_plan_that_has_expired_is_not_followed() -> None:
    world = a_world("follow_plan", days=2, warmup_days=6)
    one_turn(world)
    play_on(world, 1)
    planning(world, world.clock.now())
    assert world.plan is not None
    one_turn(world)
    assert reasons(world)[-1] == ("follow_plan", "owner_choice")
    play_on(world, 25)
    one_turn(world)
    assert reasons(world)[-1] == ("self_consumption", "plan_expired")


def play_on(world: World, hours: int) -> None:
    """Let time pass, and look once."""
    from enerwise.core.time import VirtualClock

    assert isinstance(world.clock, VirtualClock)
    world.clock.jump_to(world.clock.now() + np.timedelta64(hours, "h"))
    one_turn(world)


def test_the_picture_shows_what_energy_costs_now() -> None:
    world = a_world()
    play(world, 24)
    prices = [
        cast(dict[str, float], each.payload["now"])["grid.price_import_eur_per_kwh"]
        for each in told(world, Kind.MEASURED)
    ]
    assert prices == [0.52 if 14 <= hour < 20 else 0.27 for hour in range(24)]
    assert {
        cast(dict[str, float], each.payload["now"])["grid.price_export_eur_per_kwh"]
        for each in told(world, Kind.MEASURED)
    } == {0.08}
