import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.units import FloatArray
from enerwise.forecast.finer import FINER, finer
from enerwise.forecast.frame import QUANTILES

FANS = st.lists(st.floats(-1e6, 1e6), min_size=19, max_size=19).map(lambda each: np.sort(np.array(each)))


@given(fan=FANS)
def test_what_was_learned_stays_and_nothing_crosses(fan: FloatArray) -> None:
    told = finer(fan)
    assert told.shape == (99,) and (np.diff(told) >= -1e-9 * np.abs(fan).max()).all()
    np.testing.assert_allclose(told[np.isin(np.round(FINER * 100), np.round(QUANTILES * 100))], fan, atol=1e-9)


@given(fan=FANS)
def test_a_tail_never_changes_its_sign(fan: FloatArray) -> None:
    told = finer(fan)
    assert fan[0] < 0 or told.min() >= 0.0
    assert fan[-1] > 0 or told.max() <= 0.0


def test_silence_stays_silent() -> None:
    assert np.isnan(finer(np.full((2, 3, 19), np.nan))).all()
