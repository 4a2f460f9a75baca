"""An outlet of a charger as the house knows it, and what each fact makes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from enerwise.protocols.ocpp.words import Begun, Ended, Fact, Metered, Stated, Status


@dataclass(frozen=True, slots=True)
class Outlet:
    """How one outlet stands."""

    number: int
    status: Status = Status.UNKNOWN
    fault: str = ""
    transaction: str | None = None


Outlets = Mapping[int, Outlet]


def after(outlets: Outlets, fact: Fact) -> tuple[Outlets, Outlet | None]:
    """Return the outlets after a fact, and the one it is about; None where it is about none of them."""
    before = meant(outlets, fact)
    if before is None:
        return outlets, None
    outlet = _after(before, fact)
    return {**outlets, outlet.number: outlet}, outlet


def meant(outlets: Outlets, fact: Fact) -> Outlet | None:
    """Return which outlet a fact is about.

    Where no outlet is named, it is the one with the transaction; a charger with a single outlet can mean no other.
    """
    number, transaction = getattr(fact, "outlet", 0), getattr(fact, "transaction", None)
    if number is not None:
        return outlets.get(number)
    if len(outlets) == 1:
        return next(iter(outlets.values()))
    return next((each for each in outlets.values() if transaction and each.transaction == transaction), None)


def _after(outlet: Outlet, fact: Fact) -> Outlet:
    match fact:
        case Begun(transaction=transaction):
            return replace(outlet, transaction=transaction)
        case Ended(transaction=transaction):
            # The end of a transaction that a charger could not tell in time does not end the next one.
            return outlet if outlet.transaction not in (None, transaction) else replace(outlet, transaction=None)
        case Stated(status=Status.PLUGGED, transaction=None) if outlet.transaction is not None:
            # A connector of 2.0.1 is no more than occupied, while the transaction has told how it goes.
            return replace(outlet, fault="")
        case Stated(status=status, fault=fault, transaction=transaction):
            going_on = None if status is Status.FREE else transaction or outlet.transaction
            return replace(outlet, status=status, fault=fault, transaction=going_on)
        case Metered(transaction=str(transaction)) if outlet.transaction is None:
            # A transaction from before this house was there.
            return replace(outlet, transaction=transaction)
        case _:
            return outlet
