"""What kind of a day it is: people live by workdays, weekends and holidays, and so do their loads."""

from enum import StrEnum
from typing import Final

import numpy as np

from enerwise.core.time import LocalFields
from enerwise.core.units import BoolArray, IntArray
from enerwise.site.calendar import holidays_between

KEPT_EVERYWHERE: Final = (101, 1225, 1226)
"""Month and day of holidays where no country is told: New Year and Christmas, kept in most of them."""


class DayType(StrEnum):
    """Kinds of days; a holiday is one on any weekday."""

    WORKDAY = "workday"
    SATURDAY = "Saturday"
    SUNDAY = "Sunday"
    HOLIDAY = "holiday"


TYPES: Final = tuple(DayType)


def holidays(local: LocalFields, country: str) -> BoolArray:
    """Tell which steps lie in a holiday of a country, or in one that is kept nearly everywhere. Shape (step,)"""
    if country:
        return np.asarray(np.isin(local.day, holidays_between(country, local.day)))
    month = local.day.astype("datetime64[D]").astype("datetime64[M]")
    day = local.day - month.astype("datetime64[D]").astype(np.int64) + 1
    return np.asarray(np.isin(100 * local.month + day, KEPT_EVERYWHERE))


def day_types(local: LocalFields, country: str = "") -> IntArray:
    """Return the place among `TYPES` of each step's day. Shape (step,)

    >>> from enerwise.core.time import TimeGrid, instant, local_fields
    >>> grid = TimeGrid(instant("2024-12-25"), 86_400, 5)
    >>> [TYPES[each].value for each in day_types(local_fields(grid.starts_utc, "UTC"))]
    ['holiday', 'holiday', 'workday', 'Saturday', 'Sunday']
    """
    week = np.clip(local.weekday - 4, 0, 2)
    return np.where(holidays(local, country), TYPES.index(DayType.HOLIDAY), week)
