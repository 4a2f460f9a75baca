"""Dead reckoning: a level that stands still is not believed for ever."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.quantity import ENERGY_WH, SOC_RATIO
from enerwise.core.series import Key
from enerwise.door.reckoning import HOUR_NS, reckoned, with_reckoned
from tests.builders import a_battery

BATTERY = a_battery()
LEVEL = Key("battery", ENERGY_WH)


def test_a_level_that_moves_is_believed() -> None:
    before = reckoned(None, BATTERY, {LEVEL: 5000.0}, 3000.0, 0)
    after = reckoned(before, BATTERY, {LEVEL: 5100.0}, 3000.0, HOUR_NS)
    assert after.energy_wh == 5100.0


def test_a_level_that_stands_still_moves_by_what_the_battery_was_told() -> None:
    before = reckoned(None, BATTERY, {LEVEL: 5000.0}, math.nan, 0)
    charged = reckoned(before, BATTERY, {LEVEL: 5000.0}, 1000.0, HOUR_NS)
    assert charged.energy_wh == pytest.approx(5000.0 + 1000.0 * 0.9**0.5)
    drained = reckoned(before, BATTERY, {LEVEL: 5000.0}, -1000.0, HOUR_NS)
    assert drained.energy_wh == pytest.approx(5000.0 - 1000.0 / 0.9**0.5)


def test_a_battery_that_is_left_to_itself_is_believed() -> None:
    before = reckoned(None, BATTERY, {LEVEL: 5000.0}, math.nan, 0)
    assert reckoned(before, BATTERY, {LEVEL: 5000.0}, math.nan, HOUR_NS).energy_wh == 5000.0


@given(st.lists(st.tuples(st.floats(-5000, 5000), st.integers(1, HOUR_NS // 10)), max_size=20))
def test_steps_add_up_whatever_their_length(steps: list[tuple[float, int]]) -> None:
    found, at_ns, expected_wh = reckoned(None, BATTERY, {LEVEL: 6000.0}, 0.0, 0), 0, 6000.0
    for power_w, length_ns in steps:
        at_ns += length_ns
        found = reckoned(found, BATTERY, {LEVEL: 6000.0}, power_w, at_ns)
        expected_wh += power_w * (0.9**0.5 if power_w > 0 else 0.9**-0.5) * length_ns / HOUR_NS
    assert found.energy_wh == pytest.approx(expected_wh, abs=1e-6)


def test_only_what_the_battery_tells_is_replaced() -> None:
    found = {"battery": reckoned(None, BATTERY, {LEVEL: 5000.0}, 0.0, 0)}
    assert with_reckoned({}, found) == {}
    assert with_reckoned({Key("battery", SOC_RATIO): 0.4}, found)[LEVEL] == 5000.0
    unknown = {"battery": reckoned(None, BATTERY, {}, 0.0, 0)}
    assert with_reckoned({LEVEL: 5000.0}, unknown) == {LEVEL: 5000.0}
