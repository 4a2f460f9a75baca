"""Does the ledger show, account by account, what the community has come to?"""

from collections.abc import Iterator

import numpy as np
import pytest

from enerwise.market.mechanism import mechanism
from enerwise.market.settle import ESCROW, cash, energy, owed
from enerwise.run.community import Slot, begin, play
from enerwise.run.community_bids import strategy
from enerwise.run.community_ledger import keep, open_accounts
from enerwise.store.ledger import MemoryLedger
from tests.run.community_builders import a_community

SLOTS = 24


@pytest.fixture(scope="module", params=["uniform", "pay_as_bid", "mid_market", "mcafee"])
def played(request: pytest.FixtureRequest) -> Iterator[tuple[tuple[str, ...], list[Slot], MemoryLedger]]:
    community, supply = a_community()
    run = begin(community, supply, strategy=strategy("truthful"), rule=mechanism(request.param))
    ledger, slots = MemoryLedger(), []
    open_accounts(ledger, community.homes)
    for slot in play(run, SLOTS):
        keep(ledger, slot, slot.slot)
        slots.append(slot)
    yield community.homes, slots, ledger


def test_energy_accounts_show_what_meters_counted(played: tuple[tuple[str, ...], list[Slot], MemoryLedger]) -> None:
    homes, slots, ledger = played
    metered_wh = np.sum([slot.metered_wh for slot in slots], axis=0)
    balances = ledger.balances()
    assert [balances[energy(home)].net for home in homes] == metered_wh.tolist()


def test_money_accounts_show_what_was_paid(played: tuple[tuple[str, ...], list[Slot], MemoryLedger]) -> None:
    homes, slots, ledger = played
    paid_ueur = np.sum([slot.paid_ueur.sum(axis=0) for slot in slots], axis=0)
    balances = ledger.balances()
    assert [-balances[cash(home)].net - balances[owed(home)].net for home in homes] == paid_ueur.tolist()


def test_everything_sums_to_zero_and_nothing_stays_in_escrow(
    played: tuple[tuple[str, ...], list[Slot], MemoryLedger],
) -> None:
    _, _, ledger = played
    balances = ledger.balances()
    for units in (("cash:", "owed:"), ("energy:",)):
        assert sum(each.net for name, each in balances.items() if name.startswith(units)) == 0
    for name in (cash(ESCROW), energy(ESCROW)):
        assert balances[name].net == 0
        assert balances[name].credits_pending == 0


def test_a_slot_that_is_kept_twice_is_kept_once(played: tuple[tuple[str, ...], list[Slot], MemoryLedger]) -> None:
    _, slots, ledger = played
    head, count = ledger.head(), len(ledger.entries())
    assert len(ledger.closed_slots()) == SLOTS
    keep(ledger, slots[12], 99)
    assert (ledger.head(), len(ledger.entries())) == (head, count)
