"""What works beside a market: bids by plans and strategies within what people allow, simulated neighbours, meters."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.intent import Order, Side
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import Instant, TimeArray, TimeGrid, instant
from enerwise.market.product import Slot
from enerwise.run.venue import Venue
from enerwise.run.venue_book import State
from enerwise.run.venue_facts import Bidding, Facts, from_ns, to_ns
from enerwise.run.venue_pause import pause, withdraw
from enerwise.run.venue_read import read_market
from enerwise.serve.api.face import Desk
from enerwise.serve.demo_market import ID, live_through, market_text
from enerwise.serve.market_bids import Bidders, Seen, narrowed
from enerwise.serve.market_crew import crew
from enerwise.serve.market_desk import Places
from enerwise.serve.market_meters import metered_wh
from enerwise.serve.market_office import look_over
from enerwise.serve.market_outlook import PlannedSite
from enerwise.serve.market_twins import BLOCK_NS, Neighbours, drawn
from enerwise.site.site import GRID
from enerwise.store.journal import Journal
from enerwise.store.ledger import MemoryLedger
from enerwise.store.memory import MemoryStore

from .api.builders import START, TURNS, ADoor, a_desk, a_home

MARKET = """\
id: street
name: Street
timezone: Europe/Berlin
limits: {lowest_price: 0 EUR/kWh, highest_price: 0.60 EUR/kWh, volume: 6 kWh, position: 5 kWh, budget: 3 EUR}
balancing: {spot: 0.20 EUR/kWh}
participants:
  - {id: flats, simulated: yes, deposit: 40 EUR, twin: {flats: 6, buys_at: 0.30 EUR/kWh, sells_at: 0.08 EUR/kWh},
     bids: {highest_buy: 0.25 EUR/kWh}}
  - {id: mill, simulated: yes, deposit: 40 EUR, bids: {lowest_sale: 0.12 EUR/kWh},
     twin: {steady: 12 kW, buys_at: 0.30 EUR/kWh, sells_at: 0.08 EUR/kWh}}
  - {id: roof, simulated: yes, deposit: 40 EUR, bids: {},
     twin: {peak: 8 kWp, battery: 10 kWh, buys_at: 0.30 EUR/kWh, sells_at: 0.08 EUR/kWh}}
