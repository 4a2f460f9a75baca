"""How good yesterday's forecast was: the last one made before a local day began, against what was measured in it.

A day counts for a channel where at least half of it was both foreseen and measured; of the other days it is told why
they do not. An error is forecast less truth, in the house sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Final

import numpy as np

from enerwise.core.outlook import Forecast
from enerwise.core.time import Instant, TimeGrid
from enerwise.forecast.score import coverage_ratio, mae
from enerwise.serve.outlooks.made import Plans, plans_of
from enerwise.serve.outlooks.measured import day_grid, local_day
from enerwise.serve.outlooks.minutes import on_minutes
from enerwise.serve.outlooks.per_site import PerSite
from enerwise.site.site import Site
from enerwise.store.store import Store

LEAST_SHARE: Final = 0.5
OLDEST: Final = np.timedelta64(6, "h")
"""A forecast made longer before the day began is not the one of its eve."""
BAND: Final = (0.1, 0.9)
NO_FORECAST, NO_DATA = "no_forecast", "no_data"
BEFORE: Final = np.timedelta64(3600, "s")
MOST_DAYS: Final = 400


@dataclass(frozen=True, slots=True)
class Score:
    """One channel on one local day."""

    channel: str
    model: str
    day: int
    step_count: int
    """Steps that were foreseen and measured."""
    mae_w: float
    bias_w: float
    inside_ratio: float
    """Share of those steps that lay within the band of 8 in 10."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A day that could not be scored."""

    channel: str
    """Empty where it holds for all."""
    day: int
    why: str


@dataclass(frozen=True, slots=True)
class Summary:
    """One channel over several days, each step of the same weight."""

    channel: str
    model: str
    mae_w: float
    bias_w: float
    inside_ratio: float
    day_count: int


DayScores = tuple[tuple[Score, ...], tuple[Missed, ...]]


class Scores:
    """Scores of finished days, each reckoned once. Threads may share it."""

    def __init__(self, store: Store, site: Site) -> None:
        self._store, self._site = store, site
        self._kept: dict[int, DayScores] = {}
        self._lock = Lock()

    def last(self, day_count: int, now: Instant) -> tuple[list[Score], list[Missed]]:
        """Return the scores of the last finished days, the oldest first.

        Raises:
            StoreError: The store cannot be read.
        """
        today = local_day(now, self._site.timezone)
        found = [self._of(day, today) for day in range(today - day_count, today)]
        return [each for scores, _ in found for each in scores], [each for _, missed in found for each in missed]

    def _of(self, day: int, today: int) -> DayScores:
        with self._lock:
            if day in self._kept:
                return self._kept[day]
        found = scored(plans_of(self._store, self._site), self._store, self._site, day)
        # Readings of yesterday may still be on their way.
        if day < today - 1:
            with self._lock:
                if len(self._kept) >= MOST_DAYS:
                    self._kept.pop(min(self._kept))
                self._kept[day] = found
        return found


def scored(plans: Plans, store: Store, site: Site, day: int) -> DayScores:
    """Score one local day.

    Raises:
        StoreError: The store cannot be read.
    """
    span = day_grid(day, site.timezone)
    told = plans.told(1, before=span.start_utc + np.timedelta64(1, "ms"))
    forecasts = plans.foreseen(told[0].id) if told and told[0].at >= span.start_utc - OLDEST else ()
    if not forecasts:
        return (), (Missed("", day, NO_FORECAST),)
    found = [_scored(each, store, span, day) for each in forecasts]
    scores = tuple(each for each in found if isinstance(each, Score))
    return scores, tuple(each for each in found if isinstance(each, Missed))


def _scored(forecast: Forecast, store: Store, span: TimeGrid, day: int) -> Score | Missed:
    starts_utc = forecast.grid.starts_utc
    inside = np.flatnonzero((starts_utc >= span.start_utc) & (starts_utc < span.end_utc))
    step_s = forecast.grid.step_s
    least = LEAST_SHARE * span.step_count * span.step_s / step_s
    if inside.size < least:
        return Missed(str(forecast.key), day, NO_FORECAST)
    grid = forecast.grid.part(int(inside[0]), inside.size)
    truth = on_minutes(store.read(forecast.key, grid.start_utc - BEFORE, grid.end_utc), grid).mean
    known = np.isfinite(truth)
    if known.sum() < least:
        return Missed(str(forecast.key), day, NO_DATA)
    median, low, high = (forecast.at_level(level)[inside] for level in (0.5, *BAND))
    return Score(
        channel=str(forecast.key),
        model=forecast.model,
        day=day,
        step_count=int(known.sum()),
        mae_w=float(mae(truth, median)),
        bias_w=float((median - truth)[known].mean()),
        inside_ratio=float(coverage_ratio(truth, low, high)),
    )


def summary(scores: Sequence[Score]) -> list[Summary]:
    """Return one line for each channel."""
    found = []
    for channel in dict.fromkeys(each.channel for each in scores):
        mine = [each for each in scores if each.channel == channel]
        weight = np.array([each.step_count for each in mine], dtype=np.float64)
        mae_w, bias_w, inside = (
            float(np.average([getattr(each, name) for each in mine], weights=weight))
            for name in ("mae_w", "bias_w", "inside_ratio")
        )
        found.append(Summary(channel, mine[-1].model, mae_w, bias_w, inside, len(mine)))
    return found


scores_of: Final = PerSite(Scores)
