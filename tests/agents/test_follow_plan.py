"""Following the plan: the step in force, its law, its reasons, and silence where it says nothing."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from enerwise.agents.follow_plan import FollowPlan, step_in_force
from enerwise.core.intent import Priority
from enerwise.core.outlook import Law, Plan
from enerwise.core.time import Instant
from enerwise.site.circuits import Circuit
from enerwise.site.machines import Interruptible
from enerwise.site.site import Control
from enerwise.testing.contracts.agents import AgentContract
from tests.builders import NOON, a_battery, a_connection, a_grid, a_load, a_plan, a_pv, a_site

from .builders import a_live, a_view, by_asset, preferred

HOUR = np.timedelta64(3_600_000, "ms")
DAY_GRID = a_grid("2024-07-01T12:00", steps=96)


class TestFollowPlan(AgentContract):
    agent = FollowPlan()


def plan_now(power_w: dict[str, float] | None = None, *, law: Law = Law.FIXED, **facts: Any) -> Plan:
    return a_plan(power_w or {"battery": 1000.0}, grid=DAY_GRID, law=law, **facts)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOON, 0),
        (NOON + HOUR, 4),
        (NOON - HOUR, None),
        (NOON + 6 * HOUR, 24),
        (NOON + 6 * HOUR + np.timedelta64(1, "ms"), None),
    ],
)
def test_plan_is_in_force_while_it_is_young(now: Instant, expected: int | None) -> None:
    assert step_in_force(plan_now(), now) == expected


def test_plan_is_in_force_only_where_it_speaks_of_now() -> None:
    short = a_plan(grid=a_grid("2024-07-01T12:00", steps=2))
    assert step_in_force(short, NOON + HOUR) is None
    late = a_plan(grid=a_grid("2024-07-01T13:00", steps=2), issued_at=NOON)
    assert step_in_force(late, NOON) is None
    assert step_in_force(None, NOON) is None


@pytest.mark.parametrize(
    ("law", "expected_w", "band"),
    [
        (Law.FIXED, 1000.0, (-math.inf, math.inf)),
        (Law.FOLLOW, 2500.0, (-math.inf, math.inf)),
        (Law.ABSORB, 2500.0, (0.0, math.inf)),
        (Law.COVER, 0.0, (-math.inf, 0.0)),
        (Law.CHARGE, 2500.0, (0.0, math.inf)),
        (Law.FEED, 1000.0, (-math.inf, 1000.0)),
    ],
)
def test_step_becomes_a_band_and_a_preference(law: Law, expected_w: float, band: tuple[float, float]) -> None:
    said = by_asset(FollowPlan(), a_view(plan=plan_now(law=law)))["battery"]
    assert (said.preferred, (said.lower, said.upper)) == (expected_w, band)


def test_proposal_carries_plan_priority_and_reasons() -> None:
    plan = plan_now(dual_eur_per_kwh=np.full((1, 96), 0.21))
    view = a_view(a_live(grid__price_import_eur_per_kwh=0.3), plan=plan, plan_id="lindenweg-8/1/0")
    said = by_asset(FollowPlan(), view)["battery"]
    assert (said.priority, said.cause, said.reason.code) == (Priority.PLAN, "lindenweg-8/1/0", "plan")
    assert said.reason.facts == {
        "law": "fixed",
        "planned_w": 1000.0,
        "grid_target_w": 0.0,
        "dual_eur_per_kwh": 0.21,
        "others_w": -2500.0,
        "price_import_eur_per_kwh": 0.3,
    }


def test_import_above_the_ceiling_opens_the_band_of_absorb() -> None:
    plan = plan_now(law=Law.ABSORB, grid_ceiling_w=np.full(96, 2000.0))
    said = by_asset(FollowPlan(), a_view(a_live(load_w=3000.0, sun_w=0.0), plan=plan))["battery"]
    assert (said.preferred, said.lower) == (-1000.0, -1000.0)


def test_surplus_that_would_be_clipped_is_charged_whatever_the_plan() -> None:
    site = a_site(connection=a_connection(export_limit_w=1000.0))
    view = a_view(a_live(load_w=0.0, sun_w=-4000.0), site=site, plan=plan_now({"battery": 0.0}, law=Law.COVER))
    said = by_asset(FollowPlan(), view)["battery"]
    assert (said.preferred, said.upper) == (3000.0, 3000.0)


def test_sun_that_does_not_pass_an_inverter_is_charged_whatever_the_plan() -> None:
    inverter = Circuit("inverter", ("roof", "battery"), limit_w=2000.0, one_way_ratio=1.0)
    site = replace(a_site(), circuits=(inverter,))
    view = a_view(a_live(load_w=0.0, sun_w=-4500.0), site=site, plan=plan_now({"battery": 0.0}, law=Law.COVER))
    assert preferred(FollowPlan(), view) == 2500.0
    elsewhere = replace(a_site(), circuits=(replace(inverter, members=("roof",)),))
    view = a_view(a_live(load_w=0.0, sun_w=-4500.0), site=elsewhere, plan=plan_now({"battery": 0.0}, law=Law.COVER))
    assert preferred(FollowPlan(), view) == 0.0


def test_what_a_machine_on_the_same_circuit_takes_is_not_stuck() -> None:
    pump = Interruptible("pump", rated_w=400.0, needs_s=3600.0, missed_eur=1.0)
    hall = Circuit("hall", ("roof", "battery", "pump"), limit_w=2000.0)
    site = replace(a_site(a_pv(), a_battery(), a_load(), pump), circuits=(hall,))
    for pump_w in (0.0, 400.0):
        plan = plan_now({"battery": 0.0, "pump": pump_w}, law=Law.COVER)
        view = a_view(a_live(load_w=0.0, sun_w=-2500.0, pump__power_w=0.0), site=site, plan=plan)
        assert preferred(FollowPlan(), view) == 500.0 - pump_w


def test_two_batteries_behind_one_inverter_share_what_does_not_pass() -> None:
    inverter = Circuit("inverter", ("roof", "a", "b"), limit_w=1000.0, one_way_ratio=1.0)
    site = replace(a_site(a_pv(), a_battery("a"), a_battery("b"), a_load()), circuits=(inverter,))
    live = a_live(load_w=0.0, sun_w=-5500.0, a__energy_wh=6000.0, b__energy_wh=6000.0)
    view = a_view(live, site=site, plan=plan_now({"a": 0.0, "b": 0.0}, law=Law.COVER))
    said = by_asset(FollowPlan(), view)
    assert [said[each].preferred for each in ("a", "b")] == [4500.0, 0.0]


def test_silent_without_a_plan() -> None:
    assert not FollowPlan().decide(a_view())


def test_laws_that_need_the_load_are_silent_without_it() -> None:
    blind = a_live(load_w=math.nan)
    assert math.isnan(preferred(FollowPlan(), a_view(blind, plan=plan_now(law=Law.FOLLOW))))
    assert preferred(FollowPlan(), a_view(blind, plan=plan_now(law=Law.FIXED))) == 1000.0


def test_batteries_do_not_follow_the_same_load_twice() -> None:
    """The fixed battery goes first; the other then works against what is left."""
    site = a_site(a_battery("a"), a_battery("b"), a_pv(), a_load())
    law = np.array([[Law.FOLLOW] * 96, [Law.FIXED] * 96], dtype=np.uint8)
    plan = replace(plan_now({"a": 0.0, "b": 1000.0}), law=law)
    live = a_live(a__energy_wh=6750.0, b__energy_wh=6750.0)
    said = by_asset(FollowPlan(), a_view(live, site=site, plan=plan))
    assert (said["a"].preferred, said["b"].preferred) == (1500.0, 1000.0)


def test_battery_that_the_plan_does_not_know_is_left_alone() -> None:
    assert "battery" not in by_asset(FollowPlan(), a_view(plan=plan_now({"roof": -6000.0}, law=Law.FOLLOW)))


def test_pv_produces_everything_unless_the_plan_fixes_it() -> None:
    free = by_asset(FollowPlan(), a_view(plan=plan_now({"roof": -2000.0}, law=Law.FOLLOW)))["roof"]
    held = by_asset(FollowPlan(), a_view(plan=plan_now({"roof": -2000.0}, law=Law.FIXED)))["roof"]
    assert (free.preferred, free.reason.code) == (-6000.0, "produce")
    assert (held.preferred, held.reason.code) == (-2000.0, "plan_curtails")


def test_battery_follows_what_curtailed_pv_leaves() -> None:
    law = np.array([[Law.FOLLOW] * 96, [Law.FIXED] * 96], dtype=np.uint8)
    plan = replace(plan_now({"battery": 0.0, "roof": -2000.0}), law=law)
    assert preferred(FollowPlan(), a_view(a_live(load_w=500.0, sun_w=-3000.0), plan=plan)) == 1500.0


def test_unforeseen_surplus_goes_to_switched_loads() -> None:
    boiler = a_load("boiler", switch_power_w=2000.0, surplus_priority=1)
    site = a_site(a_pv(), a_battery(), a_load(), boiler)
    view = a_view(a_live(sun_w=-4000.0), site=site, plan=plan_now({"battery": 0.0}))
    assert preferred(FollowPlan(), view, "boiler") == 2000.0


def test_owner_without_export_is_obeyed_under_a_plan_too() -> None:
    site = a_site(control=Control(zero_export=True))
    view = a_view(a_live(load_w=500.0, sun_w=-3000.0), site=site, plan=plan_now({"battery": 1000.0}))
    assert preferred(FollowPlan(), view, "roof") == pytest.approx(-1500.0)