"""
NOW_NS = to_ns(instant("2026-05-14T10:02:00Z"))
MIN = 60 * 10**9
SLOT = Slot(instant("2026-05-14T10:15:00Z"), 900)


def a_market(folder: Path) -> tuple[Facts, Venue]:
    facts = read_market(MARKET)
    return facts, Venue.open(facts, MemoryLedger(), Journal(folder / "journal.db"), NOW_NS)


# ---------------------------------------------------------------------------------------------------------------
# Within what people allow

prices = st.integers(-100_000, 600_000)


@given(
    side=st.sampled_from(Side), wh=st.integers(1, 10_000), limit=prices, most=st.floats(0.0, 20_000.0),
    floor=st.none() | prices, cap=st.none() | prices,
)  # fmt: skip
def test_no_order_leaves_the_limits_of_whoever_it_is_for(
    side: Side, wh: int, limit: int, most: float, floor: int | None, cap: int | None
) -> None:
    bidding = Bidding("truthful", sell_floor_ueur_per_kwh=floor, buy_cap_ueur_per_kwh=cap)
    asked = Order("a", SLOT.start_utc, "n", side, wh, limit, SLOT.start_utc)
    order = narrowed(asked, bidding, most)
    if side is Side.BUY:
        assert order is not None
        assert order.quantity_wh == wh
        assert order.limit_price_ueur_per_kwh == (limit if cap is None else min(limit, cap))
    elif order is None:
        assert most < 1.0
    else:
        assert order.quantity_wh <= min(wh, most)
        assert order.limit_price_ueur_per_kwh == (limit if floor is None else max(limit, floor))


# ---------------------------------------------------------------------------------------------------------------
# Bidding


def test_near_slots_are_bid_for_once_within_the_limits_of_each(tmp_path: Path) -> None:
    facts, venue = a_market(tmp_path)
    beside = crew(facts, {}, ahead_ns=120 * MIN)
    beside(venue, NOW_NS)
    assert len(venue.books) == 8, "the slots of two hours, but the one whose gate is closed"
    counts = [each.orders.count for each in venue.books.values()]
    for book in venue.books.values():
        limit, who = book.orders["price_ueur_per_kwh"], book.orders["participant"]
        assert (limit[who == 0] == 250_000).all(), "truthful would pay 0.30"
        assert (limit[who == 1] == 120_000).all(), "truthful would take 0.08"
        assert not book.orders["is_buy"][who == 1].any()
    beside(venue, NOW_NS + MIN)
    assert [each.orders.count for each in venue.books.values()] == counts


def test_whoever_is_paused_is_not_bid_for_and_what_stands_is_taken_back(tmp_path: Path) -> None:
    facts, venue = a_market(tmp_path)
    beside = crew(facts, {}, ahead_ns=60 * MIN)
    beside(venue, NOW_NS)
    stood = sum(int((each.orders["participant"] == 1).sum()) for each in venue.books.values())
    assert stood == 4
    assert pause(venue, 1, "repair", NOW_NS + MIN) == stood
    assert venue.reserved_ueur(1) == 0
    beside(venue, NOW_NS + 31 * MIN)
    assert not any((each.standing() & (each.orders["participant"] == 1)).any() for each in venue.books.values())
    assert any((each.standing() & (each.orders["participant"] == 0)).any() for each in venue.books.values())
    again = Venue.open(facts, venue.ledger, Journal(tmp_path / "journal.db"), NOW_NS + 31 * MIN)
    assert again.halted().tolist() == [False, True, False], "a pause outlives a restart"
    assert withdraw(again, 1, NOW_NS + 31 * MIN) == 0


def test_an_order_is_put_right_before_the_gate_only_where_what_is_known_has_moved(tmp_path: Path) -> None:
    facts, venue = a_market(tmp_path)
    neighbours = Neighbours(facts)
    outlook = Moving(neighbours)
    bidders = Bidders(facts, {"flats": outlook}, np.random.default_rng(1), 60 * MIN)
    slot = Slot(instant("2026-05-14T10:45:00Z"), 900)
    last_ns = facts.gate_ns(slot) - 4 * MIN
    bidders(venue, NOW_NS)
    bidders(venue, last_ns)
    book = venue.books[slot.id]
    assert book.orders.count == 1
    outlook.factor = 1.5
    bidders(venue, last_ns + MIN)
    assert book.standing().tolist() == [False, True]
    assert book.orders["quantity_wh"][1] == pytest.approx(1.5 * book.orders["quantity_wh"][0], abs=2)
    assert len(set(book.client_ids)) == 2


class Moving:
    """An outlook that can change its mind."""

    def __init__(self, neighbours: Neighbours) -> None:
        self.inner, self.factor = neighbours.outlooks()["flats"], 1.0

    def seen(self, slot: Slot, gate_ns: int, bidding: Bidding, at_ns: int) -> Seen | None:
        from dataclasses import replace

        found = self.inner.seen(slot, gate_ns, bidding, at_ns)
        assert found is not None
        return replace(found, view=replace(found.view, net_w=found.view.net_w * self.factor))


def test_the_guard_holds_bidders_of_the_server_too(tmp_path: Path) -> None:
    facts = read_market(MARKET.replace("volume: 6 kWh, position: 5 kWh", "volume: 1 kWh, position: 1 kWh"))
    venue = Venue.open(facts, MemoryLedger(), Journal(tmp_path / "journal.db"), NOW_NS)
    crew(facts, {}, ahead_ns=60 * MIN)(venue, NOW_NS)
    who = [int(each) for book in venue.books.values() for each in book.orders["participant"]]
    assert who
    assert 1 not in who, "12 kW for a quarter of an hour is more than the mill may sell"


# ---------------------------------------------------------------------------------------------------------------
# Neighbours


def test_the_same_seed_gives_the_same_neighbours_and_another_others() -> None:
    facts = read_market(MARKET)
    one, two, other = (Neighbours(facts, seed).energy_wh(0, SLOT) for seed in (1, 1, 2))
    assert one == two != other


def test_neighbours_have_what_the_file_says() -> None:
    facts = read_market(MARKET)
    block = drawn(facts.parties, facts.zone, to_ns(SLOT.start_utc) // BLOCK_NS, 1)
    flats, mill, roof = block.net_w
    assert flats.min() > 0.0, "nobody behind this meter gives anything"
    assert np.median(mill) == pytest.approx(-12_000.0, abs=1000.0)
    assert roof.min() < -1000.0 < 0.0 < roof.max()
    night = np.abs(roof[block.grid.starts_utc.astype("datetime64[h]").astype(int) % 24 == 22])
    assert (night < 1.0).mean() > 0.3, "its battery serves it in the evening"


def test_meters_are_told_once_when_the_slot_is_over(tmp_path: Path) -> None:
    facts, venue = a_market(tmp_path)
    neighbours = Neighbours(facts)
    crew(facts, {}, ahead_ns=20 * MIN)(venue, NOW_NS)
    book = venue.books[SLOT.id]
    venue.tick(NOW_NS + 9 * MIN)
    neighbours.read_meters(venue, NOW_NS + 9 * MIN)
    assert book.state is State.CLEARED
    assert not book.counted.has_reading.any()
    after_ns = to_ns(SLOT.end_utc)
    neighbours.read_meters(venue, after_ns)
    assert book.counted.metered_wh[:3].tolist() == [round(neighbours.energy_wh(at, SLOT)) for at in range(3)]
    assert book.counted.has_reading[:3].all()
    told = len(list(venue.journal.records([SLOT.id])))
    neighbours.read_meters(venue, after_ns + MIN)
    assert len(list(venue.journal.records([SLOT.id]))) == told


# ---------------------------------------------------------------------------------------------------------------
# Sites of the server


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A home that has run for two hours and has a plan."""
    return a_desk(a_home(), tmp_path_factory.mktemp("home"))


