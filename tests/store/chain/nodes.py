"""Nodes to speak to, with their keys: one in the test, and a foreign one where it is installed."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final

from enerwise.store.chain.node import Node

from ...peers import anvil
from ...peers.chain_node import a_node, address_of

OPERATOR_KEY: Final = "0x" + "11" * 32
ANNA_KEY: Final = "0x" + "22" * 32
BEN_KEY: Final = "0x" + "33" * 32
KEYS: Final = (OPERATOR_KEY, ANNA_KEY, BEN_KEY)
ANNA, BEN = address_of(ANNA_KEY), address_of(BEN_KEY)
QUICK_S: Final = 0.01


@contextmanager
def in_test() -> Iterator[str]:
    with a_node() as node:
        yield node.url


@contextmanager
def foreign() -> Iterator[str]:
    with anvil.an_anvil(rich=[address_of(key) for key in KEYS]) as node:
        yield node.url


Place = Callable[[], AbstractContextManager[str]]
PLACES: Final[tuple[Place, ...]] = (in_test, foreign) if anvil.PROGRAM else (in_test,)


def signed_by(key: str, url: str) -> Node:
    """Return a node that is looked at often, so that no test waits for the next look."""
    return Node.over_http(url, key, look_s=QUICK_S)
