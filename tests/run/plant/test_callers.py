"""Simulated devices that call: what they publish is what the driver reads, and they take what it writes."""

import json
import math
import time

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import POWER_W, SOC_RATIO
from enerwise.core.series import Key
from enerwise.core.time import VirtualClock
from enerwise.devices.drivers.mqtt_options import broker_of
from enerwise.protocols.mqtt import Command, measured_at, numbers
from enerwise.run.plant.broker import BrokerTwin, pattern_of, setpoint_in
from enerwise.run.plant.charger import ChargerTwin
from enerwise.run.plant.host import calling
from enerwise.run.plant.outlet import Limit, OutletTwin, limit_of
from enerwise.run.plant.places import _calls_here, moved_here, played
from enerwise.site.wiring import MQTT, OCPP, Device
from tests.builders import NOON, a_battery, a_load, a_site

POWER = Key("boiler", POWER_W)
LATER = NOON + np.timedelta64(10, "s")
templates = st.sampled_from(
    ["$value", '{"amp": $whole}', "set:$value;for:$valid_s", "$valid_s/$value", "a.b*[$whole] (x)", "$$ $value"]
)


def a_broker_twin(**options: str) -> BrokerTwin:
    options = {"boiler.power_w": "boiler/status | meters[0].power | kW", **options}
    return BrokerTwin(
        Device("broker", MQTT, "127.0.0.1:1883", serves={"boiler": "boiler"}, options=options), NOON_CLOCK
    )


NOON_CLOCK = VirtualClock(NOON)


@given(template=templates, value=st.floats(-1e5, 1e5), factor=st.sampled_from([1.0, 230.0, 1000.0, -1.0]))
def test_a_setpoint_is_taken_as_it_was_written(template: str, value: float, factor: float) -> None:
    command = Command(POWER, "boiler/set", template, factor)
    told = setpoint_in(command, pattern_of(template), command.message(value, 7.9).payload)
    assert told is not None
    coarse = abs(factor) * (1.0 if "$whole" in template else 1e-3)
    assert told[0] == pytest.approx(value, abs=coarse)
    assert told[1] == (7.0 if "$valid_s" in template else math.inf)


@given(text=st.binary(max_size=30), template=templates)
def test_what_is_no_setpoint_is_none(text: bytes, template: str) -> None:
    command = Command(POWER, "boiler/set", template)
    assume(not any(each.isdigit() for each in text.decode(errors="replace")))
    assert setpoint_in(command, pattern_of(template), text) is None


@given(power_w=st.floats(-1e5, 1e5), soc_ratio=st.floats(0.0, 1.0))
def test_what_it_publishes_is_what_the_driver_reads(power_w: float, soc_ratio: float) -> None:
    options = {
        "boiler.soc_ratio": "boiler/status | meters[1].soc | %",
        "measured_at": "sys.ts | s",
    }
    twin = a_broker_twin(**options)
    twin.show("boiler", POWER_W, power_w)
    twin.show("boiler", SOC_RATIO, soc_ratio)
    broker = broker_of(twin.device)
    (fields,) = broker.fields.values()
    payload = twin._payload(fields)
    assert numbers(fields, payload) == pytest.approx({POWER: power_w, Key("boiler", SOC_RATIO): soc_ratio})
    assert broker.stamp is not None
    assert measured_at(payload, broker.stamp) == NOON
    assert set(twin.measured()) == {"boiler.power_w", "boiler.soc_ratio"}


def test_a_value_nobody_knows_is_published_as_nothing() -> None:
    twin = a_broker_twin()
    twin.show("boiler", POWER_W, math.nan)
    (fields,) = broker_of(twin.device).fields.values()
    assert json.loads(twin._payload(fields)) == {"meters": [{"power": None}]}


def test_a_setpoint_that_ends_brings_it_to_rest_and_faults_act_as_on_any_device() -> None:
    twin = a_broker_twin(**{"boiler.power_w.command": "boiler/set | $value for $valid_s | W"})
    assert twin.moves("boiler") and math.isnan(twin.asked_w("boiler", 0.0))
    twin._take("boiler/set", b"1500 for 5", False)
    twin._take("boiler/set", b"nonsense", False)
    twin._take("elsewhere", b"1 for 1", False)
    now_s = time.monotonic()
    assert (twin.asked_w("boiler", now_s), twin.write_count, twin.written()) == (1500.0, 1, {"boiler/set": 1})
    assert twin.asked_w("boiler", now_s + 6.0) == 0.0
    twin._take("boiler/set", b"1200 for 500", False)
    assert twin.asked_w("boiler", now_s) == 1200.0
    twin.faults.is_stuck = True
    twin._take("boiler/set", b"100 for 500", False)
    assert twin.asked_w("boiler", now_s) == 1200.0
    twin.faults.is_flipped = True
    twin.show("boiler", POWER_W, 1200.0)
    assert twin._shown[POWER] == -1200.0


SOCKET = ChargerTwin(
    Device("c", OCPP, "127.0.0.1:9000", serves={"CP-1": "car"}, options={"CP-1.phases": "1"}), NOON_CLOCK
)._outlets["CP-1"].socket  # fmt: skip


def an_outlet(*limits: Limit, transaction: int | None = 1) -> OutletTwin:
    return OutletTwin(SOCKET, dict(enumerate(limits)), transaction)


