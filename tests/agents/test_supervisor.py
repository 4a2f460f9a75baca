"""The supervisor halts with a reason, tells it once, and the guard refuses by it."""

from dataclasses import replace

import numpy as np
import pytest

from enerwise.agents.supervisor import EVERYBODY, Halt, Supervisor, TapeView, halted_by, is_halted
from enerwise.core.intent import Reason
from enerwise.guard.orders import OrderLimits, Rule, Used, judge_orders
from enerwise.market.exposure import exposure
from enerwise.market.surveillance import Pattern, Tape
from enerwise.serve.words import LANGUAGES, reason
from tests.builders import NOON
from tests.market.test_surveillance import a_show, a_tape

COUNT = 10
PRICE = 200_000


def a_view(
    tape: Tape, *, owner: list[int] | None = None, position_wh: int = 10**9, credit_ueur: int = 10**12
) -> TapeView:
    limit = np.full(tape.participant.size, PRICE)
    return TapeView(
        now=NOON,
        tape=tape,
        owner=np.array(owner or range(COUNT)),
        exposure=exposure(tape, limit, COUNT, short_ueur_per_kwh=PRICE),
        position_wh=np.full(COUNT, position_wh),
        credit_ueur=np.full(COUNT, credit_ueur),
    )


def a_trade(price: int = PRICE) -> Tape:
    return a_tape([(0, True, 500, 0, 0), (1, False, 500, 0, 0)], [(0, 1, 500, price, 1)])


VIEWS = {
    "wash_trade": a_view(a_trade(), owner=[7] * COUNT),
    "spoofing": a_view(a_show(3)),
    "price_outside_band": a_view(a_trade(9_000_000)),
    "position_exceeded": a_view(a_trade(), position_wh=499),
    "credit_exceeded": a_view(a_trade(), credit_ueur=99_999),
    "round_trip": a_view(
        a_tape(
            [(0, True, 100, 0, 0), (1, False, 100, 0, 0), (1, True, 100, 0, 0), (0, False, 100, 0, 0)],
            [(0, 1, 10, PRICE, 1), (2, 3, 10, PRICE, 2)] * 3,
        )
    ),
}


def test_an_ordinary_trade_halts_nobody() -> None:
    assert not Supervisor().decide(a_view(a_trade()))


@pytest.mark.parametrize("code", VIEWS)
def test_every_pattern_halts_with_a_reason_that_people_can_read(code: str) -> None:
    halts = Supervisor().decide(VIEWS[code])
    assert {each.reason.code for each in halts} == {code}
    for language in LANGUAGES:
        told = reason(code, dict(halts[0].reason.facts), language)
        assert "{" not in told
        assert "–" not in told


@pytest.mark.parametrize("code", VIEWS)
def test_what_is_known_is_not_told_again(code: str) -> None:
    view = VIEWS[code]
    assert not Supervisor().decide(replace(view, halts=tuple(Supervisor().decide(view))))


def test_who_is_halted_is_refused_at_the_guard_and_others_go_on() -> None:
    limits = OrderLimits.alike(
        COUNT,
        price_min_ueur_per_kwh=0,
        price_max_ueur_per_kwh=10**6,
        volume_wh=10**6,
        position_wh=10**6,
        budget_ueur=10**9,
        credit_ueur=10**9,
    )
    who = np.arange(COUNT)
    columns = who, who % 2 == 0, np.full(COUNT, 100), np.full(COUNT, PRICE)
    tightened = halted_by(limits, Supervisor().decide(VIEWS["spoofing"]))
    told = judge_orders(*columns, tightened, Used.nothing(COUNT))
    assert told.tolist() == [Rule.HALTED] + [Rule.GRANTED] * (COUNT - 1)
    everybody = halted_by(limits, [Halt(EVERYBODY, NOON, Reason("price_outside_band"))])
    assert (judge_orders(*columns, everybody, Used.nothing(COUNT)) == Rule.HALTED).all()


def test_a_halt_sets_nobody_free() -> None:
    limits = OrderLimits.of([], credit_ueur=np.empty(0, np.int64), is_halted=np.empty(0, np.bool_))
    assert halted_by(limits, []).is_halted.size == 0
    halted = replace(limits, is_halted=np.array([True, False]))
    assert halted_by(halted, []).is_halted.tolist() == [True, False]
    assert is_halted([Halt(1, NOON, Reason("spoofing"))], 3).tolist() == [False, True, False]


def test_what_comes_about_by_chance_may_be_noted_only() -> None:
    lenient = Supervisor(halts_for=frozenset({Pattern.WASH}))
    view = VIEWS["round_trip"]
    assert [each.pattern for each in lenient.see(view)] == [Pattern.ROUND_TRIP]
    assert not lenient.decide(view)
    assert lenient.decide(VIEWS["wash_trade"])


def test_a_part_of_a_slot_shows_no_exposure() -> None:
    assert not Supervisor().decide(replace(VIEWS["position_exceeded"], exposure=None))
