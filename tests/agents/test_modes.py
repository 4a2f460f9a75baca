"""The modes: what each does with surplus, need, reserve, peak and export, and that each keeps the agents' contract."""

import math
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.agents.agent import View
from enerwise.agents.modes import ChargeOnly, Passive, PeakShaving, SelfConsumption, peak_ceiling_w
from enerwise.core.intent import Priority
from enerwise.site.site import Control, Site
from enerwise.testing.contracts.agents import AgentContract
from tests.builders import a_battery, a_connection, a_demand, a_load, a_pv, a_site, a_tariff, a_window

from .builders import a_live, a_view, by_asset, preferred


class TestPassive(AgentContract):
    agent = Passive()

    def test_wishes_for_nothing(self) -> None:
        assert all(not self.agent.decide(view) for view in self.views())


class TestChargeOnly(AgentContract):
    agent = ChargeOnly()

    def test_never_discharges_nor_lets_anybody_else(self) -> None:
        for view in self.views():
            said = by_asset(self.agent, view).get("battery")
            assert said is None or (said.lower >= 0.0 and said.preferred is not None and said.preferred >= 0.0)


class TestChargeOnlyFromGrid(AgentContract):
    agent = ChargeOnly(from_grid_w=3000.0)


class TestSelfConsumption(AgentContract):
    agent = SelfConsumption()


class TestPeakShaving(AgentContract):
    agent = PeakShaving()

    def views(self) -> Iterator[View]:
        yield from super().views()
        yield a_view(site=a_site(connection=a_connection(math.inf, math.inf, fuse_a=math.inf)))


# ---------------------------------------------------------------------------------------------------- charge only


def test_charge_only_takes_surplus_and_rests_without() -> None:
    assert preferred(ChargeOnly(), a_view(a_live(load_w=500.0, sun_w=-3000.0))) == 2500.0
    assert preferred(ChargeOnly(), a_view(a_live(load_w=500.0, sun_w=0.0))) == 0.0


def test_charge_only_takes_from_the_grid_only_if_told_so() -> None:
    night = a_view(a_live(load_w=500.0, sun_w=0.0))
    said = by_asset(ChargeOnly(from_grid_w=2000.0), night)["battery"]
    assert (said.preferred, said.reason.code) == (2000.0, "from_grid")


def test_charge_only_leaves_room_below_the_import_limit() -> None:
    assert preferred(ChargeOnly(from_grid_w=2000.0), a_view(a_live(load_w=8000.0, sun_w=0.0))) == 1000.0
    assert preferred(ChargeOnly(from_grid_w=2000.0), a_view(a_live(load_w=9500.0, sun_w=0.0))) == 0.0


def test_charge_only_stops_when_full_and_slows_when_cold() -> None:
    full = by_asset(ChargeOnly(), a_view(a_live(energy_wh=12_150.0)))["battery"]
    assert (full.preferred, full.reason.facts["bound"]) == (0.0, "full")
    cold = by_asset(ChargeOnly(), a_view(a_live(sun_w=-6000.0, battery__temperature_degc=9.0)))["battery"]
    assert (cold.preferred, cold.reason.facts["bound"]) == (2500.0, "derated")


# ------------------------------------------------------------------------------------------------ self-consumption


def test_self_consumption_takes_surplus_and_covers_need() -> None:
    sunny, dark = a_view(a_live(load_w=500.0, sun_w=-3000.0)), a_view(a_live(load_w=700.0, sun_w=0.0))
    assert (preferred(SelfConsumption(), sunny), preferred(SelfConsumption(), dark)) == (2500.0, -700.0)
    assert by_asset(SelfConsumption(), dark)["battery"].reason.code == "need"


