"""Writes the recordings: pymodbus turns numbers into words, pysunspec2 lays out models.

    python -m tests.devices.profiles.make_recordings

`test_profiles.py` holds the committed files to what this writes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pymodbus.client import ModbusTcpClient
from sunspec2.device import Model  # type: ignore[import-untyped]

from .devices import DEVICES, Modelled, Order, Plain, Row

FOLDER = Path(__file__).with_name("recordings")
PLAIN_SOURCE = "numbers of our own in the maker's layout, turned into words by pymodbus; not captured from a device"
MODELLED_SOURCE = "numbers of our own in SunSpec models laid out by pysunspec2; not captured from a device"
WORDS_A_LINE = 16

WordOrder = Literal["big", "little"]
Write = tuple[int, list[int]]
"""Address and words of a message."""


def text(name: str) -> str:
    """Return the recording of a device."""
    device = DEVICES[name]
    lines = _plain(device) if isinstance(device, Plain) else _modelled(device)
    return "\n".join(lines) + "\n"


def _plain(device: Plain) -> Iterator[str]:
    yield f'source = "{PLAIN_SOURCE}"'
    for row in device.rows:
        yield from _block(device.table, row[0], _row_words(row, device.word_order))
    yield from _expect(device.expect)
    for order in device.orders:
        yield from _order(order, [_plain_write(write, device.word_order) for write in order.writes])


def _plain_write(write: Sequence[Row], word_order: WordOrder) -> Write:
    return write[0][0], [word for row in write for word in _row_words(row, word_order)]


def _row_words(row: Row, word_order: WordOrder) -> list[int]:
    _, kind, number = row
    return ModbusTcpClient.convert_to_registers(number, ModbusTcpClient.DATATYPE[kind], word_order=word_order)


def _modelled(device: Modelled) -> Iterator[str]:
    at, bases, words, models = device.base + 2, {}, [0x5375, 0x6E53], {}
    for number, values in device.models.items():
        models[number] = Model(model_id=number, data={"ID": number, "L": 0, **values})
        content = _words(models[number].get_mb())
        content[1] = len(content) - 2
        bases[number], at = at, at + len(content)
        words += content
    yield f'source = "{MODELLED_SOURCE}"'
    yield f"bases = {{ {', '.join(f'{model} = {base}' for model, base in bases.items())} }}"
    yield from _block("holding", device.base, [*words, 0xFFFF, 0])
    yield from _expect(device.expect)
    for order in device.orders:
        yield from _order(order, [_model_write(models, bases, write) for write in order.writes])


def _model_write(models: Mapping[int, Model], bases: Mapping[int, int], write: Sequence[Row]) -> Write:
    """Let pysunspec2 say where the points of a message stand and what they hold."""
    places, words = [], []
    for model, name, number in write:
        point = models[model].points[name]
        point.value = number
        places.append(bases[model] + point.offset)
        words += _words(point.get_mb())
    return places[0], words


def _words(content: bytes) -> list[int]:
    return [int.from_bytes(content[at : at + 2], "big") for at in range(0, len(content), 2)]


def _block(table: str, address: int, words: Sequence[int]) -> Iterator[str]:
    yield from ("", "[[block]]", f'table = "{table}"', f"address = {address}")
    if len(words) <= WORDS_A_LINE:
        yield f"words = {list(words)}"
        return
    yield "words = ["
    for at in range(0, len(words), WORDS_A_LINE):
        yield "  " + ", ".join(map(str, words[at : at + WORDS_A_LINE])) + ","
    yield "]"


def _expect(expect: Mapping[str, float]) -> Iterator[str]:
    yield from ("", "[expect]")
    yield from (f'"{name}" = {value}' for name, value in expect.items())


def _order(order: Order, writes: Iterable[Write]) -> Iterator[str]:
    yield from ("", "[[setpoint]]", f'role = "{order.role}"', 'quantity = "power_w"')
    yield f"limits = {list(order.limits)}"
    yield f"value = {order.value}"
    yield "writes = ["
    yield from (f"  {{ address = {address}, words = {words} }}," for address, words in writes)
    yield "]"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for each in DEVICES:
        (FOLDER / f"{each}.toml").write_text(text(each), encoding="utf-8")
