"""Bids: curves that fall, batteries that can do what was cleared, and less risk for less profit."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.errors import EnerwiseError
from enerwise.market.wholesale.bidding import Bid, bid
from enerwise.market.wholesale.portfolio import Portfolio, Storage
from enerwise.market.wholesale.scenarios import Scenarios
from enerwise.site.assets import Battery

from .builders import SLOTS, a_portfolio, a_storage, portfolios, scenarios

FEW = settings(max_examples=25)


def rounding_eur(portfolio: Portfolio, paths: Scenarios) -> float:
    """Return what whole watt-hours, and the gap of a search for whole numbers, may be worth at most."""
    price = float(np.abs(paths.price_ueur_per_kwh).max()) + portfolio.margin_ueur_per_kwh + 1e5
    assets = len(portfolio.storages) + 1
    return 2 * assets * SLOTS * price / 1e9 + 1e-6 + 2e-4 * assets * SLOTS * 5 * price / 1e6


def levels_wh(storage: Storage, charge_wh: np.ndarray) -> np.ndarray:
    """Return the level after each slot, from where the planned day begins. Shape (scenario, slot)"""
    start_wh = storage.levels_wh(SLOTS)[0]
    return np.stack([start_wh + storage.change_wh(charge_wh[:, : slot + 1]) for slot in range(SLOTS)], axis=1)


@FEW
@given(portfolio=portfolios(), paths=scenarios(with_pv=True))
def test_curves_fall_and_have_no_more_steps_than_asked_for(portfolio: Portfolio, paths: Scenarios) -> None:
    curves = bid(portfolio, paths).curves
    for slot in range(SLOTS):
        own = curves.slot == slot
        assert 1 <= own.sum() <= portfolio.steps_most
        assert (np.diff(curves.price_from_ueur_per_kwh[own]) > 0).all()
        assert (np.diff(curves.quantity_wh[own]) < 0).all()


@FEW
@given(portfolio=portfolios(), paths=scenarios())
def test_what_is_cleared_is_feasible_for_every_battery_in_every_scenario(
    portfolio: Portfolio, paths: Scenarios
) -> None:
    made = bid(portfolio, paths)
    assert np.array_equal(made.curves.accepted_wh(paths.price_ueur_per_kwh), made.charge_wh.sum(axis=0))
    for storage, charge_wh in zip(portfolio.storages, made.charge_wh, strict=True):
        battery, level_wh = storage.battery, levels_wh(storage, charge_wh)
        most_in, most_out = storage.limit_wh(portfolio.step_s)
        assert charge_wh.max() <= most_in
        assert charge_wh.min() >= -most_out
        assert level_wh.min() >= battery.energy_min_wh - 0.1
        assert level_wh.max() <= battery.energy_max_wh + 0.1
        assert level_wh[:, -1].min() >= storage.levels_wh(SLOTS)[1] - 0.1


@FEW
@given(portfolio=portfolios(risk_ratio=0.0), paths=scenarios(with_pv=True), risk_ratio=st.sampled_from([0.2, 0.6, 1.0]))
def test_risk_costs_profit_and_buys_better_bad_days(portfolio: Portfolio, paths: Scenarios, risk_ratio: float) -> None:
    neutral, averse = bid(portfolio, paths), bid(replace(portfolio, risk_ratio=risk_ratio), paths)
    slack_eur = rounding_eur(portfolio, paths)
    assert averse.mean_eur <= neutral.mean_eur + slack_eur
    assert averse.cvar_eur >= neutral.cvar_eur - slack_eur / risk_ratio


@FEW
@given(portfolio=portfolios(), paths=scenarios(with_pv=True), seed=st.integers(0, 2**16))
def test_in_which_order_scenarios_are_told_changes_nothing(portfolio: Portfolio, paths: Scenarios, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(paths.probability.size)
    shuffled = Scenarios(paths.price_ueur_per_kwh[order], paths.probability[order], paths.pv_wh[order])
    first, second = bid(portfolio, paths), bid(portfolio, shuffled)
    for name in ("slot", "price_from_ueur_per_kwh", "quantity_wh"):
        assert np.array_equal(getattr(first.curves, name), getattr(second.curves, name))
    assert np.array_equal(first.profit_eur[order], second.profit_eur)


@FEW
@given(paths=scenarios(), portfolio=portfolios(risk_ratio=0.0))
def test_knowing_the_price_is_worth_at_least_as_much_as_a_bid(paths: Scenarios, portfolio: Portfolio) -> None:
    known = [bid(portfolio, Scenarios.equal(path[None])).mean_eur for path in paths.price_ueur_per_kwh]
    best_eur = float(np.array(known) @ paths.probability)
    assert best_eur >= bid(portfolio, paths).mean_eur - rounding_eur(portfolio, paths)


def test_a_day_known_for_certain_is_bought_low_and_sold_high() -> None:
    """5 kWh in at 20 EUR/MWh and out at 80: with sqrt(0.9) each way 4.5 kWh come back."""
    made = bid(
        a_portfolio(a_storage(start_ratio=0.0, worth_eur_per_kwh=0.0)), Scenarios.equal(np.array([[20_000, 80_000]]))
    )
    assert made.curves.quantity_wh.tolist() == [5000, -4500]
    assert made.mean_eur == pytest.approx((4500 * 80_000 - 5000 * 20_000) / 1e9)


def test_an_hour_bids_by_price_where_both_outcomes_can_be_delivered() -> None:
    """With the first hour dear or cheap as often, half a battery sells into the one and fills in the other."""
    paths = Scenarios.equal(np.array([[10_000, 50_000], [90_000, 50_000]]))
    curves = bid(a_portfolio(a_storage(worth_eur_per_kwh=0.05, round_trip_ratio=1.0)), paths).curves
    assert curves.accepted_wh(np.array([10_000, 50_000]))[0] > 4900
    assert curves.accepted_wh(np.array([90_000, 50_000]))[0] < -4900


def test_a_battery_burns_nothing_below_price_zero() -> None:
    """Full at the start and paid for taking: what it takes later it must first have given, at a worse price."""
    made = bid(a_portfolio(a_storage(start_ratio=1.0)), Scenarios.equal(np.array([[-50_000, -50_000, -50_000]])))
    level_wh = np.cumsum(np.where(made.charge_wh[0, 0] > 0, 0.9**0.5, 0.9**-0.5) * made.charge_wh[0, 0])
    assert level_wh.max() <= 4.0


def test_pv_is_sold_short_of_the_mean_where_being_short_costs() -> None:
    paths = Scenarios.equal(np.full((2, 1), 50_000), np.array([[1000.0], [3000.0]]))
    assert bid(Portfolio((), margin_ueur_per_kwh=0), paths).mean_eur == pytest.approx(0.1)
    made = bid(Portfolio((), margin_ueur_per_kwh=20_000), paths)
    assert -made.curves.quantity_wh[0] == pytest.approx(2000, abs=1000)
    assert made.mean_eur == pytest.approx(0.1 - 0.02)


def test_pv_that_can_be_turned_down_is_not_sold_below_zero() -> None:
    paths = Scenarios.equal(np.array([[-30_000], [40_000]]), np.full((2, 1), 2000.0))
    curves = bid(Portfolio((), can_curtail=True), paths).curves
    assert curves.accepted_wh(np.array([-30_000])).tolist() == [0]
    assert curves.accepted_wh(np.array([40_000])).tolist() == [-2000]


def test_the_connection_is_kept() -> None:
    portfolio = replace(a_portfolio(), import_limit_w=1000.0, export_limit_w=1500.0)
    curves = bid(portfolio, Scenarios.equal(np.array([[10_000, 90_000, 10_000, 90_000]]))).curves
    assert curves.quantity_wh.max() <= 1000
    assert curves.quantity_wh.min() >= -1500


def test_a_day_that_cannot_end_where_it_must_is_told() -> None:
    storage = a_storage(start_ratio=0.1, end_ratio=0.9)
    with pytest.raises(EnerwiseError, match="the end of the day lies too far from its start"):
        bid(a_portfolio(storage), Scenarios.equal(np.array([[10_000]])))


def test_a_battery_too_small_for_whole_watt_hours_is_told() -> None:
    tiny = Storage(Battery("toy", 4.0, 10.0, 10.0), 2.0, 2.0)
    with pytest.raises(ValueError, match="toy: a band of 4 Wh is too narrow"):
        bid(a_portfolio(tiny), Scenarios.equal(np.array([[10_000] * SLOTS])))


def test_settings_that_make_no_sense_are_refused() -> None:
    for change in ({"alpha_ratio": 1.0}, {"risk_ratio": 1.5}, {"steps_most": 0}, {"margin_ueur_per_kwh": -1}):
        with pytest.raises(ValueError, match=r"must be|needs|would"):
            replace(a_portfolio(), **change)


def test_a_bid_tells_its_mean_and_its_bad_days() -> None:
    made = Bid(bid(a_portfolio(), Scenarios.equal(np.array([[1, 2]]))).curves, np.zeros((1, 4, 2), np.int64),
               np.zeros((4, 2), np.int64), np.array([1.0, 2.0, 3.0, 6.0]), np.full(4, 0.25), 0.5)  # fmt: skip
    assert (made.mean_eur, made.cvar_eur) == (3.0, 1.5)
