"""Does the battery twin keep the energy, stay within what physics allows, and treat each home alone?"""

import dataclasses
from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.quantity import QUANTITIES
from enerwise.core.units import FloatArray
from enerwise.physics import ageing, battery
from enerwise.physics.battery import BatteryFlow, BatteryState
from enerwise.site.assets import Battery, BatteryArrays

NEAR: Final = 1e-9


def facts_of(*batteries: Battery) -> BatteryArrays:
    return BatteryArrays.of(list(batteries))


def a_battery(**facts: Any) -> Battery:
    return Battery(
        "battery", **{"capacity_wh": 10_000.0, "charge_limit_w": 5000.0, "discharge_limit_w": 5000.0, **facts}
    )


def run(
    facts: BatteryArrays, state: BatteryState, *power_w: float, ambient_degc: float = 20.0, step_s: float = 900.0
) -> tuple[BatteryState, list[BatteryFlow]]:
    flows = []
    for each_w in power_w:
        asked_w = np.full_like(facts.capacity_wh, each_w)
        state, flow = battery.step(facts, state, asked_w, ambient_degc=ambient_degc, step_s=step_s)
        flows.append(flow)
    return state, flows


batteries = st.builds(
    a_battery,
    capacity_wh=st.floats(500.0, 1e6),
    charge_limit_w=st.one_of(st.just(0.0), st.floats(1.0, 1e6)),
    discharge_limit_w=st.one_of(st.just(0.0), st.floats(1.0, 1e6)),
    round_trip_ratio=st.floats(0.3, 1.0),
    idle_loss_w=st.one_of(st.just(0.0), st.floats(0.0, 500.0)),
    resistive_ratio=st.one_of(st.just(0.0), st.floats(0.0, 0.9)),
    self_discharge_w=st.one_of(st.just(0.0), st.floats(0.0, 200.0)),
    soc_min_ratio=st.floats(0.0, 0.4),
)
levels = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.0, 1.0))
powers = st.one_of(st.sampled_from([0.0, -0.0, 1e-9, -1e-9, 1e12, -1e12]), st.floats(-1e7, 1e7))
temperatures = st.floats(-30.0, 70.0)
steps_s = st.sampled_from([1.0, 60.0, 900.0, 1800.0, 3600.0, 86_400.0])


@st.composite
def homes(draw: st.DrawFn) -> tuple[BatteryArrays, BatteryState, FloatArray]:
    """Some homes at some moment, with a power asked of each."""
    count = draw(st.integers(1, 6))
    facts = facts_of(*(draw(batteries) for _ in range(count)))
    soh_ratio = np.array([draw(st.floats(0.5, 1.0)) for _ in range(count)])
    state = BatteryState.new(
        facts,
        soc_ratio=soh_ratio * np.array([draw(levels) for _ in range(count)]),
        temperature_degc=np.array([draw(temperatures) for _ in range(count)]),
        soh_ratio=soh_ratio,
    )
    return facts, state, np.array([draw(powers) for _ in range(count)])


@given(homes(), temperatures, steps_s)
def test_energy_balances_and_stays_where_physics_allows(
    home: tuple[BatteryArrays, BatteryState, FloatArray], ambient_degc: float, step_s: float
) -> None:
    facts, state, asked_w = home
    after, flow = battery.step(facts, state, asked_w, ambient_degc=ambient_degc, step_s=step_s)
    scale_w = 1.0 + np.abs(flow.power_w) + facts.capacity_wh * 3600 / step_s
    assert np.all(
        np.abs(after.energy_wh - state.energy_wh - flow.stored_w * step_s / 3600) * 3600 / step_s < NEAR * scale_w
    )
    assert np.all(np.abs(flow.power_w - flow.stored_w - flow.loss_w) < NEAR * scale_w)
    assert np.all(flow.loss_w > -NEAR * scale_w)
    assert np.all(after.energy_wh >= 0)
    assert np.all(after.energy_wh <= facts.capacity_wh * state.soh_ratio)
    assert np.all(flow.power_w <= facts.charge_limit_w)
    assert np.all(flow.power_w >= -facts.discharge_limit_w)


@given(homes(), temperatures, steps_s)
def test_management_only_takes_away(
    home: tuple[BatteryArrays, BatteryState, FloatArray], ambient_degc: float, step_s: float
) -> None:
    facts, state, asked_w = home
    _, flow = battery.step(facts, state, asked_w, ambient_degc=ambient_degc, step_s=step_s)
    assert np.all(flow.power_w * asked_w >= 0)
    assert np.all(np.abs(flow.power_w) <= np.abs(asked_w))


