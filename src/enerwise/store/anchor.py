"""Anchors: the root of a slot or a day, written down where we cannot alter it later.

`Anchor` is the port; `NoAnchor` is what a market has unless somebody sets one up, `ChainAnchor` writes to a contract.
An anchor proves that the ledger behind a root has not been altered since; it does not prove that a meter was right.
No market waits for its anchors: whatever goes wrong is told as a fate, and the same call may be made again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from enerwise.store.chain.node import ChainRefused, ChainSilent
from enerwise.store.chain.slot_tokens import SlotTokens


class Fate(Enum):
    """What became of a root."""

    OFF = "off"
    """Nobody anchors."""
    ANCHORED = "anchored"
    STANDS = "stands"
    """It was anchored before."""
    DIFFERS = "differs"
    """Another root was anchored for this period before: the ledger was altered, or the key is in other hands."""
    SILENT = "silent"
    """No answer in time; ask again later."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Anchored:
    """What became of one root, and what there is to say about it."""

    period: str
    fate: Fate
    detail: str = ""

    @property
    def is_done(self) -> bool:
        """Whether the root stands as it should, or nobody wants it to."""
        return self.fate in {Fate.OFF, Fate.ANCHORED, Fate.STANDS}


class Anchor(Protocol):
    """Where roots are written down, once each."""

    def anchor(self, period: str, root: bytes) -> Anchored:
        """Write down a root, unless it stands there already. May take minutes, and raises nothing for what life brings.

        Args:
            period: Name of a slot or a day.
            root: 32 bytes, not all zero.
        """
        ...


class NoAnchor:
    """Writes nothing down."""

    def anchor(self, period: str, root: bytes) -> Anchored:
        del root
        return Anchored(period, Fate.OFF)


class ChainAnchor:
    """Writes roots to the contract of slot tokens, one transaction each."""

    def __init__(self, connect: Callable[[], SlotTokens]) -> None:
        """Keep how to reach the contract; it is reached when there is something to write."""
        self._connect = connect
        self._tokens: SlotTokens | None = None

    def anchor(self, period: str, root: bytes) -> Anchored:
        try:
            return self._written(period, root)
        except ChainSilent as problem:
            return Anchored(period, Fate.SILENT, str(problem))
        except ChainRefused as problem:
            return Anchored(period, Fate.REFUSED, str(problem))

    def _written(self, period: str, root: bytes) -> Anchored:
        self._tokens = self._tokens or self._connect()
        match self._tokens.root_of(period):
            case None:
                return Anchored(period, Fate.ANCHORED, self._tokens.anchor(period, root).transaction)
            case known if known == root:
                return Anchored(period, Fate.STANDS)
            case known:
                return Anchored(period, Fate.DIFFERS, f"0x{known.hex()} stands there, not 0x{root.hex()}")
