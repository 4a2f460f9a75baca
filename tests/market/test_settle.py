"""A slot from orders to the last micro-euro: whatever the meters say, the books balance and nobody is booked twice."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.units import BoolArray, IntArray
from enerwise.market.allocate import Rule, recognised_wh
from enerwise.market.book import Book
from enerwise.market.clearing import CONGESTION, FEES, GRID, LOSS, SURPLUS, Clearing, payments, trades_of
from enerwise.market.imbalance import ImbalancePrices, Supplier, deviation_ueur
from enerwise.market.ledger import Kind, Refusal, Transfer
from enerwise.market.mechanism import mechanism
from enerwise.market.mechanisms.area import Area
from enerwise.market.money import amount_ueur, summed
from enerwise.market.network import Line
from enerwise.market.settle import (
    BANK,
    ESCROW,
    Settlement,
    Slot,
    accounts,
    cash,
    energy,
    owed,
    reserves,
    settled,
)
from enerwise.market.settle_pool import assessment, settled_in_pool, settlement
from enerwise.store.ledger import MemoryLedger
from enerwise.testing.contracts.mechanisms import books

WHO = tuple(f"home-{number}" for number in range(8))
PRICES = ImbalancePrices(spot_ueur_per_kwh=150_000, slot_ueur_per_kwh=120_000, margin_ueur_per_kwh=5000)
READINGS = st.lists(st.booleans(), min_size=len(WHO), max_size=len(WHO)).map(np.array)
FEE = st.sampled_from([0, 0, 700, 25_000])
METERS = st.lists(st.integers(-30_000, 30_000), min_size=len(WHO), max_size=len(WHO)).map(np.array)


def a_ledger(*, money: int = 10**12) -> MemoryLedger:
    made = MemoryLedger()
    made.open_accounts(accounts(WHO))
    made.submit([Transfer(f"deposit/{each}", cash(BANK), cash(each), money) for each in WHO], 0)
    return made


def play(
    ledger: MemoryLedger, slot: Slot, clearing: Clearing, metered_wh: IntArray, prices: ImbalancePrices = PRICES
) -> Settlement:
    """Reserve, settle, close."""
    assert set(ledger.submit(reserves(slot), 1)) <= {Refusal.NONE}
    made = settled(slot, trades_of(slot.book, clearing), metered_wh, prices, ledger.waiting(slot.name))
    assert set(ledger.submit(made.transfers, 2)) <= {Refusal.NONE}
    ledger.close_slot(slot.name, 3)
    return made


def agrees(ledger: MemoryLedger, made: Settlement, metered_wh: IntArray) -> None:
    """Assert that the ledger says what meters and figures say, and that nothing is left over."""
    seen = ledger.balances()
    assert sum(each.net for each in seen.values()) == 0
    assert net(ledger, cash(ESCROW), energy(ESCROW)) == 0
    assert not any(each.debits_pending or each.credits_pending for each in seen.values())
    for number, who in enumerate(WHO):
        assert net(ledger, energy(who)) == metered_wh[number], "energy of the ledger is that of the meter"
        assert net(ledger, cash(who), owed(who)) == 10**12 - made.total_ueur[number]
    bound = np.where(made.is_known, made.traded_wh, 0)
    assert (bound + made.deviation_wh + made.grid_wh).tolist() == metered_wh.tolist()


def net(ledger: MemoryLedger, *names: str) -> int:
    return sum(ledger.balances()[each].net for each in names)


RULES = ("uniform", "pay_as_bid", "mcafee", "muda", "continuous")


@pytest.mark.parametrize("rule", RULES)
@given(book=books(most=10), metered_wh=METERS, fee=FEE)
def test_whatever_the_meters_say_the_books_balance(rule: str, book: Book, metered_wh: IntArray, fee: int) -> None:
    ledger, slot = a_ledger(), Slot("noon", book, WHO, fee)
    cleared = mechanism(rule).clear(book)
    made = play(ledger, slot, cleared, metered_wh)
    agrees(ledger, made, metered_wh)
    assert int(made.recognised_wh.sum()) == 0


@given(book=books(most=10), metered_wh=METERS)
def test_settling_again_books_nothing_twice_and_a_settled_slot_is_closed(book: Book, metered_wh: IntArray) -> None:
    ledger, slot = a_ledger(), Slot("noon", book, WHO)
    made = play(ledger, slot, mechanism().clear(book), metered_wh)
    before = (ledger.head(), str(ledger.balances()))
    assert set(ledger.submit([*reserves(slot), *made.transfers], 4)) <= {Refusal.EXISTS}
    assert ledger.submit([Transfer("late", cash(BANK), cash(WHO[0]), 1, slot="noon")], 4) == [Refusal.CLOSED]
    assert (ledger.head(), str(ledger.balances())) == before


@given(book=books(most=10))
def test_who_delivers_what_was_traded_deviates_by_nothing_and_pays_what_was_cleared(book: Book) -> None:
    slot, cleared = Slot("noon", book, WHO), mechanism().clear(book)
    trades, ledger = trades_of(book, cleared), a_ledger()
    bought = summed(book.participant[trades.buy], trades.quantity_wh, len(WHO))
    sold = summed(book.participant[trades.sell], trades.quantity_wh, len(WHO))
    if bool(((bought > 0) & (sold > 0)).any()):
        return  # who buys and sells in one slot shows one net figure at the meter
    made = play(ledger, slot, cleared, bought - sold)
    assert not made.deviation_wh.any() and not made.deviation_ueur.any()
    paid = amount_ueur(trades.quantity_wh, trades.buy_price_ueur_per_kwh)
    got = summed(book.participant[trades.sell], paid, len(WHO))
    assert made.paid_ueur.tolist() == (summed(book.participant[trades.buy], paid, len(WHO)) - got).tolist()
    assert net(ledger, cash(SURPLUS)) == 0


@settings(max_examples=40)
@given(book=books(most=10), metered_wh=METERS, keeper=st.integers(0, len(WHO) - 1))
def test_who_keeps_to_a_trade_is_not_harmed_by_whoever_does_not(book: Book, metered_wh: IntArray, keeper: int) -> None:
    """Whatever the other meters say, one's own bill is what was cleared, and the one who deviates pays for it."""
    slot, cleared = Slot("noon", book, WHO), mechanism().clear(book)
    trades, ledger = trades_of(book, cleared), a_ledger()
    buys, sells = book.participant[trades.buy] == keeper, book.participant[trades.sell] == keeper
    metered_wh[keeper] = int(trades.quantity_wh[buys].sum() - trades.quantity_wh[sells].sum())
    made = play(ledger, slot, cleared, metered_wh)
    agrees(ledger, made, metered_wh)
    cost = amount_ueur(trades.quantity_wh, trades.buy_price_ueur_per_kwh)
    assert int(made.total_ueur[keeper]) == int(cost[buys].sum() - cost[sells].sum())
    others = np.flatnonzero(metered_wh != made.traded_wh)
    assert np.flatnonzero(made.deviation_wh).tolist() == others.tolist()


