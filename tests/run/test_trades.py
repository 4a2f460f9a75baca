"""What was traded moves the machines within its slot, and nothing else does: played on twins on a virtual clock."""

import asyncio
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.agents.lease import Deed, Lease
from enerwise.core.event import Kind
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import Instant, TimeGrid, VirtualClock, instant
from enerwise.core.units import FloatArray
from enerwise.devices.port import Readings
from enerwise.devices.supply import Supply
from enerwise.guard import Signal
from enerwise.market.product import Slot
from enerwise.run.cycle import turn
from enerwise.run.leases import MANUAL, Choice
from enerwise.run.loop import settle
from enerwise.run.trades import METER, MOST, NotTraded, Trade, Trades, counted_wh
from enerwise.run.world import World, simulated
from enerwise.serve.market_meters import metered_wh
from enerwise.site.site import Control, Site
from enerwise.store.memory import MemoryStore
from tests.builders import a_battery, a_load, a_pv, a_site
from tests.run.builders import Saying, kinds_behind

START = instant("2024-07-01T20:00Z")
MINUTE_S = 60
SLOT = Slot(START + np.timedelta64(900_000, "ms"), 900)
"""The second of two quarter-hours that are played."""
EVENING_W = np.full(30, 600.0)


def sold(traded_wh: int = -400, **more: Any) -> Trade:
    facts = {"market": "street", "slot_start_utc": SLOT.start_utc, "length_s": SLOT.length_s, "trade_count": 1}
    return Trade(traded_wh=traded_wh, **{**facts, **more})


def a_home(mode: str = "self_consumption", **battery: Any) -> Site:
    control = Control(mode=mode, step_s=MINUTE_S)
    return a_site(a_pv(), a_battery(**battery), a_load(), control=control)


def a_world(
    site: Site | None = None,
    *,
    load_w: FloatArray = EVENING_W,
    start_soc_ratio: float = 0.6,
    trades: Trades | None = None,
) -> World:
    grid = TimeGrid(START, MINUTE_S, load_w.size)
    supply = Supply(grid, {"home": load_w}, {"roof": np.zeros(load_w.size)})
    world = simulated(site or a_home(), supply, MemoryStore(), seed=1, start_soc_ratio=start_soc_ratio)
    world.trades = trades or Trades()
    return world


def play(world: World, minutes: int = 30, *, begin: int = 0) -> None:
    """Turn after turn, as a live site runs them: nothing is flushed before it is decided."""

    async def go() -> None:
        assert isinstance(world.clock, VirtualClock)
        for minute in range(begin, begin + minutes):
            world.clock.jump_to(_at(minute))
            await turn(world)
        world.clock.jump_to(_at(begin + minutes))
        await settle(world, _at(begin + minutes))

    asyncio.run(go())


def _at(minute: int) -> Instant:
    return START + np.timedelta64(minute * 60_000, "ms")


def counted(world: World, slot: Slot = SLOT) -> int:
    energy_wh = metered_wh(world.store, slot, MINUTE_S)
    assert energy_wh is not None
    return energy_wh


def level_wh(world: World) -> float:
    return float(world.devices.state.energy_wh[0])  # type: ignore[attr-defined]


# ---------------------------------------------------------------------------------------------------------------
# What was traded is delivered


@pytest.mark.parametrize("traded_wh", [-800, -400, -50, 300, 900])
def test_the_meter_of_a_slot_comes_nearer_to_what_was_traded(traded_wh: int) -> None:
    without, with_it = a_world(), a_world(trades=Trades((sold(traded_wh),)))
    play(without)
    play(with_it)
    before, after = (abs(counted(each) - traded_wh) for each in (without, with_it))
    assert before >= 50, "by itself the home keeps the connection at zero"
    assert after <= 2, "the battery makes good for the rest"
    quarter_before = Slot(START, 900)
    assert counted(with_it, quarter_before) == counted(without, quarter_before), "and nothing before its time"


def test_what_the_home_takes_without_warning_is_made_good_within_the_slot() -> None:
    """The site learns of its load a minute late, so that only what the meter has counted can put things right."""
    load_w = EVENING_W.copy()
    load_w[18:24] = 3000.0

    def late(readings: Readings, now: Instant) -> Readings:
        before = max(int((now - START) / np.timedelta64(1, "m")) - 1, 0)
        seen_w = float(load_w[min(before, 29)])
        home = Key("home", POWER_W)
        live = [replace(each, value=seen_w) if each.key == home else each for each in readings.live]
        return replace(readings, live=tuple(live))

    off_wh = {}
    for trades in (Trades(), Trades((sold(-400),))):
        world = a_world(load_w=load_w, trades=trades)
        world.devices = Saying(world.devices, late)
        play(world)
        off_wh[bool(trades.held)] = abs(counted(world) + 400)
    assert off_wh[False] >= 395, "by itself the home keeps the connection at zero, or nearly so"
    assert off_wh[True] <= 2


