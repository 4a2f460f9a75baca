"""Do the derating lines, shared by twin and guard (`enerwise.site.derating`), go through their published points?"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.site.derating import Line, charge_derating_ratio, discharge_derating_ratio


def test_charge_line_goes_through_its_points() -> None:
    at_degc = np.array([-10.0, 0.0, 9.0, 18.0, 35.0, 37.5, 40.0, 60.0])
    assert charge_derating_ratio(at_degc).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0, 0.5, 0.0, 0.0]


def test_discharge_line_goes_through_its_points() -> None:
    at_degc = np.array([-10.0, 0.0, 6.0, 12.0, 45.0, 50.0, 55.0, 60.0])
    assert discharge_derating_ratio(at_degc).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0, 0.5, 0.0, 0.0]


@given(st.floats(18.0, 35.0))
def test_comfortable_cells_have_exactly_everything(temperature_degc: float) -> None:
    """The twin skips both lines where all cells are comfortable; that is only allowed because this holds."""
    at_degc = np.array([temperature_degc])
    assert charge_derating_ratio(at_degc)[0] == discharge_derating_ratio(at_degc)[0] == 1.0


@given(st.floats(-100.0, 200.0))
def test_lines_agree_with_a_table_look_up(temperature_degc: float) -> None:
    at_degc = np.array([temperature_degc])
    assert charge_derating_ratio(at_degc) == pytest.approx(np.interp(at_degc, [0, 18, 35, 40], [0, 1, 1, 0]), abs=1e-12)
    assert discharge_derating_ratio(at_degc) == pytest.approx(
        np.interp(at_degc, [0, 12, 45, 55], [0, 1, 1, 0]), abs=1e-12
    )


def test_unknown_temperature_stays_unknown() -> None:
    assert np.isnan(charge_derating_ratio(np.array([np.nan]))).all()


def test_a_line_that_does_not_rise_is_refused() -> None:
    with pytest.raises(ValueError, match="does not rise"):
        Line(0.0, 0.0, 35.0, 40.0, source="nowhere")
