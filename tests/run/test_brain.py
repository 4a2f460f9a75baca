"""Plans from another process: the same plan, bounded waiting, and trouble told in words."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import PlanError
from enerwise.core.time import Instant
from enerwise.run.brain import (
    ARRAYS,
    LENGTH,
    Plans,
    RemotePlanner,
    decoded,
    decoded_forecasts,
    decoded_previews,
    encoded,
    encoded_forecasts,
    kept,
    serve,
    unkept,
)
from enerwise.run.planner import Planned
from tests.run.builders import a_world


class Broken:
    """A planner with a fault."""

    def plan(self, now: Instant, event_id: str, *, cause: tuple[str, ...] = (), goal: str = "cost") -> Planned | None:
        raise ZeroDivisionError("no sun left")

    def preview(self, now: Instant, goals: Sequence[str]) -> tuple[Planned, ...]:
        raise ZeroDivisionError("no sun left")


class Ignorant:
    """A planner that knows too little."""

    def plan(self, now: Instant, event_id: str, *, cause: tuple[str, ...] = (), goal: str = "cost") -> Planned | None:
        return None

    def preview(self, now: Instant, goals: Sequence[str]) -> tuple[Planned, ...]:
        return ()


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


@pytest.mark.parametrize("has_old_socket", [True, False])
def test_a_brain_that_is_still_starting_is_late_and_later_missed(tmp_path: Path, has_old_socket: bool) -> None:
    path, now = tmp_path / "brain.sock", a_world().clock.now()
    if has_old_socket:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as former:
            former.bind(str(path))
    assert RemotePlanner(path, starts_s=3600.0).plan(now, "p") is None
    with pytest.raises(PlanError, match="gives no plan"):
        RemotePlanner(path).plan(now, "p")


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


def test_forecasts_and_prices_travel_with_the_plan() -> None:
    planner, now = a_planner()
    here = planner.plan(now, "p")
    assert here is not None and here.prices is not None
    there = decoded(encoded(here))
    assert there is not None and there.prices is not None
    np.testing.assert_array_equal(there.prices.import_eur_per_kwh, here.prices.import_eur_per_kwh)
    assert there.prices.is_published.all()
    assert [each.key for each in there.forecasts] == [each.key for each in here.forecasts] != []
    for one, other in zip(there.forecasts, here.forecasts, strict=True):
        np.testing.assert_allclose(one.value, other.value, atol=0.501)
        assert (one.grid, one.issued_at, one.model) == (other.grid, other.issued_at, other.model)


def test_what_a_plan_foretells_travels_with_it() -> None:
    planner, now = a_planner()
    here = planner.plan(now, "p")
    assert here is not None
    steps = here.plan.grid.step_count
    states = {
        "car": {"energy_wh": np.linspace(1e4, 4e4, steps + 1)},
        "heat-pump": {"living temperature_degc": np.full(steps + 1, 20.5), "emitter 1 power_w": np.full(steps, 900.0)},
    }
    there = decoded(encoded(replace(here, plan=replace(here.plan, states=states))))
    assert there is not None
    for asset, each in states.items():
        assert list(there.plan.states[asset]) == list(each)
        for name, value in each.items():
            np.testing.assert_array_equal(there.plan.states[asset][name], value)


def test_what_is_kept_of_a_plan_is_the_plan_itself_and_small() -> None:
    planner, now = a_planner()
    here = planner.plan(now, "p")
    assert here is not None
    bytes_kept = kept(here)
    there = unkept(bytes_kept)
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(there.plan, name), getattr(here.plan, name))
    assert there.plan.cost_eur == here.plan.cost_eur
    assert len(bytes_kept) < 6000
    with pytest.raises(PlanError, match="no stored plan"):
        unkept(b"nothing")


def test_a_preview_shows_every_goal_and_changes_no_plan(tmp_path: Path) -> None:
    """The plan after a preview is the plan without one, to the last bit; buying falls with the weight on it."""
    planner, now = a_planner()
    untouched = planner.plan(now, "p")
    with a_brain(tmp_path / "brain.sock", lambda: planner) as remote:
        shown = remote.preview(now, ("cost", "own_power", "balanced"))
    again = planner.plan(now, "p")
    assert untouched is not None and again is not None
    assert again.events == untouched.events or again.plan.total_eur == pytest.approx(untouched.plan.total_eur)
    assert [each.goal for each in shown] == ["cost", "own_power", "balanced"]
    bought = [float(np.maximum(each.plan.grid_power_w, 0.0).sum()) for each in shown]
    assert bought[1] <= bought[2] + 1.0 and bought[2] <= bought[0] + 1.0


def test_a_goal_that_cannot_be_served_is_refused_with_a_remedy(tmp_path: Path) -> None:
    planner, now = a_planner()
    with a_brain(tmp_path / "brain.sock", lambda: planner) as remote:
        with pytest.raises(PlanError, match=r"emits: add 'carbon: \{grid: 363 g/kWh"):
            remote.plan(now, "p", goal="carbon")
        with pytest.raises(PlanError, match="'fun' is not known: use one of cost, own_power"):
            remote.preview(now, ("fun",))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_forecasts_or_previews_are_refused(content: bytes) -> None:
    for read in (decoded_forecasts, decoded_previews):
        with pytest.raises(PlanError):
            read(content)


def test_no_forecasts_are_an_empty_message() -> None:
    assert decoded_forecasts(encoded_forecasts(())) == ()
