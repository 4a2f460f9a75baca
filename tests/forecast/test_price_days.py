"""Days of prices: laid out by the clock on the wall, foreseen from days before, wrong as they were wrong before."""

import numpy as np
import pytest

from enerwise.core.time import TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.forecast.price_days import PriceDays, local_day, paths, price_days

ZONE = "Europe/Berlin"


def a_year(days: int = 200, noise: float = 0.0, seed: int = 1) -> FloatArray:
    """Return prices with a shape of the day and cheaper weekends, and errors that last through a day."""
    rng = np.random.default_rng(seed)
    hour, day = np.arange(24), np.arange(days)
    shape = 0.04 + 0.02 * np.sin(hour / 24 * 2 * np.pi)
    weekend = np.where((day + 3) % 7 >= 5, 0.01, 0.0)
    return np.asarray(shape - weekend[:, None] + noise * rng.normal(size=(days, 1)), np.float64)


def test_days_follow_the_clock_on_the_wall_when_it_is_changed() -> None:
    """In spring the hour that is left out lies between its neighbours, in autumn the two become one."""
    for month, expected in ((3, 1.5), (10, 2.5)):
        grid = TimeGrid.between(
            instant(f"2024-{month:02}-01T00:00", ZONE), instant(f"2024-{month + 1:02}-01T00:00", ZONE), 3600
        )
        made = price_days(grid.starts_utc, np.arange(grid.step_count, dtype=np.float64), 3600, ZONE)
        assert np.isfinite(made.price_eur_per_kwh).all()
        change = local_day(instant(f"2024-{month:02}-{31 if month == 3 else 27}T12:00", ZONE), ZONE)
        first = made.at(change)[0]
        assert made.at(change)[2] - first == expected
        assert made.at(change)[23] - first == (22 if month == 3 else 24)


def test_what_repeats_is_foreseen() -> None:
    price = a_year(60)
    found = paths(PriceDays(0, price[:-1]), 59, 20)
    assert found.centre_eur_per_kwh == pytest.approx(price[-1], abs=1e-5)
    assert found.value_eur_per_kwh.shape == (20, 24)


def test_paths_are_the_centre_and_whole_days_of_errors() -> None:
    found = paths(PriceDays(0, a_year(noise=0.01)), 150, 40)
    error = found.value_eur_per_kwh - found.centre_eur_per_kwh
    assert np.corrcoef(error[:, 3], error[:, 15])[0, 1] > 0.9, "hours of a day are wrong together"
    assert found.day.tolist() == list(range(110, 150))


def test_later_days_change_nothing() -> None:
    price = a_year(noise=0.01)
    changed = price.copy()
    changed[150:] = 9.0
    first, second = (paths(PriceDays(0, each), 150, 40) for each in (price, changed))
    assert np.array_equal(first.value_eur_per_kwh, second.value_eur_per_kwh)


def test_errors_are_those_of_a_fit_without_the_day() -> None:
    """The error of one past day equals that of a fit to the others: the coming day is foreseen from them alone."""
    price = a_year(100, noise=0.01)
    found = paths(PriceDays(0, price), 100, 200)
    without, error = price.copy(), []
    from enerwise.forecast.price_days import _features  # The check looks behind the door on purpose.

    feature = _features(without, 100)[12]
    for day in found.day:
        learnt = [each for each in found.day if each != day]
        weight = np.linalg.lstsq(feature[learnt], without[learnt, 12], rcond=None)[0]
        error.append(without[day, 12] - feature[day] @ weight)
    spread = found.value_eur_per_kwh[:, 12] - found.centre_eur_per_kwh[12]
    assert spread == pytest.approx(np.array(error) - np.mean(error), abs=2e-4)


def test_with_little_past_a_day_is_as_the_week_before() -> None:
    price = a_year(20, noise=0.01)
    assert np.array_equal(paths(PriceDays(0, price), 20, 5).centre_eur_per_kwh, price[13])


def test_ones_own_forecast_is_taken_with_its_errors() -> None:
    price = a_year(20)
    found = paths(PriceDays(0, price[:19]), 19, 5, PriceDays(0, price + 0.01))
    assert found.centre_eur_per_kwh == pytest.approx(price[19] + 0.01)
    assert found.value_eur_per_kwh == pytest.approx(np.tile(price[19] + 0.01, (5, 1))), (
        "a steady error is none to weigh"
    )


def test_a_past_that_is_too_short_is_told() -> None:
    with pytest.raises(ValueError, match="have gaps"):
        paths(PriceDays(0, a_year(5)), 5, 5)
    with pytest.raises(ValueError, match="have gaps"):
        paths(PriceDays(0, a_year(50)), 52, 5)
