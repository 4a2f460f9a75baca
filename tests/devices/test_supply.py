import numpy as np
import pytest

from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray
from enerwise.devices.supply import Supply, from_frame
from tests.builders import a_grid, a_site

NAN = float("nan")


def recorded(load_w: FloatArray, sun_w: FloatArray | None = None, *, step_s: int = 3600) -> tuple[Frame, TimeGrid]:
    grid = a_grid(step_s=step_s, steps=load_w.size)
    columns = {Key("home", POWER_W): load_w}
    if sun_w is not None:
        columns[Key("roof", AVAILABLE_POWER_W)] = sun_w
    return Frame.of(grid.starts_utc, columns), grid


def test_what_is_whole_stays_as_it_is() -> None:
    load_w, sun_w = np.arange(48.0), -np.arange(48.0)
    frame, grid = recorded(load_w, sun_w)
    supply = from_frame(a_site(), frame, grid)
    assert supply.load_w["home"].tolist() == load_w.tolist()
    assert supply.available_w["roof"].tolist() == sun_w.tolist()
    assert supply.grid == grid


@pytest.mark.parametrize("step_s", [900, 1800, 3600])
def test_a_gap_repeats_the_same_time_of_the_day_before(step_s: int) -> None:
    per_day = 86_400 // step_s
    load_w = np.arange(2.0 * per_day)
    holed_w = load_w.copy()
    holed_w[per_day + 5 : per_day + 9] = NAN
    frame, grid = recorded(holed_w, step_s=step_s)
    filled_w = from_frame(a_site(), frame, grid).load_w["home"]
    assert filled_w[per_day + 5 : per_day + 9].tolist() == load_w[5:9].tolist()
    assert filled_w[per_day + 9 :].tolist() == load_w[per_day + 9 :].tolist()
    assert np.isnan(frame.value[per_day + 5, 0]), "forecasts still see the gap"


def test_a_gap_of_several_days_repeats_the_last_day_there_was() -> None:
    load_w = np.arange(24.0 * 5)
    load_w[20 : 24 * 4 + 3] = NAN
    frame, grid = recorded(load_w)
    filled_w = from_frame(a_site(), frame, grid).load_w["home"]
    assert np.isfinite(filled_w).all()
    for day in range(1, 4):
        assert filled_w[24 * day : 24 * day + 20].tolist() == list(range(20))
    assert filled_w[20:24].tolist() == [0.0] * 4, "before the first day nothing is known"
    assert filled_w[24 * 4 : 24 * 4 + 3].tolist() == [0.0, 1.0, 2.0]
    assert filled_w[24 * 4 + 3] == 24 * 4 + 3


def test_a_channel_that_was_never_recorded_is_zero() -> None:
    frame, grid = recorded(np.ones(24))
    supply = from_frame(a_site(), frame, grid)
    assert supply.available_w["roof"].tolist() == [0.0] * 24


def test_a_column_of_nothing_but_gaps_is_zero() -> None:
    frame, grid = recorded(np.full(30, NAN))
    assert from_frame(a_site(), frame, grid).load_w["home"].tolist() == [0.0] * 30


def test_air_is_one_temperature_or_one_for_each_step() -> None:
    grid = a_grid(steps=2)
    assert Supply(grid, {}, {}).ambient_at(1) == 20.0
    assert Supply(grid, {}, {}, np.array([5.0, 7.0])).ambient_at(1) == 7.0
