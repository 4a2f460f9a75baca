"""Buildings from data: known zones are found again, also through noise and gaps; what cannot be learned is refused."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.units import FloatArray
from enerwise.physics.building import Building, advance, one_node, two_nodes
from enerwise.physics.building_fit import Fitted, fit


@dataclass(frozen=True)
class Record:
    indoor_degc: FloatArray
    heat_w: FloatArray
    outdoor_degc: FloatArray
    irradiance_w_per_m2: FloatArray


def a_record(
    building: Building, *, days: int = 10, seed: int = 0, aperture_m2: float = 4.0, gain_w: float = 300.0
) -> Record:
    """A thermostat with night setback in a cool spring, half-hours."""
    rng, steps = np.random.default_rng(seed), days * 48
    hour = np.arange(steps) / 2 % 24
    outdoor = 5.0 + 5.0 * np.sin((hour - 9) / 12 * np.pi) + rng.standard_normal(steps).cumsum() * 0.15
    sun = np.maximum(0.0, np.sin((hour - 6) / 12 * np.pi)) * np.repeat(rng.uniform(50.0, 700.0, days), 48)
    exact, nodes = building.discrete(1800.0), building.capacity_wh_per_k.size
    node_degc, indoor, heat = np.full(nodes, 20.0), np.zeros(steps), np.zeros(steps)
    for step in range(steps):
        indoor[step] = node_degc[0]
        wanted = 21.0 if 6 <= hour[step] < 22 else 18.0
        heat[step] = 9000.0 if node_degc[0] < wanted else 0.0
        into = np.zeros(nodes)
        into[0] = heat[step] + gain_w + aperture_m2 * sun[step]
        node_degc = advance(building, exact, node_degc, into, outdoor[step])
    return Record(indoor, heat, outdoor, sun)


def fitted(record: Record, *, nodes: int) -> Fitted:
    drives = record.heat_w, record.outdoor_degc, record.irradiance_w_per_m2
    return fit("living", record.indoor_degc, *drives, step_s=1800.0, nodes=nodes)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 999), loss=st.floats(80.0, 400.0), capacity=st.floats(2000.0, 12_000.0))
def test_a_zone_of_one_node_is_found_again(seed: int, loss: float, capacity: float) -> None:
    found = fitted(a_record(one_node("living", loss_w_per_k=loss, capacity_wh_per_k=capacity), seed=seed), nodes=1)
    assert found.building.outdoor_w_per_k[0] == pytest.approx(loss, rel=0.01)
    assert found.building.capacity_wh_per_k[0] == pytest.approx(capacity, rel=0.01)
    assert found.aperture_m2 == pytest.approx(4.0, rel=0.02) and found.gain_w == pytest.approx(300.0, abs=30.0)
    assert found.held_out_k < 0.02


def test_a_zone_with_mass_is_found_again_through_noise_and_gaps() -> None:
    true = two_nodes("living", loss_w_per_k=180.0, air_wh_per_k=1200.0, mass_wh_per_k=9000.0, exchange_w_per_k=700.0)
    record = a_record(true)
    rng = np.random.default_rng(1)
    noisy = record.indoor_degc + 0.05 * rng.standard_normal(record.indoor_degc.size)
    noisy[100:120] = np.nan
    found = fitted(Record(noisy, record.heat_w, record.outdoor_degc, record.irradiance_w_per_m2), nodes=2)
    assert found.building.outdoor_w_per_k[0] == pytest.approx(180.0, rel=0.03)
    assert found.building.capacity_wh_per_k == pytest.approx(np.array([1200.0, 9000.0]), rel=0.1)
    assert found.building.between_w_per_k[0, 1] == pytest.approx(700.0, rel=0.1)
    assert found.mass_degc == pytest.approx(20.0, abs=0.3)
    assert found.held_out_k < 0.08


def test_two_nodes_foretell_a_massive_zone_better_than_one() -> None:
    record = a_record(
        two_nodes("living", loss_w_per_k=180.0, air_wh_per_k=1200.0, mass_wh_per_k=9000.0, exchange_w_per_k=700.0)
    )
    assert fitted(record, nodes=2).held_out_k < 0.3 * fitted(record, nodes=1).held_out_k


def test_what_cannot_be_learned_is_refused() -> None:
    record = a_record(one_node("living", loss_w_per_k=150.0, capacity_wh_per_k=5000.0))
    whole = (record.indoor_degc, record.heat_w, record.outdoor_degc, record.irradiance_w_per_m2)
    for facts, words in (
        (tuple(each[:100] for each in whole), "too few"),
        ((whole[0], whole[1], whole[2], whole[3][1:]), "differ in length"),
        ((whole[0], 0.0 * whole[1], whole[2], whole[3]), "never heated"),
        ((whole[0], np.nan * whole[1], whole[2], whole[3]), "fill the gaps"),
    ):
        with pytest.raises(ValueError, match=words):
            fit("living", *facts, step_s=1800.0)
    with pytest.raises(ValueError, match="not 3"):
        fitted(record, nodes=3)
