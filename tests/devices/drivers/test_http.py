"""Devices that answer JSON over HTTP: answers shaped like the public documents of their makers, and everything else."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import IMPORTED_WH, POWER_W
from enerwise.core.series import Key, Reading
from enerwise.devices.drivers.http import ANSWER_BYTES, Http, fields_of, make
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
    assert why in problems[0]


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


def test_everything_wrong_with_the_options_is_told_at_once() -> None:
    device = a_device(
        "ftp://x", meter__power_w="a..b", meter__watts="p", pv__power_w="p", meter__voltage_v="p | volt | 1"
    )
    with pytest.raises(ProblemsFound) as found:
        make(device)
    for each in ("is no web address", "is no path", "is no quantity", "none of the roles", "'volt' is not known"):
        assert each in str(found.value)
    with pytest.raises(ProblemsFound, match="name no numbers"):
        fields_of(a_device("http://x"))
    with pytest.raises(ProblemsFound, match="no factor"):
        fields_of(a_device("http://x", meter__power_w="p | W | 0"))
