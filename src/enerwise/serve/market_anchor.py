"""``anchor`` of the market file: whether and where the roots of its ledger are written down. Left out, nowhere.

anchor:
  rpc: http://localhost:8545
  contract: "0x5FbDB2315678afecb367f032d93F642f64180aa3"
  key_file: anchor.key
  every: day
"""

from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.market.anchoring import Every
from enerwise.serve.accounts.private_files import read_private
from enerwise.site.entry import Entry
from enerwise.site.values import Text, Word, Wrong
from enerwise.store.anchor import Anchor, ChainAnchor, NoAnchor
from enerwise.store.chain.node import Node
from enerwise.store.chain.slot_tokens import SlotTokens

ADDRESS_DIGITS: Final = 40


def _url(text: str) -> str:
    if urlsplit(text).scheme not in {"http", "https"} or not urlsplit(text).hostname:
        raise Wrong(f"'{text}' is not the address of a node", "write http://host:port or https://host")
    return text


def _address(text: str) -> str:
    digits = text.removeprefix("0x")
    if len(digits) != ADDRESS_DIGITS or not text.startswith("0x") or not set(digits) <= set("0123456789abcdefABCDEF"):
        raise Wrong(f"'{text}' is not the address of a contract", 'write "0x" and 40 hexadecimal digits, in quotes')
    return text


class AnchorEntry(Entry):
    """Where roots are anchored, with whose key, and how often."""

    rpc: Annotated[Text, AfterValidator(_url), Field(examples=["http://localhost:8545"])]
    contract: Annotated[
        Text, AfterValidator(_address), Field(examples=['"0x5FbDB2315678afecb367f032d93F642f64180aa3"'])
    ]
    key_file: Annotated[Text, Field(examples=["anchor.key"])]
    every: Annotated[str, Word([each.value for each in Every]), Field(examples=["day"])] = Every.DAY.value

    def how_often(self) -> Every:
        """Return how often a root is anchored."""
        return Every(self.every)


def anchor_of(entry: AnchorEntry | None, folder: Path) -> Anchor:
    """Return the anchor that a market file asks for.

    Args:
        entry: What stands there; None for nothing.
        folder: Of the file: where a key file without a path lies.

    Raises:
        ProblemsFound: The key file is not there.
        NotPrivate: Others may read the key.
    """
    if entry is None:
        return NoAnchor()
    path = folder / entry.key_file
    key = read_private(path)
    if key is None:
        remedy = "write the private key of who anchors into it, in hexadecimal"
        raise ProblemsFound("anchor", [Problem("key_file", f"{path} is not there", remedy)])
    node = Node.over_http(entry.rpc, key.decode("ascii", "replace"))
    return ChainAnchor(lambda: SlotTokens(node, entry.contract))
