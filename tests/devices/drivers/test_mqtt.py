"""MQTT: under the contract of writable drivers, and with a real broker that is killed and comes back."""

import asyncio
import json
import math
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from enerwise.core import quantity as q
from enerwise.core.errors import ProblemsFound
from enerwise.core.series import Key, Reading
from enerwise.core.time import LiveClock
from enerwise.devices.drivers.driver import WritableDriver
from enerwise.devices.drivers.mqtt import Mqtt, make
from enerwise.devices.drivers.mqtt_outbox import Outbox
from enerwise.devices.seat import Seat
from enerwise.guard.permit import Check, Checker, Permit, seal
from enerwise.protocols.mqtt import Field, Message, numbers
from enerwise.site.site import GRID
from enerwise.site.wiring import MQTT, Device
from enerwise.testing.contracts.writable_drivers import WritableDriverContract
from tests.peers.broker import Broker, Watcher, a_broker, certificates, password_file
from tests.peers.chaos import Wire, chaos
from tests.peers.ports import LOOPBACK

KEY = bytes(range(32))
METER = Key(GRID, q.POWER_W)
HOME = Key("home", q.POWER_W)
PATIENCE_S = 8.0
LOOK_S = 0.005
OPTIONS = {
    "meter.power_w": "meters/{device}/state | power | W",
    "car.power_w.command": "chargers/1/set | limit=$value; | W",
}


def a_device(port: int, options: dict[str, str] | None = None, **facts: Any) -> Device:
    facts = {"serves": {"meter": GRID, "car": "car"}, "timeout_s": 0.5, **facts}
    return Device("broker", MQTT, f"{LOOPBACK}:{port}", options=OPTIONS if options is None else options, **facts)


def a_seat(**facts: Any) -> Seat:
    return Seat(**{"checker": Checker(KEY), "safe_power_w": {"car": 1000.0}, **facts})


def a_permit(value: float, *, nonce: int = 1, valid_s: float = 5.0, asset: str = "car") -> Permit:
    until = LiveClock().now() + np.timedelta64(round(valid_s * 1000), "ms")
    return seal(KEY, asset=asset, quantity=q.POWER_W, value=value, valid_until=until, nonce=nonce)


def readings(values: Sequence[float], key: Key = HOME) -> list[Reading]:
    now = LiveClock().now()
    return [Reading(key, now, value, now) for value in values]


@asynccontextmanager
async def opened(driver: Mqtt) -> AsyncIterator[Mqtt]:
    """Hold a driver open for as long as the block lasts, within bounded time."""
    await driver.open()
    try:
        async with asyncio.timeout(3 * PATIENCE_S):
            yield driver
    finally:
        await driver.close()


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(LOOK_S)


async def connected(driver: Mqtt) -> None:
    await until(lambda: driver.problems() in ((), ("nothing has been heard yet",)))


async def read(driver: Mqtt, count: int) -> list[Reading]:
    """Read until so many values have come, and none more."""
    found: list[Reading] = []
    while len(found) < count:
        found += await driver.read(LiveClock().now())
        await asyncio.sleep(LOOK_S)
    return found + list(await driver.read(LiveClock().now()))


async def read_once(driver: Mqtt, count: int, before: Sequence[Reading] = ()) -> list[Reading]:
    """Read until so many values have come that are not among those ``before``: some come again after a cut."""
    found: list[Reading] = []
    known = {each.value for each in before}
    while len({each.value for each in found} - known) < count:
        found += await driver.read(LiveClock().now())
        await asyncio.sleep(LOOK_S)
    return found


async def heard(watcher: Watcher, *values: Any, topic: str = "") -> None:
    await asyncio.to_thread(partial(watcher.until, *values, topic=topic))


def once(values: Sequence[Any]) -> list[Any]:
    """Leave out what came again: a message comes at least once, and seldom twice."""
    return list(dict.fromkeys(values))


