"""What may be asked of measured series, and the answer in columns: raw, on a grid, or reduced for a screen."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from enerwise.core.quantity import QUANTITIES
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeArray, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.serve.api.problems import Fault, Trouble
from enerwise.serve.api.reduced import reduced
from enerwise.serve.api.spans import moment
from enerwise.serve.api.wire import plain
from enerwise.store.store import Store

VALUES_MOST: Final = 500_000
RAW_MOST: Final = 2_000_000
RAW_STEP_S: Final = 60
"""How often raw readings are taken to come when a question is weighed; what comes more often is read all the same."""
KEYS_MOST: Final = 20
DAY: Final = np.timedelta64(1, "D")


@dataclass(frozen=True, slots=True)
class Question:
    """Channels over a span."""

    keys: tuple[Key, ...]
    since: Instant
    until: Instant
    """Excluded."""
    step_s: int | None = None
    """Means of steps; None for readings as they came."""
    points: int | None = None
    """About so many for each channel; None for all."""
    as_of: Instant | None = None

    @property
    def is_on_grid(self) -> bool:
        """Whether all channels share their times."""
        return self.step_s is not None and self.points is None


def question(
    now: Instant,
    *,
    keys: Sequence[str],
    start: str | None,
    end: str | None,
    step_s: int | None = None,
    points: int | None = None,
    as_of: str | None = None,
) -> Question:
    """Return what a caller asks, as it was written.

    Raises:
        Trouble: 422, it is no question, or one too large.
    """
    until = moment("to", end) or now
    since = moment("from", start) or until - DAY
    found = Question(tuple(_key(each) for each in keys), since, until, step_s, points, moment("as_of", as_of))
    _check_size(found)
    return found


def columns(store: Store, asked: Question) -> dict[str, Any]:
    """Return channels as `shapes.series.SeriesShape` tells them.

    Raises:
        StoreError: The store cannot be read.
    """
    if asked.is_on_grid:
        return _on_grid(store, asked)
    told: dict[str, Any] = {"step_s": None, "start_utc": [], "columns": {}, "quality": {}, "times": {}}
    for key in asked.keys:
        times, values, quality = _one(store, key, asked)
        if asked.points is not None:
            times, values = reduced(times, values, bins=max(1, asked.points // 2))
            quality = np.zeros(0, dtype=np.uint8)
        told["times"][str(key)], told["columns"][str(key)] = times, values
        told["quality"][str(key)] = quality
    return told


def as_csv(told: dict[str, Any]) -> bytes:
    """Return columns as CSV: one line for each time, or for each reading where channels have times of their own."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    table = plain({name: told[name] for name in ("start_utc", "columns")} | {"times": told.get("times", {})})
    if told["step_s"] is not None:
        writer.writerow(["start_utc", *table["columns"]])
        writer.writerows(zip(table["start_utc"], *table["columns"].values(), strict=True))
    else:
        writer.writerow(["key", "start_utc", "value"])
        for key, values in table["columns"].items():
            writer.writerows((key, at, value) for at, value in zip(table["times"][key], values, strict=True))
    return text.getvalue().encode()


def _on_grid(store: Store, asked: Question) -> dict[str, Any]:
    assert asked.step_s is not None
    frame = store.read_frame(asked.keys, TimeGrid.between(asked.since, asked.until, asked.step_s), as_of=asked.as_of)
    return {
        "step_s": asked.step_s,
        "start_utc": frame.start_utc,
        "columns": {str(key): frame.value[:, place] for place, key in enumerate(asked.keys)},
        "quality": {str(key): frame.quality[:, place] for place, key in enumerate(asked.keys)},
        "times": {},
    }


def _one(store: Store, key: Key, asked: Question) -> tuple[TimeArray, FloatArray, np.ndarray]:
    if asked.step_s is None:
        series = store.read(key, asked.since, asked.until, as_of=asked.as_of)
        return series.start_utc, series.value, series.quality
    frame = store.read_frame([key], TimeGrid.between(asked.since, asked.until, asked.step_s), as_of=asked.as_of)
    return frame.start_utc, frame.value[:, 0], frame.quality[:, 0]


def _key(text: str) -> Key:
    asset, _, quantity = text.rpartition(".")
    if not asset or quantity not in QUANTITIES:
        raise _wrong("key", f"{text[:80]!r} is no channel", "write asset and quantity, such as grid.power_w")
    return Key(asset, quantity)


def _check_size(asked: Question) -> None:
    if not 1 <= len(asked.keys) <= KEYS_MOST:
        raise _wrong("key", f"{len(asked.keys)} channels were asked for", f"ask for 1 to {KEYS_MOST}")
    if not asked.since < asked.until:
        raise _wrong("from", f"{asked.since} is not before {asked.until}", "write the earlier moment as 'from'")
    seconds = float((asked.until - asked.since) / np.timedelta64(1, "s"))
    count = seconds / (asked.step_s or RAW_STEP_S) * len(asked.keys)
    most = VALUES_MOST if asked.step_s else RAW_MOST
    if count > most:
        remedy = f"ask for a shorter span, fewer channels or longer steps; at most {most} values"
        raise _wrong("step_s", f"{count:.0f} values are too many", remedy)


def _wrong(place: str, message: str, remedy: str) -> Trouble:
    fault = Fault(place=place, message=message, remedy=remedy)
    return Trouble(422, "wrong-request", f"{place}: {message}; {remedy}", faults=[fault])
