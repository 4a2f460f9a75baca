"""A slot of a community in the ledger: reserved with the orders and settled as at any market.

Homes are billed and need no deposit: their money accounts may be overdrawn, and what they owe is on ``owed:``. The
energy account of a home then shows what its meter counted, its money accounts what it has paid, to the last unit.
"""

from collections.abc import Sequence

from enerwise.core.errors import StoreError
from enerwise.market.ledger import Account, Transfer
from enerwise.market.settle import accounts, reserves
from enerwise.market.settle_pool import settlement
from enerwise.run.community import Slot
from enerwise.run.community_coupling import SUPPLIER
from enerwise.store.ledger import ClosedSlot, LedgerStore


def open_accounts(ledger: LedgerStore, homes: Sequence[str]) -> None:
    """Open the accounts of a community; money of homes may be owed, for they are billed."""
    ledger.open_accounts([Account(each.id, each.unit) for each in accounts((*homes, SUPPLIER))])


def keep(ledger: LedgerStore, played: Slot, at_ns: int) -> ClosedSlot:
    """Book a slot and close it; doing so again books nothing twice.

    Args:
        ledger: Where it is kept.
        played: What came of it.
        at_ns: When. [ns since 1970]

    Raises:
        StoreError: A transfer was refused, which would be a mistake of ours.
    """
    slot = played.market
    reserved = reserves(slot)
    _submit(ledger, reserved, at_ns)
    waiting = ledger.waiting(slot.name)
    if reserved and not waiting:
        return ledger.close_slot(slot.name, at_ns)  # settled before
    made = settlement(slot, played.clearing, played.counted_wh, played.prices, waiting, supplier=played.supplier)
    _submit(ledger, made.transfers, at_ns)
    return ledger.close_slot(slot.name, at_ns)


def _submit(ledger: LedgerStore, transfers: Sequence[Transfer], at_ns: int) -> None:
    told = ledger.submit(transfers, at_ns)
    refused = [(each.id, why) for each, why in zip(transfers, told, strict=True) if not why.is_done]
    if refused:
        raise StoreError(f"the ledger refused {len(refused)} transfers, the first {refused[0][0]}: {refused[0][1]}")