# ---------------------------------------------------------------------------------------------------------------
# The contract: a scripted broker that says CONNACK, SUBACK and one PUBLISH, well or badly


def packet(kind: int, content: bytes) -> bytes:
    return bytes([kind, len(content)]) + content


def text(content: str) -> bytes:
    return len(content).to_bytes(2, "big") + content.encode()


class TestContract(WritableDriverContract):
    driver = MQTT
    said = (
        packet(0x20, b"\x00\x00")
        + packet(0x90, b"\x00\x01\x01")
        + packet(0x30, text("meters/broker/state") + b'{"power": 1500.0}')
    )
    means: ClassVar = {METER: 1500.0}
    is_asked = True
    asset, value, safe = "car", 3000.0, 1000.0

    def make_writable(self, host: str, port: int, checker: Checker) -> WritableDriver:
        # The scripted broker confirms nothing, so nothing is to be waited for.
        return Mqtt(a_device(port, {**OPTIONS, "command_qos": "0"}), seat=a_seat(checker=checker, hold_s=0.3))

    def told(self, heard: bytes) -> Sequence[float]:
        return [float(each) for each in re.findall(rb"chargers/1/setlimit=([-.0-9]+);", heard)]


# ---------------------------------------------------------------------------------------------------------------
# Out


def test_states_are_published_in_their_order_and_none_is_lost_when_the_broker_is_killed(tmp_path: Path) -> None:
    first, second = [float(each) for each in range(60)], [float(each) for each in range(60, 400)]

    async def use(broker: Broker) -> None:
        async with opened(Mqtt(a_device(broker.port))) as driver:
            await connected(driver)
            with broker.watched("enerwise/home/#") as watcher:
                # Whoever hears something has a session, which goes on when he is away.
                driver.tell(readings([-1.0, *first]))
                await heard(watcher, *first)
                before = watcher.values()
            broker.kill()
            await until(lambda: any("127.0.0.1" in each for each in driver.problems()))
            driver.tell(readings(second))
            broker.start()
            with broker.watched("enerwise/home/#") as watcher:
                await heard(watcher, *second)
                after = watcher.values()
            assert once([each for each in before + after if each >= 0.0]) == [*first, *second]
            assert driver.dropped_count == 0

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


def test_nothing_is_lost_when_the_broker_restarts_in_the_middle_of_a_stream(tmp_path: Path) -> None:
    parts = [[float(each) for each in range(part * 500, part * 500 + 500)] for part in range(3)]

    async def use(broker: Broker) -> None:
        found: list[Any] = []
        async with opened(Mqtt(a_device(broker.port))) as driver:
            await connected(driver)
            with broker.watched("enerwise/home/#") as watcher:
                driver.tell(readings([-1.0]))
                await heard(watcher, -1.0)
            for part in parts:
                with broker.watched("enerwise/home/#") as watcher:
                    driver.tell(readings(part))
                    # It ends while messages are on their way, from us to it and from it to the watcher.
                    await heard(watcher, part[100])
                    await asyncio.to_thread(broker.end)
                found += watcher.values()
                broker.start()
            with broker.watched("enerwise/home/#") as watcher:
                await heard(watcher, parts[-1][-1])
            found += watcher.values()
        assert once([each for each in found if each >= 0.0]) == [value for part in parts for value in part]

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


def test_the_latest_state_is_retained_and_the_house_says_whether_it_is_there(tmp_path: Path) -> None:
    async def use(broker: Broker) -> None:
        async with opened(Mqtt(a_device(broker.port))) as driver:
            await connected(driver)
            driver.tell(readings([1.0, 2.0, math.nan]))
            driver.tell(readings([0.5], Key("battery", q.SOC_RATIO)))
            with broker.watched("enerwise/#") as watcher:
                await heard(watcher, 0.5, topic="enerwise/battery/soc_ratio")
                await heard(watcher, "online", topic="enerwise/status")
        with broker.watched("enerwise/#", client_id="newcomer") as watcher:
            await heard(watcher, "offline", topic="enerwise/status")
            await heard(watcher, None, topic="enerwise/home/power_w")
            assert all(each["retain"] == 1 for each in watcher.heard)

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


