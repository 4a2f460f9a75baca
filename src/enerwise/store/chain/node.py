"""A node of a chain, asked over JSON-RPC and with one key; web3 does the speaking.

A transaction is tried first: what the contract would refuse is never sent and costs nothing. One that was sent is
waited for. Where the node falls silent after sending, the transaction may still be taken: whoever sends again asks
first, and the numbers of batches and the roots that are written once see to it that nothing counts twice.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import urlsplit

from enerwise.core.errors import EnerwiseError
from enerwise.store.chain import at_own_depth
from enerwise.store.chain.contract import Contract

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount
    from eth_typing import ChecksumAddress
    from web3.contract.contract import ContractConstructor, ContractFunction
    from web3.providers import BaseProvider

ANSWER_S: Final = 10.0
"""How long one answer of a node may take."""
TAKEN_S: Final = 120.0
"""How long a transaction may wait for its block: ten blocks of the slowest chains in wide use."""
LOOK_S: Final = 0.5
NO_WEB3: Final = "speaking to a chain needs web3, which is not installed: pip install 'enerwise[chain]'"


class ChainError(EnerwiseError):
    """A chain that did not do what it was asked to."""


class ChainRefused(ChainError):
    """The contract or the node says no; nothing was changed."""


class ChainSilent(ChainError):
    """No answer in time; a transaction that was sent may still be taken."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A transaction that stands in a block."""

    transaction: str
    block: int
    gas: int
    contract: str = ""
    """Address of the contract, if the transaction made one."""


class Node:
    """One node, one key. Safe for one caller at a time."""

    def __init__(self, provider: "BaseProvider", key: str, *, taken_s: float = TAKEN_S, look_s: float = LOOK_S) -> None:
        try:
            with at_own_depth():
                from web3 import Web3
        except ModuleNotFoundError as problem:
            raise ChainError(NO_WEB3) from problem
        self._web3 = Web3(provider)
        self._account = _signer(key)
        self._taken_s = taken_s
        self._look_s = look_s
        self._place = _place(str(getattr(provider, "endpoint_uri", "")))

    @classmethod
    def over_http(
        cls, url: str, key: str, *, answer_s: float = ANSWER_S, taken_s: float = TAKEN_S, look_s: float = LOOK_S
    ) -> Self:
        """Return the node that listens at a URL.

        Args:
            url: ``http://localhost:8545``.
            key: Private key of who signs, 32 bytes in hexadecimal. It stays in memory and is never told.
            answer_s: How long one answer may take. [s]
            taken_s: How long a transaction may wait for its block. [s]
            look_s: How long between two looks for it. [s]

        Raises:
            ChainError: The key is none, or web3 is not installed.
        """
        try:
            with at_own_depth():
                from web3.providers import HTTPProvider
        except ModuleNotFoundError as problem:
            raise ChainError(NO_WEB3) from problem
        # Retrying is up to the caller: a transaction that was sent is not sent again unasked.
        provider = HTTPProvider(url, request_kwargs={"timeout": answer_s}, exception_retry_configuration=None)
        return cls(provider, key, taken_s=taken_s, look_s=look_s)

    @property
    def address(self) -> str:
        """Who signs."""
        return str(self._account.address)

    def deploy(self, contract: Contract) -> Taken:
        """Put a contract on the chain; its address is in the answer."""
        return self.send(self._web3.eth.contract(abi=contract.abi, bytecode=contract.bytecode).constructor())

    def functions(self, contract: Contract, address: str) -> Any:
        """Return what can be asked of a contract at an address, by name.

        Raises:
            ChainRefused: At the address stands no contract.
        """
        at = checked(address)
        with self._asking():
            code = self._web3.eth.get_code(at)
        if not code:
            raise ChainRefused(f"{self._place}: at {address} stands no contract; deploy one, or correct the address")
        return self._web3.eth.contract(address=at, abi=contract.abi).functions

    def ask(self, function: "ContractFunction") -> Any:
        """Return what a function of a contract answers; changes nothing."""
        with self._asking():
            return function.call({"from": self._account.address})

    def send(self, call: "ContractFunction | ContractConstructor") -> Taken:
        """Call a function of a contract and wait until it stands in a block.

        Raises:
            ChainRefused: The contract would not have it, or had it and failed.
            ChainSilent: No answer in time.
        """
        with self._asking():
            eth = self._web3.eth
            nonce = eth.get_transaction_count(self._account.address, "pending")
            draft: Any = call.build_transaction({"from": self._account.address, "nonce": nonce})
            sent = eth.send_raw_transaction(self._account.sign_transaction(draft).raw_transaction)
            receipt = eth.wait_for_transaction_receipt(sent, timeout=self._taken_s, poll_latency=self._look_s)
        if receipt["status"] != 1:
            raise ChainRefused(f"{self._place}: transaction 0x{sent.hex()} was taken and failed")
        return Taken(
            f"0x{sent.hex()}", receipt["blockNumber"], receipt["gasUsed"], str(receipt["contractAddress"] or "")
        )

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Tell what web3 and the network raise in two words: refused, silent."""
        from requests.exceptions import RequestException
        from web3.exceptions import TimeExhausted, Web3Exception

        try:
            yield
        except (TimeExhausted, RequestException, JSONDecodeError, OSError) as problem:
            raise ChainSilent(f"{self._place}: no answer ({type(problem).__name__}); try again later") from problem
        except Web3Exception as problem:
            raise ChainRefused(f"{self._place}: {_reason(problem)}") from problem


def _place(url: str) -> str:
    """Return where a node is, without what follows: rented nodes carry their password in the path."""
    parts = urlsplit(url)
    return f"node {parts.hostname}:{parts.port}" if parts.port else f"node {parts.hostname or 'of the chain'}"


def checked(address: str) -> "ChecksumAddress":
    """Return an address in the spelling that carries its checksum.

    Raises:
        ChainRefused: It is no address, or its capitals do not fit.
    """
    with at_own_depth():
        from web3 import Web3

    is_plain = address[2:] in {address[2:].lower(), address[2:].upper()}
    if not Web3.is_address(address) or not (is_plain or Web3.is_checksum_address(address)):
        raise ChainRefused(f"{address!r} is no address: 0x and 40 hexadecimal digits, capitals as they were given")
    return Web3.to_checksum_address(address)


def _signer(key: str) -> "LocalAccount":
    with at_own_depth():
        from eth_account import Account

    account: LocalAccount | None = None
    with suppress(ValueError):
        account = Account.from_key(bytes.fromhex(key.strip().removeprefix("0x")))
    if account is None:  # told from here, so that no traceback carries the key along
        raise ChainError(
            "the key of who signs is no private key: 32 bytes in hexadecimal, below the order of the curve"
        )
    return account


def _reason(problem: Exception) -> str:
    text = str(getattr(problem, "message", None) or problem)
    return text.removeprefix("execution reverted: ")
