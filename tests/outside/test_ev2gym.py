"""Around EV2Gym: what the adapters make of what is seen, without the simulator."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).parents[2] / "bench" / "outside" / "ev2gym"
sys.path.insert(0, str(HERE))

import public_setpoint  # type: ignore[import-not-found]  # noqa: E402
import rules  # type: ignore[import-not-found]  # noqa: E402
import v2g_profit  # type: ignore[import-not-found]  # noqa: E402

PLANT: dict[str, Any] = {
    "steps": 112, "step_s": 900, "point_kw": [22.0, 22.0, 22.0], "point_gives_kw": [22.0, 22.0, 22.0],
    "transformer": [0, 0, 0], "transformer_kw": [10.0],
}  # fmt: skip
CHEAP_LATER = np.repeat([0.4, 0.1], 10)


def a_vehicle(**facts: Any) -> dict[str, Any]:
    """A vehicle of 50 kWh, half full, that stays for four hours."""
    usual = {"steps_left": 15, "energy_kwh": 25.0, "capacity_kwh": 50.0, "wanted_kwh": 50.0, "floor_kwh": 5.0}
    return {**usual, "charge_kw": 11.0, "discharge_kw": 11.0, "best_ratio": 0.9, **facts}


def a_view(*vehicles: dict[str, Any] | None, price: np.ndarray = CHEAP_LATER) -> dict[str, Any]:
    return {"step": 20, "eur_per_kwh": price.tolist(), "vehicles": list(vehicles), "power_kw": 0.0}


def test_gives_back_while_it_is_dear_and_only_where_somebody_is() -> None:
    actions = v2g_profit.Controller(PLANT).act(a_view(None, a_vehicle(energy_kwh=48.0), None))
    assert actions[0] == actions[2] == 0.0
    assert actions[1] < -0.3


def test_nobody_there_is_no_question() -> None:
    assert v2g_profit.Controller(PLANT).act(a_view(None, None, None)) == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("price", [CHEAP_LATER, CHEAP_LATER[::-1]])
def test_the_transformer_carries_what_is_asked_of_the_points(price: np.ndarray) -> None:
    """Cells take no more than the best share of what a point draws: the sum of that is within the limit, both ways."""
    actions = np.array(v2g_profit.Controller(PLANT).act(a_view(a_vehicle(), a_vehicle(), a_vehicle(), price=price)))
    cells_kw = actions * 22.0 * 0.9
    assert 9.0 < abs(cells_kw.sum()) <= 10.0
    assert np.all(np.abs(cells_kw) <= 11.0 * 0.9 + 1e-6)


def test_leaves_with_what_the_score_asks_for_and_no_more() -> None:
    controller = v2g_profit.Controller(PLANT)
    full = a_view(a_vehicle(energy_kwh=49.9), None, None, price=np.full(20, 0.2))
    problem = controller.problem(full, [0])
    (charger,) = problem.flexible
    assert charger.target_wh[0] == pytest.approx(controller.satisfied_ratio * 50e3)
    assert charger.gives_surplus and controller.satisfied_ratio >= 0.99


def test_a_vehicle_may_be_charged_in_the_step_in_which_it_leaves() -> None:
    problem = v2g_profit.Controller(PLANT).problem(a_view(a_vehicle(steps_left=0), None, None), [0])
    assert problem.grid.step_count == 1
    assert problem.flexible[0].is_home(problem.grid).tolist() == [True]


def test_prices_beyond_the_window_are_the_mean_of_those_shown() -> None:
    assert v2g_profit.prices_ahead(np.array([0.1, 0.3]), 4).tolist() == pytest.approx([0.1, 0.3, 0.2, 0.2])
    assert v2g_profit.prices_ahead(np.array([0.1, 0.3]), 1).tolist() == pytest.approx([0.1])


def a_public_site() -> public_setpoint.Controller:
    return public_setpoint.Controller(PLANT | {"stay_steps": [12.0] * 112, "point_kw": [11.0, 11.0, 11.0]})


def a_public_view(*vehicles: tuple[int, float] | None, setpoint_kw: float = 10.0) -> dict[str, Any]:
    """Vehicles by steps here and energy taken."""
    told = [
        None if each is None else {"is_full": False, "steps_here": each[0], "taken_kwh": each[1]} for each in vehicles
    ]
    return {"step": 30, "setpoint_kw": setpoint_kw, "vehicles": told, "power_kw": 0.0}


def taken_kw(actions: list[float]) -> np.ndarray:
    """Return what reaches the cells at each point."""
    return np.array(actions) * (11.0 * float(public_setpoint.RATIO))


def test_follows_the_setpoint_less_what_is_kept_back_with_the_one_that_is_there_longest() -> None:
    first, second, nobody = taken_kw(a_public_site().act(a_public_view((0, 0.0), (9, 4.0), None)))
    followed_kw = public_setpoint.FOLLOWED_RATIO * 10.0 - public_setpoint.LESS_KW
    assert first == pytest.approx(0.0, abs=1e-6) and nobody == 0.0
    # Its age and the chance that it leaves short are worth so many kW beside what is followed.
    assert followed_kw - 1e-6 <= second <= followed_kw + public_setpoint.OLD_KW + public_setpoint.SHORT_KW


def test_a_vehicle_that_took_less_than_asked_is_asked_for_no_more_than_that() -> None:
    site = a_public_site()
    site.act(a_public_view((9, 0.0), (1, 0.0), None))
    slow, other, _ = taken_kw(site.act(a_public_view((10, 0.5), (2, 0.0), None)))
    assert slow == pytest.approx(2.0, abs=1e-3)
    assert other > 0.2


def test_a_slow_vehicle_that_took_as_much_may_leave_short_and_goes_first() -> None:
    """A vehicle that takes 3.7 kW has had an hour of its power less than it seems, and is worth more for each kWh."""
    site = a_public_site()
    site.act(a_public_view((3, 0.0), (3, 0.0), None, setpoint_kw=40.0))
    actions = site.act(a_public_view((4, 3.7 / 4), (4, 11.0 * public_setpoint.RATIO / 4), None, setpoint_kw=0.0))
    slow, fast, _ = taken_kw(actions)
    assert slow == pytest.approx(3.7, abs=1e-3)
    assert fast < 1e-6


def test_the_chance_to_leave_short_grows_with_the_stay_and_falls_with_what_was_had() -> None:
    believed = public_setpoint.Believed(11.0, 11.0, plate_kw=11.0)
    by_age = [believed.short_ratio(here, 12.0, 0.25) for here in range(30)]
    assert all(0.0 <= each <= 1.0 for each in by_age) and by_age[0] < 0.5 < by_age[11]
    assert np.all(np.diff(by_age[:12]) >= -0.02)
    had = [
        public_setpoint.Believed(11.0, 11.0, 11.0, taken_kwh=each).short_ratio(8, 12.0, 0.25) for each in (0, 11, 33)
    ]
    assert had[0] > had[1] > had[2]


def test_a_vehicle_that_takes_less_than_it_did_is_nearly_full() -> None:
    believed = public_setpoint.Believed(11.0, 10.7, plate_kw=11.0, asked_kw=10.7, most_kw=10.7)
    hurried = believed.short_ratio(8, 12.0, 0.25)
    believed.learn(1.0, 0.25)
    assert believed.limit_kw == pytest.approx(4.0 * public_setpoint.HALVES_RATIO)
    assert believed.plate_kw == 11.0
    assert believed.short_ratio(8, 12.0, 0.25) < hurried


def test_who_is_full_or_gone_is_forgotten() -> None:
    site = a_public_site()
    site.act(a_public_view((9, 0.0), (1, 0.0), None))
    assert site.act(a_public_view(None, None, None)) == [0.0, 0.0, 0.0]
    assert not site.believed


def test_in_turn_everybody_is_served_and_as_many_as_the_setpoint_feeds() -> None:
    rule = rules.RoundRobin(PLANT | {"point_kw": [11.0, 11.0, 11.0]})
    view = a_public_view((0, 0.0), (0, 0.0), (0, 0.0), setpoint_kw=16.5)
    turns = np.array([rule.act(view) for _ in range(3)])
    assert turns.sum(axis=1) == pytest.approx([1.5, 1.5, 1.5])
    assert np.all(turns.sum(axis=0) > 0)


def test_late_is_when_full_power_just_fills() -> None:
    rule = rules.Late(PLANT)
    missing_5_steps = a_vehicle(energy_kwh=50.0 - 5 * 22.0 / 4)
    waits, starts = ([missing_5_steps | {"steps_left": left}] for left in (6, 5))
    assert rule.act(a_view(*waits, None, None)) == [0.0, 0.0, 0.0]
    assert rule.act(a_view(*starts, None, None)) == [1.0, 0.0, 0.0]