def test_home_assistant_learns_of_each_channel_once(tmp_path: Path) -> None:
    async def use(broker: Broker) -> None:
        async with opened(Mqtt(a_device(broker.port, {**OPTIONS, "discovery": "homeassistant"}))) as driver:
            await connected(driver)
            with broker.watched("homeassistant/#") as watcher:
                driver.tell(readings([1.0, 2.0]))
                driver.tell(readings([0.5], Key("battery", q.SOC_RATIO)))
                await asyncio.to_thread(watcher.until_so, lambda heard: len(set(heard)) == 2)
            told = {each["topic"]: json.loads(each["payload"]) for each in watcher.heard}
            power = told["homeassistant/sensor/enerwise-broker/home_power_w/config"]
            assert power["state_topic"] == "enerwise/home/power_w" and power["unit_of_measurement"] == "W"
            assert len(told) == 2, "a topic each; at quality 1 a busy broker may bring a message twice"

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


def test_while_the_broker_is_away_the_newest_states_are_kept_and_the_others_are_counted() -> None:
    driver = Mqtt(a_device(9), out_count=100)
    driver.tell(readings([float(each) for each in range(250)]))
    assert driver.dropped_count == 150
    assert driver.problems()[-1] == "150 states were dropped since the start"


def test_what_is_on_its_way_is_not_dropped_and_goes_out_again_on_a_new_line() -> None:
    outbox = Outbox(3)
    for each in "abc":
        outbox.put(Message(each, b""))
    assert [outbox.next(), outbox.next()] == [Message("a", b""), Message("b", b"")]
    outbox.put(Message("d", b""))
    assert (outbox.dropped_count, len(outbox)) == (1, 3)
    outbox.confirm()
    outbox.begin_afresh()
    found = [outbox.next() for _ in range(3)]
    assert [None if each is None else each.topic for each in found] == ["b", "d", None]


# ---------------------------------------------------------------------------------------------------------------
# In


def test_what_devices_publish_while_we_or_the_broker_are_away_is_read_in_its_order(tmp_path: Path) -> None:
    parts = [[float(each) for each in range(part * 200, part * 200 + 200)] for part in range(3)]

    def publish(broker: Broker, part: Sequence[float]) -> None:
        broker.publish("meters/broker/state", [json.dumps({"power": each}) for each in part])

    async def use(broker: Broker) -> None:
        async with opened(Mqtt(a_device(broker.port))) as driver:
            await connected(driver)
            await asyncio.to_thread(publish, broker, parts[0])
            found = await read_once(driver, 200)
        publish(broker, parts[1])
        broker.end()
        broker.start()
        async with opened(Mqtt(a_device(broker.port))) as driver:
            found += await read_once(driver, 200, found)
            await asyncio.to_thread(broker.kill)
            await until(lambda: any("127.0.0.1" in each for each in driver.problems()))
            broker.start()
            await asyncio.to_thread(publish, broker, parts[2])
            found += await read_once(driver, 200, found)
            assert driver.problems() == ()
        assert once([each.value for each in found]) == [value for part in parts for value in part]
        assert {each.key for each in found} == {METER}

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


