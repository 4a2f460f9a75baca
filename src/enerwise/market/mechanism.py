"""What a way of clearing is, and what it may promise; `enerwise.mechanisms` is where each has its name."""

from enum import StrEnum
from typing import Final, Protocol

from enerwise.core.plugin import load, names
from enerwise.market.book import Book
from enerwise.market.clearing import Clearing

GROUP: Final = "enerwise.mechanisms"
DEFAULT: Final = "uniform"


class Promise(StrEnum):
    """What holds for every book under a rule that says so; the contract suite tries each one."""

    LIMITS = "limits"
    """Nobody buys above, or sells below, the price of the order: individually rational at what was reported."""
    ONE_PRICE = "one_price"
    """Every fill of the slot has the same price, between the bounds that the clearing names."""
    EFFICIENT = "efficient"
    """No set of trades is worth more at the reported prices."""
    NOT_CROSSED = "not_crossed"
    """No buyer and seller are left who could still agree."""
    PRIORITY = "priority"
    """Who offers more, and at the same price who came earlier, is filled first."""
    PERMUTATION = "permutation"
    """Where an order stands in the book changes nothing."""
    SPLIT = "split"
    """Two orders in place of one, at the same price and time, are filled alike."""
    MONOTONE = "monotone"
    """Who bids more, or asks less, is filled no less."""
    NO_SURPLUS = "no_surplus"
    """What buyers pay is what sellers receive: nothing stays with the operator."""
    TRUTHFUL = "truthful"
    """Nobody gains by reporting another price than the true one."""


class Mechanism(Protocol):
    """One way of clearing a book."""

    @property
    def name(self) -> str:
        """How it is called."""
        ...

    @property
    def promises(self) -> frozenset[Promise]:
        """What holds for every book."""
        ...

    def clear(self, book: Book) -> Clearing:
        """Clear a slot; pure, and total on every book that could be built."""
        ...


def mechanism(name: str = DEFAULT) -> Mechanism:
    """Return a way of clearing with its own defaults.

    Raises:
        PluginError: There is none of that name; the message lists those there are.
    """
    made: Mechanism = load(GROUP, name)()
    return made


def mechanism_names() -> tuple[str, ...]:
    """Return the names of all ways of clearing."""
    return names(GROUP)
