"""Array kernels of the guard: what one battery may do, how a shared row is kept, what becomes of a wish.

Every argument broadcasts over a leading axis, so one site and ten thousand homes run the same few operations and give
the same bits. Nothing here raises, and no NaN or infinity goes through: what is unknown closes. Results never hold a
negative zero, whose sign would depend on the length of the array.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Final

import numpy as np

from enerwise.core.units import SECONDS_PER_HOUR, BoolArray, ByteArray, FloatArray
from enerwise.site.assets import BatteryArrays

GRANTED: Final = 0
CUT: Final = 1
RELIEF: Final = 2
REFUSED: Final = 3
BEYOND: Final = 1e12
"""No energy in Wh and no age in s is so large: what is counts as unknown, and nothing overflows."""
HOLD_MIN_S: Final = 1e-3


def battery_bounds(
    facts: BatteryArrays,
    energy_wh: FloatArray | float,
    *,
    charge_ratio: FloatArray | float,
    discharge_ratio: FloatArray | float,
    hold_s: FloatArray | float,
    age_s: FloatArray | float = 0.0,
) -> tuple[FloatArray, FloatArray]:
    """Return the power with which a battery stays in its operating band until somebody looks again.

    Worst cases of the loss model: charging stores ``one_way_ratio`` of the power and loses nothing else; delivering
    drains the power over ``one_way_ratio``, the whole resistive share, the idle loss and the self-discharge.

    Args:
        facts: Facts of the batteries. Shape (home,)
        energy_wh: Stored energy as measured; NaN or infinite closes. [Wh]
        charge_ratio: Derating of the charge limit, 0..1; NaN closes.
        discharge_ratio: The same for the discharge limit.
        hold_s: Time until the next look, with its margin; what is not above zero closes. [s]
        age_s: Age of the measurement, in which the battery may have run at its limits; below zero or NaN closes. [s]

    Returns:
        Lower and upper bound, lower <= 0 <= upper: rest stays allowed outside the band too, only moving further out
        is not. [W]

    Holds for: batteries that charge with more than they lose; one that charges with less than its idle loss at the
        bottom of its band sinks by at most that loss.
    """
    age_h = np.where(np.greater_equal(age_s, 0.0) & np.less(age_s, BEYOND), age_s, np.nan) / SECONDS_PER_HOUR
    known_wh = np.where(np.less(np.abs(energy_wh), BEYOND), energy_wh, np.nan)
    lowest_wh = highest_wh = known_wh
    if not (isinstance(age_s, float) and age_s == 0.0):
        lowest_wh = known_wh - age_h * _drain_w(facts, facts.discharge_limit_w)
        highest_wh = known_wh + age_h * (facts.charge_limit_w * facts.one_way_ratio)
    deliver_w = np.minimum(
        facts.discharge_limit_w * _share(discharge_ratio),
        drain_limit_w(facts, lowest_wh, facts.energy_min_wh, hold_s=hold_s),
    )
    take_w = np.minimum(
        facts.charge_limit_w * _share(charge_ratio),
        store_limit_w(facts, highest_wh, facts.energy_max_wh, hold_s=hold_s),
    )
    return 0.0 - deliver_w, take_w + 0.0


def drain_limit_w(
    facts: BatteryArrays, energy_wh: FloatArray | float, floor_wh: FloatArray | float, *, hold_s: FloatArray | float
) -> FloatArray:
    """Return the most a battery may deliver for ``hold_s`` without falling below ``floor_wh``; 0 if unknown. [W]"""
    spare_w = (energy_wh - floor_wh) / _hold_h(hold_s) - (facts.idle_loss_w + facts.self_discharge_w)
    return np.fmax(spare_w, 0.0) / (1.0 / facts.one_way_ratio + facts.resistive_ratio)


def store_limit_w(
    facts: BatteryArrays, energy_wh: FloatArray | float, ceiling_wh: FloatArray | float, *, hold_s: FloatArray | float
) -> FloatArray:
    """Return the most a battery may take for ``hold_s`` without rising above ``ceiling_wh``; 0 if unknown. [W]"""
    room_w = (ceiling_wh - energy_wh) / _hold_h(hold_s)
    return np.fmax(room_w, 0.0) / facts.one_way_ratio


def fit_row(
    power_w: Sequence[FloatArray],
    lower_w: Sequence[FloatArray],
    upper_w: Sequence[FloatArray],
    priorities: Sequence[int],
    row_lower_w: FloatArray | float,
    row_upper_w: FloatArray | float,
) -> list[FloatArray]:
    """Move the powers of several assets until their sum lies within a row: the lowest priority first.

    Assets of one priority move pro rata to the room each has. Where the bounds leave too little room, every asset goes
    as far as it may.

    Args:
        power_w: One array for each asset, within its bounds. [W], each of shape (home,)
        lower_w: How far down each asset may be moved; finite.
        upper_w: How far up each asset may be moved; finite.
        priorities: One for each asset; the larger number keeps its power longer.
        row_lower_w: Least the sum may be, what nobody controls already taken off. [W]
        row_upper_w: Most the sum may be, the same.

    Returns:
        One array for each asset, within its bounds.
    """
    # Added one by one: a sum along an axis may pair its terms differently for one home than for many.
    total_w = reduce(np.add, power_w)
    missing_w = np.minimum(np.maximum(total_w, row_lower_w), row_upper_w) - total_w
    fitted = list(power_w)
    for priority in sorted(set(priorities)):
        group = [asset for asset, each in enumerate(priorities) if each == priority]
        room_w = [np.where(missing_w > 0, upper_w[each], lower_w[each]) - fitted[each] for each in group]
        group_room_w = reduce(np.add, room_w)
        fills_row = np.less(np.abs(missing_w), np.abs(group_room_w))
        share = np.where(fills_row, missing_w, group_room_w) / np.where(group_room_w != 0, group_room_w, 1.0)
        for asset, asset_room_w in zip(group, room_w, strict=True):
            fitted[asset] = _clip(fitted[asset] + share * asset_room_w, lower_w[asset], upper_w[asset])
        # What rounding leaves over must not move the next priority.
        missing_w = np.where(fills_row, 0.0, missing_w - group_room_w)
    return fitted


def judge(
    value: FloatArray | float,
    lower: FloatArray | float,
    upper: FloatArray | float,
    rest: FloatArray | float,
    may_move: BoolArray | bool,
) -> tuple[ByteArray, FloatArray]:
    """Turn wishes into values that may be sent. Total: any number, NaN and infinities included, in any argument.

    Args:
        value: What is wished.
        lower: Least that is allowed; bounds that are empty, infinite both or NaN leave only zero.
        upper: Most that is allowed.
        rest: What happens without a wish; NaN or infinite means zero.
        may_move: False refuses every wish.

    Returns:
        Outcome codes and values. A wish within bounds is granted. Otherwise, where rest itself lies outside the bounds,
        the nearest allowed value is relief; a finite wish is cut; any other is refused and the value is rest.
    """
    if may_move is True and isinstance(rest, float):
        # The ordinary case of a fleet, at a seventh of the price: everybody wishes for something allowed.
        inside = np.less_equal(lower, value) & np.less_equal(value, upper) & np.isfinite(value)
        if inside.all():
            return np.full(inside.shape, GRANTED, dtype=np.uint8), value + np.zeros(inside.shape)
    is_open = np.less_equal(lower, upper) & np.less(lower, np.inf) & np.greater(upper, -np.inf)
    low, high = np.where(is_open, lower, 0.0), np.where(is_open, upper, 0.0)
    known_rest = np.where(np.isfinite(rest), rest, 0.0)
    nearest_rest = _clip(known_rest, low, high)
    may = np.isfinite(value) & np.equal(may_move, True)
    wished = np.where(may, value, known_rest)
    clipped = np.where(may, _clip(wished, low, high), nearest_rest)
    otherwise = np.where(nearest_rest != known_rest, RELIEF, np.where(may, CUT, REFUSED))
    outcome = np.where(may & (clipped == wished), GRANTED, otherwise)
    return outcome.astype(np.uint8), clipped + 0.0


def _drain_w(facts: BatteryArrays, power_w: FloatArray) -> FloatArray:
    """Return how fast stored energy falls at most while ``power_w`` (above zero) is delivered."""
    lost_w = facts.idle_loss_w + facts.self_discharge_w
    return power_w * (1.0 / facts.one_way_ratio + facts.resistive_ratio) + lost_w


def _hold_h(hold_s: FloatArray | float) -> FloatArray:
    return np.where(np.greater(hold_s, 0.0), np.maximum(hold_s, HOLD_MIN_S), np.inf) / SECONDS_PER_HOUR


def _share(ratio: FloatArray | float) -> FloatArray:
    return np.where(np.greater(ratio, 0.0), np.minimum(ratio, 1.0), 0.0)


def _clip(value: FloatArray, lower: FloatArray, upper: FloatArray) -> FloatArray:
    return np.minimum(np.maximum(value, lower), upper) + 0.0
