"""The linear map finds a linear law, follows a level it never saw, and keeps its published error."""

import numpy as np
import pytest

from enerwise.forecast.linear import fit, scores, windows


def waves(count: int, level: float = 0.0) -> np.ndarray:
    at = np.arange(count)
    return np.stack([np.sin(at * 0.3), np.cos(at * 0.3), np.sin(at * 0.11)], axis=1) + level


def test_a_linear_law_is_found_and_told_at_another_level() -> None:
    model = fit(waves(600), waves(200), look_back=40, horizon=10)
    mse, mae = scores(model, waves(200, level=50.0), look_back=40, horizon=10)
    assert mse < 1e-4 and mae < 1e-2


def test_windows_do_not_see_what_they_are_to_tell() -> None:
    past, future = windows(np.arange(20.0)[:, None], 5, 3)
    assert past.shape == (13, 5) and (future[:, 0] == past[:, -1] + 1).all()


def test_too_short_a_series_is_refused() -> None:
    with pytest.raises(ValueError, match="hold no window"):
        windows(np.zeros((6, 1)), 5, 3)


def test_etth1_four_days_ahead_reaches_its_bar() -> None:
    from bench import long_horizon

    if not long_horizon.FILE.exists():
        pytest.skip(f"{long_horizon.FILE} is absent")
    train, validation, test = long_horizon.parts()
    mse, _ = scores(fit(train, validation, look_back=336, horizon=96), test, look_back=336, horizon=96)
    assert mse <= 0.370
