"""Devices that answer JSON over HTTP: Shelly, Tasmota, inverters with a local interface. They are only read.

What is where is told by the site file: ``options`` names for each role and quantity a path, a unit and, where the
device counts the other way round, a factor: ``meter.power_w: "total_act_power | W | -1"``. Where the answer says when
it was measured, ``measured_at: "unixtime | s"`` (``s`` or ``ms`` since 1970) lets old answers be told from new ones.
"""

import asyncio
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.quantity import QUANTITIES
from enerwise.core.series import Key, Reading
from enerwise.core.time import Clock, Instant, LiveClock, elapsed_s
from enerwise.core.units import Dimension, parse
from enerwise.devices.drivers.driver import Backoff, Troubles, Upkeep
from enerwise.devices.transport import Web, web_problem
from enerwise.protocols.json_path import load_json, number_at, parse_path
from enerwise.site.wiring import Device

TOKEN: Final = "token_from"
"""Option that names the environment variable with a bearer token."""
MEASURED_AT: Final = "measured_at"
KEPT_COUNT: Final = 100
RETRY_MOST_S: Final = 5.0
OLD_S: Final = 60.0
"""A device that repeats what it measured longer ago than this has lost its sensor."""
MS_PER_COUNT: Final = {"s": 1000.0, "ms": 1.0}
CONTENT: Final = "content"
DIMENSIONS: Final = {
    "_eur_per_kwh": Dimension.ENERGY_PRICE,
    "_g_per_kwh": Dimension.CARBON,
    "_ratio": Dimension.RATIO,
    "_degc": Dimension.TEMPERATURE,
    "_wh": Dimension.ENERGY,
    "_hz": Dimension.FREQUENCY,
    "_w": Dimension.POWER,
    "_v": Dimension.VOLTAGE,
    "_a": Dimension.CURRENT,
    "_s": Dimension.DURATION,
}
"""By the end of a quantity's name; what is not here has no other unit than its own."""


