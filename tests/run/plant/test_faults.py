"""Every fault that can be ordered shows at the registers or in the machine, until the device is well again."""

import asyncio
import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from enerwise.core import quantity as q
from enerwise.core.errors import ProblemsFound
from enerwise.core.series import Key
from enerwise.run.plant.faults import NAMED, fields_of
from enerwise.run.plant.host import Host
from enerwise.run.plant.orders import Orders
from enerwise.run.plant.pack import Alarm, Pack
from enerwise.run.plant.script import Timed, drawn, read_script
from tests.builders import a_battery, a_site
from tests.run.plant.builders import a_device, a_host, armed, run_for, shown, told

Claim = Callable[[Host], bool]
MEASURED = {"hybrid": ["meter.power_w", "battery.soc_ratio"], "meter": ["meter.power_w"], "box": ["pv.power_w"]}


def grid_w(host: Host) -> float:
    return shown(host)[Key("grid", q.POWER_W)]


def battery(host: Host, quantity: str) -> float:
    return shown(host)[Key("battery", quantity)]


SHOWS: dict[str, tuple[dict[str, Any], Claim]] = {
    "stuck": ({"fault": "stuck"}, lambda host: host.plant.power_w["battery"] == 0.0),
    "flipped": ({"is_flipped": True}, lambda host: grid_w(host) < 0.0 and battery(host, q.POWER_W) < 0.0),
    "flipped meter": (
        {"fault": "flipped_meter"},
        lambda host: grid_w(host) < 0.0 < min(host.plant.grid_w, battery(host, q.POWER_W)),
    ),
    "wrong meter": ({"fault": "wrong_meter"}, lambda host: abs(grid_w(host) - host.plant.grid_w) > 2900.0),
    "set": ({"sets": {"meter.frequency_hz": 47.0}}, lambda host: shown(host)[Key("grid", q.FREQUENCY_HZ)] == 47.0),
    "SoC jump": ({"fault": "soc_jump"}, lambda host: battery(host, q.SOC_RATIO) < 0.21 < host.plant.soc_ratio()["battery"]),  # noqa: E501
    "frozen": ({"fault": "frozen"}, lambda host: battery(host, q.POWER_W) == 0.0),
    "hot": (
        {"fault": "overtemperature", "heat_k_per_s": 20.0},
        lambda host: battery(host, q.CELL_TEMPERATURE_MAX_DEGC) > 60.0 and battery(host, q.IS_CLOSED) == 0.0,
    ),
    "earthed": (
        {"fault": "insulation"},
        lambda host: battery(host, q.INSULATION_OHM) == 20e3
        and battery(host, q.ALARM_CODE) == Alarm.EARTHED
        and host.plant.power_w["battery"] == 0.0,
    ),
    "welded": (
        {"fault": "welded"},
        lambda host: battery(host, q.ALARM_CODE) == Alarm.EARTHED | Alarm.WELDED
        and battery(host, q.IS_CLOSED) == 1.0
        and host.plant.power_w["battery"] > 700.0,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWS)
def test_a_fault_shows_until_the_device_is_well(name: str) -> None:
    fault, holds = SHOWS[name]
    host = a_host(sun_w=0.0)
    host.fault("hybrid", **fault)
    told(host, "battery", 800.0, 0.0)
    run_for(host, 3.0)
    assert holds(host)
    assert host.state()["faults"] == {"hybrid": fields_of(fault, host.boxes["hybrid"].measured())}
    host.heal("hybrid")
    run_for(host, 20.0, from_s=3.0)
    assert not holds(host)
    assert host.state()["faults"] == {}
    assert host.plant.power_w["battery"] == pytest.approx(800.0, abs=1.0)


def test_a_stuck_machine_goes_on_with_what_it_did_and_its_watchdog_is_stuck_too() -> None:
    host = a_host()
    armed(host, 2.0)
    told(host, "battery", 1500.0, 0.0)
    told(host, "pv", -900.0, 0.0)
    t_s = run_for(host, 1.0)
    host.fault("hybrid", is_stuck=True)
    told(host, "battery", 0.0, t_s)
    told(host, "pv", 0.0, t_s)
    run_for(host, 10.0, from_s=t_s)
    assert host.plant.power_w["battery"] == pytest.approx(1500.0, abs=1.0)
    assert host.plant.power_w["roof"] == pytest.approx(-900.0, abs=1.0)


def test_a_watchdog_that_cannot_be_set_reads_back_as_not_set() -> None:
    host = a_host()
    host.fault("hybrid", is_deaf=True)
    armed(host, 5.0)
    assert not host.boxes["hybrid"].bound.comms_loss_s_in(host.boxes["hybrid"].words) > 0


def test_an_open_battery_has_no_voltage_on_its_bus_and_takes_no_current() -> None:
    pack = Pack.of(a_battery())
    host = a_host()
    host.fault("hybrid", insulation_ohm=1000.0)
    run_for(host, 0.5)
    assert battery(host, q.BUS_VOLTAGE_V) == 0.0 < battery(host, q.PACK_VOLTAGE_V)
    assert battery(host, q.CURRENT_A) == 0.0 == battery(host, q.CHARGE_CURRENT_LIMIT_A)
    assert host.state()["open"] == ["battery"]
    assert pack.current_limit_a == pytest.approx(1.5 * 5000.0 / (16 * 3.25))


def test_a_hot_battery_stays_open_until_it_has_cooled_down() -> None:
    host = a_host()
    host.fault("hybrid", heat_k_per_s=10.0)
    t_s = run_for(host, 4.5)
    assert host.state()["open"] == ["battery"]
    host.heal("hybrid")
    while host.state()["open"]:
        t_s = run_for(host, 0.1, from_s=t_s)
        assert t_s < 30.0
    assert battery(host, q.CELL_TEMPERATURE_MAX_DEGC) == pytest.approx(50.0, abs=0.5)


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ({"is_purple": True}, "is_purple: is no fault"),
        ({"fault": "purple"}, "fault: 'purple' is no fault; write one of silent"),
        ({"fault": ["silent"]}, "is no fault"),
        ({"is_silent": 1}, "is_silent: is 1; write true or false"),
        ({"delay_s": -1.0}, "delay_s: is -1.0"),
        ({"delay_s": math.nan}, "delay_s: is nan"),
        ({"delay_s": True}, "delay_s: is True"),
        ({"adds": 3.0}, "adds: is 3.0"),
        ({"adds": {"meter.power_w": math.inf}}, "adds.meter.power_w: is no finite number"),
        ({"sets": {"toaster.power_w": 1.0}}, "sets.toaster.power_w: is nothing this device measures"),
    ],
)
def test_what_is_no_fault_is_refused_and_changes_nothing(order: dict[str, Any], why: str) -> None:
    host = a_host()
    with pytest.raises(ProblemsFound) as found:
        host.obey({"device": "hybrid", **order})
    assert why in str(found.value)
    assert host.state()["faults"] == {}
    with pytest.raises(ProblemsFound, match="'toaster' is not played here; write one of hybrid"):
        host.fault("toaster", is_silent=True)


