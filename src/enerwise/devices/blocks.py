"""Blocks of registers: few messages for many numbers, and the words that came back by their address."""

from collections.abc import Iterable, Mapping, Sequence

from enerwise.devices.points import Image, Read
from enerwise.protocols.pdu import Table

Span = tuple[Table, int, int]
"""Table, address, and how many registers belong together."""


def blocks(spans: Iterable[Span], *, block_max: int, gap_max: int) -> tuple[Read, ...]:
    """Merge spans into few blocks.

    Args:
        spans: What is wanted; a span is never split.
        block_max: Most registers in one block.
        gap_max: Most registers between two spans that may be read for nothing.
    """
    found: list[Read] = []
    for table, address, count in sorted(set(spans)):
        end = address + count
        if found and (last := found[-1]).table is table and address <= last.address + last.count + gap_max:
            reach = max(end, last.address + last.count) - last.address
            if reach <= block_max:
                found[-1] = Read(table, last.address, reach)
                continue
        found.append(Read(table, address, count))
    return tuple(found)


def image_of(words: Mapping[Read, Sequence[int]]) -> dict[tuple[Table, int], int]:
    """Return words by table and address; a block that came back short simply holds less."""
    return {
        (read.table, read.address + at): word
        for read, content in words.items()
        for at, word in enumerate(content[: read.count])
    }


def words_at(image: Image, table: Table, address: int, count: int) -> tuple[int, ...] | None:
    """Return consecutive words, None where one is absent or no word at all."""
    found = []
    for at in range(address, address + count):
        word = image.get((table, at))
        if not isinstance(word, int) or not 0 <= word <= 0xFFFF:
            return None
        found.append(word)
    return tuple(found)
