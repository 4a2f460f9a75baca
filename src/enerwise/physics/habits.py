"""Who lives in a generated home: which appliances it has, when it uses them, how early and how regular it is.

The tables below are the embedded default data. They describe homes that would buy an energy management system: rather
large and rather electric. Habits are drawn once per home; `enerwise.physics.household` turns them into power.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S
from enerwise.core.units import FloatArray, IntArray

HOUR_S: Final = 3600.0
MINUTE_S: Final = 60.0

OWNED_RATIO: Final = {
    "fridge": 1.0,
    "washing_machine": 0.97,
    "dishwasher": 0.85,
    "ev": 0.25,
    "air_conditioning": 0.40,
    "stove": 1.0,
    "water_heater": 0.55,
    "computers": 1.0,
    "miscellaneous": 1.0,
}
"""Share of homes with the appliance, run on electricity."""
APPLIANCES: Final = tuple(OWNED_RATIO)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of even power within one use: when it begins after the start, how long it lasts."""

    after_min: float
    lasts_min: float
    power_w: float


@dataclass(frozen=True, slots=True)
class Occasion:
    """A use of an appliance that comes at most once a day, around a usual time of the local clock."""

    appliance: str
    usual_h: float
    between_homes_h: float
    """How much homes differ in their usual time, standard deviation."""
    between_days_h: float
    """How much a home strays from its usual time, standard deviation."""
    weekday_ratio: float
    """Chance on a weekday in a household of two."""
    weekend_ratio: float
    stages: tuple[Stage, ...]
    varies_ratio: float = 0.3
    """Uses last up to this share longer or shorter."""


# Powers and durations are ordinary name plates; chances and times are tuned so that daily energy, load factor, evening
# share and autocorrelation of the generated homes fall among real ones (tests/physics/test_household_against_homes.py).
OCCASIONS: Final = (
    Occasion("washing_machine", 10.0, 3.5, 0.8, 0.45, 0.60, (Stage(0, 20, 2000), Stage(20, 75, 250))),
    Occasion("washing_machine", 14.0, 3.0, 0.8, 0.20, 0.30, (Stage(0, 90, 1300),)),
    Occasion("dishwasher", 13.8, 1.0, 0.4, 0.25, 0.35, (Stage(0, 25, 1900), Stage(25, 75, 250)), varies_ratio=0.1),
    Occasion("dishwasher", 20.5, 1.3, 0.4, 0.45, 0.45, (Stage(0, 25, 1900), Stage(25, 75, 250)), varies_ratio=0.1),
    Occasion("ev", 17.5, 3.5, 0.8, 0.55, 0.45, (Stage(0, 140, 4600),), varies_ratio=0.8),
    Occasion("stove", 7.2, 0.8, 0.25, 0.40, 0.55, (Stage(0, 15, 1400),), varies_ratio=0.5),
    Occasion("stove", 12.2, 0.8, 0.3, 0.50, 0.70, (Stage(0, 45, 1700),), varies_ratio=0.5),
    Occasion("stove", 18.2, 1.2, 0.4, 0.65, 0.70, (Stage(0, 50, 1700),), varies_ratio=0.5),
    Occasion("water_heater", 6.8, 1.5, 0.2, 0.95, 0.95, (Stage(0, 75, 1600),)),
    Occasion("water_heater", 13.0, 2.5, 0.3, 0.80, 0.85, (Stage(0, 75, 1600),)),
    Occasion("water_heater", 20.5, 2.0, 0.3, 0.70, 0.70, (Stage(0, 60, 1600),)),
    Occasion("computers", 18.5, 2.5, 0.6, 0.60, 0.65, (Stage(0, 180, 250),), varies_ratio=0.5),
    Occasion("miscellaneous", 7.4, 0.9, 0.2, 0.80, 0.80, (Stage(0, 15, 1600),), varies_ratio=0.6),
    Occasion("miscellaneous", 10.8, 2.5, 0.6, 0.45, 0.70, (Stage(0, 60, 1200),), varies_ratio=0.6),
    # Pumps, ventilation, dehumidifiers, dryers: what runs for hours by a timer.
    Occasion("miscellaneous", 12.5, 4.0, 0.3, 0.65, 0.65, (Stage(0, 270, 750),), varies_ratio=0.4),
)


