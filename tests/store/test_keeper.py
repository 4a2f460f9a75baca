"""Small files survive a power cut at any moment, and a damaged one is never silence."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.store.keeper import Condition, keep, kept


def test_what_was_kept_is_found_and_nothing_is_nothing(tmp_path: Path) -> None:
    path = tmp_path / "trips.kept"
    assert kept(path).condition is Condition.NOTHING
    for content in (b"", b"first", b"second\n\x00\xff"):
        keep(path, content)
        assert (kept(path).condition, kept(path).content) == (Condition.WHOLE, content)


def test_a_damaged_version_falls_back_to_the_one_before_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "trips.kept"
    keep(path, b"before")
    keep(path, b"newest")
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at])
        assert (kept(path).condition, kept(path).content) == (Condition.OLDER, b"before"), f"cut after {at} bytes"
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert kept(path).condition is Condition.OLDER, f"byte {at} altered"


def test_a_memory_that_is_damaged_twice_is_told_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "trips.kept"
    keep(path, b"before")
    keep(path, b"newest")
    path.write_bytes(b"rubbish")
    path.with_name("trips.kept.old").write_bytes(b"")
    assert kept(path).condition is Condition.DAMAGED


class PowerCut(BaseException):
    """The machine is off."""


CALLS = ("write", "fsync", "replace")


@given(st.integers(0, 6))
def test_a_power_cut_between_any_two_calls_leaves_one_of_the_two_versions(at: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        path = Path(folder) / "state.kept"
        keep(path, b"old")
        left = [at]

        def cut(call: object) -> object:
            def run(*args: object, **kwargs: object) -> object:
                if left[0] == 0:
                    raise PowerCut
                left[0] -= 1
                return call(*args, **kwargs)  # type: ignore[operator]

            return run

        patch.setattr(os, "fsync", cut(os.fsync))
        patch.setattr(os, "open", cut(os.open))
        patch.setattr(Path, "replace", cut(Path.replace))
        is_done = True
        try:
            keep(path, b"new")
        except PowerCut:
            is_done = False
        found = kept(path)
        assert found.condition is Condition.WHOLE
        assert found.content in ((b"new",) if is_done else (b"old", b"new"))