def seen(desk: Desk, start: Instant, reserve_ratio: float = 0.0) -> Seen | None:
    now = START + np.timedelta64(TURNS * 900, "s")
    bidding = Bidding("truthful", reserve_ratio)
    return PlannedSite(desk, "street").seen(Slot(start, 900), to_ns(start) - 5 * MIN, bidding, to_ns(now))


def test_a_site_offers_what_its_plan_exchanges_with_the_grid(desk: Desk) -> None:
    made = PlannedSite(desk, "street")._made(to_ns(START + np.timedelta64(TURNS * 900, "s")))
    assert made is not None
    for step in (0, 7, 40):
        start = made.grid.starts_utc[step]
        found = seen(desk, start)
        assert found is not None
        assert found.view.net_w[0] == pytest.approx(made.plan.grid_power_w[step])
        assert found.view.buy_ueur_per_kwh[0] in (270_000.0, 520_000.0)
        full = seen(desk, start, reserve_ratio=1.0)
        assert full is not None
        left_wh = max(0.0, -float(made.load_w[step] + made.pv_w[:, step].sum())) / 4.0
        assert full.sell_most_wh == pytest.approx(left_wh), "with the whole battery in reserve only sun is sold"
        assert full.sell_most_wh <= found.sell_most_wh


def test_a_site_without_a_plan_expects_what_its_meter_counted_a_day_before(desk: Desk) -> None:
    beyond = START + np.timedelta64(60 * 86_400, "s")
    assert seen(desk, beyond) is None, "nobody knows anything of it"
    start = START + np.timedelta64(86_400, "s")
    store = a_store(np.array([START]), -800.0)
    bare = Desk(desk.site, store, desk.folder, desk.door, desk.site_line, desk.door_line)
    found = seen(bare, start)
    assert found is not None
    assert (found.view.net_w[0], found.sell_most_wh) == (-800.0, 200.0)
    kept = seen(bare, start, reserve_ratio=0.3)
    assert kept is not None
    assert kept.sell_most_wh == 0.0, "how full the battery is nobody knows, and it may be below the reserve"


def test_a_site_whose_machines_stand_still_promises_nothing(desk: Desk) -> None:
    door = desk.door
    assert isinstance(door, ADoor)
    start = START + np.timedelta64(TURNS * 900 + 3600, "s")
    assert seen(desk, start) is not None
    door.state = "stopped"
    try:
        assert seen(desk, start) is None
    finally:
        door.state = "running"


@pytest.mark.parametrize(("step_s", "counts"), [(60, True), (900, True), (300, False)])
def test_a_meter_counts_by_minutes_or_by_whole_steps_and_never_with_a_gap(step_s: int, counts: bool) -> None:
    grid = TimeGrid(SLOT.start_utc, step_s, 900 // step_s)
    assert metered_wh(a_store(grid.starts_utc, 1200.0), SLOT, 900) == (300 if counts else None)
    if step_s < 900:
        assert metered_wh(a_store(grid.starts_utc[1:], 1200.0), SLOT, 900) is None


def a_store(starts_utc: TimeArray, power_w: float) -> MemoryStore:
    """A store that holds the meter at the connection, and nothing else."""
    store = MemoryStore()
    store.append(Frame.of(starts_utc, {Key(GRID, POWER_W): np.full(starts_utc.size, power_w)}))
    store.flush()
    return store


# ---------------------------------------------------------------------------------------------------------------
# The demo's street


def test_the_past_of_the_street_is_played_through_venue_and_ledger(desk: Desk, tmp_path: Path) -> None:
    facts, places = read_market(market_text(desk.site)), Places.within(tmp_path, ID)
    now = START + np.timedelta64(TURNS * 900, "s")
    live_through(facts, places, desk, now - np.timedelta64(5400, "s"), now)
    found = look_over(places.ledger)
    assert found.entry_count > 50
    assert len(found.slots) >= 2
    journal = Journal(places.journal)
    kinds = {each.kind for name in journal.subjects() for each in journal.records([name])}
    journal.close()
    assert kinds >= {"orders", "cleared", "metered", "settled"}
    assert sum(each.is_simulated for each in facts.parties) == len(facts.parties) - 1
    assert from_ns(to_ns(now)) == now


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("id: flats, simulated: yes,", "id: flats,", "a twin is simulated"),
        ("bids: {highest_buy: 0.25 EUR/kWh}", "bids: {strategy: clever}", "'clever' is not installed"),
        ("flats: 6", "flats: many", "'many' is no number of households"),
        ("sells_at: 0.08 EUR/kWh}", "sells_at: 0.50 EUR/kWh}", "sells_at 0.5 is above buys_at"),
        ("twin: {flats: 6, buys_at: 0.30 EUR/kWh, sells_at: 0.08 EUR/kWh},\n", "", "bids needs to know"),
    ],
)
def test_what_cannot_bid_is_told_with_its_remedy(before: str, after: str, told: str) -> None:
    assert before in MARKET
    with pytest.raises(ProblemsFound, match=told):
        read_market(MARKET.replace(before, after, 1))
