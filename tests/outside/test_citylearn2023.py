"""Around CityLearn 2023: what the controller asks of batteries and cooling, hour by hour."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench" / "outside" / "citylearn2023"))

from homes import Controller, Settings  # type: ignore[import-not-found]

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
    hour: int, *, soc_ratio: np.ndarray, load_kw: float | None = None, is_out: bool = False
) -> dict[str, list[float]]:
    """Two homes, alike but for their size: an evening peak, sun at noon, cooling in the afternoon."""
    of_day = hour % 24
    load = 0.4 + 1.6 * (of_day in (18, 19, 20)) if load_kw is None else load_kw
    return {
        "outdoor_dry_bulb_temperature": [28.0],
        "carbon_intensity": [0.4 + 0.1 * np.cos(of_day / 24 * 2 * np.pi)],
        "non_shiftable_load": [load, 1.5 * load],
        "solar_generation": [max(0.0, np.sin((of_day - 6) / 12 * np.pi))] * 2,
        "dhw_demand": [0.0, 0.0],
        "cooling_demand": [2.0 * (12 <= of_day < 17), 0.0],
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
        at_rest, _ = controller.idle({name: np.array(each) for name, each in told.items()})
        soc_ratio = np.clip(soc_ratio + power_kw / FACTS["capacity_kwh"], 0.0, 1.0)
        idle.append(at_rest)
        net.append(at_rest + power_kw)
    return np.array(net), np.array(idle), controller


def test_the_sum_gets_steadier_and_lower_where_every_day_is_the_same() -> None:
    net, idle, _ = driven(24 * 5)
    later, rest = net[48:].sum(axis=1), idle[48:].sum(axis=1)
    assert np.abs(np.diff(later)).sum() < 0.8 * np.abs(np.diff(rest)).sum()
    assert later.max() < 0.9 * rest.max()


def test_what_comes_later_changes_nothing_before_it() -> None:
    one, two = driven(70)[0], driven(70, later_kw=3.0)[0]
    assert np.array_equal(one[:60], two[:60]) and not np.array_equal(one[60:], two[60:])


def test_cooling_gives_what_is_asked_for() -> None:
    """At 28 degC the device takes 20 K / (281 K x 0.25) of what it gives."""
    action = Controller([FACTS, FACTS], 720).act(seen(13, soc_ratio=np.array([0.5, 0.5])))
    assert action["cooling_device"].tolist() == pytest.approx([2.0 * 20.0 / (281.15 * 0.25) / 2.0, 0.0])


def test_an_outage_is_met_from_the_battery_and_the_reserve_is_there_for_it() -> None:
    controller = Controller([FACTS, FACTS], 720, Settings(reserve_ratio=0.3))
    low = np.array([0.5, 0.5])
    kept = controller.act(seen(19, soc_ratio=low))["electrical_storage"]
    given = controller.act(seen(20, soc_ratio=low, is_out=True))["electrical_storage"]
    assert np.all(kept > -0.01)
    assert given.tolist() == pytest.approx([-2.0 / 3.0, -3.0 / 3.0])