@dataclass(frozen=True, slots=True)
class Steady:
    """A load without visible switching: a power that never ends, and one that follows the hours of the day."""

    appliance: str
    standby_w: float
    active_w: float
    """Mean over the day in a household of two."""
    weekday: tuple[float, ...]
    """Shape by hour of the local clock; only relations matter."""
    weekend: tuple[float, ...]


STEADY: Final = (
    Steady(
        "computers",
        standby_w=25.0,
        active_w=60.0,
        weekday=(5, 3, 2, 2, 2, 2, 4, 6, 8, 9, 9, 9, 8, 9, 9, 9, 9, 9, 10, 11, 11, 11, 9, 7),
        weekend=(6, 4, 2, 2, 2, 2, 2, 3, 6, 8, 9, 9, 9, 9, 9, 9, 9, 9, 10, 11, 11, 11, 9, 8),
    ),
    Steady(
        "miscellaneous",
        standby_w=95.0,
        active_w=170.0,
        weekday=(6, 5, 4, 4, 4, 5, 8, 10, 10, 9, 9, 9, 10, 10, 9, 9, 10, 11, 12, 12, 12, 11, 10, 8),
        weekend=(7, 5, 4, 4, 4, 4, 5, 8, 11, 12, 12, 12, 12, 11, 10, 10, 11, 11, 12, 12, 12, 11, 10, 8),
    ),
)
HOURS: Final = 24

RHYTHM_COUNT: Final = 256
"""Different compressor rhythms; homes share them, so that a fridge costs one look-up."""
FRIDGE_W: Final = 110.0
PERSONS_RATIO: Final = (0.17, 0.36, 0.20, 0.19, 0.08)
"""Share of homes with 1, 2, ... persons: an assumption for homes that their owners live in."""
LATE_H: Final = 0.9
"""How much homes are early or late in all they do, standard deviation."""
COOLING_W_PER_K: Final = 230.0
COOLING_LIMIT_W: Final = 2500.0


@dataclass(frozen=True, slots=True)
class Trip:
    """A time away, once a year: usual day of the year, how much homes differ, mean length."""

    usual_day: float
    between_homes_days: float
    lasts_days: float


TRIPS: Final = (Trip(200.0, 35.0, 12.0), Trip(5.0, 70.0, 6.0))


@dataclass(frozen=True, slots=True)
class Habits:
    """What stays the same about homes from day to day. The last axis is (home,)"""

    persons: IntArray
    owns: FloatArray
    """1 where the home has it, else 0. Shape (appliance, home)"""
    usual_s: FloatArray
    """Usual time of the local clock. Shape (occasion, home)"""
    strays_s: FloatArray
    """Standard deviation around it. Shape (occasion, home)"""
    chance_ratio: FloatArray
    """Shape (weekday or weekend, occasion, home)"""
    strength_factor: FloatArray
    """Power over the table's; what is stronger is done sooner. Shape (occasion, home)"""
    sleeps_in_s: FloatArray
    """How much later weekends are. Shape (home,)"""
    standby_w: FloatArray
    """Shape (steady, home)"""
    active_w: FloatArray
    """At whole hours of the local clock. Shape (weekday or weekend, steady, hour, home)"""
    fridge_w: FloatArray
    rhythm: IntArray
    """Which compressor rhythm. Shape (home,)"""
    comfort_degc: FloatArray
    """Outdoor temperature above which it cools. Shape (home,)"""
    cooling_w_per_k: FloatArray
    cooling_limit_w: FloatArray
    trip_day: FloatArray
    """Day of the year on which a time away begins. Shape (trip, home)"""
    trip_days: FloatArray
    """Shape (trip, home)"""

    @property
    def home_count(self) -> int:
        """How many homes there are."""
        return self.persons.size

    def part(self, first: int, last: int) -> "Habits":
        """Return the homes from ``first`` up to, not including, ``last``."""
        return Habits(**{each.name: getattr(self, each.name)[..., first:last] for each in fields(self)})


