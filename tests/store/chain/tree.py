"""A Merkle tree as RFC 6962, section 2.1, tells it, for tests: slow, short, nothing computed by the ledger's own."""

import hashlib
from collections.abc import Sequence

from enerwise.market.merkle import Proof

Path = list[tuple[bytes, bool]]
"""The hashes beside the way up, from the leaf on, and whether each stands to the left."""


def root(leaves: Sequence[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    at = _split(len(leaves))
    return hashlib.sha256(b"\1" + root(leaves[:at]) + root(leaves[at:])).digest()


def path(leaves: Sequence[bytes], index: int) -> Path:
    if len(leaves) == 1:
        return []
    at = _split(len(leaves))
    if index < at:
        return [*path(leaves[:at], index), (root(leaves[at:]), False)]
    return [*path(leaves[at:], index - at), (root(leaves[:at]), True)]


def proof(leaves: Sequence[bytes], index: int) -> Proof:
    """Return a path as the ledger and the contract tell it: hashes, and one bit for each that stands to the left."""
    way = path(leaves, index)
    return Proof(tuple(beside for beside, _ in way), sum(is_left << place for place, (_, is_left) in enumerate(way)))


def _split(count: int) -> int:
    """Return the largest power of two below a count."""
    return 1 << ((count - 1).bit_length() - 1)
