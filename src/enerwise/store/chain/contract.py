"""The contract as it is shipped: its source, and what the compiler made of it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

SOURCE_FILE: Final = "slot_tokens.vy"
COMPILED_FILE: Final = "slot_tokens.json"


@dataclass(frozen=True, slots=True)
class Contract:
    """A compiled contract."""

    compiler: str
    source_sha256: str
    """Of the source it was made from, so that a source that was changed and not compiled is noticed."""
    abi: Sequence[Mapping[str, Any]]
    bytecode: str
    """Hexadecimal, from 0x on: the constructor, and behind it the code that stays."""


def shipped() -> Contract:
    """Return the contract that this package brings."""
    return Contract(**json.loads(_text(COMPILED_FILE)))


def source() -> str:
    """Return the source text of the contract."""
    return _text(SOURCE_FILE)


def sha256_of(text: str) -> str:
    """Return the fingerprint of a source text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _text(name: str) -> str:
    return files("enerwise.store.chain").joinpath(name).read_text(encoding="utf-8")
