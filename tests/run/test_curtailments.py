"""Demand response while it runs: what others ask for is prepared for, kept in order of worth, told, and then over."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.agents.curtailment import Curtailment
from enerwise.core.event import Kind
from enerwise.core.quantity import IMPORT_LIMIT_W, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Key, Reading
from enerwise.core.time import instant
from enerwise.core.units import FloatArray
from enerwise.devices.port import Readings
from enerwise.run.curtailments import MOST, Curtailments, TooManyAsked
from enerwise.run.cycle import Turn
from enerwise.run.loop import play
from enerwise.run.world import World, simulated
from enerwise.serve.calls import Call, hear
from enerwise.serve.generated import AIR, Generated, generate, keep_history
from enerwise.site.read import read_site
from enerwise.site.site import GRID
from enerwise.store.memory import MemoryStore

from .builders import Saying

TEXT = """
name: Office
timezone: UTC
connection: {import_limit: 40 kW, export_limit: 9 kW}
tariff: {import: 0.30 EUR/kWh, export: 0.08 EUR/kWh}
control: {step: 30 min, mode: MODE}
assets:
  - {id: plugs, kind: load}
  - {id: chiller, kind: heat_pump, cools: yes, power: 10 kW, cop: 3.5, worth: 6 EUR, comfort: [16 degC, 26 degC],
     building: {loss: 1.1 kW/K, air: 10 kWh/K, mass: 60 kWh/K, exchange: 5 kW/K, gain: 5 kW},
     windows: [{band: [21 degC, 24.5 degC], from: "08:00", to: "18:00"}]}
  - {id: fountain, kind: interruptible, power: 3 kW, needs: 9 h, worth: 1 EUR, from: "09:00", to: "18:00"}
  - {id: garage-air, kind: interruptible, power: 4 kW, needs: 11 h, worth: 6 EUR, from: "07:00", to: "18:00"}
