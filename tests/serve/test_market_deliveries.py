"""What sites of the server have traded at a venue reaches their processes: as totals, again until they know."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from enerwise.core.time import VirtualClock
from enerwise.run.loop import play
from enerwise.run.venue import Venue
from enerwise.run.venue_facts import from_ns, to_ns
from enerwise.run.venue_pause import pause
from enerwise.run.venue_read import read_market
from enerwise.run.venue_seen import position
from enerwise.run.venue_words import EVERYBODY
from enerwise.run.world import World, simulated
from enerwise.serve.api.face import Desk, NoAnswer, NoDoor
from enerwise.serve.generated import generate
from enerwise.serve.market_deliveries import AGAIN_NS, SILENT_NS, Deliveries, Delivery
from enerwise.serve.market_desk import MarketDesk, Places
from enerwise.serve.market_meters import metered_wh
from enerwise.serve.site_desk import SiteDesk
from enerwise.store.journal import Journal
from enerwise.store.ledger import MemoryLedger
from enerwise.store.memory import MemoryStore

from ..run.venues import ADA, BEN, MIN, NOW, NOW_NS, SLOT, a_venue, asked, market_text, taken
from .api.builders import FOREIGN, OWN, a_home

GATE_NS = to_ns(SLOT.start_utc) - 5 * MIN


class Answering:
    """A site process that notes what it is told; silent, or deaf, on demand."""

    def __init__(self) -> None:
        self.told, self.is_silent, self.answer = list[Mapping[str, Any]](), False, {"ok": True}

    async def ask(self, command: Mapping[str, Any], *, patience_s: float = 3.0) -> dict[str, Any]:
        if self.is_silent:
            raise NoAnswer("site.sock: no answer in time")
        self.told.append(json.loads(json.dumps(command)))
        return self.answer


class Direct(Answering):
    """The desk of a world, without a socket."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.desk = SiteDesk(world)

    async def ask(self, command: Mapping[str, Any], *, patience_s: float = 3.0) -> dict[str, Any]:
        await super().ask(command)
        return self.desk.answer(json.dumps(command).encode())


def desks(line: Answering, *sites: str) -> dict[str, Desk]:
    desk = Desk(a_home(), MemoryStore(), Path("/nonexistent"), NoDoor(), line, line)
    return dict.fromkeys(sites or (OWN,), desk)


def traded(venue: Venue, at_ns: int = NOW_NS) -> None:
    taken(venue, asked(BEN, ("b1", "buy", 900, 300_000)), asked(ADA, ("a1", "sell", 700, 100_000)), at_ns=at_ns)


def after_a_tick(deliveries: Deliveries, venue: Venue, at_ns: int) -> list[Delivery]:
    due = deliveries.due(venue, at_ns)
    asyncio.run(deliveries.tell(due, at_ns))
    return due


def test_a_site_is_told_what_it_has_traded_when_the_slot_clears_and_not_before(tmp_path: Path) -> None:
    venue, line = a_venue(tmp_path), Answering()
    deliveries = Deliveries(venue.facts, desks(line))
    traded(venue)
    assert after_a_tick(deliveries, venue, NOW_NS) == []
    venue.tick(GATE_NS)
    assert len(after_a_tick(deliveries, venue, GATE_NS)) == 1
    (told,) = line.told
    assert told == {
        "do": "traded", "who": "market", "market": "lindenweg", "slot_start_utc": "2026-05-14T11:00:00.000Z",
        "length_s": 900, "traded_wh": -700, "trade_count": 1, "reserve_ratio": 0.0, "halted": "",
    }  # fmt: skip


def test_both_sides_are_told_and_nobody_whose_site_is_elsewhere(tmp_path: Path) -> None:
    venue, line = a_venue(tmp_path), Answering()
    traded(venue)
    venue.tick(GATE_NS)
    after_a_tick(Deliveries(venue.facts, desks(line, OWN, FOREIGN)), venue, GATE_NS)
    assert sorted(each["traded_wh"] for each in line.told) == [-700, 700]
    assert Deliveries(venue.facts, {}).due(venue, GATE_NS) == []


@pytest.mark.parametrize("mechanism", ["uniform", "pay_as_bid", "continuous", "supply_demand", "pooling"])
def test_what_is_told_is_where_the_participant_stands_under_every_rule(tmp_path: Path, mechanism: str) -> None:
    text = market_text(mechanism, "intraday" if mechanism == "continuous" else "quarter_hour")
    extra = {
        "supply_demand": "supplier: {import: 0.32 EUR/kWh, export: 0.08 EUR/kWh}\n",
        "pooling": "settings: {price_ueur_per_kwh: 190000}\n",
    }
    facts = read_market(text + extra.get(mechanism, ""))
    venue = Venue.open(facts, MemoryLedger(), Journal(tmp_path / "journal.db"), NOW_NS)
    taken(venue, asked(BEN, ("b1", "buy", 900, 350_000)), asked(ADA, ("a1", "sell", 700, 70_000)))
    venue.tick(GATE_NS)
    (due,) = Deliveries(facts, desks(Answering())).due(venue, GATE_NS)
    stands = position(venue.books[SLOT.id], ADA)
    assert stands.sold_wh > 0
    assert due.command["traded_wh"] == stands.bought_wh - stands.sold_wh
    assert due.command["trade_count"] == 1


