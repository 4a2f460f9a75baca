"""Simulated neighbours: generated people, sun and batteries under one sky, drawn in blocks of four weeks.

They bid by what they expect, which is never quite what comes: mostly what will be, partly what was a day before. Their
batteries serve themselves first. The same seed gives the same neighbours, so that a server that starts again goes on.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np

from enerwise.agents.trader import MarketView
from enerwise.core.time import DAY_S, QUARTER_S, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.market.product import Slot
from enerwise.physics import battery, household, pv, weather
from enerwise.run.venue import Venue
from enerwise.run.venue_book import State
from enerwise.run.venue_facts import Bidding, Facts, MeterKind, Party, Twin, from_ns, to_ns
from enerwise.serve.market_bids import Outlook, Seen
from enerwise.site.assets import Battery, BatteryArrays
from enerwise.site.read import read_site
from enerwise.site.site import Site

SEED: Final = 11
BLOCK_DAYS: Final = 28
BLOCK_NS: Final = BLOCK_DAYS * DAY_S * 1_000_000_000
PLACE: Final = weather.Place()
FORESIGHT_RATIO: Final = 0.8
"""How much of what will be a neighbour foresees; the rest is as it was a day before."""
HOURS_TO_FILL: Final = 2.5
ROUND_TRIP_RATIO: Final = 0.9
ROOM_DEGC: Final = 18.0
NO_BATTERY: Final = Battery("none", 1.0, 0.0, 0.0, round_trip_ratio=1.0)
EUR: Final = 1e6
FILE: Final = """\
name: Neighbour
timezone: {zone}
connection: {{import_limit: 14 kW, export_limit: 14 kW}}
tariff: {{import: {buy} EUR/kWh, export: {sell} EUR/kWh}}
assets: [{{id: home, kind: load}}]
"""


@dataclass(frozen=True, slots=True)
class Block:
    """Four weeks of all neighbours. Positive is taken"""

    grid: TimeGrid
    net_w: FloatArray
    """At each connection. Shape (home, step)"""

    def energy_wh(self, home: int, slot: Slot, *, back_s: int = 0) -> float:
        """Return what one takes in a slot, or so long before it; within the block at its beginning."""
        begin = self.grid.step_at(slot.start_utc) - back_s // QUARTER_S
        begin += 0 if begin >= 0 else back_s // QUARTER_S
        count = max(1, slot.length_s // QUARTER_S)
        return float(self.net_w[home, begin : begin + count].mean()) * slot.length_s / 3600.0


@dataclass(eq=False)
class Neighbours:
    """The simulated participants of one market."""

    facts: Facts
    seed: int = SEED
    _blocks: dict[int, Block] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parties = tuple(each for each in self.facts.parties if each.twin is not None)

    def outlooks(self) -> dict[str, Outlook]:
        """Return how each looks ahead, by participant."""
        return {each.id: _Neighbour(self, at, each) for at, each in enumerate(self.parties)}

    def energy_wh(self, home: int, slot: Slot, *, back_s: int = 0) -> float:
        """Return what one takes at its connection in a slot, below zero gives; or so long before it. [Wh]"""
        return self._block(slot).energy_wh(home, slot, back_s=back_s)

    def read_meters(self, venue: Venue, at_ns: int) -> None:
        """Tell a venue what the meters of neighbours have counted in slots that are over."""
        numbers = [venue.facts.number_of(each.id) for each in self.parties]
        for book in list(venue.books.values()):
            is_over = book.state is State.CLEARED and to_ns(book.slot.end_utc) <= at_ns
            if not is_over or any(book.counted.has_reading[each] for each in numbers if each is not None):
                continue
            counted = {who: round(self.energy_wh(at, book.slot)) for at, who in enumerate(numbers) if who is not None}
            venue.meter(book.slot, counted, at_ns, source=MeterKind.TWIN)

    def _block(self, slot: Slot) -> Block:
        number = to_ns(slot.start_utc) // BLOCK_NS
        if number not in self._blocks:
            self._blocks = {at: each for at, each in self._blocks.items() if at >= number - 1}
            self._blocks[number] = drawn(self.parties, self.facts.zone, number, self.seed)
        return self._blocks[number]


@dataclass(frozen=True)
class _Neighbour:
    """One of them, as its bidder sees it."""

    all: Neighbours
    number: int
    party: Party

    def seen(self, slot: Slot, gate_ns: int, bidding: Bidding, at_ns: int) -> Seen | None:
        """Return what it expects of a slot; its battery has done its part already, down to its own reserve."""
        del bidding
        twin = self.party.twin
        assert twin is not None
        will_wh = self.all.energy_wh(self.number, slot)
        was_wh = self.all.energy_wh(self.number, slot, back_s=DAY_S)
        expected_wh = FORESIGHT_RATIO * will_wh + (1.0 - FORESIGHT_RATIO) * was_wh
        view = MarketView(
            now=from_ns(at_ns),
            slot_start_utc=slot.start_utc,
            step_s=float(slot.length_s),
            gate_utc=from_ns(gate_ns),
            node=self.all.facts.id,
            site=_site(self.all.facts.zone, twin),
            net_w=np.array([expected_wh / slot.length_s * 3600.0]),
            buy_ueur_per_kwh=np.array([float(twin.buy_ueur_per_kwh)]),
            sell_ueur_per_kwh=np.array([float(twin.sell_ueur_per_kwh)]),
            local_ueur_per_kwh=np.array([(twin.buy_ueur_per_kwh + twin.sell_ueur_per_kwh) / 2.0]),
        )
        return Seen(view, np.inf)


def drawn(parties: tuple[Party, ...], zone: str, number: int, seed: int) -> Block:
    """Draw four weeks of neighbours: how they live, their sun, and what their batteries make of both.

    Args:
        parties: Whose `Party.twin` is set.
        zone: Whose clock they live by.
        number: Which four weeks, counted from 1970.
        seed: Same seed, same weeks.
    """
    rng = np.random.default_rng([seed, number])
    grid = TimeGrid(from_ns(number * BLOCK_NS), QUARTER_S, BLOCK_DAYS * DAY_S // QUARTER_S)
    sky = weather.draw(grid, PLACE, rng=rng)
    # People stay who they are from block to block.
    flats = np.array([_twin(each).flat_count for each in parties])
    habits = household.draw_habits(np.random.default_rng(seed), int(flats.sum()))
    each_w = household.draw_load_w(habits, grid, zone, rng=rng, temperature_degc=sky.temperature_degc)
    load_w = np.add.reduceat(each_w, np.cumsum(flats) - flats, axis=0)
    middle_utc = grid.starts_utc + np.timedelta64(QUARTER_S * 500, "ms")
    on_plane = pv.plane_w_per_m2(
        sky.irradiance_w_per_m2, middle_utc, latitude_deg=PLACE.latitude_deg, longitude_deg=PLACE.longitude_deg
    )
    peaks_w = [_twin(each).peak_w for each in parties]
    sun_w = np.stack(
        [pv.available_w(on_plane, sky.temperature_degc, each) if each else 0.0 * on_plane for each in peaks_w]
    )
    steady_w = np.array([_twin(each).steady_w for each in parties])[:, None]
    batteries = BatteryArrays.of([_battery(_twin(each)) for each in parties])
    return Block(grid, _with_batteries(batteries, load_w + sun_w - steady_w))


def _with_batteries(facts: BatteryArrays, net_w: FloatArray) -> FloatArray:
    """Return what is left at each connection when batteries take what is over and give what is needed."""
    state, left_w = battery.BatteryState.new(facts), np.empty_like(net_w)
    for step in range(net_w.shape[1]):
        state, flow = battery.step(facts, state, -net_w[:, step], ambient_degc=ROOM_DEGC, step_s=float(QUARTER_S))
        left_w[:, step] = net_w[:, step] + flow.power_w
    return left_w


def _twin(party: Party) -> Twin:
    assert party.twin is not None
    return party.twin


def _battery(twin: Twin) -> Battery:
    if not twin.battery_wh:
        return NO_BATTERY
    limit_w = twin.battery_wh / HOURS_TO_FILL
    return Battery("battery", twin.battery_wh, limit_w, limit_w, round_trip_ratio=ROUND_TRIP_RATIO)


@lru_cache(maxsize=1000)
def _site(zone: str, twin: Twin) -> Site:
    """Return a neighbour as its trader knows it: its connection and tariff."""
    buy, sell = twin.buy_ueur_per_kwh / EUR, twin.sell_ueur_per_kwh / EUR
    return read_site(FILE.format(zone=zone, buy=buy, sell=sell), source="twin")
