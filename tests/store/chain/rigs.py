"""The contract of slot tokens on two machines: as shipped on py-evm, and compiled anew on titanoboa.

Both say the same words, so that each claim is tried on each; titanoboa and the compiler come with the extra `contract`,
which needs an environment of its own (`make contract`).
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from typing import Any, Final, Protocol

from enerwise.market.tokens import label
from enerwise.store.chain.contract import shipped, source

from ...peers.evm import Evm, Reverted, answered, asked

OPERATOR: Final = "0x" + "0a" * 20
HOLDERS: Final = tuple("0x" + f"{number:02x}" * 20 for number in range(0xA1, 0xA5))
ANNA, BEN, CARL, DORA = HOLDERS
SLOT: Final = label("2026-03-29T00:15Z")
OTHER_SLOT: Final = label("2026-03-29T00:30Z")
DAY: Final = label("2026-03-29")
NO_TITANOBOA: Final = "titanoboa and vyper are not installed: run make contract (extra `contract`)"


class Rig(Protocol):
    """A fresh contract on some machine; `Reverted` says that it will not."""

    @property
    def now_s(self) -> int: ...

    def call(self, name: str, *arguments: Any, sender: str = OPERATOR) -> Any: ...

    def pass_time(self, seconds: int) -> None: ...

    def trial(self) -> AbstractContextManager[None]: ...


class OnPyEvm:
    """The shipped contract on py-evm."""

    def __init__(self) -> None:
        contract = shipped()
        self.evm = Evm()
        self.address = self.evm.deploy(bytes.fromhex(contract.bytecode[2:]), sender=_bytes(OPERATOR))
        self._abi = {each["name"]: each for each in contract.abi if each["type"] == "function"}

    @property
    def now_s(self) -> int:
        return self.evm.now_s

    def call(self, name: str, *arguments: Any, sender: str = OPERATOR) -> Any:
        abi = self._abi[name]
        return answered(abi, self.evm.run(self.address, asked(abi, arguments), sender=_bytes(sender)).output)

    def pass_time(self, seconds: int) -> None:
        self.evm.pass_time(seconds)

    def trial(self) -> AbstractContextManager[None]:
        return self.evm.trial()


class OnTitanoboa:
    """The contract, compiled from its source, on titanoboa."""

    def __init__(self) -> None:
        import boa

        self._boa = boa
        with boa.env.prank(OPERATOR):
            self._contract = boa.loads(source())

    @property
    def now_s(self) -> int:
        return int(self._boa.env.timestamp)

    def call(self, name: str, *arguments: Any, sender: str = OPERATOR) -> Any:
        try:
            return getattr(self._contract, name)(*arguments, sender=sender)
        except self._boa.BoaError as problem:
            raise Reverted(_last(problem)) from problem

    def pass_time(self, seconds: int) -> None:
        self._boa.env.time_travel(seconds=seconds)

    @contextmanager
    def trial(self) -> Iterator[None]:
        with self._boa.env.anchor():
            yield


HAS_TITANOBOA: Final = find_spec("boa") is not None
RIGS: Final[tuple[type[Rig], ...]] = (OnPyEvm, OnTitanoboa) if HAS_TITANOBOA else (OnPyEvm,)


def open_slot(rig: Rig, slot: bytes = SLOT, *, for_s: int = 900) -> None:
    rig.call("open_slot", slot, rig.now_s + for_s)


def _bytes(address: str) -> bytes:
    return bytes.fromhex(address[2:])


def _last(problem: Any) -> str:
    """Return the reason that the contract gave; what the language refuses by itself has none."""
    reason = str(problem.stack_trace.last_frame.pretty_vm_reason)
    return "" if reason.startswith("Revert(") else reason
