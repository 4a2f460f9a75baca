"""Market prices as aWATTar tells them: a list of hours with a price in euro for a megawatt-hour.

Times are milliseconds since 1970, so days of 23 and 25 hours need no care. Source: awattar.at/services/api,
``/v1/marketdata``.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from enerwise.protocols.json_path import load_json, number_in
from enerwise.protocols.steps import Steps, instants, prices

UNIT: Final = "eur/mwh"
STEPS_MS: Final = (900_000, 1_800_000, 3_600_000)
TIME_MOST_MS: Final = 2**42
"""Instants beyond the year 2109 are a slip of units."""


def parse(content: bytes) -> dict[str, Steps]:
    """Return the prices of an answer. [EUR/kWh]

    Raises:
        ValueError: It is no such answer, in another unit, or its hours overlap; the message says what.
    """
    answer = load_json(content)
    rows = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(rows, list) or not rows:
        raise ValueError("the answer has no list of prices under 'data'")
    told = sorted(_row(each) for each in rows)
    lengths_ms = {end_ms - start_ms for start_ms, end_ms, _ in told}
    if len(lengths_ms) != 1 or not lengths_ms <= set(STEPS_MS):
        raise ValueError(f"prices hold for {sorted(lengths_ms)} ms; expected one of {', '.join(map(str, STEPS_MS))}")
    price_eur_per_mwh = np.array([price for _, _, price in told], dtype=np.float64)
    return prices(instants([start_ms for start_ms, _, _ in told]), lengths_ms.pop() // 1000, price_eur_per_mwh)


def _row(row: object) -> tuple[int, int, float]:
    if not isinstance(row, dict):
        raise ValueError(f"{row!r} is no price")
    unit = row.get("unit")
    if not isinstance(unit, str) or unit.strip().lower() != UNIT:
        raise ValueError(f"prices come in {unit!r}, expected 'Eur/MWh'")
    return _ms(row, "start_timestamp"), _ms(row, "end_timestamp"), number_in(row.get("marketprice"))


def _ms(row: Mapping[str, object], name: str) -> int:
    found = row.get(name)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found < TIME_MOST_MS:
        raise ValueError(f"{name} {found!r} is no time in whole milliseconds")
    return found
