"""Do areas of a community trade over their lines, and does what is lost and charged add up?"""

import pytest

from enerwise.market.clearing import CONGESTION, FEES, LOSS
from enerwise.run.community import MARKET, Slot, begin, play
from enerwise.run.community_bids import strategy
from enerwise.run.community_market import rule_of
from tests.run.community_builders import a_community

TEXT = """\
name: Two streets
start: 2024-06-03
days: 1
history: 3
step: 1 h
prices: {import: 0.32 EUR/kWh, export: 0.08 EUR/kWh}
areas: [north, south]
lines:
  - {from: north, to: south, limit: 3 kW, loss: 5 %, fee: 2 ct/kWh}
homes:
  - {name: north, area: north, count: 3, pv: {peak: 9 kWp}}
  - {name: south, area: south, count: 3}
"""


@pytest.fixture(scope="module")
def slots() -> list[Slot]:
    community, supply = a_community(TEXT)
    run = begin(community, supply, strategy=strategy("truthful"), rule=rule_of("area", community))
    return list(play(run, 24))


def test_energy_goes_over_the_line_within_its_limit(slots: list[Slot]) -> None:
    flows = [slot.traded.clearing.flow for slot in slots if slot.traded]
    sent = [int(flow.sent_wh.max(initial=0)) for flow in flows if flow is not None]
    assert 0 < max(sent) <= 3000


def test_what_is_lost_and_charged_on_the_way_adds_up(slots: list[Slot]) -> None:
    lost = fees = 0
    for slot in slots:
        assert slot.traded is not None
        accounts_wh, accounts_ueur = slot.traded.clearing.accounts_wh, slot.traded.payments.accounts_ueur
        assert slot.traded_wh.sum() + sum(accounts_wh.values()) == 0
        assert slot.paid_ueur[MARKET].sum() + sum(accounts_ueur.values()) == 0
        assert slot.metered_wh.tolist() == (slot.traded_wh + slot.deviation_wh + slot.grid_wh).tolist()
        lost += accounts_wh.get(LOSS, 0)
        fees -= accounts_ueur.get(FEES, 0) + accounts_ueur.get(CONGESTION, 0)
    assert lost > 0
    assert fees > 0


def test_nobody_in_either_area_trades_beyond_what_they_reported(slots: list[Slot]) -> None:
    for slot in slots:
        assert slot.traded is not None
        book, clearing = slot.traded.book, slot.traded.clearing
        filled, limit = clearing.filled_wh > 0, book.price_ueur_per_kwh
        assert (clearing.price_ueur_per_kwh <= limit)[filled & book.is_buy].all()
        assert (clearing.price_ueur_per_kwh >= limit)[filled & ~book.is_buy].all()


def test_a_rule_without_lines_is_left_as_it_is() -> None:
    community, _ = a_community(TEXT)
    assert rule_of("uniform", community).name == "uniform"
