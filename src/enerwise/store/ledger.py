"""The ledger on disk: entries are appended and never changed, and opening plays them again.

`LedgerStore` is the port, `MemoryLedger` keeps nothing, `SqliteLedger` (ledger_sqlite.py) keeps everything. What a
submit returns is durable. A closed slot takes nothing more, and has a root over its entries by which each participant
can prove what was booked.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from enerwise.market.ledger import Account, Balance, Books, Entry, Kind, LedgerError, Refusal, Transfer
from enerwise.market.merkle import Proof, proof_of, root_of

GROUP: Final = "enerwise.ledgers"


@dataclass(frozen=True, slots=True)
class ClosedSlot:
    """A slot that is over: its entries' root, and the head of the chain when it was closed."""

    name: str
    root: bytes
    head: bytes
    at_ns: int


class LedgerStore(Protocol):
    """Keeps a ledger."""

    def open_accounts(self, accounts: Iterable[Account]) -> None:
        """Open accounts; those that are open already stay as they are."""
        ...

    def submit(self, transfers: Sequence[Transfer], at_ns: int) -> list[Refusal]:
        """Decide and keep transfers; they are durable when this returns."""
        ...

    def expire(self, at_ns: int) -> int:
        """Give back what was reserved too long; return how many reserves that were."""
        ...

    def close_slot(self, slot: str, at_ns: int) -> ClosedSlot:
        """Give back what is still reserved for a slot, and let nothing more happen in it."""
        ...

    def waiting(self, slot: str) -> Mapping[str, Transfer]:
        """Return what is reserved for a slot."""
        ...

    def balances(self) -> Mapping[str, Balance]:
        """Return every account's balance."""
        ...

    def entries(self, *, slot: str | None = None, account: str | None = None) -> list[Entry]:
        """Return entries in their sequence, all or those of a slot or account."""
        ...

    def closed_slots(self) -> list[ClosedSlot]:
        """Return the slots that are over."""
        ...

    def head(self) -> bytes:
        """Return the hash of the newest entry. 32 bytes"""
        ...


@dataclass(slots=True)
class MemoryLedger:
    """A ledger that lasts as long as the process: for simulations and tests."""

    books: Books = field(default_factory=Books)
    _entries: list[Entry] = field(default_factory=list)
    _closed: dict[str, ClosedSlot] = field(default_factory=dict)

    def open_accounts(self, accounts: Iterable[Account]) -> None:
        self.books.open(accounts)

    def submit(self, transfers: Sequence[Transfer], at_ns: int) -> list[Refusal]:
        told, entries = self.books.apply(transfers, at_ns)
        self._entries += entries
        return told

    def expire(self, at_ns: int) -> int:
        over = self.books.over(at_ns)
        self.submit(over, at_ns)
        return len(over)

    def close_slot(self, slot: str, at_ns: int) -> ClosedSlot:
        if slot not in self._closed:
            self.submit(voids(self.books.waiting(slot)), at_ns)
            self._closed[slot] = closed(slot, self.entries(slot=slot), self.head(), at_ns)
            self.books.closed.add(slot)
        return self._closed[slot]

    def waiting(self, slot: str) -> Mapping[str, Transfer]:
        return {each.id: each for each in self.books.waiting(slot)}

    def balances(self) -> Mapping[str, Balance]:
        return self.books.balance

    def entries(self, *, slot: str | None = None, account: str | None = None) -> list[Entry]:
        return [each for each in self._entries if belongs(each, slot, account)]

    def closed_slots(self) -> list[ClosedSlot]:
        return list(self._closed.values())

    def head(self) -> bytes:
        return self.books.head


def belongs(entry: Entry, slot: str | None, account: str | None) -> bool:
    """Tell whether an entry is of a slot and touches an account."""
    transfer = entry.transfer
    return (slot is None or transfer.slot == slot) and account in {None, transfer.debit, transfer.credit}


def voids(waiting: Sequence[Transfer]) -> list[Transfer]:
    """Return what gives back everything that is reserved."""
    return [
        Transfer(f"close:{each.id}", each.debit, each.credit, 0, Kind.VOID_PENDING, each.slot, each.id)
        for each in waiting
    ]


# ---------------------------------------------------------------------------------------------------------------
# Roots and proofs


def leaf(entry: Entry, secret: bytes) -> bytes:
    """Return what stands in the tree for an entry: its hash and a salt, so that a root tells nobody what was booked."""
    salt = hashlib.blake2b(entry.transfer.id.encode(), key=secret, digest_size=16).digest()
    return salt + entry.hash


def closed(slot: str, entries: Sequence[Entry], head: bytes, at_ns: int, secret: bytes = b"") -> ClosedSlot:
    """Return a slot that is over."""
    return ClosedSlot(slot, root_of([leaf(each, secret) for each in entries]), head, at_ns)


def proof(entries: Sequence[Entry], number: int, secret: bytes = b"") -> tuple[bytes, Proof]:
    """Return the leaf of one entry of a slot, and its way to the root.

    Raises:
        LedgerError: The slot has no entry of that number.
    """
    index = next((at for at, each in enumerate(entries) if each.number == number), None)
    if index is None:
        raise LedgerError(f"entry {number} is not among the {len(entries)} entries of this slot")
    leaves = [leaf(each, secret) for each in entries]
    return leaves[index], proof_of(leaves, index)


def replayed(accounts: Iterable[Account], entries: Sequence[Entry], closed_slots: Iterable[ClosedSlot]) -> Books:
    """Play entries again, and return what follows from them.

    Raises:
        LedgerError: An entry does not follow from those before, or its hash is another: something was altered.
    """
    books = Books()
    books.open(accounts)
    for each in entries:
        if (refusal := books.replay(each)) is not Refusal.NONE:
            raise LedgerError(
                f"entry {each.number} ({each.transfer.id!r}) does not follow from those before ({refusal}): "
                "the ledger was altered or damaged; go back to a copy whose head you know"
            )
    books.closed |= {each.name for each in closed_slots}
    return books
