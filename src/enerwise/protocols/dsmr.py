"""The customer port of smart meters (P1): telegrams of lines, each an OBIS code with its value, closed by a checksum.

A reader is a value: it takes bytes as they come and returns the reader that goes on and the telegrams that are whole
and check out. What does not is counted and passed over; the next telegram is read. Source: Dutch Smart Meter
Requirements, P1 companion standard 2.2 to 5.0.2; the Belgian and Luxembourg variants differ in codes that are known
here too.
"""

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
LINE: Final = re.compile(r"^\d+-\d+:(\d+\.\d+\.\d+)(?:\*\d+)?\(([^()]*)\)")
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
    try:
        return int(told, 16) == crc16(telegram)
    except ValueError:
        return False


def values(telegram: str) -> dict[str, float]:
    """Return what a telegram tells of the connection, by quantity, in house units and the house sign.

    What it does not tell is absent, and so is what cannot be read.
    """
    cells = _cells(telegram)
    found: dict[str, float] = {}
    taken, returned = _sum(cells, TAKEN), _sum(cells, RETURNED)
    taken = _sum(cells, BY_LINE) if taken is None else taken
    returned = _sum(cells, RETURNED_BY_LINE) if returned is None else returned
    if taken is not None:
        found[POWER_W] = taken - (returned or 0.0)
    for quantity, codes in ((IMPORTED_WH, IMPORT_COUNTERS), (EXPORTED_WH, EXPORT_COUNTERS)):
        # A meter tells either the whole or one counter for each tariff.
        whole = _sum(cells, codes[:1])
        total = _sum(cells, codes[1:]) if whole is None else whole
        if total is not None:
            found[quantity] = total
    found |= {quantity: cells[code] for code, quantity in VOLTAGES.items() if code in cells}
    if (current_a := _sum(cells, CURRENTS)) is not None:
        found[CURRENT_A] = current_a
    return found


def _cells(telegram: str) -> dict[str, float]:
    cells: dict[str, float] = {}
    for line in telegram.splitlines():
        match = LINE.match(line.strip())
        if match is None:
            continue
        number, _, unit = match[2].partition("*")
        factor = FACTORS.get(unit)
        if factor is not None and re.fullmatch(r"-?\d+(\.\d+)?", number):
            cells[match[1]] = float(number) * factor
    return cells


def _sum(cells: Mapping[str, float], codes: tuple[str, ...]) -> float | None:
    present = [cells[code] for code in codes if code in cells]
    return sum(present) if present else None
