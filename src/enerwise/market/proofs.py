"""Proofs for participants: that what they are told was booked, stands under the root of its slot.

A proof needs neither the ledger nor our word: it tells an entry in full, and from its fields follow its hash, its leaf
and, with the hashes beside the way, the root. Whoever has the root from elsewhere (published, anchored, kept by
somebody else) or the public key of whoever runs the market can check it alone. A proof says that something was booked
and not altered since; it does not say that a meter was right, nor that nothing else was booked.

Leaves are the hashes of entries, and each is salted: from a root, or from the hashes in a proof, nobody can guess what
was booked for a neighbour.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from enerwise.market.ledger import SALT_BYTES, Kind, LedgerError, Transfer, chained
from enerwise.market.merkle import Proof, is_under

FORMAT: Final = "enerwise-proof-1"
DOMAIN: Final = b"enerwise slot root 1\0"
"""Before everything that is signed, so that no signature over a slot passes for one over something else."""


@dataclass(frozen=True, slots=True)
class EntryProof:
    """One entry in full, and its way to the root."""

    number: int
    at_ns: int
    transfer: Transfer
    before: bytes
    """The hash of the entry before. 32 bytes"""
    salt: bytes
    way: Proof

    @property
    def leaf(self) -> bytes:
        """What stands in the tree."""
        return chained(self.before, self.salt, self.at_ns, self.transfer)


@dataclass(frozen=True, slots=True)
class SlotProof:
    """Entries of one closed slot, and what there is to hold them against."""

    slot: str
    root: bytes
    head: bytes
    entry_count: int
    closed_at_ns: int
    signature: bytes
    """By whoever runs the market; empty where there was no key."""
    entries: tuple[EntryProof, ...]

    def to_bytes(self) -> bytes:
        """Return what is signed."""
        return signed_bytes(self.slot, self.root, self.head, self.entry_count, self.closed_at_ns)


def signed_bytes(slot: str, root: bytes, head: bytes, entry_count: int, at_ns: int) -> bytes:
    """Return what a signature over a closed slot covers: everything that is told of it."""
    return DOMAIN + f"{len(slot)} {slot} {entry_count} {at_ns} ".encode() + root + head


def holds(proof: SlotProof, root: bytes) -> None:
    """Check every entry of a proof against a root.

    Raises:
        LedgerError: One does not lead there.
    """
    for each in proof.entries:
        if each.transfer.slot != proof.slot or not is_under(root, each.leaf, each.way):
            raise LedgerError(
                f"entry {each.number} ({each.transfer.id!r}) does not lead to the root {root.hex()} of slot "
                f"{proof.slot!r}: it was not booked like this"
            )


# ---------------------------------------------------------------------------------------------------------------
# As plain data


def to_plain(proof: SlotProof) -> dict[str, Any]:
    """Return a proof as what JSON holds; bytes in hexadecimal."""
    return {
        "format": FORMAT,
        "slot": proof.slot,
        "root": proof.root.hex(),
        "head": proof.head.hex(),
        "entry_count": proof.entry_count,
        "closed_at_ns": proof.closed_at_ns,
        "signature": proof.signature.hex(),
        "entries": [_entry_to_plain(each) for each in proof.entries],
    }


def _entry_to_plain(proof: EntryProof) -> dict[str, Any]:
    transfer = proof.transfer
    return {
        "number": proof.number,
        "at_ns": proof.at_ns,
        "id": transfer.id,
        "debit": transfer.debit,
        "credit": transfer.credit,
        "amount": transfer.amount,
        "kind": transfer.kind.value,
        "pending_id": transfer.pending_id,
        "timeout_ns": transfer.timeout_ns,
        "is_linked": transfer.is_linked,
        "before": proof.before.hex(),
        "salt": proof.salt.hex(),
        "path": [each.hex() for each in proof.way.path],
        "is_left": proof.way.is_left,
    }


def from_plain(told: Mapping[str, Any]) -> SlotProof:
    """Read a proof again.

    Raises:
        ValueError: It is none.
    """
    try:
        if told["format"] != FORMAT:
            raise ValueError(f"its format is {told['format']!r}, not {FORMAT!r}")
        slot = _text(told["slot"])
        rows: Sequence[Mapping[str, Any]] = told["entries"]
        root, head, signature = (bytes.fromhex(told[name]) for name in ("root", "head", "signature"))
        count, at_ns = _whole(told["entry_count"]), _whole(told["closed_at_ns"])
        return SlotProof(slot, root, head, count, at_ns, signature, tuple(_entry(each, slot) for each in rows))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _entry(told: Mapping[str, Any], slot: str) -> EntryProof:
    name, debit, credit = (_text(told[each]) for each in ("id", "debit", "credit"))
    kind, pending_id, timeout_ns = Kind(told["kind"]), _text(told["pending_id"]), _whole(told["timeout_ns"])
    is_linked = told["is_linked"]
    if not isinstance(is_linked, bool):
        raise ValueError(f"is_linked is {is_linked!r}, neither true nor false")
    transfer = Transfer(
        name, debit, credit, _whole(told["amount"]), kind, slot, pending_id, timeout_ns, is_linked=is_linked
    )
    way = Proof(tuple(bytes.fromhex(each) for each in told["path"]), _whole(told["is_left"]))
    before, salt = bytes.fromhex(told["before"]), bytes.fromhex(told["salt"])
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, this one {len(salt)}")
    return EntryProof(_whole(told["number"]), _whole(told["at_ns"]), transfer, before, salt, way)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no text")
    return value


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} is no whole number from zero on")
    return value
