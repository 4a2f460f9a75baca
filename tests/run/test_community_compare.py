"""Is the same community comparable under several strategies, and is the bound a bound?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.market.mechanism import mechanism
from enerwise.run.community import BALANCING, NO_MARKET
from enerwise.run.community_compare import OPTIMUM, Comparison, compare, known_names
from enerwise.run.community_tally import gini
from tests.run.community_builders import a_community


@pytest.fixture(scope="module")
def result() -> Comparison:
    community, supply = a_community(count=8, days=2)
    return compare(community, supply, known_names(), mechanism_name="uniform", rule=mechanism("uniform"))


def test_no_strategy_pays_less_than_the_optimum(result: Comparison) -> None:
    assert result.optimum is not None
    for name, each in result.outcomes.items():
        assert each.total_eur >= result.optimum.cost_eur - 1e-3
        assert (result.captured_ratio(name) or 0.0) <= 1.0


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 100))
def test_the_optimum_is_a_bound_for_any_community(seed: int) -> None:
    community, supply = a_community(count=5, seed=seed)
    names = (OPTIMUM, "marginal_value")
    result = compare(community, supply, names, mechanism_name="uniform", rule=mechanism("uniform"))
    assert result.optimum is not None
    assert all(each.total_eur >= result.optimum.cost_eur - 1e-3 for each in result.outcomes.values())
    assert result.optimum.price_eur_per_kwh.min() >= 0.08 - 1e-9
    assert result.optimum.price_eur_per_kwh.max() <= 0.32 + 1e-9


def test_trading_gains_and_gains_are_who_pays_less(result: Comparison) -> None:
    gain = result.gain_ueur("marginal_value")
    kept_eur = result.outcomes["marginal_value"].operator_eur
    assert kept_eur >= 0.0, "what deviations take in beyond what balancing them costs"
    assert result.welfare_eur("marginal_value") == pytest.approx(gain.sum() / 1e6 + kept_eur)
    assert result.welfare_eur("marginal_value") > 0.0
    assert result.welfare_eur("marginal_value") > result.welfare_eur("zero_intelligence")
    assert (result.gain_ueur(NO_MARKET) == 0).all()


def test_bills_are_whole_and_add_up(result: Comparison) -> None:
    for each in result.outcomes.values():
        tally = each.tally
        assert each.cost_ueur.dtype == np.int64
        assert tally.paid_ueur.sum() + each.left_ueur.sum() == each.cost_ueur.sum()
        assert tally.slot_count == result.community.grid.step_count
    assert not result.base.tally.paid_ueur[BALANCING].any()


def test_the_same_homes_use_the_same_whoever_trades(result: Comparison) -> None:
    used = {name: each.tally.used_wh for name, each in result.outcomes.items()}
    # Vehicles may be charged a little later at the very end; loads are the same.
    assert max(used.values()) - min(used.values()) < 0.1 * used[NO_MARKET]


def test_gains_spread_evenly_have_no_gini() -> None:
    assert gini(np.ones(5)) == pytest.approx(0.0)
    assert gini(np.array([-3.0, 0.0, 0.0])) == 0.0
    assert 0.0 < gini(np.array([1.0, 2.0, 3.0])) < gini(np.array([0.0, 0.0, 3.0])) < 1.0
