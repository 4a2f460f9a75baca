"""A process that is killed at any moment loses nothing a flush has acknowledged, and leaves a file that opens."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from inspect import getsource
from pathlib import Path

import numpy as np

from enerwise.store.sqlite import SqliteStore
from enerwise.testing.contracts.store import NOON, POWER, minutes

ROUNDS = 15
TURNS_LIMIT = 40
CHILD = """
import sys
import numpy as np
from enerwise.core.event import Event, Kind
from enerwise.core.series import Frame
import numpy as np

from enerwise.core.series import Key
from enerwise.core.time import instant
from enerwise.store.sqlite import SqliteStore

NOON, POWER = instant("2024-07-01T12:00Z"), Key("home", "power_w")
store, turn = SqliteStore(sys.argv[1]), int(sys.argv[2])
while True:
    start = NOON + np.timedelta64(turn * 1000, "ms") + np.arange(row_count(turn)) * np.timedelta64(1, "ms")
    value = np.full((start.size, 1), float(turn))
    store.append(Frame((POWER,), start, value, np.zeros(value.shape, np.uint8), start))
    store.note([Event(f"site/{turn}", start[0], Kind.NOTE, "home", {"turn": turn})])
    store.put("state", "turn", str(turn).encode(), start[0])
    print("begun", flush=True)
    if store.flush(wait_s=30).is_durable:
        print("kept", flush=True)
        turn += 1
"""


def row_count(turn: int) -> int:
    """Rows of a turn: mostly one, now and then so many that a kill falls into their writing."""
    return 900 if turn % 5 == 0 else 1


def test_kill_at_random_moments_loses_nothing_acknowledged(tmp_path: Path) -> None:
    """The child says what is acknowledged; that must be in the file after the kill, and half a turn must never be."""
    path, rng, kept = tmp_path / "history.db", random.Random(8), 0
    for _ in range(ROUNDS):
        kept += _turns_until_killed(path, kept, rng)
        with closing(SqliteStore(path, read_only=True)) as store:
            held = store.read(POWER, NOON, minutes(100_000)).value.astype(int)
            turns = [event.payload["turn"] for event in store.events()]
            # One more than was said may be there: written, and killed before it could be said.
            assert kept <= len(turns) <= kept + 1
            assert turns == list(range(len(turns)))
            assert np.bincount(held).tolist() == [row_count(turn) for turn in range(len(turns))]
            assert store.get("state", "turn") == (str(len(turns) - 1).encode() if turns else None)
        kept = len(turns)
    assert kept > ROUNDS
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _turns_until_killed(path: Path, first: int, rng: random.Random) -> int:
    """Let a child write on from turn ``first``, kill it at a random moment, and return how many turns it had kept."""
    child = subprocess.Popen(
        [sys.executable, "-c", getsource(row_count) + CHILD, str(path), str(first)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert child.stdout is not None
    with child.stdout as told:
        lines = [told.readline() for _ in range(rng.randrange(1, TURNS_LIMIT))]
        for _ in range(rng.randrange(0, 40_000)):
            pass  # The child goes on meanwhile, and is met somewhere within a turn.
        child.send_signal(signal.SIGKILL)
        lines += told.readlines()
    child.wait()
    return lines.count(b"kept\n")
