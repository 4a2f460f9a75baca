"""Devices that answer JSON over HTTP: answers shaped like the public documents of their makers, and everything else."""

import asyncio
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import IMPORTED_WH, POWER_W
from enerwise.core.series import Key, Reading
from enerwise.devices.drivers.http import Http, fields_of, make, unit_factor
from enerwise.devices.transport import ANSWER_BYTES
from enerwise.site.site import GRID
from enerwise.site.wiring import HTTP, Device
from tests.builders import NOON

METER = Key(GRID, POWER_W)
ROOF = Key("roof", POWER_W)
# Shapes after the makers' public documents: Shelly Gen2 EM.GetStatus, Tasmota Status 8, Fronius Solar API v1, go-e v2.
SHELLY = {"id": 0, "total_act_power": 413.2, "a_voltage": 230.1}
TASMOTA = {"StatusSNS": {"ENERGY": {"Power": 0.4132, "Total": 12.5}}}
FRONIUS = {"Body": {"Data": {"Site": {"P_PV": 3120.0, "P_Grid": -1500.5}}}}
GOE = {"nrg": [230, 231, 229, 0, 16, 16, 16, 3680, 3680, 3680, 0, 11040]}


def a_device(address: str, serves: dict[str, str] | None = None, **options: str) -> Device:
    written = {name.replace("__", "."): value for name, value in options.items()}
    return Device("dev", HTTP, address, serves=serves or {"meter": GRID}, poll_s=0.05, timeout_s=0.3, options=written)


@contextmanager
def a_server(
    content: bytes, *, status: int = 200, headers: dict[str, str] | None = None
) -> Iterator[tuple[str, list[str]]]:
    """A device on the network that gives one answer, and the tokens it was shown."""
    tokens: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            tokens.append(self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/status", tokens
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def read(device: Device, *, for_s: float = 2.0) -> tuple[list[Reading], tuple[str, ...]]:
    """Open, wait for a reading or for trouble, and close."""

    async def run() -> tuple[list[Reading], tuple[str, ...]]:
        driver = Http(device)
        await driver.open()
        try:
            found: list[Reading] = []
            async with asyncio.timeout(for_s + 3.0):
                while not found and driver.problems() in ((), ("not asked yet",)):
                    found += await driver.read(NOON)
                    await asyncio.sleep(0.01)
            return found, driver.problems()
        finally:
            await driver.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("answer", "options", "expected"),
    [
        (SHELLY, {"meter__power_w": "total_act_power | W"}, {METER: 413.2}),
        (
            TASMOTA,
            {"meter__power_w": "StatusSNS.ENERGY.Power | kW", "meter__imported_wh": "StatusSNS.ENERGY.Total | kWh"},
            {METER: 413.2, Key(GRID, IMPORTED_WH): 12_500.0},
        ),
        (
            FRONIUS,
            {"meter__power_w": "Body.Data.Site.P_Grid", "pv__power_w": "Body.Data.Site.P_PV | W | -1"},
            {METER: -1500.5, ROOF: -3120.0},
        ),
        (GOE, {"meter__power_w": "nrg[11] | W"}, {METER: 11_040.0}),
    ],
    ids=["shelly", "tasmota", "fronius", "goe"],
)
def test_numbers_are_found_in_house_units_and_the_house_sign(
    answer: object, options: dict[str, str], expected: dict[Key, float]
) -> None:
    with a_server(json.dumps(answer).encode()) as (address, _):
        found, problems = read(a_device(address, {"meter": GRID, "pv": "roof"}, **options))
    assert {each.key: each.value for each in found} == pytest.approx(expected)
    assert problems == ()


@pytest.mark.parametrize(
    ("content", "status", "why"),
    [
        (b"no json", 200, "Expecting value"),
        (b"[" * 100_000, 200, "nested too deeply"),
        (b"\xff\xfe", 200, "decode|no text|Expecting"),
        (b"", 200, "Expecting value"),
        (b"{}", 200, "does not hold grid.power_w"),
        (b'{"p": true}', 200, "does not hold grid.power_w"),
        (b'{"p": 1e999}', 200, "does not hold grid.power_w"),
        (b"{}", 500, "Internal Server Error"),
        (b" " * (ANSWER_BYTES + 1), 200, "is longer than"),
    ],
)
def test_answers_that_are_of_no_use_are_told_and_raise_nothing(content: bytes, status: int, why: str) -> None:
    with a_server(content, status=status) as (address, _):
        found, problems = read(a_device(address, meter__power_w="p | W"))
    assert not found
    assert re.search(why, problems[0])


def test_nobody_is_followed_elsewhere() -> None:
    with (
        a_server(b'{"p": 1}') as (other, asked),
        a_server(b"", status=302, headers={"Location": other}) as (address, _),
    ):
        found, problems = read(a_device(address, meter__power_w="p"))
        assert not found
        assert problems
        assert not asked


def test_a_device_that_is_not_there_is_told() -> None:
    found, problems = read(a_device("http://127.0.0.1:1/", meter__power_w="p"))
    assert not found
    assert "refused" in problems[0]


