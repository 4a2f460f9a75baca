"""Ledgers that are kept: entries are appended and never changed, and opening plays them again.

`LedgerStore` is the port, `MemoryLedger` lasts as long as the process, `SqliteLedger` and `PostgresLedger` keep
everything. What a submit returns is durable. A closed slot takes nothing more, and has a root over its entries, signed
by whoever runs the market where there is a key, by which each participant can prove what was booked.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, cast

from enerwise.core.plugin import load, names
from enerwise.market.ledger import START, Account, Balance, Entry, LedgerError, Refusal, Transfer, salt_of, voids
from enerwise.market.ledger_books import Books
from enerwise.market.merkle import Proof, proof_of, proofs_of, root_of
from enerwise.market.proofs import EntryProof, SlotProof, signed_bytes

GROUP: Final = "enerwise.ledgers"
Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class ClosedSlot:
    """A slot that is over: its entries' root, and the head of the chain when it was closed."""

    name: str
    root: bytes
    head: bytes
    at_ns: int
    entry_count: int = 0
    """Of the whole ledger, when the slot was closed."""
    signature: bytes = b""
    """By whoever runs the market; empty where there is no key."""

    def to_bytes(self) -> bytes:
        """Return what is signed."""
        return signed_bytes(self.name, self.root, self.head, self.entry_count, self.at_ns)

    def signed_by(self, sign: Sign | None) -> "ClosedSlot":
        """Return the same with a signature."""
        return self if sign is None else replace(self, signature=sign(self.to_bytes()))


class LedgerStore(Protocol):
    """Keeps a ledger."""

    @property
    def secret(self) -> bytes:
        """What keeps roots from telling what was booked; it stays with the ledger."""
        ...

    def open_accounts(self, accounts: Iterable[Account]) -> None:
        """Open accounts; those that are open already stay as they are.

        Raises:
            LedgerError: One of that id is open as something else; then none of them is opened.
        """
        ...

    def submit(self, transfers: Sequence[Transfer], at_ns: int) -> list[Refusal]:
        """Decide and keep transfers; they are durable when this returns."""
        ...

    def expire(self, at_ns: int) -> int:
        """Give back what was reserved too long; return how many reserves that were."""
        ...

    def close_slot(self, slot: str, at_ns: int) -> ClosedSlot:
        """Give back what is still reserved for a slot, and let nothing more happen in it.

        Raises:
            LedgerError: The slot has no name.
        """
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

    def entry(self, number: int) -> Entry | None:
        """Return an entry by its number, counted from 1; None where there is none."""
        ...

    def closed_slots(self) -> list[ClosedSlot]:
        """Return the slots that are over, in the sequence in which they were closed."""
        ...

    def head(self) -> bytes:
        """Return the hash of the newest entry. 32 bytes"""
        ...

    def close(self) -> None:
        """Let go of what it holds; once more is harmless."""
        ...


@dataclass(slots=True)
class MemoryLedger:
    """A ledger that lasts as long as the process: for simulations and tests."""

    secret: bytes = b""
    """Keeps roots from telling what was booked."""
    sign: Sign | None = None
    books: Books = field(init=False)
    _entries: list[Entry] = field(default_factory=list)
    _known: dict[str, Transfer] = field(default_factory=dict)
    _closed: dict[str, ClosedSlot] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.books = Books(self.secret)

    def open_accounts(self, accounts: Iterable[Account]) -> None:
        self.books.open(accounts)

    def submit(self, transfers: Sequence[Transfer], at_ns: int) -> list[Refusal]:
        told, entries = self.books.apply(transfers, at_ns, self._known)
        self._entries += entries
        self._known |= {each.transfer.id: each.transfer for each in entries}
        return told

    def expire(self, at_ns: int) -> int:
        over = self.books.over(at_ns)
        self.submit(over, at_ns)
        return len(over)

    def close_slot(self, slot: str, at_ns: int) -> ClosedSlot:
        if slot not in self._closed:
            self.submit(voids(self.books.waiting(slot), "close"), at_ns)
            self._closed[slot] = closed(self.books, slot, at_ns).signed_by(self.sign)
        return self._closed[slot]

    def waiting(self, slot: str) -> Mapping[str, Transfer]:
        return {each.id: each for each in self.books.waiting(slot)}

    def balances(self) -> Mapping[str, Balance]:
        return self.books.balance

    def entries(self, *, slot: str | None = None, account: str | None = None) -> list[Entry]:
        return [each for each in self._entries if belongs(each, slot, account)]

    def entry(self, number: int) -> Entry | None:
        return self._entries[number - 1] if 0 < number <= len(self._entries) else None

    def closed_slots(self) -> list[ClosedSlot]:
        return list(self._closed.values())

    def head(self) -> bytes:
        return self.books.head

    def close(self) -> None:
        """Nothing is held."""


