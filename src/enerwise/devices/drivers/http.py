"""Devices that answer JSON over HTTP: Shelly, Tasmota, inverters with a local interface. They are only read.

What is where is told by the site file: ``options`` names for each role and quantity a path, a unit and, where the
device counts the other way round, a factor: ``meter.power_w: "total_act_power | W | -1"``.
"""

import asyncio
import contextlib
import json
import math
import os
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.error import URLError

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.quantity import QUANTITIES
from enerwise.core.series import Key, Reading
from enerwise.core.time import Instant, LiveClock
from enerwise.core.units import FACTORS
from enerwise.protocols.json_path import number_at, parse_path
from enerwise.site.wiring import Device

ANSWER_BYTES: Final = 1 << 20
TOKEN: Final = "token_from"
"""Option that names the environment variable with a bearer token."""
KEPT_COUNT: Final = 100
UNITS: Final = {unit: factor for units in FACTORS.values() for unit, factor in units.items()}


@dataclass(frozen=True, slots=True)
class Field:
    """One number of an answer."""

    key: Key
    path: tuple[str | int, ...]
    factor: float


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A device at home sends nobody elsewhere."""

    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


class Http:
    """One device."""

    def __init__(self, device: Device) -> None:
        """Prepare a device.

        Raises:
            ProblemsFound: Its options cannot be read; all of it is told.
        """
        self.id = device.id
        self._device, self._fields = device, fields_of(device)
        self._opener = urllib.request.build_opener(_NoRedirects)
        self._task: asyncio.Task[None] | None = None
        self._new: list[Reading] = []
        self._problem = "not asked yet"
        self._clock = LiveClock()

    async def open(self) -> None:
        """Begin to ask, once in each polling period."""
        self._task = asyncio.create_task(self._poll())

    async def close(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def read(self, now: Instant) -> Sequence[Reading]:
        """Return what has come since the last read."""
        found, self._new = self._new, []
        return found

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong now."""
        return (self._problem,) if self._problem else ()

    async def _poll(self) -> None:
        while True:
            at = self._clock.now()
            try:
                data = await asyncio.to_thread(self._fetched)
            except (OSError, ValueError) as error:
                self._problem = str(error) or type(error).__name__
            else:
                self._take(data, at)
            await asyncio.sleep(self._device.poll_s)

    def _take(self, data: object, at: Instant) -> None:
        values = {each.key: number_at(data, each.path) * each.factor for each in self._fields}
        absent = [str(key) for key, value in values.items() if not math.isfinite(value)]
        self._problem = f"the answer does not hold {', '.join(absent)}" if absent else ""
        # A value is as old as the question.
        self._new += [Reading(key, at, value, at) for key, value in values.items() if math.isfinite(value)]
        del self._new[:-KEPT_COUNT]

    def _fetched(self) -> object:
        request = urllib.request.Request(self._device.address, headers=self._headers())
        try:
            with self._opener.open(request, timeout=self._device.timeout_s) as answer:
                content = answer.read(ANSWER_BYTES + 1)
        except URLError as error:
            raise OSError(f"{self._device.address}: {error.reason}") from None
        if len(content) > ANSWER_BYTES:
            raise ValueError(f"{self._device.address}: the answer is longer than {ANSWER_BYTES} bytes")
        return json.loads(content)

    def _headers(self) -> Mapping[str, str]:
        name = self._device.options.get(TOKEN)
        token = os.environ.get(name, "") if name else ""
        return {"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}


def fields_of(device: Device) -> tuple[Field, ...]:
    """Read the options of a device.

    Raises:
        ProblemsFound: Something is wrong with them; all of it is told.
    """
    found: list[Field] = []
    problems: list[Problem] = []
    if not device.address.startswith(("http://", "https://")):
        problems.append(Problem(f"{device.id}.address", f"{device.address!r} is no web address", "write http://..."))
    for name, text in device.options.items():
        if name == TOKEN:
            continue
        try:
            found.append(_field(device, name, text))
        except ValueError as error:
            remedy = "write it as meter.power_w: 'path | unit | factor'"
            problems.append(Problem(f"{device.id}.options.{name}", str(error), remedy))
    if not found and not problems:
        remedy = "add meter.power_w: 'path | unit', the path of the number in the answer"
        problems.append(Problem(f"{device.id}.options", "name no numbers", remedy))
    if problems:
        raise ProblemsFound(device.id, problems)
    return tuple(found)


def _field(device: Device, name: str, text: str) -> Field:
    role, _, quantity = name.partition(".")
    if role not in device.serves:
        raise ValueError(f"{role!r} is none of the roles it serves: {', '.join(device.serves)}")
    if quantity not in QUANTITIES:
        raise ValueError(f"{quantity!r} is no quantity")
    path, unit, factor, *more = [each.strip() for each in (*text.split("|"), "", "")][: max(3, text.count("|") + 1)]
    if more:
        raise ValueError(f"{text!r} has more than path, unit and factor")
    if unit and unit not in UNITS:
        raise ValueError(f"unit {unit!r} is not known")
    return Field(Key(device.serves[role], quantity), parse_path(path), UNITS.get(unit, 1.0) * _number(factor or "1"))


def _number(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value):
        raise ValueError(f"{text!r} is no factor")
    return value


def make(device: Device) -> Http:
    """Return the driver of a device."""
    return Http(device)