@settings(max_examples=40)
@given(book=books(most=10), metered_wh=METERS, has_reading=READINGS)
def test_with_a_supplier_a_deviation_is_only_what_was_traded_and_not_done(
    book: Book, metered_wh: IntArray, has_reading: BoolArray
) -> None:
    ledger, slot, supplier = a_ledger(), Slot("noon", book, WHO), Supplier(320_000, 80_000)
    assert set(ledger.submit(reserves(slot), 1)) <= {Refusal.NONE}
    prices = ImbalancePrices(320_000, 200_000, 10_000, spare_ueur_per_kwh=80_000)
    cleared, waiting = mechanism().clear(book), ledger.waiting("noon")
    made = settlement(slot, cleared, metered_wh, prices, waiting, supplier=supplier, has_reading=has_reading)
    assert set(ledger.submit(made.transfers, 2)) <= {Refusal.NONE}
    agrees(ledger, made, np.where(has_reading, metered_wh, 0))
    assert bool((np.abs(made.deviation_wh) <= np.abs(made.traded_wh)).all())
    assert net(ledger, energy(GRID)) == -int(made.grid_wh.sum())
    assert net(ledger, cash(GRID)) == int(supplier.bill_ueur(made.grid_wh).sum())
    assert net(ledger, cash(SURPLUS)) == made.surplus_ueur
    full = settlement(slot, cleared, metered_wh, prices, waiting, supplier=supplier)
    seen = assessment(slot, cleared, metered_wh, prices, supplier=supplier)
    assert seen.total_ueur.tolist() == full.total_ueur.tolist(), "arrays alone say what is posted"


