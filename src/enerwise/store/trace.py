"""Traces of trips: what was measured and commanded from thirty seconds before a trip to ten seconds after it.

A ring keeps the last half minute of every channel, bounded in number. When something trips it goes on for ten seconds
more and becomes one file of JSON lines, packed, that people can read and supervision can be fed with again. A trip
within these ten seconds joins the trace and gives it ten seconds from then on, a minute after the first trip at most;
what trips later has a trace of its own, with its own half minute before.
"""

import gzip
import json
import math
import re
import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import StoreError
from enerwise.core.series import Key
from enerwise.core.units import FloatArray
from enerwise.store.disk import DISK, Disk, write_whole

BEFORE_S: Final = 30.0
AFTER_S: Final = 10.0
JOIN_S: Final = 60.0
"""No trace goes on longer after its first trip."""
SAMPLE_COUNT: Final = 50_000
"""Fifty devices with six channels, four times a second, for forty seconds, fit."""
FILE_COUNT: Final = 100
SECOND: Final = 1_000_000_000
NAME: Final = re.compile(r"trip-[\d-]+T?[\d-]*\.jsonl\.gz")
REMEDY: Final = "it may have been cut off or altered; look at another trace, or at enerwise audit show"
Sample = tuple[int, str, float]
"""Moment on the monotonic clock [ns], channel, value."""
Row = Mapping[str, Any]


@dataclass(slots=True)
class TraceRing:
    """The last half minute, and the trace that is being finished."""

    samples: "deque[Sample]" = field(default_factory=lambda: deque(maxlen=SAMPLE_COUNT))
    commands: "deque[Sample]" = field(default_factory=lambda: deque(maxlen=SAMPLE_COUNT))
    """What each asset was told, whenever that changed. [W]"""
    _older: dict[str, Sample] = field(default_factory=dict)
    """The last sample of each channel before the ring begins: slow channels have none within it."""
    _newest_ns: dict[str, int] = field(default_factory=dict)
    _told_w: dict[str, float] = field(default_factory=dict)
    _known: frozenset[tuple[str, str]] | None = None
    """What had tripped at the last look; None before the first: what is latched then is no news."""
    _trips: list[Row] = field(default_factory=list)
    _first_ns: int | None = None
    _end_ns: int = 0
    _complete_ns: int = 0
    """Before this moment samples may be missing, for there was no room."""

    def look(
        self,
        live: Mapping[Key, tuple[float, int]],
        trips: Sequence[Row],
        now_ns: int,
        *,
        told_w: Mapping[str, float] | None = None,
    ) -> "Trace | None":
        """Take what is new, and return a trace that has become whole.

        Args:
            live: The newest value of each channel, and when it was measured on the monotonic clock. [ns]
            trips: Everything that is latched: ``subject``, ``cause``, and ``at``, the moment in UTC.
            now_ns: The present on the monotonic clock.
            told_w: What the device of each asset was last told.
        """
        for key, (value, at_ns) in live.items():
            self._sample(str(key), value, at_ns)
        for asset, value_w in (told_w or {}).items():
            if self._told_w.get(asset) != value_w:
                self._told_w[asset] = value_w
                self.commands.append((now_ns, asset, value_w))
        self._trip(trips, now_ns)
        self._forget((now_ns if self._first_ns is None else self._first_ns) - int(BEFORE_S * SECOND))
        return self.cut() if self._first_ns is not None and now_ns >= self._end_ns else None

    def cut(self) -> "Trace | None":
        """Return the trace that is being finished as far as it has come, such as at the end of a run."""
        if self._first_ns is None:
            return None
        samples = sorted(chain(self._older.values(), self.samples))
        complete_ns = max(self._complete_ns, self._first_ns - int(BEFORE_S * SECOND))
        trace = Trace(self._first_ns, tuple(self._trips), tuple(samples), tuple(self.commands), complete_ns)
        self._first_ns, self._trips = None, []
        return trace

    def _sample(self, name: str, value: float, at_ns: int) -> None:
        if self._newest_ns.get(name, -1) < at_ns:
            self._newest_ns[name] = at_ns
            if len(self.samples) == SAMPLE_COUNT:
                self._complete_ns = self._drop()[0] + 1
            self.samples.append((at_ns, name, value))

    def _trip(self, trips: Sequence[Row], now_ns: int) -> None:
        latched = frozenset((str(each["subject"]), str(each["cause"])) for each in trips)
        known, self._known = latched if self._known is None else self._known, latched
        new = [each for each in trips if (str(each["subject"]), str(each["cause"])) not in known]
        if new:
            self._first_ns = now_ns if self._first_ns is None else self._first_ns
            self._end_ns = min(now_ns + int(AFTER_S * SECOND), self._first_ns + int(JOIN_S * SECOND))
            self._trips += new

    def _forget(self, begin_ns: int) -> None:
        while self.samples and self.samples[0][0] < begin_ns:
            self._drop()
        while self.commands and self.commands[0][0] < begin_ns:
            self.commands.popleft()

    def _drop(self) -> Sample:
        sample = self.samples.popleft()
        self._older[sample[1]] = sample
        return sample


