"""Around CityLearn 2023: what the controller asks of batteries and cooling, hour by hour."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench" / "outside" / "citylearn2023"))

from homes import Controller, Room, Settings  # type: ignore[import-not-found]

FACTS = {
    "capacity_kwh": 4.0,
    "power_kw": 3.0,
    "least_soc_ratio": 0.2,
    "cooling_kw": 2.0,
    "cooling_efficiency": 0.25,
    "cooling_target_degc": 8.0,
    "water_efficiency": 0.9,
}


def seen(
    hour: int, *, soc_ratio: np.ndarray, load_kw: float | None = None, is_out: bool = False, room_degc: float = 15.0
) -> dict[str, list[float]]:
    """Two homes, alike but for their size: an evening peak, sun at noon, cooling in the afternoon."""
    of_day = hour % 24
    load = 0.4 + 1.6 * (of_day in (18, 19, 20)) if load_kw is None else load_kw
    return {
        "outdoor_dry_bulb_temperature": [28.0],
        "direct_solar_irradiance": [0.0],
        "diffuse_solar_irradiance": [0.0],
        "room_degc": [room_degc] * 2,
        "indoor_dry_bulb_temperature_cooling_set_point": [24.0] * 2,
        "carbon_intensity": [0.4 + 0.1 * np.cos(of_day / 24 * 2 * np.pi)],
        "non_shiftable_load": [load, 1.5 * load],
        "solar_generation": [max(0.0, np.sin((of_day - 6) / 12 * np.pi))] * 2,
        "dhw_demand": [0.0, 0.0],
        "cooling_demand": [0.0, 0.0],
        "electrical_storage_soc": soc_ratio.tolist(),
        "power_outage": [float(is_out)] * 2,
    }


def driven(hours: int, *, later_kw: float | None = None) -> tuple[np.ndarray, np.ndarray, Controller]:
    """Return what the homes drew with their batteries and without, kW by the hour; losses are left out."""
    controller, soc_ratio = Controller([FACTS, FACTS], 720), np.array([0.5, 0.5])
    net, idle = [], []
    for hour in range(hours):
        told = seen(hour, soc_ratio=soc_ratio, load_kw=later_kw if hour >= 60 else None)
        power_kw = controller.act(told)["electrical_storage"] * FACTS["power_kw"]
        soc_ratio = np.clip(soc_ratio + power_kw / FACTS["capacity_kwh"], 0.0, 1.0)
        idle.append(controller.idle_kw)
        net.append(controller.idle_kw + power_kw)
    return np.array(net), np.array(idle), controller


def test_the_sum_gets_steadier_and_lower_where_every_day_is_the_same() -> None:
    net, idle, _ = driven(24 * 5)
    later, rest = net[48:].sum(axis=1), idle[48:].sum(axis=1)
    assert np.abs(np.diff(later)).sum() < 0.8 * np.abs(np.diff(rest)).sum()
    assert later.max() < 0.9 * rest.max()


def test_what_comes_later_changes_nothing_before_it() -> None:
    one, two = driven(70)[0], driven(70, later_kw=3.0)[0]
    assert np.array_equal(one[:60], two[:60]) and not np.array_equal(one[60:], two[60:])


def test_a_room_is_learned_and_brought_to_its_set_point() -> None:
    """A room that is heavier and better cooled than expected: after three days it stays within half a kelvin."""
    room, rng = Room(), np.random.default_rng(4)
    truth, temperature, missed = np.array([0.04, 0.3, 0.9, -0.7, 0.4]), 27.0, []
    for hour in range(24 * 5):
        sun = max(0.0, np.sin((hour % 24 - 6) / 12 * np.pi))
        met = np.array([30.0 + 5 * sun - temperature, 0.8 * sun, 0.2 * sun, 0.0, 1.0])
        met[3] = float(np.clip(room.cooling_kwh(met, 24.0 - temperature), 0.0, 8.0))
        change_k = float(met @ truth + 0.05 * rng.normal())
        room.learn(met, change_k)
        temperature += change_k
        missed.append(abs(temperature - 24.0))
    assert max(missed[72:]) < 0.5


def test_a_warm_room_is_cooled_and_a_cool_one_is_not() -> None:
    warm, cool = (
        Controller([FACTS, FACTS], 720).act(seen(13, soc_ratio=np.array([0.5, 0.5]), room_degc=each))["cooling_device"]
        for each in (27.0, 21.0)
    )
    assert np.all(warm > 0.3) and np.all(cool == 0.0)


def test_an_outage_is_met_from_the_battery_and_the_reserve_is_there_for_it() -> None:
    controller = Controller([FACTS, FACTS], 720, Settings(reserve_ratio=0.3))
    low = np.array([0.5, 0.5])
    kept = controller.act(seen(19, soc_ratio=low))["electrical_storage"]
    given = controller.act(seen(20, soc_ratio=low, is_out=True))["electrical_storage"]
    assert np.all(kept > -0.01)
    assert given.tolist() == pytest.approx([-2.0 / 3.0, -3.0 / 3.0])
