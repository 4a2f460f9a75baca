"""How participants call their orders: the same name again is the same order, or is refused."""

from collections.abc import Sequence

import numpy as np

from enerwise.core.units import IntArray
from enerwise.run.venue_book import SlotBook
from enerwise.run.venue_words import Answer, Asked

ID_USED = "id_used"
"""The name was given to another order."""
Place = tuple[str, int]
"""Id of the slot, and number of the order in it."""


class ClientIds:
    """Where the orders of each participant stand, by the names they gave them."""

    def __init__(self) -> None:
        self._known: dict[int, dict[str, Place]] = {}

    def place(self, party: int, client_id: str) -> Place | None:
        """Return where an order stands."""
        return self._known.get(party, {}).get(client_id)

    def add(self, slot: str, parties: Sequence[int], names: Sequence[str], numbers: Sequence[int]) -> None:
        """Note where orders stand."""
        for party, name, number in zip(parties, names, numbers, strict=True):
            known = self._known.get(party)
            if known is None:
                known = self._known[party] = {}
            known[name] = (slot, number)

    def forget(self, book: SlotBook) -> None:
        """Forget the orders of a slot."""
        for party, name in zip(book.orders["participant"].tolist(), book.client_ids, strict=True):
            self._known[party].pop(name, None)

    def new(self, asked: Asked, answer: Answer, books: dict[str, SlotBook]) -> IntArray:
        """Answer what came before, or has a name twice, and return the rows that are new."""
        known, names = self._known.get(asked.party, {}), asked.batch.client_ids
        if known.keys().isdisjoint(names) and len(set(names)) == len(names):
            return np.arange(len(names))
        new, seen = list[int](), set[str]()
        for row, name in enumerate(names):
            if name in known:
                _repeat(asked, row, answer, known[name], books)
            elif name in seen:
                answer.rule[row] = ID_USED
            else:
                new.append(row)
            seen.add(name)
        return np.array(new, np.int64)


def _repeat(asked: Asked, row: int, answer: Answer, place: Place, books: dict[str, SlotBook]) -> None:
    """Answer an order whose name is known."""
    slot, number = place
    before, batch = books[slot].orders, asked.batch
    columns = ("is_buy", "quantity_wh", "price_ueur_per_kwh")
    is_same = asked.slot is not None and asked.slot.id == slot
    if is_same and all(before[name][number] == getattr(batch, name)[row] for name in columns):
        answer.know(row, number, int(before["quantity_wh"][number] - before["left_wh"][number]))
    else:
        answer.rule[row] = ID_USED
