"""MQTT: which topic holds which number, and what is written to topics. No socket; a driver carries the messages.

Devices publish numbers, bare or inside JSON, and take setpoints as whatever text their makers chose. The house tells
its own state as one retained message for each channel: ``enerwise/battery/power_w`` holds
``{"value":1500.0,"at":"2026-07-01T12:00:00.000Z"}``.
"""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from string import Template
from typing import Final

import numpy as np

from enerwise.core.quantity import ENERGY_WH, EXPORTED_WH, IMPORTED_WH, IS_CLOSED, POWER_W, SOC_RATIO, VOLTAGE_V
from enerwise.core.series import Key, Reading
from enerwise.core.time import Instant, instant
from enerwise.protocols.json_path import load_json, number_in, value_at

TOPIC_BYTES: Final = 65_535
"""No topic is longer. Source: OASIS MQTT 3.1.1, 1.5.3."""
ONLINE: Final = b"online"
OFFLINE: Final = b"offline"
STATUS: Final = "status"
Path = tuple[str | int, ...]
TRUTHS: Final[Mapping[object, float]] = {"on": 1.0, "true": 1.0, "closed": 1.0, "off": 0.0, "false": 0.0, "open": 0.0}
"""How contacts are told; only where a contact is meant."""
MS_PER_COUNT: Final = {"s": 1000.0, "ms": 1.0}
ISO: Final = "iso"
STAMP_UNITS: Final = (*MS_PER_COUNT, ISO)
PLACES: Final = 3
"""So many decimals a setpoint is told with."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is published."""

    topic: str
    payload: bytes
    is_retained: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One number of what a device publishes."""

    key: Key
    path: Path = ()
    """Where it stands in JSON; empty where the message is the number."""
    factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where a message says when it was measured: seconds or milliseconds since 1970, or text as ISO 8601."""

    path: Path
    unit: str


@dataclass(frozen=True, slots=True)
class Command:
    """How a device is told a setpoint."""

    key: Key
    topic: str
    template: str = "$value"
    """``$value`` is the setpoint in the device's unit, ``$whole`` the same without decimals and never larger,
    ``$valid_s`` for how many whole seconds it may be held."""
    factor: float = 1.0
    """What one of the device's units is in the house's."""

    def message(self, value: float, valid_s: float) -> Message:
        """Return what tells the device a setpoint.

        Args:
            value: The setpoint, in the house's unit and sign, finite.
            valid_s: How long it may be held. [s]

        >>> Command(Key("car", "power_w"), "go-e/amp", '{"amp": $whole}', 230.0).message(3700.0, 9.5).payload
        b'{"amp": 16}'
        """
        told = value / self.factor
        words = {"value": _plain(told), "whole": _plain(math.trunc(told)), "valid_s": str(int(valid_s))}
        return Message(self.topic, Template(self.template).substitute(words).encode())


def check_template(template: str) -> None:
    """Raise ValueError unless a text of setpoints can be filled and holds the setpoint."""
    try:
        filled = Template(template).substitute(value="1", whole="1", valid_s="1")
    except KeyError as error:
        raise ValueError(f"{template!r} asks for ${error.args[0]}; there are $value, $whole and $valid_s") from None
    except ValueError:
        raise ValueError(f"{template!r} has a $ that stands for nothing; write $$ for a dollar") from None
    if filled == Template(template).substitute(value="2", whole="2", valid_s="1"):
        raise ValueError(f"{template!r} does not hold the setpoint; write $value or $whole where it stands")


def topic_of(template: str, **names: str) -> str:
    """Return a topic with its placeholders filled: ``{device}``, ``{role}``, ``{asset}``.

    Raises:
        ValueError: It cannot be filled, or is no topic of its own.

    >>> topic_of("meters/{device}/power", device="shelly")
    'meters/shelly/power'
    """
    try:
        topic = template.format_map(names)
    except (KeyError, IndexError, ValueError, AttributeError):
        known = ", ".join(f"{{{each}}}" for each in names)
        raise ValueError(f"{template!r} is no topic; placeholders are {known}") from None
    if not topic or not topic.isprintable() or any(each in topic for each in "+#"):
        raise ValueError(f"{topic!r} is no topic; it names exactly one, without + and #")
    if topic.startswith("$") or len(topic.encode()) > TOPIC_BYTES:
        raise ValueError(f"{topic!r} is no topic of a device")
    return topic


# ---------------------------------------------------------------------------------------------------------------
# In


