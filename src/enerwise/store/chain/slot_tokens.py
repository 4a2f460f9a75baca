"""The contract of slot tokens as its callers see it: names of slots, rows of the market, numbers of Python.

What an operator sends can be sent again: a batch that was taken is known by its number, and sending goes on behind it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Self

from enerwise.market.merkle import Proof
from enerwise.market.tokens import MAX_ROWS, TokenRow, batches, label
from enerwise.store.chain.contract import shipped
from enerwise.store.chain.node import Node, Taken, checked


class SlotTokens:
    """The contract at an address, asked through a node that signs with one key."""

    def __init__(self, node: Node, address: str) -> None:
        """Find the contract.

        Raises:
            ChainRefused: At the address stands no contract.
            ChainSilent: The node does not answer.
        """
        self.address = address
        self._node = node
        self._named = node.functions(shipped(), address)

    @classmethod
    def deployed(cls, node: Node) -> Self:
        """Put the contract on the chain; who signs becomes its operator."""
        return cls(node, node.deploy(shipped()).contract)

    # What the operator does

    def open_slot(self, slot: str, *, settle_by_utc: datetime) -> Taken:
        """Open a slot; what holders have put aside comes back to them if it is not settled by then."""
        return self._send("open_slot", label(slot), int(settle_by_utc.timestamp()))

    def issue(self, slot: str, energy_wh: Mapping[str, int]) -> tuple[Taken, ...]:
        """Give holders tokens, by address. [Wh] Where it broke off, the same call goes on."""
        grants = [(checked(holder), amount) for holder, amount in sorted(energy_wh.items())]
        parts = list(_cut(grants, MAX_ROWS))
        first = int(self._ask("issue_count", label(slot)))
        return tuple(
            self._send("issue", label(slot), number, part) for number, part in islice(enumerate(parts), first, None)
        )

    def credit(self, holder: str, units: int) -> Taken:
        """Give a holder test units. Sent twice, it gives twice."""
        return self._send("credit", checked(holder), units)

    def settle(self, slot: str, rows: Sequence[TokenRow]) -> tuple[Taken, ...]:
        """Settle and close a slot. Where it broke off, the same call goes on.

        Raises:
            ChainRefused: Somebody has not enough tokens, or has not put enough units aside.
        """
        parts = batches(rows)
        first = int(self._ask("batch_count", label(slot)))
        return tuple(
            self._send("settle", label(slot), number, _told(part), number == len(parts) - 1)
            for number, part in islice(enumerate(parts), first, None)
        )

    def anchor(self, period: str, root: bytes) -> Taken:
        """Write down the root of a slot or a day, once."""
        return self._send("anchor", label(period), root)

    # What a holder does

    def hold(self, slot: str, units: int) -> Taken:
        """Put own units aside for a slot: the most that its settlement can take."""
        return self._send("hold", label(slot), units)

    def release(self, slot: str, holder: str) -> Taken:
        """Give a holder back what is still aside for a slot that is closed, or whose time is over."""
        return self._send("release", label(slot), checked(holder))

    def give_back(self, units: int) -> Taken:
        """Give up own free units."""
        return self._send("give_back", units)

    # What anybody asks

    def energy_wh(self, slot: str, holder: str) -> int:
        return int(self._ask("energy_wh", label(slot), checked(holder)))

    def supply_wh(self, slot: str) -> int:
        return int(self._ask("supply_wh", label(slot)))

    def free_units(self, holder: str) -> int:
        return int(self._ask("free_units", checked(holder)))

    def held_units(self, slot: str, holder: str) -> int:
        return int(self._ask("held_units", label(slot), checked(holder)))

    def is_closed(self, slot: str) -> bool:
        return bool(self._ask("is_closed", label(slot)))

    def root_of(self, period: str) -> bytes | None:
        """Return the root that was anchored for a slot or a day, or None."""
        root = bytes(self._ask("root_of", label(period)))
        return root if any(root) else None

    def verify(self, period: str, leaf: bytes, proof: Proof) -> bool:
        """Say whether a leaf stands under the root that was anchored for a slot or a day.

        Args:
            period: Its name.
            leaf: What was hashed into the tree, at most 1024 bytes.
            proof: The way from it to the root, as the ledger gives it.
        """
        return bool(self._ask("verify", label(period), leaf, proof.path, proof.is_left))

    def _ask(self, name: str, *arguments: Any) -> Any:
        return self._node.ask(self._named[name](*arguments))

    def _send(self, name: str, *arguments: Any) -> Taken:
        return self._node.send(self._named[name](*arguments))


def _told(rows: Sequence[TokenRow]) -> list[tuple[str, int, int]]:
    return [(checked(row.holder), row.energy_wh, row.units) for row in rows]


def _cut(rows: Sequence[tuple[str, int]], most: int) -> Iterator[Sequence[tuple[str, int]]]:
    yield from (rows[at : at + most] for at in range(0, len(rows), most))
