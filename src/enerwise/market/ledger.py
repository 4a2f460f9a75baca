"""The ledger's arithmetic: double entry in whole numbers, decided one transfer after the other.

A transfer moves an amount from one account (debit) to another (credit) of the same unit. It may be pending: then it is
reserved on both sides until it is posted, in full or in part, voided, or its time is over. The same id is the same
transfer, however often it comes; linked transfers happen all or none. Whatever is refused leaves no trace.

Every transfer that happened becomes an entry, and each entry's hash covers the one before: who knows the newest hash
knows whether anything was altered. Nothing here stores: `enerwise.store` keeps the entries and plays them again.

Source: the account and transfer model of TigerBeetle (debits, credits, pending, posted; linked; idempotent ids).
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from enerwise.core.errors import EnerwiseError

AMOUNT_MAX: Final = 2**62
START: Final = bytes(32)
"""The hash before the first entry."""


class LedgerError(EnerwiseError):
    """A ledger that contradicts itself, or is asked for what cannot be."""


class Unit(StrEnum):
    """What an account counts."""

    WH = "Wh"
    UEUR = "ueur"


class Kind(StrEnum):
    """What a transfer does."""

    POST = "post"
    PEND = "pend"
    POST_PENDING = "post_pending"
    """Posts up to what was reserved; the rest is given back."""
    VOID_PENDING = "void_pending"


class Refusal(StrEnum):
    """Why a transfer did not happen."""

    NONE = "ok"
    EXISTS = "exists"
    """It happened before, as it is: nothing is wrong, and nothing happens twice."""
    OTHER_CONTENT = "id-has-other-content"
    NO_ACCOUNT = "no-such-account"
    UNIT = "units-differ"
    SELF = "debit-is-credit"
    AMOUNT = "amount-not-above-zero"
    OVERDRAFT = "account-would-be-overdrawn"
    NO_PENDING = "no-such-pending"
    PENDING_OVER = "pending-is-over"
    MORE_THAN_PENDING = "more-than-was-reserved"
    CLOSED = "slot-is-closed"
    LINKED = "a-linked-transfer-was-refused"

    @property
    def is_done(self) -> bool:
        """Whether it happened, now or before."""
        return self in {Refusal.NONE, Refusal.EXISTS}


@dataclass(frozen=True, slots=True)
class Account:
    """Where something is counted."""

    id: str
    unit: Unit
    has_no_overdraft: bool = False
    """Debits, with what is reserved, never exceed credits."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One movement. Whole Wh or whole micro-euro."""

    id: str
    debit: str
    credit: str
    amount: int
    kind: Kind = Kind.POST
    slot: str = ""
    """The slot that it belongs to; after it is closed nothing more does."""
    pending_id: str = ""
    """For posting and voiding: what was reserved."""
    timeout_ns: int = 0
    """For reserving: when it is over by itself; 0 is never. [ns since 1970]"""
    is_linked: bool = False
    """Happens with the next one or not at all."""

    def to_bytes(self) -> bytes:
        """Return what the hash covers: every field, none of which can pass for another."""
        words = (self.id, self.debit, self.credit, self.kind, self.slot, self.pending_id)
        numbers = f"{self.amount} {self.timeout_ns} {self.is_linked:d}"
        return "\x1f".join([f"{len(each)}:{each}" for each in words] + [numbers]).encode()


@dataclass(slots=True)
class Balance:
    """What an account has seen."""

    debits: int = 0
    credits: int = 0
    debits_pending: int = 0
    credits_pending: int = 0

    @property
    def net(self) -> int:
        """What is there: credits less debits."""
        return self.credits - self.debits


@dataclass(frozen=True, slots=True)
class Entry:
    """A transfer that happened."""

    number: int
    at_ns: int
    transfer: Transfer
    hash: bytes


@dataclass(slots=True)
class _Open:
    transfer: Transfer
    is_over: bool = False