@given(homes(), temperatures, steps_s, st.integers(1, 23))
def test_batch_equals_single_bitwise(
    home: tuple[BatteryArrays, BatteryState, FloatArray], ambient_degc: float, step_s: float, copies: int
) -> None:
    """The batch is tiled so that vector instructions meet it both in their stride and in their tail."""
    facts, state, asked_w = home
    count = asked_w.size
    every = np.tile(np.arange(count), copies)
    in_batch = advance(part(facts, every), part(state, every), asked_w[every], ambient_degc, step_s)
    for one in range(count):
        alone = advance(
            part(facts, np.array([one])), part(state, np.array([one])), asked_w[[one]], ambient_degc, step_s
        )
        for name, value in alone.items():
            for place in range(one, every.size, count):
                assert in_batch[name][place].tobytes() == value[0].tobytes(), name


def advance(
    facts: BatteryArrays, state: BatteryState, power_w: FloatArray, ambient_degc: float, step_s: float
) -> dict[str, FloatArray]:
    """Two steps, there and back, and the ageing after them."""
    state, first = battery.step(facts, state, power_w, ambient_degc=ambient_degc, step_s=step_s)
    state, second = battery.step(facts, state, -power_w, ambient_degc=ambient_degc, step_s=step_s)
    state = ageing.age(facts, state, elapsed_s=2 * step_s)
    parts: dict[str, Any] = {"state": state, "first": first, "second": second}
    return {
        f"{name}.{field.name}": getattr(each, field.name)
        for name, each in parts.items()
        for field in dataclasses.fields(each)
    }


def part(whole: Any, homes: Any) -> Any:
    return type(whole)(**{each.name: getattr(whole, each.name)[homes] for each in dataclasses.fields(whole)})


@given(st.floats(0.7, 1.0), st.floats(100.0, 5000.0))
def test_constant_efficiency_gives_back_exactly_the_round_trip(round_trip_ratio: float, power_w: float) -> None:
    facts = facts_of(a_battery(round_trip_ratio=round_trip_ratio))
    state, flows = run(facts, BatteryState.new(facts, soc_ratio=0.0), power_w, -5000.0, step_s=3600.0)
    assert state.energy_wh[0] == pytest.approx(0.0, abs=NEAR)
    assert -flows[1].power_w[0] / flows[0].power_w[0] == pytest.approx(round_trip_ratio, rel=1e-12)


@given(st.lists(st.floats(-5000.0, 5000.0), min_size=1, max_size=50))
def test_a_linear_plan_replays_exactly(plan_w: list[float]) -> None:
    facts = facts_of(a_battery(round_trip_ratio=0.9, capacity_wh=1e6))
    planned_wh = 5e5 + 0.25 * np.cumsum([p * 0.9**0.5 if p > 0 else p / 0.9**0.5 for p in plan_w])
    state = BatteryState.new(facts)
    for power_w, energy_wh in zip(plan_w, planned_wh, strict=True):
        state, (flow,) = run(facts, state, power_w)
        assert flow.power_w[0] == power_w
        assert state.energy_wh[0] == pytest.approx(energy_wh, rel=1e-12)


def test_idle_loss_makes_small_powers_inefficient() -> None:
    """Round trip of an inverter that needs 40 W to run and loses another 3 % at its limit: best in the middle."""
    facts = facts_of(a_battery(round_trip_ratio=0.94, idle_loss_w=40.0, resistive_ratio=0.03))
    ratio = {}
    for power_w in (100.0, 500.0, 2000.0, 5000.0):
        _, (charge, discharge) = run(facts, BatteryState.new(facts), power_w, -power_w)
        ratio[power_w] = charge.stored_w[0] / power_w * power_w / -discharge.stored_w[0]
    assert ratio[100.0] < 0.5 < ratio[500.0] < ratio[2000.0]
    assert ratio[5000.0] < ratio[2000.0]


def test_rest_costs_nothing_but_self_discharge() -> None:
    facts = facts_of(a_battery(idle_loss_w=40.0), a_battery(idle_loss_w=40.0, self_discharge_w=10.0))
    state, (flow,) = run(facts, BatteryState.new(facts), 0.0, step_s=3600.0)
    assert state.energy_wh == pytest.approx([5000.0, 4990.0])
    assert flow.loss_w == pytest.approx([0.0, 10.0])