def test_what_a_seller_lacks_is_bought_at_the_sellers_expense() -> None:
    book = Book.of([(1, 0, True, 1000, 200_000), (2, 1, False, 1000, 100_000)])
    ledger, slot = a_ledger(money=1_000_000), Slot("noon", book, WHO)
    metered = np.array([1000, -600, 0, 0, 0, 0, 0, 0])
    made = play(ledger, slot, mechanism().clear(book), metered)
    assert made.recognised_wh[:2].tolist() == [600, -600]
    assert made.deviation_wh[:2].tolist() == [0, 400]
    assert made.paid_ueur[:2].tolist() == [150_000, -150_000], "1000 Wh at 0.15 EUR/kWh: a trade binds"
    assert made.deviation_ueur[:2].tolist() == [0, 62_000], "400 Wh at 0.15 and 0.005"
    assert net(ledger, owed(WHO[1])) == -62_000
    drawn = {each.transfer.id: each.transfer.amount for each in ledger.entries(account=energy(WHO[1]))}
    assert drawn["noon/energy-drawn/2"] == 600, "of what was reserved, what the meter shows is posted"
    assert net(ledger, cash(SURPLUS)) == 2000, "the balancing party keeps spot"


def test_without_money_nothing_is_reserved() -> None:
    ledger, book = a_ledger(money=1), Book.of([(1, 0, True, 1000, 200_000)])
    assert ledger.submit(reserves(Slot("noon", book, WHO)), 1) == [Refusal.OVERDRAFT]


def test_below_price_zero_the_seller_reserves_money_and_energy_together() -> None:
    ledger = a_ledger(money=100_000)
    book = Book.of([(1, 0, True, 1000, -50_000), (2, 1, False, 1000, -90_000)])
    made = play(ledger, Slot("noon", book, WHO), mechanism().clear(book), np.array([1000, -1000, 0, 0, 0, 0, 0, 0]))
    assert made.paid_ueur[:2].tolist() == [-70_000, 70_000]
    poor = Book.of([(1, 1, False, 2000, -90_000)])
    assert set(a_ledger(money=1).submit(reserves(Slot("one", poor, WHO)), 1)) == {Refusal.OVERDRAFT, Refusal.LINKED}


POOLS = {
    "mid_market": mechanism("mid_market"),
    "supply_demand": mechanism("supply_demand"),
    "area": Area((Line(0, 1, limit_wh=900, loss_ppm=50_000, fee_ueur_per_kwh=2000),)),
}


@pytest.mark.parametrize("rule", POOLS)
@given(book=books(most=10), metered_wh=METERS, has_reading=READINGS, fee=FEE)
def test_a_pool_is_settled_with_its_named_accounts(
    rule: str, book: Book, metered_wh: IntArray, has_reading: BoolArray, fee: int
) -> None:
    book = replace(book, area=book.participant % 2)
    ledger, slot, cleared = a_ledger(), Slot("noon", book, WHO, fee), POOLS[rule].clear(book)
    assert set(ledger.submit(reserves(slot), 1)) <= {Refusal.NONE}
    made = settlement(slot, cleared, metered_wh, PRICES, ledger.waiting("noon"), has_reading=has_reading)
    assert set(ledger.submit(made.transfers, 2)) <= {Refusal.NONE}
    ledger.close_slot("noon", 3)
    agrees(ledger, made, np.where(has_reading, metered_wh, 0))
    if has_reading.all():
        named = payments(book, cleared).accounts_ueur
        assert -net(ledger, cash(CONGESTION)) == named.get(CONGESTION, 0)
        assert net(ledger, cash(FEES)) == int(made.fee_ueur.sum()) - named.get(FEES, 0)
        assert net(ledger, energy(LOSS)) == cleared.accounts_wh.get(LOSS, 0)


@given(book=books(most=10))
def test_a_pool_that_metered_first_owes_what_nobody_reserved(book: Book) -> None:
    ledger, slot, cleared = a_ledger(), Slot("noon", book, WHO), mechanism("mid_market").clear(book)
    taken = summed(book.participant, np.where(book.is_buy, cleared.filled_wh, -cleared.filled_wh), len(WHO))
    made = settled_in_pool(slot, cleared, taken, PRICES)
    assert set(ledger.submit(made.transfers, 1)) <= {Refusal.NONE}
    assert not made.deviation_wh.any()
    agrees(ledger, made, taken)