@dataclass(slots=True)
class Books:
    """Everything that follows from the entries so far. Changed by `apply` only."""

    accounts: dict[str, Account] = field(default_factory=dict)
    balance: dict[str, Balance] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    head: bytes = START
    count: int = 0
    _transfers: dict[str, Transfer] = field(default_factory=dict)
    _pending: dict[str, _Open] = field(default_factory=dict)

    def open(self, accounts: Iterable[Account]) -> list[Account]:
        """Open accounts; return those that are new.

        Raises:
            LedgerError: One of that id is open as something else.
        """
        new = []
        for each in accounts:
            known = self.accounts.setdefault(each.id, each)
            if known != each:
                raise LedgerError(f"account {each.id!r} is open as {known}; choose another id than for {each}")
            if each.id not in self.balance:
                self.balance[each.id] = Balance()
                new.append(each)
        return new

    def apply(self, transfers: Sequence[Transfer], at_ns: int) -> tuple[list[Refusal], list[Entry]]:
        """Decide transfers in their sequence.

        Args:
            transfers: Chains end with the first that is not linked; an open end is refused.
            at_ns: Now, no earlier than before. [ns since 1970]

        Returns:
            For each transfer what became of it, and the entries of those that happened.
        """
        told, entries = list[Refusal](), list[Entry]()
        for chain in _chains(transfers):
            told += self._chain(chain, at_ns, entries)
        return told, entries

    def replay(self, entry: Entry) -> Refusal:
        """Play an entry again that happened before; anything but NONE says that it could not have."""
        if (refusal := self._decided(entry.transfer)) is not Refusal.NONE:
            return refusal
        self._move(entry.transfer, 1)
        again = self._written(entry.transfer, entry.at_ns)
        return Refusal.NONE if again == entry else Refusal.OTHER_CONTENT

    def over(self, at_ns: int) -> list[Transfer]:
        """Return the voids of everything reserved whose time is over."""
        return [
            Transfer(
                f"timeout:{each.transfer.id}",
                each.transfer.debit,
                each.transfer.credit,
                0,
                Kind.VOID_PENDING,
                each.transfer.slot,
                each.transfer.id,
            )
            for each in self._pending.values()
            if not each.is_over and 0 < each.transfer.timeout_ns <= at_ns
        ]

    def waiting(self, slot: str) -> list[Transfer]:
        """Return what is reserved for a slot and neither posted nor voided."""
        return [each.transfer for each in self._pending.values() if not each.is_over and each.transfer.slot == slot]

    def transfer(self, transfer_id: str) -> Transfer | None:
        """Return a transfer that happened."""
        return self._transfers.get(transfer_id)

    # -- deciding ------------------------------------------------------------------------------------------------

    def _chain(self, chain: Sequence[Transfer], at_ns: int, entries: list[Entry]) -> list[Refusal]:
        if chain[-1].is_linked:
            return [Refusal.LINKED] * len(chain)
        told, done = list[Refusal](), list[Transfer]()
        for each in chain:
            told.append(self._decided(each))
            if told[-1] is Refusal.NONE:
                self._move(each, 1)
                done.append(each)
            elif told[-1] is not Refusal.EXISTS:
                for undone in reversed(done):
                    self._move(undone, -1)
                rest = [Refusal.LINKED] * (len(chain) - len(told))
                return [Refusal.LINKED] * (len(told) - 1) + [told[-1]] + rest
        entries += [self._written(each, at_ns) for each in done]
        return told

    def _written(self, transfer: Transfer, at_ns: int) -> Entry:
        self.head = hashlib.sha256(self.head + b"%d\x1f" % at_ns + transfer.to_bytes()).digest()
        self.count += 1
        return Entry(self.count, at_ns, transfer, self.head)

    def _decided(self, each: Transfer) -> Refusal:
        if (known := self._transfers.get(each.id)) is not None:
            return Refusal.EXISTS if known == each else Refusal.OTHER_CONTENT
        if each.slot in self.closed:
            return Refusal.CLOSED
        debit, credit = self.accounts.get(each.debit), self.accounts.get(each.credit)
        if debit is None or credit is None:
            return Refusal.NO_ACCOUNT
        if debit.unit != credit.unit:
            return Refusal.UNIT
        if each.debit == each.credit:
            return Refusal.SELF
        if each.kind in {Kind.POST_PENDING, Kind.VOID_PENDING}:
            return self._second(each)
        if not 0 < each.amount < AMOUNT_MAX:
            return Refusal.AMOUNT
        seen = self.balance[each.debit]
        would_be = seen.debits + seen.debits_pending + each.amount
        return Refusal.OVERDRAFT if debit.has_no_overdraft and would_be > seen.credits else Refusal.NONE

    def _second(self, each: Transfer) -> Refusal:
        reserved = self._pending.get(each.pending_id)
        if reserved is None or (reserved.transfer.debit, reserved.transfer.credit) != (each.debit, each.credit):
            return Refusal.NO_PENDING
        if reserved.is_over:
            return Refusal.PENDING_OVER
        if each.kind is Kind.VOID_PENDING:
            return Refusal.NONE if each.amount == 0 else Refusal.AMOUNT
        if each.amount < 1:
            return Refusal.AMOUNT
        return Refusal.MORE_THAN_PENDING if each.amount > reserved.transfer.amount else Refusal.NONE

    def _move(self, each: Transfer, sign: int) -> None:
        """Do a transfer (1) or take it back (-1)."""
        debit, credit = self.balance[each.debit], self.balance[each.credit]
        if each.kind is Kind.PEND:
            self._reserve(each, sign, each.amount)
            self._pending[each.id] = _Open(each)
        else:
            if each.kind is not Kind.POST:
                reserved = self._pending[each.pending_id]
                self._reserve(each, -sign, reserved.transfer.amount)
                reserved.is_over = sign > 0
            debit.debits += sign * each.amount
            credit.credits += sign * each.amount
        if sign > 0:
            self._transfers[each.id] = each
            return
        del self._transfers[each.id]
        self._pending.pop(each.id, None)

    def _reserve(self, each: Transfer, sign: int, amount: int) -> None:
        self.balance[each.debit].debits_pending += sign * amount
        self.balance[each.credit].credits_pending += sign * amount


def _chains(transfers: Sequence[Transfer]) -> Iterable[Sequence[Transfer]]:
    begin = 0
    for at, each in enumerate(transfers):
        if not each.is_linked:
            yield transfers[begin : at + 1]
            begin = at + 1
    if begin < len(transfers):
        yield transfers[begin:]
