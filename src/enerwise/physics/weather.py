"""Seeded weather at a place: clouds, irradiance and air temperature on any time grid.

Days have a type that tends to last (clear, mixed, overcast), hours wander around the day's clearness, and temperature
follows the season, the sun, and a noise that takes days to forget. All noise is drawn at whole hours and days of UTC
and joined by straight lines, so that it means the same on steps of a minute and of an hour.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, TimeArray, TimeGrid
from enerwise.core.units import FloatArray, IntArray
from enerwise.physics.pv import clear_sky_w_per_m2

HOUR_S: Final = 3600
YEAR_DAYS: Final = 365.2425
SAMPLE_S: Final = 900
"""Steps longer than this are means of several looks at the sky."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is, and the climate there; the defaults are the middle of Europe."""

    latitude_deg: float = 51.0
    longitude_deg: float = 10.0
    mean_degc: float = 10.0
    """Mean of the year."""
    season_k: float = 9.5
    """July above, January below the mean of the year."""
    day_swing_k: float = 5.5
    """Afternoon above, night below the mean of a clear day; half as much under clouds."""
    noise_k: float = 3.2
    """Standard deviation of daily means around the season."""
    wind_m_per_s: float = 4.0
    """Mean of the year, ten metres above open country."""

    def summer(self, day: FloatArray) -> FloatArray:
        """Return 1 in the middle of summer, -1 in the middle of winter, for days since 1970-01-01. Same shape"""
        middle_day = WARMEST_DAY if self.latitude_deg >= 0 else WARMEST_DAY - YEAR_DAYS / 2
        wave: FloatArray = np.cos(2 * math.pi * (day % YEAR_DAYS - middle_day) / YEAR_DAYS)
        return wave


@dataclass(frozen=True, slots=True)
class Weather:
    """Weather on a grid. Shapes (step,), or (home, step) where every home has its own"""

    grid: TimeGrid
    clear_ratio: FloatArray
    """Irradiance over that of a clear sky."""
    irradiance_w_per_m2: FloatArray
    """Global, on the level, mean of the step."""
    temperature_degc: FloatArray


@dataclass(frozen=True, slots=True)
class DayType:
    """How clear such a day is, how much its hours differ, and how often it comes in summer and in winter."""

    clear_ratio: float
    spread_ratio: float
    summer_weight: float
    winter_weight: float


# Tuned so that the level plane at 51 degrees north gets about 1 100 kWh/m2 a year, as the German Weather Service's
# long-term maps show for the middle of Germany.
DAY_TYPES: Final = (
    DayType(0.95, 0.05, summer_weight=0.28, winter_weight=0.14),
    DayType(0.68, 0.22, summer_weight=0.47, winter_weight=0.36),
    DayType(0.30, 0.11, summer_weight=0.25, winter_weight=0.50),
)
SAME_AGAIN_RATIO: Final = 0.45
"""Chance that a day simply repeats the type of the day before."""
CLOUD_MEMORY_H: Final = 2.5
WARMTH_MEMORY_DAYS: Final = 3.0
WIND_MEMORY_H: Final = 9.0
WIND_SEASON_RATIO: Final = 0.15
"""More in the middle of winter, less in that of summer."""
WARMEST_DAY: Final = 200
"""Day of the year, 19 July; the coldest is half a year away."""
WARMEST_HOUR: Final = 15.0
"""By the sun's clock."""


