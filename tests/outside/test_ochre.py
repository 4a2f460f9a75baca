"""Around OCHRE: what the controller of a home makes of what was measured, without the simulator."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

HERE = Path(__file__).parents[2] / "bench" / "outside" / "ochre"
sys.path.insert(0, str(HERE))

from home_control import (  # type: ignore[import-not-found]  # noqa: E402
    BAND_K,
    Controller,
    Past,
    performance,
    price_eur_per_kwh,
)

STEP_S, PER_DAY = 600, 144
PLATES: dict[str, Any] = {
    "step_s": STEP_S, "steps": 15 * PER_DAY, "water_l": 170.0, "water_max_degc": 60.0, "water_set_degc": 51.7,
    "water_band_k": 5.56, "water_w": 5500.0, "vehicle_kwh": 32.5, "vehicle_w": 11_500.0,
}  # fmt: skip


def a_home(days: int = 6, *, vehicle_left_s: float = 0.0, outdoor_degc: float = 0.0) -> Controller:
    """A house of one capacity, warmed to 21.5 by day and 18.5 by night, as a thermostat would; tells the controller."""
    controller, indoor_degc = Controller(PLATES), 20.0
    for step in range(days * PER_DAY):
        hour = step / 6 % 24
        outside_degc = outdoor_degc + 5 * np.sin((hour - 9) / 24 * 2 * np.pi)
        low_degc = 21.5 if 6 <= hour < 22 else 18.5
        heat_w = float(np.clip(200 * (low_degc - outside_degc) + 9000 * (low_degc - indoor_degc), 0.0, 12e3))
        indoor_degc += (heat_w - 200 * (indoor_degc - outside_degc)) / 4000 / 6
        controller.see(
            {
                "indoor_degc": indoor_degc, "outdoor_degc": outside_degc, "sun_w": 0.0, "low_degc": low_degc,
                "high_degc": 24.5, "heat_w": heat_w, "cold_w": 0.0, "heating_kw": heat_w / 2500, "cooling_kw": 0.0,
                "water_top_degc": 52.0, "water_bottom_degc": 50.0, "outlet_degc": 52.0, "drawn_w": 300.0,
                "vehicle_left_s": vehicle_left_s, "vehicle_soc": 0.4,
            }
        )  # fmt: skip
    return controller


def test_the_tariff_is_three_to_one() -> None:
    price = price_eur_per_kwh(np.arange(48) * 1800)
    assert price.max() / price.min() == pytest.approx(3.0)
    assert np.flatnonzero(price == price.max()).tolist() == list(range(32, 42))


def test_what_lies_ahead_is_a_day_that_was() -> None:
    past = Past(STEP_S)
    for step in range(2 * PER_DAY):
        past.take({"indoor_degc": 20.0, "value": float(step)})
    ahead = past.ahead("value")
    assert ahead.shape == (72,)
    assert ahead[0] == pytest.approx(PER_DAY + 1.0)
    assert ahead[48:].tolist() == ahead[:24].tolist()


def test_performance_is_found_from_heat_and_power() -> None:
    outdoor_degc = np.linspace(-10.0, 10.0, 200)
    power_kw = np.full(200, 2.0)
    found = performance(power_kw, 2e3 * (3.0 + 0.05 * outdoor_degc), outdoor_degc)
    assert found.cop_at(0.0) == pytest.approx(3.0, abs=0.02)
    assert found.cop_at(8.0) == pytest.approx(3.4, abs=0.02)
    assert found.power_max_w == pytest.approx(2000.0)


def test_help_of_a_resistance_heater_is_not_taken_for_the_heat_pump() -> None:
    outdoor_degc = np.linspace(-10.0, 10.0, 200)
    power_kw, heat_w = np.full(200, 2.0), np.full(200, 6000.0)
    power_kw[:5], heat_w[:5] = 9.0, 13_000.0
    assert performance(power_kw, heat_w, outdoor_degc).power_max_w == pytest.approx(2000.0)


@pytest.fixture(scope="module")
def learned() -> Controller:
    controller = a_home()
    controller.learn()
    return controller


def test_the_house_is_identified_from_its_own_days(learned: Controller) -> None:
    assert learned.fitted is not None
    assert learned.fitted.held_out_k < 0.2
    assert learned.fitted.building.outdoor_w_per_k.sum() == pytest.approx(200.0, rel=0.1)


def test_heats_before_the_dear_hours_and_rests_in_them(learned: Controller) -> None:
    """Planned at midnight: less power from four to nine than in the hours before."""
    values = learned.act()
    assert values["heat_degc"] >= 18.5 - BAND_K
    problem_hvac_w = learned.plan_of["hvac_w"]
    dear = price_eur_per_kwh(np.arange(72) * 1800) > 0.4
    assert problem_hvac_w[24:32].mean() > 2 * problem_hvac_w[32:42].mean()
    assert problem_hvac_w[dear].mean() < problem_hvac_w[~dear].mean()


def test_a_vehicle_is_told_nothing_dear_while_cheap_hours_are_left() -> None:
    controller = a_home(vehicle_left_s=8 * 3600.0)
    controller.learn()
    controller.start_s = 20 * 3600
    controller.act()
    assert controller.plan_of["vehicle_w"][:2].max() < 1.0
    assert controller.plan_of["vehicle_w"].sum() * 0.5 * 0.9 == pytest.approx(0.6 * 32.5e3, rel=1e-3)