def test_a_value_that_the_broker_kept_is_read_only_where_it_says_that_it_is_new(tmp_path: Path) -> None:
    now_s = int(LiveClock().now().astype("datetime64[s]").astype(int))

    async def use(broker: Broker) -> None:
        for number, at_s in ((1, now_s), (2, now_s - 3600)):
            broker.publish(f"m/{number}", [json.dumps({"p": float(number), "ts": at_s})], "-r")
        options = {"meter.power_w": "m/1 | p", "car.power_w": "m/2 | p"}
        async with opened(
            Mqtt(a_device(broker.port, {**options, "measured_at": "ts | s", "client_id": "a"}))
        ) as driver:
            await connected(driver)
            (found,) = await read(driver, 1)
            assert (found.key, found.value) == (METER, 1.0)
            assert found.start_utc == np.datetime64(now_s, "s")
            # What was measured long ago and comes now is history, with its own time.
            await asyncio.to_thread(broker.publish, "m/2", [json.dumps({"p": 7.0, "ts": now_s - 3600})])
            (old,) = await read(driver, 1)
            assert old.start_utc == np.datetime64(now_s - 3600, "s") and old.known_at > old.start_utc
            await asyncio.to_thread(broker.publish, "m/2", [json.dumps({"p": 7.0})])
            await until(lambda: any("does not say when" in each for each in driver.problems()))
        async with opened(Mqtt(a_device(broker.port, {**options, "client_id": "b"}))) as driver:
            await connected(driver)
            await asyncio.to_thread(broker.publish, "m/2", ['{"p": 3.0}'])
            assert [each.value for each in await read(driver, 1)] == [3.0]

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


def test_messages_that_hold_no_number_are_told(tmp_path: Path) -> None:
    async def use(broker: Broker) -> None:
        async with opened(Mqtt(a_device(broker.port))) as driver:
            await connected(driver)
            bad = ("no json", "{}", '{"power": true}', '{"power": "x"}', '{"power": NaN}', "[" * 30_000, "7")
            for content in bad:
                assert all(math.isnan(each) for each in numbers([Field(METER, ("power",))], content.encode()).values())
            await asyncio.to_thread(broker.publish, "meters/broker/state", bad)
            await until(lambda: any("does not hold grid.power_w" in each for each in driver.problems()))
            await asyncio.to_thread(broker.publish, "meters/broker/state", ['{"power": 2}'])
            assert [each.value for each in await read(driver, 1)] == [2.0]
            assert driver.problems() == ()

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


# ---------------------------------------------------------------------------------------------------------------
# Setpoints


def test_a_permit_is_published_once_unretained_and_its_end_brings_the_safe_value(tmp_path: Path) -> None:
    async def use(broker: Broker) -> None:
        with broker.watched("chargers/#") as watcher:
            async with opened(Mqtt(a_device(broker.port), seat=a_seat())) as driver:
                # The first word is the safe one: a restart does not go on where it was.
                await heard(watcher, "limit=1000;")
                permit = a_permit(3000.0, valid_s=0.3)
                assert (await driver.apply(permit, LiveClock().now())).value == 3000.0
                assert (await driver.apply(permit, LiveClock().now())).check in (Check.USED, Check.EXPIRED)
                await heard(watcher, "limit=3000;")
                await until(lambda: watcher.values()[-1] == "limit=1000;")
                assert math.isnan((await driver.apply(a_permit(1.0, nonce=9, asset="boiler"), LiveClock().now())).value)
                assert any("boiler.power_w has no command" in each for each in driver.problems())
                assert (await driver.apply(a_permit(2500.0, nonce=2), LiveClock().now())).value == 2500.0
                assert await driver.rest()
                await until(lambda: watcher.values()[-1] == "limit=1000;")
                await driver.apply(a_permit(2600.0, nonce=3), LiveClock().now())
                assert await driver.stop("car") and not await driver.stop("boiler")
                await until(lambda: watcher.values()[-1] == "limit=1000;")
                await driver.apply(a_permit(2700.0, nonce=4), LiveClock().now())
            # We leave in order: nothing that was allowed stays behind.
            await asyncio.to_thread(watcher.until_so, lambda heard: heard[-2:] == ["limit=2700;", "limit=1000;"])
            assert once(watcher.values()) == [f"limit={each};" for each in (1000, 3000, 2500, 2600, 2700)]
            assert all(each["retain"] == 0 for each in watcher.heard)

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