@pytest.mark.parametrize("name", NAMED)
def test_every_name_stands_for_fields_there_are(name: str) -> None:
    host = a_host()
    host.fault("hybrid", fault=name)
    assert host.boxes["hybrid"].faults.wrong() == NAMED[name]


# ---------------------------------------------------------------------------------------------------------------
# Scripts


def test_a_script_breaks_and_heals_in_time() -> None:
    host = a_host()
    host.follow([Timed("hybrid", {"is_silent": True}, 1.0, 2.0), Timed("hybrid", {"delay_s": 0.5}, 2.0)])
    seen = []
    t_s = 0.0
    for _ in range(5):
        t_s = run_for(host, 0.9, from_s=t_s)
        seen.append(host.state()["faults"].get("hybrid", {}))
    slow = {"delay_s": 0.5}
    assert seen == [{}, {"is_silent": True}, {"is_silent": True, **slow}, slow, slow]


def test_a_script_is_read_from_lines() -> None:
    text = """
# first the meter
{"device": "meter", "fault": "silent", "after_s": 10, "for_s": 5}
{"device": "hybrid", "adds": {"meter.power_w": 50}}
"""
    assert read_script(text, MEASURED, source="faults.jsonl") == (
        Timed("meter", {"is_silent": True}, 10, 5),
        Timed("hybrid", {"adds": {"meter.power_w": 50}}),
    )


