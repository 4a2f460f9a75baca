"""The audit: a chain that shows where it was touched, and never stops anybody."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import StoreError
from enerwise.store.audit import AuditLog, chain_files, read_audit, verify

AT = "2024-07-01T12:00:{:02d}.000"


def filled(folder: Path, count: int, **options: int) -> AuditLog:
    log = AuditLog(folder, **options)
    for number in range(count):
        log.write(AT.format(number % 60), "decision", "battery", {"value": number}, who="Ada")
    return log


def test_what_was_written_is_read_and_verified(tmp_path: Path) -> None:
    filled(tmp_path, 10).close()
    found = verify(tmp_path)
    assert (found.line_count, found.broken) == (10, None)
    assert [row["payload"]["value"] for row in read_audit(tmp_path)] == list(range(10))
    some = list(read_audit(tmp_path, start=AT.format(3), end=AT.format(5)))
    assert [row["payload"]["value"] for row in some] == [3, 4]


@pytest.mark.parametrize(
    ("touch", "why"),
    [
        (lambda lines: [*lines[:4], lines[4].replace(b'"value":4', b'"value":5'), *lines[5:]], "was altered"),
        (lambda lines: [*lines[:4], *lines[5:]], "number 6 follows 4"),
        (lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]], "number 6 follows 4"),
        (lambda lines: [*lines[:4], b"{}", *lines[5:]], "cannot be read"),
        (lambda lines: [*lines[:4], lines[4][:50], *lines[5:]], "cannot be read"),
    ],
    ids=["altered", "removed", "moved", "replaced", "cut"],
)
def test_a_touched_line_is_named_with_its_place(tmp_path: Path, touch: object, why: str) -> None:
    filled(tmp_path, 10).close()
    file = chain_files(tmp_path)[0]
    file.write_bytes(b"\n".join(touch(file.read_bytes().splitlines())) + b"\n")  # type: ignore[operator]
    broken = verify(tmp_path).broken
    assert broken is not None
    assert (broken.file, broken.line, broken.intact_count) == (file.name, 5, 4)
    assert why in broken.why


def test_a_line_with_a_fresh_hash_still_breaks_the_chain_behind_it(tmp_path: Path) -> None:
    from enerwise.store.audit import sealed

    filled(tmp_path, 10).close()
    file = chain_files(tmp_path)[0]
    lines = file.read_bytes().splitlines()
    row = json.loads(lines[4])
    lines[4], _ = sealed(5, row["at"], "decision", "battery", {"value": 99}, "Eve", row["before"])
    file.write_bytes(b"\n".join(lines) + b"\n")
    broken = verify(tmp_path).broken
    assert broken is not None
    assert (broken.line, broken.why) == (6, "does not follow from the line before")


def test_files_turn_over_and_the_oldest_are_given_up_with_their_anchor(tmp_path: Path) -> None:
    filled(tmp_path, 60, file_bytes=2000, file_count=3).close()
    assert len(chain_files(tmp_path)) <= 4
    found = verify(tmp_path)
    assert found.broken is None
    assert found.anchor != "0" * 32
    first = next(read_audit(tmp_path))
    assert first["before"] == found.anchor
    chain_files(tmp_path)[1].unlink()
    assert verify(tmp_path).broken is not None, "a file taken out of the middle is missed"


def test_a_chain_goes_on_after_a_restart(tmp_path: Path) -> None:
    filled(tmp_path, 3).close()
    filled(tmp_path, 3).close()
    assert verify(tmp_path).line_count == 6
    assert [row["seq"] for row in read_audit(tmp_path)] == [1, 2, 3, 4, 5, 6]


@given(st.integers(1, 400))
def test_a_torn_last_line_is_kept_aside_and_the_chain_says_so(cut: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        filled(folder, 5).close()
        file = chain_files(folder)[0]
        content = file.read_bytes()
        file.write_bytes(content[: max(1, len(content) - cut)])
        filled(folder, 1).close()
        found = verify(folder)
        assert found.broken is None
        rows = list(read_audit(folder))
        assert rows[-1]["kind"] == "decision"
        if content[: len(content) - cut][-1:] != b"\n":
            assert rows[-2]["kind"] == "torn"


def test_only_one_process_writes_a_chain(tmp_path: Path) -> None:
    log = AuditLog(tmp_path)
    with pytest.raises(StoreError, match="another process writes this audit"):
        AuditLog(tmp_path)
    log.close()
    AuditLog(tmp_path).close()


def test_a_disk_that_refuses_costs_lines_which_the_chain_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = filled(tmp_path, 2)

    def refuse(fd: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        for _ in range(3):
            log.write(AT.format(30), "stop", "*", {})
    log.write(AT.format(40), "stop", "*", {"why": "space again"})
    log.close()
    kinds = [(row["kind"], row["payload"].get("count")) for row in read_audit(tmp_path)]
    assert kinds[-1][0] == "stop"
    assert ("lost", 1) in kinds or ("lost", 3) in kinds
    assert verify(tmp_path).broken is None


def test_no_audit_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="name the folder of a site"):
        verify(tmp_path)


WRITER = """
import sys
from pathlib import Path
from enerwise.store.audit import AuditLog
log = AuditLog(Path(sys.argv[1]))
for number in range(10**9):
    log.write("2024-07-01T12:00:00.000", "stop", "*", {"number": number})
    print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_that_it_told_of(tmp_path: Path) -> None:
    told = -1
    for _ in range(3):
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        for _ in range(20):
            told = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        stops = [row["payload"]["number"] for row in read_audit(tmp_path) if row["kind"] == "stop"]
        assert told in stops
        assert verify(tmp_path).broken is None