def draw_habits(rng: np.random.Generator, home_count: int = 1) -> Habits:
    """Draw who lives in each of ``home_count`` homes, and how.

    Args:
        rng: Source of chance; the same state gives the same people.
        home_count: How many homes.

    Returns:
        Their habits, to be used for any number of spans.

    >>> draw_habits(np.random.default_rng(1), home_count=3).usual_s.shape
    (15, 3)
    """
    persons = 1 + rng.choice(len(PERSONS_RATIO), size=home_count, p=PERSONS_RATIO)
    owns = (rng.random((len(APPLIANCES), home_count)) < _column(OWNED_RATIO.values())).astype(np.float64)
    late_h = LATE_H * rng.standard_normal(home_count)
    size = (0.45 + 0.275 * persons) * _around_one(rng, (home_count,), spread=0.35)
    return Habits(
        persons=persons,
        owns=owns,
        usual_s=_usual_s(rng, late_h),
        strays_s=_column(each.between_days_h * HOUR_S for each in OCCASIONS)
        * _around_one(rng, (home_count,), spread=0.4),
        chance_ratio=_chance_ratio(persons, owns),
        strength_factor=_around_one(rng, (len(OCCASIONS), home_count), spread=0.25),
        sleeps_in_s=HOUR_S * rng.random(home_count),
        standby_w=_column(each.standby_w for each in STEADY) * _around_one(rng, (len(STEADY), home_count), spread=0.4),
        active_w=np.stack(
            [
                _active_w(rng, [each.weekday for each in STEADY], late_h, size),
                _active_w(rng, [each.weekend for each in STEADY], late_h, size),
            ]
        ),
        fridge_w=FRIDGE_W * _around_one(rng, (home_count,), spread=0.3),
        rhythm=rng.integers(RHYTHM_COUNT, size=home_count),
        comfort_degc=21.5 + 1.5 * rng.standard_normal(home_count),
        cooling_w_per_k=owns[APPLIANCES.index("air_conditioning")] * COOLING_W_PER_K * size,
        cooling_limit_w=COOLING_LIMIT_W * size,
        trip_day=np.stack(
            [each.usual_day + each.between_homes_days * rng.standard_normal(home_count) for each in TRIPS]
        ),
        trip_days=np.stack([rng.exponential(each.lasts_days, home_count) for each in TRIPS]),
    )


def _column(values: Iterable[float]) -> FloatArray:
    return np.array(list(values))[:, None]


def _around_one(rng: np.random.Generator, shape: tuple[int, ...], *, spread: float) -> FloatArray:
    """Draw factors of mean one, mostly within a share of ``spread``, never below zero."""
    factor: FloatArray = np.exp(spread * rng.standard_normal(shape) - 0.5 * spread * spread)
    return factor


def _usual_s(rng: np.random.Generator, late_h: FloatArray) -> FloatArray:
    """Draw usual times: the table's, moved by how late the home is and by its own taste. Shape (occasion, home)"""
    taste = rng.standard_normal((len(OCCASIONS), late_h.size)) * _column(each.between_homes_h for each in OCCASIONS)
    return (_column(each.usual_h for each in OCCASIONS) + late_h + taste) * HOUR_S % DAY_S


def _chance_ratio(persons: IntArray, owns: FloatArray) -> FloatArray:
    """Return the chance of every occasion on a day: each person adds the same. Shape (2, occasion, home)"""
    owned = owns[[APPLIANCES.index(each.appliance) for each in OCCASIONS]]
    for_two = np.array([[each.weekday_ratio for each in OCCASIONS], [each.weekend_ratio for each in OCCASIONS]])
    chance_ratio: FloatArray = (1.0 - (1.0 - for_two[..., None]) ** (persons / 2.0)) * owned
    return chance_ratio


def _active_w(
    rng: np.random.Generator, shapes: list[tuple[float, ...]], late_h: FloatArray, size: FloatArray
) -> FloatArray:
    """Draw the power by hour: the table's shape, moved and bent by the home's own ways. Shape (steady, hour, home)"""
    shape = np.array(shapes, dtype=np.float64)
    shape /= shape.mean(axis=1, keepdims=True)
    hour = (np.arange(HOURS)[:, None] - late_h) % HOURS
    lower = hour.astype(np.int64)
    share = hour - lower
    moved = shape[:, lower] * (1.0 - share) + shape[:, (lower + 1) % HOURS] * share
    bent = _around_one(rng, moved.shape, spread=0.45)
    # Neighbouring hours are alike.
    bent = (np.roll(bent, 1, axis=1) + 2.0 * bent + np.roll(bent, -1, axis=1)) / 4.0
    active_w: FloatArray = moved * bent * size * np.array([each.active_w for each in STEADY])[:, None, None]
    return active_w
