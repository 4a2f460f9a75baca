"""The writer of the audit: one at a time, never in anybody's way, and honest after every trouble."""

import errno
import os
from pathlib import Path
from random import Random

import pytest

from enerwise.core.errors import StoreError
from enerwise.store.audit import AuditLog, chain_files, read_audit, verify
from enerwise.store.audit_files import ASIDE_COUNT
from enerwise.store.audit_log import HELD_LIMIT, REMEMBER_COUNT, RETRY_S

from .audits import at, broken, filled, killed, lines, newest, put
from .disks import FOLDER, FaultyDisk, PaperDisk, PowerCut


def kinds(folder: Path) -> list[str]:
    return [row["kind"] for row in read_audit(folder)]


# -- one writer ------------------------------------------------------------------------------------------------


def test_only_one_process_writes_a_chain(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    with pytest.raises(StoreError, match="another process writes this audit; stop it first"):
        AuditLog(tmp_path)
    log.close()
    AuditLog(tmp_path).close()


@pytest.mark.skipif(os.geteuid() != 0 and not os.access("/proc", os.R_OK), reason="needs a place that refuses")
def test_a_folder_that_cannot_be_used_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for folder in (tmp_path / "file", Path("/proc/audit")):
        with pytest.raises(StoreError, match=r"cannot be kept here: .*; choose another folder"):
            AuditLog(folder)


def test_a_newest_file_that_cannot_be_read_is_an_error_and_leaves_no_lock(tmp_path: Path) -> None:
    filled(tmp_path, 1).close()
    path = newest(tmp_path)
    path.unlink()
    path.mkdir()
    for _ in range(2):
        with pytest.raises(StoreError, match="Is a directory; repair the disk, or move the folder away"):
            AuditLog(tmp_path)


def test_a_closed_log_raises_nothing(tmp_path: Path) -> None:
    log = filled(tmp_path, 1)
    log.close()
    log.close()
    assert not log.write(at(1), "stop", "*", {})
    assert log.sync()
    assert verify(tmp_path).line_count == 1


# -- files -----------------------------------------------------------------------------------------------------


def test_a_chain_goes_on_after_a_restart(tmp_path: Path) -> None:
    for _ in range(3):
        filled(tmp_path, 3).close()
    assert verify(tmp_path).broken is None
    assert [row["seq"] for row in read_audit(tmp_path)] == list(range(1, 10))


def test_a_new_file_is_begun_with_age(tmp_path: Path) -> None:
    for day in range(1, 8):
        log = AuditLog(tmp_path, file_days=2)
        log.write(f"2024-07-{day:02d}T00:00:00", "decision", "*", {})
        log.write("no time at all", "decision", "*", {})
        log.close()
    assert verify(tmp_path).broken is None
    firsts = [next(iter(read_audit(tmp_path, start=f"2024-07-{day:02d}")))["seq"] for day in (1, 3, 5, 7)]
    assert [path.name for path in chain_files(tmp_path)] == [
        f"audit-{first:012d}.jsonl{end}" for first, end in zip(firsts, (".gz", ".gz", "", ""), strict=True)
    ]


def test_a_clock_that_jumps_begins_files_and_breaks_nothing(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    for year in (2024, 1974, 2074, 1, 9999, 2024):
        log.write(f"{year:04d}-01-01T00:00:00+12:00", "stop", "*", {})
    log.close()
    assert verify(tmp_path).line_count == 6


def test_space_is_bounded(tmp_path: Path) -> None:
    filled(tmp_path, 600, file_bytes=4000, file_count=3).close()
    assert len(chain_files(tmp_path)) <= 4
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 20_000
    assert verify(tmp_path).broken is None


def test_ordinary_lines_are_made_durable_in_batches_and_urgent_ones_at_once(tmp_path: Path) -> None:
    disk = FaultyDisk()
    log = AuditLog(tmp_path, disk=disk)
    before = disk.sync_count
    for number in range(100):
        log.write(at(number), "decision", "*", {})
    assert disk.sync_count - before == 5
    log.write(at(101), "decision", "*", {})
    assert log.unsafe_count == 1
    log.write(at(102), "trip", "*", {})
    assert (disk.sync_count - before, log.unsafe_count) == (6, 0)
    log.close()


def test_lines_taken_from_the_end_are_missed_soon(tmp_path: Path) -> None:
    """How far a chain has come is remembered now and then, also where it is never closed."""
    log = filled(tmp_path, REMEMBER_COUNT + 100)
    log.sync()
    killed(log)
    put(newest(tmp_path), lines(newest(tmp_path))[: REMEMBER_COUNT - 10])
    assert "are missing at the end" in broken(tmp_path).why


# -- disks that refuse -----------------------------------------------------------------------------------------


class Seconds:
    """A clock that is set by hand."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize("call", ["open", "put", "sync"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO], ids=["full", "read-only", "broken"])
def test_a_short_trouble_costs_nothing(tmp_path: Path, call: str, number: int) -> None:
    disk, seconds = FaultyDisk(), Seconds()
    log = filled(tmp_path, 2, disk=disk, elapsed_s=seconds)
    disk.refused, disk.number = frozenset({call}), number
    log._leave_file()
    for each in range(5):
        seconds.now_s += 2 * RETRY_S
        assert not log.write(at(each), "stop", "*", {"number": each})
    disk.refused = frozenset()
    seconds.now_s += 2 * RETRY_S
    assert log.write(at(9), "stop", "*", {"number": 5})
    killed(log)
    assert [row["payload"].get("number") for row in read_audit(tmp_path)][2:] == [0, 1, 2, 3, 4, 5]
    assert (verify(tmp_path).broken, log.lost_count) == (None, 0)


def test_a_disk_that_refuses_is_not_asked_with_every_line(tmp_path: Path) -> None:
    disk, seconds = FaultyDisk(), Seconds()
    log = filled(tmp_path, 2, disk=disk, elapsed_s=seconds)
    disk.refused = frozenset({"sync"})
    log.write(at(3), "stop", "*", {})
    disk.refused = frozenset()
    assert not log.write(at(4), "stop", "*", {}), "within the second nobody asks"
    assert log.sync(), "who asks for it gets it"
    assert verify(tmp_path).line_count == 4
    log.close()


@pytest.mark.parametrize("room", range(0, 700, 23))
def test_a_line_for_which_there_was_half_the_room_is_cut_off_and_written_again(tmp_path: Path, room: int) -> None:
    disk = FaultyDisk()
    log = filled(tmp_path, 2, disk=disk, elapsed_s=Seconds())
    disk.room = room
    for number in range(3):
        log.write(at(number), "stop", "*", {"number": number})
    disk.room = None
    log.close()
    assert verify(tmp_path).broken is None
    assert verify(tmp_path).line_count == 5


def test_a_long_trouble_costs_lines_which_the_chain_counts(tmp_path: Path) -> None:
    disk, seconds = FaultyDisk(), Seconds()
    log = filled(tmp_path, 2, disk=disk, elapsed_s=seconds)
    log.sync()
    disk.refused = frozenset({"put"})
    for number in range(HELD_LIMIT + 7):
        assert not log.write(at(number), "stop", "*", {})
    assert log.lost_count == 7
    disk.refused = frozenset()
    log.lose(3)
    log.write(at(0), "stop", "*", {"why": "still waiting"})
    assert log.lost_count == 11
    seconds.now_s = 2 * RETRY_S
    assert log.write(at(0), "stop", "*", {"why": "space again"})
    log.close()
    found = verify(tmp_path)
    assert found.broken is None
    assert found.line_count == 2 + HELD_LIMIT + 2
    assert found.remarks == (f"line {HELD_LIMIT + 3}: 11 lines were lost before it: the disk did not take them",)
    assert kinds(tmp_path)[-2:] == ["lost", "stop"]


def test_a_disk_that_refuses_at_the_end_leaves_a_chain_that_goes_on(tmp_path: Path) -> None:
    disk = FaultyDisk()
    log = filled(tmp_path, 2, disk=disk)
    disk.refused = frozenset({"put", "sync", "rename"})
    log.write(at(3), "stop", "*", {})
    log.close()
    filled(tmp_path, 1).close()
    assert verify(tmp_path).broken is None


@pytest.mark.parametrize("call", ["rename", "sync_folder", "remove"])
def test_a_disk_that_refuses_to_tidy_costs_no_line(tmp_path: Path, call: str) -> None:
    disk = FaultyDisk()
    log = filled(tmp_path, 10, kind="stop", file_bytes=1000, file_count=2, disk=disk)
    disk.refused = frozenset({call})
    for number in range(10, 30):
        log.write(at(number), "stop", "*", {})
    disk.refused = frozenset()
    log.sync()
    for number in range(30, 40):
        log.write(at(number), "stop", "*", {})
    log.close()
    found = verify(tmp_path)
    assert (found.broken, found.link.number) == (None, 40)
    assert len(chain_files(tmp_path)) <= 3


def test_a_chain_begins_on_a_disk_that_refuses_its_repair(tmp_path: Path) -> None:
    """The torn end cannot be set aside yet: lines wait, and the chain goes on when it can be."""
    killed(filled(tmp_path, 2, kind="stop"))
    with newest(tmp_path).open("ab") as file:
        file.write(b"half a li")
    disk = FaultyDisk()
    disk.refused = frozenset({"rename"})
    log = AuditLog(tmp_path, disk=disk, elapsed_s=Seconds())
    log.write(at(2), "decision", "*", {})
    assert newest(tmp_path).read_bytes().endswith(b"half a li")
    disk.refused = frozenset()
    log.close()
    assert kinds(tmp_path) == ["stop", "stop", "torn", "decision"]
    assert verify(tmp_path).broken is None


# -- the next life ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", [b"x", b'{"seq":6', b"\0" * 500, b"rubbish\n", b"\n\n", b"{}\nhalf"])
def test_what_was_torn_is_kept_aside_and_the_chain_says_so(tmp_path: Path, tail: bytes) -> None:
    killed(filled(tmp_path, 5, kind="stop"))
    with newest(tmp_path).open("ab") as file:
        file.write(tail)
    filled(tmp_path, 1).close()
    assert kinds(tmp_path) == ["stop"] * 5 + ["torn", "decision"]
    found = verify(tmp_path)
    assert found.broken is None
    assert found.remarks == (f"line 6: {len(tail)} torn bytes before it were set aside in torn-000000000005-1.part",)
    assert (tmp_path / "torn-000000000005-1.part").read_bytes() == tail


def test_a_last_line_torn_at_any_byte_leaves_the_others() -> None:
    disk = PaperDisk()
    filled(FOLDER, 3, kind="stop", disk=disk)
    files = disk.files_now()
    (path,) = chain_files(FOLDER, disk)
    content = files[path]
    whole = content[: content[:-1].rfind(b"\n") + 1]
    assert len(content) - len(whole) > 200
    for size in range(len(whole), len(content)):
        disk = PaperDisk({**files, path: content[:size]})
        AuditLog(FOLDER, disk=disk).close()
        assert verify(FOLDER, disk=disk).broken is None
        found = [row["kind"] for row in read_audit(FOLDER, disk=disk)]
        assert found == ["stop", "stop"] + ["torn"] * (size > len(whole))
        aside = [disk.read(FOLDER / name) for name in disk.names(FOLDER) if name.startswith("torn-")]
        assert aside == [content[len(whole) : size]] * (size > len(whole))


def test_what_is_kept_aside_is_bounded(tmp_path: Path) -> None:
    for _ in range(ASIDE_COUNT + 5):
        log = filled(tmp_path, 1, kind="stop", file_bytes=1)
        log._enter_file()
        killed(log)
        with newest(tmp_path).open("ab") as file:
            file.write(b"half")
    filled(tmp_path, 1, kind="stop", file_bytes=1).close()
    assert len(list(tmp_path.glob("torn-*"))) == ASIDE_COUNT
    assert verify(tmp_path).broken is None


def test_durable_lines_that_are_gone_are_not_numbered_anew(tmp_path: Path) -> None:
    """Somebody takes the end away before a restart: the place stays to be seen, and the chain tells of it."""
    filled(tmp_path, 5).close()
    put(newest(tmp_path), lines(newest(tmp_path))[:3])
    filled(tmp_path, 2).close()
    assert (broken(tmp_path).line, broken(tmp_path).why) == (4, "number 6 follows 3: lines were removed or moved")
    assert verify(tmp_path).remarks == ("line 6: lines 4 to 5 are missing",)


def test_a_last_line_that_was_rewritten_stays_to_be_seen(tmp_path: Path) -> None:
    from enerwise.store.audit_chain import parsed, sealed

    filled(tmp_path, 5).close()
    rows = lines(newest(tmp_path))
    before = parsed(rows[3])
    assert before is not None
    put(newest(tmp_path), [*rows[:4], sealed(before.link, before.at, "decision", "*", {"by": "Eve"})[0]])
    filled(tmp_path, 2).close()
    assert (broken(tmp_path).line, broken(tmp_path).why) == (6, "does not follow from the line before")
    assert verify(tmp_path).remarks == ("line 6: line 5 is not the one that is remembered",)


def test_all_files_gone_is_told_by_the_chain_that_follows(tmp_path: Path) -> None:
    filled(tmp_path, 5).close()
    newest(tmp_path).unlink()
    filled(tmp_path, 1).close()
    assert "lines 1 to 5 are missing before it" in broken(tmp_path).why
    assert verify(tmp_path).remarks == ("line 6: lines 1 to 5 are missing",)


def test_a_chain_whose_memory_is_gone_goes_on_and_says_so(tmp_path: Path) -> None:
    filled(tmp_path, 60, kind="stop", file_bytes=2000, file_count=2).close()
    for path in tmp_path.glob("chain.kept*"):
        path.unlink()
    assert broken(tmp_path).intact_count == 0
    first = next(read_audit(tmp_path))["seq"]
    filled(tmp_path, 1, file_bytes=2000, file_count=2).close()
    found = verify(tmp_path)
    assert found.broken is None
    assert found.remarks == (
        f"line 61: what is remembered of the chain: nothing was kept; it begins with line {first}",
    )


def test_a_life_that_ended_between_two_files_goes_on(tmp_path: Path) -> None:
    """The newest file is packed, or empty, or holds nothing sound: the line before it is found."""
    filled(tmp_path, 21, kind="stop", file_bytes=2000).close()
    path = newest(tmp_path)
    packed = path.with_name(f"{path.name}.gz")
    import gzip

    packed.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    filled(tmp_path, 1, file_bytes=2000).close()
    killed(filled(tmp_path, 0, file_bytes=2000))
    assert verify(tmp_path).broken is None
    assert verify(tmp_path).line_count == 22
    (tmp_path / "audit-000000000023.jsonl").write_bytes(b"nothing sound\n")
    filled(tmp_path, 1, file_bytes=2000).close()
    assert verify(tmp_path).broken is None
    assert kinds(tmp_path)[-2:] == ["torn", "decision"]


# -- power cuts ------------------------------------------------------------------------------------------------


def lives(seed: int, *, life_count: int = 4) -> None:
    """Write, lose power anywhere, and go on, some times over: what was acknowledged is there, and the chain holds."""
    rng, disk, acknowledged = Random(seed), PaperDisk(), set[int]()
    for life in range(life_count):
        disk.calls_left = rng.randrange(90)
        try:
            log = AuditLog(FOLDER, disk=disk, file_bytes=rng.choice((400, 1500)), file_count=50, batch=3)
            for number in range(life * 100, life * 100 + 30):
                is_urgent = rng.random() < 0.5
                is_there = log.write(at(number), "stop" if is_urgent else "decision", "*", {"number": number})
                acknowledged |= {number} if is_urgent and is_there else set()
            log.close()
        except PowerCut:
            pass
        disk = disk.after_cut(rng.randrange)
        numbers = {row["payload"].get("number") for row in read_audit(FOLDER, disk=disk)}
        assert acknowledged <= numbers, f"seed {seed}, life {life}: lost {acknowledged - numbers}"
        AuditLog(FOLDER, disk=disk).close()
        found = verify(FOLDER, disk=disk)
        assert found.broken is None, f"seed {seed}, life {life}: {found.broken}"


def test_a_power_cut_anywhere_loses_nothing_acknowledged() -> None:
    for seed in range(150):
        lives(seed)


@pytest.mark.soak
def test_a_power_cut_anywhere_loses_nothing_acknowledged_many_times() -> None:
    for seed in range(1000, 41_000):
        lives(seed)
