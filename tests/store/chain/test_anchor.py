"""Anchors: off unless somebody sets one up, written once, and never a reason for the market to wait or to fail."""

from collections.abc import Iterator

import pytest

from enerwise.store.anchor import Anchor, Anchored, ChainAnchor, Fate, NoAnchor
from enerwise.store.chain.node import ChainSilent, Node
from enerwise.store.chain.slot_tokens import SlotTokens

from ...peers.chain_node import ChainNode, a_node
from .nodes import ANNA, ANNA_KEY, OPERATOR_KEY, PLACES, Place, signed_by

DAY = "2026-03-29"
ROOT, OTHER_ROOT = bytes(range(32)), bytes(range(1, 33))


@pytest.fixture(params=PLACES, ids=lambda place: place.__name__)
def tokens(request: pytest.FixtureRequest) -> Iterator[SlotTokens]:
    place: Place = request.param
    with place() as url:
        yield SlotTokens.deployed(signed_by(OPERATOR_KEY, url))


@pytest.fixture
def node() -> Iterator[ChainNode]:
    with a_node() as made:
        yield made


def test_nothing_is_anchored_unless_somebody_asks_for_it() -> None:
    told = NoAnchor().anchor(DAY, ROOT)
    assert told == Anchored(DAY, Fate.OFF)
    assert told.is_done


def test_a_root_is_anchored_once_and_found_again(tokens: SlotTokens) -> None:
    anchor: Anchor = ChainAnchor(lambda: tokens)
    first, again = anchor.anchor(DAY, ROOT), anchor.anchor(DAY, ROOT)
    assert (first.fate, again.fate) == (Fate.ANCHORED, Fate.STANDS)
    assert first.detail.startswith("0x")
    assert tokens.root_of(DAY) == ROOT


def test_another_root_for_the_same_day_is_told_and_alters_nothing(tokens: SlotTokens) -> None:
    anchor = ChainAnchor(lambda: tokens)
    anchor.anchor(DAY, ROOT)
    told = anchor.anchor(DAY, OTHER_ROOT)
    assert told.fate is Fate.DIFFERS
    assert not told.is_done
    assert told.detail == f"0x{ROOT.hex()} stands there, not 0x{OTHER_ROOT.hex()}"
    assert tokens.root_of(DAY) == ROOT


def test_a_silent_node_is_asked_again_later(node: ChainNode) -> None:
    address = SlotTokens.deployed(signed_by(OPERATOR_KEY, node.url)).address
    tries = iter([False, True])

    def connect() -> SlotTokens:
        if not next(tries):
            raise ChainSilent("no answer")
        return SlotTokens(signed_by(OPERATOR_KEY, node.url), address)

    anchor = ChainAnchor(connect)
    assert [anchor.anchor(DAY, ROOT).fate for _ in range(3)] == [Fate.SILENT, Fate.ANCHORED, Fate.STANDS]


def test_an_anchor_that_nobody_confirmed_is_found_the_next_time(node: ChainNode) -> None:
    tokens = SlotTokens.deployed(Node.over_http(node.url, OPERATOR_KEY, taken_s=0.05, look_s=0.01))
    anchor = ChainAnchor(lambda: tokens)
    node.keeps_receipts_back = True
    assert [anchor.anchor(DAY, ROOT).fate for _ in range(2)] == [Fate.SILENT, Fate.STANDS]


def test_who_is_not_the_operator_is_refused_and_told_why(node: ChainNode) -> None:
    address = SlotTokens.deployed(signed_by(OPERATOR_KEY, node.url)).address
    told = ChainAnchor(lambda: SlotTokens(signed_by(ANNA_KEY, node.url), address)).anchor(DAY, ROOT)
    assert told.fate is Fate.REFUSED
    assert "only the operator may" in told.detail


def test_a_contract_that_is_not_there_is_refused_and_told(node: ChainNode) -> None:
    told = ChainAnchor(lambda: SlotTokens(signed_by(OPERATOR_KEY, node.url), ANNA)).anchor(DAY, ROOT)
    assert told.fate is Fate.REFUSED
    assert "stands no contract" in told.detail


@pytest.mark.parametrize(
    "nonsense", [(200, b"<html>"), (200, b"{}"), (200, b"[]"), (503, b""), (401, b"who?"), (200, b'{"result": 1}')]
)
def test_whatever_stands_in_place_of_a_node_is_life_and_no_mistake_of_ours(
    node: ChainNode, nonsense: tuple[int, bytes]
) -> None:
    tokens = SlotTokens.deployed(signed_by(OPERATOR_KEY, node.url + "/v3/a-password"))
    node.nonsense = nonsense
    for connect in (lambda: tokens, lambda: SlotTokens(signed_by(OPERATOR_KEY, node.url), tokens.address)):
        told = ChainAnchor(connect).anchor(DAY, ROOT)
        assert told.fate in {Fate.SILENT, Fate.REFUSED}
        assert "a-password" not in told.detail
