"""A foreign node: Anvil of the Foundry project, on a free loopback port, with accounts that have something to pay with.

It comes from npm (`make contract` fetches it) or from wherever PATH finds it.
"""

import json
import shutil
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from .ports import LOOPBACK, free_port, wait_for
from .processes import running

PROGRAM: Final = shutil.which("anvil") or ""
NEEDS: Final = "the foreign node is Anvil: run make contract, or put anvil on PATH"
PATIENCE_S: Final = 20.0
ONE_ETHER: Final = 10**18


@dataclass(frozen=True, slots=True)
class Anvil:
    """A running node."""

    url: str

    def ask(self, method: str, *params: Any) -> Any:
        """Ask it by hand, past what is tested."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return json.load(answer)["result"]


@contextmanager
def an_anvil(rich: Sequence[str] = ()) -> Iterator[Anvil]:
    """Run a node until the block ends; these addresses have an ether each."""
    port = free_port()
    with running([PROGRAM, "--host", LOOPBACK, "--port", str(port), "--silent"]):
        wait_for(port, limit_s=PATIENCE_S)
        node = Anvil(f"http://{LOOPBACK}:{port}")
        for address in rich:
            node.ask("anvil_setBalance", address, hex(ONE_ETHER))
        yield node
