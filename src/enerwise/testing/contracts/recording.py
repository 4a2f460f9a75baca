"""Recordings: what a device's registers held, and what that means; the test of a profile is made of one.

A recording is TOML::

    source = "where the words are from"
    bases = { 103 = 40070 }                # SunSpec only: where the id of each model stands

    [[block]]                              # registers that follow one another
    table = "holding"
    address = 0
    words = [0, 1500]

    [expect]                               # house units, positive is taken; nan where the device has no value
    "battery.power_w" = 1500.0

    [[setpoint]]                           # what a value looks like on the wire
    role = "battery"
    quantity = "power_w"
    limits = [-5000.0, 5000.0]
    value = -1500.0
    writes = [{ address = 100, words = [0xFFFF, 0xFA24] }]
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from enerwise.protocols.pdu import Table

Name = tuple[str, str]
"""Role and quantity."""


@dataclass(frozen=True, slots=True)
class RecordedSetpoint:
    """A setpoint, between which limits it may go, and one value as it looks on the wire."""

    role: str
    quantity: str
    limits: tuple[float, float]
    value: float
    writes: tuple[tuple[int, tuple[int, ...]], ...]
    """Address and words of each message."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a device held, and what that means."""

    source: str
    bases: Mapping[int, int]
    image: Mapping[tuple[Table, int], int]
    expected: Mapping[Name, float]
    setpoints: tuple[RecordedSetpoint, ...]


def parse_recording(text: str) -> Recording:
    """Read a recording.

    Raises:
        KeyError: A field is missing.
        ValueError: The text is not TOML, or a table is not one of a Modbus device.
    """
    fields = tomllib.loads(text)
    return Recording(
        source=fields["source"],
        bases={int(model): address for model, address in fields.get("bases", {}).items()},
        image={
            (Table(block["table"]), block["address"] + at): word
            for block in fields["block"]
            for at, word in enumerate(block["words"])
        },
        expected={_name(text): float(value) for text, value in fields["expect"].items()},
        setpoints=tuple(_setpoint(each) for each in fields.get("setpoint", ())),
    )


def _name(text: str) -> Name:
    role, _, quantity = text.rpartition(".")
    return role, quantity


def _setpoint(fields: Mapping[str, Any]) -> RecordedSetpoint:
    low, high = fields["limits"]
    writes = tuple((each["address"], tuple(each["words"])) for each in fields["writes"])
    return RecordedSetpoint(fields["role"], fields["quantity"], (low, high), fields["value"], writes)
