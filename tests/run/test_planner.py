from dataclasses import replace

import numpy as np
import pytest

from enerwise.core.event import Kind
from enerwise.core.outlook import Plan
from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W, SOC_RATIO
from enerwise.core.series import Frame, Key
from enerwise.core.time import TIME_TYPE, Instant
from enerwise.plan.information import information
from enerwise.plan.risk import Risk
from enerwise.plan.save import from_bytes
from enerwise.plan.solve import solve
from enerwise.run.end_worth import end_value_eur_per_kwh
from enerwise.run.planner import Planned, Planner
from enerwise.run.prices import PriceBook
from enerwise.site.learning import Futures
from enerwise.site.site import Site
from enerwise.store.memory import MemoryStore
from tests.builders import a_battery, a_demand, a_tariff, a_tou_rate
from tests.run.builders import HOUR_S, a_home, a_house

TARIFF = a_tariff(a_tou_rate(), demand=[a_demand(interval_s=HOUR_S)])


def a_planner(store: MemoryStore, site: Site | None = None) -> Planner:
    site = site or a_home("follow_plan", tariff=TARIFF)
    return Planner(site, store, PriceBook(site.tariff, site.timezone, HOUR_S), step_s=HOUR_S)


def a_remembered(days: int, *, quantity: str = ENERGY_WH, value: float = 6000.0) -> tuple[MemoryStore, Instant]:
    """Return a store with days of house and the last word of the battery, and the moment after them."""
    frame, grid = a_house(days)
    store = MemoryStore()
    store.append(frame)
    now = grid.end_utc
    store.append(Frame.of(np.array([now]), {Key("battery", quantity): np.array([value])}))
    store.flush()
    return store, now


def planned(store: MemoryStore, now: Instant) -> Planned:
    found = a_planner(store).plan(now, "home/00000001/000p", cause=("home/00000001/000",))
    assert found is not None
    return found


def plan_bytes(plan: Plan) -> bytes:
    parts = (plan.power_w, plan.energy_wh, plan.law, plan.grid_target_w, plan.grid_power_w, plan.dual_eur_per_kwh)
    return b"".join(each.tobytes() for each in parts) + repr((plan.assets, plan.cost_eur, plan.broken)).encode()


@pytest.mark.parametrize("days", [0, 1])
def test_without_history_there_is_no_plan(days: int) -> None:
    store, now = a_remembered(days) if days else (MemoryStore(), a_house(1)[1].end_utc)
    assert a_planner(store).plan(now, "p") is None


def test_without_a_word_of_the_battery_for_a_day_there_is_no_plan() -> None:
    store, now = a_remembered(4)
    assert a_planner(store).plan(now + np.timedelta64(25, "h"), "p") is None


@pytest.mark.parametrize("days", [3, 5, 9])
def test_a_few_days_of_history_are_enough(days: int) -> None:
    store, now = a_remembered(days)
    plan = planned(store, now).plan
    assert plan.grid.step_count == 24
    assert plan.grid.start_utc == now
    assert plan.assets[:2] == ("battery", "roof")
    assert plan.energy_wh[0, 0] == pytest.approx(6000.0)
    assert np.isfinite(plan.power_w).all()
    assert not plan.broken


def test_a_state_of_charge_will_do() -> None:
    store, now = a_remembered(3, quantity=SOC_RATIO, value=0.4)
    assert planned(store, now).plan.energy_wh[0, 0] == pytest.approx(0.4 * 13_500)


def test_a_plan_tells_from_which_forecast_and_measurement_it_followed() -> None:
    store, now = a_remembered(4)
    forecast, plan = planned(store, now).events
    assert (forecast.kind, plan.kind) == (Kind.FORECAST, Kind.PLANNED)
    assert plan.id == "home/00000001/000p"
    assert plan.cause == (forecast.id,)
    assert forecast.cause == ("home/00000001/000",)
    assert plan.payload["price_high_eur_per_kwh"] == 0.52