"""
START = instant("2024-07-09")
SINCE, UNTIL = instant("2024-07-09T15:00Z"), instant("2024-07-09T16:00Z")
EVENT = slice(30, 32)
HALF = np.timedelta64(30, "m")


def asking(limit_w: float = 5500.0, **facts: Any) -> Curtailment:
    return replace(Curtailment("event-7", limit_w, SINCE, UNTIL, "network operator"), **facts)


@cache
def played(told: str | None, limit_w: float = 5500.0, mode: str = "follow_plan") -> tuple[World, Generated]:
    """Play a hot day on which somebody asks, heard of at a time of day; None asks nothing."""
    site = read_site(TEXT.replace("MODE", mode))
    home = generate(site, START, step_s=1800, seed=3, days=0.9, history_days=7)
    home.power_w[AIR] = np.full(home.grid.step_count, 32.0)
    home.power_w[Key("plugs", POWER_W)] = np.full(home.grid.step_count, 1000.0)
    store = MemoryStore()
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=3)
    calls = () if told is None else (Call(instant(f"2024-07-09T{told}Z"), asking(limit_w)),)

    def after(turn: Turn) -> None:
        hear(world, calls, turn.now)

    play(world, home.ahead.step_count, progress=after)
    return world, home


def column(run: tuple[World, Generated], asset: str, quantity: str = POWER_W) -> FloatArray:
    return run[0].store.read_frame([Key(asset, quantity)], run[1].ahead).value[:, 0]


def test_an_event_is_prepared_for_kept_and_recovered_from() -> None:
    calm, asked = played(None), played("12:00")
    assert column(calm, GRID)[EVENT].max() > 7e3 and column(asked, GRID)[EVENT].max() <= 5500.5
    cold, usual = (column(each, "chiller", TEMPERATURE_DEGC) for each in (asked, calm))
    assert cold[EVENT.start] < usual[EVENT.start] - 0.2, "it cools ahead"
    np.testing.assert_allclose(cold[: 12 * 2], usual[: 12 * 2], atol=1e-6)
    assert cold[EVENT.stop : 36].max() < 24.6, "and is right again"


def test_what_is_worth_least_gives_way() -> None:
    asked = played("12:00")
    assert column(asked, "fountain")[EVENT].max() < 1.0 < column(asked, "garage-air")[EVENT].min()


def test_an_event_that_comes_without_warning_is_kept_from_its_first_step() -> None:
    asked = played("15:00")
    assert column(asked, GRID)[EVENT].max() <= 5500.5


def test_who_follows_no_plan_keeps_it_as_well() -> None:
    assert column(played("12:00", mode="self_consumption"), GRID)[EVENT].max() <= 5500.5


def test_a_limit_below_all_that_runs_stops_what_can_be_stopped() -> None:
    asked = played("15:00", 500.0)
    assert column(asked, GRID)[EVENT].max() == pytest.approx(1000.0, abs=0.5)


def test_it_is_told_with_who_asked() -> None:
    world, _ = played("12:00")
    plans = [each.payload.get("curtailments") for each in world.store.events(kind=Kind.PLANNED)]
    assert plans[0] is None and any(each for each in plans) and not plans[-1]
    told = next(each for each in plans if each)
    assert isinstance(told, list) and isinstance(told[0], dict) and told[0]["who"] == "network operator"


@st.composite
def several(draw: st.DrawFn) -> Curtailments:
    found = Curtailments()
    for at in range(draw(st.integers(0, 6))):
        since = START + np.timedelta64(draw(st.integers(0, 2000)), "m")
        until = since + np.timedelta64(draw(st.integers(1, 600)), "m")
        limit_w = draw(st.floats(0, 1e5))
        found = found.with_one(Curtailment(f"{at}", limit_w, since, until, "x", "y"), START)
    return found


@given(held=several())
def test_what_is_kept_is_read_again_and_nobody_raises_a_limit(held: Curtailments) -> None:
    assert Curtailments.from_bytes(held.to_bytes()) == held
    starts = START + np.arange(100) * HALF
    limit_w = held.limit_w(starts, 1800.0)
    for each in held.held:
        assert np.all(limit_w <= each.limit_at_w(starts, 1800.0))
        tightest = held.tightest(each.since, 60.0)
        assert tightest is not None and tightest.limit_w <= each.limit_w


def test_the_same_id_takes_the_place_of_the_one_before() -> None:
    held = Curtailments().with_one(asking(), START).with_one(asking(100.0), START)
    assert [each.limit_w for each in held.held] == [100.0]
    assert held.without("event-7") == Curtailments()
    with pytest.raises(KeyError):
        held.without("event-8")


def test_only_so_many_are_kept_and_what_is_over_makes_room() -> None:
    held = Curtailments(tuple(asking(id=str(at)) for at in range(MOST)))
    with pytest.raises(TooManyAsked, match="withdraw one"):
        held.with_one(asking(), START)
    assert held.with_one(asking(since=UNTIL, until=UNTIL + HALF), UNTIL).held[0].id == "event-7"


@pytest.mark.parametrize(("wrong", "told"), [({"limit_w": -1.0}, "0 W or more"), ({"until": SINCE}, "seven days")])
def test_what_makes_no_sense_cannot_be_built(wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        asking(**wrong)


def with_a_box(limits_w: dict[int, float]) -> tuple[World, Generated]:
    """Play that day with a control box that tells these limits from these steps on; NaN says nothing."""
    site = read_site(TEXT.replace("MODE", "follow_plan"))
    home = generate(site, START, step_s=1800, seed=3, days=0.9, history_days=7)
    home.power_w[AIR] = np.full(home.grid.step_count, 32.0)
    home.power_w[Key("plugs", POWER_W)] = np.full(home.grid.step_count, 1000.0)
    store = MemoryStore()
    keep_history(store, home, site)
    world = simulated(site, home.supply(), store, seed=3)

    def told(readings: Readings, now: np.datetime64) -> Readings:
        step = home.ahead.step_at(now)
        limit_w = limits_w[max(each for each in limits_w if each <= step)]
        return Readings(readings.measured, (*readings.live, Reading(Key(GRID, IMPORT_LIMIT_W), now, limit_w, now)))

    world.devices = Saying(world.devices, told)
    play(world, home.ahead.step_count)
    return world, home


def test_a_control_box_is_obeyed_for_as_long_as_it_tells_a_limit() -> None:
    run = with_a_box({0: 1e6, EVENT.start: 5500.0, EVENT.start + 4: 1e6})
    grid_w = column(run, GRID)
    assert grid_w[EVENT.start : EVENT.start + 4].max() <= 5500.5
    assert grid_w[EVENT.start + 4 :].max() > 6000.0 and not run[0].curtailments.held
    plans = run[0].store.events(kind=Kind.PLANNED)
    asked = [each.at for each in plans if each.payload.get("curtailments")]
    assert asked == list(run[1].ahead.starts_utc[EVENT.start : EVENT.start + 4])


def test_a_control_box_that_falls_silent_is_believed_for_an_hour() -> None:
    run = with_a_box({0: 1e6, EVENT.start: 5500.0, EVENT.start + 1: float("nan")})
    grid_w = column(run, GRID)
    assert grid_w[EVENT.start : EVENT.start + 2].max() <= 5500.5 < grid_w[EVENT.start + 2 :].max()
