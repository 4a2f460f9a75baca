"""Merkle trees: one root over many leaves, and a short proof that a leaf stands under it.

Leaves and inner nodes are hashed apart, so that neither passes for the other; a node without a neighbour goes up as it
is. Source: RFC 6962, section 2.1. The contract of slot tokens verifies the same proofs.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

LEAF: Final = b"\x00"
NODE: Final = b"\x01"


@dataclass(frozen=True, slots=True)
class Proof:
    """The way from a leaf to the root."""

    path: tuple[bytes, ...]
    """The hashes beside the way, from the leaf on; 32 bytes each."""
    is_left: int
    """Bit i: ``path[i]`` stands to the left of the way."""


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root, 32 bytes; that of no leaf is the hash of nothing.

    >>> root_of([]).hex()[:8], len(root_of([b"a", b"b"]))
    ('e3b0c442', 32)
    """
    return _levels(leaves)[-1][0] if leaves else hashlib.sha256().digest()


def proof_of(leaves: Sequence[bytes], index: int) -> Proof:
    """Return the way from one leaf to the root.

    Raises:
        IndexError: There is no such leaf.
    """
    return proofs_of(leaves, [index])[0]


def proofs_of(leaves: Sequence[bytes], indexes: Iterable[int]) -> list[Proof]:
    """Return the ways from some leaves to the root, for little more than one costs.

    Raises:
        IndexError: There is no such leaf.
    """
    levels = _levels(leaves) if leaves else []
    return [_way(levels, len(leaves), index) for index in indexes]


def _way(levels: Sequence[Sequence[bytes]], count: int, index: int) -> Proof:
    if not 0 <= index < count:
        raise IndexError(f"leaf {index} of {count}")
    path, is_left = list[bytes](), 0
    for level in levels[:-1]:
        beside = index ^ 1
        if beside < len(level):
            is_left |= (beside < index) << len(path)
            path.append(level[beside])
        index //= 2
    return Proof(tuple(path), is_left)


def is_under(root: bytes, leaf: bytes, proof: Proof) -> bool:
    """Tell whether a proof leads from a leaf to a root; needs nothing but these three."""
    node = hashlib.sha256(LEAF + leaf).digest()
    for place, beside in enumerate(proof.path):
        pair = beside + node if proof.is_left >> place & 1 else node + beside
        node = hashlib.sha256(NODE + pair).digest()
    return node == root and not proof.is_left >> len(proof.path)


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    levels = [[hashlib.sha256(LEAF + leaf).digest() for leaf in leaves]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [hashlib.sha256(NODE + a + b).digest() for a, b in zip(below[::2], below[1::2], strict=False)]
        levels.append([*above, *below[len(above) * 2 :]])
    return levels
