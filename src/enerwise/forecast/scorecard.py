"""How good a forecast was, told so that it can be compared: errors, bands, by horizon, against the week before.

The reference is the same step one week earlier, or so many whole weeks as the issue could know. Where the forecast is
silent on more than two in a hundred steps that came true there is no figure, only the reason.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.forecast.score import coverage_ratio, pinball_loss

LEAST_COVERED: Final = 0.98
LOW: Final = 0.1
HIGH: Final = 0.9
LEAST_ISSUES: Final = 5
"""A comparison of fewer issues says nothing."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Scores over some steps, NaN where there is nothing to score; in the unit of the series unless said."""

    name: str
    count: int
    mae: float
    rmse: float
    bias: float
    """Mean of forecast less measured."""
    rmae_ratio: float
    """Mean absolute error over that of the week before."""
    pinball: float
    """Mean over the levels given."""
    coverage_ratio: float
    """Share of measured values within the 80 % band."""
    accuracy_ratio: float
    """1 - MAE / mean of the measured sizes."""
    accuracy_of_range_ratio: float
    """1 - MAE / (P99 - P1): for series that change sign."""


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All figures of a forecast."""

    whole: Figures
    by_horizon: tuple[Figures, ...]
    covered_ratio: float
    """Share of measured steps of the window that were forecast."""
    p_value: float
    """Of the Diebold-Mariano test against the week before; below 0.05 the forecast is better, and not by chance."""
    uncertain_coverage_ratio: float
    """Coverage where the band has a width: PV at night is no achievement."""
    notes: tuple[str, ...] = ()


def scorecard(
    truth: FloatArray,
    reference: FloatArray,
    level: FloatArray,
    value: FloatArray,
    issue: IntArray,
    lead_s: IntArray,
    *,
    horizon_days: int = 1,
    covered_ratio: float = 1.0,
) -> Scorecard:
    """Score a forecast.

    Args:
        truth: What was measured, NaN where nothing was. Shape (row,)
        reference: The same step some weeks earlier. Shape (row,)
        level: Of each column. Shape (level,)
        value: Quantiles; the median or the only column is the centre. Shape (row, level)
        issue: Number of the issue of each row, rising. Shape (row,)
        lead_s: From the issue to the step's start. Shape (row,)
        horizon_days: Days an issue looks ahead; errors of issues so close together are alike.
        covered_ratio: Share of measured steps of the window that were forecast.
    """
    if covered_ratio < LEAST_COVERED:
        nothing = _figures("all", np.zeros(truth.size, dtype=np.bool_), truth, reference, level, value)
        told = (
            f"only {covered_ratio:.1%} of the measured steps were forecast, {LEAST_COVERED:.0%} are needed: no figure"
        )
        return Scorecard(nothing, (), covered_ratio, math.nan, math.nan, (told,))
    everything = np.ones(truth.size, dtype=np.bool_)
    parts = tuple(
        _figures(name, here, truth, reference, level, value) for name, here in _horizons(lead_s) if here.any()
    )
    centre = _centre(level, value)
    p_value = better_by_chance(_loss(truth, centre, issue), _loss(truth, reference, issue), lags=horizon_days - 1)
    width = column_at(level, value, HIGH) - column_at(level, value, LOW)
    wide = width > 1e-9 * max(float(np.nanmax(np.abs(width), initial=0.0)), 1e-300)
    inner = np.where(wide, truth, np.nan)
    uncertain = float(coverage_ratio(inner, column_at(level, value, LOW), column_at(level, value, HIGH)))
    whole = _figures("all", everything, truth, reference, level, value)
    return Scorecard(whole, parts, covered_ratio, p_value, uncertain)


def better_by_chance(own: FloatArray, others: FloatArray, *, lags: int = 0) -> float:
    """Return how likely so great a lead over another forecast would be if both were equally good.

    Args:
        own: Mean absolute error of each issue, NaN where it has none. Shape (issue,)
        others: The same of the other forecast.
        lags: Issues before and after that are correlated: horizon in issues less one.

    Returns:
        One-sided p-value; NaN for fewer than five issues.

    Source: Diebold and Mariano 1995; correction for few issues: Harvey, Leybourne and Newbold 1997.

    >>> round(better_by_chance(np.array([1.0, 2.0, 1.0, 2.0, 1.5]), np.array([2.0, 2.5, 2.0, 2.9, 2.2])), 4)
    0.0005
    """
    difference = own - others
    difference = difference[np.isfinite(difference)]
    count = difference.size
    if count < LEAST_ISSUES:
        return math.nan
    mean = float(difference.mean())
    rest = difference - mean
    span = min(lags, count - 2) + 1
    # Bartlett weights keep the variance above zero where the plain sum may fall below it.
    variance = float(rest @ rest) / count
    variance += 2 * sum((1 - lag / span) * float(rest[lag:] @ rest[:-lag]) / count for lag in range(1, span))
    if variance <= 0:
        return 0.5 if mean == 0 else float(mean > 0)
    few = (count + 1 - 2 * span + span * (span - 1) / count) / count
    statistic = mean / math.sqrt(variance / count) * math.sqrt(max(few, 1e-9))
    return student_below(statistic, count - 1)


def student_below(value: float, freedom: int) -> float:
    """Return the probability of Student's t lying below a value, by integrating its density.

    Its density, integrated by Simpson's rule.

    >>> round(student_below(-2.015, 5), 4)
    0.05
    """
    # t = sqrt(n) tan(a) turns the density into cos(a)^(n-1), which is smooth on a finite interval.
    angle = np.linspace(-math.pi / 2, math.atan(value / math.sqrt(freedom)), 2001)
    density = np.cos(angle) ** (freedom - 1)
    weight = np.ones(angle.size)
    weight[1:-1:2], weight[2:-1:2] = 4.0, 2.0
    area = float(weight @ density) * float(angle[1] - angle[0]) / 3.0
    log_all = 0.5 * math.log(math.pi) + math.lgamma(freedom / 2) - math.lgamma((freedom + 1) / 2)
    return min(1.0, max(0.0, area / math.exp(log_all)))


def _horizons(lead_s: IntArray) -> list[tuple[str, BoolArray]]:
    """Return names and rows of the parts of the horizon: quarters of the first day, days of a week, then weeks."""
    hour, day = lead_s // 3600, lead_s // 86_400
    parts = [(f"{at:02d}-{at + 6:02d} h", (hour >= at) & (hour < at + 6)) for at in range(0, 24, 6)]
    last = int(day.max(initial=0))
    parts += [(f"day {at + 1}", day == at) for at in range(1, min(last, 6) + 1)]
    return parts + [
        (f"days {at + 1}-{min(at + 7, last + 1)}", (day >= at) & (day < at + 7)) for at in range(7, last + 1, 7)
    ]


def _figures(
    name: str, here: BoolArray, truth: FloatArray, reference: FloatArray, level: FloatArray, value: FloatArray
) -> Figures:
    centre = _centre(level, value)
    told = here & np.isfinite(truth) & np.isfinite(centre)
    if not told.any():
        return Figures(name, 0, *[math.nan] * 8)
    truth, reference, value, centre = truth[told], reference[told], value[told], centre[told]
    error = centre - truth
    mae = float(np.abs(error).mean())
    both = np.isfinite(reference)
    own, naive = np.abs(error[both]).mean() if both.any() else np.nan, np.abs(truth - reference)[both]
    low, high = np.quantile(truth, [0.01, 0.99])
    return Figures(
        name,
        int(told.sum()),
        mae=mae,
        rmse=float(np.sqrt(np.mean(error**2))),
        bias=float(error.mean()),
        rmae_ratio=float(_share(float(own), float(naive.mean()) if naive.size else math.nan)),
        pinball=float(pinball_loss(truth, value.T, level).mean()),
        coverage_ratio=float(coverage_ratio(truth, column_at(level, value, LOW), column_at(level, value, HIGH))),
        accuracy_ratio=1 - _share(mae, abs(float(truth.mean()))),
        accuracy_of_range_ratio=1 - _share(mae, float(high - low)),
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else math.nan


def _centre(level: FloatArray, value: FloatArray) -> FloatArray:
    return column_at(level, value, 0.5) if (np.abs(level - 0.5) < 1e-9).any() or level.size > 1 else value[:, 0]


def column_at(level: FloatArray, value: FloatArray, at: float) -> FloatArray:
    """Return the column of a level; between two given ones a straight line, NaN beyond them."""
    if not level[0] - 1e-9 <= at <= level[-1] + 1e-9:
        return np.full(value.shape[0], np.nan)
    upper = int(np.clip(np.searchsorted(level, at - 1e-9), 1, max(1, level.size - 1)))
    if level.size == 1:
        return value[:, 0]
    share = float(np.clip((at - level[upper - 1]) / (level[upper] - level[upper - 1]), 0.0, 1.0))
    return np.asarray((1 - share) * value[:, upper - 1] + share * value[:, upper])


def _loss(truth: FloatArray, value: FloatArray, issue: IntArray) -> FloatArray:
    """Return the mean absolute error of each issue. Shape (issue,)"""
    error = np.abs(truth - value)
    known = np.isfinite(error)
    count = np.bincount(issue[known], minlength=int(issue.max(initial=-1)) + 1)
    total = np.bincount(issue[known], weights=error[known], minlength=count.size)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def summary_lines(card: Scorecard) -> Sequence[str]:
    """Return what a person should know beside the table."""
    lines = list(card.notes)
    if math.isfinite(card.p_value):
        verdict = (
            "better than the week before" if card.p_value < 0.05 else "not shown to be better than the week before"
        )
        lines.append(f"Diebold-Mariano p-value {card.p_value:.4f}: {verdict}")
    if math.isfinite(card.uncertain_coverage_ratio):
        inner, outer = card.uncertain_coverage_ratio, card.whole.coverage_ratio
        if abs(inner - outer) > 0.005:
            lines.append(f"80 % band holds {inner:.1%} of the steps that are uncertain at all, {outer:.1%} of all")
    return lines