@given(book=books(most=10), metered_wh=METERS, has_reading=READINGS)
def test_whoever_has_no_reading_is_posted_nothing(book: Book, metered_wh: IntArray, has_reading: BoolArray) -> None:
    ledger, slot, cleared = a_ledger(), Slot("noon", book, WHO), mechanism().clear(book)
    assert set(ledger.submit(reserves(slot), 1)) <= {Refusal.NONE}
    made = settlement(slot, cleared, metered_wh, PRICES, ledger.waiting("noon"), has_reading=has_reading)
    assert set(ledger.submit(made.transfers, 2)) <= {Refusal.NONE}
    agrees(ledger, made, np.where(has_reading, metered_wh, 0))
    for who in np.array(WHO)[~has_reading]:
        assert net(ledger, cash(who), owed(who), energy(who)) == 10**12


@given(st.lists(st.integers(1, 900), min_size=1, max_size=9), st.integers(1, 9999))
def test_a_fee_is_booked_once_an_order_over_any_number_of_fills(parts: list[int], fee: int) -> None:
    rows = [(100 + at, 1, False, wh, 100_000) for at, wh in enumerate(parts)]
    book = Book.of([(1, 0, True, sum(parts), 200_000), *rows])
    ledger, slot = a_ledger(), Slot("noon", book, WHO, fee)
    made = play(ledger, slot, mechanism("continuous").clear(book), np.array([sum(parts), -sum(parts), *[0] * 6]))
    booked = [
        each.amount for entry in ledger.entries(account=cash(FEES)) if (each := entry.transfer).kind is not Kind.PEND
    ]
    assert len(booked) == (sum(parts) * fee >= 1000)
    assert net(ledger, cash(FEES)) == sum(parts) * fee // 1000 == int(made.fee_ueur.sum())


def test_a_fee_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="would be a gift"):
        Slot("noon", Book.of([]), WHO, -1)


# ---------------------------------------------------------------------------------------------------------------
# The parts


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 50)), max_size=12),
    st.data(),
    st.sampled_from(Rule),
)
def test_no_more_is_recognised_than_was_traded_pushed_and_pulled(
    rows: list[tuple[int, int, int]], data: st.DataObject, rule: Rule
) -> None:
    seller, buyer, traded = (np.array(each, np.int64) for each in (zip(*rows, strict=True) if rows else ([], [], [])))
    meter = st.lists(st.integers(0, 90), min_size=4, max_size=4).map(np.array)
    pushed, pulled = data.draw(meter), data.draw(meter)
    known = recognised_wh(seller, buyer, traded, pushed, pulled, rule)
    assert bool((known >= 0).all() and (known <= traded).all())
    assert bool((summed(seller, known, 4) <= pushed).all() and (summed(buyer, known, 4) <= pulled).all())
    plenty = np.full(4, 10_000)
    assert recognised_wh(seller, buyer, traded, plenty, plenty, rule).tolist() == traded.tolist()
    alone = recognised_wh(seller, buyer, traded, pushed, plenty, rule)
    assert summed(seller, alone, 4).tolist() == np.minimum(pushed, summed(seller, traded, 4)).tolist(), "to the last Wh"


def test_in_proportion_the_largest_remainder_gets_the_odd_watt_hour() -> None:
    one, buyers, plenty = np.zeros(3, np.int64), np.array([1, 2, 3]), np.array([0, 99, 99, 99])
    known = recognised_wh(one, buyers, np.array([10, 10, 20]), np.array([10, 0, 0, 0]), plenty, Rule.PRO_RATA)
    assert known.tolist() == [3, 2, 5]


@given(METERS, st.integers(-500_000, 500_000), st.integers(-500_000, 500_000), st.integers(0, 50_000))
def test_nobody_gains_by_deviating_on_purpose(deviation: IntArray, spot: int, slot: int, margin: int) -> None:
    prices = ImbalancePrices(spot, slot, margin)
    assert prices.short_ueur_per_kwh >= max(spot, slot) and prices.long_ueur_per_kwh <= min(spot, slot)
    paid = deviation_ueur(deviation, prices)
    at_slot = amount_ueur(deviation, np.full(len(deviation), slot))
    assert bool((paid >= at_slot - 1).all()), "no cheaper than to have traded it, but for a rounded micro-euro"


def test_a_margin_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="would reward deviations"):
        ImbalancePrices(1, 1, -1)
