"""How fast the stores are, each as a ratio to plain code that does the same in the same run on the same disk.

Run: ``python bench/store.py``
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, TimeGrid, elapsed_s, instant
from enerwise.store.memory import MemoryStore
from enerwise.store.sqlite import SqliteStore
from enerwise.store.store import Store

METER = Key("meter", "power_w")
HOME = tuple(Key(f"asset-{number}", "power_w") for number in range(8))
DAY = TimeGrid(instant("2024-07-01"), 1, DAY_S)
TURNS = TimeGrid(instant("2024-01-01"), 1800, 4000)
DAYS_28 = TimeGrid(TURNS.starts_utc[2000], 1800, 28 * 48)
AS_OF = DAYS_28.end_utc
SQL = "SELECT start_ms, known_ms, value, quality FROM reading WHERE channel = 1 ORDER BY start_ms, known_ms"


def main() -> None:
    """Measure and print."""
    print(f"{'':44}{'ours':>12}{'reference':>12}{'ratio':>8}  reference")
    with TemporaryDirectory() as folder:
        measure_sqlite(Path(folder))
    measure_memory()


def measure_sqlite(folder: Path) -> None:
    """A channel-day of seconds, written and read; single turns of eight channels."""
    value = np.random.default_rng(1).normal(500.0, 100.0, DAY.step_count)
    frame = Frame.of(DAY.starts_utc, {METER: value})
    plain = plain_database(folder / "plain.db")
    with closing(plain), closing(SqliteStore(folder / "ours.db")) as store:
        write_s = timed(lambda: turn_by_turn(store, [frame]), repeat=1)
        told(
            "sqlite: write a channel-day", write_s, timed(lambda: plain_write(plain, [frame]), repeat=1), "executemany"
        )
        read_s = timed(lambda: store.read(METER, DAY.start_utc, DAY.end_utc))
        told("sqlite: read a channel-day", read_s, timed(lambda: plain_read(plain)), "fetchall + np.array")
        turns = [each for each in rows() if each.start_utc[0] < TURNS.starts_utc[1000]]
        ours_s = timed(lambda: turn_by_turn(store, turns), repeat=1)
        plain_s = timed(lambda: plain_write(plain, turns), repeat=1)
        told("sqlite: append and flush a turn of 8", ours_s / len(turns), plain_s / len(turns), "executemany")


def measure_memory() -> None:
    """A simulation's hot path: a turn of eight channels in, four weeks of one channel out."""
    store, frames = MemoryStore(), rows()
    ours_s = timed(lambda: turn_by_turn(store, frames), repeat=1)
    plain_s = timed(lambda: listed(frames))
    told("memory: append and flush a turn of 8", ours_s / len(frames), plain_s / len(frames), "lists of tuples")
    starts_utc, known_at = TURNS.starts_utc, TURNS.starts_utc + np.timedelta64(1_800_000, "ms")
    value = np.concatenate([frame.value[:, 0] for frame in frames])

    def masked() -> object:
        keep = (starts_utc >= DAYS_28.start_utc) & (starts_utc < DAYS_28.end_utc) & (known_at <= AS_OF)
        return value[keep], starts_utc[keep], known_at[keep]

    masked_s = timed(masked, count=1000)
    read_s = timed(lambda: store.read(HOME[0], DAYS_28.start_utc, DAYS_28.end_utc, as_of=AS_OF), count=1000)
    told("memory: read 28 days as of a moment", read_s, masked_s, "boolean masks")
    frame_s = timed(lambda: store.read_frame(HOME[:2], DAYS_28, as_of=AS_OF), count=300)
    told("memory: 28 days of two channels on a grid", frame_s, masked_s, "boolean masks, one channel")


def listed(frames: list[Frame]) -> dict[Key, list[tuple[int, int, float, int]]]:
    """Keep every cell in a list of its channel."""
    kept: dict[Key, list[tuple[int, int, float, int]]] = {}
    for frame in frames:
        start_ms, known_ms = frame.start_utc.astype(np.int64).tolist()[0], frame.known_at.astype(np.int64).tolist()[0]
        for key, value, quality in zip(frame.keys, frame.value[0].tolist(), frame.quality[0].tolist(), strict=True):
            kept.setdefault(key, []).append((start_ms, known_ms, value, quality))
    return kept


def rows() -> list[Frame]:
    """Return turns of eight channels, a row each."""
    rng = np.random.default_rng(2)
    known_at = TURNS.starts_utc + np.timedelta64(1_800_000, "ms")
    return [
        Frame(
            HOME,
            TURNS.starts_utc[at : at + 1],
            rng.normal(size=(1, 8)),
            np.zeros((1, 8), np.uint8),
            known_at[at : at + 1],
        )
        for at in range(TURNS.step_count)
    ]


def plain_database(path: Path) -> sqlite3.Connection:
    """Open a database with one table of readings, as anybody would."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(
        "CREATE TABLE reading (channel INTEGER, start_ms INTEGER, known_ms INTEGER, value REAL, quality INTEGER, "
        "PRIMARY KEY (channel, start_ms, known_ms)) WITHOUT ROWID"
    )
    return connection


def turn_by_turn(store: Store, frames: list[Frame]) -> None:
    """Append and flush, as the kernel does."""
    for frame in frames:
        store.append(frame)
        store.flush(wait_s=60.0)


def plain_write(connection: sqlite3.Connection, frames: list[Frame]) -> None:
    """Write each frame with one executemany in a transaction of its own."""
    for frame in frames:
        plain_write_one(connection, frame)


def plain_write_one(connection: sqlite3.Connection, frame: Frame) -> None:
    """Write a frame."""
    start_ms, known_ms = (each.astype(np.int64).tolist() for each in (frame.start_utc, frame.known_at))
    values, qualities = frame.value.tolist(), frame.quality.tolist()
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO reading VALUES (?, ?, ?, ?, ?)",
        [
            (1 if frame.keys[0] == METER else 2 + column, start_ms[row], known_ms[row], value, qualities[row][column])
            for row in range(len(values))
            for column, value in enumerate(values[row])
        ],
    )
    connection.execute("COMMIT")


def plain_read(connection: sqlite3.Connection) -> object:
    """Read a channel into one array."""
    return np.array(connection.execute(SQL).fetchall())


def timed(work: Callable[[], object], *, count: int = 1, repeat: int = 5) -> float:
    """Return the shortest time of a call. [s]"""
    best_s = np.inf
    for _ in range(repeat):
        begin_s = elapsed_s()
        for _ in range(count):
            work()
        best_s = min(best_s, (elapsed_s() - begin_s) / count)
    return best_s


def told(what: str, ours_s: float, reference_s: float, reference: str) -> None:
    """Print one line."""
    print(f"{what:44}{shown(ours_s):>12}{shown(reference_s):>12}{ours_s / reference_s:8.2f}  {reference}")


def shown(duration_s: float) -> str:
    """Write a short duration."""
    return f"{duration_s * 1e3:.1f} ms" if duration_s >= 1e-3 else f"{duration_s * 1e6:.1f} us"


if __name__ == "__main__":
    main()