def test_a_site_process_that_was_restarted_within_the_slot_goes_on_where_the_meter_was() -> None:
    first = a_world(trades=Trades((sold(-400),)))
    play(first, 22)
    kept = Trades.from_bytes(first.trades.to_bytes())
    supply = Supply(TimeGrid(_at(22), MINUTE_S, 8), {"home": np.full(8, 600.0)}, {"roof": np.zeros(8)})
    after = simulated(a_home(), supply, first.store, seed=2, start_soc_ratio=level_wh(first) / 13_500.0)
    after.trades = kept
    play(after, 8, begin=22)
    assert abs(counted(after) + 400) <= 2


def test_trades_of_two_markets_in_one_slot_add_up() -> None:
    world = a_world(trades=Trades((sold(-400), sold(-100, market="village"))))
    play(world)
    assert abs(counted(world) + 500) <= 2


def test_the_reason_is_on_record_and_leads_back_to_what_the_market_told() -> None:
    world = a_world(trades=Trades((sold(-400, cause="h/1/d1", halted="repair"),)))
    play(world, 20)
    verdict = world.store.events(kind=Kind.JUDGED, subject="battery", limit=1)[0]
    wish = next(
        each
        for each in world.store.events(kind=Kind.PROPOSED, subject="battery", limit=4)
        if each.payload["agent"] == "market"
    )
    assert verdict.payload["agent"] == "market", "whose band decided is whose reason it is"
    assert (wish.payload["reason"], wish.cause[0]) == ("sold_ahead", "h/1/d1")
    facts: Any = wish.payload["facts"]
    assert (facts["traded_wh"], facts["halted"]) == (-400.0, "repair")


# ---------------------------------------------------------------------------------------------------------------
# What wins over a trade


@pytest.mark.parametrize(("own", "told"), [(0.5, 0.0), (0.0, 0.5), (0.5, 0.3), (0.0, 0.0)])
@pytest.mark.parametrize("soc", [0.51, 0.45])
def test_no_trade_takes_a_battery_below_a_reserve(soc: float, own: float, told: float) -> None:
    """Neither below that of the site file nor below that of the market file; what is below already stays there."""
    sale = sold(-1200, slot_start_utc=START, reserve_ratio=told)
    world = a_world(
        a_home(reserve_ratio=own), load_w=np.zeros(15), start_soc_ratio=soc, trades=Trades((sale,))
    )  # fmt: skip
    before_wh = level_wh(world)
    play(world, 15)
    kept_wh = 13_500.0 * max(own, told, 0.10)
    assert level_wh(world) >= min(kept_wh, before_wh) - 0.1
    if not own and not told:
        assert level_wh(world) < before_wh - 1200.0, "without a reserve it is delivered"


def test_a_stop_wins_over_a_trade() -> None:
    world = a_world(trades=Trades((sold(-400),)))
    play(world, 15)
    world.guard.signal(Signal.STOP)
    before_wh = level_wh(world)
    play(world, 15, begin=15)
    assert level_wh(world) == pytest.approx(before_wh, abs=1.0)
    assert counted(world) == 150, "the home takes what it takes from the grid"


@pytest.mark.parametrize("late_s", [900, 901, 3600])
def test_a_trade_ends_with_its_slot(late_s: int) -> None:
    over = sold(-400, slot_start_utc=START - np.timedelta64(late_s * 1000, "ms"))
    world, quiet = a_world(trades=Trades((over,))), a_world()
    assert world.trades.running(START) == ()
    play(world)
    play(quiet)
    assert counted(world) == counted(quiet) == 0
    assert not [e for e in world.store.events(kind=Kind.PROPOSED) if e.payload["agent"] == "market"]


def test_people_win_over_a_trade() -> None:
    rest = Lease("l1", "battery", Deed.REST, START, _at(30), "ada")
    world = a_world(trades=Trades((sold(-400),)))
    world.leases = world.leases.with_lease(rest, START)
    play(world)
    assert counted(world) == 150


def test_by_hand_a_trade_moves_nothing() -> None:
    world = a_world(trades=Trades((sold(-400),)))
    world.leases = replace(world.leases, choice=Choice(MANUAL))
    play(world)
    assert counted(world) == 150


def test_who_lets_a_battery_charge_only_is_not_made_to_discharge() -> None:
    world = a_world(a_home("charge_only"), trades=Trades((sold(-400),)))
    before_wh = level_wh(world)
    play(world)
    assert level_wh(world) == pytest.approx(before_wh, abs=1.0)