def test_a_setpoint_for_a_broker_that_is_away_is_told_when_it_is_back_only_while_it_is_allowed(tmp_path: Path) -> None:
    async def use(broker: Broker) -> None:
        with broker.watched("chargers/#"):
            pass
        async with opened(Mqtt(a_device(broker.port), seat=a_seat())) as driver:
            await connected(driver)
            await asyncio.to_thread(broker.end)
            await until(lambda: any("127.0.0.1" in each for each in driver.problems()))
            assert math.isnan((await driver.apply(a_permit(3000.0, valid_s=8.0), LiveClock().now())).value)
            assert not await driver.rest()
            broker.start()
            with broker.watched("chargers/#") as watcher:
                await heard(watcher, "limit=1000;")
                assert math.isnan(await _applied_while_away(driver, broker))
                await heard(watcher, "limit=1000;")
            with broker.watched("chargers/#") as again:
                await heard(again, "limit=4000;")
            assert "limit=3000;" not in watcher.values() + again.values()

    async def _applied_while_away(driver: Mqtt, broker: Broker) -> float:
        await connected(driver)
        await asyncio.to_thread(broker.end)
        await until(lambda: any("127.0.0.1" in each for each in driver.problems()))
        value = (await driver.apply(a_permit(4000.0, nonce=2, valid_s=8.0), LiveClock().now())).value
        broker.start()
        return value

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


def test_with_version_5_a_setpoint_tells_the_broker_when_it_ends_and_a_safe_value_never_does(tmp_path: Path) -> None:
    async def use(broker: Broker) -> None:
        ends = ["-V", "5", "-F", '{"topic":"%t","payload":"%E"}']
        with broker.watched("chargers/#", options=ends) as watcher:
            async with opened(Mqtt(a_device(broker.port, {**OPTIONS, "version": "5"}), seat=a_seat())) as driver:
                await connected(driver)
                assert (await driver.apply(a_permit(3000.0, valid_s=50.0), LiveClock().now())).value == 3000.0
            await asyncio.to_thread(watcher.until_so, lambda heard: len(heard) >= 3 and heard[-1] == "")
            assert {each for each in watcher.values() if each != ""} <= {"49", "50"}
            assert len(set(watcher.values())) > 1

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


def test_when_its_lines_are_cut_the_broker_itself_tells_the_device_to_rest(tmp_path: Path) -> None:
    """What a killed process leaves behind is the same; the test of the gateway kills one."""

    async def use(broker: Broker, proxy: Wire) -> None:
        with broker.watched("#") as watcher:
            async with opened(Mqtt(a_device(proxy.port), seat=a_seat())) as driver:
                await connected(driver)
                await driver.apply(a_permit(3000.0, valid_s=20.0), LiveClock().now())
                await heard(watcher, "limit=3000;")
                count = len(watcher.values("chargers/1/set"))
                proxy.kill()
                await heard(watcher, "offline", topic="enerwise/status")
                await until(lambda: "limit=1000;" in watcher.values("chargers/1/set")[count:])
                # When the lines are back, what is still allowed is told again.
                await until(lambda: watcher.values("chargers/1/set")[-1] == "limit=3000;")
                await until(lambda: watcher.values("enerwise/status")[-1] == "online")

    with a_broker(tmp_path) as broker, chaos(broker.port) as proxy:
        asyncio.run(use(broker, proxy))


def test_a_read_only_device_is_told_nothing(tmp_path: Path) -> None:
    async def use(broker: Broker) -> None:
        with broker.watched("chargers/#") as watcher:
            for device, seat in ((a_device(broker.port, is_read_only=True), a_seat()), (a_device(broker.port), None)):
                async with opened(Mqtt(device, seat=seat)) as driver:
                    await connected(driver)
                    assert math.isnan((await driver.apply(a_permit(3000.0), LiveClock().now())).value)
                    assert await driver.rest() and not await driver.stop("car")
            await asyncio.to_thread(broker.publish, "chargers/1/set", ["the end"])
            await heard(watcher, "the end")
            assert watcher.values() == ["the end"]

    with a_broker(tmp_path) as broker:
        asyncio.run(use(broker))


