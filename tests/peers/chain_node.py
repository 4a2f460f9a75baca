"""A node of a chain in the test: JSON-RPC over HTTP on a loopback port, and py-evm behind it.

    with a_node() as node:
        Node.over_http(node.url, key)

Every transaction gets a block of its own at once, and nobody pays for gas. It can be told to fail as nodes fail.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from enerwise.store.chain import at_own_depth

from .evm import Evm, Reverted
from .ports import LOOPBACK

with at_own_depth():
    from eth_account import Account
    from eth_account.typed_transactions.typed_transaction import TypedTransaction
    from eth_utils.crypto import keccak
    from hexbytes import HexBytes

CHAIN_ID: Final = 1
_NO_LOGS: Final = "0x" + "00" * 256


class Refusal(Exception):
    """An error of JSON-RPC."""

    def __init__(self, message: str, code: int = -32000) -> None:
        super().__init__(message)
        self.error = {"code": code, "message": message}


class ChainNode:
    """What the node knows: one EVM, nonces by sender, receipts by transaction."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.evm = Evm()
        self.keeps_receipts_back = False
        """Transactions are taken, and nobody is told."""
        self.fails_when_taken = False
        """What passed the trial fails in its block, as when somebody else was first."""
        self.nonsense: tuple[int, bytes] | None = None
        """Status and body of every answer, where something else has taken its place."""
        self._nonces: dict[str, int] = {}
        self._receipts: dict[str, dict[str, Any]] = {}

    def answer(self, method: str, params: list[Any]) -> Any:
        known: dict[str, Callable[..., Any]] = {
            "eth_chainId": lambda: hex(CHAIN_ID),
            "eth_maxPriorityFeePerGas": lambda: hex(0),
            "eth_getBlockByNumber": lambda *_: self._block(),
            "eth_getTransactionCount": lambda who, _: hex(self._nonces.get(who.lower(), 0)),
            "eth_getCode": lambda address, _: "0x" + self.evm.code(_bytes(address)).hex(),
            "eth_call": lambda call, _: self._tried(call)[0],
            "eth_estimateGas": lambda call, *_: hex(self._tried(call)[1]),
            "eth_sendRawTransaction": self._taken,
            "eth_getTransactionReceipt": lambda sent: None if self.keeps_receipts_back else self._receipts.get(sent),
        }
        if method not in known:
            raise Refusal(f"the method {method} does not exist", -32601)
        return known[method](*params)

    def _block(self) -> dict[str, str]:
        return {
            "number": hex(len(self._receipts)),
            "timestamp": hex(self.evm.now_s),
            "baseFeePerGas": hex(0),
            "gasLimit": hex(30_000_000),
        }

    def _tried(self, call: dict[str, Any]) -> tuple[str, int]:
        with self.evm.trial():
            output, gas, _ = self._carried_out(
                call["from"], call.get("to"), call["data"], int(call.get("value", "0x0"), 16)
            )
        return output, gas + 100_000  # with room for what a transaction costs by itself

    def _taken(self, raw: str) -> str:
        transaction = TypedTransaction.from_bytes(HexBytes(raw))
        signed: Any = transaction.as_dict()
        sender = Account.recover_transaction(raw).lower()
        if signed["nonce"] != self._nonces.get(sender, 0) or signed["chainId"] != CHAIN_ID:
            raise Refusal("nonce or chain is another one")
        self._nonces[sender] = signed["nonce"] + 1
        sent = "0x" + keccak(hexstr=raw).hex()
        self._receipts[sent] = self._receipt(sent, sender, signed)
        return sent

    def _receipt(self, sent: str, sender: str, signed: Any) -> dict[str, Any]:
        to = signed["to"].hex() if signed["to"] else None
        made, gas = None, signed["gas"]
        if not self.fails_when_taken:
            _, gas, made = self._carried_out(sender, to, signed["data"].hex(), signed["value"])
        return {
            "transactionHash": sent,
            "status": hex(not self.fails_when_taken),
            "blockNumber": hex(len(self._receipts) + 1),
            "gasUsed": hex(gas),
            "contractAddress": made,
            "logs": [],
            "logsBloom": _NO_LOGS,
        }

    def _carried_out(self, sender: str, to: str | None, data: str, value: int) -> tuple[str, int, str | None]:
        try:
            if to is None:
                return "0x", 0, "0x" + self.evm.deploy(_bytes(data), sender=_bytes(sender)).hex()
            done = self.evm.run(_bytes(to), _bytes(data), sender=_bytes(sender), value=value)
        except Reverted as problem:
            raise Refusal(f"execution reverted: {problem}", 3) from problem
        return "0x" + done.output.hex(), done.gas, None


@contextmanager
def a_node() -> Iterator[ChainNode]:
    """Run a node on a free port until the block ends."""
    server = ThreadingHTTPServer((LOOPBACK, 0), _Handler)
    server.node = ChainNode(f"http://{LOOPBACK}:{server.server_port}")  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.node  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        node: ChainNode = self.server.node  # type: ignore[attr-defined]
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": asked["id"]}
        try:
            answer["result"] = node.answer(asked["method"], asked["params"])
        except Refusal as problem:
            answer["error"] = problem.error
        status, body = node.nonsense or (200, json.dumps(answer).encode())
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Say nothing."""


def address_of(key: str) -> str:
    """Return whose key this is."""
    return str(Account.from_key(key).address)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
