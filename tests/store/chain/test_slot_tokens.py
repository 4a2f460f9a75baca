"""What the contract of slot tokens does and refuses, one sentence each, on every machine there is."""

from collections.abc import Iterator
from typing import Any

import pytest

from enerwise.market.tokens import MAX_ROWS

from ...peers.evm import Reverted
from .rigs import ANNA, BEN, CARL, DAY, OPERATOR, OTHER_SLOT, RIGS, SLOT, Rig, open_slot


@pytest.fixture(scope="module", params=RIGS, ids=lambda rig: rig.__name__)
def machine(request: pytest.FixtureRequest) -> Rig:
    rig: Rig = request.param()
    return rig


@pytest.fixture
def rig(machine: Rig) -> Iterator[Rig]:
    with machine.trial():
        yield machine


def refused(reason: str) -> Any:
    return pytest.raises(Reverted, match=f"^{reason}$")


def sold(rig: Rig, *, energy_wh: int = 700, units: int = 300) -> None:
    """Anna has 1000 Wh to sell, Ben 400 units aside to buy with; this much changes hands, and the slot closes."""
    ready(rig)
    rig.call("settle", SLOT, 0, [(ANNA, -energy_wh, -units), (BEN, energy_wh, units)], True)


def ready(rig: Rig) -> None:
    open_slot(rig)
    rig.call("issue", SLOT, 0, [(ANNA, 1000)])
    rig.call("credit", BEN, 500)
    rig.call("hold", SLOT, 400, sender=BEN)


def test_who_deploys_is_the_operator(rig: Rig) -> None:
    assert rig.call("operator").lower() == OPERATOR


def test_as_many_rows_fit_as_the_house_says(rig: Rig) -> None:
    assert rig.call("MAX_ROWS") == MAX_ROWS
    open_slot(rig)
    rig.call("settle", SLOT, 0, [(ANNA, 0, 0)] * MAX_ROWS, False)
    with refused(""):
        rig.call("settle", SLOT, 1, [(ANNA, 0, 0)] * (MAX_ROWS + 1), False)


def test_a_trade_moves_energy_one_way_and_units_the_other(rig: Rig) -> None:
    sold(rig)
    assert [rig.call("energy_wh", SLOT, who) for who in (ANNA, BEN)] == [300, 700]
    assert [rig.call("free_units", who) for who in (ANNA, BEN)] == [300, 100]
    assert rig.call("held_units", SLOT, BEN) == 100


def test_below_price_zero_the_seller_pays(rig: Rig) -> None:
    ready(rig)
    rig.call("credit", ANNA, 50)
    rig.call("hold", SLOT, 50, sender=ANNA)
    rig.call("settle", SLOT, 0, [(ANNA, -10, 20), (BEN, 10, -20)], True)
    assert [rig.call("free_units", who) for who in (ANNA, BEN)] == [0, 120]
    assert [rig.call("held_units", SLOT, who) for who in (ANNA, BEN)] == [30, 400]


def test_what_was_held_and_not_needed_comes_back_to_its_holder_whoever_asks(rig: Rig) -> None:
    sold(rig)
    rig.call("release", SLOT, BEN, sender=CARL)
    assert rig.call("free_units", BEN) == 200
    assert rig.call("held_units", SLOT, BEN) == 0


def test_nothing_held_comes_back_before_the_slot_is_settled(rig: Rig) -> None:
    ready(rig)
    with refused("slot is not settled yet"):
        rig.call("release", SLOT, BEN, sender=BEN)


def test_units_come_back_when_nobody_settles_in_time(rig: Rig) -> None:
    ready(rig)
    rig.pass_time(901)
    with refused("time of the slot is over"):
        rig.call("settle", SLOT, 0, [(ANNA, -1, -1), (BEN, 1, 1)], True)
    rig.call("release", SLOT, BEN, sender=BEN)
    assert rig.call("free_units", BEN) == 500


def test_in_its_last_second_a_slot_is_still_settled_and_nothing_comes_back_yet(rig: Rig) -> None:
    ready(rig)
    rig.pass_time(900)
    with refused("slot is not settled yet"):
        rig.call("release", SLOT, BEN, sender=BEN)
    rig.call("settle", SLOT, 0, [(ANNA, -1000, -400), (BEN, 1000, 400)], True)
    assert rig.call("held_units", SLOT, BEN) == rig.call("energy_wh", SLOT, ANNA) == 0


def test_units_held_for_one_slot_do_not_pay_in_another(rig: Rig) -> None:
    ready(rig)
    open_slot(rig, OTHER_SLOT)
    rig.call("issue", OTHER_SLOT, 0, [(ANNA, 1000)])
    with refused("not enough units held"):
        rig.call("settle", OTHER_SLOT, 0, [(ANNA, -1, -1), (BEN, 1, 1)], True)


