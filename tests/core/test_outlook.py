"""Forecasts do not cross, plans have one shape: neither can be built wrong."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.outlook import BrokenWish, Forecast, Law
from tests.builders import a_forecast, a_grid, a_plan


@given(
    level=st.lists(st.floats(0.01, 0.99), min_size=1, max_size=6, unique=True),
    paths=st.lists(st.floats(-1e4, 1e4), min_size=18, max_size=18),
    asked=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_higher_level_is_never_below_a_lower_one(
    level: list[float], paths: list[float], asked: tuple[float, float]
) -> None:
    template = a_forecast(grid=a_grid(steps=3))
    value = np.sort(np.array(paths).reshape(6, 3)[: len(level)], axis=0)
    forecast = Forecast(template.key, template.grid, template.issued_at, np.array(sorted(level)), value, "test")
    low, high = forecast.at_level(min(asked)), forecast.at_level(max(asked))
    rounding = 1e-9 * (1 + np.abs(value).max())
    assert np.all(low <= high + rounding)
    assert np.all((value[0] <= low + rounding) & (high <= value[-1] + rounding))
    for each, path in zip(sorted(level), value, strict=True):
        assert forecast.at_level(each) == pytest.approx(path, abs=1e-6)


def test_a_level_between_two_is_interpolated() -> None:
    forecast = a_forecast(500.0, spread=100.0, grid=a_grid(steps=1))
    assert [forecast.at_level(level)[0] for level in (0.0, 0.1, 0.3, 0.5, 0.9, 1.0)] == pytest.approx(
        [400, 400, 450, 500, 600, 600]
    )
    assert forecast.median[0] == 500.0


def test_a_forecast_leaves_its_paths_alone() -> None:
    template = a_forecast(grid=a_grid(steps=2))
    single = Forecast(template.key, template.grid, template.issued_at, np.array([0.5]), np.ones((1, 2)), "test")
    single.median[:] = 7.0
    assert np.all(single.value == 1.0)


@pytest.mark.parametrize("level", [[], [0.5, 0.5], [0.9, 0.1], [0.0, 0.5], [0.5, 1.0], [np.nan]])
def test_levels_rise_strictly_within_0_and_1(level: list[float]) -> None:
    template = a_forecast(grid=a_grid(steps=2))
    with pytest.raises(ValueError, match="levels must rise"):
        Forecast(template.key, template.grid, template.issued_at, np.array(level), np.zeros((len(level), 2)), "test")


def test_paths_may_not_cross() -> None:
    with pytest.raises(ValueError, match="higher level lies below"):
        a_forecast(spread=-1.0)


def test_a_forecast_has_a_path_for_each_level() -> None:
    template = a_forecast()
    with pytest.raises(ValueError, match="shape"):
        Forecast(template.key, template.grid, template.issued_at, template.level, template.value[:2], "test")


@pytest.mark.parametrize(
    "facts",
    [
        {"power_w": np.zeros((1, 3))},
        {"power_w": np.zeros((2, 4))},
        {"energy_wh": np.zeros((1, 4))},
        {"law": np.zeros((2, 4), np.uint8)},
        {"dual_eur_per_kwh": np.zeros((1, 5))},
        {"grid_target_w": np.zeros(5)},
        {"grid_power_w": np.zeros((4, 1))},
        {"grid_ceiling_w": np.zeros(3)},
    ],
)
def test_a_plan_has_one_shape(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="plan of"):
        replace(a_plan(grid=a_grid(steps=4)), **facts)


def test_a_plan_sums_its_terms() -> None:
    assert a_plan(cost_eur={"import": 2.5, "export": -1.0}).total_eur == 1.5
    assert a_plan({}).total_eur == 0.0


def test_laws_have_the_numbers_that_stored_plans_hold() -> None:
    assert [law.value for law in (Law.FIXED, Law.FOLLOW, Law.ABSORB, Law.COVER)] == [0, 1, 2, 3]


def test_a_broken_wish_reads_as_a_sentence() -> None:
    assert str(BrokenWish("end of battery", 1234.56, "Wh")) == "end of battery: missed by 1235 Wh"
