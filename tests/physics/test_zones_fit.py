"""Rooms that warm each other: what was put in comes out, a plan may trust it, and what cannot be learned is refused."""

from typing import Any

import numpy as np
import pytest

from enerwise.core.units import FloatArray
from enerwise.physics.building import Building, advance
from enerwise.physics.building_fit import fit
from enerwise.physics.zones_fit import FittedZones, fit_zones

NAMES = ("office", "meeting", "store")
TRUE = Building(
    np.array([900.0, 700.0, 1500.0]),
    np.array([[0.0, 60.0, 0.0], [60.0, 0.0, 25.0], [0.0, 25.0, 0.0]]),
    np.array([35.0, 20.0, 50.0]),
    NAMES,
)
STEP_S = 1800.0


def a_record(*, days: int = 14, noise_k: float = 0.0) -> dict[str, FloatArray]:
    """Thermostats at different temperatures and times; the store is not heated."""
    rng, steps = np.random.default_rng(3), days * 48
    hour = np.arange(steps) / 2 % 24
    outdoor = 4.0 + 5.0 * np.sin((hour - 9) / 12 * np.pi) + rng.standard_normal(steps).cumsum() * 0.15
    sun = np.maximum(0.0, np.sin((hour - 6) / 12 * np.pi)) * np.repeat(rng.uniform(50.0, 600.0, days), 48)
    exact, degc = TRUE.discrete(STEP_S), np.array([20.0, 19.0, 14.0])
    indoor, heat = np.zeros((3, steps)), np.zeros((3, steps))
    aperture, gain = np.array([1.5, 0.8, 0.3]), np.array([120.0, 40.0, 10.0])
    for step in range(steps):
        indoor[:, step] = degc
        wanted = np.array([21.0 if 7 <= hour[step] < 18 else 17.0, 22.0 if 10 <= hour[step] < 14 else 16.0, -50.0])
        heat[:, step] = np.where(degc < wanted, [2000.0, 1500.0, 0.0], 0.0)
        degc = advance(TRUE, exact, degc, heat[:, step] + gain + aperture * sun[step], outdoor[step])
    indoor = indoor + noise_k * rng.standard_normal(indoor.shape)
    return {"indoor_degc": indoor, "heat_w": heat, "outdoor_degc": outdoor, "irradiance_w_per_m2": sun}


def fitted(record: dict[str, FloatArray], **more: Any) -> FittedZones:
    return fit_zones(NAMES, *record.values(), step_s=STEP_S, **more)


def test_rooms_and_what_flows_between_them_are_found_again() -> None:
    found = fitted(a_record(), neighbours=[("office", "meeting"), ("store", "meeting")])
    assert found.building.outdoor_w_per_k == pytest.approx(TRUE.outdoor_w_per_k, rel=0.02)
    assert found.building.capacity_wh_per_k == pytest.approx(TRUE.capacity_wh_per_k, rel=0.02)
    np.testing.assert_allclose(found.building.between_w_per_k, TRUE.between_w_per_k, rtol=0.02, atol=1e-9)
    assert found.aperture_m2 == pytest.approx([1.5, 0.8, 0.3], rel=0.1)
    assert found.held_out_k.max() < 0.02


def test_through_noise_a_wall_that_is_none_is_found_to_be_thin() -> None:
    record = a_record(noise_k=0.1)
    record["indoor_degc"][1, 100:140] = np.nan
    found = fitted(record)
    between = found.building.between_w_per_k
    assert between[0, 1] == pytest.approx(60.0, rel=0.15) and between[1, 2] == pytest.approx(25.0, rel=0.25)
    assert between[0, 2] < 5.0
    assert found.held_out_k.max() < 0.25


def test_a_room_by_itself_foretells_worse_than_with_its_neighbours() -> None:
    record = a_record(noise_k=0.05)
    together = fitted(record)
    alone = fit("meeting", record["indoor_degc"][1], record["heat_w"][1], record["outdoor_degc"],
                record["irradiance_w_per_m2"], step_s=STEP_S, nodes=1)  # fmt: skip
    assert together.held_out_k[1] < 0.5 * alone.held_out_k


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"heat_w": np.zeros((3, 672))}, "no room was heated"),
        ({"heat_w": np.zeros((2, 672))}, "expected"),
        ({"outdoor_degc": np.full(672, np.nan)}, "fill the gaps"),
        ({"irradiance_w_per_m2": np.zeros(5)}, "differ in length"),
    ],
)
def test_what_nothing_can_be_learned_from_is_refused(wrong: dict[str, FloatArray], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        fitted(a_record() | wrong)


def test_too_short_records_and_strange_neighbours_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        fitted(a_record(days=3))
    with pytest.raises(ValueError, match="kitchen is named"):
        fitted(a_record(), neighbours=[("office", "kitchen")])
    with pytest.raises(ValueError, match="name of its own"):
        fit_zones(("a", "a", "b"), *a_record().values(), step_s=STEP_S)


def test_who_has_walls_is_one_of_the_rooms() -> None:
    with pytest.raises(ValueError, match="attic is told to have walls and is none of office, meeting, store"):
        fitted(a_record(days=5), heavy=["attic"])
