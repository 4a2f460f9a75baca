"""Do written files appear whole, and hold what JSON can hold?"""

import json
import os
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.serve.files import plain, write_json, write_text


def test_nan_becomes_null(tmp_path: Path) -> None:
    data = {"a": np.array([1.0, np.nan]), "b": np.float64("inf"), "c": (np.int64(3), Path("x")), "d": np.bool_(True)}
    write_json(tmp_path / "x.json", data)
    assert json.loads((tmp_path / "x.json").read_text()) == {"a": [1.0, None], "b": None, "c": [3, "x"], "d": True}


def test_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="check folder, rights and space"):
        write_text(tmp_path / "nowhere" / "x.txt", "text")


def test_nothing_half_written_is_left(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ProblemsFound):
        write_text(tmp_path / "folder", "text")
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


def test_what_is_no_file_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    pipe, kept = tmp_path / "pipe", tmp_path / "kept"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_text(pipe, "text")
        kept.write_bytes(os.read(reader, 99))
    finally:
        os.close(reader)
    assert (pipe.is_fifo(), kept.read_text()) == (True, "text")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["kept", "pipe"]


def test_plain_keeps_text_and_truth() -> None:
    assert plain({"x": [True, None, "text", 1]}) == {"x": [True, None, "text", 1]}
