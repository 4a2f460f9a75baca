"""The audit is read as it was written, and whoever touched it is named with the place."""

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from enerwise.core.errors import StoreError
from enerwise.store.audit import chain_files, is_genuine, read_audit, signed, verify
from enerwise.store.audit_chain import BEGIN, START, Link, parsed, sealed
from enerwise.store.audit_files import MEMORY, Remembered, remember, remembered
from enerwise.store.disk import Disk

from .audits import at, broken, filled, killed, lines, newest, put

Touch = Callable[[list[bytes]], list[bytes]]


def test_what_was_written_is_read_and_verified(tmp_path: Path) -> None:
    filled(tmp_path, 10).close()
    found = verify(tmp_path)
    assert (found.line_count, found.broken, found.remarks, found.anchor) == (10, None, (), START)
    assert found.link.number == 10
    assert [row["payload"]["value"] for row in read_audit(tmp_path)] == list(range(10))


def test_lines_of_a_time_are_read_however_the_time_is_written(tmp_path: Path) -> None:
    log = filled(tmp_path, 4)
    log.write("no time", "decision", "battery", {"value": 4})
    log.write("2024-07-01T12:00:05", "decision", "battery", {"value": 5})
    log.write("2024-07-01T14:00:06+02:00", "decision", "battery", {"value": 6})
    log.close()

    def values(start: str = "", end: str = "") -> list[int]:
        return [row["payload"]["value"] for row in read_audit(tmp_path, start=start, end=end)]

    assert values("2024-07-01T12:00:03", "2024-07-01T12:00:05") == [3, 4]
    assert values("2024-07-01 12:00:05Z") == [5, 6]
    assert values(end="2024-07-01T12:00:01+00:00") == [0]
    assert values("2024-07-02") == []
    with pytest.raises(ValueError, match="'noon' is no time"):
        values("noon")


@pytest.mark.parametrize(
    ("touch", "line", "why", "later_count"),
    [
        (lambda rows: [*rows[:4], rows[4].replace(b'"value":4', b'"value":5'), *rows[5:]], 5, "was altered", 5),
        (lambda rows: [*rows[:4], *rows[5:]], 5, "number 6 follows 4", 4),
        (lambda rows: [*rows[:4], rows[5], rows[4], *rows[6:]], 5, "number 6 follows 4", 3),
        (lambda rows: [*rows[:4], rows[3], *rows[4:]], 5, "number 4 follows 4", 6),
        (lambda rows: [*rows[:4], b"{}", *rows[5:]], 5, "cannot be read", 4),
        (lambda rows: [*rows[:4], b"", *rows[5:]], 5, "cannot be read", 4),
        (lambda rows: [*rows[:4], rows[4][:50], *rows[5:]], 5, "cannot be read", 4),
        (lambda rows: [*rows[:4], rows[4] + rows[5], *rows[6:]], 5, "cannot be read", 3),
        (lambda rows: rows[1:], 1, "line 1 is missing before it", 8),
        (lambda rows: rows[:-2], 9, "lines 9 to 10 are missing at the end", 0),
        (lambda rows: [], 1, "lines 1 to 10 are missing at the end", 0),
    ],
    ids="altered removed moved doubled replaced emptied cut joined headless tailless empty".split(),
)
def test_a_touched_line_is_named_with_its_place_and_what_is_intact(
    tmp_path: Path, touch: Touch, line: int, why: str, later_count: int
) -> None:
    filled(tmp_path, 10).close()
    put(newest(tmp_path), touch(lines(newest(tmp_path))))
    found = broken(tmp_path)
    assert (found.file, found.line, found.intact_count, found.later_count) == (
        newest(tmp_path).name,
        line,
        line - 1,
        later_count,
    )
    assert why in found.why
    assert f"line {line}: " in str(found)
    assert verify(tmp_path).line_count == line - 1


def test_no_single_bit_of_a_chain_can_be_turned_unseen(tmp_path: Path) -> None:
    filled(tmp_path, 3).close()
    path = newest(tmp_path)
    content = path.read_bytes()
    for place in range(len(content)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :])
        assert verify(tmp_path).broken is not None, place