def test_what_meets_at_once_is_told_at_once_and_again_when_there_is_more(tmp_path: Path) -> None:
    venue, line = a_venue(tmp_path, "continuous"), Answering()
    deliveries = Deliveries(venue.facts, desks(line))
    traded(venue)
    after_a_tick(deliveries, venue, NOW_NS)
    taken(venue, asked(ADA, ("a2", "sell", 100, 100_000)), at_ns=NOW_NS + 1)
    after_a_tick(deliveries, venue, NOW_NS + 1)
    assert [(each["traded_wh"], each["trade_count"]) for each in line.told] == [(-700, 1), (-800, 2)]


def test_who_knows_is_told_again_seldom_and_who_is_silent_until_it_answers(tmp_path: Path) -> None:
    venue, line = a_venue(tmp_path), Answering()
    deliveries = Deliveries(venue.facts, desks(line))
    traded(venue)
    venue.tick(GATE_NS)
    line.is_silent = True
    assert after_a_tick(deliveries, venue, GATE_NS)
    assert not after_a_tick(deliveries, venue, GATE_NS + SILENT_NS - 1), "nobody is asked all the time"
    line.is_silent = False
    assert after_a_tick(deliveries, venue, GATE_NS + SILENT_NS)
    assert not after_a_tick(deliveries, venue, GATE_NS + SILENT_NS + 1)
    assert after_a_tick(deliveries, venue, GATE_NS + SILENT_NS + AGAIN_NS), "it may have lost its store"
    assert line.told[0] == line.told[1]


def test_after_its_slot_nobody_is_told(tmp_path: Path) -> None:
    venue, line = a_venue(tmp_path), Answering()
    traded(venue)
    venue.tick(GATE_NS)
    end_ns = to_ns(SLOT.end_utc)
    assert Deliveries(venue.facts, desks(line)).due(venue, end_ns - 1)
    assert not Deliveries(venue.facts, desks(line)).due(venue, end_ns)


@pytest.mark.parametrize("who", ["own", "operator"])
def test_a_pause_or_a_halt_takes_nothing_back_that_was_traded_but_says_so(tmp_path: Path, who: str) -> None:
    venue, line = a_venue(tmp_path), Answering()
    deliveries = Deliveries(venue.facts, desks(line))
    traded(venue)
    venue.tick(GATE_NS)
    after_a_tick(deliveries, venue, GATE_NS)
    if who == "own":
        assert pause(venue, ADA, "repair", GATE_NS) == 0
    else:
        venue.halt(EVERYBODY, "repair", GATE_NS)
    after_a_tick(deliveries, venue, GATE_NS + 1)
    assert [(each["traded_wh"], each["halted"]) for each in line.told] == [(-700, ""), (-700, "repair")]


def test_a_restarted_market_tells_the_same(tmp_path: Path) -> None:
    venue, line = a_venue(tmp_path), Answering()
    traded(venue)
    venue.tick(GATE_NS)
    after_a_tick(Deliveries(venue.facts, desks(line)), venue, GATE_NS)
    again = Venue.open(venue.facts, venue.ledger, Journal(tmp_path / "journal.db"), GATE_NS + MIN)
    after_a_tick(Deliveries(again.facts, desks(line)), again, GATE_NS + MIN)
    assert line.told[0] == line.told[1]


# ---------------------------------------------------------------------------------------------------------------
# From an order to the battery


def test_a_deal_at_the_market_moves_the_battery_of_the_site(tmp_path: Path) -> None:
    """Orders meet in a market desk, its site is told at its desk, and the slot's meter shows what was sold."""
    counted_wh = {told: _played(tmp_path / str(told), told=told) for told in (False, True)}
    assert abs(counted_wh[True] + 700) < abs(counted_wh[False] + 700)
    assert abs(counted_wh[True] + 700) <= 2


def _played(folder: Path, *, told: bool) -> int:
    start = SLOT.start_utc
    home = generate(a_home(), start, step_s=60, seed=3, days=1, history_days=0)
    world = simulated(a_home(), home.supply(), MemoryStore(), seed=3)
    desk = Desk(a_home(), world.store, folder, NoDoor(), Direct(world), Answering())
    facts, clock = read_market(market_text()), VirtualClock(NOW)
    deliveries = Deliveries(facts, {OWN: desk}) if told else None
    market = MarketDesk(facts, clock, Places.within(folder, facts.id), deliveries=deliveries)

    async def trade() -> None:
        await market.take(asked(BEN, ("b1", "buy", 900, 300_000)))
        await market.take(asked(ADA, ("a1", "sell", 700, 100_000)))
        clock.jump_to(from_ns(GATE_NS))
        await market.tick()
        await market.deliver()

    try:
        asyncio.run(trade())
    finally:
        market.close()
    play(world, 15)
    energy_wh = metered_wh(world.store, SLOT, 60)
    assert energy_wh is not None
    return energy_wh