@pytest.mark.parametrize(
    ("limits", "allowed_w"),
    [
        ((), 1e9),
        ((Limit(2000.0, 0, "TxDefaultProfile", None),), 2000.0),
        ((Limit(2000.0, 0, "TxDefaultProfile", None), Limit(3000.0, 1, "TxDefaultProfile", LATER)), 3000.0),
        ((Limit(2000.0, 0, "TxDefaultProfile", None), Limit(3000.0, 1, "TxDefaultProfile", NOON)), 2000.0),
        ((Limit(2000.0, 0, "TxDefaultProfile", None), Limit(3000.0, 0, "TxProfile", LATER)), 3000.0),
        ((Limit(2000.0, 0, "ChargePointMaxProfile", None), Limit(3000.0, 0, "TxProfile", LATER)), 2000.0),
        # 6 A at 230 V are the least that a car takes.
        ((Limit(1379.0, 0, "TxDefaultProfile", None),), 0.0),
        ((Limit(1380.0, 0, "TxDefaultProfile", None),), 1380.0),
    ],
)
def test_limits_hold_by_level_purpose_and_time(limits: tuple[Limit, ...], allowed_w: float) -> None:
    assert an_outlet(*limits).allowed_w(NOON) == allowed_w
    assert an_outlet(*limits, transaction=None).allowed_w(NOON) == 0.0


def test_a_profile_is_read_in_amperes_and_ends_with_whatever_ends_first() -> None:
    profile = {
        "stack_level": 1, "charging_profile_purpose": "TxProfile", "valid_to": "2024-07-01T12:01:00Z",
        "charging_schedule": {
            "charging_rate_unit": "A", "duration": 30, "start_schedule": "2024-07-01T12:00:00Z",
            "charging_schedule_period": [{"limit": 10.0, "number_phases": 1}],
        },
    }  # fmt: skip
    found = limit_of(profile, SOCKET)
    assert (found.rate_w, found.level, found.purpose) == (2300.0, 1, "TxProfile")
    assert found.until == np.datetime64("2024-07-01T12:00:30", "ms")
    assert [found.holds(NOON + np.timedelta64(at, "s")) for at in (-1, 0, 29, 30)] == [False, True, True, False]


def test_two_channels_of_one_topic_are_both_heard() -> None:
    serves = {"one": "boiler", "two": "car"}
    options = {
        "one.power_w.command": 'relays/set | {"one": $value}',
        "two.power_w.command": 'relays/set | {"two": $value}',
    }
    twin = BrokerTwin(Device("broker", MQTT, "127.0.0.1", serves=serves, options=options), NOON_CLOCK)
    twin._take("relays/set", b'{"one": 7}', False)
    twin._take("relays/set", b'{"two": 8}', False)
    assert (twin.asked_w("one", 0.0), twin.asked_w("two", 0.0)) == (7.0, 8.0)


def test_what_calls_elsewhere_is_not_played() -> None:
    here = Device("here", MQTT, "localhost:1883", serves={"home": "home"})
    away = Device("away", MQTT, "broker.example:1883", serves={"home": "home"})
    hidden = Device("hidden", OCPP, "wss://127.0.0.1:9000", serves={"CP-1": "home"})
    assert played(a_site(a_battery(), a_load(), devices=[here, away, hidden])) == (here,)


@pytest.mark.parametrize(
    ("driver", "address", "is_played"),
    [
        (MQTT, "127.0.0.1", True),
        (MQTT, "mqtt://127.0.0.1", True),
        (MQTT, "mqtt://[::1]", True),
        (MQTT, "[::1]:1883", True),
        (MQTT, "mqtt://192.168.1.5", False),
        (MQTT, "192.168.1.5", False),
        (MQTT, "broker.example", False),
        (MQTT, "mqtts://localhost", False),
        (OCPP, ":9000", True),
        (OCPP, "127.0.0.1:9000", True),
        (OCPP, "0.0.0.0:9000", False),
    ],
)
def test_only_what_is_surely_on_this_machine_is_played(driver: str, address: str, is_played: bool) -> None:
    device = Device("device", driver, address, serves={"CP-1": "home"})
    assert _calls_here(device) is is_played


def test_a_site_that_is_moved_here_reaches_nothing_elsewhere() -> None:
    away = Device("away", MQTT, "mqtt://192.168.1.5", serves={"home": "home"})
    chargers = Device("chargers", OCPP, "wss://0.0.0.0:9000", serves={"CP-1": "home"})
    places = moved_here(a_site(a_battery(), a_load(), devices=[away, chargers]), 15020, "/tmp")
    assert places == {"mqtt://192.168.1.5": "127.0.0.1:15020", "wss://0.0.0.0:9000": "127.0.0.1:15021"}


def test_a_secret_that_is_not_set_is_told_before_anything_is_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROKER_PASSWORD", raising=False)
    options = {"home.power_w": "home/power", "user_from": "BROKER_PASSWORD", "password_from": "BROKER_PASSWORD"}
    device = Device("broker", MQTT, "127.0.0.1", serves={"home": "home"}, options=options)
    with pytest.raises(ProblemsFound, match="BROKER_PASSWORD"):
        calling(device, NOON_CLOCK)
