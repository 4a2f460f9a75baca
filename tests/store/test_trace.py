"""Traces of trips: half a minute before, ten seconds after, readable, and good enough to trip again."""

import gzip
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerwise.core.errors import StoreError
from enerwise.core.quantity import POWER_W, SOC_RATIO, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import instant
from enerwise.guard import Guard, supervise
from enerwise.serve.rules import watched_rules
from enerwise.store.trace import (
    AFTER_S,
    BEFORE_S,
    FILE_COUNT,
    JOIN_S,
    SAMPLE_COUNT,
    SECOND,
    Recorded,
    Trace,
    TraceRing,
    read_trace,
)
from tests.builders import a_site

from .disks import FaultyDisk

HOT, POWER, SOC = Key("battery", TEMPERATURE_DEGC), Key("battery", POWER_W), Key("battery", SOC_RATIO)
NOON = instant("2024-07-01T12:00Z")
TRIP = {"subject": "battery", "cause": "overtemperature", "at": "2024-07-01T12:00:00.000", "active": True}
LOOK_S = 0.1
HEAD = b'{"trips": [], "row_count": %d, "complete_from_s": 0}\n'


def at_ns(t_s: float) -> int:
    return round(t_s * SECOND)


@dataclass
class Judge:
    """Supervision and guard as the door has them: fed with samples it says what trips, and when."""

    t_s: float
    tripped: dict[tuple[str, str], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rules = watched_rules(a_site(), ())
        self.state = supervise.start(self.rules, self.t_s)
        self.guard = Guard(a_site(), b"sixteen secret b")

    def look(self, t_s: float, samples: Mapping[Key, tuple[float, float]]) -> None:
        told = {key: supervise.Sample(value, age_s) for key, (value, age_s) in samples.items()}
        watched = supervise.step(self.rules, self.state, told, t_s)
        self.state = watched.state
        self.guard.heed(watched, NOON + np.timedelta64(round(t_s * 1000), "ms"))
        for each in self.guard.trips.latched:
            self.tripped.setdefault((each.subject, each.cause), t_s)

    def rows(self) -> list[dict[str, Any]]:
        return [{"subject": each.subject, "cause": each.cause, "at": str(each.at)} for each in self.guard.trips.latched]


def degc(t_s: float) -> float:
    """Well for a minute and a half, then two degrees more every second, for half a minute."""
    return 25.0 + 2.0 * min(max(0.0, math.floor(t_s) - 90.0), 30.0)


def a_life(seconds: float = 140.0) -> tuple[list[Trace], Judge]:
    """A battery that gets hot under supervision, measured once a second; the traces it leaves."""
    judge, ring, found = Judge(0.0), TraceRing(), list[Trace]()
    for step in range(round(seconds / LOOK_S)):
        t_s = step * LOOK_S
        second_s = math.floor(t_s + 1e-9)
        values = {HOT: degc(second_s), POWER: 10.0 + second_s % 3, SOC: 0.5}
        judge.look(t_s, {key: (value, max(0.0, t_s - second_s)) for key, value in values.items()})
        live = {key: (value, at_ns(second_s)) for key, value in values.items()}
        told_w = {"battery": 0.0 if judge.tripped else 500.0}
        trace = ring.look(live, judge.rows(), at_ns(t_s), told_w=told_w)
        found += [trace] if trace else []
    return found, judge


def test_a_trace_holds_what_led_to_the_trip_and_what_followed(tmp_path: Path) -> None:
    traces, judge = a_life()
    tripped_s = min(judge.tripped.values())
    read = read_trace(traces[0].write(tmp_path))
    assert read.trips[0]["subject"] == "battery"
    assert read.complete_from_s == -BEFORE_S
    assert -BEFORE_S - 1.0 <= read.t_s[HOT][0] <= -BEFORE_S, "what was known when it began is in it"
    joined_s = max(judge.tripped[each["subject"], each["cause"]] for each in read.trips) - tripped_s
    assert read.t_s[HOT][-1] == pytest.approx(min(joined_s + AFTER_S, JOIN_S), abs=1.0)
    assert read.value[HOT] == pytest.approx([degc(tripped_s + t_s + 1e-6) for t_s in read.t_s[HOT]])
    assert (read.told_t_s["battery"].tolist(), read.told_w["battery"].tolist()) == ([0.0], [0.0])


def test_a_trace_fed_to_supervision_and_guard_again_trips_the_same_at_the_same_moments(tmp_path: Path) -> None:
    """The decisions of the replay are those of the life: every cause within the trace, to the look."""
    traces, judge = a_life()
    first_s = min(judge.tripped.values())
    read = read_trace(traces[0].write(tmp_path))
    again = Judge(-BEFORE_S)
    end_s = max(judge.tripped[each["subject"], each["cause"]] for each in read.trips) - first_s
    for t_s, samples in read.looks(LOOK_S, end_s=end_s):
        again.look(t_s, samples)
    lived = {cause: t_s - first_s for cause, t_s in judge.tripped.items() if t_s - first_s <= end_s}
    assert again.tripped == pytest.approx(lived, abs=LOOK_S / 2)
    assert len(lived) == len(read.trips)


def test_a_trace_without_the_heat_does_not_trip_again(tmp_path: Path) -> None:
    """The replay can fail: the same trace with another temperature decides otherwise."""
    read = read_trace(a_life()[0][0].write(tmp_path))
    cool = {**read.value, HOT: np.full_like(read.value[HOT], 25.0)}
    again = Judge(-BEFORE_S)
    for t_s, samples in Recorded(read.trips, -30.0, read.t_s, cool, {}, {}).looks(LOOK_S):
        again.look(t_s, samples)
    assert not again.tripped


def test_people_can_read_it(tmp_path: Path) -> None:
    path = a_life()[0][0].write(tmp_path)
    head, *rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    assert path.name == f"trip-{head['trips'][0]['at'][:19].replace(':', '-')}.jsonl.gz"
    assert head["row_count"] == len(rows)
    assert rows[0].keys() == {"t_s", "channel", "value"}


def test_fifty_devices_with_six_channels_fit_and_more_is_bounded_and_told() -> None:
    keys = [Key(f"b{at}", POWER_W) for at in range(300)]
    ring = TraceRing()
    for t_s in range(100):
        trace = ring.look({key: (float(t_s), at_ns(t_s)) for key in keys}, [TRIP] * (t_s >= 60), at_ns(t_s))
        assert len(ring.samples) <= 41 * 300
        if trace is not None:
            assert t_s == 70
            assert len(trace.samples) == 42 * 300, "every second from 29 to 70"
            assert trace.complete_ns == at_ns(30)
    ring = TraceRing()
    for step in range(300):
        ring.look({key: (0.0, at_ns(step / 20)) for key in keys}, [], at_ns(step / 20))
    assert len(ring.samples) == SAMPLE_COUNT
    ring.look({}, [TRIP], at_ns(15.0))
    trace = ring.cut()
    assert trace is not None
    kept_s = SAMPLE_COUNT / 300 / 20
    assert trace.complete_ns == pytest.approx(at_ns(15.0 - kept_s), abs=at_ns(0.1))
    assert len(trace.samples) == SAMPLE_COUNT + 300


def test_a_channel_that_is_slower_than_the_trace_has_its_last_value_in_it(tmp_path: Path) -> None:
    ring, trace = TraceRing(), None
    for t_s in range(101):
        trace = ring.look({SOC: (0.7, at_ns(t_s // 60 * 60))}, [TRIP] * (t_s >= 90), at_ns(t_s))
    assert trace is not None
    read = read_trace(trace.write(tmp_path))
    assert read.t_s[SOC].tolist() == [-90.0, -30.0]
    ((_, first), *_) = read.looks()
    assert first == {SOC: (0.7, 0.0)}


def test_what_is_no_number_is_kept_as_none(tmp_path: Path) -> None:
    ring = TraceRing()
    ring.look({}, [], 0)
    ring.look({HOT: (math.nan, 1), POWER: (math.inf, 1)}, [TRIP], 1, told_w={"battery": math.nan})
    trace = ring.cut()
    assert trace is not None
    read = read_trace(trace.write(tmp_path))
    assert np.isnan([read.value[HOT][0], read.value[POWER][0], read.told_w["battery"][0]]).all()


def times(ring: TraceRing, *trips_at: float, until_s: float) -> list[tuple[float, int]]:
    """Look ten times a second; return when traces became whole, and with how many trips."""
    found = []
    ring.look({}, [], 0)
    for step in range(1, round(until_s * 10) + 1):
        latched = [{**TRIP, "cause": str(at)} for at, t_s in enumerate(trips_at) if step >= t_s * 10]
        trace = ring.look({POWER: (0.0, step)}, latched, at_ns(step / 10))
        found += [(step / 10, len(trace.trips))] if trace else []
    return found


def test_a_second_trip_joins_and_gets_its_ten_seconds_up_to_a_minute_and_a_later_one_has_its_own() -> None:
    assert times(TraceRing(), 20.0, until_s=100.0) == [(30.0, 1)]
    assert times(TraceRing(), 20.0, 29.0, until_s=100.0) == [(39.0, 2)]
    assert times(TraceRing(), 20.0, 31.0, until_s=100.0) == [(30.0, 1), (41.0, 1)]
    chattering = [20.0 + 5.0 * at for at in range(20)]
    assert times(TraceRing(), *chattering, until_s=150.0) == [(80.0, 13), (125.0, 7)]


def test_what_was_latched_before_the_first_look_is_no_news_and_what_trips_again_after_a_reset_is() -> None:
    ring = TraceRing()
    assert ring.look({}, [TRIP], at_ns(1)) is None
    assert ring.look({}, [TRIP], at_ns(30)) is None
    assert ring.look({}, [], at_ns(31)) is None
    assert ring.look({}, [TRIP], at_ns(32)) is None
    assert ring.look({}, [TRIP], at_ns(42)) is not None


def test_a_trace_is_cut_where_the_run_ends() -> None:
    ring = TraceRing()
    assert ring.cut() is None
    ring.look({}, [], 0)
    ring.look({}, [TRIP], at_ns(5))
    trace = ring.cut()
    assert trace is not None
    assert trace.tripped_ns == at_ns(5)
    assert ring.cut() is None


def test_traces_of_one_moment_stand_side_by_side_and_the_oldest_of_many_are_given_up(tmp_path: Path) -> None:
    def write(at: str) -> str:
        return Trace(5, ({**TRIP, "at": at},), ()).write(tmp_path).name

    assert write("2024-07-01T12:00:00.000") == "trip-2024-07-01T12-00-00.jsonl.gz"
    assert write("2024-07-01T12:00:00.500") == "trip-2024-07-01T12-00-00-2.jsonl.gz"
    assert write("../../etc/passwd") == "trip-5.jsonl.gz"
    for number in range(FILE_COUNT + 20):
        write(f"2024-07-02T12:{number // 60:02d}:{number % 60:02d}")
    assert len(list(tmp_path.iterdir())) == FILE_COUNT
    assert not (tmp_path / "trip-2024-07-01T12-00-00.jsonl.gz").exists()


def test_a_disk_that_refuses_is_told_and_leaves_no_half_trace(tmp_path: Path) -> None:
    disk = FaultyDisk()
    disk.refused = frozenset({"sync"})
    with pytest.raises(OSError, match="refused"):
        Trace(5, (TRIP,), ()).write(tmp_path, disk=disk)
    assert not list(tmp_path.glob("trip-*.gz"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"rubbish",
        gzip.compress(b""),
        gzip.compress(b'{"a": 1}\n'),
        gzip.compress(b"[]\n"),
        gzip.compress(HEAD % 2 + b'{"t_s": 0, "channel": "a.b", "value": 1}\n'),
        gzip.compress(HEAD % 1 + b'{"t_s": "x", "channel": "a.b", "value": 1}\n'),
        gzip.compress(HEAD % 1 + b'{"t_s": 0, "channel": "a.b"}\n'),
        gzip.compress(HEAD % 0)[:-3],
    ],
    ids="empty rubbish nothing other list short word valueless torn".split(),
)
def test_what_is_no_trace_is_refused_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trip-x.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"trip-x.*(is no trace|cannot be read).*look at another trace"):
        read_trace(path)


def test_a_trace_that_is_not_there_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read: No such file"):
        read_trace(tmp_path / "nowhere.gz")


@pytest.mark.parametrize("seed", range(20))
def test_a_trace_with_any_byte_altered_is_refused_or_the_same(tmp_path: Path, seed: int) -> None:
    whole = a_trace().write(tmp_path)
    content, path = whole.read_bytes(), tmp_path / "x.gz"
    for place in range(seed, len(content), 20):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0x10]) + content[place + 1 :])
        try:
            read = read_trace(path)
        except StoreError:
            continue
        assert read.value[POWER].tolist() == read_trace(whole).value[POWER].tolist(), place


def a_trace() -> Trace:
    """A few samples of one channel."""
    return Trace(at_ns(30), (TRIP,), tuple((at_ns(t_s), str(POWER), t_s * 1.5) for t_s in range(40)))