def test_a_line_with_a_fresh_hash_still_breaks_the_chain_behind_it(tmp_path: Path) -> None:
    filled(tmp_path, 10).close()
    rows = lines(newest(tmp_path))
    before = parsed(rows[3])
    assert before is not None
    rows[4], _ = sealed(before.link, before.at, "decision", "battery", {"value": 99}, "Eve")
    put(newest(tmp_path), rows)
    assert (broken(tmp_path).line, broken(tmp_path).why) == (6, "does not follow from the line before")


def test_a_chain_written_anew_does_not_hold_what_was_noted_elsewhere(tmp_path: Path) -> None:
    """The hashes have no key, so a whole new chain fits itself; a link in a signed report tells it from the first."""
    filled(tmp_path / "true", 10).close()
    mark = signed(verify(tmp_path / "true").link, b"a secret of this box")
    filled(tmp_path / "false", 12, kind="decisioN").close()
    assert verify(tmp_path / "false").broken is None
    assert is_genuine(mark, b"a secret of this box")
    assert verify(tmp_path / "true", holds=[mark.link]).broken is None
    found = verify(tmp_path / "false", holds=[mark.link]).broken
    assert found is not None
    assert (found.line, found.why) == (10, "line 10 is not the one that was noted elsewhere")


def a_long_chain(folder: Path) -> list[Path]:
    """Four files, two of them packed, after older ones were given up."""
    filled(folder, 60, kind="stop", file_bytes=2000, file_count=3).close()
    return chain_files(folder)


def test_files_turn_over_and_the_oldest_are_given_up_with_their_anchor(tmp_path: Path) -> None:
    found = a_long_chain(tmp_path)
    assert [path.suffix for path in found] == [".gz", ".gz", ".jsonl", ".jsonl"]
    checked = verify(tmp_path)
    assert (checked.broken, checked.remarks) == (None, ())
    rows = list(read_audit(tmp_path))
    assert rows[0]["before"] == checked.anchor == remembered(tmp_path)[1].anchor.digest != START
    assert rows[0]["seq"] == remembered(tmp_path)[1].anchor.number + 1
    assert rows[-1]["seq"] == 60
    (remark,) = verify(tmp_path, holds=[Link(1, "f")]).remarks
    assert remark == "line 1 has been given up and cannot be compared any more"
    assert verify(tmp_path, holds=[Link(rows[0]["seq"] - 1, "f")]).broken is not None


@pytest.mark.parametrize(("place", "why"), [(0, "are missing before it"), (1, "a file is missing"), (3, "at the end")])
def test_a_file_that_was_taken_is_missed(tmp_path: Path, place: int, why: str) -> None:
    found = a_long_chain(tmp_path)
    found[place].unlink()
    assert why in broken(tmp_path).why


def test_all_files_taken_is_missed_too(tmp_path: Path) -> None:
    for path in a_long_chain(tmp_path):
        path.unlink()
    assert (broken(tmp_path).file, broken(tmp_path).line) == (MEMORY, 1)
    assert "to 60 are missing at the end" in broken(tmp_path).why


@pytest.mark.parametrize("cut", [0, 5, 60, -10, -1])
def test_a_packed_file_that_is_damaged_is_named(tmp_path: Path, cut: int) -> None:
    packed = a_long_chain(tmp_path)[1]
    content = packed.read_bytes()
    packed.write_bytes(content[:cut])
    assert broken(tmp_path).file == packed.name
    assert "was cut off" in broken(tmp_path).why
    packed.write_bytes(content + b"x")
    assert broken(tmp_path).file == packed.name
    packed.write_bytes(b"rubbish" + content)
    assert "cannot be unpacked" in broken(tmp_path).why


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    taken = a_long_chain(tmp_path)[2]
    taken.unlink()
    taken.mkdir()
    assert (broken(tmp_path).file, broken(tmp_path).why) == (taken.name, "cannot be read: Is a directory")


