"""Engines, turbines and appliances: never beyond their limits, and many at once do what each does alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.physics import generator, wind
from enerwise.physics.appliance import run_program, switch
from enerwise.physics.generator import Engine

ENGINE = Engine(1500.0, 6000.0, 900.0, 2.4, fuel_start_wh=250.0, heat_ratio=0.45)


@given(seed=st.integers(0, 999), count=st.integers(1, 9), step_s=st.sampled_from([60.0, 900.0, 3600.0]))
def test_engines_deliver_within_their_range_and_burn_more_than_they_deliver(
    seed: int, count: int, step_s: float
) -> None:
    rng = np.random.default_rng(seed)
    asked_w, was_on = rng.uniform(-9000.0, 2000.0, count), rng.random(count) < 0.5
    taken_w, on, fuel_wh, heat_wh = generator.step(ENGINE, asked_w, was_on, step_s=step_s)
    delivered_w = -taken_w
    assert np.all((delivered_w == 0) == ~on) and np.all(delivered_w <= 6000.0)
    assert np.all(delivered_w[on] >= 1499.5) and np.all(delivered_w <= np.maximum(-asked_w, 0.0) + 1e-9)
    assert np.all(fuel_wh * (1 - ENGINE.heat_ratio) >= delivered_w * step_s / 3600.0 - 1e-9)
    assert np.allclose(heat_wh, 0.45 * fuel_wh)
    for at in range(count):
        alone = generator.step(ENGINE, asked_w[at : at + 1], was_on[at : at + 1], step_s=step_s)
        assert [each[0] for each in alone] == [taken_w[at], on[at], fuel_wh[at], heat_wh[at]]


@given(available_w=st.floats(-9000.0, 0.0), ceiling_w=st.floats(-10.0, 9000.0))
def test_a_turbine_delivers_no_more_than_there_is_and_than_it_may(available_w: float, ceiling_w: float) -> None:
    (taken_w,) = wind.step(np.array([available_w]), ceiling_w)
    assert available_w <= taken_w <= 0.0 and -taken_w <= max(ceiling_w, 0.0)


@given(sequence=st.lists(st.floats(0.0, 3000.0), min_size=1, max_size=6), begins=st.integers(0, 8), asks=st.booleans())
def test_a_program_runs_through_once_whatever_is_asked_later(sequence: list[float], begins: int, asks: bool) -> None:
    sequence_w, position, taken = np.array(sequence), np.array([-1]), []
    for step in range(20):
        position, now_w = run_program(sequence_w, position, np.array([step == begins or (asks and step > begins)]))
        taken.append(float(now_w[0]))
    assert taken == [0.0] * begins + sequence + [0.0] * (20 - begins - len(sequence))


def test_a_switched_load_takes_all_or_nothing() -> None:
    assert switch(1000.0, np.array([0.0, 499.0, 500.0, 2000.0, -5.0])).tolist() == [0.0, 0.0, 1000.0, 1000.0, 0.0]
