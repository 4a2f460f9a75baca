"""Orders at the guard: whatever comes, in whatever sequence, stays within what its owner may lose."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.guard.orders import OrderLimits, Rule, Used, judge_orders, worst_cost_ueur

COUNT = 3
LIMITS = OrderLimits.alike(
    COUNT,
    price_min_ueur_per_kwh=-100_000,
    price_max_ueur_per_kwh=400_000,
    volume_wh=10_000,
    position_wh=8_000,
    budget_ueur=1_500_000,
    credit_ueur=1_200_000,
)
Row = tuple[int, bool, int, int]
ANY = st.integers(-(2**63), 2**63 - 1)
ROWS = st.lists(
    st.tuples(st.integers(-1, COUNT), st.booleans(), st.integers(1, 6_000) | ANY, st.integers(-150_000, 450_000) | ANY),
    max_size=30,
)


def judged(rows: list[Row], limits: OrderLimits = LIMITS, used: Used | None = None) -> list[Rule]:
    who, buys, wh, price = zip(*rows, strict=True) if rows else ((), (), (), ())
    columns = np.array(who, np.int64), np.array(buys, np.bool_), np.array(wh, np.int64), np.array(price, np.int64)
    return [Rule(each) for each in judge_orders(*columns, limits, used or Used.nothing(COUNT))]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ((0, True, 1000, 300_000), Rule.GRANTED),
        ((9, True, 1000, 300_000), Rule.UNKNOWN),
        ((0, True, 0, 300_000), Rule.QUANTITY),
        ((0, True, 1000, 400_001), Rule.PRICE),
        ((0, False, 1000, -100_001), Rule.PRICE),
        ((0, False, 10_001, 0), Rule.VOLUME),
        ((0, False, 8_001, 0), Rule.POSITION),
        ((0, True, 5_001, 300_000), Rule.BUDGET),
        ((0, True, 4_001, 300_000), Rule.CREDIT),
        ((0, False, 8_000, 300_000), Rule.GRANTED),
    ],
)
def test_each_rule_refuses_what_is_its_own(row: Row, rule: Rule) -> None:
    assert judged([row]) == [rule]


def test_who_is_halted_orders_nothing_and_others_go_on() -> None:
    limits = replace(LIMITS, is_halted=np.array([True, False, False]))
    assert judged([(0, True, 1, 1), (1, True, 1, 1)], limits) == [Rule.HALTED, Rule.GRANTED]


def test_what_is_refused_uses_up_nothing() -> None:
    rows = [(0, True, 3_000, 300_000), (0, True, 3_000, 300_000), (0, True, 1_000, 300_000)]
    assert judged(rows) == [Rule.GRANTED, Rule.BUDGET, Rule.GRANTED]


@given(ROWS)
def test_what_is_granted_stays_within_every_limit(rows: list[Row]) -> None:
    used = Used.nothing(COUNT)
    told = judged(rows, used=used)
    granted = [row for row, rule in zip(rows, told, strict=True) if rule is Rule.GRANTED]
    for who in range(COUNT):
        own = [row for row in granted if row[0] == who]
        assert sum(wh for _, _, wh, _ in own) == used.volume_wh[who] <= 10_000
        assert max(used.bought_wh[who], used.sold_wh[who]) <= 8_000
        cost = sum(max(0, -((-(1 if buys else -1) * price * wh) // 1000)) for _, buys, wh, price in own)
        assert cost == used.cost_ueur[who] <= 1_200_000
        assert all(-100_000 <= price <= 400_000 and wh > 0 for _, _, wh, price in own)


@given(ROWS, st.integers(0, 30))
def test_a_batch_may_be_cut_anywhere(rows: list[Row], cut: int) -> None:
    used = Used.nothing(COUNT)
    assert judged(rows[:cut], used=used) + judged(rows[cut:], used=used) == judged(rows)


@given(ROWS)
def test_nobody_has_an_influence_on_anybody_else(rows: list[Row]) -> None:
    told = judged(rows)
    for who in range(COUNT):
        at = [place for place, row in enumerate(rows) if row[0] == who]
        assert judged([rows[place] for place in at]) == [told[place] for place in at]


@given(ROWS, st.sampled_from(["volume_wh", "position_wh", "budget_ueur", "credit_ueur"]))
def test_the_first_order_gains_nothing_by_a_tighter_limit(rows: list[Row], name: str) -> None:
    tighter = replace(LIMITS, **{name: getattr(LIMITS, name) // 2})
    for row in rows:
        assert judged([row], tighter) != [Rule.GRANTED] or judged([row]) == [Rule.GRANTED]


def test_a_sale_below_zero_may_cost_money() -> None:
    cost = worst_cost_ueur(np.array([False, True]), np.array([1_001, 1_001]), np.array([-50_000, -50_000]))
    assert cost.tolist() == [50_050.0, 0.0]
