"""A trained ladder in a plan's hands: the same forecasts on any grid, honest errors, drawn towards the last hour."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid
from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.backtest import members_of
from enerwise.forecast.drawn import Drawn
from enerwise.forecast.frame import MEDIAN, ColumnFrame
from enerwise.forecast.past import Past
from enerwise.forecast.residuals import LEVELS
from enerwise.forecast.scenarios import outlook
from enerwise.forecast.served import AT_LEVELS, Said, Served, Speaker
from enerwise.forecast.trained import Trained, train

from .column_builders import DAY_MS, START, a_column_frame, a_series

MEMBERS = members_of("load", "naive_1d,naive_7d,ridge")[0]
HORIZON = 48
TRAINED = 60
HOUR = np.timedelta64(3_600_000, "ms")


@pytest.fixture(scope="module")
def frame() -> ColumnFrame:
    return a_column_frame(a_series(70))


@pytest.fixture(scope="module")
def trained(frame: ColumnFrame) -> Trained:
    return train(frame, MEMBERS, START + TRAINED * DAY_MS, HORIZON)


def a_past(frame: ColumnFrame, now: Instant, *, days: int = 42, value: FloatArray | None = None) -> Past:
    """Return the days before a whole hour."""
    end = frame.grid.step_at(now)
    first = end - days * 24
    target = frame.target if value is None else value
    return Past(Key("home", POWER_W), frame.grid.part(first, days * 24), target[first:end])


def test_each_day_is_what_was_foretold_at_its_issue(frame: ColumnFrame, trained: Trained) -> None:
    now = START + (TRAINED + 3) * DAY_MS + 5 * HOUR
    spoken = Speaker(trained).said(frame, now)
    for days in (0, 2, 3):
        issue = START + (TRAINED + days) * DAY_MS
        count = HORIZON if days == 3 else 24
        grid = frame.grid.part(frame.grid.step_at(issue), count)
        foretold = trained.predict(frame.as_of(issue, HORIZON))[:count]
        np.testing.assert_array_equal(spoken.at(grid.starts_utc), foretold)
    before = frame.grid.part((TRAINED - 5) * 24, 24)
    np.testing.assert_array_equal(spoken.at(before.starts_utc), trained.mixed.value[-5, :24])
    for at in (spoken.grid.end_utc, spoken.grid.start_utc - HOUR):
        assert np.isnan(spoken.at(np.array([at]))).all()


def test_every_few_hours_medians_are_looked_at_anew_and_bands_move_with_them(
    frame: ColumnFrame, trained: Trained
) -> None:
    issue = START + (TRAINED + 3) * DAY_MS
    speaker = Speaker(trained)
    before, after = (speaker.said(frame, issue + hours * HOUR) for hours in (5, 7))
    again, tomorrow = frame.grid.part(frame.grid.step_at(issue) + 6, 42), frame.grid.part(frame.grid.step_at(issue), 6)
    np.testing.assert_array_equal(after.at(tomorrow.starts_utc), before.at(tomorrow.starts_utc))
    seen = trained.centre(frame.as_of(issue + 6 * HOUR, HORIZON))[:42]
    now, then = after.at(again.starts_utc), before.at(again.starts_utc)
    np.testing.assert_allclose(now[:, MEDIAN], seen)
    np.testing.assert_allclose(np.ptp(now, axis=1), np.ptp(then, axis=1), atol=0.1)
    assert np.abs(now - then).max() > 0.0 and (np.diff(now, axis=1) >= 0).all()


@dataclass(frozen=True)
class Pretending(Drawn):
    """A floor that says what it is told to say."""

    path: FloatArray = field(default_factory=lambda: np.zeros(0))

    def usual(self, past: Past, position: IntArray) -> FloatArray:
        """Return the path at positions of a past that ends with it."""
        return self.path[position + self.path.size - past.value.size]


def test_the_floor_keeps_what_the_ladder_does_not_deserve(frame: ColumnFrame, trained: Trained) -> None:
    now = START + (TRAINED + 3) * DAY_MS
    past, spoken = a_past(frame, now), Speaker(trained).said(frame, now)
    for path, least, most in ((past.value, 0.0, 0.0), (past.value[::-1], 0.85, 1.0)):
        served = Served(name="s", said=spoken, floor=Pretending(name="floor", path=path)).fit(past)
        assert least <= served.share <= most, served.share
    alone = Served(name="s", said=spoken).fit(past)
    assert alone.share == 1.0


def test_what_is_measured_later_changes_nothing(frame: ColumnFrame, trained: Trained) -> None:
    now = START + (TRAINED + 2) * DAY_MS + 7 * HOUR
    later = np.arange(frame.target.size) >= frame.grid.step_at(now)
    spoilt = a_column_frame(np.where(later, 1e9, frame.target))
    np.testing.assert_array_equal(Speaker(trained).said(frame, now).value, Speaker(trained).said(spoilt, now).value)


def test_steps_between_two_of_ours_are_their_mean_by_time() -> None:
    grid = TimeGrid(START, 3600, 3)
    spoken = Said(grid, np.array([0.0, 4.0, 8.0])[:, None] + np.arange(19))
    quarter = np.timedelta64(900_000, "ms")
    assert spoken.at(np.array([START + quarter, START + HOUR, START + HOUR + 2 * quarter]))[:, 0].tolist() == [1, 4, 6]


def test_a_plan_sees_the_ladders_quantiles_drawn_towards_the_last_hour(frame: ColumnFrame, trained: Trained) -> None:
    now = START + (TRAINED + 3) * DAY_MS + 7 * HOUR
    past, ahead = a_past(frame, now), TimeGrid(now, 3600, 24)
    served = Served(name="learned x", said=Speaker(trained).said(frame, now)).fit(past)
    foretold = served.said.at(ahead.starts_utc) if served.said else np.zeros((24, 19))
    forecast = served.predict(past, ahead, now)
    assert forecast.model == "learned x" and forecast.level is LEVELS
    # Noise without a memory leaves nothing to be drawn towards.
    drawn = np.abs(forecast.median - foretold[:, MEDIAN])
    assert drawn[0] <= np.abs(past.value[-1] - served.usual(past, np.array([past.value.size - 1])))[0] + 1e-9
    np.testing.assert_allclose(forecast.value[:, -1], foretold[-1, AT_LEVELS], atol=0.02)


def test_a_lasting_surprise_is_seen_in_the_next_steps_and_forgotten_by_tomorrow(
    frame: ColumnFrame, trained: Trained
) -> None:
    # Errors that last for hours, so that the present tells of the next hour.
    wave = np.convolve(np.random.default_rng(3).normal(size=frame.target.size), np.ones(6) / 2.0, mode="same")
    slow = a_column_frame(frame.target + 0.3 * wave)
    ladder = train(slow, MEMBERS, START + TRAINED * DAY_MS, HORIZON)
    now = START + (TRAINED + 3) * DAY_MS + 7 * HOUR
    past = a_past(slow, now)
    served = Served(name="learned x", said=Speaker(ladder).said(slow, now)).fit(past)
    assert 0.3 < served.fading < 0.95
    raised = Past(past.key, past.grid, np.append(past.value[:-1], past.value[-1] + 1.0))
    ahead = TimeGrid(now, 3600, 24)
    change = served.expected(raised, ahead) - served.expected(past, ahead)
    assert change[0] == pytest.approx(served.fading, rel=1e-6) and abs(change[-1]) < 0.05
    width = served.predict(past, ahead, now).value[[0, -1]]
    assert np.ptp(width[:, 0]) < np.ptp(width[:, -1])


def test_scenarios_are_made_of_days_of_which_it_spoke(frame: ColumnFrame, trained: Trained) -> None:
    now = START + (TRAINED + 1) * DAY_MS + 7 * HOUR
    past = a_past(frame, now, days=56)
    served = Served(name="learned x", said=Speaker(trained).said(frame, now)).fit(past)
    assert served.errors is not None and np.isfinite(served.errors).all()
    found = outlook([(served, past)], TimeGrid(now, 3600, 24), now)
    assert found.value.shape == (3, 1, 24) and found.value.sum(axis=2)[0, 0] < found.value.sum(axis=2)[2, 0]


def test_a_ladder_for_other_steps_or_from_the_future_does_not_speak(frame: ColumnFrame, trained: Trained) -> None:
    with pytest.raises(ValueError, match="steps of 3600 s, 900 s"):
        Speaker(trained).said(a_column_frame(a_series(70, step_s=900), step_s=900), START + 65 * DAY_MS)
    with pytest.raises(ValueError, match="later than"):
        Speaker(trained).said(frame, START + 59 * DAY_MS)
