"""The seeded household: from habits and a time grid to the power of nine appliances.

Three kinds of load are added up. Uses (`habits.OCCASIONS`) happen at most once a day: whether, when and how long is
drawn for all homes and days at once, and all their switching goes into one table of changes whose running sum is the
power. Steady loads follow the hours of the day by a small matrix product. Fridges share a few hundred rhythms.

The mean power of a step is exact for any length of step: a use counts with the share of the step it covers, and one
that runs over the end of the span comes in at its beginning, so that no energy is lost between spans drawn in turn.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, QUARTER_S, TimeGrid, local_fields, local_midnight_s, utc_offset_s
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.physics.habits import (
    APPLIANCES,
    HOURS,
    MINUTE_S,
    OCCASIONS,
    STEADY,
    Habits,
    draw_habits,
)
from enerwise.physics.weather import YEAR_DAYS, Place, typical_degc

__all__ = ["APPLIANCES", "Habits", "Household", "draw", "draw_habits", "draw_load_w"]

BLOCK_HOMES: Final = 500
"""Homes worked on at once; also the order in which chance is drawn, so a change changes every seed."""
BUSY_SPREAD: Final = 0.40
"""How much the steady load of a home differs from day to day."""
WINTER_RATIO: Final = 0.22
"""How much more than on average the steady load is in midwinter: light and indoor life."""
DARKEST_DAY: Final = 10
QUARTERS: Final = DAY_S // QUARTER_S
LEAST_W: Final = 1e-6
"""Below this, a running sum that should be zero is zero."""


@dataclass(frozen=True, slots=True)
class Household:
    """Power of the appliances of homes on a grid; positive is taken."""

    grid: TimeGrid
    appliances: tuple[str, ...]
    power_w: FloatArray
    """Shape (appliance, home, step)"""

    @property
    def load_w(self) -> FloatArray:
        """Power of the whole home. Shape (home, step)"""
        load_w: FloatArray = self.power_w.sum(axis=0)
        return load_w


def draw(
    habits: Habits,
    grid: TimeGrid,
    zone: str,
    *,
    rng: np.random.Generator,
    temperature_degc: FloatArray | None = None,
) -> Household:
    """Draw what the appliances of homes use over a span.

    Args:
        habits: Who lives there, from `draw_habits`.
        grid: The steps, from a minute to an hour.
        zone: Time zone whose clock people live by.
        rng: Source of chance; the same state gives the same power.
        temperature_degc: Outdoor temperature for cooling, shape (step,) or (home, step); None takes an average year in
            the middle of Europe.

    Returns:
        Power by appliance. [W], shape (appliance, home, step)

    Source: own model; tables and their tuning in `enerwise.physics.habits`.
    Holds for: populations of homes such as those it is compared with in the tests; a single home is one of many.
    """
    slots = np.arange(len(APPLIANCES))
    return Household(grid, APPLIANCES, _drawn_w(habits, grid, zone, rng, temperature_degc, slots))


def draw_load_w(
    habits: Habits,
    grid: TimeGrid,
    zone: str,
    *,
    rng: np.random.Generator,
    temperature_degc: FloatArray | None = None,
) -> FloatArray:
    """Draw the power of whole homes: the sum of what `draw` gives for the same arguments, several times faster.

    The homes of one step lie side by side in memory, as twins want them; a fleet's year goes by in weekly spans.

    Returns:
        Power of each home. [W], shape (home, step)
    """
    slots = np.zeros(len(APPLIANCES), dtype=np.int64)
    total: FloatArray = _drawn_w(habits, grid, zone, rng, temperature_degc, slots)[0]
    return total


@dataclass(frozen=True, slots=True)
class _Days:
    """The local days that a grid touches. First axis (day,)"""

    is_weekend: IntArray
    day_of_year: IntArray
    first_step: IntArray
    """Shape (day + 1,)"""
    quarter_s: FloatArray
    """When each quarter-hour of the wall clock begins, counted from the start of the grid. Shape (day, quarter)"""
    hour: FloatArray
    """Hour of the local clock in the middle of each step. Shape (step,)"""


@dataclass(frozen=True, slots=True)
class _Block:
    """Some homes over the whole span."""

    grid: TimeGrid
    days: _Days
    habits: Habits
    present: BoolArray
    """Whether anybody is in. Shape (day, home)"""
    slots: IntArray
    """Where each appliance is added up. Shape (appliance,)"""

    @property
    def table(self) -> tuple[int, int, int]:
        """Shape of the table of changes, (slot, step + 1, home): the last row takes what lies beyond the span."""
        return int(self.slots.max()) + 1, self.grid.step_count + 1, self.habits.home_count

    def slot(self, appliance: str) -> int:
        return int(self.slots[APPLIANCES.index(appliance)])


@dataclass(frozen=True, slots=True)
class _Uses:
    """Stretches of even power, in steps from the start of the grid. Shapes (use,)"""

    begins: FloatArray
    ends: FloatArray
    power_w: FloatArray
    column: IntArray
    """Position of slot and home in the table of changes."""


def _drawn_w(
    habits: Habits,
    grid: TimeGrid,
    zone: str,
    rng: np.random.Generator,
    temperature_degc: FloatArray | None,
    slots: IntArray,
) -> FloatArray:
    """Return power added up by slot; ``slots`` gives each appliance its slot. Shape (slot, home, step)"""
    power_w = np.zeros((int(slots.max()) + 1, grid.step_count, habits.home_count))
    if not power_w.size:
        return power_w.swapaxes(1, 2)
    days = _days(grid, zone)
    wanted, rhythm_at = np.unique(habits.rhythm, return_inverse=True)
    rhythms = _rhythms(grid, wanted)
    air_degc = typical_degc(grid.starts_utc, Place()) if temperature_degc is None else temperature_degc
    for first in range(0, habits.home_count, BLOCK_HOMES):
        homes = slice(first, min(first + BLOCK_HOMES, habits.home_count))
        some = habits.part(homes.start, homes.stop)
        block = _Block(grid, days, some, _present(some, days), slots)
        into = power_w[:, :, homes]
        into[:] = _uses_w(block, rng)
        _add_steady(into, block, rng)
        # `take` keeps the homes of a step side by side, which indexing would not.
        into[block.slot("fridge")] += rhythms.take(rhythm_at[homes], axis=1) * some.fridge_w
        _add_cooling(into[block.slot("air_conditioning")], block, air_degc if air_degc.ndim == 1 else air_degc[homes])
    return power_w.swapaxes(1, 2)


def _days(grid: TimeGrid, zone: str) -> _Days:
    step_day = local_fields(grid.starts_utc, zone).day
    day = np.arange(step_day[0], step_day[-1] + 1)
    midnight_s = np.array([local_midnight_s(int(each), zone) for each in day])
    # The offset shortly after the quarter-hour's place in a day without a change is right on days with one, too.
    wall_s = day[:, None] * DAY_S + np.arange(QUARTERS) * QUARTER_S
    guess_s = midnight_s[:, None] + np.arange(QUARTERS) * QUARTER_S
    start_s = int(grid.start_utc.astype("datetime64[s]").astype(np.int64))
    date = day.astype("datetime64[D]")
    return _Days(
        is_weekend=((day + 3) % 7 >= 5).astype(np.int64),
        day_of_year=(date - date.astype("datetime64[Y]")).astype(np.int64),
        first_step=np.searchsorted(step_day, np.append(day, day[-1] + 1)),
        quarter_s=(wall_s - utc_offset_s(guess_s, zone) - start_s).astype(np.float64),
        hour=_local_hour(grid, zone),
    )


def _local_hour(grid: TimeGrid, zone: str) -> FloatArray:
    """Return the hour of the local clock in the middle of each step, 0..24. Shape (step,)"""
    middle_s = grid.starts_utc.astype("datetime64[s]").astype(np.int64) + grid.step_s // 2
    local_s = (middle_s + utc_offset_s(middle_s, zone)) % DAY_S
    return local_s.astype(np.float64) * (HOURS / DAY_S)


def _rhythms(grid: TimeGrid, wanted: IntArray) -> FloatArray:
    """Return the share of each step in which each wanted compressor rhythm runs. Shape (step, rhythm)

    Rhythms are spread evenly by the golden ratio instead of being drawn: the same at all times and in all spans.
    """
    golden = wanted * 0.6180339887498949 % 1.0
    period_s = (32.0 + 26.0 * golden) * MINUTE_S
    running = 0.30 + 0.20 * (golden * 7.0 % 1.0)
    start_s = int(grid.start_utc.astype("datetime64[s]").astype(np.int64))
    edge_s = start_s + np.arange(grid.step_count + 1, dtype=np.float64) * grid.step_s
    turn = edge_s[:, None] / period_s + golden * 11.0
    whole = np.floor(turn)
    ran = whole * running + np.minimum(turn - whole, running)
    share: FloatArray = np.diff(ran, axis=0) * (period_s / grid.step_s)
    return share


def _present(habits: Habits, days: _Days) -> BoolArray:
    """Tell on which days each home is lived in. Shape (day, home)"""
    present = np.ones((days.is_weekend.size, habits.home_count), dtype=np.bool_)
    for begins, lasts in zip(habits.trip_day, habits.trip_days, strict=True):
        since = days.day_of_year[:, None] - begins
        since -= YEAR_DAYS * np.floor(since / YEAR_DAYS)
        present &= since >= lasts
    return present


def _uses_w(block: _Block, rng: np.random.Generator) -> FloatArray:
    """Return the power of all uses by slot. Shape (slot, step, home)"""
    uses = [use for place in range(len(OCCASIONS)) for use in _uses(block, place, rng)]
    changes_w = _changes_w(
        np.concatenate([each.begins for each in uses]),
        np.concatenate([each.ends for each in uses]),
        np.concatenate([each.power_w for each in uses]),
        np.concatenate([each.column for each in uses]),
        block.table,
    )
    # A loop over steps, each a sum over all homes: `cumsum` across rows of memory takes three times as long.
    for step in range(1, block.grid.step_count):
        changes_w[:, step] += changes_w[:, step - 1]
    power_w = changes_w[:, :-1]
    if block.table[0] > 1:
        power_w[power_w < LEAST_W] = 0.0
    return power_w


def _uses(block: _Block, place: int, rng: np.random.Generator) -> list[_Uses]:
    """Draw the uses of one occasion: on which days, at what time, how long; one entry for each stage."""
    habits, days, occasion = block.habits, block.days, OCCASIONS[place]
    chance_ratio = habits.chance_ratio[:, place].astype(np.float32)[days.is_weekend] * block.present
    happens = np.flatnonzero(rng.random(chance_ratio.shape, dtype=np.float32) < chance_ratio)
    day = happens // habits.home_count
    home = happens - day * habits.home_count
    wall_s = habits.usual_s[place][home] + habits.strays_s[place][home] * rng.standard_normal(day.size)
    wall_s += habits.sleeps_in_s[home] * days.is_weekend[day]
    longer = 1.0 + occasion.varies_ratio * (2.0 * rng.random(day.size) - 1.0)
    begins = _since_start_s(days, day, wall_s) / block.grid.step_s
    inside = (begins >= 0) & (begins < block.grid.step_count)
    if not inside.all():
        begins, longer, home = begins[inside], longer[inside], home[inside]
    strength = habits.strength_factor[place][home]
    pace = longer / strength * (MINUTE_S / block.grid.step_s)
    column = home + block.slot(occasion.appliance) * block.table[1] * block.table[2]
    return [
        _Uses(
            begins + stage.after_min * pace,
            begins + (stage.after_min + stage.lasts_min) * pace,
            stage.power_w * strength,
            column,
        )
        for stage in occasion.stages
    ]


def _since_start_s(days: _Days, day: IntArray, wall_s: FloatArray) -> FloatArray:
    """Return times of the wall clock as seconds since the start of the grid; past midnight means early that day."""
    wall_s = wall_s - DAY_S * np.floor(wall_s / DAY_S)
    quarter = np.minimum((wall_s / QUARTER_S).astype(np.int64), QUARTERS - 1)
    since_s: FloatArray = days.quarter_s.ravel()[day * QUARTERS + quarter] + (wall_s - quarter * QUARTER_S)
    return since_s


def _changes_w(
    begins: FloatArray, ends: FloatArray, power_w: FloatArray, column: IntArray, table: tuple[int, int, int]
) -> FloatArray:
    """Return by how much the mean power of a step differs from that of the step before. Shape ``table``

    A use that begins within a step gives that step the share it covers, and the rest of the change to the next one;
    its end takes both away again. What lies beyond the last step comes in at the first.
    """
    _, steps_and_one, homes = table
    steps = steps_and_one - 1
    begin_lap, end_lap = np.floor(begins / steps), np.floor(ends / steps)
    begins, ends = begins - begin_lap * steps, ends - end_lap * steps
    begin_step, end_step = begins.astype(np.int64), ends.astype(np.int64)
    begin_late_w, end_late_w = power_w * (begins - begin_step), power_w * (ends - end_step)
    begin_at, end_at = column + begin_step * homes, column + end_step * homes
    over = np.flatnonzero(end_lap != begin_lap)
    at = np.concatenate([begin_at, begin_at + homes, end_at, end_at + homes, column[over]])
    change_w = np.concatenate(
        [
            power_w - begin_late_w,
            begin_late_w,
            end_late_w - power_w,
            -end_late_w,
            (power_w * (end_lap - begin_lap))[over],
        ]
    )
    changes_w = np.bincount(at, weights=change_w, minlength=math.prod(table)).astype(np.float64, copy=False)
    return changes_w.reshape(table)


def _add_steady(power_w: FloatArray, block: _Block, rng: np.random.Generator) -> None:
    """Add the steady loads, day by day, on straight lines between their values at whole hours."""
    habits, days = block.habits, block.days
    noise = rng.standard_normal(block.present.shape)
    busy = np.exp(BUSY_SPREAD * noise - 0.5 * BUSY_SPREAD**2) * block.present
    winter = 1.0 + WINTER_RATIO * np.cos(2 * np.pi * (days.day_of_year - DARKEST_DAY) / YEAR_DAYS)
    slots = np.array([block.slot(each.appliance) for each in STEADY])
    lower = days.hour.astype(np.int64)
    share = (days.hour - lower)[:, None]
    for day, weekend in enumerate(days.is_weekend):
        steps = slice(days.first_step[day], days.first_step[day + 1])
        hours_w = habits.active_w[weekend] * (busy[day] * winter[day]) + habits.standby_w[:, None]
        for slot in np.unique(slots):
            at_w = hours_w[slots == slot].sum(axis=0)
            rise_w = np.roll(at_w, -1, axis=0) - at_w
            power_w[slot, steps] += at_w[lower[steps]] + share[steps] * rise_w[lower[steps]]


def _add_cooling(power_w: FloatArray, block: _Block, air_degc: FloatArray) -> None:
    """Add the air conditioning of the homes that have one, on the steps that are warm for any of them."""
    habits, days = block.habits, block.days
    owners = np.flatnonzero(habits.cooling_w_per_k)
    if not owners.size:
        return
    coolest_degc = habits.comfort_degc[owners].min()
    air_degc = air_degc[:, None] if air_degc.ndim == 1 else air_degc[owners].T
    for day in range(days.is_weekend.size):
        steps = np.arange(days.first_step[day], days.first_step[day + 1])
        steps = steps[air_degc[steps].max(axis=1) > coolest_degc]
        if steps.size:
            warmer_k = np.maximum(air_degc[steps] - habits.comfort_degc[owners], 0.0)
            wanted_w = np.minimum(warmer_k * habits.cooling_w_per_k[owners], habits.cooling_limit_w[owners])
            power_w[np.ix_(steps, owners)] += wanted_w * block.present[day, owners]
