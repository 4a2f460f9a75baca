"""From devices to drivers."""

from dataclasses import replace

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.devices.drivers.http import Http
from enerwise.devices.drivers.make import make_driver, make_drivers
from enerwise.devices.drivers.p1 import P1
from enerwise.site import wiring
from enerwise.site.site import GRID
from enerwise.site.wiring import Device

METER = Device("meter", wiring.P1, "192.168.1.5:2001", serves={"meter": GRID}, is_read_only=True)
SHELLY = Device(
    "shelly", wiring.HTTP, "http://192.168.1.6/", serves={"meter": GRID}, options={"meter.power_w": "power | W"}
)
INVERTER = Device("inverter", wiring.MODBUS_TCP, "192.168.1.7:502")


def test_every_device_beside_the_door_gets_the_driver_it_names() -> None:
    drivers = make_drivers((METER, INVERTER, SHELLY))
    assert [type(each) for each in drivers] == [P1, Http]
    assert [each.id for each in drivers] == ["meter", "shelly"]


def test_the_doors_devices_have_no_driver_here() -> None:
    assert make_drivers((INVERTER,)) == ()
    with pytest.raises(ProblemsFound, match="by the door alone"):
        make_driver(INVERTER)


def test_a_driver_that_is_not_installed_is_a_problem_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "DRIVERS", (*wiring.DRIVERS, "telepathy"))
    with pytest.raises(ProblemsFound) as found:
        make_driver(replace(METER, driver="telepathy"))
    (problem,) = found.value.problems
    assert problem.place == "meter.driver"
    assert "no plug-in 'telepathy'" in problem.message
    for known in (wiring.MODBUS_TCP, wiring.P1, wiring.HTTP):
        assert known in problem.remedy


def test_everything_wrong_with_all_devices_is_told_at_once() -> None:
    deaf, blind = replace(METER, address="nowhere"), replace(SHELLY, address="ftp://x", options={})
    with pytest.raises(ProblemsFound) as found:
        make_drivers((deaf, INVERTER, blind))
    assert {each.place.partition(".")[0] for each in found.value.problems} == {"meter", "shelly"}
