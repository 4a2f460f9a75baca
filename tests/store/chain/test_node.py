"""Speaking to a node: real JSON-RPC over a real socket, and everything that nodes do to those who ask."""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from enerwise.core.errors import EnerwiseError
from enerwise.market.merkle import proof_of, root_of
from enerwise.market.tokens import MAX_ROWS, TokenRow, given
from enerwise.store.chain.contract import shipped
from enerwise.store.chain.node import ChainError, ChainRefused, ChainSilent, Node
from enerwise.store.chain.slot_tokens import SlotTokens

from ...peers.chain_node import ChainNode, a_node
from ...peers.ports import LOOPBACK, free_port
from .nodes import ANNA, ANNA_KEY, BEN, BEN_KEY, OPERATOR_KEY, PLACES, Place, signed_by

SLOT = "2026-03-29T00:15Z"
FAR_UTC = datetime(2100, 1, 1, tzinfo=UTC)
ROOT = bytes(range(32))


@pytest.fixture(params=PLACES, ids=lambda place: place.__name__)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    place: Place = request.param
    with place() as found:
        yield found


@pytest.fixture
def node() -> Iterator[ChainNode]:
    with a_node() as made:
        yield made


def test_a_slot_is_settled_from_the_first_unit_to_the_last(url: str) -> None:
    tokens = SlotTokens.deployed(signed_by(OPERATOR_KEY, url))
    bens = SlotTokens(signed_by(BEN_KEY, url), tokens.address)
    rows = [TokenRow(ANNA, -700, -300), TokenRow(BEN, 700, 300)]
    tokens.open_slot(SLOT, settle_by_utc=FAR_UTC)
    tokens.issue(SLOT, given(rows))
    tokens.credit(BEN, 500)
    bens.hold(SLOT, 400)
    tokens.settle(SLOT, rows)
    tokens.release(SLOT, BEN)
    bens.give_back(50)
    assert [tokens.energy_wh(SLOT, who) for who in (ANNA, BEN)] == [0, 700]
    assert [tokens.free_units(who) for who in (ANNA, BEN)] == [300, 150]
    assert tokens.held_units(SLOT, BEN) == 0
    assert tokens.supply_wh(SLOT) == 700
    assert tokens.is_closed(SLOT)


def test_what_the_contract_refuses_is_told_in_its_words(url: str) -> None:
    tokens = SlotTokens.deployed(signed_by(OPERATOR_KEY, url))
    with pytest.raises(ChainRefused, match="slot was never opened"):
        tokens.settle(SLOT, [TokenRow(ANNA, -1, 0), TokenRow(BEN, 1, 0)])
    with pytest.raises(ChainRefused, match="only the operator may"):
        SlotTokens(signed_by(ANNA_KEY, url), tokens.address).anchor("2026-03-29", ROOT)


def test_a_settlement_sent_again_is_not_taken_again(url: str) -> None:
    tokens = SlotTokens.deployed(signed_by(OPERATOR_KEY, url))
    rows = [TokenRow(ANNA, -5, 0), TokenRow(BEN, 5, 0)]
    tokens.open_slot(SLOT, settle_by_utc=FAR_UTC)
    for _ in range(2):
        tokens.issue(SLOT, given(rows))
        tokens.settle(SLOT, rows)
    assert tokens.supply_wh(SLOT) == 5
    assert tokens.energy_wh(SLOT, BEN) == 5


def test_more_rows_than_fit_go_in_several_batches_and_the_last_one_closes(url: str) -> None:
    tokens = SlotTokens.deployed(signed_by(OPERATOR_KEY, url))
    buyers = [f"0x{number:040x}" for number in range(1, MAX_ROWS + 1)]
    rows = [TokenRow(ANNA, -len(buyers), 0), *(TokenRow(buyer, 1, 0) for buyer in buyers)]
    tokens.open_slot(SLOT, settle_by_utc=FAR_UTC)
    tokens.issue(SLOT, given(rows))
    assert len(tokens.settle(SLOT, rows)) == 2
    assert tokens.is_closed(SLOT)
    assert [tokens.energy_wh(SLOT, who) for who in (ANNA, buyers[0], buyers[-1])] == [0, 1, 1]


def test_a_proof_is_verified_where_its_root_was_anchored(url: str) -> None:
    tokens = SlotTokens.deployed(signed_by(OPERATOR_KEY, url))
    leaves = [b"anna: 700 Wh", b"ben: 300 Wh", b"carl: 1 Wh"]
    tokens.anchor(SLOT, root_of(leaves))
    for index, leaf in enumerate(leaves):
        assert tokens.verify(SLOT, leaf, proof_of(leaves, index))
        assert not tokens.verify(SLOT, leaf + b"!", proof_of(leaves, index))
    assert not tokens.verify("2026-03-29", leaves[0], proof_of(leaves, 0))


def test_where_no_contract_stands_is_said(url: str) -> None:
    with pytest.raises(ChainRefused, match="stands no contract; deploy one, or correct the address"):
        SlotTokens(signed_by(OPERATOR_KEY, url), ANNA)


def test_a_node_that_is_not_there_is_silent() -> None:
    nobody = Node.over_http(f"http://{LOOPBACK}:{free_port()}", OPERATOR_KEY)
    with pytest.raises(ChainSilent, match=r"no answer \(ConnectionError\); try again later"):
        nobody.deploy(shipped())


def test_a_transaction_that_nobody_confirms_is_not_taken_for_refused(node: ChainNode) -> None:
    tokens = SlotTokens.deployed(Node.over_http(node.url, OPERATOR_KEY, taken_s=0.05, look_s=0.01))
    node.keeps_receipts_back = True
    with pytest.raises(ChainSilent, match="TimeExhausted"):
        tokens.anchor("2026-03-29", ROOT)
    assert tokens.root_of("2026-03-29") == ROOT


def test_what_fails_in_its_block_is_refused(node: ChainNode) -> None:
    tokens = SlotTokens.deployed(signed_by(OPERATOR_KEY, node.url))
    node.fails_when_taken = True
    with pytest.raises(ChainRefused, match="was taken and failed"):
        tokens.anchor("2026-03-29", ROOT)


@pytest.mark.parametrize("key", ["", "0x11", "not a key", "zz" * 32, "11" * 33, "00" * 32, "ff" * 32])
def test_a_key_that_is_none_is_refused_and_not_told(key: str) -> None:
    with pytest.raises(ChainError, match="the key of who signs is no private key") as told:
        Node.over_http("http://localhost:8545", key)
    assert not key or key not in str(told.value)
    assert told.value.__context__ is None


@pytest.mark.parametrize("address", ["", "0x12", "anna", "0x" + ANNA[2:].swapcase()])
def test_an_address_that_is_none_is_named(node: ChainNode, address: str) -> None:
    tokens = SlotTokens.deployed(signed_by(OPERATOR_KEY, node.url))
    calls: list[Callable[[], object]] = [
        lambda: tokens.free_units(address),
        lambda: SlotTokens(signed_by(OPERATOR_KEY, node.url), address),
    ]
    for call in calls:
        with pytest.raises(EnerwiseError, match="is no address"):
            call()


def test_without_web3_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "web3", None)
    monkeypatch.setitem(sys.modules, "web3.providers", None)
    with pytest.raises(ChainError, match=r"pip install 'enerwise\[chain\]'"):
        Node.over_http("http://localhost:8545", OPERATOR_KEY)
