"""The queue before the audit: nobody waits for a disk, and what is lost is told."""

import errno
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enerwise.core.time import elapsed_s
from enerwise.store.audit import AuditLog, AuditQueue, read_audit, verify

from .audits import at
from .disks import FaultyDisk

PATIENCE_S = 10.0
"""A bound on waits that end much sooner."""


def a_queue(folder: Path, disk: FaultyDisk, *, limit: int = 1000, idle_s: float = 60.0) -> AuditQueue:
    """A queue on a disk that refuses when told to; it does nothing for being idle unless told to."""
    return AuditQueue(AuditLog(folder, disk=disk), limit=limit, idle_s=idle_s)


def until(holds: Callable[[], bool]) -> None:
    """Wait for what another thread does."""
    end_s = elapsed_s() + PATIENCE_S
    while not holds():
        assert elapsed_s() < end_s
        threading.Event().wait(0.001)


def told(folder: Path) -> list[tuple[str, Any]]:
    return [(row["kind"], row["payload"].get("number", row["payload"].get("count"))) for row in read_audit(folder)]


def test_what_is_written_gets_to_the_disk_in_order(tmp_path: Path) -> None:
    queue = a_queue(tmp_path, FaultyDisk())
    for number in range(100):
        assert queue.write(at(number), "decision", "battery", {"number": number}, who="Ada")
    assert queue.wait(PATIENCE_S)
    assert told(tmp_path) == [("decision", number) for number in range(100)]
    assert queue.close()
    assert queue.close(), "a second time changes nothing"
    assert verify(tmp_path).broken is None


def test_what_is_idle_is_made_durable(tmp_path: Path) -> None:
    disk = FaultyDisk()
    queue = a_queue(tmp_path, disk, idle_s=0.01)
    before = disk.sync_count
    queue.write(at(0), "decision", "battery", {})
    until(lambda: disk.sync_count > before)
    queue.close()


def test_a_disk_that_hangs_holds_nobody_up_and_what_found_no_room_is_counted_in_the_chain(tmp_path: Path) -> None:
    disk = FaultyDisk()
    queue = a_queue(tmp_path, disk, limit=10)
    queue.write(at(0), "stop", "*", {"number": 0})
    assert queue.wait(PATIENCE_S)
    disk.can_sync.clear()
    began_s = elapsed_s()
    queue.write(at(1), "stop", "*", {"number": 1})
    until(lambda: not queue._lines)
    rooms = [queue.write(at(2), "decision", "*", {"number": number}) for number in range(2, 20)]
    urgent = [queue.write(at(2), "trip", "*", {"number": number}) for number in range(20, 40)]
    assert (rooms.count(True), urgent.count(True)) == (10, 10), "what matters has as much room again"
    assert not queue.wait(0.0)
    assert elapsed_s() - began_s < 1.0
    disk.can_sync.set()
    assert queue.wait(PATIENCE_S)
    assert queue.lost_count == 18
    queue.close()
    assert [each for each in told(tmp_path) if each[0] == "lost"] == [("lost", 18)]
    assert verify(tmp_path).broken is None
    assert verify(tmp_path).line_count == 2 + 20 + 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS], ids=["full", "read-only"])
def test_a_disk_that_refuses_is_never_seen_by_the_caller(tmp_path: Path, number: int) -> None:
    disk = FaultyDisk()
    queue = a_queue(tmp_path, disk)
    disk.refused, disk.number = frozenset({"open", "put", "sync"}), number
    for each in range(50):
        assert queue.write(at(each), "stop", "*", {"number": each})
    assert not queue.wait(0.05)
    disk.refused = frozenset()
    assert queue.close(), "the last thing that is done is to try again"
    assert told(tmp_path) == [("stop", each) for each in range(50)]


def test_a_disk_that_hangs_for_ever_does_not_keep_the_process_from_ending(tmp_path: Path) -> None:
    disk = FaultyDisk()
    queue = a_queue(tmp_path, disk)
    disk.can_sync.clear()
    queue.write(at(0), "stop", "*", {})
    assert not queue.close(timeout_s=0.05)
    assert not queue.write(at(1), "stop", "*", {}), "nothing is taken any more"
    disk.can_sync.set()
    assert queue.close()


def test_a_fault_of_ours_costs_a_line_which_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = AuditLog(tmp_path)
    write = log.write

    def moody(at: str, kind: str, subject: str, payload: Any, *, who: str = "") -> bool:
        if payload.get("number") == 1:
            raise RuntimeError("a fault of ours")
        return write(at, kind, subject, payload, who=who)

    monkeypatch.setattr(log, "write", moody)
    queue = AuditQueue(log)
    for number in range(3):
        queue.write(at(number), "stop", "*", {"number": number})
    assert queue.close()
    assert told(tmp_path) == [("stop", 0), ("lost", 1), ("stop", 2)]


def test_many_threads_write_one_chain(tmp_path: Path) -> None:
    queue = a_queue(tmp_path, FaultyDisk(), limit=10_000)

    def write(who: str) -> None:
        for number in range(100):
            queue.write(at(number), "decision", "*", {"number": number}, who=who)

    threads = [threading.Thread(target=write, args=(str(each),)) for each in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert queue.close()
    rows = list(read_audit(tmp_path))
    for who in map(str, range(5)):
        assert [row["payload"]["number"] for row in rows if row["who"] == who] == list(range(100))
    assert verify(tmp_path).broken is None