def test_tokens_of_one_slot_are_no_energy_in_another(rig: Rig) -> None:
    ready(rig)
    open_slot(rig, OTHER_SLOT)
    with refused("not enough energy"):
        rig.call("settle", OTHER_SLOT, 0, [(ANNA, -1, 0), (BEN, 1, 0)], True)


def test_a_settled_slot_is_closed(rig: Rig) -> None:
    sold(rig)
    calls: list[tuple[Any, ...]] = [("settle", SLOT, 1, [], True), ("issue", SLOT, 1, [(ANNA, 1)]), ("hold", SLOT, 1)]
    for call in calls:
        with refused("slot is closed"):
            rig.call(*call)


@pytest.mark.parametrize("batch", [0, 2])
def test_a_batch_that_was_taken_or_is_out_of_turn_is_refused(rig: Rig, batch: int) -> None:
    ready(rig)
    rows = [(ANNA, -1, -1), (BEN, 1, 1)]
    rig.call("settle", SLOT, 0, rows, False)
    with refused("batch is not the next one"):
        rig.call("settle", SLOT, batch, rows, False)
    with refused("batch is not the next one"):
        rig.call("issue", SLOT, batch, [(ANNA, 1)])


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(ANNA, -1000, 0), (BEN, 999, 0)], "energy does not sum to zero"),
        ([(ANNA, -1, -2), (BEN, 1, 1)], "units do not sum to zero"),
        ([(ANNA, -1001, 0), (BEN, 1001, 0)], "not enough energy"),
        ([(ANNA, -1, -401), (BEN, 1, 401)], "not enough units held"),
        ([(ANNA, -(2**127), 0), (BEN, 2**127 - 1, 0), (CARL, 1, 0)], ""),
    ],
)
def test_a_batch_that_cannot_be_is_refused_as_a_whole(rig: Rig, rows: list[Any], reason: str) -> None:
    ready(rig)
    with refused(reason):
        rig.call("settle", SLOT, 0, rows, True)
    assert rig.call("energy_wh", SLOT, ANNA) == 1000
    assert rig.call("batch_count", SLOT) == 0
    assert not rig.call("is_closed", SLOT)


def test_a_holder_holds_no_more_than_is_free(rig: Rig) -> None:
    ready(rig)
    calls: list[tuple[Any, ...]] = [("hold", SLOT, 101), ("give_back", 101)]
    for call in calls:
        with refused("not enough free units"):
            rig.call(*call, sender=BEN)


def test_units_given_back_are_gone(rig: Rig) -> None:
    ready(rig)
    rig.call("give_back", 100, sender=BEN)
    assert rig.call("free_units", BEN) == 0
    assert rig.call("total_units") == 400


def test_units_beyond_all_measure_are_refused(rig: Rig) -> None:
    rig.call("credit", BEN, 2**256 - 1)
    with refused(""):
        rig.call("credit", BEN, 1)


@pytest.mark.parametrize(
    "call",
    [
        ("open_slot", OTHER_SLOT, 2**40),
        ("issue", SLOT, 1, [(BEN, 1)]),
        ("credit", BEN, 1),
        ("settle", SLOT, 0, [(ANNA, -1, 0), (BEN, 1, 0)], True),
        ("anchor", DAY, b"\1" * 32),
    ],
)
def test_nobody_but_the_operator_may(rig: Rig, call: tuple[Any, ...]) -> None:
    ready(rig)
    with refused("only the operator may"):
        rig.call(*call, sender=BEN)


def test_a_slot_is_opened_once_and_not_in_the_past(rig: Rig) -> None:
    open_slot(rig)
    with refused("slot was opened before"):
        open_slot(rig)
    with refused("slot ends in the past"):
        open_slot(rig, OTHER_SLOT, for_s=0)


@pytest.mark.parametrize("call", [("issue", SLOT, 0, [(ANNA, 1)]), ("settle", SLOT, 0, [], True), ("hold", SLOT, 0)])
def test_a_slot_that_was_never_opened_takes_nothing(rig: Rig, call: tuple[Any, ...]) -> None:
    with refused("slot was never opened"):
        rig.call(*call)


def test_a_root_is_written_once(rig: Rig) -> None:
    rig.call("anchor", DAY, b"\1" * 32)
    for root in (b"\1" * 32, b"\2" * 32):
        with refused("period was anchored before"):
            rig.call("anchor", DAY, root)
    with refused("root is empty"):
        rig.call("anchor", SLOT, bytes(32))
    assert rig.call("root_of", DAY) == b"\1" * 32
