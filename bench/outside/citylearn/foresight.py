"""What the homes will need: the product's rows and trees, learned on the way from nothing but what was observed.

Until two weeks have been seen, the mean of the days before stands in. Then trees of the product's kind (their settings,
squared error, since costs here are sums) are grown anew every week: one set for the load of all homes, one each for the
sun on a roof and for the carbon of the grid. Their word of the load is averaged with the mean of the last seven days,
and all of it is carried on from what the last hours showed (`enerwise.forecast.nearing`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import lightgbm
import numpy as np

from enerwise.core.time import TimeGrid
from enerwise.forecast.columns.trees import CENTRES, SHARED
from enerwise.forecast.features import Rows, rows
from enerwise.forecast.frame import Known
from enerwise.forecast.nearing import Nearing
from enerwise.forecast.nowcast import PEOPLE, SUN, Near, Nowcast, Way, fitted, together

HORIZON = 24
START = np.datetime64("2016-07-31T23:00:00.000")
"""Month, weekday and hour of every row of the data set fit a year that begins here; seen are only those."""
ZONE, COUNTRY = "UTC", "US"
HOUR = np.timedelta64(3_600_000, "ms")
WEEK = 168
LEAST_WEEKS = 2
AHEAD = {"": 0, "_predicted_6h": 6, "_predicted_12h": 12, "_predicted_24h": 24}
WEATHER = {
    "temp": "outdoor_dry_bulb_temperature",
    "direct": "direct_solar_irradiance",
    "diffuse": "diffuse_solar_irradiance",
}
TREES_RATIO = 0.5
"""Of the load forecast; the mean of the last seven days has the rest."""
MOST_ROWS = 60_000
ASKED_HOURS = 1
"""Trees of whole days are asked so often; what counts of them is the next hours, which are learned apart."""
SPREAD_DAYS = 28
LEARNED_WEEKS = 26
"""Of which the next hour is learned."""
LEAST_SCALE_KWH = 0.05
"""Rows of a home that hardly drew anything yet teach nothing: in its own size everything later is huge."""


class Seen:
    """All that was observed so far, and when. Arrays span the whole run and are NaN where nothing is known."""

    def __init__(self, homes: int, steps: int) -> None:
        self.count, size = 0, steps + HORIZON + 1
        self.load, self.pv = np.full((2, homes, size), np.nan)
        self.net = np.full((homes, size), np.nan)
        self.carbon, self.price = np.full((2, size), np.nan)
        self.weather = {name: np.full(size, np.nan) for name in WEATHER}
        self.told = np.full(size, np.iinfo(np.int64).max)
        """Observation with which the weather of each hour became known."""

    def take(self, seen: Mapping[str, np.ndarray]) -> None:
        """Take what one hour shows: what is, and weather and prices 6, 12 and 24 hours ahead."""
        hour = self.count
        self.load[:, hour], self.pv[:, hour] = seen["non_shiftable_load"], seen["solar_generation"]
        self.net[:, hour] = seen["net_electricity_consumption"]
        self.carbon[hour] = seen["carbon_intensity"][0]
        for ending, ahead in AHEAD.items():
            self.price[hour + ahead] = seen["electricity_pricing" + ending][0]
            if self.told[hour + ahead] > hour:
                self.told[hour + ahead] = hour
                for name, column in WEATHER.items():
                    self.weather[name][hour + ahead] = seen[column + ending][0]
        self.count += 1

    @property
    def idle(self) -> np.ndarray:
        """What each home would have drawn with its battery at rest. Shape (home, hour)"""
        return self.load[:, : self.count] - self.pv[:, : self.count]

    def known(self, name: str, target: np.ndarray, columns: tuple[str, ...]) -> Known:
        """Return a series as the product's forecasters see it, with weather as far as it was told."""
        end = self.count + HORIZON
        known = np.stack([self.weather[each][:end] for each in columns], axis=1)
        told = START + (self.told[:end] + 1) * HOUR
        told[self.told[:end] >= self.count] = np.datetime64("NaT")
        return Known(
            name, "load", START + self.count * HOUR, TimeGrid(START, 3600, end), target[: self.count], columns, known,
            np.repeat(told[:, None], len(columns), axis=1), ZONE, COUNTRY,
        )  # fmt: skip