# ---------------------------------------------------------------------------------------------------------------
# Who may come


def test_a_user_with_a_password_over_tls_is_let_in_and_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority, certificate, key = certificates(tmp_path)
    passwords = password_file(tmp_path, "enerwise", "open-sesame")
    lines = [f"certfile {certificate}", f"keyfile {key}", f"password_file {passwords}", "allow_anonymous false"]
    monkeypatch.setenv("BROKER_USER", "enerwise")
    options = {
        **OPTIONS,
        "user_from": "BROKER_USER",
        "password_from": "BROKER_PASSWORD",
        "ca_file": str(authority),
    }

    async def trouble(device: Device, why: str) -> None:
        async with opened(Mqtt(device)) as driver:
            await until(lambda: any(why in each for each in driver.problems()))
            assert not any("open-sesame" in each for each in driver.problems())

    async def use(broker: Broker) -> None:
        device = replace(a_device(broker.port, options), address=f"mqtts://{LOOPBACK}:{broker.port}")
        monkeypatch.delenv("BROKER_PASSWORD", raising=False)
        await trouble(device, "the environment has no BROKER_PASSWORD")
        monkeypatch.setenv("BROKER_PASSWORD", "open-barley")
        await trouble(device, "does not let us in: Not authorized")
        monkeypatch.setenv("BROKER_PASSWORD", "open-sesame")
        async with opened(Mqtt(device)) as driver:
            await connected(driver)
        without = {name: value for name, value in options.items() if name != "ca_file"}
        await trouble(replace(device, options=without), "its certificate is not trusted")
        await trouble(replace(device, options={**options, "ca_file": str(tmp_path / "none")}), "No such file")
        await trouble(replace(device, address=f"mqtt://{LOOPBACK}:{broker.port}"), LOOPBACK)

    with a_broker(tmp_path, *lines) as broker:
        asyncio.run(use(broker))


# ---------------------------------------------------------------------------------------------------------------
# Options


def test_addresses_are_read_with_their_usual_ports() -> None:
    for address, expected in {
        "broker.lan": ("broker.lan", 1883, False),
        "mqtt://10.0.0.7": ("10.0.0.7", 1883, False),
        "mqtts://broker.lan": ("broker.lan", 8883, True),
        "mqtt://[::1]:7": ("::1", 7, False),
        "mqtts://[::1]": ("::1", 8883, True),
    }.items():
        found = make(replace(a_device(1883), address=address)).broker
        assert (found.host, found.port, found.is_tls) == expected


def test_everything_wrong_with_a_device_is_told_at_once() -> None:
    options = {
        "meter.power_w": "a/+ | p | W",
        "meter.voltage_v": "a | p | kW",
        "meter.frequency_hz": "a/{colour} | p",
        "meter.current_a": "a | b..c",
        "meter.energy_wh": "a | p | Wh | 0",
        "meter.soc_ratio": "a | p | % | 1 | 2",
        "meter.colour": "a | p",
        "nobody.power_w": "a | p",
        "car.power_w.command": "c | {} | W",
        "car.current_a.command": "c | $amps",
        "measured_at": "ts | h",
        "base": "x/#",
        "discovery": "",
        "version": "4",
        "command_qos": "2",
        "password_from": "P",
        "cert_file": "c.pem",
    }
    with pytest.raises(ProblemsFound) as found:
        make(replace(a_device(1, options), address="http://x:1/y"))
    places = {each.place.removeprefix("broker.").removeprefix("options.") for each in found.value.problems}
    assert places == (set(options) - {"password_from"}) | {"address", "user_from"}