def numbers(fields: Iterable[Field], payload: bytes) -> dict[Key, float]:
    """Return the numbers of a message in house units; NaN where it does not hold one. Raises nothing.

    >>> numbers([Field(Key("grid", "power_w"), ("apower",), 1000.0)], b'{"apower": 1.5}')
    {Key(asset='grid', quantity='power_w'): 1500.0}
    """
    data = content(payload)
    return {each.key: _number(value_at(data, each.path), each.key.quantity) * each.factor for each in fields}


def content(payload: bytes) -> object:
    """Return what a message holds: JSON, else its text, else nothing."""
    try:
        return load_json(payload)
    except ValueError:
        pass
    try:
        return payload.decode().strip()
    except UnicodeDecodeError:
        return None


def measured_at(payload: bytes, stamp: Stamp) -> Instant | None:
    """Return when a message says that it was measured; None where it does not say. Raises nothing.

    >>> measured_at(b'{"ts": 1719835200}', Stamp(("ts",), "s"))
    np.datetime64('2024-07-01T12:00:00.000')
    """
    told = value_at(content(payload), stamp.path)
    try:
        if stamp.unit == ISO:
            return instant(told) if isinstance(told, str) else None
        return np.datetime64(round(number_in(told) * MS_PER_COUNT[stamp.unit]), "ms")
    except (ValueError, OverflowError):
        return None


def _number(value: object, quantity: str) -> float:
    if quantity == IS_CLOSED:
        value = float(value) if isinstance(value, bool) else value
        if isinstance(value, str) and value.lower() in TRUTHS:
            return TRUTHS[value.lower()]
    number = number_in(value)
    return number if math.isfinite(number) else math.nan


# ---------------------------------------------------------------------------------------------------------------
# Out


def state(base: str, reading: Reading) -> Message:
    """Return the retained message that tells a channel's state; a value that is missing is told as null."""
    at = f"{np.datetime_as_string(reading.start_utc.astype('datetime64[ms]'))}Z"
    value = reading.value if math.isfinite(reading.value) else None
    payload = json.dumps({"value": value, "at": at}, separators=(",", ":")).encode()
    return Message(state_topic(base, reading.key), payload, is_retained=True)


def state_topic(base: str, key: Key) -> str:
    """Return where a channel's state is told."""
    return f"{base}/{key.asset}/{key.quantity}"


def status(base: str, *, is_online: bool) -> Message:
    """Return the retained message that tells whether the house is there; offline is its last will."""
    return Message(f"{base}/{STATUS}", ONLINE if is_online else OFFLINE, is_retained=True)


KINDS: Final = {
    POWER_W: ("power", "measurement", "W", 1.0),
    ENERGY_WH: ("energy_storage", "measurement", "Wh", 1.0),
    IMPORTED_WH: ("energy", "total_increasing", "Wh", 1.0),
    EXPORTED_WH: ("energy", "total_increasing", "Wh", 1.0),
    SOC_RATIO: ("battery", "measurement", "%", 100.0),
    VOLTAGE_V: ("voltage", "measurement", "V", 1.0),
}
"""Device class, state class, unit and factor, as Home Assistant names them (home-assistant.io/integrations/mqtt)."""


def announcement(prefix: str, base: str, node: str, key: Key) -> Message | None:
    """Return the retained message by which Home Assistant learns of a channel; None for what it has no word for."""
    if key.quantity not in KINDS:
        return None
    device_class, state_class, unit, factor = KINDS[key.quantity]
    object_id = _safe(f"{key.asset}_{key.quantity}")
    value = "value_json.value" if factor == 1.0 else f"value_json.value * {factor:g}"
    told = {
        "name": f"{key.asset} {key.quantity.rpartition('_')[0].replace('_', ' ')}",
        "unique_id": f"{_safe(node)}_{object_id}",
        "state_topic": state_topic(base, key),
        "value_template": f"{{{{ {value} if value_json.value is not none else none }}}}",
        "availability_topic": f"{base}/{STATUS}",
        "device_class": device_class,
        "state_class": state_class,
        "unit_of_measurement": unit,
        "device": {"identifiers": [_safe(node)], "name": node},
    }
    topic = f"{prefix}/sensor/{_safe(node)}/{object_id}/config"
    return Message(topic, json.dumps(told, separators=(",", ":")).encode(), is_retained=True)


def _safe(name: str) -> str:
    return "".join(each if each.isascii() and (each.isalnum() or each in "_-") else "_" for each in name)


def _plain(value: float) -> str:
    """Return a number as any device reads it: no exponent, no minus before a zero."""
    text = f"{value:.{PLACES}f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