@dataclass(frozen=True, slots=True)
class Field:
    """One number of an answer."""

    key: Key
    path: tuple[str | int, ...]
    factor: float


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where an answer says when it was measured, in which unit since 1970."""

    path: tuple[str | int, ...]
    unit: str


class Http:
    """One device."""

    def __init__(self, device: Device, *, clock: Clock | None = None, rng: np.random.Generator | None = None) -> None:
        """Prepare a device.

        Args:
            device: Its address is a web address; its options are described above.
            clock: Says when a question was asked; None takes the machine's own.
            rng: Spreads the tries to reach a device that does not answer.

        Raises:
            ProblemsFound: Its options cannot be read; all of it is told.
        """
        self.id = device.id
        self._device, self._fields = device, fields_of(device)
        self._stamp = stamp_of(device) if MEASURED_AT in device.options else None
        self._web, self._clock = Web(timeout_s=device.timeout_s), clock or LiveClock()
        self._new: list[Reading] = []
        first_s = min(device.poll_s, RETRY_MOST_S)
        self._troubles = Troubles("not asked yet")
        self._backoff = Backoff(first_s=first_s, most_s=max(RETRY_MOST_S, device.poll_s), rng=rng)
        self._upkeep = Upkeep(self._poll, self._troubles, self._backoff)

    async def open(self) -> None:
        """Begin to ask, once in each polling period."""
        self._upkeep.start()

    async def close(self) -> None:
        """Ask no more."""
        await self._upkeep.stop()

    async def read(self, now: Instant) -> Sequence[Reading]:
        """Return what has come since the last read."""
        found, self._new = self._new, []
        return found

    def problems(self) -> tuple[str, ...]:
        """Return what is wrong now."""
        return self._troubles.told()

    async def _poll(self) -> None:
        at, began_s = self._clock.now(), elapsed_s()
        content = await self._web.get(self._device.address, headers_for(self._device))
        self._take(load_json(content), at)
        self._backoff.reset()
        await asyncio.sleep(max(0.0, self._device.poll_s - (elapsed_s() - began_s)))

    def _take(self, data: object, asked_at: Instant) -> None:
        values = {each.key: number_at(data, each.path) * each.factor for each in self._fields}
        # A value is as old as the question, unless the device says that it is older.
        at = asked_at if self._stamp is None else _measured_at(data, self._stamp, asked_at)
        absent = [str(key) for key, value in values.items() if not math.isfinite(value)]
        self._troubles.well()
        if at is None:
            self._troubles.tell(CONTENT, f"the answer does not say that it was measured within the last {OLD_S:g} s")
            return
        if absent:
            self._troubles.tell(CONTENT, f"the answer does not hold {', '.join(absent)}")
        else:
            self._troubles.well(CONTENT)
        self._new += [Reading(key, at, value, asked_at) for key, value in values.items() if math.isfinite(value)]
        del self._new[:-KEPT_COUNT]


def _measured_at(data: object, stamp: Stamp, asked_at: Instant) -> Instant | None:
    """Return when an answer was measured, None where that is unknown or too long ago; clocks of devices run ahead."""
    count = number_at(data, stamp.path)
    asked_ms = int(asked_at.astype(np.int64))
    age_ms = asked_ms - count * MS_PER_COUNT[stamp.unit]
    if not abs(age_ms) <= OLD_S * 1000.0:
        return None
    return asked_at - np.timedelta64(max(0, int(age_ms)), "ms")


def headers_for(device: Device) -> Mapping[str, str]:
    """Return what a question says besides its address.

    Raises:
        ValueError: The environment does not hold the token that the site file names.
    """
    name = device.options.get(TOKEN)
    if not name:
        return {"Accept": "application/json"}
    return {"Accept": "application/json", "Authorization": f"Bearer {token(name)}"}


def token(name: str) -> str:
    """Return a token from the environment; no message ever holds it.

    Raises:
        ValueError: There is none, or it cannot be one.
    """
    found = os.environ.get(name, "").strip()
    if not found:
        raise ValueError(f"the environment has no {name}, from which the token shall come")
    if not (found.isascii() and found.isprintable() and " " not in found):
        raise ValueError(f"what the environment has as {name} is no token")
    return found


# ---------------------------------------------------------------------------------------------------------------
# Options


def fields_of(device: Device) -> tuple[Field, ...]:
    """Read where in the answers of a device its numbers stand.

    Raises:
        ProblemsFound: Something is wrong with its address or options; all of it is told.
    """
    found: list[Field] = []
    problems = list(_problems(device))
    for name, text in device.options.items():
        if name in (TOKEN, MEASURED_AT):
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


def _problems(device: Device) -> Iterator[Problem]:
    if problem := web_problem(device.address):
        remedy = f"write http://..., and a token as {TOKEN}: NAME_IN_THE_ENVIRONMENT"
        yield Problem(f"{device.id}.address", problem, remedy)
    if MEASURED_AT in device.options:
        try:
            stamp_of(device)
        except ValueError as error:
            yield Problem(f"{device.id}.options.{MEASURED_AT}", str(error), "write it as 'path | s' or 'path | ms'")


def stamp_of(device: Device) -> Stamp:
    """Read where the answers of a device say when they were measured.

    Raises:
        ValueError: The option is no path with ``s`` or ``ms``.
    """
    path, _, unit = (each.strip() for each in device.options[MEASURED_AT].partition("|"))
    if unit not in MS_PER_COUNT:
        raise ValueError(f"{unit!r} is neither s nor ms")
    return Stamp(parse_path(path), unit)


def _field(device: Device, name: str, text: str) -> Field:
    role, _, quantity = name.partition(".")
    if role not in device.serves:
        raise ValueError(f"{role!r} is none of the roles it serves: {', '.join(device.serves)}")
    if quantity not in QUANTITIES:
        raise ValueError(f"{quantity!r} is no quantity")
    path, unit, factor, *more = [each.strip() for each in (*text.split("|"), "", "")][: max(3, text.count("|") + 1)]
    if more:
        raise ValueError(f"{text!r} has more than path, unit and factor")
    key = Key(device.serves[role], quantity)
    return Field(key, parse_path(path), unit_factor(unit, quantity) * _number(factor or "1"))


def unit_factor(unit: str, quantity: str) -> float:
    """Return what one of a unit is in the unit of a quantity.

    Raises:
        ValueError: It is no unit of that quantity.

    >>> unit_factor("kW", "power_w"), unit_factor("%", "soc_ratio"), unit_factor("", "voltage_v")
    (1000.0, 0.01, 1.0)
    """
    if not unit:
        return 1.0
    dimension = next((each for end, each in DIMENSIONS.items() if quantity.endswith(end)), None)
    if dimension is None:
        raise ValueError(f"{quantity} has no other unit than its own; leave {unit!r} out")
    return parse(f"1 {unit}", dimension)


def _number(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and value):
        raise ValueError(f"{text!r} is no factor")
    return value


def make(device: Device) -> Http:
    """Return the driver of a device.

    Raises:
        ProblemsFound: Its address or options cannot be read.
    """
    return Http(device)
