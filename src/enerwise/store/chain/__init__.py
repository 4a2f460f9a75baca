"""Slot tokens on a chain: the contract, and how to speak to it over the JSON-RPC of a node.

`slot_tokens.vy` is the contract, `slot_tokens.json` what the compiler makes of it (`make contract`); a node needs the
extra `chain`, the compiler the extra `contract`. Escrow units are test units: nothing here is a payment.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def at_own_depth() -> Iterator[None]:
    """Import what raises the recursion limit, and put the limit back.

    py-ecc, which web3 and py-evm bring, raises it to 100 000 for the whole process. Then JSON that is nested deeply
    enough, from whatever device or person, overruns the stack and kills the process instead of being refused.
    """
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