def draw(grid: TimeGrid, place: Place, *, rng: np.random.Generator, home_count: int | None = None) -> Weather:
    """Draw the weather of a span.

    Args:
        grid: The steps.
        place: Where, and in what climate.
        rng: Source of chance; the same state gives the same weather.
        home_count: None gives one weather, a number gives each home its own.

    Returns:
        The weather; shapes (step,) or (home, step). Spans drawn one after the other do not know of each other: the
        type of day and the noise start afresh, so draw whole seasons where that matters.

    Source: own model, tuned to yearly sums as noted at `DAY_TYPES`.
    Holds for: mid latitudes, steps from a minute to an hour; gusts of cloud within minutes are not in it.

    >>> from enerwise.core.time import instant
    >>> day = TimeGrid(instant("2024-07-01"), 3600, 24)
    >>> draw(day, Place(), rng=np.random.default_rng(1)).temperature_degc.shape
    (24,)
    """
    homes = 1 if home_count is None else home_count
    looks_utc, look_count = _looks(grid)
    day_clear, clear = _clearness(looks_utc, place, homes, rng)
    sky = clear_sky_w_per_m2(looks_utc, place.latitude_deg, place.longitude_deg)
    shape = (grid.step_count,) if home_count is None else (homes, grid.step_count)
    return Weather(
        grid,
        _mean(clear, look_count).reshape(shape),
        _mean(clear * sky, look_count).reshape(shape),
        _mean(_temperature_degc(looks_utc, place, day_clear, homes, rng), look_count).reshape(shape),
    )


def draw_wind_m_per_s(grid: TimeGrid, place: Place, *, rng: np.random.Generator) -> FloatArray:
    """Draw the wind of a span, ten metres above open country. Shape (step,)

    Args:
        grid: The steps.
        place: Where; its mean wind, and more of it in winter than in summer.
        rng: Source of chance; the same state gives the same wind.

    Source: own model: speeds of a Rayleigh distribution, as IEC 61400-12-1 takes for annual yields, that forget
        slowly from hour to hour.
    Holds for: mid latitudes, steps from minutes to hours; gusts are not in it.
    """
    epoch_s = grid.starts_utc.astype("datetime64[s]").astype(np.int64) + grid.step_s // 2
    first_hour, hour_count = _span(epoch_s, HOUR_S)
    wander = _wander(1, hour_count + 1, 1.0 / WIND_MEMORY_H, rng)[0]
    # From a bell to a Rayleigh curve with the same chance of being exceeded.
    beyond = np.array([0.5 * math.erfc(each / math.sqrt(2.0)) for each in wander.tolist()])
    knots = np.sqrt(-np.log(np.clip(beyond, 1e-9, 1.0)) * 4.0 / math.pi)
    season = 1.0 - WIND_SEASON_RATIO * place.summer(epoch_s / DAY_S)
    wind_m_per_s: FloatArray = place.wind_m_per_s * season * _between(knots[None], epoch_s / HOUR_S - first_hour)[0]
    return wind_m_per_s


