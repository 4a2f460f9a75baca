"""Laws and ceilings by example: prices and worths in cents, the table in `enerwise.core.outlook.Law`."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.outlook import Law
from enerwise.core.units import FloatArray
from enerwise.plan.aims import Schedule
from enerwise.plan.laws import agreed_steps, battery_laws, grid_ceiling_w, pv_laws, sells
from enerwise.plan.solve import solve
from enerwise.site.tariff import DemandComponent, DemandState
from tests.builders import BERLIN, a_demand, a_grid, a_tariff, a_window
from tests.plan.builders import a_demand_problem, a_load_w, a_problem, a_sun_w, hours

JULY = 2024 * 12 + 6
TODAY, YESTERDAY = 19909, 19908
"""5 July 2024 and the day before, as days since 1970."""


def law_of(*, power_w: float = 0.0, grid_w: float = 0.0, worth: float, buy: float = 0.30, sell: float = 0.08) -> Law:
    """The law of one step of a battery that loses a tenth each way."""
    problem = a_problem(grid=a_grid(steps=1), buy=buy, sell=sell)
    law = battery_laws(
        problem, power_w=np.array([power_w]), grid_w=np.array([grid_w]), worth_eur_per_kwh=np.array([worth]),
        gain=0.9, drain=1 / 0.9,
    )  # fmt: skip
    return Law(int(law[0]))


def test_energy_worth_more_than_its_sale_and_less_than_its_purchase_is_followed() -> None:
    assert law_of(worth=0.15) is Law.FOLLOW


def test_energy_worth_more_than_a_purchase_absorbs_and_never_covers() -> None:
    assert law_of(worth=0.40) is Law.ABSORB


def test_energy_worth_less_than_its_sale_covers_and_never_absorbs() -> None:
    assert law_of(worth=0.05) is Law.COVER


def test_the_losses_of_each_way_count() -> None:
    assert law_of(worth=0.28) is Law.ABSORB, "0.28 / 0.9 is above the price of 0.30"
    assert law_of(worth=0.085) is Law.COVER, "0.9 * 0.085 is below the sale at 0.08"


def test_buying_for_the_battery_keeps_at_least_the_planned_power() -> None:
    assert law_of(worth=0.40, power_w=3000.0, grid_w=3500.0) is Law.CHARGE
    assert law_of(worth=0.40, power_w=3000.0, grid_w=0.0) is Law.ABSORB


def test_selling_from_the_battery_keeps_at_least_the_planned_power() -> None:
    assert law_of(worth=0.05, power_w=-3000.0, grid_w=-2500.0) is Law.FEED
    assert law_of(worth=0.05, power_w=-3000.0, grid_w=0.0) is Law.COVER


def test_what_is_planned_is_done_in_full_though_a_trifle_be_lost() -> None:
    a_trifle_dear, a_trifle_cheap = 0.301 * 0.9, 0.079 / 0.9
    assert law_of(worth=a_trifle_dear) is Law.ABSORB
    assert law_of(worth=a_trifle_dear, power_w=-500.0) is Law.FOLLOW
    assert law_of(worth=a_trifle_cheap) is Law.COVER
    assert law_of(worth=a_trifle_cheap, power_w=500.0) is Law.FOLLOW


def test_an_exact_tie_acts() -> None:
    assert law_of(worth=0.30 * 0.9) is Law.FOLLOW
    assert law_of(worth=0.08 / 0.9) is Law.FOLLOW


def test_where_neither_pays_the_planned_power_is_held() -> None:
    """A sale dearer than the purchase: what is stored is worth less than the one and more than the other."""
    assert law_of(worth=0.25, buy=0.20, sell=0.35) is Law.FIXED


def test_sun_is_delivered_unless_it_is_curtailed() -> None:
    law = pv_laws(
        curtailed_w=np.array([0.0, 1500.0, 1500.0, 1500.0]),
        power_w=np.array([-3000.0, -1500.0, -1500.0, 0.0]),
        grid_w=np.array([-2500.0, 0.0, -900.0, 700.0]),
    )
    assert [Law(each) for each in law] == [Law.FOLLOW, Law.COVER, Law.FIXED, Law.FIXED]


def test_sun_that_a_limit_alone_holds_back_is_left_to_the_guard() -> None:
    curtailed_w, power_w = np.full(2, 1500.0), np.full(2, -4000.0)
    sold = pv_laws(curtailed_w=curtailed_w, power_w=power_w, grid_w=power_w, sells=np.array([True, False]))
    assert [Law(each) for each in sold] == [Law.FOLLOW, Law.FIXED]
    problem = a_problem(grid=a_grid(step_s=3600, steps=2), sell=np.array([0.08, -0.01]))
    assert sells(problem).tolist() == [True, False]
    paid_for_buying = a_problem(grid=problem.grid, sell=0.08, buy=np.array([0.3, -0.2]))
    assert sells(paid_for_buying).tolist() == [True, False]
    assert sells(replace(problem, terms=(*problem.terms, "ramping"))).tolist() == [False, False]


def test_a_plan_speaks_in_laws() -> None:
    """A cheap night, sun at noon and a dear evening: buy, then take the sun, then cover."""
    grid = a_grid(step_s=3600, steps=24)
    problem = a_problem(grid=grid, load_w=a_load_w(grid), available_w=a_sun_w(grid, peak_w=2500.0), sell=0.05,
                        buy=np.where(hours(grid) < 4, 0.02, np.where(hours(grid) > 16, 0.60, 0.30)))  # fmt: skip
    plan = solve(problem, grid.start_utc)
    assert Law.CHARGE in plan.law[0, :4]
    assert set(plan.law[0, 17:21].tolist()) <= {Law.COVER, Law.FOLLOW}
    assert set(plan.law[1].tolist()) == {Law.FOLLOW}


@pytest.mark.parametrize(
    ("worth", "power_w", "law"),
    [
        (0.40, 0.0, Law.FOLLOW),
        (0.05, 0.0, Law.FOLLOW),
        (0.90, 1000.0, Law.CHARGE),
        (-0.90, -1000.0, Law.FEED),
    ],
)
def test_what_was_agreed_is_held_as_far_as_being_off_costs_more(worth: float, power_w: float, law: Law) -> None:
    grid = a_grid(steps=2)
    schedule = Schedule(np.array([500.0, np.nan]), np.array([0.5]), np.ones(1))
    problem = replace(a_problem(grid=grid, buy=0.30, sell=0.08), terms=("energy", "schedule"))
    problem = replace(problem, aims=replace(problem.aims, schedule=schedule))
    found = battery_laws(
        problem, power_w=np.full(2, power_w), grid_w=np.full(2, 500.0 + power_w),
        worth_eur_per_kwh=np.full(2, worth), gain=0.9, drain=1 / 0.9,
    )  # fmt: skip
    assert Law(int(found[0])) is law
    assert Law(int(found[1])) is law_of(worth=worth, power_w=power_w, grid_w=500.0 + power_w), "else prices decide"
    assert agreed_steps(problem).tolist() == [True, False]
    assert not agreed_steps(replace(problem, terms=("energy",))).any()


# ---------------------------------------------------------------------------------------------------------------
# Ceilings


def ceiling_w(
    import_w: FloatArray | float, component: DemandComponent, state: DemandState | None = None, *,
    elapsed_w: float = 0.0, start: str = "2024-07-05T01:00", step_s: int = 3600, steps: int = 4,
) -> FloatArray:  # fmt: skip
    grid = a_grid(start, step_s=step_s, steps=steps)
    demand = a_demand_problem(component, grid, zone=BERLIN, state=state or DemandState(), elapsed_w=elapsed_w)
    return grid_ceiling_w(a_problem(grid=grid, demand=(demand,)), np.broadcast_to(import_w, (steps,)) * 1.0)


def test_without_a_demand_charge_there_is_no_ceiling() -> None:
    assert np.all(np.isinf(grid_ceiling_w(a_problem(), np.zeros(24))))
    assert np.all(np.isinf(ceiling_w(1000.0, a_demand(price_eur_per_kw=0.0))))


def test_the_ceiling_is_the_planned_peak_of_the_day() -> None:
    assert ceiling_w(np.array([100.0, 2000.0, 500.0, -300.0]), a_demand()) == pytest.approx(2000.0)


def test_a_peak_already_paid_lifts_the_ceiling() -> None:
    assert ceiling_w(1000.0, a_demand(), DemandState(JULY, {YESTERDAY: 3500.0})) == pytest.approx(3500.0)
    assert ceiling_w(1000.0, a_demand(), DemandState(JULY, {TODAY: 3000.0})) == pytest.approx(3000.0)


def test_a_peak_of_last_month_lifts_nothing() -> None:
    assert ceiling_w(1000.0, a_demand(), DemandState(JULY - 1, {YESTERDAY: 3500.0})) == pytest.approx(1000.0)


def test_what_is_free_is_below_the_ceiling() -> None:
    assert ceiling_w(1000.0, a_demand(above_w=2500.0)) == pytest.approx(2500.0)


def test_what_is_free_lies_on_top_of_a_peak_that_does_not_count_yet() -> None:
    state = DemandState(JULY, {YESTERDAY: 2000.0})
    assert ceiling_w(500.0, a_demand(above_w=2500.0), state) == pytest.approx(2500.0)


def test_of_three_days_the_third_highest_is_free() -> None:
    state = DemandState(JULY, {19905: 4000.0, 19906: 3000.0, 19907: 2000.0})
    assert ceiling_w(500.0, a_demand(top_count=3), state) == pytest.approx(2000.0)
    assert ceiling_w(2600.0, a_demand(top_count=3), state) == pytest.approx(2600.0)


def test_hours_that_are_not_billed_have_no_ceiling() -> None:
    found = ceiling_w(1000.0, a_demand(window=a_window(4, 5)), start="2024-07-05T01:00")
    assert list(np.isinf(found)) == [True, False, True, True], "4 o'clock in Berlin is the second hour"


def test_a_long_interval_may_be_high_in_one_step_and_low_in_another() -> None:
    found = ceiling_w(np.array([3000.0, 1000.0, 0.0, 0.0]), a_demand(interval_s=7200), start="2024-07-05T02:00")
    assert found == pytest.approx([3000.0, 1000.0, 4000.0, 4000.0])


def test_import_before_the_plan_lowers_the_ceiling_for_the_rest_of_its_interval() -> None:
    """An hour of quarters, three gone with 6 kW each: the last one may bring the mean up to the 5 kW already paid."""
    state = DemandState(JULY, {YESTERDAY: 5000.0})
    hourly = a_demand(interval_s=3600)
    found = ceiling_w(500.0, hourly, state, elapsed_w=18_000.0, start="2024-07-05T01:45", step_s=900, steps=5)
    assert found[0] == pytest.approx(2000.0)
    assert found[1:] == pytest.approx(500.0 + (5000.0 - 500.0) * 4)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_import_up_to_the_ceiling_costs_nothing_and_beyond_it_something(data: st.DataObject) -> None:
    """In one step, the others as planned: the tariff's own bill is the judge."""
    power = st.floats(0.0, 6000.0)
    steps = data.draw(st.integers(1, 60))
    component = a_demand(
        top_count=data.draw(st.sampled_from([1, 2, 3])), above_w=data.draw(st.sampled_from([0.0, 1500.0])),
        interval_s=data.draw(st.sampled_from([900, 3600, 7200])), per=data.draw(st.sampled_from(["day", "month"])),
    )  # fmt: skip
    state = DemandState(JULY, data.draw(st.dictionaries(st.integers(19905, TODAY), power, max_size=4)))
    grid = a_grid("2024-07-05T02:00", step_s=3600, steps=steps)
    import_w = np.array(data.draw(st.lists(power, min_size=steps, max_size=steps)))
    found = ceiling_w(import_w, component, state, start="2024-07-05T02:00", steps=steps)
    tariff, so_far = a_tariff(0.0, 0.0, demand=[component]), {component.name: state}
    planned_eur = tariff.bill(grid, import_w, BERLIN, so_far).total_eur
    step = data.draw(st.integers(0, steps - 1))
    for beyond_w, costs in ((0.0, False), (200.0, True)):
        lifted_w = import_w.copy()
        lifted_w[step] = max(found[step], lifted_w[step]) + beyond_w
        assert (tariff.bill(grid, lifted_w, BERLIN, so_far).total_eur > planned_eur + 1e-6) == costs


def test_ceilings_of_several_components_are_all_kept() -> None:
    grid = a_grid("2024-07-05T01:00", step_s=3600, steps=4)
    demand = [a_demand_problem(each, grid, zone=BERLIN) for each in (a_demand("low"), a_demand("high", above_w=4000.0))]
    for chosen in (*combinations(demand, 1), tuple(demand)):
        found = grid_ceiling_w(a_problem(grid=grid, demand=tuple(chosen)), np.full(4, 1000.0))
        expected = min(4000.0 if each.component.name == "high" else 1000.0 for each in chosen)
        assert found == pytest.approx(expected)