def test_self_discharge_ends_at_the_floor() -> None:
    facts = facts_of(a_battery(self_discharge_w=100.0, soc_min_ratio=0.10))
    state, _ = run(facts, BatteryState.new(facts, soc_ratio=0.11), 0.0, 0.0, 0.0, step_s=3600.0)
    assert state.energy_wh[0] == pytest.approx(1000.0)


@pytest.mark.parametrize("extra", [{}, {"idle_loss_w": 30.0}, {"resistive_ratio": 0.05}])
def test_charging_ends_full_and_discharging_ends_empty(extra: dict[str, float]) -> None:
    facts = facts_of(a_battery(**extra))
    full, flows = run(facts, BatteryState.new(facts, soc_ratio=0.9), 5000.0, step_s=3600.0)
    assert full.energy_wh[0] == pytest.approx(10_000.0, rel=1e-12)
    assert 1000.0 < flows[0].power_w[0] < 1200.0
    empty, flows = run(facts, BatteryState.new(facts, soc_ratio=0.1), -5000.0, step_s=3600.0)
    assert empty.energy_wh[0] == pytest.approx(0.0, abs=1e-9)
    assert -1000.0 < flows[0].power_w[0] < -850.0


def test_an_empty_battery_cannot_feed_its_own_inverter() -> None:
    facts = facts_of(a_battery(idle_loss_w=50.0))
    state, (flow,) = run(facts, BatteryState.new(facts, soc_ratio=0.0), 10.0)
    assert state.energy_wh[0] == 0.0
    assert flow.power_w[0] == flow.loss_w[0] == 10.0


def test_no_homes_is_a_fleet_too() -> None:
    facts = facts_of()
    state, _ = run(facts, BatteryState.new(facts), 100.0)
    assert state.energy_wh.shape == (0,)


def test_cold_and_hot_cells_are_spared() -> None:
    facts = facts_of(*[a_battery()] * 4)
    state = BatteryState.new(facts, temperature_degc=np.array([9.0, 25.0, 37.5, 41.0]))
    _, (charge, discharge) = run(facts, state, 5000.0, step_s=1.0)[0], run(facts, state, 5000.0, -5000.0, step_s=1.0)[1]
    assert charge.power_w == pytest.approx([2500.0, 5000.0, 2500.0, 0.0])
    assert discharge.power_w == pytest.approx([-3750.0, -5000.0, -5000.0, -5000.0], rel=1e-3)


@given(st.floats(19.0, 30.0), st.floats(0.0, 4000.0), st.floats(1.0, 3600.0))
def test_two_half_steps_warm_like_one(ambient_degc: float, power_w: float, step_s: float) -> None:
    facts = facts_of(a_battery())
    state = BatteryState.new(facts, soc_ratio=0.3, temperature_degc=25.0)
    whole, _ = run(facts, state, power_w, ambient_degc=ambient_degc, step_s=step_s)
    halves, _ = run(facts, state, power_w, power_w, ambient_degc=ambient_degc, step_s=step_s / 2)
    assert halves.temperature_degc == pytest.approx(whole.temperature_degc, abs=1e-9)
    assert halves.energy_wh == pytest.approx(whole.energy_wh, rel=1e-12)


def test_long_steps_end_at_rest() -> None:
    facts = facts_of(a_battery())
    state, _ = run(facts, BatteryState.new(facts, temperature_degc=60.0), 0.0, ambient_degc=12.0, step_s=1e7)
    assert state.temperature_degc[0] == pytest.approx(12.0)


def test_an_hour_at_full_power_warms_by_some_kelvin() -> None:
    """10 kWh at 5 kW and 90 %: 257 W of loss, half of it in the cells; they rise by 13 K if it never ended."""
    facts = facts_of(a_battery(round_trip_ratio=0.90))
    state, _ = run(facts, BatteryState.new(facts, soc_ratio=0.1), 5000.0, step_s=3600.0)
    assert 3.0 < state.temperature_degc[0] - 20.0 < 6.0


def test_sensors_tell_level_health_and_cycles() -> None:
    facts = facts_of(a_battery(round_trip_ratio=1.0))
    state, _ = run(facts, BatteryState.new(facts, soc_ratio=0.0), 5000.0, 5000.0, -5000.0, -5000.0, step_s=3600.0)
    told = battery.sensors(facts, state)
    assert set(told) <= QUANTITIES
    assert told["cycles_count"][0] == pytest.approx(1.0)
    assert told["soc_ratio"][0] == pytest.approx(0.0, abs=1e-12)
    assert told["soh_ratio"][0] == 1.0
