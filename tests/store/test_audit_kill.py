"""A writer killed at any moment, by any signal nobody can catch, loses nothing that it has told of."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from enerwise.store.audit import AuditLog, read_audit, verify

CHILD = """
import sys
from pathlib import Path
from enerwise.store.audit import AuditLog, AuditQueue
log = AuditLog(Path(sys.argv[1]), file_bytes=4000, file_count=1000)
queue = AuditQueue(log) if sys.argv[3] == "queue" else None
for number in range(int(sys.argv[2]), 10**9):
    payload = {"number": number, "words": "x" * (number % 50)}
    line = "2024-07-01T12:00:00.000", ("stop", "decision")[number % 2], "*", payload
    is_kept = log.write(*line) if queue is None else queue.write(*line) and queue.wait(10.0)
    if queue is not None and not is_kept:
        sys.exit("the queue has kept nothing for ten seconds")
    if is_kept and (queue is not None or number % 2 == 0):
        print(number, flush=True)
"""
WAYS = ("log", "queue")


def told_until_killed(folder: Path, first: int, way: str, rng: random.Random) -> list[int]:
    """Let a child write, kill it at a random moment, and return what it said was kept."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(first), way],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert child.stdout is not None
    with child.stdout as said:
        lines = [said.readline() for _ in range(rng.randrange(1, 60))]
        for _ in range(rng.randrange(40_000)):
            pass  # The child goes on meanwhile, and is met somewhere within a line or between two files.
        child.send_signal(signal.SIGKILL)
        lines += said.readlines()
    child.wait()
    return [int(line) for line in lines if line.endswith(b"\n")]


def rounds(folder: Path, count: int, seed: int) -> None:
    rng, kept = random.Random(seed), list[int]()
    for number in range(count):
        kept += told_until_killed(folder, kept[-1] + 2 if kept else 0, WAYS[number % 2], rng)
        assert verify(folder).broken is None
        AuditLog(folder).close()
        found = verify(folder)
        assert found.broken is None, f"round {number}: {found.broken}"
        there = {row["payload"].get("number") for row in read_audit(folder)}
        assert set(kept) <= there, f"round {number}: lost {set(kept) - there}"
    assert len(kept) > count


def test_a_killed_writer_loses_nothing_that_it_told_of(tmp_path: Path) -> None:
    rounds(tmp_path, 4, seed=1)


@pytest.mark.soak
def test_a_writer_killed_many_times_loses_nothing_that_it_told_of(tmp_path: Path) -> None:
    rounds(tmp_path, 1000, seed=2)