def test_self_consumption_keeps_its_reserve() -> None:
    site = a_site(a_pv(), a_battery(reserve_ratio=0.3, round_trip_ratio=1.0), a_load())
    said = by_asset(SelfConsumption(), a_view(a_live(load_w=3000.0, sun_w=0.0, energy_wh=4150.0), site=site))["battery"]
    # 100 Wh above the reserve of 4050 Wh, spread over a quarter-hour.
    assert said.preferred == pytest.approx(-400.0)
    assert said.lower == pytest.approx(-400.0)
    assert (said.reason.code, said.reason.facts["reserve_wh"]) == ("reserve", 4050.0)


def test_reserve_below_the_operating_band_changes_nothing() -> None:
    view = a_view(a_live(load_w=3000.0, sun_w=0.0, energy_wh=1350.0))
    said = by_asset(SelfConsumption(), view)["battery"]
    assert (said.preferred, said.reason.code) == (0.0, "need")


def test_two_batteries_share_one_surplus() -> None:
    site = a_site(a_pv(), a_battery("a", charge_limit_w=1000.0), a_battery("b"), a_load())
    said = by_asset(SelfConsumption(), a_view(a_live(a__energy_wh=6750.0, b__energy_wh=6750.0), site=site))
    assert (said["a"].preferred, said["b"].preferred) == (1000.0, 1500.0)


def test_reason_carries_numbers_and_prices() -> None:
    live = a_live(load_w=700.0, sun_w=0.0, grid__price_import_eur_per_kwh=0.52)
    facts = by_asset(SelfConsumption(), a_view(live))["battery"].reason.facts
    assert (facts["need_w"], facts["price_import_eur_per_kwh"]) == (700.0, 0.52)


def test_proposals_carry_priority_and_cause() -> None:
    said = by_asset(SelfConsumption(), a_view(mode_id="lindenweg-8/3/1"))["battery"]
    assert (said.priority, said.cause) == (Priority.MODE, "lindenweg-8/3/1")


def test_unknown_load_makes_it_silent() -> None:
    assert not SelfConsumption().decide(a_view(a_live(load_w=math.nan)))


def test_what_the_export_limit_would_clip_is_charged() -> None:
    """Peak shaving without a ceiling rests, yet two kilowatts above the export limit go into the battery."""
    site = a_site(connection=a_connection(math.inf, 1000.0, fuse_a=math.inf))
    assert preferred(PeakShaving(), a_view(a_live(load_w=0.0, sun_w=-3000.0), site=site)) == 2000.0


# ---------------------------------------------------------------------------------------------- surplus to loads


def a_house_with_switches() -> Site:
    boiler = a_load("boiler", switch_power_w=2000.0, surplus_priority=1)
    pool = a_load("pool", switch_power_w=1000.0, surplus_priority=2)
    never = a_load("never", switch_power_w=100.0)
    return a_site(a_pv(), a_battery(), a_load(), boiler, pool, never)


@pytest.mark.parametrize(
    ("sun_w", "expected"),
    [
        (-5900.0, {"pool": 1000.0, "boiler": 2000.0}),
        (-3000.0, {"pool": 1000.0, "boiler": 0.0}),
        (-900.0, {"pool": 0.0, "boiler": 0.0}),
    ],
)
def test_surplus_beyond_the_battery_goes_to_loads_by_priority(sun_w: float, expected: dict[str, float]) -> None:
    full = a_view(a_live(load_w=100.0, sun_w=sun_w, energy_wh=12_150.0), site=a_house_with_switches())
    said = by_asset(SelfConsumption(), full)
    assert {each: said[each].preferred for each in ("pool", "boiler")} == expected
    assert "never" not in said


def test_battery_comes_before_switched_loads() -> None:
    said = by_asset(SelfConsumption(), a_view(a_live(sun_w=-3000.0), site=a_house_with_switches()))
    assert (said["battery"].preferred, said["pool"].preferred) == (2500.0, 0.0)


