"""A wiring that reads well can still be wrong: everything that is comes back at once."""

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.serve.wiring import profiles_of
from enerwise.site.wiring import Device
from tests.builders import a_site

from .builders import a_site_file, enerwise, said
from .test_wired import EXAMPLE


def a_device(id: str = "hybrid", **facts: object) -> Device:
    defaults = {"profile": "generic_hybrid", "serves": {"battery": "battery"}}
    return Device(id, "modbus_tcp", "127.0.0.1:502", **{**defaults, **facts})  # type: ignore[arg-type]


def test_profiles_are_found_by_device() -> None:
    assert profiles_of(a_site(devices=[a_device()]))["hybrid"].name == "generic_hybrid"


def test_everything_that_is_wrong_is_told_at_once() -> None:
    devices = [
        a_device("one", profile="toaster"),
        a_device("two", serves={"storage": "roof"}),
        a_device("three"),
        Device("broker", "mqtt", "127.0.0.1", serves={"home": "home"}, options={"home.power_w": "t | p | kQ"}),
        Device("chargers", "ocpp", "127.0.0.1:9000", serves={"CP-1": "car"}, options={"CP-1.unit": "Z"}),
    ]
    with pytest.raises(ProblemsFound) as found:
        profiles_of(a_site(devices=devices))
    text = str(found.value)
    assert "devices.one.profile: is not known" in text
    assert "has no role 'storage'; write one of battery, pv, meter" in text
    assert "battery is served by one already" in text
    assert "devices.broker.options.home.power_w: '1 kQ' cannot be read" in text
    assert "devices.chargers.options.CP-1.unit: 'Z' is no unit of limits" in text


def test_check_shows_the_devices_of_a_site_file() -> None:
    result = enerwise("check", EXAMPLE)
    assert result.exit_code == 0
    assert "hybrid" in said(result)
    assert "generic_hybrid, by modbus_tcp" in said(result)


def test_check_finds_a_profile_that_is_not_there(tmp_path: object) -> None:
    from pathlib import Path

    path = a_site_file(Path(str(tmp_path)), EXAMPLE.read_text(encoding="utf-8").replace("generic_hybrid", "toaster"))
    result = enerwise("check", path)
    assert result.exit_code == 2
    assert "devices.hybrid.profile" in said(result)
