"""Exposure: what is bound and what stands, added up; who passed the guard is never beyond its limits."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.units import IntArray
from enerwise.guard.orders import OrderLimits, Rule, Used, judge_orders
from enerwise.market.book import Book
from enerwise.market.clearing import trades_of
from enerwise.market.exposure import Exposure, beyond, exposure
from enerwise.market.mechanism import mechanism
from enerwise.market.surveillance import Pattern, Tape

COUNT = 5
SEEDS = st.integers(0, 100_000)


def a_slot(seed: int, *, limits: OrderLimits | None = None) -> tuple[Tape, IntArray]:
    """Orders that passed the guard, where there are limits, some taken away again, and what was traded of the rest."""
    rng = np.random.default_rng(seed)
    size = int(rng.integers(0, 40))
    who, buys = rng.integers(0, COUNT, size), rng.random(size) < 0.5
    wh, price = rng.integers(1, 3000, size), rng.integers(-50_000, 400_000, size)
    if limits is not None:
        kept = judge_orders(who, buys, wh, price, limits, Used.nothing(COUNT)) == Rule.GRANTED
        who, buys, wh, price = who[kept], buys[kept], wh[kept], price[kept]
    gone_ns = np.where(rng.random(who.size) < 0.2, 9, 0)
    live = np.flatnonzero(gone_ns == 0)
    book = Book(live, who[live], buys[live], wh[live], price[live])
    trades = trades_of(book, mechanism("uniform").clear(book))
    buy, sell = live[trades.buy], live[trades.sell]
    prices = trades.buy_price_ueur_per_kwh
    came_ns, at_ns = np.ones(who.size, np.int64), np.full(len(trades), 5)
    return Tape(who, buys, wh, came_ns, gone_ns, buy, sell, trades.quantity_wh, prices, at_ns), price


def seen(seed: int, *, limits: OrderLimits | None = None) -> Exposure:
    tape, price = a_slot(seed, limits=limits)
    return exposure(tape, price, COUNT, short_ueur_per_kwh=400_000)


def test_trades_bind_and_orders_stand() -> None:
    one = np.ones(1, np.int64)
    tape = Tape(
        participant=np.array([0, 1, 2]),
        is_buy=np.array([True, False, True]),
        quantity_wh=np.array([1000, 600, 500]),
        came_ns=np.ones(3, np.int64),
        gone_ns=np.array([0, 0, 7]),
        buy=np.array([0]),
        sell=np.array([1]),
        traded_wh=600 * one,
        price_ueur_per_kwh=200_000 * one,
        traded_ns=5 * one,
    )
    made = exposure(tape, np.array([300_000, 100_000, 300_000]), 3, short_ueur_per_kwh=500_000)
    assert made.position_wh.tolist() == [600, -600, 0]
    assert (made.buying_wh.tolist(), made.selling_wh.tolist()) == ([400, 0, 0], [0, 0, 0])
    assert made.paid_ueur.tolist() == [120_000, -120_000, 0]
    assert made.cost_most_ueur.tolist() == [240_000, 0, 0]
    assert made.missing_ueur.tolist() == [0, 300_000, 0]


@given(SEEDS)
def test_what_some_are_bound_to_take_others_are_bound_to_give(seed: int) -> None:
    made = seen(seed)
    assert made.position_wh.sum() == made.paid_ueur.sum() == 0
    for each in (made.buying_wh, made.selling_wh, made.bidding_ueur, made.missing_ueur):
        assert (each >= 0).all()


@given(SEEDS)
def test_in_which_row_an_order_stands_changes_nothing(seed: int) -> None:
    tape, price = a_slot(seed)
    order = np.random.default_rng(seed).permutation(price.size)
    place = np.argsort(order)
    moved = replace(
        tape,
        participant=tape.participant[order],
        is_buy=tape.is_buy[order],
        quantity_wh=tape.quantity_wh[order],
        came_ns=tape.came_ns[order],
        gone_ns=tape.gone_ns[order],
        buy=place[tape.buy],
        sell=place[tape.sell],
    )
    here, there = (
        exposure(each, prices, COUNT, short_ueur_per_kwh=1) for each, prices in ((tape, price), (moved, price[order]))
    )
    assert repr(here) == repr(there)


@given(SEEDS, st.integers(0, 8000), st.integers(0, 10**6))
def test_who_passed_the_guard_is_never_beyond(seed: int, position_wh: int, credit_ueur: int) -> None:
    limits = OrderLimits.alike(
        COUNT,
        price_min_ueur_per_kwh=-(10**6),
        price_max_ueur_per_kwh=10**6,
        volume_wh=10**6,
        position_wh=position_wh,
        budget_ueur=10**9,
        credit_ueur=credit_ueur,
    )
    made = seen(seed, limits=limits)
    assert not beyond(made, position_wh=limits.position_wh, credit_ueur=limits.credit_ueur)


@given(SEEDS)
def test_who_is_beyond_is_named_with_both_numbers(seed: int) -> None:
    made = seen(seed)
    most_wh = np.maximum(made.long_most_wh, made.short_most_wh)
    for found in beyond(made, position_wh=np.full(COUNT, 2000), credit_ueur=np.full(COUNT, 300_000)):
        (who,) = found.participants
        if found.pattern is Pattern.POSITION:
            assert found.facts == {"position_wh": most_wh[who], "limit_wh": 2000}
            assert most_wh[who] > 2000
        else:
            assert found.facts == {"cost_ueur": made.cost_most_ueur[who], "limit_ueur": 300_000}
            assert made.cost_most_ueur[who] > 300_000
