"""The ledger's arithmetic: what may happen is decided one transfer after the other, and follows from the entries alone.

Whatever is refused leaves no trace. Linked transfers are tried in their sequence; the first that is refused takes back
those before it. What is reserved for a slot is posted and voided in that slot, and a slot that is closed takes nothing.

Source: the account and transfer model of TigerBeetle (debits, credits, pending, posted; linked; idempotent ids).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from enerwise.market.ledger import (
    AMOUNT_MAX,
    BALANCE_MAX,
    START,
    Account,
    Balance,
    Entry,
    Kind,
    LedgerError,
    Refusal,
    Transfer,
    chained,
    salt_of,
    voids,
)

NEVER: Final = 2**63 - 1
OK: Final = Refusal.NONE
NOTHING: Final[Mapping[str, Transfer]] = MappingProxyType({})


@dataclass(slots=True)
class Books:
    """Everything that follows from the entries so far. Changed by its own methods only.

    Transfers of closed slots are forgotten; whoever keeps entries says when one comes again (``aside`` of `apply`).
    """

    secret: bytes = b""
    """What salts of hashes follow from, up to 64 bytes; without one, who sees hashes may guess what was booked."""
    accounts: dict[str, Account] = field(default_factory=dict)
    balance: dict[str, Balance] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    head: bytes = START
    count: int = 0
    at_ns: int = 0
    """When the newest entry happened: time never runs back. [ns since 1970]"""
    written: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)
    """Id and hash of each entry, by slot that is open: the hashes are the leaves of its tree."""
    touched: set[str] = field(default_factory=set)
    """Accounts that have moved since whoever keeps balances has emptied this."""
    _transfers: dict[str, Transfer] = field(default_factory=dict)
    _aside: Mapping[str, Transfer] = field(default_factory=dict)
    _waiting: dict[str, dict[str, Transfer]] = field(default_factory=dict)
    _soonest_ns: int = NEVER

    # -- asking --------------------------------------------------------------------------------------------------

    def waiting(self, slot: str) -> list[Transfer]:
        """Return what is reserved for a slot and neither posted nor voided, by id."""
        return sorted(self._waiting.get(slot, {}).values(), key=lambda each: each.id)

    def is_known(self, transfer_id: str) -> bool:
        """Tell whether a transfer happened and is not forgotten."""
        return transfer_id in self._transfers

    def over(self, at_ns: int) -> list[Transfer]:
        """Return the voids of everything reserved whose time is over, the earliest first."""
        if at_ns < self._soonest_ns:
            return []
        timed = [each for slot in self._waiting.values() for each in slot.values() if each.timeout_ns]
        self._soonest_ns = min((each.timeout_ns for each in timed), default=NEVER)
        due = [each for each in timed if each.timeout_ns <= at_ns]
        return voids(sorted(due, key=lambda each: (each.timeout_ns, each.id)), "timeout")

    # -- changing ------------------------------------------------------------------------------------------------

    def open(self, accounts: Iterable[Account]) -> list[Account]:
        """Open accounts; return those that are new.

        Raises:
            LedgerError: One of that id is open as something else; then none of them is opened.
        """
        new = dict[str, Account]()
        for each in accounts:
            known = self.accounts.get(each.id) or new.setdefault(each.id, each)
            if known != each:
                raise LedgerError(f"account {each.id!r} is open as {known}; choose another id than for {each}")
        self.accounts |= new
        self.balance |= {name: Balance() for name in new}
        return list(new.values())

    def apply(
        self, transfers: Sequence[Transfer], at_ns: int, aside: Mapping[str, Transfer] = NOTHING
    ) -> tuple[list[Refusal], list[Entry]]:
        """Decide transfers in their sequence.

        Args:
            transfers: Chains end with the first that is not linked; an open end is refused.
            at_ns: Now; where it is earlier than the newest entry, that one's time is taken. [ns since 1970]
            aside: Those of them that happened and are forgotten here, by id.

        Returns:
            For each transfer what became of it, and the entries of those that happened.
        """
        now_ns, self._aside = max(at_ns, self.at_ns), aside
        told, entries = list[Refusal](), list[Entry]()
        begin = 0
        while begin < len(transfers):
            first = transfers[begin]
            if first.is_linked:
                chain = _chain_from(transfers, begin)
                told += self._chain(chain, now_ns, entries)
                begin += len(chain)
                continue
            if (refusal := self._decided(first, now_ns)) is OK:
                self._move(first, 1)
                entries.append(self._written(first, now_ns))
            told.append(refusal)
            begin += 1
        return told, entries

    def replay(self, entry: Entry) -> Refusal:
        """Play an entry again that happened before; anything but NONE says that it could not have."""
        if entry.at_ns < self.at_ns:
            return Refusal.OTHER_CONTENT
        if (refusal := self._decided(entry.transfer, entry.at_ns)) is not OK:
            return refusal
        self._move(entry.transfer, 1)
        again = self._written(entry.transfer, entry.at_ns)
        return OK if again == entry else Refusal.OTHER_CONTENT

    def remember(self, entries: Iterable[Entry]) -> None:
        """Take up entries that the balances count already: their ids, what is reserved, and the trees of open slots."""
        for each in entries:
            transfer = each.transfer
            self._transfers[transfer.id] = transfer
            if transfer.slot in self.closed:
                continue
            self._listed(transfer, each.hash)
            if transfer.kind is Kind.PEND:
                self._wait(transfer)
            elif transfer.kind is not Kind.POST:
                self._waiting.get(transfer.slot, {}).pop(transfer.pending_id, None)

    def close(self, slot: str) -> None:
        """Let nothing more happen in a slot, and forget its transfers.

        Raises:
            LedgerError: Something is still reserved for it, or it has no name.
        """
        if not slot:
            raise LedgerError("what belongs to no slot cannot be closed; name a slot")
        if waiting := self._waiting.pop(slot, {}):
            raise LedgerError(f"slot {slot!r}: {len(waiting)} reserves are neither posted nor voided")
        for name, _ in self.written.pop(slot, []):
            self._transfers.pop(name, None)
        self.closed.add(slot)

    # -- deciding ------------------------------------------------------------------------------------------------

    def _chain(self, chain: Sequence[Transfer], now_ns: int, entries: list[Entry]) -> list[Refusal]:
        if chain[-1].is_linked:
            return [Refusal.LINKED] * len(chain)
        told, done = list[Refusal](), list[Transfer]()
        for each in chain:
            told.append(self._decided(each, now_ns))
            if told[-1] is OK:
                self._move(each, 1)
                done.append(each)
            elif told[-1] is not Refusal.EXISTS:
                for undone in reversed(done):
                    self._move(undone, -1)
                rest = [Refusal.LINKED] * (len(chain) - len(told))
                return [Refusal.LINKED] * (len(told) - 1) + [told[-1]] + rest
        entries += [self._written(each, now_ns) for each in done]
        return told

    def _decided(self, each: Transfer, now_ns: int) -> Refusal:
        if (known := self._transfers.get(each.id) or self._aside.get(each.id)) is not None:
            return Refusal.EXISTS if known == each else Refusal.OTHER_CONTENT
        if each.slot in self.closed:
            return Refusal.CLOSED
        debit, credit = self.accounts.get(each.debit), self.accounts.get(each.credit)
        if debit is None or credit is None:
            return Refusal.NO_ACCOUNT
        if debit.unit is not credit.unit:
            return Refusal.UNIT
        if debit is credit:
            return Refusal.SELF
        kind = each.kind
        if kind is Kind.POST_PENDING or kind is Kind.VOID_PENDING:
            return self._second(each, now_ns)
        if not 0 < each.amount < AMOUNT_MAX:
            return Refusal.AMOUNT
        gave, took = self.balance[each.debit], self.balance[each.credit]
        given, taken = gave.debits + gave.debits_pending + each.amount, took.credits + took.credits_pending
        if given > BALANCE_MAX or taken + each.amount > BALANCE_MAX:
            return Refusal.FULL
        return Refusal.OVERDRAFT if debit.has_no_overdraft and given > gave.credits else OK

    def _second(self, each: Transfer, now_ns: int) -> Refusal:
        """Decide what posts or voids a reserve."""
        reserved = self._waiting.get(each.slot, {}).get(each.pending_id)
        if reserved is None:
            first = self._transfers.get(each.pending_id)
            was_one = first is not None and first.kind is Kind.PEND and first.slot == each.slot
            return Refusal.PENDING_OVER if was_one else Refusal.NO_PENDING
        if (reserved.debit, reserved.credit) != (each.debit, each.credit):
            return Refusal.NO_PENDING
        if each.kind is Kind.VOID_PENDING:
            return OK if each.amount == 0 else Refusal.AMOUNT
        if 0 < reserved.timeout_ns <= now_ns:
            return Refusal.PENDING_OVER
        if each.amount < 1:
            return Refusal.AMOUNT
        return Refusal.MORE_THAN_PENDING if each.amount > reserved.amount else OK

    # -- moving --------------------------------------------------------------------------------------------------

    def _move(self, each: Transfer, sign: int) -> None:
        """Do a transfer (1) or take it back (-1)."""
        self.touched.add(each.debit)
        self.touched.add(each.credit)
        gave, took, kind, amount = self.balance[each.debit], self.balance[each.credit], each.kind, sign * each.amount
        if kind is Kind.PEND:
            gave.debits_pending += amount
            took.credits_pending += amount
            if sign > 0:
                self._wait(each)
            else:
                del self._waiting[each.slot][each.id]
        else:
            if kind is not Kind.POST:
                self._resolve(each, gave, took, sign)
            gave.debits += amount
            took.credits += amount
        if sign > 0:
            self._transfers[each.id] = each
        else:
            del self._transfers[each.id]

    def _wait(self, each: Transfer) -> None:
        self._waiting.setdefault(each.slot, {})[each.id] = each
        if 0 < each.timeout_ns < self._soonest_ns:
            self._soonest_ns = each.timeout_ns

    def _resolve(self, each: Transfer, gave: Balance, took: Balance, sign: int) -> None:
        """End a reserve (1), or let it wait again (-1)."""
        reserved = self._waiting[each.slot].pop(each.pending_id) if sign > 0 else self._transfers[each.pending_id]
        gave.debits_pending -= sign * reserved.amount
        took.credits_pending -= sign * reserved.amount
        if sign < 0:
            self._wait(reserved)

    def _written(self, transfer: Transfer, at_ns: int) -> Entry:
        head = self.head = chained(self.head, salt_of(transfer.id, self.secret), at_ns, transfer)
        self.at_ns, self.count = at_ns, self.count + 1
        self._listed(transfer, head)
        return Entry(self.count, at_ns, transfer, head)

    def _listed(self, transfer: Transfer, own_hash: bytes) -> None:
        if transfer.slot:
            if (there := self.written.get(transfer.slot)) is None:
                there = self.written[transfer.slot] = []
            there.append((transfer.id, own_hash))


def _chain_from(transfers: Sequence[Transfer], begin: int) -> Sequence[Transfer]:
    end = begin
    while end < len(transfers) - 1 and transfers[end].is_linked:
        end += 1
    return transfers[begin : end + 1]
