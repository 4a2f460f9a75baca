"""Simulated devices behind an MQTT broker: they publish what the site file reads, and take what it writes.

The broker itself is a real one and must run where the file says. A device whose setpoints say how long they may be held
rests when that is over; the others do what they were told last, as such devices do.
"""

import asyncio
import contextlib
import json
import math
import re
from collections import Counter
from collections.abc import Mapping
from string import Template
from typing import Any, Final

import numpy as np

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Clock, now_ns
from enerwise.devices.drivers.driver import Backoff
from enerwise.devices.drivers.mqtt_line import MqttLine, connected
from enerwise.devices.drivers.mqtt_options import Broker, broker_of
from enerwise.protocols.mqtt import ISO, MS_PER_COUNT, Command, Field, Message, Path, Stamp
from enerwise.run.plant.faults import Faults
from enerwise.site.wiring import Device

VALUE, WHOLE, VALID = "VALUE7MARK", "WHOLE7MARK", "VALID7MARK"
NUMBER: Final = r"(-?[0-9]+(?:\.[0-9]+)?)"


class BrokerTwin:
    """Everything at one broker. It is simulated."""

    def __init__(self, device: Device, clock: Clock) -> None:
        """Prepare; ``clock`` stamps messages where the file says that they are.

        Raises:
            ProblemsFound: The address or the options of the device cannot be read.
            ValueError: The environment does not hold what they name.
            OSError: A certificate cannot be read.
        """
        self.device, self.faults, self._clock = device, Faults(), clock
        self.write_count = 0
        self._broker: Broker = broker_of(device)
        self._commands: dict[str, list[tuple[Command, re.Pattern[str]]]] = {}
        for each in self._broker.commands.values():
            self._commands.setdefault(each.topic, []).append((each, pattern_of(each.template)))
        self._broker.account()
        self.trouble = "not connected yet"
        self._roles = {asset: role for role, asset in device.serves.items()}
        self._shown: dict[Key, float] = {}
        self._told: dict[Key, tuple[float, float]] = {}
        """Setpoint, and until when on the monotonic clock. [house unit, s]"""
        self._stuck_w: dict[str, float] = {}
        self._writes: Counter[str] = Counter()

    # -- the machine's side --------------------------------------------------------------------------------------

    def moves(self, role: str) -> bool:
        """Tell whether the power of a role can be set."""
        return Key(self.device.serves[role], POWER_W) in self._broker.commands

    def asked_w(self, role: str, t_s: float) -> float:
        """Return the setpoint in force; one that said how long it may be held is over then. [W]"""
        if not self.faults.is_stuck:
            value_w, until_s = self._told.get(Key(self.device.serves[role], POWER_W), (math.nan, math.inf))
            self._stuck_w[role] = value_w if t_s <= until_s else 0.0
        return self._stuck_w.get(role, math.nan)

    def show(self, role: str, quantity: str, value: float) -> None:
        """Keep a value for the next message."""
        if self.faults.is_frozen:
            return
        value = self.faults.shown(f"{role}.{quantity}", value)
        self._shown[Key(self.device.serves[role], quantity)] = (
            -value if self.faults.is_flipped and quantity == POWER_W else value
        )

    def measured(self) -> tuple[str, ...]:
        """Return what it publishes."""
        fields = (each.key for found in self._broker.fields.values() for each in found)
        return tuple(dict.fromkeys(f"{self._roles[key.asset]}.{key.quantity}" for key in fields))

    def written(self) -> dict[str, int]:
        """Return how often each topic was written."""
        return dict(self._writes)

    # -- the broker's side ---------------------------------------------------------------------------------------

    async def live(self, stop: asyncio.Event) -> None:
        """Publish every poll of the site file, and call the broker again where it was lost."""
        backoff = Backoff()
        while not stop.is_set():
            try:
                account = self._broker.account(f"plant-{self.device.id}")
                async with connected(account, topics=tuple(self._commands), take=self._take) as line:
                    backoff.reset()
                    self.trouble = ""
                    await self._talk(line, stop)
            except OSError as error:
                self.trouble = str(error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), backoff.next_s())

    async def _talk(self, line: MqttLine, stop: asyncio.Event) -> None:
        while not stop.is_set() and not self.faults.resets:
            line.check()
            for topic, fields in self._broker.fields.items() if not self.faults.is_silent else ():
                # What nobody simulates here is told as nothing.
                if any(each.key in self._shown for each in fields):
                    line.publish(Message(topic, self._payload(fields)))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self.device.poll_s + self.faults.delay_s)

    def _payload(self, fields: tuple[Field, ...]) -> bytes:
        content: Any = None
        for each in fields:
            value = self._shown.get(each.key, math.nan) / each.factor
            content = _placed(content, each.path, value if math.isfinite(value) else None)
        if self._broker.stamp is not None:
            content = _placed(content, self._broker.stamp.path, self._moment(self._broker.stamp))
        return json.dumps(content).encode()

    def _moment(self, stamp: Stamp) -> float | str:
        now = self._clock.now().astype("datetime64[ms]")
        return f"{now}Z" if stamp.unit == ISO else float(now.astype(np.int64)) / MS_PER_COUNT[stamp.unit]

    def _take(self, topic: str, payload: bytes, is_retained: bool) -> None:
        for command, pattern in self._commands.get(topic, ()) if not self.faults.is_silent else ():
            told = setpoint_in(command, pattern, payload)
            if told is not None:
                self.write_count += 1
                self._writes[topic] += 1
                value, valid_s = told
                self._told[command.key] = (value, now_ns() / 1e9 + valid_s)


def pattern_of(template: str) -> re.Pattern[str]:
    """Return what reads a text of setpoints back."""
    text = re.escape(Template(template).substitute(value=VALUE, whole=WHOLE, valid_s=VALID))
    for name, mark in (("value", VALUE), ("whole", WHOLE), ("valid", VALID)):
        text = text.replace(mark, f"(?P<{name}>{NUMBER})", 1).replace(mark, NUMBER)
    return re.compile(text)


def setpoint_in(command: Command, pattern: re.Pattern[str], payload: bytes) -> tuple[float, float] | None:
    """Return what a message tells a device, and for how long; None where it is none. [house unit, s]

    >>> car = Command(Key("car", "power_w"), "amp", '{"amp": $whole}', 230.0)
    >>> setpoint_in(car, pattern_of(car.template), b'{"amp": 16}')
    (3680.0, inf)
    """
    found = pattern.fullmatch(payload.decode(errors="replace"))
    if found is None:
        return None
    names: Mapping[str, str] = found.groupdict()
    value = float(names.get("value") or names.get("whole") or "nan")
    valid_s = float(names["valid"]) if "valid" in names else math.inf
    return value * command.factor, valid_s


def _placed(content: Any, path: Path, value: object) -> Any:
    """Return JSON in which a value stands at its place."""
    if not path:
        return value
    first, *rest = path
    if isinstance(first, int):
        rows = list(content) if isinstance(content, list) else []
        rows += [None] * (first + 1 - len(rows))
        rows[first] = _placed(rows[first], tuple(rest), value)
        return rows
    row = dict(content) if isinstance(content, dict) else {}
    row[first] = _placed(row.get(first), tuple(rest), value)
    return row
