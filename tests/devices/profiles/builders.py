"""Small profiles as text, and devices as words."""

from collections.abc import Iterable

from enerwise.devices.bound import Bound
from enerwise.devices.points import Write
from enerwise.devices.profile_read import parse_profile
from enerwise.protocols.pdu import Table

HEAD = 'summary = "a device of this test"\nsource = "this test"\n'


def a_profile(text: str) -> Bound:
    """Return a profile without models, bound."""
    return parse_profile(HEAD + text, source="a_device.toml").bind()


def holding(words: dict[int, int]) -> dict[tuple[Table, int], int]:
    """Return holding registers as an image."""
    return {(Table.HOLDING, address): word for address, word in words.items()}


def after(writes: Iterable[Write]) -> dict[tuple[Table, int], int]:
    """Return what a device holds after these messages."""
    return {(write.table, write.address + at): word for write in writes for at, word in enumerate(write.words)}
