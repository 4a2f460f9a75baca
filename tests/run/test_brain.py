"""Plans from another process: the same plan, bounded waiting, and trouble told in words."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import PlanError
from enerwise.core.time import Instant
from enerwise.run.brain import ARRAYS, LENGTH, Plans, RemotePlanner, decoded, encoded, serve
from enerwise.run.planner import Planned
from tests.run.builders import a_world


class Broken:
    """A planner with a fault."""

    def plan(self, now: Instant, event_id: str, *, cause: tuple[str, ...] = ()) -> Planned | None:
        raise ZeroDivisionError("no sun left")


class Ignorant:
    """A planner that knows too little."""

    def plan(self, now: Instant, event_id: str, *, cause: tuple[str, ...] = ()) -> Planned | None:
        return None


@contextmanager
def a_brain(path: Path, make: Callable[[], Plans]) -> Iterator[RemotePlanner]:
    ends = threading.Event()
    thread = threading.Thread(target=serve, args=(path, make), kwargs={"goes_on": lambda: not ends.is_set()})
    thread.start()
    try:
        while not path.exists():
            pass
        yield RemotePlanner(path, patience_s=20.0)
    finally:
        ends.set()
        thread.join()


def a_planner() -> tuple[Plans, Instant]:
    world = a_world("follow_plan", days=1, warmup_days=5)
    assert world.planner is not None
    world.store.flush()
    from enerwise.run.loop import play

    play(world, 1)
    return world.planner, world.clock.now()


def test_a_plan_survives_the_way_to_the_last_bit(tmp_path: Path) -> None:
    planner, now = a_planner()
    here = planner.plan(now, "home/1p", cause=("home/1/000",))
    assert here is not None
    with a_brain(tmp_path / "brain.sock", lambda: planner) as remote:
        there = remote.plan(now, "home/1p", cause=("home/1/000",))
    assert there is not None
    way = decoded(encoded(here))
    assert way is not None
    assert way.blob == here.blob
    assert way.events == here.events
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(way.plan, name), getattr(here.plan, name))
    assert there.plan.grid == here.plan.grid
    assert there.plan.cost_eur.keys() == here.plan.cost_eur.keys()


def test_trouble_comes_back_in_words_and_the_brain_goes_on(tmp_path: Path) -> None:
    now = np.datetime64("2024-07-01T12:00", "ms")
    with a_brain(tmp_path / "brain.sock", Broken) as remote:
        for _ in range(2):
            with pytest.raises(PlanError, match="ZeroDivisionError: no sun left"):
                remote.plan(now, "p")


def test_too_little_history_is_no_trouble(tmp_path: Path) -> None:
    with a_brain(tmp_path / "brain.sock", Ignorant) as remote:
        assert remote.plan(np.datetime64("2024-07-01T12:00", "ms"), "p") is None


def test_a_brain_that_is_not_there_or_silent_costs_a_bounded_time(tmp_path: Path) -> None:
    now = np.datetime64("2024-07-01T12:00", "ms")
    with pytest.raises(PlanError, match="gives no plan"):
        RemotePlanner(tmp_path / "none.sock").plan(now, "p")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen(1)
        with pytest.raises(PlanError, match="timed out"):
            RemotePlanner(tmp_path / "deaf.sock", patience_s=0.1).plan(now, "p")


def test_strangers_do_not_stop_the_brain(tmp_path: Path) -> None:
    path = tmp_path / "brain.sock"
    with a_brain(path, Ignorant) as remote:
        for content in (b"", b"\xff", LENGTH.pack(2**32 - 1), LENGTH.pack(5) + b"hello", LENGTH.pack(2) + b"{}"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.connect(str(path))
                line.sendall(content)
        assert remote.plan(np.datetime64("2024-07-01T12:00", "ms"), "p") is None


@given(st.binary(max_size=200) | st.just(json.dumps({"grid": 1}).encode()))
def test_bytes_that_are_no_plan_are_refused(content: bytes) -> None:
    with pytest.raises(PlanError):
        decoded(content)
