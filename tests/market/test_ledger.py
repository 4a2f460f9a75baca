"""The ledger's arithmetic: nothing appears or vanishes, nothing happens twice, nobody overdraws."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.market.ledger import AMOUNT_MAX, Account, Kind, LedgerError, Refusal, Transfer, Unit
from enerwise.market.ledger_books import Books
from enerwise.store.ledger import MemoryLedger, played

NAMES = ("bank", "ada", "ben")
ACCOUNTS = [Account("bank", Unit.UEUR), *(Account(each, Unit.UEUR, has_no_overdraft=True) for each in NAMES[1:])]


def books(*, money: int = 100) -> Books:
    """Ada and Ben have some money, from the bank."""
    made = Books()
    made.open([*ACCOUNTS, Account("wh", Unit.WH)])
    made.apply([Transfer(f"deposit-{each}", "bank", each, money) for each in NAMES[1:]], 0)
    return made


def became(made: Books, *transfers: Transfer, at_ns: int = 1) -> list[Refusal]:
    return made.apply(transfers, at_ns)[0]


def pend(amount: int = 60, *, timeout_ns: int = 0) -> Transfer:
    return Transfer("p", "ada", "ben", amount, Kind.PEND, timeout_ns=timeout_ns)


def post(amount: int, name: str = "pp") -> Transfer:
    return Transfer(name, "ada", "ben", amount, Kind.POST_PENDING, pending_id="p")


VOID = Transfer("v", "ada", "ben", 0, Kind.VOID_PENDING, pending_id="p")


def test_what_is_reserved_is_spent_once_and_the_rest_comes_back() -> None:
    made = books()
    assert became(made, pend(), Transfer("x", "ada", "ben", 50)) == [Refusal.NONE, Refusal.OVERDRAFT]
    assert became(made, post(40)) == [Refusal.NONE]
    assert (made.balance["ada"].net, made.balance["ben"].net, made.balance["ada"].debits_pending) == (60, 140, 0)
    assert became(made, post(1, "again"), VOID) == [Refusal.PENDING_OVER] * 2


def test_what_is_voided_leaves_nothing_and_so_does_time() -> None:
    for over in ("void", "time"):
        made = books()
        became(made, pend(timeout_ns=10))
        assert made.over(9) == []
        assert became(made, *([VOID] if over == "void" else made.over(10)), at_ns=10) == [Refusal.NONE]
        assert (made.balance["ada"].net, made.balance["ada"].debits_pending, made.over(99)) == (100, 0, [])


@pytest.mark.parametrize(
    ("transfer", "why"),
    [
        (Transfer("a", "ada", "nobody", 1), Refusal.NO_ACCOUNT),
        (Transfer("a", "ada", "wh", 1), Refusal.UNIT),
        (Transfer("a", "ada", "ada", 1), Refusal.SELF),
        (Transfer("a", "ada", "ben", 0), Refusal.AMOUNT),
        (Transfer("a", "ada", "ben", 101), Refusal.OVERDRAFT),
        (Transfer("a", "ada", "ben", 2**62), Refusal.AMOUNT),
        (Transfer("a", "ada", "ben", 1, Kind.POST_PENDING, pending_id="none"), Refusal.NO_PENDING),
        (Transfer("deposit-ada", "bank", "ada", 101), Refusal.OTHER_CONTENT),
        (Transfer("deposit-ada", "bank", "ada", 100), Refusal.EXISTS),
    ],
    ids=lambda each: each.value if isinstance(each, Refusal) else "",
)
def test_what_cannot_be_is_refused_and_leaves_no_trace(transfer: Transfer, why: Refusal) -> None:
    made = books()
    before = (made.head, made.count, str(made.balance))
    assert became(made, transfer) == [why]
    assert (made.head, made.count, str(made.balance)) == before


def test_more_than_was_reserved_is_not_posted() -> None:
    made = books()
    assert became(made, pend(), post(61)) == [Refusal.NONE, Refusal.MORE_THAN_PENDING]


def test_linked_transfers_happen_together_or_not_at_all() -> None:
    made = books()
    chain = [
        Transfer("1", "ada", "ben", 10, is_linked=True),
        Transfer("2", "ben", "ada", 500),
        Transfer("3", "ada", "ben", 1),
    ]
    assert became(made, *chain) == [Refusal.LINKED, Refusal.OVERDRAFT, Refusal.NONE]
    assert made.balance["ada"].net == 99
    assert became(made, Transfer("4", "ada", "ben", 1, is_linked=True)) == [Refusal.LINKED], "an open end"


def test_an_account_stays_what_it_is() -> None:
    with pytest.raises(LedgerError, match="'ada' is open as"):
        books().open([Account("ada", Unit.WH)])


def test_a_closed_slot_takes_nothing() -> None:
    made = books()
    made.closed.add("noon")
    assert became(made, Transfer("1", "ada", "ben", 1, slot="noon")) == [Refusal.CLOSED]


def test_a_reserve_is_posted_in_its_slot_and_in_time() -> None:
    made = books()
    reserve = Transfer("p", "ada", "ben", 60, Kind.PEND, slot="noon", timeout_ns=10)
    elsewhere = Transfer("x", "ada", "ben", 1, Kind.POST_PENDING, "night", "p")
    late = Transfer("y", "ada", "ben", 1, Kind.POST_PENDING, "noon", "p")
    assert became(made, reserve, elsewhere, at_ns=9) == [Refusal.NONE, Refusal.NO_PENDING]
    assert became(made, late, at_ns=10) == [Refusal.PENDING_OVER]
    assert became(made, Transfer("z", "ada", "ben", 0, Kind.VOID_PENDING, "noon", "p"), at_ns=11) == [Refusal.NONE]


def test_a_chain_that_is_taken_back_leaves_reserves_as_they_were() -> None:
    made = books()
    became(made, pend(timeout_ns=10))
    chain = [post(40)._replace(is_linked=True), Transfer("x", "ada", "ben", 500)]
    assert became(made, *chain) == [Refusal.LINKED, Refusal.OVERDRAFT]
    assert [each.id for each in made.waiting("")] == ["p"]
    assert [each.pending_id for each in made.over(10)] == ["p"]
    assert became(made, post(40)) == [Refusal.NONE]


def test_time_never_runs_back_and_sides_never_leave_64_bits() -> None:
    made = Books()
    made.open([Account("a", Unit.WH), Account("b", Unit.WH)])
    most = Transfer("1", "a", "b", AMOUNT_MAX - 1)
    told, entries = made.apply([most, most._replace(id="2"), most._replace(id="3")], 5)
    assert told == [Refusal.NONE, Refusal.NONE, Refusal.FULL]
    assert [each.at_ns for each in entries + made.apply([Transfer("4", "b", "a", 1)], 3)[1]] == [5, 5, 5]


def test_an_open_slot_with_reserves_is_not_closed_and_nothing_has_no_slot() -> None:
    made = books()
    became(made, Transfer("p", "ada", "ben", 60, Kind.PEND, slot="noon"))
    with pytest.raises(LedgerError, match="1 reserves are neither posted nor voided"):
        made.close("noon")
    with pytest.raises(LedgerError, match="name a slot"):
        made.close("")


@st.composite
def transfers(draw: st.DrawFn) -> Sequence[Transfer]:
    slots = st.sampled_from(["", "", "noon", "one"])
    kinds = st.sampled_from(list(Kind))
    pair = st.permutations(NAMES).map(lambda each: each[:2])
    ids = st.integers(0, 12).map(str)
    made = []
    for _ in range(draw(st.integers(0, 25))):
        kind, (debit, credit) = draw(kinds), draw(pair)
        amount = 0 if kind is Kind.VOID_PENDING else draw(st.integers(1, 120))
        timeout = draw(st.sampled_from([0, 5, 50]))
        is_linked = draw(st.integers(0, 4)) == 0
        made.append(
            Transfer(
                draw(ids),
                debit,
                credit,
                amount,
                kind,
                draw(slots),
                pending_id=draw(ids),
                timeout_ns=timeout,
                is_linked=is_linked,
            )
        )
    return made


@given(transfers(), st.integers(1, 5))
def test_nothing_appears_vanishes_or_is_overdrawn(moves: Sequence[Transfer], size: int) -> None:
    made = books()
    entries = []
    for at in range(0, len(moves), size):
        told, news = made.apply(moves[at : at + size], at)
        assert len(told) == len(moves[at : at + size])
        entries += news
        made.apply(made.over(at), at)
    seen = made.balance.values()
    assert sum(each.net for each in seen) == 0
    assert sum(each.debits_pending - each.credits_pending for each in seen) == 0
    assert min(min(each.debits, each.credits, each.debits_pending, each.credits_pending) for each in seen) >= 0
    for name in NAMES[1:]:
        assert made.balance[name].net >= made.balance[name].debits_pending
    assert len({each.transfer.id for each in entries}) == len(entries)


@given(transfers())
def test_the_same_again_changes_nothing(moves: Sequence[Transfer]) -> None:
    made = books()
    first = became(made, *[each for each in moves if not each.is_linked])
    before = (made.head, str(made.balance))
    again = became(made, *[each for each in moves if not each.is_linked])
    done = {
        each.id for each, told in zip([m for m in moves if not m.is_linked], first, strict=True) if told is Refusal.NONE
    }
    assert all(
        told.is_done or each.id not in done or told is Refusal.OTHER_CONTENT
        for each, told in zip([m for m in moves if not m.is_linked], again, strict=True)
    )
    if set(first) <= {Refusal.NONE}:
        assert (made.head, str(made.balance)) == before


@given(st.lists(st.tuples(transfers(), st.sampled_from(["", "noon", "one"])), max_size=3))
def test_what_follows_from_entries_follows_from_them_again(steps: list[tuple[Sequence[Transfer], str]]) -> None:
    ledger = MemoryLedger(secret=b"salt")
    ledger.open_accounts(ACCOUNTS)
    ledger.submit([Transfer(f"deposit-{each}", "bank", each, 100) for each in NAMES[1:]], 0)
    for at, (moves, over) in enumerate(steps):
        ledger.submit(moves, 30 * at)
        ledger.expire(30 * at + 1)
        if over:
            ledger.close_slot(over, 30 * at + 2)
    again = Books(b"salt")
    again.open(ACCOUNTS)
    played(again, ledger.entries(), ledger.closed_slots())
    assert (again.head, again.count, str(again.balance)) == (
        ledger.head(),
        len(ledger.entries()),
        str(ledger.balances()),
    )
    for slot in ("", "noon", "one"):
        assert again.waiting(slot) == list(ledger.waiting(slot).values())


@given(transfers(), st.data())
def test_a_hash_covers_every_field(moves: Sequence[Transfer], data: st.DataObject) -> None:
    words = [each.to_bytes() for each in moves]
    assert len(set(words)) == len(set(moves))