def _looks(grid: TimeGrid) -> tuple[TimeArray, int]:
    """Return the middle of every part of every step, and how many parts of at most a quarter-hour a step has."""
    count = -(-grid.step_s // SAMPLE_S)
    part_ms = grid.step_s * 1000 / count
    offsets_ms = ((np.arange(grid.step_count * count) + 0.5) * part_ms).astype(np.int64)
    return grid.start_utc + offsets_ms.astype("timedelta64[ms]"), count


def typical_degc(at_utc: TimeArray, place: Place) -> FloatArray:
    """Return the temperature of an average day: season and time of day, no noise. Same shape"""
    day = at_utc.astype("datetime64[s]").astype(np.int64) / DAY_S
    sun_h = (day % 1.0) * 24.0 + place.longitude_deg / 15.0
    swing = np.cos(2 * math.pi * (sun_h - WARMEST_HOUR) / 24.0)
    warmth: FloatArray = place.mean_degc + place.season_k * place.summer(day) + 0.75 * place.day_swing_k * swing
    return warmth


def _mean(value: FloatArray, look_count: int) -> FloatArray:
    mean: FloatArray = value.reshape(value.shape[0], -1, look_count).mean(axis=-1)
    return mean


def _clearness(
    looks_utc: TimeArray, place: Place, homes: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return the day's clearness and the clearness at every look. Shapes (home, look)"""
    epoch_s = looks_utc.astype("datetime64[s]").astype(np.int64)
    first_day, day_count = _span(epoch_s, DAY_S)
    kinds = _day_types(first_day, day_count, place, homes, rng)
    first_hour, hour_count = _span(epoch_s, HOUR_S)
    wander = _wander(homes, hour_count + 1, 1.0 / CLOUD_MEMORY_H, rng)
    day_of_look = epoch_s // DAY_S - first_day
    clear = np.array([each.clear_ratio for each in DAY_TYPES])[kinds][:, day_of_look]
    spread = np.array([each.spread_ratio for each in DAY_TYPES])[kinds][:, day_of_look]
    noise = _between(wander, epoch_s / HOUR_S - first_hour)
    return clear, np.clip(clear + spread * noise, 0.05, 1.05)


def _day_types(first_day: int, day_count: int, place: Place, homes: int, rng: np.random.Generator) -> IntArray:
    """Return the type of each day, by home: drawn from the season, or the same again. Shape (home, day)"""
    summer_share = np.array([each.summer_weight for each in DAY_TYPES])
    winter_share = np.array([each.winter_weight for each in DAY_TYPES])
    summer_ratio = 0.5 + 0.5 * place.summer(first_day + np.arange(day_count, dtype=np.float64))
    below = np.cumsum(np.outer(summer_ratio, summer_share) + np.outer(1.0 - summer_ratio, winter_share), axis=1)[:, :-1]
    drawn: IntArray = (rng.random((homes, day_count))[..., None] > below).sum(axis=-1)
    keeps = rng.random((homes, day_count)) < SAME_AGAIN_RATIO
    keeps[:, 0] = False
    origin = np.maximum.accumulate(np.where(keeps, 0, np.arange(day_count)), axis=1)
    kinds: IntArray = np.take_along_axis(drawn, origin, axis=1)
    return kinds


def _temperature_degc(
    looks_utc: TimeArray, place: Place, day_clear: FloatArray, homes: int, rng: np.random.Generator
) -> FloatArray:
    epoch_s = looks_utc.astype("datetime64[s]").astype(np.int64)
    first_day, day_count = _span(epoch_s, DAY_S)
    noise = _between(_wander(homes, day_count + 1, 1.0 / WARMTH_MEMORY_DAYS, rng), epoch_s / DAY_S - first_day)
    sun_h = epoch_s / HOUR_S + place.longitude_deg / 15.0
    swing = np.cos(2 * math.pi * (sun_h - WARMEST_HOUR) / 24.0) * place.day_swing_k
    # A typical day stands for a clearness of a half; clear days swing more, clouded ones less.
    return typical_degc(looks_utc, place) + (0.5 * (1.0 + day_clear) - 0.75) * swing + place.noise_k * noise


def _wander(homes: int, count: int, forgetting: float, rng: np.random.Generator) -> FloatArray:
    """Return noise of unit variance that forgets a share 1 - exp(-forgetting) from one to the next. (home, count)"""
    keep = math.exp(-forgetting)
    shocks = rng.standard_normal((count, homes)) * math.sqrt(1.0 - keep * keep)
    noise = np.empty((count, homes))
    noise[0] = shocks[0] / math.sqrt(1.0 - keep * keep)
    for place in range(1, count):
        noise[place] = keep * noise[place - 1] + shocks[place]
    return noise.T


def _between(knots: FloatArray, place: FloatArray) -> FloatArray:
    """Return values on straight lines between knots. Shape (home, place)"""
    lower = np.clip(place.astype(np.int64), 0, knots.shape[1] - 2)
    share = place - lower
    return knots[:, lower] * (1.0 - share) + knots[:, lower + 1] * share


def _span(epoch_s: IntArray, length_s: int) -> tuple[int, int]:
    """Return the first whole hour or day of these instants, and how many there are."""
    if not epoch_s.size:
        return 0, 1
    first, last = int(epoch_s[0]) // length_s, int(epoch_s[-1]) // length_s
    return first, last - first + 1