@pytest.mark.parametrize(("running_w", "expected_w"), [(1000.0, 1000.0), (0.0, 0.0)])
def test_running_load_outlasts_a_small_cloud(running_w: float, expected_w: float) -> None:
    live = a_live(load_w=0.0, sun_w=-850.0, energy_wh=12_150.0, pool__power_w=running_w)
    assert preferred(SelfConsumption(), a_view(live, site=a_house_with_switches()), "pool") == expected_w


# ------------------------------------------------------------------------------------------------------------ PV

NO_EXPORT = Control(zero_export=True)


def test_pv_produces_everything() -> None:
    said = by_asset(SelfConsumption(), a_view())["roof"]
    assert (said.preferred, said.reason.code) == (-6000.0, "produce")


@pytest.mark.parametrize(
    ("load_w", "sun_w", "energy_wh", "expected_w"),
    [
        (500.0, -3000.0, 12_150.0, -500.0),
        (500.0, -3000.0, 6750.0, -3000.0),
        (500.0, 0.0, 12_150.0, 0.0),
        (9000.0, -3000.0, 12_150.0, -4000.0),
    ],
)
def test_without_export_pv_delivers_what_the_site_takes(
    load_w: float, sun_w: float, energy_wh: float, expected_w: float
) -> None:
    """At night and with a discharging battery nothing is left for PV; the ceiling is where the load ends."""
    view = a_view(a_live(load_w=load_w, sun_w=sun_w, energy_wh=energy_wh), site=a_site(control=NO_EXPORT))
    said = by_asset(SelfConsumption(), view)
    assert said["roof"].preferred == pytest.approx(expected_w)
    taken_w = load_w + (said["battery"].preferred or 0.0)
    assert max(sun_w, said["roof"].preferred or 0.0) + taken_w >= -1e-6


def test_without_export_plants_share_what_the_site_takes() -> None:
    site = a_site(a_pv("east"), a_pv("west"), a_load(), control=NO_EXPORT)
    live = a_live(load_w=900.0, east__available_power_w=-2000.0, west__available_power_w=-1000.0)
    said = by_asset(SelfConsumption(), a_view(live, site=site))
    assert said["east"].preferred == pytest.approx(-600.0)
    assert said["west"].preferred == pytest.approx(-300.0)


# ---------------------------------------------------------------------------------------------------- peak shaving


@pytest.mark.parametrize(
    ("load_w", "expected_w", "code"),
    [(6000.0, -2000.0, "peak"), (3800.0, 0.0, "headroom"), (1000.0, 2600.0, "recharge")],
)
def test_peak_shaving_holds_the_ceiling_and_recharges_below_it(load_w: float, expected_w: float, code: str) -> None:
    site = a_site(control=Control(peak_target_w=4000.0))
    said = by_asset(PeakShaving(), a_view(a_live(load_w=load_w, sun_w=0.0), site=site))["battery"]
    assert said.preferred == pytest.approx(expected_w)
    assert said.reason.code == code


def test_ceiling_comes_from_the_owner_then_the_tariff_then_the_limit() -> None:
    demand = [a_demand("all", above_w=3000.0), a_demand("evening", above_w=2000.0, window=a_window(17, 20))]
    priced = a_site(tariff=a_tariff(demand=demand))
    assert peak_ceiling_w(a_view(site=a_site(control=Control(peak_target_w=1500.0)))) == 1500.0
    assert peak_ceiling_w(a_view(site=priced)) == 3000.0
    assert peak_ceiling_w(a_view(site=a_site())) == 9000.0


# ------------------------------------------------------------------------------------------------------ properties


@given(st.floats(0, 12_000), st.floats(-6000, 0), st.floats(1350, 12_150))
def test_self_consumption_imports_and_exports_no_more_than_an_idle_battery(
    load_w: float, sun_w: float, energy_wh: float
) -> None:
    view = a_view(a_live(load_w=load_w, sun_w=sun_w, energy_wh=energy_wh))
    grid_w = view.others_w + preferred(SelfConsumption(), view)
    assert abs(grid_w) <= abs(view.others_w)
