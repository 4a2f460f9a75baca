"""`anchor:` of a market file: nothing without it, a contract with it, and every mistake named with a remedy."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from enerwise.core.errors import EnerwiseError, ProblemsFound
from enerwise.market.anchoring import Every
from enerwise.serve.market_anchor import AnchorEntry, anchor_of
from enerwise.store.anchor import ChainAnchor, Fate, NoAnchor

ADDRESS = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
NOBODY = "http://127.0.0.1:9"  # the discard port, where nothing answers


def an_entry(**other: Any) -> AnchorEntry:
    return AnchorEntry(**({"rpc": NOBODY, "contract": ADDRESS, "key_file": "anchor.key"} | other))


def with_key(folder: Path, *, mode: int = 0o600) -> Path:
    path = folder / "anchor.key"
    path.write_text("0x" + "11" * 32 + "\n")
    path.chmod(mode)
    return folder


def test_without_an_entry_nothing_is_anchored(tmp_path: Path) -> None:
    assert isinstance(anchor_of(None, tmp_path), NoAnchor)


def test_an_entry_makes_an_anchor_that_asks_nobody_yet(tmp_path: Path) -> None:
    anchor = anchor_of(an_entry(), with_key(tmp_path))
    assert isinstance(anchor, ChainAnchor)
    assert anchor.anchor("2026-03-29", bytes(range(32))).fate is Fate.SILENT


def test_once_a_day_is_the_default() -> None:
    assert an_entry().how_often() is Every.DAY
    assert an_entry(every="slot").how_often() is Every.SLOT


def test_a_key_that_is_missing_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match=r"key_file: .*anchor\.key is not there; write the private key"):
        anchor_of(an_entry(), tmp_path)


def test_a_key_that_others_may_read_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(EnerwiseError, match="others may read this"):
        anchor_of(an_entry(), with_key(tmp_path, mode=0o644))


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("rpc", "localhost:8545", "'localhost:8545' is not the address of a node"),
        ("rpc", "ftp://host", "is not the address of a node"),
        ("contract", "1234", "'1234' is not the address of a contract"),
        ("contract", "0x" + "g" * 40, "is not the address of a contract"),
        ("every", "hour", "hour"),
        ("colour", "red", "Extra inputs"),
    ],
)
def test_what_cannot_be_is_named(key: str, value: str, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        an_entry(**{key: value})