@dataclass
class Learner:
    """Trees for one kind of series, and the rows they learn from."""

    columns: tuple[str, ...]
    most_rows: int = MOST_ROWS
    every_weeks: int = 1
    booster: lightgbm.Booster | None = None
    x: list[np.ndarray] = field(default_factory=list)
    y: list[np.ndarray] = field(default_factory=list)

    def learn(self, series: Mapping[str, np.ndarray], seen: Seen, rng: np.random.Generator) -> None:
        """Take the issues of the last week, and grow the trees anew where it is time."""
        until, week = seen.count - HORIZON, seen.count // WEEK
        issues = np.arange(max(WEEK, until - WEEK), until)
        for name, target in series.items():
            if issues.size:
                self._take(rows(seen.known(name, target, self.columns), issues, HORIZON), target, rng)
        is_due = week <= 8 or week % self.every_weeks == 0
        if week >= LEAST_WEEKS and is_due and self.x:
            x, y = np.concatenate(self.x), np.concatenate(self.y)
            kept = np.sort(rng.permutation(y.size)[: self.most_rows])
            data = lightgbm.Dataset(x[kept], y[kept], params=SHARED, free_raw_data=False)
            settings = SHARED | dict(CENTRES[0].settings) | {"objective": "l2"}
            self.booster = lightgbm.train(settings, data, num_boost_round=CENTRES[0].rounds)

    def _take(self, row: Rows, target: np.ndarray, rng: np.random.Generator) -> None:
        y = target[row.position] / row.scale - row.base
        kept = np.isfinite(y) & (row.scale > LEAST_SCALE_KWH * np.nanmax(target)) & (rng.random(y.size) < 0.4)
        self.x.append(row.x[kept].astype(np.float32))
        self.y.append(y[kept])

    def foresee(self, name: str, target: np.ndarray, seen: Seen) -> tuple[np.ndarray, np.ndarray]:
        """Return what the trees say, and the mean of the last seven days. Shapes (HORIZON,)"""
        row = rows(seen.known(name, target, self.columns), np.array([seen.count]), HORIZON)
        usual = row.x[:, row.names.index("days_7_mean")] * row.scale
        usual = np.where(np.isfinite(usual), usual, np.nanmean(target[: seen.count]))
        if self.booster is None:
            return usual, usual
        said = (np.asarray(self.booster.predict(row.x, num_threads=1)) + row.base) * row.scale
        highest = np.nanmax(target[: seen.count])
        return np.clip(said, 0.0, highest), usual


@dataclass
class Next:
    """What the next hour of series of one kind will be, learned from all of them."""

    ways: tuple[Way, ...]
    columns: tuple[str, ...]
    size: int
    said: dict[str, np.ndarray] = field(default_factory=dict)
    """What the trees said of each hour, an hour before it."""
    nowcast: Nowcast | None = None

    def learn(self, series: Mapping[str, np.ndarray], seen: Seen) -> None:
        """Learn anew from the last half year."""
        if seen.count // WEEK >= LEAST_WEEKS:
            first = max(3 * 24, seen.count - LEARNED_WEEKS * WEEK)
            self.nowcast = fitted(self._nears(series, seen), self.ways, first)

    def hints(
        self, series: Mapping[str, np.ndarray], said: Mapping[str, np.ndarray], seen: Seen
    ) -> Mapping[str, float | None]:
        """Return what is to be expected of the next hour of each, None while nothing has been learned."""
        for name in series:
            self.said.setdefault(name, np.full(self.size, np.nan))[seen.count] = said[name][0]
        if self.nowcast is None:
            return dict.fromkeys(series)
        nears = self._nears(series, seen)
        return {name: max(0.0, self.nowcast.next(near)) for name, near in zip(series, nears, strict=True)}

    def _nears(self, series: Mapping[str, np.ndarray], seen: Seen) -> list[Near]:
        count = seen.count
        known = np.stack([seen.weather[each][: count + 2] for each in self.columns], axis=1)
        return together(
            [Near(target[:count], self.said[name][: count + 1], known, 24) for name, target in series.items()]
        )