def test_no_trade_breaks_the_limit_of_the_connection() -> None:
    world = a_world(a_home(charge_limit_w=20_000.0, capacity_wh=40_000.0), trades=Trades((sold(2250),)))
    play(world)
    grid = world.store.read(METER, START, _at(30)).value
    assert grid.max() <= 9000.0 + 1.0


def test_a_site_that_does_not_know_its_own_power_is_not_moved_for_a_trade() -> None:
    world = a_world(trades=Trades((sold(-400),)))
    world.devices._supply.load_w["home"][15:] = math.nan  # type: ignore[attr-defined]
    play(world, 15)
    play(world, 1, begin=15)
    said = world.store.events(kind=Kind.PROPOSED, start_utc=_at(15))
    assert "market" not in {each.payload["agent"] for each in said}


# ---------------------------------------------------------------------------------------------------------------
# What is kept

trades = st.builds(
    sold,
    st.integers(-1000, 1000),
    market=st.sampled_from(["street", "village"]),
    trade_count=st.integers(1, 4),
)


@given(st.lists(trades, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_arrival_decides_nothing_and_twice_is_once(told: list[Trade], shuffle: Any) -> None:
    # A market that says two things of the same trades contradicts itself; here it does not.
    told = list({(each.market, each.trade_count): each for each in told}.values())
    again = [*told, *told]
    shuffle.shuffle(again)
    newest = {each.market: each for each in sorted(told, key=lambda each: each.trade_count)}
    found = Trades()
    for each in again:
        found = found.with_trade(each, START)
    assert {each.market: each for each in found.held} == newest
    assert Trades.from_bytes(found.to_bytes()) == found


def test_who_contradicts_what_was_told_is_refused() -> None:
    held = Trades().with_trade(sold(-400), START)
    with pytest.raises(NotTraded, match="came to -400 Wh, and now to -500 Wh"):
        held.with_trade(sold(-500), START)
    longer = sold(-500, market="hourly", slot_start_utc=START, length_s=3600)
    with pytest.raises(NotTraded, match="overlaps"):
        held.with_trade(longer, START)


def test_there_are_only_so_many_and_what_is_over_goes() -> None:
    def later(count: int) -> Trade:
        return sold(slot_start_utc=SLOT.start_utc + np.timedelta64(count * 900_000, "ms"))

    held = Trades(tuple(later(count) for count in range(MOST)))
    with pytest.raises(NotTraded, match="512"):
        held.with_trade(later(MOST), START)
    end = later(MOST).slot_start_utc
    assert len(held.with_trade(later(MOST), end).held) == 17, "sixteen that are over are still told of"


@given(st.binary(max_size=40))
def test_what_cannot_be_read_moves_nothing(content: bytes) -> None:
    assert Trades.from_bytes(content) == Trades()


# ---------------------------------------------------------------------------------------------------------------
# How much of it was metered


def minutes(*value_w: float, begin: Instant = START) -> Frame:
    grid = TimeGrid(begin, MINUTE_S, len(value_w))
    ends = grid.starts_utc + np.timedelta64(MINUTE_S * 1000, "ms")
    return Frame.of(grid.starts_utc, {METER: np.array(value_w)}, known_at=ends)


def test_what_no_minute_covers_yet_is_as_it_is_now() -> None:
    store = MemoryStore()
    store.append(minutes(600.0, 1200.0))
    store.flush()
    now = START + np.timedelta64(150_000, "ms")
    assert counted_wh(store, START, now, live_w=-1200.0) == pytest.approx(10.0 + 20.0 - 10.0)
    assert counted_wh(store, START, now, live_w=math.nan) == pytest.approx(10.0 + 20.0 + 10.0)
    newest = minutes(-1200.0, begin=_at(2))
    assert counted_wh(store, START, _at(3), newest=[newest], live_w=math.nan) == pytest.approx(10.0)
    assert counted_wh(store, START, START, live_w=math.nan) == 0.0
    assert math.isnan(counted_wh(MemoryStore(), START, now, live_w=math.nan))


def test_a_gap_is_filled_with_what_is_now() -> None:
    store = MemoryStore()
    store.append(minutes(600.0))
    store.append(minutes(600.0, begin=_at(3)))
    store.flush()
    assert counted_wh(store, START, _at(4), live_w=0.0) == pytest.approx(20.0)


def test_what_is_kept_of_a_trade_leads_to_the_meters() -> None:
    world = a_world(trades=Trades((sold(-400),)))
    play(world, 20)
    permitted = world.store.events(kind=Kind.PERMITTED, subject="battery", limit=1)[0]
    assert Kind.MEASURED in kinds_behind(world.store, permitted)
    assert Key("grid", POWER_W) == METER
