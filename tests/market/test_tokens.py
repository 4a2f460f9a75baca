"""Rows and batches of a settled slot: nothing is lost, nothing is added, every batch balances."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.market import tokens
from enerwise.market.book import Book
from enerwise.market.clearing import trades_of
from enerwise.market.imbalance import ImbalancePrices
from enerwise.market.mechanisms.uniform import Uniform
from enerwise.market.settle import ESCROW, Slot, reserves, settled
from enerwise.market.tokens import TokenRow, batches, due, label, moved, token_rows
from enerwise.testing.contracts.mechanisms import books

WHO = tuple(f"home-{number}" for number in range(8))
PRICES = ImbalancePrices(spot_ueur_per_kwh=150_000, slot_ueur_per_kwh=120_000, margin_ueur_per_kwh=5000)

amounts = st.integers(-(2**40), 2**40)


@st.composite
def balanced(draw: st.DrawFn, most: int = 40) -> tuple[TokenRow, ...]:
    """Rows of up to so many holders that sum to zero, in energy and in units."""
    drawn = draw(st.lists(st.tuples(amounts, amounts), max_size=most))
    last = (-sum(energy for energy, _ in drawn), -sum(units for _, units in drawn))
    names = {f"p{number}": each for number, each in enumerate([*drawn, last])}
    return token_rows(
        {name: energy for name, (energy, _) in names.items()},
        {name: units for name, (_, units) in names.items()},
        {name: name for name in names},
    )


def summed(rows: Sequence[TokenRow]) -> tuple[dict[str, int], dict[str, int]]:
    energy, units = Counter[str](), Counter[str]()
    for row in rows:
        energy[row.holder] += row.energy_wh
        units[row.holder] += row.units
    return {who: each for who, each in energy.items() if each}, {who: each for who, each in units.items() if each}


@given(rows=balanced(), most=st.integers(2, 50))
def test_batches_together_move_what_the_rows_say(rows: tuple[TokenRow, ...], most: int) -> None:
    assert summed([row for batch in batches(rows, most=most) for row in batch]) == summed(rows)


@given(rows=balanced(), most=st.integers(2, 50))
def test_every_batch_balances_and_fits(rows: tuple[TokenRow, ...], most: int) -> None:
    for batch in batches(rows, most=most):
        assert sum(row.energy_wh for row in batch) == 0
        assert sum(row.units for row in batch) == 0
        assert len(batch) <= most


@given(rows=balanced(), most=st.integers(2, 50))
def test_no_batch_takes_from_a_holder_more_than_the_rows_do(rows: tuple[TokenRow, ...], most: int) -> None:
    for side in (tokens.given, due):
        asked = Counter[str]()
        for batch in batches(rows, most=most):
            asked.update(side(batch))
        assert dict(asked) == side(rows)


def test_a_slot_that_fits_is_one_batch() -> None:
    rows = (TokenRow("a", -5, -2), TokenRow("b", 5, 2))
    assert batches(rows) == (rows,)
    assert batches(()) == ((),)


@given(book=books(), metered=st.lists(st.integers(-30_000, 30_000), min_size=8, max_size=8))
def test_what_a_ledger_posted_becomes_the_rows_of_a_slot(book: Book, metered: list[int]) -> None:
    """With deviations: in the end everybody has taken what the meter says, and paid what the settlement says."""
    slot = Slot("2026-03-29T00:15Z/900", book, WHO)
    waiting = {each.id: each for each in reserves(slot)}
    settlement = settled(slot, trades_of(book, Uniform().clear(book)), np.array(metered), PRICES, waiting)
    energy_wh, paid_ueur = moved([*waiting.values(), *settlement.transfers])
    assert [energy_wh.get(who, 0) for who in WHO] == metered
    assert [paid_ueur.get(who, 0) for who in WHO] == (settlement.paid_ueur + settlement.deviation_ueur).tolist()
    holders = {name: name for name in {**energy_wh, **paid_ueur}}
    assert {row.holder: row.energy_wh for row in token_rows(energy_wh, paid_ueur, holders)}.get(ESCROW, 0) == 0


def test_named_accounts_may_share_an_address() -> None:
    rows = token_rows(
        {"anna": -1000, "ben": 950, "loss": 50},
        {"anna": -300_000, "ben": 310_000, "fees": -10_000},
        {"anna": "0xa", "ben": "0xb", "loss": "0xc", "fees": "0xc", "congestion": "0xc"},
    )
    assert rows == (
        TokenRow("0xa", -1000, -300_000),
        TokenRow("0xb", 950, 310_000),
        TokenRow("0xc", 50, -10_000),
    )


def test_everybody_without_an_address_is_named() -> None:
    with pytest.raises(ProblemsFound, match=r"(?s)ben: has no address on the chain.*carl"):
        token_rows({"anna": -2, "ben": 1, "carl": 1}, {}, {"anna": "0xa"})


def test_a_side_that_does_not_balance_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="money of a settled slot sums to 1"):
        token_rows({}, {"anna": 1}, {"anna": "0xa"})


def test_labels_are_32_bytes_and_differ() -> None:
    names = ["2026-03-29T00:15Z", "2026-03-29T00:15Z/x", "x" * 31, "x" * 32, "x" * 33, "Zürich", ""]
    labels = [label(name) for name in names]
    assert {len(each) for each in labels} == {32}
    assert len(set(labels)) == len(names)
