"""A feed that asks, keeps, reads out and grows old; on a virtual clock, and against peers of every manner."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from enerwise.core.quantity import (
    IRRADIANCE_W_PER_M2,
    PRICE_EXPORT_EUR_PER_KWH,
    PRICE_IMPORT_EUR_PER_KWH,
    TEMPERATURE_DEGC,
)
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid, VirtualClock, elapsed_s, instant
from enerwise.devices.drivers.driver import Driver
from enerwise.devices.feeds.feed import ASK_LEAST_S, RETRY_FIRST_S, TIMEOUT_LEAST_S, Feed, make
from enerwise.site.site import GRID, WEATHER
from enerwise.site.tariff import PriceSeries, Rate
from enerwise.site.validate import validate
from enerwise.testing.peer import Peer, flooding, gone, good, half, noisy, silent, trickling
from tests.builders import NOON, a_site
from tests.devices.feeds.test_sources import a_device

RECORDINGS = Path(__file__).with_name("recordings")
IMPORT, EXPORT = Key(GRID, PRICE_IMPORT_EUR_PER_KWH), Key(GRID, PRICE_EXPORT_EUR_PER_KWH)
AIR, SUN = Key(WEATHER, TEMPERATURE_DEGC), Key(WEATHER, IRRADIANCE_W_PER_M2)
HOUR = np.timedelta64(60, "m")
MANNERS = (silent, gone, half, noisy, trickling, flooding)


def an_answer(first: Instant, prices_eur_per_mwh: list[float], *, unit: str = "Eur/MWh", step_s: int = 3600) -> bytes:
    """Prices of aWATTar."""
    start_ms = _s(first) * 1000
    rows = [
        {
            "start_timestamp": start_ms + at * step_s * 1000,
            "end_timestamp": start_ms + (at + 1) * step_s * 1000,
            "marketprice": price,
            "unit": unit,
        }
        for at, price in enumerate(prices_eur_per_mwh)
    ]
    return json.dumps({"object": "list", "data": rows}).encode()


def weather(first: Instant, temperature_degc: list[float]) -> bytes:
    """Hours of Open-Meteo under a dark sky."""
    hourly = {
        "time": [_s(first) + at * 3600 for at in range(len(temperature_degc))],
        "temperature_2m": temperature_degc,
        "shortwave_radiation": [0.0] * len(temperature_degc),
    }
    units = {"time": "unixtime", "temperature_2m": "°C", "shortwave_radiation": "W/m²"}
    return json.dumps({"hourly": hourly, "hourly_units": units}).encode()


def _s(at: Instant) -> int:
    return int(at.astype("datetime64[s]").astype(np.int64))


def a_feed(clock: VirtualClock, profile: str = "awattar", **changes: Any) -> Feed:
    return Feed(a_device(profile, **changes), clock=clock)


def air(feed: Feed, now: Instant) -> list[tuple[Instant, float, Instant]]:
    """What a feed reads of the temperature."""
    return [(each.start_utc, each.value, each.known_at) for each in asyncio.run(feed.read(now)) if each.key == AIR]


# ---------------------------------------------------------------------------------------------------------------
# What is kept


def test_the_value_in_force_is_read_once_in_each_step_and_what_lies_ahead_never() -> None:
    feed = a_feed(VirtualClock(NOON), "open_meteo")
    feed.take(weather(NOON - HOUR, [10.0, 20.0, 30.0]))
    assert air(feed, NOON) == [(NOON, 20.0, NOON)]
    assert air(feed, NOON + HOUR // 2) == []
    # Announced at noon, in force an hour later: a reading from then on.
    assert air(feed, NOON + HOUR) == [(NOON + HOUR, 30.0, NOON + HOUR)]
    assert air(feed, NOON + 2 * HOUR) == []


def test_a_value_that_is_corrected_is_read_again() -> None:
    clock = VirtualClock(NOON)
    feed = a_feed(clock, "open_meteo")
    feed.take(weather(NOON, [20.0, 21.0]))
    air(feed, NOON)
    clock.jump_to(NOON + HOUR // 4)
    feed.take(weather(NOON, [20.5, 21.0]))
    assert air(feed, NOON + HOUR // 4) == [(NOON, 20.5, NOON + HOUR // 4)]


def test_the_price_of_the_market_is_not_what_energy_costs_here_and_is_no_reading() -> None:
    feed = a_feed(VirtualClock(NOON))
    feed.take(an_answer(NOON, [80.0]))
    assert list(asyncio.run(feed.read(NOON))) == []
    assert [(each.key, each.value.tolist()) for each in feed.tables()] == [(IMPORT, [0.08])]


def test_a_step_holds_its_start_and_not_its_end() -> None:
    feed = a_feed(VirtualClock(NOON))
    feed.take(an_answer(NOON, [1.0, 2.0]))
    (table,) = feed.tables()
    moment = np.timedelta64(1, "ms")
    rows = [table.row_at(NOON + at) for at in (-moment, 0 * moment, HOUR - moment, HOUR, 2 * HOUR - moment, 2 * HOUR)]
    assert rows == [None, 0, 0, 1, 1, None]


def test_asking_again_makes_no_value_younger() -> None:
    clock = VirtualClock(NOON)
    feed = a_feed(clock)
    feed.take(an_answer(NOON, [1.0, 2.0, 3.0]))
    clock.jump_to(NOON + HOUR)
    feed.take(an_answer(NOON + HOUR, [2.0, 33.0, 4.0]))
    (table,) = feed.tables()
    assert table.known_at.tolist() == np.array([NOON, NOON + HOUR, NOON + HOUR]).tolist()


def test_a_price_for_a_shorter_time_is_another_price() -> None:
    clock = VirtualClock(NOON)
    feed = a_feed(clock)
    feed.take(an_answer(NOON, [1.0]))
    clock.jump_to(NOON + HOUR)
    feed.take(an_answer(NOON, [1.0, 2.0], step_s=900))
    (table,) = feed.tables()
    assert (table.known_at == NOON + HOUR).all()


def test_what_a_feed_reads_is_taken_by_the_site() -> None:
    """A recorded day, quarter by quarter: nothing is refused, and every value comes once."""
    site, first = a_site(), instant("2024-07-01")
    clock = VirtualClock(first - 10 * HOUR)
    feed = a_feed(clock, "open_meteo")
    feed.take((RECORDINGS / "open_meteo.json").read_bytes())
    found: list[float] = []
    for quarter in range(4 * 24):
        clock.jump_to(first + quarter * HOUR // 4)
        frames, refused = validate(asyncio.run(feed.read(clock.now())), site, clock.now())
        assert refused == ()
        found += [value for frame in frames for value in frame.column(AIR).tolist()]
    hourly = json.loads((RECORDINGS / "open_meteo.json").read_bytes())["hourly"]
    assert found == hourly["temperature_2m"][:24]


def test_prices_serve_both_ways_and_weather_both_channels() -> None:
    feed = a_feed(VirtualClock(NOON), serves={"import": GRID, "export": GRID})
    feed.take(an_answer(NOON, [80.0]))
    assert {each.key: each.value.tolist() for each in feed.tables()} == {IMPORT: [0.08], EXPORT: [0.08]}
    both = a_feed(VirtualClock(NOON), "open_meteo")
    both.take((RECORDINGS / "open_meteo.json").read_bytes())
    assert {each.key for each in asyncio.run(both.read(NOON))} == {each.key for each in both.tables()} == {AIR, SUN}


def test_a_table_is_what_a_tariff_prices_with() -> None:
    """The columns of a table make the price series of a rate, and nobody sees a price before it was known."""
    feed = a_feed(VirtualClock(NOON))
    feed.take(an_answer(NOON, [100.0, 200.0, 300.0]))
    (table,) = feed.tables()
    rate = Rate(series=PriceSeries(table.start_utc, table.value, table.step_s, table.known_at), plus_eur_per_kwh=0.1)
    grid = TimeGrid(NOON, 3600, 4)
    assert rate.at(grid, "UTC", NOON) == pytest.approx([0.2, 0.3, 0.4, np.nan], nan_ok=True)
    assert np.isnan(rate.at(grid, "UTC", NOON - HOUR)).all()


# ---------------------------------------------------------------------------------------------------------------
# What is told


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (an_answer(NOON, [9.0], unit="ct/kWh"), "expected 'Eur/MWh'"),
        (b"<html>busy</html>", "Expecting value"),
        (b"[" * 100_000, "nested too deeply"),
        (an_answer(NOON, []), "no list of prices"),
    ],
)
def test_an_answer_that_cannot_be_believed_leaves_the_last_good_one(content: bytes, why: str) -> None:
    feed = a_feed(VirtualClock(NOON))
    feed.take(an_answer(NOON, [80.0]))
    with pytest.raises(ValueError, match=why):
        feed.take(content)
    assert [each.value.tolist() for each in feed.tables()] == [[0.08]]


def test_of_an_answer_with_half_of_its_channels_nothing_is_taken() -> None:
    answer = json.loads((RECORDINGS / "open_meteo.json").read_bytes())
    feed = a_feed(VirtualClock(NOON), "open_meteo")
    answer["hourly"]["shortwave_radiation"] = None
    with pytest.raises(ValueError, match="no hourly 'shortwave_radiation'"):
        feed.take(json.dumps(answer).encode())
    assert feed.tables() == ()


def test_before_the_first_answer_nothing_is_known() -> None:
    feed = a_feed(VirtualClock(NOON))
    assert (feed.tables(), list(asyncio.run(feed.read(NOON)))) == ((), [])
    assert feed.problems() == ("not asked yet",)
    assert feed.age_s() == float("inf")


def test_the_age_of_the_last_good_answer_is_told_with_every_trouble() -> None:
    clock = VirtualClock(NOON)
    feed = a_feed(clock)
    feed.take(an_answer(NOON, [80.0, 80.0, 80.0]))
    assert feed.problems() == ()
    feed._troubles.tell("connection", "the server does not answer")
    clock.jump_to(NOON + HOUR // 2)
    assert feed.problems() == ("the server does not answer; the last good answer is 30 min old",)
    clock.jump_to(NOON + 4 * HOUR)
    assert feed.age_s() == 4 * 3600.0
    assert feed.problems() == (
        "the server does not answer; the last good answer is 4.0 h old",
        f"nothing is known of now for {IMPORT}",
    )


# ---------------------------------------------------------------------------------------------------------------
# Whom it asks


def ok(content: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(content) + content


def run_against(manner: Any, use: Callable[[Peer, Feed], Awaitable[None]], **changes: Any) -> None:
    async def run() -> None:
        peer = Peer(ok(weather(NOON, [20.0, 21.0])), manner, is_asked=True)
        await peer.stand()
        device = a_device("open_meteo", address=f"http://127.0.0.1:{peer.port}/v1/forecast", **changes)
        feed = Feed(device, clock=VirtualClock(NOON), ask_s=0.05, timeout_s=0.2)
        await feed.open()
        try:
            async with asyncio.timeout(5.0):
                await use(peer, feed)
        finally:
            began_s = elapsed_s()
            await feed.close()
            assert elapsed_s() - began_s < 4.0
            await peer.go()

    asyncio.run(run())


def at_once(asked: Coroutine[Any, Any, Any]) -> Any:
    """Return what a coroutine returns without ever waiting."""
    with pytest.raises(StopIteration) as ended:
        asked.send(None)
    return ended.value.value


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.005)


def test_a_good_server_is_asked_again_and_again() -> None:
    async def use(peer: Peer, feed: Feed) -> None:
        await until(lambda: peer.connection_count >= 3)
        assert feed.problems() == ()
        assert {each.key for each in await feed.read(NOON)} == {AIR, SUN}
        assert b"GET /v1/forecast?latitude=52.5&" in peer.heard

    run_against(good, use)


@pytest.mark.parametrize("manner", MANNERS, ids=lambda each: each.__name__)
def test_a_bad_server_is_told_and_the_last_good_answer_stays(manner: Any) -> None:
    async def use(peer: Peer, feed: Feed) -> None:
        await until(lambda: bool(feed.tables()))
        await peer.turn(manner)
        await until(lambda: bool(feed.problems()))
        assert [each.value for each in at_once(feed.read(NOON)) if each.key == AIR] == [20.0]
        assert all("the last good answer is 0 min old" in each for each in feed.problems())
        await peer.turn(good)
        await until(lambda: feed.problems() == ())

    run_against(good, use)


def test_a_feed_is_a_driver_and_public_servers_are_asked_seldom() -> None:
    feed: Driver = make(a_device("awattar", poll_s=1.0, timeout_s=0.5))
    assert isinstance(feed, Feed)
    assert feed._ask_s == ASK_LEAST_S
    assert make(a_device("awattar", poll_s=7200.0))._ask_s == 7200.0
    assert feed._web._timeout_s == TIMEOUT_LEAST_S
    asyncio.run(feed.close())


def test_after_a_good_answer_tries_begin_again_with_the_shortest_wait() -> None:
    feed = a_feed(VirtualClock(NOON))
    waits_s = [feed._backoff.next_s() for _ in range(8)]
    assert (waits_s[0], waits_s[-1]) == (RETRY_FIRST_S, ASK_LEAST_S)
    feed.take(an_answer(NOON, [80.0]))
    assert feed._backoff.next_s() == RETRY_FIRST_S
