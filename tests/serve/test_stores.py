"""Is a store of a run replaced by the next run, and any other file left alone?"""

from pathlib import Path

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.time import instant
from enerwise.serve.stores import fresh_store, open_store

AT = instant("2024-07-03")


def test_store_of_a_run_begins_afresh(tmp_path: Path) -> None:
    for name in ("first", "second"):
        with fresh_store(tmp_path / "run.db", "simulate", AT) as store:
            store.put("note", name, b"x", AT)
    store = open_store(tmp_path / "run.db", read_only=True)
    assert store.blobs("note") == ("second",)
    store.close()


def test_other_files_are_left_as_they_are(tmp_path: Path) -> None:
    open_store(tmp_path / "home.db").close()
    (tmp_path / "notes.db").write_text("mine")
    for name in ("home.db", "notes.db"):
        with pytest.raises(ProblemsFound, match="left as it is"), fresh_store(tmp_path / name, "simulate", AT):
            pass
    assert (tmp_path / "notes.db").read_text() == "mine"
