"""Trading as designed: the decision to the letter, its twin turned, and the score with its parts."""

from dataclasses import replace

import numpy as np
import pytest

from enerwise.market.mechanism import mechanism
from enerwise.run.community import begin, play_slot
from enerwise.run.community_bids import Bids, Strategy, strategy, strategy_names
from enerwise.run.community_designed import (
    EXPORT_MOST_WH,
    IMPORT_MOST_WH,
    Signal,
    as_designed,
    as_designed_corrected,
    current_and_predicted,
    score,
    signals,
)
from enerwise.run.community_outlook import Outlook
from tests.run.community_builders import a_community

RNG = np.random.default_rng(1)


@pytest.fixture(scope="module")
def outlook() -> Outlook:
    """Homes of which some have need now and plenty later, some the other way round."""
    run = begin(*a_community(), strategy=strategy("truthful"), rule=mechanism("uniform"))
    seen = list[Outlook]()

    def look(outlook: Outlook, rng: np.random.Generator) -> Bids:
        seen.append(outlook)
        return as_designed(outlook, rng)

    run.strategy = Strategy("looking", look)
    play_slot(run)
    made = seen[0]
    net_w = np.where(np.arange(made.net_w.shape[0])[:, None] % 2 == 0, 900.0, -1500.0) * np.ones(made.net_w.shape)
    net_w[:, 1:] *= -1.0
    return replace(made, net_w=net_w)


def test_the_signal_is_red_in_need_and_green_else(outlook: Outlook) -> None:
    assert signals(outlook)[:2] == [Signal.RED, Signal.GREEN]


def test_to_the_letter_falling_prices_are_bought_and_rising_ones_sold(outlook: Outlook) -> None:
    now, then = current_and_predicted(outlook)
    assert then[0] < now[0] and then[1] > now[1]
    literal, turned = as_designed(outlook, RNG), as_designed_corrected(outlook, RNG)
    assert literal.is_buy[:2].tolist() == [True, False]
    assert turned.is_buy[:2].tolist() == [False, True]


def test_only_above_75_points_anything_is_traded(outlook: Outlook) -> None:
    for decide in (as_designed, as_designed_corrected):
        bids = decide(outlook, RNG)
        points = score(outlook, bids.is_buy).total
        assert bool((points >= 0.0).all() and (points <= 100.0).all())
        assert not bids.quantity_wh[points <= 75.0].any()


def test_who_has_every_reason_trades(outlook: Outlook) -> None:
    empty = replace(outlook, energy_wh=outlook.community.batteries.energy_min_wh.copy())
    bids = as_designed(empty, RNG)
    with_battery = outlook.community.batteries.capacity_wh > 100.0
    assert bool((bids.quantity_wh[with_battery & bids.is_buy] > 0).all())
    assert bool((with_battery & bids.is_buy).any())


def test_parts_add_up_and_say_why(outlook: Outlook) -> None:
    is_buying = np.ones(outlook.energy_wh.size, np.bool_)
    parts = score(outlook, is_buying)
    assert parts.total.tolist() == (parts.spread + parts.battery + parts.need).tolist()
    assert parts.need[:2].tolist() == [15.0, 0.0]
    full = replace(outlook, energy_wh=outlook.community.batteries.energy_max_wh.copy())
    assert not score(full, is_buying).battery.any()
    flat = replace(
        outlook, net_w=np.full(outlook.net_w.shape, 500.0), buy_ueur_per_kwh=np.full(outlook.net_w.shape[1], 300_000)
    )
    assert not score(flat, is_buying).spread.any(), "a step within losses and margin earns nothing"


def test_no_order_is_beyond_battery_power_and_the_limits_of_an_interval(outlook: Outlook) -> None:
    facts, step_h = outlook.community.batteries, outlook.step_s / 3600
    for decide in (as_designed, as_designed_corrected):
        bids = decide(outlook, RNG)
        most_wh = np.where(bids.is_buy, IMPORT_MOST_WH, EXPORT_MOST_WH)
        assert bool((bids.quantity_wh <= most_wh).all())
        own_wh = np.abs(outlook.net_w[:, 0]) * step_h
        power_w = np.where(bids.is_buy, facts.charge_limit_w, facts.discharge_limit_w)
        assert bool((bids.quantity_wh <= own_wh + power_w * step_h + 1).all())
        assert bool((bids.price_ueur_per_kwh <= outlook.buy_ueur_per_kwh[0]).all())
        assert bool((bids.price_ueur_per_kwh >= outlook.sell_ueur_per_kwh[0]).all())


def test_strategies_are_plug_ins() -> None:
    assert {"as_designed", "as_designed_corrected", "marginal_value", "truthful", "zero_intelligence"} <= set(
        strategy_names()
    )
    assert all(strategy(name).name == name for name in strategy_names())
