"""The customer port of smart meters (P1): telegrams of lines, each an OBIS code with its value, closed by a checksum.

A reader is a value: it takes bytes as they come and returns the reader that goes on and the telegrams that are whole
and check out. What does not is counted and passed over; the next telegram is read. Source: Dutch Smart Meter
Requirements, P1 companion standard 2.2 to 5.0.2; the Belgian (e-MUCS P1) and Luxembourg variants differ in codes and
units that are known here too. Gas, water and heat have channels of their own, which are passed over.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from enerwise.core.quantity import (
    CURRENT_A,
    EXPORTED_WH,
    IMPORTED_WH,
    POWER_W,
    VOLTAGE_L1_V,
    VOLTAGE_L2_V,
    VOLTAGE_L3_V,
)

TELEGRAM_BYTES: Final = 8192
"""No telegram is longer: what goes on without an end is noise."""
CRC_REST: Final = 0xA001
CHECKSUM: Final = re.compile(rb"[0-9A-Fa-f]{4}")
LINE: Final = re.compile(r"^1-\d+:(\d+\.\d+\.\d+)(?:\*\d+)?\(([^()]*)\)")
"""Medium 1 is electricity; everything else has other numbers under the same codes."""
NUMBER: Final = re.compile(r"-?\d+(\.\d+)?")
FACTORS: Final = {"kW": 1e3, "W": 1.0, "kWh": 1e3, "Wh": 1.0, "V": 1.0, "A": 1.0}

TAKEN: Final = ("1.7.0",)
RETURNED: Final = ("2.7.0",)
BY_LINE: Final = ("21.7.0", "41.7.0", "61.7.0")
"""Power taken on each line, for meters that tell no sum."""
RETURNED_BY_LINE: Final = ("22.7.0", "42.7.0", "62.7.0")
IMPORT_COUNTERS: Final = ("1.8.0", "1.8.1", "1.8.2")
EXPORT_COUNTERS: Final = ("2.8.0", "2.8.1", "2.8.2")
VOLTAGES: Final = {"32.7.0": VOLTAGE_L1_V, "52.7.0": VOLTAGE_L2_V, "72.7.0": VOLTAGE_L3_V}
CURRENTS: Final = ("31.7.0", "51.7.0", "71.7.0")


@dataclass(frozen=True, slots=True)
class Reader:
    """Telegrams out of a stream of bytes."""

    rest: bytes = b""
    refused_count: int = 0
    """Telegrams that did not check out."""
    expects_checksum: bool = False
    """Whether a telegram with a checksum has been seen: from then on one without is damaged."""

    def feed(self, data: bytes) -> "tuple[Reader, list[str]]":
        """Take bytes; return the reader that goes on, and the telegrams that are whole."""
        stream, refused, expects = self.rest + data, self.refused_count, self.expects_checksum
        found: list[str] = []
        while (begin := stream.find(b"/")) >= 0:
            # Only at the head of a line does the mark end a telegram.
            end = stream.find(b"\n!", begin) + 1
            stop = stream.find(b"\n", end) if end else -1
            if stop < 0:
                stream = stream[begin:]
                break
            # Where another one begins before the end, the line was lost in between: texts are written in hexadecimals.
            last = stream.rfind(b"/", begin, end)
            begin, refused = last, refused + (last > begin)
            telegram, told = stream[begin : end + 1], stream[end + 1 : stop].strip()
            if _checks_out(telegram, told, expects):
                found.append(telegram.decode("ascii", errors="replace"))
                expects |= bool(told)
            else:
                refused += 1
            stream = stream[stop + 1 :]
        else:
            stream = b""
        if len(stream) > TELEGRAM_BYTES:
            stream, refused = b"", refused + 1
        return Reader(stream, refused, expects), found

    def begun_afresh(self) -> "Reader":
        """Return the reader for a new connection: what was half said on the old one is forgotten."""
        return Reader(b"", self.refused_count, self.expects_checksum)


def crc16(content: bytes) -> int:
    """Return the checksum over a telegram from ``/`` to ``!``; polynomial x16 + x15 + x2 + 1, as in the standard.

    >>> f"{crc16(b'123456789'):04X}"
    'BB3D'
    """
    rest = 0
    for byte in content:
        rest ^= byte
        for _ in range(8):
            rest = rest >> 1 ^ (CRC_REST if rest & 1 else 0)
    return rest


def _checks_out(telegram: bytes, told: bytes, expects: bool) -> bool:
    """Compare the checksum; telegrams before DSMR 4 carry none."""
    if not told:
        return not expects
    return CHECKSUM.fullmatch(told) is not None and int(told, 16) == crc16(telegram)


def values(telegram: str) -> dict[str, float]:
    """Return what a telegram tells of the connection, by quantity, in house units and the house sign.

    What it does not tell is absent, and so is every sum of which a part cannot be read: a counter that loses one of
    its tariffs would run backwards.
    """
    cells = _cells(telegram)
    told = {
        POWER_W: _power_w(cells),
        IMPORTED_WH: _counter_wh(cells, IMPORT_COUNTERS),
        EXPORTED_WH: _counter_wh(cells, EXPORT_COUNTERS),
        **{quantity: cells.get(code) for code, quantity in VOLTAGES.items()},
        CURRENT_A: _current_a(cells),
    }
    return {quantity: value for quantity, value in told.items() if value is not None and math.isfinite(value)}


def _power_w(cells: Mapping[str, float]) -> float | None:
    taken, returned = _sum(cells, TAKEN), _sum(cells, RETURNED)
    taken = _sum(cells, BY_LINE) if taken is None else taken
    returned = _sum(cells, RETURNED_BY_LINE) if returned is None else returned
    return None if taken is None else taken - (returned or 0.0)


def _counter_wh(cells: Mapping[str, float], codes: tuple[str, ...]) -> float | None:
    """A meter tells either the whole or one counter for each tariff."""
    whole = _sum(cells, codes[:1])
    return _sum(cells, codes[1:]) if whole is None else whole


def _current_a(cells: Mapping[str, float]) -> float | None:
    """Sum over the lines; a meter tells sizes, and only its powers tell which way they flow."""
    flows = [
        -cells[code] if _gives(cells, taken=taken, returned=returned) else cells[code]
        for code, taken, returned in zip(CURRENTS, BY_LINE, RETURNED_BY_LINE, strict=True)
        if code in cells
    ]
    return sum(flows) if flows else None


def _gives(cells: Mapping[str, float], *, taken: str, returned: str) -> bool:
    if taken not in cells and returned not in cells:
        taken, returned = TAKEN[0], RETURNED[0]
    return cells.get(returned, 0.0) > cells.get(taken, 0.0)


def _cells(telegram: str) -> dict[str, float]:
    """Return the numbers of a telegram by code; NaN where one cannot be read."""
    cells: dict[str, float] = {}
    for line in telegram.splitlines():
        match = LINE.match(line.strip())
        if match is None:
            continue
        number, _, unit = match[2].partition("*")
        is_read = unit in FACTORS and NUMBER.fullmatch(number) is not None
        cells[match[1]] = float(number) * FACTORS[unit] if is_read else math.nan
    return cells


def _sum(cells: Mapping[str, float], codes: tuple[str, ...]) -> float | None:
    present = [cells[code] for code in codes if code in cells]
    return sum(present) if present else None