@dataclass(frozen=True, slots=True)
class Trace:
    """What led to a trip, and what followed."""

    tripped_ns: int
    """When the first trip was seen, on the monotonic clock."""
    trips: tuple[Row, ...]
    samples: tuple[Sample, ...]
    """In order of time; of each channel the last one before the half minute too, where there was one."""
    commands: tuple[Sample, ...] = ()
    complete_ns: int = 0
    """From here on nothing is missing: half a minute before, later where there was no room for all of it."""

    def write(self, folder: Path, *, disk: Disk = DISK) -> Path:
        """Write it beside the others, named after the moment of the first trip, and give up the oldest of many.

        Raises:
            OSError: The disk refuses.
        """
        folder.mkdir(parents=True, exist_ok=True)
        names = disk.names(folder)
        stamp = re.sub(r"[^\dT]+", "-", str(self.trips[0].get("at", ""))[:19]).strip("-") or str(self.tripped_ns)
        stamps = chain([stamp], (f"{stamp}-{at}" for at in count(2)))
        path = folder / next(name for each in stamps if (name := f"trip-{each}.jsonl.gz") not in names)
        content = "".join(json.dumps(row, allow_nan=False) + "\n" for row in self._rows())
        write_whole(path, gzip.compress(content.encode(), mtime=0), disk=disk)
        disk.sync_folder(folder)
        for name in [each for each in names if NAME.fullmatch(each)][: -(FILE_COUNT - 1)]:
            disk.remove(folder / name)
        return path

    def _rows(self) -> Iterator[Row]:
        yield {
            "trips": [dict(each) for each in self.trips],
            "tripped_ns": self.tripped_ns,
            "complete_from_s": self._seconds(self.complete_ns),
            "row_count": len(self.samples) + len(self.commands),
        }
        for at_ns, name, value in self.samples:
            yield {"t_s": self._seconds(at_ns), "channel": name, "value": value if math.isfinite(value) else None}
        for at_ns, asset, value_w in self.commands:
            yield {"t_s": self._seconds(at_ns), "told": asset, "value": value_w if math.isfinite(value_w) else None}

    def _seconds(self, at_ns: int) -> float:
        return (at_ns - self.tripped_ns) / SECOND


@dataclass(frozen=True, slots=True)
class Recorded:
    """A trace as arrays: seconds from the first trip, and values. Shapes (sample,)"""

    trips: tuple[Row, ...]
    complete_from_s: float
    """From here on no sample is missing."""
    t_s: Mapping[Key, FloatArray]
    value: Mapping[Key, FloatArray]
    told_t_s: Mapping[str, FloatArray]
    """When each asset was told something else,"""
    told_w: Mapping[str, FloatArray]
    """and what."""

    def looks(
        self, every_s: float = 0.1, *, start_s: float = -BEFORE_S, end_s: float = AFTER_S
    ) -> Iterator[tuple[float, dict[Key, tuple[float, float]]]]:
        """Yield what was known at one look after the other: the moment, and value and age of each channel.

        What supervision remembers from before the trace, such as trends over minutes, is not in it.
        """
        for step in range(math.floor((end_s - start_s) / every_s + 1e-9) + 1):
            t_s = start_s + step * every_s
            at = {key: int(np.searchsorted(each, t_s + 1e-9, side="right")) - 1 for key, each in self.t_s.items()}
            known = {key: place for key, place in at.items() if place >= 0}
            yield (
                t_s,
                {
                    key: (float(self.value[key][place]), max(0.0, t_s - float(self.t_s[key][place])))
                    for key, place in known.items()
                },
            )


def read_trace(path: Path) -> Recorded:
    """Read a trace back.

    Raises:
        StoreError: There is none, it is damaged, or none of ours.
    """
    try:
        head, *rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
        if len(rows) != head["row_count"]:
            raise ValueError(f"it holds {len(rows)} of {head['row_count']} rows")
        t_s, value = _columns(rows, "channel")
        told_t_s, told_w = _columns(rows, "told")
        keys = {name: Key.parse(name) for name in t_s}
        return Recorded(
            tuple(head["trips"]),
            float(head["complete_from_s"]),
            {keys[name]: each for name, each in t_s.items()},
            {keys[name]: each for name, each in value.items()},
            told_t_s,
            told_w,
        )
    except OSError as error:
        raise StoreError(f"{path}: cannot be read: {error.strerror or error}; {REMEDY}") from None
    except (ValueError, TypeError, LookupError, AttributeError, EOFError, zlib.error) as error:
        raise StoreError(f"{path}: is no trace of a trip: {error}; {REMEDY}") from None


def _columns(rows: Sequence[Row], what: str) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Return moments and values of everything of one sort, by name."""
    of: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        if what in row:
            value = row["value"]
            of.setdefault(str(row[what]), []).append((float(row["t_s"]), math.nan if value is None else float(value)))
    pairs = {name: np.array(found, dtype=np.float64).T for name, found in of.items()}
    return {name: each[0] for name, each in pairs.items()}, {name: each[1] for name, each in pairs.items()}