class Foresight:
    """Everything that is foreseen, hour by hour."""

    def __init__(self, homes: int, steps: int, seed: int = 1) -> None:
        self.homes = homes
        self._rng = np.random.default_rng(seed)
        self._load = Learner(("temp",), every_weeks=4)
        self._pv = [Learner(("direct", "diffuse", "temp"), 20_000, 4) for _ in range(homes)]
        self._carbon = Learner(("temp", "direct"), 20_000, 4)
        self._next_load = Next(PEOPLE, ("temp",), steps + HORIZON)
        self._next_pv = Next(SUN, ("direct", "diffuse", "temp"), steps + HORIZON)
        self._days: dict[str, np.ndarray] = {}
        self._near: dict[str, Nearing] = {}
        self.net: list[np.ndarray] = []
        """What was said of the net load after each observation. Shapes (home, HORIZON)"""

    def look(self, seen: Seen) -> tuple[np.ndarray, np.ndarray]:
        """Return net load and carbon of the hours ahead, from what was seen. Shapes (home, HORIZON), (HORIZON,)"""
        loads = {f"load {home}": seen.load[home] for home in range(self.homes)}
        suns = {f"pv {home}": seen.pv[home] for home in range(self.homes)}
        if seen.count % WEEK == 0:
            self._learn(loads, suns, seen)
        says = {name: self._day(name, self._load, TREES_RATIO, target, seen) for name, target in loads.items()}
        for learner, (name, target) in zip(self._pv, suns.items(), strict=True):
            says[name] = self._day(name, learner, 1.0, target, seen)
        hints = {**self._next_load.hints(loads, says, seen), **self._next_pv.hints(suns, says, seen)}
        near = {
            name: self._nearer(name, says[name], target, seen, hints[name]) for name, target in (loads | suns).items()
        }
        net = np.array([near[load] - near[sun] for load, sun in zip(loads, suns, strict=True)])
        carbon = self._day("carbon", self._carbon, 1.0, seen.carbon, seen)
        self.net.append(net)
        return net, self._nearer("carbon", carbon, seen.carbon, seen)

    def _day(self, name: str, learner: Learner, trees_ratio: float, target: np.ndarray, seen: Seen) -> np.ndarray:
        """Return what trees and the last days say of the day ahead; asked anew every few hours, moved on between."""
        if name not in self._days or seen.count % ASKED_HOURS == 0:
            trees, usual = learner.foresee(name, target, seen)
            self._days[name] = trees_ratio * trees + (1 - trees_ratio) * usual
        else:
            self._days[name] = np.roll(self._days[name], -1)
        return self._days[name]

    def _learn(self, loads: Mapping[str, np.ndarray], suns: Mapping[str, np.ndarray], seen: Seen) -> None:
        self._load.learn(loads, seen, self._rng)
        for learner, target in zip(self._pv, suns.values(), strict=True):
            learner.learn({"pv": target}, seen, self._rng)
        self._carbon.learn({"carbon": seen.carbon}, seen, self._rng)
        self._next_load.learn(loads, seen)
        self._next_pv.learn(suns, seen)

    def spread(self, seen: Seen) -> tuple[np.ndarray, np.ndarray]:
        """Return how far the next hour turned out from what was said, by hour of the day: each home, and their sum.

        Shapes (home, HORIZON), (HORIZON,), beginning with the next hour; zero until a week of errors is there.
        """
        days = min(SPREAD_DAYS, (seen.count - 1) // 24)
        if days < 7:
            return np.zeros((self.homes, HORIZON)), np.zeros(HORIZON)
        last = seen.idle[:, seen.count - 24 * days :]
        said = np.stack([each[:, 0] for each in self.net[-24 * days - 1 : -1]], axis=1)
        error = (last - said).reshape(self.homes, days, 24)
        return _deviation(error), _deviation(error.sum(axis=0))

    def _nearer(
        self, name: str, said: np.ndarray, target: np.ndarray, seen: Seen, hint: float | None = None
    ) -> np.ndarray:
        near = self._near.setdefault(name, Nearing(HORIZON))
        near.measured(float(target[seen.count - 1]))
        if seen.count % WEEK == 0:
            near.fit(target[: seen.count])
        return np.maximum(0.0, near.foreseen(said, hint))


def _deviation(error: np.ndarray) -> np.ndarray:
    """Return the size of errors by hour, with half the weight on the hours beside it. Shape (..., 24)"""
    square = np.mean(error**2, axis=-2)
    return np.sqrt(square / 2 + (np.roll(square, 1, axis=-1) + np.roll(square, -1, axis=-1)) / 4)
