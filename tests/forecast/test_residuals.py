import numpy as np
import pytest

from enerwise.forecast.residuals import LEAST_ERRORS, LEVELS, band, error_quantiles


def test_quantiles_are_those_of_the_errors_of_a_slot_and_its_neighbours() -> None:
    slot = np.tile(np.arange(4), 50)
    error = np.random.default_rng(1).normal(0.0, 1.0, slot.size) + 10.0 * slot
    found = error_quantiles(error, slot, 4)
    pooled = error[np.isin(slot, (0, 1, 2))]
    assert found[:, 1] == pytest.approx(np.quantile(pooled, LEVELS))


def test_the_first_and_the_last_slot_of_a_day_are_neighbours() -> None:
    slot = np.tile(np.arange(6), 50)
    found = error_quantiles(np.where(slot == 5, 7.0, 0.0), slot, 6)
    assert found[-1, 0] == 7.0 and found[-1, 2] == 0.0


def test_a_slot_with_few_errors_takes_those_of_all() -> None:
    slot = np.concatenate([np.zeros(40, dtype=np.int64), [3]])
    error = np.concatenate([np.linspace(-1.0, 1.0, 40), [50.0]])
    assert error_quantiles(error, slot, 6)[:, 3] == pytest.approx(np.quantile(error, LEVELS))


def test_gaps_are_no_errors() -> None:
    error = np.array([np.nan] * 20 + [1.0] * 20)
    assert np.all(error_quantiles(error, np.tile(np.arange(2), 20), 2) == 1.0)


@pytest.mark.parametrize("count", [0, 1, LEAST_ERRORS - 1])
def test_hardly_any_errors_say_nothing(count: int) -> None:
    assert not error_quantiles(np.ones(count), np.zeros(count, dtype=np.int64), 3).any()


def test_a_band_never_crosses_itself_however_it_is_scaled() -> None:
    quantiles = np.linspace(-1.0, 1.0, LEVELS.size)[:, None] * np.ones((1, 3))
    found = band(np.zeros(3), quantiles, np.array([0, 1, 2]), np.array([1.0, 0.5, -2.0]))
    assert np.all(np.diff(found, axis=0) >= 0)
    assert found[-1].tolist() == [1.0, 0.5, 2.0]