def belongs(entry: Entry, slot: str | None, account: str | None) -> bool:
    """Tell whether an entry is of a slot and touches an account."""
    transfer = entry.transfer
    return (slot is None or transfer.slot == slot) and account in {None, transfer.debit, transfer.credit}


def ledger(name: str = "sqlite") -> Callable[..., LedgerStore]:
    """Return what opens ledgers of a kind.

    Raises:
        PluginError: There is none of that name, or it does not load.
    """
    return cast("Callable[..., LedgerStore]", load(GROUP, name))


def ledger_names() -> tuple[str, ...]:
    """Return the kinds of ledgers that are installed."""
    return names(GROUP)


# ---------------------------------------------------------------------------------------------------------------
# Roots and proofs


def closed(books: Books, slot: str, at_ns: int) -> ClosedSlot:
    """Close a slot in the books, and return what there is to keep of it.

    Raises:
        LedgerError: Something is still reserved for it, or it has no name.
    """
    leaves = [own_hash for _, own_hash in books.written.get(slot, [])]
    books.close(slot)
    root = root_of(leaves)
    return ClosedSlot(slot, root, books.head, max(at_ns, books.at_ns), books.count)


def proof(entries: Sequence[Entry], number: int) -> tuple[bytes, Proof]:
    """Return the leaf of one entry of a slot, which is its hash, and its way to the root.

    Raises:
        LedgerError: The slot has no entry of that number.
    """
    index = next((at for at, each in enumerate(entries) if each.number == number), None)
    if index is None:
        raise LedgerError(f"entry {number} is not among the {len(entries)} entries of this slot")
    leaves = [each.hash for each in entries]
    return leaves[index], proof_of(leaves, index)


def proven(store: LedgerStore, slot: str, accounts: Container[str]) -> SlotProof:
    """Return the proofs of all entries of a closed slot that touch some accounts.

    Raises:
        LedgerError: The slot is not closed.
    """
    over = next((each for each in store.closed_slots() if each.name == slot), None)
    if over is None:
        raise LedgerError(f"slot {slot!r} is not closed yet, and has no root; ask again when it is settled")
    entries = store.entries(slot=slot)
    rows = [at for at, each in enumerate(entries) if _touches(each.transfer, accounts)]
    ways = proofs_of([each.hash for each in entries], rows)
    told = tuple(_told(store, entries[at], way) for at, way in zip(rows, ways, strict=True))
    return SlotProof(over.name, over.root, over.head, over.entry_count, over.at_ns, over.signature, told)


def _touches(transfer: Transfer, accounts: Container[str]) -> bool:
    return transfer.debit in accounts or transfer.credit in accounts


def _told(store: LedgerStore, entry: Entry, way: Proof) -> EntryProof:
    before = store.entry(entry.number - 1)
    salt = salt_of(entry.transfer.id, store.secret)
    return EntryProof(entry.number, entry.at_ns, entry.transfer, before.hash if before else START, salt, way)


def played(books: Books, entries: Iterable[Entry], closings: Sequence[ClosedSlot]) -> Books:
    """Play entries again on top of books, and close the slots that were closed between them.

    Raises:
        LedgerError: Something was altered: an entry does not follow from those before, its hash is another, or those of
            a slot lead to another root.
    """
    ends: dict[int, list[ClosedSlot]] = {}
    for each in closings:
        if each.name not in books.closed:
            ends.setdefault(each.entry_count, []).append(each)
    _close(books, ends)
    for entry in entries:
        if entry.number != books.count + 1:
            raise _broken(f"entry {books.count + 1} is missing")
        if (refusal := books.replay(entry)) is not Refusal.NONE:
            raise _broken(f"entry {entry.number} ({entry.transfer.id!r}) does not follow from those before ({refusal})")
        _close(books, ends)
    if ends:
        raise _broken(f"entries after {books.count} are missing, for slot {next(iter(ends.values()))[0].name!r}")
    return books


def _close(books: Books, ends: dict[int, list[ClosedSlot]]) -> None:
    for each in ends.pop(books.count, ()):
        made = closed(books, each.name, each.at_ns)
        if (made.root, made.head) != (each.root, each.head):
            raise _broken(f"slot {each.name!r}: its entries lead to another root than the one it was closed with")


def _broken(what: str) -> LedgerError:
    return LedgerError(f"{what}: the ledger was altered or damaged; go back to a copy whose head you know")
