"""A common connection: priced in the market, kept or paid for, and what scarcity takes in stays with the homes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.market.book import Book
from enerwise.market.settle import ESCROW, cash, energy, owed
from enerwise.run.community import Slot, begin, play
from enerwise.run.community_bids import strategy
from enerwise.run.community_compare import Comparison, compare
from enerwise.run.community_coupling import (
    Coupling,
    Peak,
    demand_ueur,
    shared_ueur,
    water_level_w,
    with_supplier,
)
from enerwise.run.community_ledger import keep, open_accounts
from enerwise.run.community_market import rule_of
from enerwise.serve.community_report import at_connection, losers
from enerwise.store.ledger import MemoryLedger
from tests.run.community_builders import a_community, a_text

CONNECTION = "connection: {{import_limit: 6 kW, export_limit: 9 kW, demand_charge: {charge} EUR/kW}}\n"
NAMES = ("no_market_planned", "price_curve")


def coupled_text(charge: int = 0, **wishes: int | str) -> str:
    return a_text(**wishes).replace("mechanism: uniform", "mechanism: area") + CONNECTION.format(charge=charge)  # type: ignore[arg-type]


@pytest.fixture(scope="module", params=[0, 8])
def result(request: pytest.FixtureRequest) -> Comparison:
    community, supply = a_community(coupled_text(request.param, days=2))
    return compare(community, supply, NAMES, mechanism_name="area", rule=rule_of("area", community))


def test_a_market_keeps_the_peak_below_that_without_one_and_says_so(result: Comparison) -> None:
    base, alone, curve = (result.outcomes[name] for name in ("no_market", *NAMES))
    assert curve.peak_w < alone.peak_w
    assert curve.total_eur < base.total_eur
    told = at_connection(result, "price_curve")
    assert "in place of" in told and ("peaks cost" in told) == bool(curve.demand_ueur)
    assert "without a market" in losers(result, "price_curve")


def test_what_scarcity_takes_in_is_given_back_to_the_last_micro_euro(result: Comparison) -> None:
    for each in result.outcomes.values():
        taken_in = -sum(each.tally.accounts_ueur.values())
        assert each.operator_eur == 0.0
        assert int(each.shared_ueur.sum()) == each.demand_ueur - taken_in
        assert (
            int(each.cost_ueur.sum())
            == int(each.tally.paid_ueur.sum() + each.left_ueur.sum()) + each.demand_ueur - taken_in
        )


@pytest.fixture(scope="module", params=[0, 8])
def slots(request: pytest.FixtureRequest) -> list[Slot]:
    community, supply = a_community(coupled_text(request.param))
    run = begin(community, supply, strategy=strategy("price_curve"), rule=rule_of("area", community))
    return list(play(run, 24))


def test_meters_are_traded_or_deviate_and_the_supplier_delivers_the_sum(slots: list[Slot]) -> None:
    for slot in slots:
        assert slot.metered_wh.tolist() == (slot.traded_wh + slot.deviation_wh).tolist()
        assert not slot.grid_wh.any()
        assert int(slot.settlement.traded_wh.sum()) == 0
        supplied = -int(slot.settlement.traded_wh[-1])
        assert -9000 <= supplied <= 6000, "within the connection, as it was traded"


def test_the_ledger_holds_a_community_with_its_supplier(slots: list[Slot]) -> None:
    ledger, homes = MemoryLedger(), slots[0].market.participants[:-1]
    open_accounts(ledger, homes)
    for slot in slots:
        keep(ledger, slot, slot.slot)
    balances = ledger.balances()
    for units in (("cash:", "owed:"), ("energy:",)):
        assert sum(each.net for name, each in balances.items() if name.startswith(units)) == 0
    assert balances[cash(ESCROW)].net == balances[energy(ESCROW)].net == 0
    for at, home in enumerate(homes):
        assert balances[energy(home)].net == sum(int(slot.metered_wh[at]) for slot in slots)
        paid = sum(int(slot.paid_ueur[:, at].sum()) for slot in slots)
        assert -balances[cash(home)].net - balances[owed(home)].net == paid


def test_a_rule_without_lines_is_refused_with_a_remedy() -> None:
    community, _ = a_community(coupled_text())
    with pytest.raises(ProblemsFound, match="mechanism: area"):
        rule_of("uniform", community)


@given(st.lists(st.floats(-5e3, 2e4), min_size=1, max_size=30), st.floats(0, 1e5), st.floats(0, 3e4))
def test_a_water_level_is_the_lowest_that_batteries_keep(net_w: list[float], stored_wh: float, give_w: float) -> None:
    def is_kept(level_w: float) -> bool:
        above_w = np.maximum(np.array(net_w) - level_w, 0.0)
        return bool(above_w.max() <= give_w + 1 and above_w.sum() <= stored_wh + 1)

    level_w = water_level_w(np.array(net_w), stored_wh, give_w, 1.0)
    assert is_kept(level_w)
    assert level_w <= 1e-3 or not is_kept(level_w - 5.0)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_shares_add_up(total: int, imported: list[int]) -> None:
    shares = shared_ueur(total, np.array(imported))
    assert int(shares.sum()) == (total if any(imported) else 0)


def test_a_peak_is_paid_once_a_month_and_by_the_day() -> None:
    metered, month = np.array([3000, 5000, 1000, 2000]), np.array([1, 1, 2, 2])
    all_of_it = demand_ueur(Coupling(demand_eur_per_kw=30.4375), metered, month, 24.0)
    assert all_of_it == round((5 + 2) / 24 * 2 * 1e6), "two days of each month"
    peak = Peak()
    for at, seen in ((1, 3.0), (1, 1.0), (2, 2.0)):
        peak.learn(at, seen, seen)
    assert (peak.month, peak.w) == (2, 2.0)


def test_the_supplier_asks_and_gives_at_the_far_end() -> None:
    book = Book.of([(4, 0, True, 500, 300_000)])
    made = with_supplier(book, Coupling(2000.0, 1000.0), 1, 1, 300_000, 80_000, 0.5)
    assert made.quantity_wh.tolist() == [500, 2001, 1001]
    assert (made.is_buy.tolist(), made.area.tolist()) == ([True, False, True], [0, 1, 1])
