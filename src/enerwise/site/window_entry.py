"""Keys that hold something to a part of the local day, week and year."""

from typing import Annotated, Final, Self

import numpy as np
from pydantic import Field, model_validator

from enerwise.core.time import DAY_S
from enerwise.site.calendar import DAY_SETS, Window
from enerwise.site.entry import Entry
from enerwise.site.limits import WindowedLimit
from enerwise.site.values import Days, Months, Power, Seasons, TimeFrom, TimeTo, Wrong

_WINDOW: Final = Window()


class WindowEntry(Entry):
    """Keys that hold something to a part of the day, week and year."""

    from_: TimeFrom = 0
    to: TimeTo = DAY_S
    days: Days = (DAY_SETS["all"], True)
    months: Months = None
    season: Seasons = None
    seasons: Seasons = None

    @model_validator(mode="after")
    def _is_one_window(self) -> Self:
        if sum(each is not None for each in (self.months, self.season, self.seasons)) > 1:
            raise Wrong("has more than one of months, season and seasons", "keep one of them")
        if self.from_ == self.to:
            raise Wrong("begins and ends at the same time", "leave both times out for the whole day")
        return self

    def window(self, calendar: str | None) -> Window:
        """Hand over the window; ``calendar`` is the country whose holidays are no weekdays."""
        days, on_holidays = self.days
        months = self.months or self.season or self.seasons or _WINDOW.months
        # A window on all days need not know which of them are holidays.
        country = None if on_holidays and days == DAY_SETS["all"] else calendar
        return Window(self.from_, self.to, days, on_holidays and country is not None, months, country)


class LimitWindowEntry(WindowEntry):
    """A limit in a window."""

    limit: Power


class LimitedEntry(Entry):
    """What may take less than it could at some times."""

    limits: Annotated[
        list[LimitWindowEntry],
        Field(default_factory=list, examples=['[{limit: 3 kW, from: "17:00", to: "20:00", days: weekdays}]']),
    ]

    def own_limit(self, calendar: str | None) -> WindowedLimit | None:
        """Hand over the limit; None where there is none."""
        if not self.limits:
            return None
        return WindowedLimit(np.inf, tuple((each.window(calendar), each.limit) for each in self.limits))
