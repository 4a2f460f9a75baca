"""Small files survive a power cut at any moment, and a damaged one is never silence."""

from pathlib import Path
from random import Random

import pytest

from enerwise.core.time import instant
from enerwise.guard.trips import MEMORY_DAMAGED, WHOLE_SITE, Trips
from enerwise.store.keeper import Condition, keep, kept

from .disks import FOLDER, Choose, FaultyDisk, PaperDisk, PowerCut, every

PATH = FOLDER / "trips.kept"
OLD = FOLDER / "trips.kept.old"
NOW = instant("2024-07-01T12:00Z")


def a_disk(*contents: bytes) -> PaperDisk:
    """A disk on which some versions were kept, one after the other."""
    disk = PaperDisk()
    for content in contents:
        keep(PATH, content, disk=disk)
    return disk


def test_what_was_kept_is_found_and_nothing_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "trips.kept"
    assert kept(path).condition is Condition.NOTHING
    for content in (b"", b"first", b"second\n\x00\xff"):
        keep(path, content)
        assert (kept(path).condition, kept(path).content) == (Condition.WHOLE, content)


def test_a_version_cut_or_altered_anywhere_falls_back_to_the_one_before_and_says_so() -> None:
    whole = a_disk(b"before", b"newest").read(PATH)
    for at in range(len(whole)):
        for touched in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], b"\0" * at):
            disk = a_disk(b"before", b"newest")
            disk.files[PATH].content = touched
            found = kept(PATH, disk=disk)
            assert (found.condition, found.content) == (Condition.OLDER, b"before"), f"{at}: {touched!r}"


def test_more_behind_the_content_is_damage_too() -> None:
    disk = a_disk(b"before", b"newest")
    disk.files[PATH].content += b"\0"
    assert kept(PATH, disk=disk).condition is Condition.OLDER


def test_a_version_that_is_gone_is_not_taken_for_the_one_before() -> None:
    disk = a_disk(b"before", b"newest")
    del disk.files[PATH]
    assert kept(PATH, disk=disk).condition is Condition.OLDER


def test_a_memory_that_is_damaged_twice_trips_the_whole_site() -> None:
    at = Trips().tripped("battery", "overtemperature", NOW)
    whole = a_disk(at.to_bytes(), at.to_bytes()).read(PATH)
    for cut in range(len(whole)):
        disk = a_disk(at.to_bytes(), at.to_bytes())
        disk.files[PATH].content, disk.files[OLD].content = whole[:cut], whole[: cut // 2]
        found = kept(PATH, disk=disk)
        assert found.condition is Condition.DAMAGED
        latched = Trips.from_bytes(found.content, NOW).latched
        assert [(each.subject, each.cause) for each in latched] == [(WHOLE_SITE, MEMORY_DAMAGED)]


def test_a_damaged_version_never_takes_the_place_of_a_whole_one() -> None:
    """Keeping goes on behind a damaged version; a power cut at any moment of it still leaves one that is whole."""
    for cut in range(6):
        disk = a_disk(b"before", b"newest")
        disk.files[PATH].content = disk.files[PATH].durable = b"rubbish"
        disk.calls_left = cut
        with pytest.raises(PowerCut):
            keep(PATH, b"third", disk=disk)
        assert _found_after_any_cut(disk) <= {(Condition.OLDER, b"before"), (Condition.WHOLE, b"third")}


@pytest.mark.parametrize("versions", [(), (b"a",), (b"a", b"b")], ids=["none", "one", "two"])
def test_a_power_cut_between_any_two_calls_leaves_one_of_the_two_versions(versions: tuple[bytes, ...]) -> None:
    """Every call, and for each every state that POSIX lets a disk be found in: the last version or the new one."""
    call_count = _calls_of_keep(versions)
    before = (Condition.WHOLE, versions[-1]) if versions else (Condition.NOTHING, b"")
    assert call_count >= 5
    for cut in range(call_count + 1):
        disk = a_disk(*versions)
        disk.calls_left = cut
        is_done = True
        try:
            keep(PATH, b"new", disk=disk)
        except PowerCut:
            is_done = False
        allowed = {(Condition.WHOLE, b"new")} | (set() if is_done else {before})
        assert _found_after_any_cut(disk) <= allowed, f"cut before call {cut}"


def test_the_paper_disk_catches_a_keeper_that_does_not_sync() -> None:
    """The model is worth something: without the syncs, versions are lost or halved."""

    class Careless(PaperDisk):
        def sync(self, fd: int) -> None:
            self._call()

        def sync_folder(self, folder: Path) -> None:
            self._call()

    disk = Careless(a_disk(b"a", b"b").files_now())
    keep(PATH, b"new", disk=disk)
    rng = Random(1)
    found = [kept(PATH, disk=disk.after_cut(rng.randrange)) for _ in range(300)]
    assert any(each.content == b"b" for each in found), "the name may be lost"
    assert any(each.condition is not Condition.WHOLE for each in found), "the content may be lost"


def test_a_disk_that_refuses_is_told_and_leaves_what_was_kept(tmp_path: Path) -> None:
    path, disk = tmp_path / "trips.kept", FaultyDisk()
    keep(path, b"a", disk=disk)
    for call in ("open", "put", "sync", "rename"):
        disk.refused = frozenset({call})
        with pytest.raises(OSError, match="refused"):
            keep(path, b"b", disk=disk)
        assert (kept(path).condition, kept(path).content) == (Condition.WHOLE, b"a")
    disk.refused = frozenset()
    keep(path, b"b", disk=disk)
    assert kept(path).content == b"b"


def test_a_file_that_cannot_be_read_is_damage_and_not_nothing(tmp_path: Path) -> None:
    (tmp_path / "trips.kept").mkdir()
    assert kept(tmp_path / "trips.kept").condition is Condition.DAMAGED


def _calls_of_keep(versions: tuple[bytes, ...]) -> int:
    disk = a_disk(*versions)
    before = disk.call_count
    keep(PATH, b"new", disk=disk)
    return disk.call_count - before


def _found_after_any_cut(disk: PaperDisk) -> set[tuple[Condition, bytes]]:
    found = set[tuple[Condition, bytes]]()

    def look(choose: Choose) -> None:
        after = kept(PATH, disk=disk.after_cut(choose))
        found.add((after.condition, after.content))

    every(look)
    return found