def test_the_future_in_the_store_changes_no_plan() -> None:
    store, now = a_remembered(5)
    honest = planned(store, now)
    later = now + np.arange(-48, 48) * np.timedelta64(1, "h")
    rng = np.random.default_rng(7)
    lies = {
        Key("home", POWER_W): rng.uniform(0, 8000, 96),
        Key("roof", AVAILABLE_POWER_W): -rng.uniform(0, 6000, 96),
        Key("battery", ENERGY_WH): rng.uniform(1500, 12_000, 96),
        Key("grid", POWER_W): rng.uniform(-9000, 9000, 96),
    }
    known_at = np.array([max(each, now) + np.timedelta64(1, "ms") for each in later], dtype=TIME_TYPE)
    store.append(Frame.of(later, lies, known_at=known_at))
    store.flush()
    poisoned = planned(store, now)
    assert poisoned.blob == honest.blob
    assert plan_bytes(poisoned.plan) == plan_bytes(honest.plan)
    assert [each.to_bytes() for each in poisoned.events] == [each.to_bytes() for each in honest.events]
    assert planned(store, now + np.timedelta64(1, "h")).blob != honest.blob, "an hour later they are known"


def test_a_stored_plan_is_made_again_to_the_last_bit() -> None:
    store, now = a_remembered(5)
    planner = a_planner(store)
    for hours in range(2):  # The second one stays near the first.
        at = now + np.timedelta64(hours, "h")
        made = planner.plan(at, "p")
        assert made is not None
        assert plan_bytes(solve(from_bytes(made.blob), at)) == plan_bytes(made.plan)


def test_energy_left_at_the_end_is_worth_something_between_selling_and_the_cheapest_purchase() -> None:
    battery = a_battery(round_trip_ratio=0.81)
    buy, sell = np.array([0.5, 0.3]), np.array([0.08, 0.12])
    value = end_value_eur_per_kwh(battery, buy, sell)
    assert 0.9 * 0.10 < value < 0.9 * 0.3
    assert end_value_eur_per_kwh(battery, np.array([-0.2]), np.array([-0.1])) == 0.0


def test_a_site_with_a_battery_alone_plans_at_once() -> None:
    store, now = a_remembered(1)
    from tests.builders import a_site

    site = a_site(a_battery(), tariff=TARIFF)
    made = a_planner(store, site).plan(now, "p")
    assert made is not None
    assert made.plan.assets[0] == "battery"


def test_a_tree_in_the_site_file_reaches_the_problem_and_is_made_again_bit_by_bit() -> None:
    store, now = a_remembered(40)
    wish = Futures(stages_s=(3 * HOUR_S, 12 * HOUR_S), branches=(3, 2), risk_ratio=0.3, worst_ratio=0.25)
    site = replace(a_home("follow_plan", tariff=TARIFF), planning=wish)
    found = a_planner(store, site).plan(now, "p")
    assert found is not None
    problem = from_bytes(found.blob)
    assert problem.probability.size == 6 and problem.node is not None
    shared = [len(np.unique(problem.node[:, step])) for step in (0, 2, 3, 11, 12, 23)]
    assert shared == [1, 1, 3, 3, 6, 6]
    assert problem.risk == Risk(0.3, 0.25)
    assert "risk" in found.plan.cost_eur
    assert plan_bytes(solve(problem, now)) == plan_bytes(found.plan)


def test_what_is_known_is_worth_telling_of_a_tree_too() -> None:
    store, now = a_remembered(40)
    wish = Futures(stages_s=(3 * HOUR_S,), branches=(3,))
    found = a_planner(store, replace(a_home("follow_plan", tariff=TARIFF), planning=wish)).plan(now, "p")
    assert found is not None
    told = information(from_bytes(found.blob), now)
    assert told.perfect_eur >= -1e-6
    # What is shared for longer can only cost more than what parts at once.
    fan = replace(from_bytes(found.blob), node=None, stability_eur=0.0, previous_w=None)
    assert told.plan_eur >= solve(fan, now).total_eur - 1e-6
