"""The simulated plant behaves like machines on a wire: it follows, falls to rest by itself, and shows its faults."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest
from pymodbus.client import AsyncModbusTcpClient

from enerwise.core import quantity as q
from enerwise.core.errors import ProblemsFound
from enerwise.core.series import Key
from enerwise.core.time import VirtualClock
from enerwise.devices.profiles import load_profile, profile_names
from enerwise.devices.supply import Supply
from enerwise.protocols.modbus import Request, Table
from enerwise.run.plant.box import DeviceTwin
from enerwise.run.plant.host import Host
from enerwise.run.plant.orders import Orders
from enerwise.run.plant.server import answered
from enerwise.site.site import Site
from enerwise.site.wiring import Device
from tests.builders import a_grid, a_site

def test_registers_show_what_the_machines_do() -> None:
    host = a_host()
    run_for(host, 3.0)
    values = shown(host)
    assert values[Key("roof", q.POWER_W)] == pytest.approx(-2000.0, abs=2.0)
    assert values[Key("grid", q.POWER_W)] == pytest.approx(-1500.0, abs=2.0)
    assert values[Key("battery", q.SOC_RATIO)] == pytest.approx(0.5, abs=1e-3)
    assert values[Key("grid", q.FREQUENCY_HZ)] == pytest.approx(50.0, abs=0.1)


def test_a_setpoint_is_followed_with_a_lag_and_within_the_machines_own_limits() -> None:
    host = a_host()
    told(host, "battery", 1000.0, 0.0)
    t_s = run_for(host, 0.1)
    assert 100.0 < host.plant.power_w["battery"] < 500.0
    t_s = run_for(host, 3.0, from_s=t_s)
    assert host.plant.power_w["battery"] == pytest.approx(1000.0, abs=1.0)
    told(host, "battery", 20_000.0, t_s)
    run_for(host, 3.0, from_s=t_s)
    assert host.plant.power_w["battery"] == pytest.approx(5000.0, abs=1.0)


def test_energy_goes_where_power_went() -> None:
    host = a_host()
    told(host, "battery", 3600.0, 0.0)
    run_for(host, 100.0)
    stored_wh = (host.state()["soc_ratio"]["battery"] - 0.5) * 13_500.0
    assert stored_wh == pytest.approx(3600.0 * 100.0 / 3600.0 * 0.9**0.5, rel=0.01)


def test_a_device_that_hears_nothing_goes_to_rest_by_itself() -> None:
    host = a_host()
    armed(host, 5.0)
    told(host, "battery", 2000.0, 0.0)
    t_s = run_for(host, 4.9)
    assert host.plant.power_w["battery"] == pytest.approx(2000.0, abs=1.0)
    t_s = run_for(host, 3.0, from_s=t_s)
    assert host.plant.power_w["battery"] == pytest.approx(0.0, abs=1.0)
    assert host.plant.power_w["roof"] == pytest.approx(0.0, abs=1.0)
    told(host, "battery", 2000.0, t_s)
    run_for(host, 3.0, from_s=t_s)
    assert host.plant.power_w["battery"] == pytest.approx(2000.0, abs=1.0)


def test_a_ceiling_holds_the_sun_back() -> None:
    host = a_host()
    told(host, "pv", -700.0, 0.0)
    run_for(host, 3.0)
    assert host.plant.power_w["roof"] == pytest.approx(-700.0, abs=1.0)
    assert shown(host)[Key("roof", q.AVAILABLE_POWER_W)] == pytest.approx(-2000.0, abs=1.0)


def test_what_is_beyond_a_limit_is_counted() -> None:
    host = a_host(load_w=9500.0, sun_w=0.0)
    run_for(host, 1.0)
    state = host.state()
    assert state["violations"] == 10
    assert state["worst"]["import_limit"] == pytest.approx(500.0)
    assert a_host().state()["violations"] == 0


@pytest.mark.parametrize(
    ("fault", "holds"),
    [
        ({"is_stuck": True}, lambda host: host.plant.power_w["battery"] == 0.0),
        ({"is_flipped": True}, lambda host: shown(host)[Key("grid", q.POWER_W)] < 0.0 < host.plant.grid_w),
        (
            {"adds": {"battery.temperature_degc": 30.0}},
            lambda host: shown(host)[Key("battery", q.TEMPERATURE_DEGC)] > 49,
        ),
        ({"is_frozen": True}, lambda host: shown(host)[Key("battery", q.POWER_W)] == 0.0),
    ],
    ids=["stuck", "flipped", "wrong", "frozen"],
)
def test_faults_show(fault: dict[str, Any], holds: Callable[[Host], bool]) -> None:
    host = a_host(sun_w=0.0)
    host.fault("hybrid", **fault)
    told(host, "battery", 800.0, 0.0)
    run_for(host, 3.0)
    assert holds(host)
    host.heal("hybrid")
    run_for(host, 3.0, from_s=3.0)
    assert not holds(host)


def test_a_watchdog_that_cannot_be_set_reads_back_as_not_set() -> None:
    host = a_host()
    host.fault("hybrid", is_deaf=True)
    armed(host, 5.0)
    assert not host.twins["hybrid"].bound.comms_loss_s_in(host.twins["hybrid"].words) > 0


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_can_be_played(name: str) -> None:
    profile = load_profile(name)
    twin = DeviceTwin(a_device(name, serves=dict.fromkeys(profile.roles, "grid")), profile)
    for read in twin.bound.reads():
        words = twin.read(read.table, read.address, read.count)
        assert words is not None
        assert len(words) == read.count
    assert not twin.bound.absent
    for setpoint in profile.setpoints:
        for write in twin.bound.writes(setpoint.role, setpoint.quantity, 0.0):
            assert twin.write(write.table, write.address, write.words, 0.0), f"{name} has no register {write.address}"


def test_unknown_registers_units_and_faults_are_refused() -> None:
    host = a_host()
    twin = host.twins["hybrid"]
    assert not twin.write(Table.HOLDING, 9999, (1,), 0.0)
    assert twin.read(Table.INPUT, 9999, 2) is None
    from enerwise.protocols.modbus import Asked

    request = Request.read(7, Table.INPUT, 0, 1)
    assert answered(Asked(7, 4, request, transaction=1), None, 0.0).exception_code == 11
    with pytest.raises(ProblemsFound, match="is no fault"):
        host.fault("hybrid", is_purple=True)
    with pytest.raises(ProblemsFound, match="is not played here"):
        host.fault("toaster", is_silent=True)


@pytest.mark.parametrize(
    ("devices", "why"),
    [([], "there is none that speaks Modbus"), ([a_device(address="192.168.1.20:502")], "is not this machine")],
)
def test_a_site_that_cannot_be_played_says_why(devices: list[Device], why: str) -> None:
    with pytest.raises(ProblemsFound, match=why):
        a_host(a_site(devices=devices))


# ---------------------------------------------------------------------------------------------------------------
# On the wire, asked by a client that is not ours


def on_the_wire(host: Host, ask: Callable[[AsyncModbusTcpClient, Host], Awaitable[None]]) -> None:
    async def run() -> None:
        stop = asyncio.Event()
        living = asyncio.create_task(host.run(stop))
        while not host.wires[0].port:
            await asyncio.sleep(0.005)
        client = AsyncModbusTcpClient("127.0.0.1", port=host.wires[0].port, timeout=0.4, retries=0)
        try:
            assert await client.connect()
            await ask(client, host)
        finally:
            client.close()
            stop.set()
            await asyncio.wait_for(living, 3.0)

    asyncio.run(run())


def test_a_foreign_client_reads_and_writes() -> None:
    async def ask(client: AsyncModbusTcpClient, host: Host) -> None:
        answer = await client.read_input_registers(4, count=1, device_id=1)
        assert answer.registers == [5000]
        written = await client.write_registers(100, [0, 1500], device_id=1)
        assert not written.isError()
        assert host.twins["hybrid"].asked_w("battery", host.twins["hybrid"].heard_s) == 1500.0
        assert (await client.read_input_registers(900, count=1, device_id=1)).exception_code == 2
        assert (await client.read_input_registers(0, count=1, device_id=9)).exception_code == 11

    on_the_wire(a_host(), ask)


def test_a_silent_device_answers_nobody() -> None:
    from pymodbus.exceptions import ModbusException

    async def ask(client: AsyncModbusTcpClient, host: Host) -> None:
        host.fault("hybrid", is_silent=True)
        with pytest.raises(ModbusException):
            await client.read_input_registers(4, count=1, device_id=1)

    on_the_wire(a_host(), ask)


def test_faults_can_be_ordered_from_outside() -> None:
    async def run() -> None:
        host = a_host()
        orders = Orders(host.obey, 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", await orders.open())
        for line, part in (
            (b'{"device": "hybrid", "is_silent": true}\n', b'"faults": {"hybrid": {"is_silent": true}}'),
            (b'{"device": "toaster"}\n', b"is not played here"),
            (b"rubbish\n", b'"ok": false'),
            (b"\n", b'"simulated": true'),
        ):
            writer.write(line)
            assert part in await reader.readline()
        writer.close()
        await writer.wait_closed()
        await orders.close()

    asyncio.run(run())
