"""Do rules that know a supplier get its prices of the slot, and do bids become a book?"""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.mechanism import mechanism
from enerwise.market.money import summed
from enerwise.run.community import begin, play
from enerwise.run.community_bids import Bids, strategy, strategy_names
from enerwise.run.community_market import Orders, at_prices, book_of, clear, guarded, ladder, price_levels
from tests.run.community_builders import a_community


def test_a_rule_with_a_supplier_gets_its_prices_of_the_slot() -> None:
    rule = at_prices(mechanism("mid_market"), buy_ueur_per_kwh=400_000, sell_ueur_per_kwh=100_000)
    bids = Bids(np.array([True, False]), np.array([1000, 1000]), np.array([400_000, 100_000]))
    traded = clear(rule, book_of(Orders.of(bids), np.zeros(2, np.int64)), 2)
    assert traded.price_ueur_per_kwh == 250_000
    # A supplier that gives more than it asks is a rare hour; neighbours then trade at what it gives.
    odd = at_prices(mechanism("mid_market"), buy_ueur_per_kwh=50_000, sell_ueur_per_kwh=80_000)
    assert clear(odd, traded.book, 2).price_ueur_per_kwh == 80_000


def test_other_rules_stay_as_they_are() -> None:
    rule = mechanism("uniform")
    assert at_prices(rule, buy_ueur_per_kwh=1, sell_ueur_per_kwh=0) is rule


def test_a_quantity_of_zero_is_no_order() -> None:
    bids = Bids(np.array([True, False, True]), np.array([0, 700, 500]), np.array([1, 2, 3]))
    book = book_of(Orders.of(bids), np.array([0, 1, 1]))
    assert book.participant.tolist() == [1, 2]
    assert book.area.tolist() == [1, 1]


def test_who_did_not_trade_pays_and_gets_nothing() -> None:
    bids = Bids(np.array([True, False, True]), np.array([500, 700, 0]), np.array([300_000, 100_000, 0]))
    traded = clear(mechanism("uniform"), book_of(Orders.of(bids), np.zeros(3, np.int64)), 3)
    assert traded.traded_wh.tolist() == [500, -500, 0]
    assert traded.paid_ueur.tolist() == [50_000, -50_000, 0]
    assert traded.welfare_neur == traded.best_welfare_neur == 100_000_000


def test_an_empty_market_is_a_market() -> None:
    nothing = Bids(np.zeros(2, np.bool_), np.zeros(2, np.int64), np.zeros(2, np.int64))
    traded = clear(mechanism("uniform"), book_of(Orders.of(nothing), np.zeros(2, np.int64)), 2)
    assert traded.price_ueur_per_kwh is None
    assert traded.volume_wh == 0
    assert not traded.traded_wh.any()


def test_the_guard_refuses_what_the_connection_does_not_carry_and_what_is_worse_than_the_supplier() -> None:
    community, _ = a_community(count=4)
    is_buy = np.array([True, True, False, False])
    quantity_wh = np.array([12_000, 12_001, 5_000, 4_000])
    wished = Bids(is_buy, quantity_wh, np.array([320_000, 320_000, 80_000, 79_999]))
    within = {"lowest_ueur_per_kwh": 80_000, "highest_ueur_per_kwh": 320_000}
    granted, refused = guarded(Orders.of(wished), community, **within)
    assert granted.home.tolist() == [0, 2]
    assert granted.quantity_wh.tolist() == [12_000, 5_000]
    assert refused == 2


@given(seed=st.integers(0, 2**32 - 1), homes=st.integers(1, 6), count=st.integers(1, 9))
def test_a_ladder_takes_at_every_price_what_the_curve_says(seed: int, homes: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    price = np.sort(rng.choice(1000, count, replace=False))
    curve = -np.sort(-rng.integers(-900, 900, (homes, count)), axis=1)
    made = ladder(curve, price)
    assert bool((made.quantity_wh > 0).all())
    for at, each in enumerate(price.tolist()):
        accepts = np.where(made.is_buy, made.price_ueur_per_kwh >= each, made.price_ueur_per_kwh <= each)
        taken = summed(made.home[accepts], np.where(made.is_buy, 1, -1)[accepts] * made.quantity_wh[accepts], homes)
        assert taken.tolist() == curve[:, at].tolist()


def test_prices_of_curves_rise_from_the_suppliers_to_the_highest() -> None:
    levels = price_levels(80_000, 320_000, 9_000_000)
    assert (levels[0], levels[-1]) == (80_000, 9_000_000)
    assert bool((np.diff(levels) > 0).all()) and 320_000 in levels
    assert price_levels(320_000, 320_000, 320_000).tolist() == [320_000]


def test_no_strategy_of_ours_is_ever_refused() -> None:
    community, supply = a_community(count=5)
    for name in strategy_names():
        run = begin(community, supply, strategy=strategy(name), rule=mechanism("uniform"))
        assert all(slot.traded.refused_count == 0 for slot in play(run, 24) if slot.traded)
