"""What settling in slot tokens costs on a chain, in gas, against the cheapest transaction there is: sending ether.

The shipped contract settles batches of fresh holders on py-evm. Counted is what a chain would count: the 21 000 of a
transaction, its bytes, and what the contract does; what a chain pays back for storage that becomes zero is left out.

Run: ``python bench/tokens.py``
"""

import sys
from pathlib import Path
from typing import Any, Final

from enerwise.core.time import elapsed_s
from enerwise.market.tokens import MAX_ROWS, label
from enerwise.store.chain.contract import shipped

TRANSACTION_GAS: Final = 21_000
ZERO_BYTE_GAS, BYTE_GAS = 4, 16
"""Source: Ethereum yellow paper, appendix G, G_transaction, G_txdatazero, G_txdatanonzero (since EIP-2028)."""
PAIRS: Final = (1, 10, MAX_ROWS // 2)
SLOT: Final = label("2026-03-29T00:15Z")
OPERATOR: Final = "0x" + "0a" * 20


def main() -> None:
    """Measure and print."""
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    print(f"{'':44}{'gas':>12}{'a row':>12}{'ratio':>8}  reference")
    for pairs in PAIRS:
        bought(pairs)
    contract = Contract()
    told("anchor: one root", contract.gas("anchor", SLOT, bytes(range(32))), 1)


def bought(pairs: int) -> None:
    """So many sellers sell to as many buyers, all of them new to the contract."""
    contract = Contract()
    sellers, buyers = ([f"0x{first + number:040x}" for number in range(pairs)] for first in (1 << 80, 1 << 90))
    contract.gas("open_slot", SLOT, contract.evm.now_s + 900)
    told(f"issue: {pairs} sellers", contract.gas("issue", SLOT, 0, [(who, 1000) for who in sellers]), pairs)
    for who in buyers:
        contract.gas("credit", who, 300_000)
        contract.gas("hold", SLOT, 300_000, sender=who)
    rows = [*((who, -700, -200_000) for who in sellers), *((who, 700, 200_000) for who in buyers)]
    start_s = elapsed_s()
    gas = contract.gas("settle", SLOT, 0, rows, True)
    told(f"settle: {pairs} trades, {1e3 * (elapsed_s() - start_s):.1f} ms on py-evm", gas, len(rows))


class Contract:
    """A fresh contract."""

    def __init__(self) -> None:
        from tests.peers import evm

        self._asked = evm.asked
        self.evm = evm.Evm()
        self._at = self.evm.deploy(bytes.fromhex(shipped().bytecode[2:]), sender=_bytes(OPERATOR))
        self._abi = {each["name"]: each for each in shipped().abi if each["type"] == "function"}

    def gas(self, name: str, *arguments: Any, sender: str = OPERATOR) -> int:
        """Call a function and return what a chain would count."""
        self.evm.begin_transaction()
        data = self._asked(self._abi[name], arguments)
        zeros = data.count(0)
        by_data = zeros * ZERO_BYTE_GAS + (len(data) - zeros) * BYTE_GAS
        return TRANSACTION_GAS + by_data + self.evm.run(self._at, data, sender=_bytes(sender)).gas


def told(what: str, gas: int, rows: int) -> None:
    """Print one line."""
    print(f"{what:44}{gas:12,}{gas // rows:12,}{gas / rows / TRANSACTION_GAS:8.2f}  sending ether, a row")


def _bytes(address: str) -> bytes:
    return bytes.fromhex(address[2:])


if __name__ == "__main__":
    main()
