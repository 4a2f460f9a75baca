"""A cleared book, settled in tokens, leaves on the chain what the clearing says, in one batch or in many."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.units import IntArray
from enerwise.market import tokens
from enerwise.market.book import Book
from enerwise.market.clearing import ACCOUNTS, payments
from enerwise.market.mechanisms.uniform import Uniform
from enerwise.market.money import summed
from enerwise.market.tokens import TokenRow, batches, token_rows
from enerwise.testing.contracts.mechanisms import books, odd_books

from .rigs import OPERATOR, RIGS, SLOT, Rig, open_slot

HOLDERS = {f"p{number}": f"0x{0xB0 + number:040x}" for number in range(8)} | dict.fromkeys(ACCOUNTS, OPERATOR)


@pytest.fixture(scope="module", params=RIGS, ids=lambda rig: rig.__name__)
def machine(request: pytest.FixtureRequest) -> Rig:
    rig: Rig = request.param()
    return rig


@given(book=books(), most=st.sampled_from([2, 3, 200]))
def test_tokens_and_units_end_where_the_clearing_says(machine: Rig, book: Book, most: int) -> None:
    with machine.trial():
        settles_as_cleared(machine, book, most)


@pytest.mark.parametrize(("name", "book"), list(odd_books()))
def test_books_at_the_edge_settle_too(machine: Rig, name: str, book: Book) -> None:
    del name
    with machine.trial():
        settles_as_cleared(machine, book, most=200)


def settles_as_cleared(rig: Rig, book: Book, most: int) -> None:
    energy_wh, paid_ueur = cleared(book)
    rows = token_rows(energy_wh, paid_ueur, HOLDERS)
    settled(rig, rows, most)
    for row in rows:
        assert rig.call("energy_wh", SLOT, row.holder) == max(row.energy_wh, 0)
        assert rig.call("free_units", row.holder) == max(-row.units, 0)
        assert rig.call("held_units", SLOT, row.holder) == 0
    assert rig.call("supply_wh", SLOT) == sum(tokens.given(rows).values())
    assert rig.call("is_closed", SLOT)


def settled(rig: Rig, rows: tuple[TokenRow, ...], most: int) -> None:
    """Issue what is given, put aside what is due, not a unit more, and settle."""
    open_slot(rig)
    rig.call("issue", SLOT, 0, list(tokens.given(rows).items()))
    for holder, units in tokens.due(rows).items():
        rig.call("credit", holder, units)
        rig.call("hold", SLOT, units, sender=holder)
    parts = batches(rows, most=most)
    for number, part in enumerate(parts):
        told = [(row.holder, row.energy_wh, row.units) for row in part]
        rig.call("settle", SLOT, number, told, number == len(parts) - 1)


def cleared(book: Book) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Clear a book at one price, and return who takes and who pays how much, by name."""
    clearing = Uniform().clear(book)
    paid = payments(book, clearing)
    taken = np.where(book.is_buy, clearing.filled_wh, -clearing.filled_wh)
    energy = summed(book.participant, taken, paid.participant_ueur.size)
    return by_name(energy), by_name(paid.participant_ueur) | dict(paid.accounts_ueur)


def by_name(amounts: IntArray) -> dict[str, int]:
    return {f"p{number}": amount for number, amount in enumerate(amounts.tolist())}