def test_without_its_memory_a_chain_that_begins_later_is_broken_and_one_from_the_start_says_what_is_not_known(
    tmp_path: Path,
) -> None:
    filled(tmp_path / "short", 3).close()
    a_long_chain(tmp_path / "long")
    for name in ("short", "long"):
        for path in (tmp_path / name).glob("chain.kept*"):
            path.write_bytes(b"rubbish")
    assert verify(tmp_path / "short").broken is None
    assert "may not be missed" in verify(tmp_path / "short").remarks[0]
    assert "are missing before it" in broken(tmp_path / "long").why


def test_a_memory_that_is_sound_and_says_nonsense_is_damage(tmp_path: Path) -> None:
    from enerwise.store.keeper import keep

    filled(tmp_path, 3).close()
    for content in (b"[]", b"{}", b'{"anchor":1,"tip":2}', b'{"anchor":["x","y"],"tip":[1,2]}', b"\xff"):
        keep(tmp_path / MEMORY, content)
        assert "damaged" in verify(tmp_path).remarks[0]


def test_what_is_being_written_is_no_break(tmp_path: Path) -> None:
    log = filled(tmp_path, 3, kind="stop")
    with newest(tmp_path).open("ab") as file:
        file.write(b'{"seq":4')
    found = verify(tmp_path)
    assert (found.broken, found.line_count) == (None, 3)
    assert found.remarks == ("8 bytes at the end are no line yet, or were torn by a power cut",)
    killed(log)


def test_a_chain_is_verified_while_it_is_written_packed_and_given_up(tmp_path: Path) -> None:
    """After every line a look from outside finds an unbroken chain."""
    log = filled(tmp_path, 0, file_bytes=1500, file_count=2)
    for number in range(60):
        log.write(at(number), "stop", "*", {"number": number})
        assert verify(tmp_path).broken is None
    log.close()


class BusyDisk(Disk):
    """A disk on which somebody else is at work: before some reads of chain files something happens."""

    def __init__(self, happens: Callable[[Path], None], *, times: int) -> None:
        self._happens, self._left = happens, times

    def read(self, path: Path) -> bytes:
        if path.name.startswith("audit-") and self._left:
            self._left -= 1
            self._happens(path)
        return super().read(path)


def test_a_file_that_is_packed_between_two_looks_is_found(tmp_path: Path) -> None:
    def pack(path: Path) -> None:
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()

    filled(tmp_path, 5).close()
    assert verify(tmp_path, disk=BusyDisk(pack, times=1)).line_count == 5


def test_files_that_are_given_up_meanwhile_are_no_break(tmp_path: Path) -> None:
    log = filled(tmp_path, 30, kind="stop", file_bytes=1500, file_count=2)

    def write_on(path: Path) -> None:
        for number in range(30):
            log.write(at(number), "stop", "*", {})

    found = verify(tmp_path, disk=BusyDisk(write_on, times=1))
    assert (found.broken, found.link.number) == (None, 60)
    with pytest.raises(StoreError, match="its files change all the time; try again"):
        verify(tmp_path, disk=BusyDisk(write_on, times=1000))
    assert list(read_audit(tmp_path, disk=BusyDisk(lambda path: path.unlink(), times=1)))[-1]["kind"] == "stop"
    log.close()


def test_a_note_with_strange_words_is_told_as_it_is(tmp_path: Path) -> None:
    log = filled(tmp_path, 0)
    log.write(at(0), "lost", "audit", {"many": 5})
    log.close()
    assert verify(tmp_path).remarks == ("line 1: {'many': 5}",)


def test_the_memory_survives_a_write_that_is_cut(tmp_path: Path) -> None:
    filled(tmp_path, 3).close()
    (tmp_path / MEMORY).write_bytes(b"")
    assert verify(tmp_path).broken is None
    assert "the one before" in verify(tmp_path).remarks[0]
    remember(tmp_path, Remembered(BEGIN, Link(3, "other")))
    assert broken(tmp_path).why == "line 3 is not the one that was noted elsewhere"


def test_a_chain_without_a_line_yet_is_whole(tmp_path: Path) -> None:
    filled(tmp_path, 0).close()
    assert (verify(tmp_path).line_count, verify(tmp_path).broken) == (0, None)


def test_no_audit_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(StoreError, match="name the folder of a site"):
            verify(folder)
        assert list(read_audit(folder)) == []
