"""Windows of local time: "14:00 to 20:00 on weekdays from October to March", as masks over arrays of instants."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, LocalFields, TimeArray, local_fields
from enerwise.core.units import BoolArray, IntArray

WEEKDAY_NAMES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_SETS: Final = {
    "all": frozenset(range(7)),
    "weekdays": frozenset(range(5)),
    "weekends": frozenset((5, 6)),
    **{name: frozenset((day,)) for day, name in enumerate(WEEKDAY_NAMES)},
}
HOLIDAYS: Final = "holidays"
SEASONS: Final = {
    "winter": frozenset((12, 1, 2)),
    "spring": frozenset((3, 4, 5)),
    "summer": frozenset((6, 7, 8)),
    "autumn": frozenset((9, 10, 11)),
}


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the local week and year.

    ``from_s`` and ``to_s`` are seconds on the wall clock; a window that ends before it begins runs over midnight and
    belongs to the day on which it begins. With a holiday calendar, a holiday is no weekday, whichever day it falls on.
    """

    from_s: int = 0
    to_s: int = DAY_S
    days: frozenset[int] = DAY_SETS["all"]
    on_holidays: bool = False
    """True where the days named include holidays."""
    months: frozenset[int] = frozenset(range(1, 13))
    holiday_country: str | None = None
    """Country, or country and subdivision such as ``DE-BW``."""

    def __post_init__(self) -> None:
        if not (0 <= self.from_s < DAY_S and 0 < self.to_s <= DAY_S):
            raise ValueError(f"window {self.from_s} s to {self.to_s} s leaves the day")

    def holds(self, at_utc: TimeArray, zone: str) -> BoolArray:
        """Tell for each instant whether it lies within the window. Same shape as ``at_utc``"""
        return self.holds_local(local_fields(at_utc, zone))

    def holds_local(self, local: LocalFields) -> BoolArray:
        """The same for local calendar fields already at hand."""
        if self.from_s < self.to_s:
            return (local.second >= self.from_s) & (local.second < self.to_s) & self._holds_day(local.day)
        late = (local.second >= self.from_s) & self._holds_day(local.day)
        early = (local.second < self.to_s) & self._holds_day(local.day - 1)
        return late | early

    def _holds_day(self, day: IntArray) -> BoolArray:
        month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
        holds: BoolArray = np.isin((day + 3) % 7, list(self.days))
        if self.holiday_country is not None:
            is_holiday = np.isin(day, holidays_between(self.holiday_country, day))
            # Holidays leave the weekdays, never the weekend.
            weekday = (day + 3) % 7 < 5
            holds = np.where(is_holiday & weekday, self.on_holidays, holds | (is_holiday & self.on_holidays))
        return holds & np.isin(month, list(self.months))


def holidays_between(country: str, day: IntArray) -> IntArray:
    """Return the holidays of all years that the days touch, as days since 1970-01-01."""
    if not day.size:
        return np.zeros(0, dtype=np.int64)
    edges = np.array([day.min(), day.max()]).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    return np.concatenate([_holidays(country, year) for year in range(int(edges[0]), int(edges[1]) + 1)])


@lru_cache(maxsize=512)
def _holidays(country: str, year: int) -> IntArray:
    import holidays  # A few thousand rules of countries: loaded only by sites that name one.

    code, _, part = country.partition("-")
    found = holidays.country_holidays(code, subdiv=part or None, years=year)
    return np.array(sorted(np.datetime64(day, "D").astype(np.int64) for day in found), dtype=np.int64)
