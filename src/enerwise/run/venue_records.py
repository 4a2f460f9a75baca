"""Commands of a venue as they stand in its journal: played again they lead to the same books."""

import json
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.run.venue_book import Batch
from enerwise.store.journal import Record

ORDERS: Final = "orders"
CANCELS: Final = "cancels"
CLEARED: Final = "cleared"
METERED: Final = "metered"
TOTAL: Final = "total"
"""What the meter of all together has counted."""
SETTLED: Final = "settled"
HALTED: Final = "halted"
RESUMED: Final = "resumed"
PARTIES: Final = "parties"
COLUMNS: Final = 4
HEAD_BYTES: Final = 8
SEPARATOR: Final = b"\x00"
"""No client id holds it."""


def orders(at_ns: int, slot: str, batch: Batch) -> Record:
    """Return the record of orders that were granted."""
    columns = (batch.participant, batch.is_buy, batch.quantity_wh, batch.price_ueur_per_kwh)
    numbers = np.stack([np.asarray(each, "<i8") for each in columns])
    names = SEPARATOR.join(each.encode() for each in batch.client_ids)
    return Record(at_ns, ORDERS, slot, len(batch).to_bytes(HEAD_BYTES, "little") + numbers.tobytes() + names)


def batch_of(record: Record) -> Batch:
    """Return the orders of a record."""
    count = int.from_bytes(record.content[:HEAD_BYTES], "little")
    columns = np.frombuffer(record.content, "<i8", count * COLUMNS, HEAD_BYTES).reshape(COLUMNS, count).astype(np.int64)
    names = record.content[HEAD_BYTES + count * COLUMNS * 8 :].split(SEPARATOR)
    return Batch(columns[0], [each.decode() for each in names], columns[1].astype(np.bool_), columns[2], columns[3])


def cancels(at_ns: int, slot: str, numbers: IntArray) -> Record:
    """Return the record of orders that were taken out."""
    return Record(at_ns, CANCELS, slot, np.asarray(numbers, "<i8").tobytes())


def numbers_of(record: Record) -> IntArray:
    """Return the numbers of orders in a record."""
    return np.frombuffer(record.content, "<i8").astype(np.int64)


def plain(at_ns: int, kind: str, subject: str = "", **facts: Any) -> Record:
    """Return the record of anything else."""
    return Record(at_ns, kind, subject, json.dumps(facts, sort_keys=True).encode())


def facts_of(record: Record) -> Mapping[str, Any]:
    """Return what a plain record says."""
    found: Mapping[str, Any] = json.loads(record.content)
    return found
