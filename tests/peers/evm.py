"""A chain inside the test: py-evm carries out what contracts say, at once and in one state that can be rolled back.

    evm = Evm()
    address = evm.deploy(bytecode, sender=OPERATOR)
    evm.run(address, data, sender=OPERATOR)

Nobody signs and nobody pays; who needs that speaks to the node in chain_node.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from enerwise.store.chain import at_own_depth

with at_own_depth():
    from eth.chains.base import MiningChain
    from eth.constants import CREATE_CONTRACT_ADDRESS
    from eth.db.atomic import AtomicDB
    from eth.vm.forks.cancun import CancunVM
    from eth.vm.message import Message
    from eth.vm.transaction_context import BaseTransactionContext
    from eth_abi.abi import decode, encode
    from eth_typing import Address
    from eth_utils.abi import (
        function_abi_to_4byte_selector,
        get_abi_input_types,
        get_abi_output_types,
    )

START_S: Final = 1_790_000_000
GAS: Final = 30_000_000
"""A block of Ethereum."""
_GENESIS: Final[dict[str, Any]] = {"difficulty": 0, "gas_limit": GAS, "timestamp": START_S}
_ERROR: Final = bytes.fromhex("08c379a0")
"""How a contract tells why it will not: Error(string)."""


class Reverted(Exception):
    """The contract will not; its text is the reason, empty where the language itself refused."""


@dataclass(frozen=True, slots=True)
class Done:
    """What carrying out a call gave."""

    output: bytes
    gas: int


class Evm:
    """One state of a chain. Addresses are 20 bytes; nobody pays for gas."""

    def __init__(self) -> None:
        chain = MiningChain.configure("ChainInTest", vm_configuration=((0, CancunVM),), chain_id=1)
        self._state: Any = chain.from_genesis(AtomicDB(), _GENESIS).get_vm().state
        self._made = 1 << 64  # the first addresses belong to the machine itself

    @property
    def now_s(self) -> int:
        return int(self._state.timestamp)

    def pass_time(self, seconds: int) -> None:
        self._state.execution_context._timestamp = self.now_s + seconds

    def code(self, address: bytes) -> bytes:
        return bytes(self._state.get_code(address))

    def deploy(self, bytecode: bytes, *, sender: bytes) -> bytes:
        """Carry out a constructor and return where its contract stands."""
        self._made += 1
        address = self._made.to_bytes(20, "big")
        self._carry_out(CREATE_CONTRACT_ADDRESS, b"", sender, code=bytecode, create_address=address)
        return address

    def run(self, address: bytes, data: bytes, *, sender: bytes, value: int = 0) -> Done:
        """Call a contract.

        Raises:
            Reverted: It will not.
        """
        return self._carry_out(address, data, sender, code=self.code(address), value=value)

    def begin_transaction(self) -> None:
        """Forget what was touched before, as between two transactions: what comes next costs what it costs there.

        What came before can no longer be undone.
        """
        self._state.lock_changes()

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Undo what happens inside, also the passing of time."""
        before, now_s = self._state.snapshot(), self.now_s
        try:
            yield
        finally:
            self._state.revert(before)
            self._state.execution_context._timestamp = now_s

    def _carry_out(self, to: bytes, data: bytes, sender: bytes, *, code: bytes, value: int = 0, **more: Any) -> Done:
        message = Message(GAS, Address(to), Address(sender), value, data, code, **more)
        context = BaseTransactionContext(gas_price=0, origin=Address(sender))
        maker = self._state.computation_class
        carry_out = maker.apply_create_message if more else maker.apply_message
        computation = carry_out(self._state, message, context)
        if computation.is_error:
            raise Reverted(_reason(bytes(computation.output)))
        return Done(bytes(computation.output), computation.get_gas_used())


def asked(abi: Mapping[str, Any], arguments: Sequence[Any]) -> bytes:
    """Return a call of a function as a chain takes it."""
    function: Any = abi
    return function_abi_to_4byte_selector(function) + encode(get_abi_input_types(function), arguments)


def answered(abi: Mapping[str, Any], output: bytes) -> Any:
    """Return what a function answered: one value, or None."""
    function: Any = abi
    answer = decode(get_abi_output_types(function), output)
    return answer[0] if answer else None


def _reason(output: bytes) -> str:
    return str(decode(["string"], output[4:])[0]) if output.startswith(_ERROR) else ""
