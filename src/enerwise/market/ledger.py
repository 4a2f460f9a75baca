"""What a ledger is made of: accounts, transfers between two of them, and the entries of those that happened.

A transfer moves an amount from one account (debit) to another (credit) of the same unit. It may be pending: then it is
reserved on both sides until it is posted, in full or in part, voided, or its time is over. The same id is the same
transfer, however often it comes; linked transfers happen all or none.

Each entry's hash covers the one before: who knows the newest hash knows whether anything was altered. What may happen
is decided in `enerwise.market.ledger_books`; `enerwise.store` keeps the entries and plays them again.

Source: the account and transfer model of TigerBeetle (debits, credits, pending, posted; linked; idempotent ids).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple

from enerwise.core.errors import EnerwiseError

AMOUNT_MAX: Final = 2**62
BALANCE_MAX: Final = 2**63 - 1
"""Each side of an account fits a column of 64 bits."""
SALT_BYTES: Final = 16
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
    FULL = "account-counts-no-further"
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


class Transfer(NamedTuple):
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
        """Return what the hash covers: every field, each with its length, so that none can pass for another."""
        a, d, c, amount, k, s, p, timeout_ns, is_linked = self
        lengths = f"{len(a)} {len(d)} {len(c)} {len(k)} {len(s)} {len(p)}"
        return f"{lengths} {amount} {timeout_ns} {1 if is_linked else 0} {''.join((a, d, c, k, s, p))}".encode()


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


class Entry(NamedTuple):
    """A transfer that happened."""

    number: int
    at_ns: int
    transfer: Transfer
    hash: bytes


def salt_of(transfer_id: str, secret: bytes) -> bytes:
    """Return what hides an entry in its hash, so that nobody can guess it from the hashes beside it. 16 bytes"""
    salt = _keyed(secret).copy()
    salt.update(transfer_id.encode())
    return salt.digest()


@lru_cache(maxsize=8)
def _keyed(secret: bytes) -> "hashlib.blake2b":
    """Return a hash that has taken in the secret: the same beginning for every entry of a ledger."""
    return hashlib.blake2b(key=secret, digest_size=SALT_BYTES)


def chained(before: bytes, salt: bytes, at_ns: int, transfer: Transfer) -> bytes:
    """Return the hash of an entry. 32 bytes

    Args:
        before: The hash of the entry before, `START` for the first.
        salt: What hides it: `salt_of`.
        at_ns: When it happened. [ns since 1970]
        transfer: What happened.
    """
    return hashlib.sha256(before + salt + b"%d " % at_ns + transfer.to_bytes()).digest()


def voids(waiting: Sequence[Transfer], why: str) -> list[Transfer]:
    """Return what gives back everything that is reserved; ids follow from why and what."""
    return [
        Transfer(f"{why}:{each.id}", each.debit, each.credit, 0, Kind.VOID_PENDING, each.slot, each.id)
        for each in waiting
    ]