def test_a_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METER_TOKEN", "secret")
    with a_server(b'{"p": 1}') as (address, tokens):
        read(a_device(address, meter__power_w="p", token_from="METER_TOKEN"))
    assert tokens[0] == "Bearer secret"


def test_a_token_that_is_missing_or_none_is_told_and_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for token in (None, "", "two words", "new\nline: x", "ümlaut"):
        if token is None:
            monkeypatch.delenv("METER_TOKEN", raising=False)
        else:
            monkeypatch.setenv("METER_TOKEN", token)
        with a_server(b'{"p": 1}') as (address, tokens):
            found, problems = read(a_device(address, meter__power_w="p", token_from="METER_TOKEN"))
        assert (found, tokens) == ([], [])
        assert "METER_TOKEN" in problems[0]
        assert not token or token not in problems[0]


@pytest.mark.parametrize(
    ("age_s", "unit", "is_read"),
    [
        (0.0, "s", True),
        (30.0, "s", True),
        (30.0, "ms", True),
        (-20.0, "s", True),
        (90.0, "s", False),
        (1e9, "s", False),
    ],
)
def test_an_answer_that_says_when_it_was_measured_is_as_old_as_it_says(age_s: float, unit: str, is_read: bool) -> None:
    device = a_device("http://meter/", meter__power_w="p | W", measured_at=f"sys.unixtime | {unit}")
    driver = Http(device)
    count = (int(NOON.astype(np.int64)) - age_s * 1000) / (1000 if unit == "s" else 1)
    driver._take({"p": 5.0, "sys": {"unixtime": count}}, NOON)
    found = asyncio.run(driver.read(NOON))
    assert bool(found) == is_read
    assert bool(driver.problems()) != is_read
    # A device whose clock runs ahead has still measured before it was asked.
    for each in found:
        assert each.start_utc == NOON - np.timedelta64(int(max(age_s, 0.0) * 1000), "ms")
        assert each.known_at == NOON


def test_an_answer_that_does_not_say_it_is_not_believed() -> None:
    driver = Http(a_device("http://meter/", meter__power_w="p | W", measured_at="sys.unixtime | s"))
    driver._take({"p": 5.0}, NOON)
    assert list(asyncio.run(driver.read(NOON))) == []
    assert "does not say that it was measured" in driver.problems()[0]


def test_what_nobody_reads_is_bounded_and_the_newest_is_kept() -> None:
    driver = Http(a_device("http://meter/", meter__power_w="p | W"))
    for count in range(500):
        driver._take({"p": count}, NOON)
    assert [each.value for each in asyncio.run(driver.read(NOON))] == list(range(400, 500))


@pytest.mark.parametrize(
    ("quantity", "unit", "factor"),
    [
        ("power_w", "kW", 1e3),
        ("imported_wh", "MWh", 1e6),
        ("soc_ratio", "%", 0.01),
        ("price_import_eur_per_kwh", "ct/kWh", 0.01),
        ("price_import_eur_per_kwh", "EUR/MWh", 1e-3),
        ("carbon_g_per_kwh", "kg/kWh", 1e3),
        ("frequency_hz", "mHz", 1e-3),
        ("current_a", "mA", 1e-3),
        ("temperature_degc", "°C", 1.0),
        ("state_code", "", 1.0),
    ],
)
def test_units_of_people_become_units_of_the_house(quantity: str, unit: str, factor: float) -> None:
    assert unit_factor(unit, quantity) == pytest.approx(factor)


@pytest.mark.parametrize(
    ("quantity", "unit", "why"),
    [
        ("power_w", "kWh", "'kWh' is a unit of energy"),
        ("imported_wh", "kW", "'kW' is a unit of power"),
        ("power_w", "mW", "is not known"),
        ("voltage_l1_v", "A", "is a unit of current"),
        ("state_code", "W", "has no other unit than its own"),
        ("power_w", "3 W", "is not known"),
    ],
)
def test_a_unit_of_something_else_is_refused(quantity: str, unit: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        unit_factor(unit, quantity)


def test_everything_wrong_with_the_options_is_told_at_once() -> None:
    device = a_device(
        "ftp://x", meter__power_w="a..b", meter__watts="p", pv__power_w="p", meter__voltage_v="p | volt | 1"
    )
    with pytest.raises(ProblemsFound) as found:
        make(device)
    for each in ("is no web address", "is no path", "is no quantity", "none of the roles", "'volt' is not known"):
        assert each in str(found.value)
    with pytest.raises(ProblemsFound, match="'h' is neither s nor ms"):
        make(a_device("http://x", meter__power_w="p", measured_at="t | h"))
    with pytest.raises(ProblemsFound, match="holds a name or password") as shows:
        make(a_device("http://me:secret@x/", meter__power_w="p"))
    assert "secret" not in str(shows.value)
    with pytest.raises(ProblemsFound, match="name no numbers"):
        fields_of(a_device("http://x"))
    with pytest.raises(ProblemsFound, match="no factor"):
        fields_of(a_device("http://x", meter__power_w="p | W | 0"))
