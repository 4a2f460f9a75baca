"""Orders at the guard: whatever comes, in whatever sequence, stays within what its owner may lose."""

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.guard.kernels import CUT, GRANTED, REFUSED
from enerwise.guard.orders import Judged, OrderLimits, Rule, Used, fit_orders, judge_orders, worst_cost_ueur

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


def fitted(rows: list[Row], limits: OrderLimits = LIMITS, used: Used | None = None, *, cut: bool = True) -> Judged:
    who, buys, wh, price = zip(*rows, strict=True) if rows else ((), (), (), ())
    columns = np.array(who, np.int64), np.array(buys, np.bool_), np.array(wh, np.int64), np.array(price, np.int64)
    return fit_orders(*columns, limits, used or Used.nothing(COUNT), may_cut=np.full(len(rows), cut))


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
        cost = sum(_cost(buys, wh, price) for _, buys, wh, price in own)
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
    assert cost.tolist() == [50_050, 0]


@given(ROWS)
def test_nothing_is_ever_widened(rows: list[Row]) -> None:
    judged_ = fitted(rows)
    asked = np.array([row[2] for row in rows], np.int64)
    granted, cut, refused = (judged_.outcome == each for each in (GRANTED, CUT, REFUSED))
    assert (granted | cut | refused).all()
    assert (judged_.quantity_wh[granted] == asked[granted]).all()
    assert ((judged_.quantity_wh[cut] > 0) & (judged_.quantity_wh[cut] < asked[cut])).all()
    assert not judged_.quantity_wh[refused].any()
    assert ((judged_.rule == Rule.GRANTED) == granted).all()


@given(ROWS, st.randoms(use_true_random=False))
def test_whatever_comes_first_the_totals_stay_within_the_limits(rows: list[Row], chance: random.Random) -> None:
    chance.shuffle(rows)
    used = Used.nothing(COUNT)
    judged_ = fitted(rows, used=used)
    for who in range(COUNT):
        own = [(row, int(wh)) for row, wh in zip(rows, judged_.quantity_wh, strict=True) if row[0] == who]
        assert sum(wh for _, wh in own) == used.volume_wh[who] <= 10_000
        assert max(used.bought_wh[who], used.sold_wh[who]) <= 8_000
        assert sum(_cost(buys, wh, price) for (_, buys, _, price), wh in own) == used.cost_ueur[who] <= 1_200_000


@given(ROWS)
def test_what_is_cut_is_cut_by_no_more_than_it_must(rows: list[Row]) -> None:
    used = Used.nothing(COUNT)
    for row in rows:
        before = Used(*(each.copy() for each in (used.volume_wh, used.bought_wh, used.sold_wh, used.cost_ueur)))
        judged_ = fitted([row], used=used)
        if judged_.outcome[0] == CUT:
            one_more = (*row[:2], int(judged_.quantity_wh[0]) + 1, row[3])
            assert judged([one_more], used=before) != [Rule.GRANTED]


@given(ROWS)
def test_who_wants_all_or_nothing_is_never_cut(rows: list[Row]) -> None:
    judged_ = fitted(rows, cut=False)
    assert not (judged_.outcome == CUT).any()
    assert judged(rows) == [Rule(each) for each in judged_.rule]


def test_a_cut_says_which_limit_was_the_tightest() -> None:
    judged_ = fitted([(0, True, 9_000, 300_000), (1, False, 9_000, 100_000), (1, True, 9_000, 1), (1, True, 9_000, 1)])
    assert judged_.quantity_wh.tolist() == [4_000, 8_000, 2_000, 0]
    assert judged_.rule.tolist() == [Rule.CREDIT, Rule.POSITION, Rule.VOLUME, Rule.VOLUME]
    assert judged_.outcome.tolist() == [CUT, CUT, CUT, REFUSED]


@pytest.mark.parametrize("price", [1, 999, 300_000, 2**62, 2**63 - 1])
def test_costs_are_exact_up_to_the_last_micro_euro(price: int) -> None:
    most = 2**63 - 1
    limits = OrderLimits.alike(
        1,
        price_min_ueur_per_kwh=-most,
        price_max_ueur_per_kwh=most,
        volume_wh=most,
        position_wh=most,
        budget_ueur=2**52,
        credit_ueur=most,
    )
    used = Used.nothing(COUNT)
    (wh,) = fitted([(0, True, most, price)], limits, used).quantity_wh.tolist()
    assert wh == min(most, 2**52 * 1000 // price)
    assert used.cost_ueur[0] == _cost(True, wh, price) <= 2**52


def test_who_owes_may_still_sell() -> None:
    limits = replace(LIMITS, credit_ueur=np.full(COUNT, -5))
    assert judged([(0, False, 100, 50_000), (0, True, 100, 50_000)], limits) == [Rule.GRANTED, Rule.CREDIT]


def _cost(buys: bool, wh: int, price: int) -> int:
    return max(0, -(-(1 if buys else -1) * price * wh // 1000))
