"""The mix of members: weights by what each was worth lately, the naive as the measure of all, bands made to hold.

A member counts while it beats the better naive over the last four weeks; what it loses goes to that naive. Among those
that count, weights fall steeply with the error, and a floor keeps several voices, since four weeks are short.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, FloatArray
from enerwise.forecast.columns.pooled import POOLED, pooled_ratio
from enerwise.forecast.frame import MEDIAN
from enerwise.forecast.recalibrate import missed, recalibrated
from enerwise.forecast.walk import Record

TRUSTED_DAYS: Final = 28
LATE_ISSUES: Final = 10
"""Over so many issues it is watched whether bands as issued held."""
LEAST_ISSUES: Final = 3
"""With fewer issues that have an outcome, members weigh the same and nothing is moved."""
STEEPNESS: Final = 16.0
NAIVES: Final = ("naive_1d", "naive_7d")
FLOOR: Final = (*NAIVES, "profile_4w", "profile_7d")
"""Members that learn nothing; they measure the others and stand in for them."""
FLOOR_SHARE: Final = 0.05
"""Weight all floor members together may have while learners beat the naive; more only dulls the forecast."""

BAND_KEEPERS: Final = ("price",)
"""Members whose bands already come from what they themselves missed by: to move them once more made two markets worse,
by 1.6 % of the pinball loss."""


@dataclass(frozen=True, slots=True)
class Mixed:
    """Forecasts of a whole record. Shapes (issue, step, 19) and (issue, member)"""

    value: FloatArray
    raw: FloatArray
    """As they were before bands were moved."""
    weight: FloatArray


def mixed(record: Record, *, is_recalibrated: bool = True) -> Mixed:
    """Mix a record issue by issue, each from nothing but what had come true by then."""
    value = np.full((record.issues.size, record.horizon, record.value.shape[-1]), np.nan)
    raw = np.full_like(value, np.nan)
    weight = np.zeros(record.value.shape[:2])
    for place in range(record.issues.size):
        weight[place] = weights(record, place)
        raw[place] = weighed(record.value[place], weight[place])
        value[place] = moved(record, raw, value, place) if is_recalibrated else raw[place]
    return Mixed(value, raw, weight)


def moved(record: Record, raw: FloatArray, issued: FloatArray, place: int) -> FloatArray:
    """Return the quantiles of an issue, moved by what those before it have shown, within reach. Shape (step, 19)

    Args:
        record: Of the members.
        raw: Mixed quantiles up to this issue, as they were before they were moved. Shape (issue, step, 19)
        issued: The same as they were issued, this one left open. Shape (issue, step, 19)
        place: Of the issue.
    """
    before = recent(record, place)
    if len(before) < LEAST_ISSUES or _keeps_band(record, place):
        return np.asarray(raw[place])
    truth = np.where(record.told_by(record.issues[place])[before], record.truth[before], np.nan)
    late = slice(-LATE_ISSUES, None)
    missed_ratio = missed(issued[before][late], truth[late])
    value = recalibrated(raw[place], raw[before], truth, record.step_s, missed_ratio=missed_ratio)
    return np.asarray(np.clip(value, record.low[place][:, None], record.high[place][:, None]))


def _keeps_band(record: Record, place: int) -> bool:
    """Tell whether most of the weight of an issue lies with members that are not moved."""
    is_kept = np.array([name in BAND_KEEPERS for name in record.members])
    return bool(is_kept.any() and weights(record, place)[is_kept].sum() > 0.5)


def recent(record: Record, place: int) -> range:
    """Return the issues of the last four weeks, and so many more as the horizon needs to have come true."""
    horizon_days = record.horizon * record.step_s / 86_400
    oldest = record.issues[place] - np.timedelta64(round((TRUSTED_DAYS + horizon_days - 1) * 86_400_000), "ms")
    return range(int(np.searchsorted(record.issues[:place], oldest)), place)


def weights(record: Record, place: int) -> FloatArray:
    """Return the weight of each member at an issue, summing to one. Shape (member,)"""
    speaks: BoolArray = np.asarray(np.isfinite(record.value[place, :, :, MEDIAN]).all(axis=1))
    mae = _lately(record, place, speaks)
    is_pooled = np.array([name == POOLED for name in record.members])
    local = speaks & ~is_pooled
    ratio = _pooled_ratio(record, place, speaks & is_pooled, mae)
    if ratio == 1.0 or not local.any():
        return is_pooled.astype(np.float64)
    own = _untried(record, local) if mae is None else guarded(np.where(local, mae, np.inf), record.members)
    return np.asarray((1 - ratio) * own + ratio * is_pooled)


def _pooled_ratio(record: Record, place: int, pooled: BoolArray, mae: FloatArray | None) -> float:
    """Return what a pool of other homes is worth to a young one: nothing where it lately lost to the better naive."""
    if not pooled.any() or record.own_days is None:
        return 0.0
    naive = min(
        (np.inf if mae is None else mae[at] for at, name in enumerate(record.members) if name in NAIVES), default=np.inf
    )
    if mae is not None and mae[pooled].min() > naive:
        return 0.0
    return pooled_ratio(float(record.own_days[place]))


def _lately(record: Record, place: int, speaks: BoolArray) -> FloatArray | None:
    """Return the mean absolute error of each member that speaks, infinite for others; None where too few can tell."""
    before = recent(record, place)
    if len(before) < LEAST_ISSUES:
        return None
    truth = np.where(record.told_by(record.issues[place])[before], record.truth[before], np.nan)
    error = np.abs(truth[:, None] - record.value[before][..., MEDIAN])
    # Members are compared on the steps all of those that speak have spoken about.
    common = np.isfinite(error[:, speaks]).all(axis=1)
    if not common.any():
        return None
    return np.array([float(error[:, at][common].mean()) if speaks[at] else np.inf for at in range(speaks.size)])


def guarded(mae: FloatArray, members: tuple[str, ...]) -> FloatArray:
    """Return weights from errors: steep, floored, and none for a learner that loses to the better naive.

    >>> guarded(np.array([1.0, 2.0, 0.9, 1.5]), ("naive_1d", "naive_7d", "trees", "ridge")).round(2)
    array([0.05, 0.  , 0.95, 0.  ])
    """
    is_floor = np.array([name in FLOOR for name in members])
    naive = min((mae[at] for at, name in enumerate(members) if name in NAIVES), default=np.inf)
    counts = np.isfinite(mae) & (is_floor | (mae <= naive))
    best = mae[counts].min()
    share = np.where(counts, (max(best, 1e-12) / np.maximum(mae, 1e-12)) ** STEEPNESS, 0.0)
    learned = share[~is_floor].sum()
    if learned > 0 and is_floor.any():
        floor = share[is_floor].sum()
        allowed = FLOOR_SHARE / (1 - FLOOR_SHARE) * learned
        share = np.where(is_floor, share * min(1.0, allowed / max(floor, 1e-300)), share)
    return np.asarray(share / share.sum())


def weighed(value: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the weighted mean of members level by level, NaN where none counts. Shape (step, 19)"""
    counts = weight > 0
    if not counts.any():
        return np.full(value.shape[1:], np.nan)
    return np.asarray(np.tensordot(weight[counts], value[counts], axes=1))


def _untried(record: Record, speaks: BoolArray) -> FloatArray:
    """Return equal weights of the learners that speak, or of the floor where none does."""
    is_learner = np.array([name not in FLOOR for name in record.members])
    chosen = speaks & is_learner if (speaks & is_learner).any() else speaks
    return chosen / max(1, int(chosen.sum()))
