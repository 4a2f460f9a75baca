"""Machines under a plan: the planned power, bent by an empty car, by a peak to be paid for, and by the sun there is."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from enerwise.agents.curtailment import Curtailment
from enerwise.agents.follow_plan import FollowPlan
from enerwise.core.outlook import Law
from enerwise.core.quantity import (
    CO2_PPM,
    ENERGY_WH,
    POWER_W,
    PRICE_EXPORT_EUR_PER_KWH,
    PRICE_IMPORT_EUR_PER_KWH,
    TEMPERATURE_DEGC,
)
from enerwise.core.series import Key
from enerwise.site.circuits import Circuit
from enerwise.site.machines import Charger, HeatPump, Interruptible
from enerwise.site.site import GRID
from enerwise.site.ventilation import Ventilation
from tests.builders import NOON, a_battery, a_connection, a_grid, a_load, a_plan, a_pv, a_site

from .builders import a_live, a_view, by_asset, preferred

CAR = Charger("car", capacity_wh=50e3, phases=1, least_ratio=0.2)
HEATING = HeatPump(
    "heating", electric_max_w=3000.0, source_degc=(0.0,), cop=(3.0,), loss_w_per_k=150.0, air_wh_per_k=5e3
)
BUY, SELL = 0.30, 0.08


def said(
    *, car_w: float, heats_w: float = 0.0, worth: float = math.nan, ceiling_w: float = math.inf, **live: float
) -> dict[str, Any]:
    facts = {"load_w": 500.0, "sun_w": 0.0, "energy_wh": 30e3, "own_w": 0.0, "rooms_degc": 21.0} | live
    told = a_live(load_w=facts["load_w"], sun_w=facts["sun_w"])
    told |= {Key("car", ENERGY_WH): facts["energy_wh"], Key("car", POWER_W): facts["own_w"]}
    told |= {Key("heating", POWER_W): 0.0, Key("heating", TEMPERATURE_DEGC): facts["rooms_degc"]}
    told |= {Key(GRID, PRICE_IMPORT_EUR_PER_KWH): BUY, Key(GRID, PRICE_EXPORT_EUR_PER_KWH): SELL}
    house = a_site(a_pv(), a_load(), CAR, replace(HEATING, cools=bool(facts.get("cools"))))
    plan = a_plan(
        {"car": car_w, "heating": heats_w},
        grid=a_grid(str(NOON), steps=4),
        dual_eur_per_kwh=np.array([[worth] * 4, [math.nan] * 4]),
        grid_ceiling_w=np.full(4, ceiling_w),
    )
    return by_asset(FollowPlan(), a_view(told, site=house, plan=plan))


def test_what_is_planned_is_asked_for_with_its_reason() -> None:
    found = said(car_w=3000.0, heats_w=1200.0)
    assert (found["car"].preferred, found["heating"].preferred) == (3000.0, 1200.0)
    assert found["car"].reason.code == "plan_machine" and found["car"].reason.facts["planned_w"] == 3000.0


def test_a_car_below_its_level_charges_at_once_and_for_no_peak_does_it_wait() -> None:
    found = said(car_w=0.0, energy_wh=9e3, ceiling_w=1000.0)
    assert found["car"].preferred == CAR.power_max_w and found["car"].reason.code == "machine_least"


@pytest.mark.parametrize(
    ("ceiling_w", "car_w", "heats_w"),
    [(9000.0, 3000.0, 1000.0), (4000.0, 2500.0, 1000.0), (2500.0, 0.0, 1000.0), (1200.0, 0.0, 700.0), (0.0, 0.0, 0.0)],
)
def test_machines_give_way_before_a_peak_is_paid_for_cars_first(ceiling_w: float, car_w: float, heats_w: float) -> None:
    found = said(car_w=3000.0, heats_w=1000.0, ceiling_w=ceiling_w)
    assert (found["car"].preferred, found["heating"].preferred) == (car_w, heats_w)
    assert found["car"].reason.code == ("plan_machine" if car_w == 3000.0 else "machine_ceiling")


@pytest.mark.parametrize(("rooms_degc", "heats_w"), [(19.9, 1000.0), (20.2, 1000.0), (20.5, 0.0), (math.nan, 0.0)])
def test_rooms_that_are_only_just_warm_enough_do_not_wait_for_a_peak(rooms_degc: float, heats_w: float) -> None:
    found = said(car_w=0.0, heats_w=1000.0, ceiling_w=0.0, rooms_degc=rooms_degc)
    assert found["heating"].preferred == heats_w


@pytest.mark.parametrize(("rooms_degc", "cools_w"), [(23.1, 1000.0), (22.8, 1000.0), (22.4, 0.0), (19.9, 0.0)])
def test_rooms_that_are_only_just_cool_enough_do_not_wait_for_a_peak(rooms_degc: float, cools_w: float) -> None:
    found = said(car_w=0.0, heats_w=1000.0, ceiling_w=0.0, rooms_degc=rooms_degc, cools=1.0)
    assert found["heating"].preferred == cools_w


@pytest.mark.parametrize(
    ("ppm", "airs_w", "heats_w"), [(700.0, 200.0, 1000.0), (980.0, 800.0, 400.0), (math.nan, 200.0, 1000.0)]
)
def test_air_that_is_good_waits_before_rooms_do(ppm: float, airs_w: float, heats_w: float) -> None:
    air = Ventilation(id="air", flow_max_m3_per_h=2e3, fan_max_w=1e3, volume_m3=600.0, people_count=30.0)
    told = a_live(load_w=500.0, sun_w=0.0) | {Key("air", POWER_W): 0.0, Key("air", CO2_PPM): ppm}
    told |= {Key("heating", POWER_W): 0.0, Key("heating", TEMPERATURE_DEGC): 22.0}
    told |= {Key(GRID, PRICE_IMPORT_EUR_PER_KWH): BUY, Key(GRID, PRICE_EXPORT_EUR_PER_KWH): SELL}
    plan = a_plan(
        {"air": 800.0, "heating": 1000.0},
        grid=a_grid(str(NOON), steps=4),
        dual_eur_per_kwh=np.full((2, 4), math.nan),
        grid_ceiling_w=np.full(4, 1700.0),
    )
    found = by_asset(FollowPlan(), a_view(told, site=a_site(a_pv(), a_load(), HEATING, air), plan=plan))
    assert (found["air"].preferred, found["heating"].preferred) == (airs_w, heats_w)


@pytest.mark.parametrize("cheap", ["fountain", "pump"])
def test_of_loads_that_may_pause_the_cheapest_waits_first(cheap: str) -> None:
    names = ("fountain", "pump")
    loads = [
        Interruptible(each, rated_w=1000.0, needs_s=3600.0, missed_eur=1.0 if each == cheap else 5.0) for each in names
    ]
    told = a_live(load_w=500.0, sun_w=0.0) | {Key(each, POWER_W): 0.0 for each in names}
    told |= {Key(GRID, PRICE_IMPORT_EUR_PER_KWH): BUY, Key(GRID, PRICE_EXPORT_EUR_PER_KWH): SELL}
    plan = a_plan(
        dict.fromkeys(names, 1000.0),
        grid=a_grid(str(NOON), steps=4),
        dual_eur_per_kwh=np.full((2, 4), math.nan),
        grid_ceiling_w=np.full(4, 1600.0),
    )
    found = by_asset(FollowPlan(), a_view(told, site=a_site(a_pv(), a_load(), *loads), plan=plan))
    assert {each: found[each].preferred for each in names} == {each: 0.0 if each == cheap else 1000.0 for each in names}


@pytest.mark.parametrize(
    ("worth", "sun_w", "planned_w", "expected_w"),
    [
        (0.40, -3000.0, 2000.0, 2000.0),  # worth buying for: as planned
        (0.20, -3000.0, 0.0, 2500.0),  # worth more than selling: all that is left over
        (0.20, -3000.0, 3600.0, 2500.0),  # not worth buying for: no more than that
        (0.20, 0.0, 3600.0, 0.0),
        (0.20, -1200.0, 3600.0, 1380.0 if 700.0 >= 0.5 * 1380.0 else 0.0),  # half its least power is from the sun
        (0.05, -3000.0, 2000.0, 2000.0),  # worth less than selling: no more than planned
        (math.nan, -3000.0, 2000.0, 2000.0),
    ],
)
def test_a_car_takes_the_sun_there_is(worth: float, sun_w: float, planned_w: float, expected_w: float) -> None:
    assert said(car_w=planned_w, worth=worth, sun_w=sun_w)["car"].preferred == pytest.approx(expected_w)


def test_a_car_takes_no_sun_beyond_its_target() -> None:
    # 200 Wh are missing: for a quarter of an hour that is less than half its least power.
    assert said(car_w=0.0, worth=0.2, sun_w=-4000.0, energy_wh=39.8e3)["car"].preferred in (0.0, 1380.0)
    assert said(car_w=0.0, worth=0.2, sun_w=-4000.0, energy_wh=40e3)["car"].preferred == 0.0


def test_the_battery_works_against_what_machines_are_asked_for() -> None:
    site = a_site(a_pv(), a_battery(), a_load(), CAR)
    live = a_live(load_w=500.0, sun_w=0.0) | {Key("car", ENERGY_WH): 30e3, Key("car", POWER_W): 3680.0}
    plan = a_plan({"battery": -2000.0, "car": 1500.0}, grid=a_grid(str(NOON), steps=4), law=Law.FOLLOW)
    assert preferred(FollowPlan(), a_view(live, site=site, plan=plan)) == pytest.approx(-2000.0)
    idle = a_plan({"battery": 0.0}, grid=a_grid(str(NOON), steps=4), law=Law.FOLLOW)
    assert preferred(FollowPlan(), a_view(live, site=site, plan=idle)) == pytest.approx(-4180.0)


def shared(*, car_w: float, van_w: float, worths: tuple[float, float], home_w: float = 500.0) -> dict[str, Any]:
    """Two cars and the home behind a fuse of 20 A on three lines, 13.8 kW."""
    cars = [Charger(each, capacity_wh=50e3) for each in ("car", "van")]
    told = a_live(load_w=home_w, sun_w=0.0) | {Key(each.id, ENERGY_WH): 30e3 for each in cars}
    told |= {Key(each.id, POWER_W): 0.0 for each in cars}
    cellar = Circuit("cellar", ("home", "car", "van"), fuse_a=20.0)
    house = replace(a_site(a_load(), *cars, connection=a_connection(import_limit_w=30e3)), circuits=(cellar,))
    duals = np.array([[each] * 4 for each in worths])
    plan = a_plan({"car": car_w, "van": van_w}, grid=a_grid(str(NOON), steps=4), dual_eur_per_kwh=duals)
    return by_asset(FollowPlan(), a_view(told, site=house, plan=plan))


def test_cars_on_a_circuit_keep_to_the_plan_while_there_is_room() -> None:
    found = shared(car_w=6e3, van_w=6e3, worths=(0.3, 0.4))
    assert [found[each].preferred for each in ("car", "van")] == [6e3, 6e3]


def test_an_unplanned_load_on_their_circuit_slows_the_car_that_is_worth_least() -> None:
    found = shared(car_w=6e3, van_w=6e3, worths=(0.3, 0.4), home_w=3e3)
    assert [found[each].preferred for each in ("car", "van")] == [pytest.approx(4800.0), 6e3]
    assert found["car"].reason.code == "machine_circuit" and found["car"].reason.facts["circuit"] == "cellar"


def test_where_both_cannot_charge_the_one_worth_more_goes_on() -> None:
    found = shared(car_w=6e3, van_w=6e3, worths=(0.4, 0.3), home_w=7e3)
    assert [found[each].preferred for each in ("car", "van")] == [6e3, 0.0]


def under_a_limit(limit_w: float, *, asks: bool = True, rooms_degc: float = 20.1) -> dict[str, Any]:
    """What is said where somebody asks for less than is planned, of which the plan knows nothing."""
    names = ("fountain", "pump")
    loads = [Interruptible(each, rated_w=1000.0, needs_s=3600.0, missed_eur=5.0 + at) for at, each in enumerate(names)]
    told = a_live(load_w=500.0, sun_w=0.0) | {Key(each, POWER_W): 0.0 for each in (*names, "heating")}
    told |= {Key("heating", TEMPERATURE_DEGC): rooms_degc}
    told |= {Key(GRID, PRICE_IMPORT_EUR_PER_KWH): BUY, Key(GRID, PRICE_EXPORT_EUR_PER_KWH): SELL}
    ids = (*names, "heating")
    grid = a_grid(str(NOON), steps=4)
    plan = a_plan(
        dict.fromkeys(ids, 1000.0),
        grid=grid,
        dual_eur_per_kwh=np.full((3, 4), math.nan),
        grid_ceiling_w=np.full(4, math.inf),
    )
    view = a_view(told, site=a_site(a_pv(), a_load(), *loads, HEATING), plan=plan)
    asked = Curtailment("7", limit_w, grid.start_utc, grid.end_utc, "network operator") if asks else None
    view = replace(view, envelope=replace(view.envelope, row_upper_w=limit_w), curtailment=asked)
    return by_asset(FollowPlan(), view)


@pytest.mark.parametrize(
    ("limit_w", "kept"),
    [(3500.0, {"fountain", "pump", "heating"}), (3499.0, {"pump", "heating"}), (1500.0, {"heating"}), (500.0, set())],
)
def test_what_others_ask_is_kept_by_what_is_worth_least_and_at_last_by_rooms(limit_w: float, kept: set[str]) -> None:
    found = under_a_limit(limit_w)
    assert {name for name, each in found.items() if isinstance(each.preferred, float) and each.preferred > 0} >= kept
    taken_w = sum(found[name].preferred for name in ("fountain", "pump", "heating"))
    assert 500.0 + taken_w <= max(limit_w, 500.0) + 1e-6


def test_it_says_who_asked_and_without_anybody_that_it_is_the_connection() -> None:
    asked, own = under_a_limit(1500.0)["fountain"].reason, under_a_limit(1500.0, asks=False)["fountain"].reason
    assert (asked.code, asked.facts["who"]) == ("machine_curtailed", "network operator")
    assert own.code == "machine_limit" and "who" not in own.facts
