"""Is the shipped contract what its source says, and can it do nothing but what it should?"""

from importlib.util import find_spec
from typing import Final

import pytest

from enerwise.store.chain.contract import sha256_of, shipped, source

CALLS_OTHERS: Final = {0xF0: "CREATE", 0xF1: "CALL", 0xF2: "CALLCODE", 0xF4: "DELEGATECALL", 0xF5: "CREATE2"}
DESTROYS: Final = {0xFF: "SELFDESTRUCT"}
PUSH_1, PUSH_32 = 0x60, 0x7F


def test_shipped_contract_was_compiled_from_the_source_beside_it() -> None:
    assert shipped().source_sha256 == sha256_of(source()), "slot_tokens.vy was changed: run make contract"


@pytest.mark.skipif(find_spec("vyper") is None, reason="vyper is not installed: run make contract (extra `contract`)")
def test_compiler_makes_of_the_source_what_is_shipped() -> None:
    from enerwise.store.chain.compile import compiled

    assert compiled(source()) == shipped()


def test_nothing_can_enter_again_since_no_other_contract_is_called() -> None:
    """The one call out is STATICCALL, to the SHA-256 of the machine itself (address 2), which changes nothing."""
    found = set(operations(bytes.fromhex(shipped().bytecode[2:])))
    assert not {name for byte, name in (CALLS_OTHERS | DESTROYS).items() if byte in found}


def test_no_function_takes_ether() -> None:
    assert {each["stateMutability"] for each in shipped().abi if each["type"] == "function"} == {"nonpayable", "view"}


def operations(code: bytes) -> list[int]:
    """Return the operations of bytecode, without what they push; what follows the code is read along as operations."""
    found, at = [], 0
    while at < len(code):
        found.append(code[at])
        at += 1 + (code[at] - PUSH_1 + 1 if PUSH_1 <= code[at] <= PUSH_32 else 0)
    return found
