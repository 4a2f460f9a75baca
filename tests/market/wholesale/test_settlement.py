"""Settling: whole, exact, zero in sum, and nobody gains by planning to deviate."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.units import IntArray
from enerwise.market.ledger import Refusal
from enerwise.market.money import amount_ueur
from enerwise.market.settle import BALANCING, cash, energy
from enerwise.market.wholesale.balancing import EVEN, LONG, SHORT, balancing_signal
from enerwise.market.wholesale.settlement import AUCTION, Settled, settle, transfers, wholesale_accounts
from enerwise.store.ledger import MemoryLedger

SLOTS = 3
WHO = "home"


def whole(low: int, high: int) -> st.SearchStrategy[IntArray]:
    return st.lists(st.integers(low, high), min_size=SLOTS, max_size=SLOTS).map(lambda each: np.array(each, np.int64))


ENERGIES, PRICES = whole(-20_000, 20_000), whole(-200_000, 900_000)


def booked(settled: Settled) -> MemoryLedger:
    ledger = MemoryLedger()
    ledger.open_accounts(wholesale_accounts(WHO))
    posted = transfers(settled, WHO, ["a", "b", "c"])
    assert set(ledger.submit(posted, 1)) <= {Refusal.NONE}
    assert set(ledger.submit(posted, 2)) <= {Refusal.EXISTS}, "posting twice books once"
    return ledger


@given(accepted=ENERGIES, metered=ENERGIES, price=PRICES, balancing=PRICES, is_single=st.booleans())
def test_everything_sums_to_zero_with_the_other_side(
    accepted: IntArray, metered: IntArray, price: IntArray, balancing: IntArray, is_single: bool
) -> None:
    settled = settle(accepted, metered, price, balancing, is_single=is_single)
    seen = booked(settled).balances()
    assert sum(seen[cash(each)].net for each in (WHO, AUCTION, BALANCING)) == 0
    assert sum(seen[energy(each)].net for each in (WHO, AUCTION, BALANCING)) == 0
    assert seen[cash(WHO)].net == -int(settled.total_ueur.sum())
    assert seen[energy(WHO)].net == int(metered.sum())
    assert seen[cash(AUCTION)].net == int(settled.auction_ueur.sum())


@given(planned=ENERGIES, metered=ENERGIES, price=PRICES, balancing=PRICES, margin=st.integers(0, 50_000))
def test_nobody_gains_by_planning_to_deviate_under_two_prices(
    planned: IntArray, metered: IntArray, price: IntArray, balancing: IntArray, margin: int
) -> None:
    """Whoever bids what he will take pays no more than with any other bid, to the micro-euro that rounding may take."""
    honest = settle(metered, metered, price, balancing, margin_ueur_per_kwh=margin)
    other = settle(planned, metered, price, balancing, margin_ueur_per_kwh=margin)
    assert (other.total_ueur >= honest.total_ueur - 1).all()


def test_a_single_price_may_reward_a_deviation() -> None:
    price, balancing, metered = (np.array([each]) for each in (50_000, 90_000, -2000))
    honest = settle(metered, metered, price, balancing, is_single=True)
    assert settle(np.array([0]), metered, price, balancing, is_single=True).total_ueur < honest.total_ueur


def test_a_slot_is_settled_as_one_would_by_hand() -> None:
    """Sold 4 kWh at 80 EUR/MWh, gave 3: 0.32 EUR earned, the missing kWh bought at 120."""
    made = settle(*(np.array([each]) for each in (-4000, -3000, 80_000, 120_000)))
    assert made.auction_ueur.tolist() == [-320_000]
    assert (made.deviation_wh.tolist(), made.deviation_ueur.tolist()) == ([1000], [120_000])
    assert made.total_ueur.tolist() == [-200_000]
    long = settle(*(np.array([each]) for each in (-3000, -4000, 80_000, 120_000)))
    assert (long.deviation_ueur_per_kwh.tolist(), long.deviation_ueur.tolist()) == ([80_000], [-80_000])


@given(accepted=ENERGIES, price=PRICES)
def test_who_keeps_the_bid_pays_the_published_price_rounded_once(accepted: IntArray, price: IntArray) -> None:
    made = settle(accepted, accepted, price, price + 70_000)
    assert np.array_equal(made.total_ueur, amount_ueur(accepted, price))


def test_the_system_is_short_where_balancing_is_dearer() -> None:
    day_ahead, balancing = np.array([50_000] * 5), np.array([90_000, 80_000, 52_000, 10_000, 20_000])
    made = balancing_signal(day_ahead, balancing, even_ueur_per_kwh=2000)
    assert made.direction.tolist() == [SHORT, SHORT, EVEN, LONG, LONG]
    assert made.stays_ratio == 0.5
    assert [made.share_ratio(each) for each in (SHORT, EVEN, LONG)] == [0.4, 0.2, 0.4]