def test_a_script_that_cannot_be_read_names_every_line() -> None:
    lines = [
        "rubbish",
        "[1]",
        '{"device": "toaster", "fault": "silent"}',
        '{"device": "hybrid"}',
        '{"device": "hybrid", "fault": "silent", "for_s": "long"}',
        '{"device": "hybrid", "fault": "silent", "after_s": NaN}',
        '{"device": ["hybrid"], "fault": "silent"}',
        '{"device": "hybrid", "delay_s": "slow"}',
    ]
    with pytest.raises(ProblemsFound) as found:
        read_script("\n".join(lines), MEASURED, source="faults.jsonl")
    assert [each.place.partition(",")[0] for each in found.value.problems] == [f"line {at}" for at in range(1, 9)]


def test_drawn_faults_are_the_same_for_the_same_seed_and_what_each_device_can_have() -> None:
    first, again, other = (
        drawn(MEASURED, rng=np.random.default_rng(seed), within_s=86_400.0, every_s=600.0) for seed in (1, 1, 2)
    )
    assert first == again != other
    assert {each.device for each in first} == set(MEASURED)
    assert 100 < sum(each.device == "hybrid" for each in first) < 180
    for device, names in MEASURED.items():
        of_device = [each for each in first if each.device == device]
        readings = {
            name for each in of_device for value in each.changes.values() if isinstance(value, dict) for name in value
        }
        assert readings <= set(names)
        ends = [each.after_s + each.for_s for each in of_device]
        assert all(end <= after.after_s for end, after in zip(ends, of_device[1:], strict=False))  # fmt: skip


def test_a_soak_of_drawn_faults_leaves_the_plant_within_its_limits() -> None:
    """Half an hour of faults, one after the other: whatever a register says, machines stay within themselves."""
    host = a_host()
    rng = np.random.default_rng(7)
    host.follow(drawn(host.measured(), rng=rng, within_s=1800.0, every_s=15.0))
    seen: set[str] = set()
    t_s = 0.0
    for _ in range(180):
        told(host, "battery", float(rng.uniform(-9000.0, 9000.0)), t_s)
        for _ in range(10):
            t_s += 1.0
            host.step(np.datetime64("2024-07-01T00:30", "ms"), t_s, 1.0)
        seen |= host.state()["faults"].get("hybrid", {}).keys()
    assert len(seen) >= 8
    assert host.plant.counts.battery_power == 0
    assert 0.0 <= host.plant.soc_ratio()["battery"] <= 1.0


# ---------------------------------------------------------------------------------------------------------------
# Orders


def test_faults_can_be_ordered_from_outside() -> None:
    async def run() -> None:
        host = a_host(a_site(devices=[a_device()]))
        orders = Orders(host.obey, 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", await orders.open())
        answers = []
        for line in (
            b'{"device": "hybrid", "fault": "silent"}',
            b'{"device": "hybrid", "is_silent": false, "delay_s": 0.2}',
            b'{"device": "hybrid", "heal": true}',
            b'{"device": "toaster", "heal": true}',
            b'{"fault": "silent"}',
            b"\xff rubbish",
            b"[1, 2]",
            b"",
        ):
            writer.write(line + b"\n")
            answers.append(json.loads(await asyncio.wait_for(reader.readline(), 2.0)))
        await orders.close()
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
        assert [each["ok"] for each in answers] == [True, True, True, False, False, False, False, True]
        assert [each.get("faults") for each in answers[:3]] == [
            {"hybrid": {"is_silent": True}},
            {"hybrid": {"delay_s": 0.2}},
            {},
        ]
        assert "this is no order" in answers[5]["why"]
        assert answers[-1]["simulated"] is True

    asyncio.run(run())
