"""What every ledger store must satisfy: nothing lost, nothing twice, the same head after opening again.

A plug-in's test inherits the suite and opens its store::

    class TestMyLedger(LedgerContract):
        def open(self, folder): return MyLedger(folder / "ledger")
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from enerwise.market.ledger import Account, Balance, Kind, LedgerError, Refusal, Transfer, Unit
from enerwise.market.merkle import is_under
from enerwise.store.ledger import LedgerStore, proof

ACCOUNTS = (Account("bank", Unit.UEUR), Account("ada", Unit.UEUR, has_no_overdraft=True), Account("ben", Unit.UEUR))
MOVES = (
    Transfer("1", "bank", "ada", 100),
    Transfer("2", "ada", "ben", 60, Kind.PEND, slot="noon", timeout_ns=50),
    Transfer("3", "ada", "ben", 30, slot="noon", is_linked=True),
    Transfer("4", "ben", "bank", 5, slot="noon"),
    Transfer("5", "ada", "ben", 20),
)
TOLD = [*[Refusal.NONE] * 4, Refusal.OVERDRAFT]
LATE = Transfer("9", "bank", "ada", 1, slot="noon")


def seen(balances: Mapping[str, Balance]) -> dict[str, str]:
    """Return balances to compare."""
    return {name: str(each) for name, each in balances.items()}


class LedgerContract:
    """Inherit and implement `open`."""

    lasts = True
    """Whether another store on the same folder knows what this one did."""

    def open(self, folder: Path) -> LedgerStore:
        """Open the store that lies in a folder, or begin it."""
        raise NotImplementedError

    @pytest.fixture
    def ledger(self, tmp_path: Path) -> Iterator[LedgerStore]:
        with closing(self.open(tmp_path)) as made:
            made.open_accounts(ACCOUNTS)
            yield made

    def test_decides_keeps_and_tells_what_happened(self, ledger: LedgerStore) -> None:
        assert ledger.submit(MOVES, 1) == TOLD
        assert [each.transfer for each in ledger.entries()] == list(MOVES[:4])
        assert [each.number for each in ledger.entries(slot="noon", account="ben")] == [2, 3, 4]
        assert {name: each.net for name, each in ledger.balances().items()} == {"bank": -95, "ada": 70, "ben": 25}
        assert ledger.head() == ledger.entries()[-1].hash
        assert list(ledger.waiting("noon")) == ["2"]

    def test_the_same_again_happens_once(self, ledger: LedgerStore) -> None:
        ledger.submit(MOVES[:4], 1)
        head = ledger.head()
        ledger.open_accounts(ACCOUNTS)
        assert ledger.submit(MOVES[:4], 2) == [Refusal.EXISTS] * 4
        ledger.close_slot("noon", 3)
        assert ledger.submit(MOVES[:4], 4) == [Refusal.EXISTS] * 4, "nor after its slot is closed"
        assert ledger.submit([Transfer("3", "ada", "ben", 31)], 4) == [Refusal.OTHER_CONTENT]
        assert (ledger.entries()[3].hash, len(ledger.entries())) == (head, 5)

    def test_what_is_reserved_too_long_comes_back(self, ledger: LedgerStore) -> None:
        ledger.submit(MOVES, 1)
        assert ledger.expire(49) == 0
        late = Transfer("8", "ada", "ben", 60, Kind.POST_PENDING, slot="noon", pending_id="2")
        assert ledger.submit([late], 50) == [Refusal.PENDING_OVER], "its time is over whether or not anybody looked"
        assert ledger.expire(50) == 1
        assert ledger.expire(51) == 0
        assert ledger.balances()["ada"].debits_pending == 0

    def test_a_closed_slot_gives_back_its_reserves_and_takes_nothing_more(self, ledger: LedgerStore) -> None:
        ledger.submit(MOVES, 1)
        closed = ledger.close_slot("noon", 9)
        assert ledger.close_slot("noon", 10) == closed
        assert ledger.closed_slots() == [closed]
        assert (closed.head, closed.entry_count) == (ledger.head(), len(ledger.entries()))
        assert ledger.balances()["ada"].debits_pending == 0
        assert ledger.submit([LATE], 11) == [Refusal.CLOSED]
        with pytest.raises(LedgerError, match="name a slot"):
            ledger.close_slot("", 12)

    def test_each_entry_of_a_slot_is_proven_by_its_root(self, ledger: LedgerStore) -> None:
        ledger.submit(MOVES, 1)
        closed, entries = ledger.close_slot("noon", 9), ledger.entries(slot="noon")
        for each in entries:
            leaf, way = proof(entries, each.number)
            assert is_under(closed.root, leaf, way)
            assert leaf == each.hash
        with pytest.raises(LedgerError, match="entry 1 is not among"):
            proof(entries, 1)

    def test_an_account_stays_what_it_is(self, ledger: LedgerStore) -> None:
        with pytest.raises(LedgerError, match="'ada' is open as"):
            ledger.open_accounts([Account("cem", Unit.WH), Account("ada", Unit.WH)])
        assert set(ledger.balances()) == {"bank", "ada", "ben"}, "all of them or none"

    def test_another_look_at_the_same_folder_finds_the_same(self, ledger: LedgerStore, tmp_path: Path) -> None:
        if not self.lasts:
            return
        ledger.submit([*MOVES, Transfer("7", "ben", "ada", 3, Kind.PEND, slot="one", timeout_ns=70)], 1)
        ledger.close_slot("noon", 9)
        with closing(self.open(tmp_path)) as again:
            assert (again.head(), again.entries()) == (ledger.head(), ledger.entries())
            assert seen(again.balances()) == seen(ledger.balances())
            assert again.closed_slots() == ledger.closed_slots()
            assert again.submit([LATE], 11) == [Refusal.CLOSED]
            assert (list(again.waiting("one")), again.expire(70)) == (["7"], 1)

    def test_two_that_write_to_one_folder_take_up_what_the_other_wrote(
        self, ledger: LedgerStore, tmp_path: Path
    ) -> None:
        if not self.lasts:
            return
        with closing(self.open(tmp_path)) as other:
            assert other.submit(MOVES[:1], 1) == ledger.submit(MOVES[1:2], 2) == other.submit(MOVES[2:4], 3)[:1]
            assert ledger.submit(MOVES[:4], 4) == [Refusal.EXISTS] * 4
            closed = other.close_slot("noon", 5)
            assert ledger.submit([LATE], 6) == [Refusal.CLOSED]
            assert ledger.close_slot("noon", 7) == closed
            other.open_accounts([Account("cem", Unit.UEUR)])
            assert ledger.submit([Transfer("6", "bank", "cem", 1)], 8) == [Refusal.NONE]
            assert (other.head(), seen(other.balances())) == (ledger.head(), seen(ledger.balances()))
