"""What the box remembers of its door: how the last life ended, and what had tripped."""

from pathlib import Path

import pytest

from enerwise.devices.door_words import Told
from enerwise.guard import Trips
from enerwise.serve.memory import Memory
from tests.builders import NOON

TRIPPED = Trips().tripped("battery", "too hot", NOON).to_bytes().decode()


def a_memory(folder: Path, *told: Told, ends: bool = False) -> Memory:
    memory = Memory(folder)
    memory.begin()
    for each in told:
        memory.hear(each)
    if ends:
        memory.end()
    return Memory(folder)


def test_a_first_life_knows_nothing(tmp_path: Path) -> None:
    assert Memory(tmp_path).why_stopped() == ""
    assert Memory(tmp_path).trips_blob() is None


def test_only_an_end_in_order_lets_the_next_life_start(tmp_path: Path) -> None:
    assert "did not end in order" in a_memory(tmp_path, Told(state="running")).why_stopped()
    assert a_memory(tmp_path, Told(state="running"), ends=True).why_stopped() == ""


def test_a_stop_stays_one_with_its_cause_even_after_an_end_in_order(tmp_path: Path) -> None:
    assert a_memory(tmp_path, Told(state="stopped", why="smoke"), ends=True).why_stopped() == "smoke"
    assert a_memory(tmp_path, Told(state="stopped", why="smoke"), Told(state="idle"), ends=True).why_stopped() == ""


def test_trips_are_handed_on_and_damage_is_told_as_such(tmp_path: Path) -> None:
    memory = a_memory(tmp_path, Told(state="running", trips_blob=TRIPPED))
    assert memory.trips_blob() == TRIPPED.encode()
    (tmp_path / "trips.kept").write_bytes(b"rubbish")
    damaged = Memory(tmp_path).trips_blob()
    assert damaged is not None
    assert Trips.from_bytes(damaged, NOON).is_site_tripped


@pytest.mark.parametrize("content", [b"", b"rubbish"])
def test_a_damaged_state_comes_up_stopped(tmp_path: Path, content: bytes) -> None:
    a_memory(tmp_path, ends=True)
    (tmp_path / "state.kept").write_bytes(content)
    (tmp_path / "state.kept.old").unlink()
    assert "damaged" in Memory(tmp_path).why_stopped()


def test_an_older_version_is_not_taken_for_the_newest(tmp_path: Path) -> None:
    """The newest may have held the trip, or the crash, that matters."""
    a_memory(tmp_path, Told(state="running", trips_blob=TRIPPED), Told(state="idle", trips_blob="{}"), ends=True)
    for name in ("trips.kept", "state.kept"):
        (tmp_path / name).write_bytes(b"rubbish")
        assert (tmp_path / f"{name}.old").exists()
    assert Memory(tmp_path).trips_blob() == b""
    assert "damaged" in Memory(tmp_path).why_stopped()
