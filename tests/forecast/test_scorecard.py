"""The score: known figures, no figure where a forecast is silent, and a test that tells luck from skill."""

import math

import numpy as np
import pytest

from enerwise.core.units import FloatArray, IntArray
from enerwise.forecast.scorecard import Scorecard, better_by_chance, scorecard, student_below

LEVEL = np.array([0.1, 0.5, 0.9])


def a_card(truth: FloatArray, centre: FloatArray, *, days: int = 10, covered_ratio: float = 1.0) -> Scorecard:
    issue: IntArray = np.repeat(np.arange(days), truth.size // days)
    lead_s: IntArray = np.tile(np.arange(truth.size // days) * 3600, days)
    value = centre[:, None] + np.array([-1.0, 0.0, 1.0])
    return scorecard(truth, truth + 2.0, LEVEL, value, issue, lead_s, covered_ratio=covered_ratio)


def test_known_figures() -> None:
    truth = np.tile([10.0, 12.0], 120)
    card = a_card(truth, truth + np.tile([0.5, -1.5], 120))
    assert card.whole.mae == pytest.approx(1.0) and card.whole.rmse == pytest.approx(math.sqrt(1.25))
    assert card.whole.bias == pytest.approx(-0.5) and card.whole.rmae_ratio == pytest.approx(0.5)
    assert card.whole.coverage_ratio == pytest.approx(0.5)
    assert card.whole.accuracy_ratio == pytest.approx(1 - 1 / 11)
    assert [each.name for each in card.by_horizon] == ["00-06 h", "06-12 h", "12-18 h", "18-24 h"]


def test_below_98_percent_there_is_no_figure() -> None:
    card = a_card(np.ones(240), np.ones(240), covered_ratio=0.97)
    assert card.whole.count == 0 and math.isnan(card.whole.mae) and "no figure" in card.notes[0]


def test_missing_truth_is_left_out() -> None:
    truth = np.tile([10.0, np.nan], 120)
    assert a_card(truth, np.full(240, 11.0)).whole.count == 120


def test_a_lead_that_is_there_every_day_is_no_chance() -> None:
    rng = np.random.default_rng(1)
    others = 2.0 + 0.1 * rng.normal(size=60)
    assert better_by_chance(others - 0.3 + 0.1 * rng.normal(size=60), others) < 1e-6
    assert better_by_chance(others + 0.3, others - 0.01 * rng.normal(size=60)) > 0.99


def test_equal_forecasts_reject_rarely() -> None:
    rng = np.random.default_rng(2)
    rejected = [better_by_chance(*rng.normal(size=(2, 40))) < 0.05 for _ in range(400)]
    assert 0.02 < np.mean(rejected) < 0.09


def test_too_few_issues_say_nothing() -> None:
    assert math.isnan(better_by_chance(np.ones(4), np.zeros(4)))


@pytest.mark.parametrize(("value", "freedom", "known"), [(-2.571, 5, 0.025), (1.812, 10, 0.95), (-1.6470, 727, 0.05)])
def test_student_agrees_with_its_tables(value: float, freedom: int, known: float) -> None:
    assert student_below(value, freedom) == pytest.approx(known, abs=5e-5)
