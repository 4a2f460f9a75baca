"""Which chargers may come to a central system, which outlet stands for which asset, and how each is told its limits.

A device stands for the central system: its address is where it listens, ``127.0.0.1:9000`` or ``wss://0.0.0.0:9000``.
Its roles are the identities of chargers, the last part of the address they call: ``CP-1`` is the first outlet of that
charger, ``CP-1/2`` its second. Options of a role: ``CP-1.unit: A`` (limits in W or A), ``CP-1.phases``,
``CP-1.voltage``, ``CP-1.tag`` (whoever charges when the house starts a charge) and ``CP-1.password_from``, which names
an environment variable. Option ``tags`` lists whose cards are taken; without it everybody's are.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.units import Dimension, parse
from enerwise.devices.transport import line_of
from enerwise.protocols.ocpp.profiles import STEPS, WATTS
from enerwise.protocols.ocpp.words import TAG_LENGTH
from enerwise.site.wiring import Device

IDENTITY: Final = re.compile(r"[A-Za-z0-9*_=:+|@.-]{1,48}")
"""Source: OCPP 2.0.1, identifierString."""
LOOPBACK: Final = "127.0.0.1"
WS, WSS = "ws://", "wss://"
TAGS: Final = "tags"
CERTIFICATE: Final = "cert_file"
KEY: Final = "key_file"
UNIT: Final = "unit"
PHASES: Final = "phases"
VOLTAGE: Final = "voltage"
TAG: Final = "tag"
PASSWORD: Final = "password_from"
OF_ROLE: Final = (UNIT, PHASES, VOLTAGE, TAG, PASSWORD)
VOLTAGE_V: Final = 230.0
PHASE_COUNTS: Final = ("1", "2", "3")


@dataclass(frozen=True, slots=True)
class Socket:
    """One outlet that stands for an asset."""

    identity: str
    number: int
    asset: str
    unit: str = WATTS
    phases: int = 3
    voltage_v: float = VOLTAGE_V
    tag: str = ""
    """Whoever charges when the house starts a charge; empty, and it starts none."""


@dataclass(frozen=True, slots=True)
class Central:
    """What a central system is."""

    host: str
    port: int
    sockets: Mapping[str, Mapping[int, Socket]]
    """By identity and number."""
    password_from: Mapping[str, str]
    """Environment variables by identity."""
    tags: frozenset[str] | None = None
    certificate_path: str = ""
    key_path: str = ""


def central_of(device: Device) -> Central:
    """Read the address, roles and options of a device.

    Raises:
        ProblemsFound: What is wrong with any of them; all of it is told.
    """
    problems: list[Problem] = []
    host, port, is_tls = _place(device, problems)
    sockets: dict[str, dict[int, Socket]] = {}
    for role, asset in device.serves.items():
        socket = _socket(device, role, asset, problems)
        if socket is not None:
            sockets.setdefault(socket.identity, {})[socket.number] = socket
    passwords = {
        role.partition("/")[0]: name for role in device.serves if (name := device.options.get(f"{role}.{PASSWORD}"))
    }
    problems += _unknown(device)
    problems += _unsafe(device, host, sorted(set(sockets) - set(passwords)), is_tls=is_tls)
    if not device.serves:
        remedy = "write the identity of a charger and its asset: serves: {CP-1: car}"
        problems.append(Problem(f"{device.id}.serves", "names no charger", remedy))
    if problems:
        raise ProblemsFound(device.id, problems)
    tags = device.options.get(TAGS)
    return Central(
        host=host,
        port=port,
        sockets=sockets,
        password_from=passwords,
        tags=None if tags is None else frozenset(each.strip() for each in tags.split(",")),
        certificate_path=device.options.get(CERTIFICATE, "") if is_tls else "",
        key_path=device.options.get(KEY, "") if is_tls else "",
    )


def is_loopback(host: str) -> bool:
    """Tell whether only this machine reaches a host.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _place(device: Device, problems: list[Problem]) -> tuple[str, int, bool]:
    text = device.address.removeprefix(WS).removeprefix(WSS)
    try:
        line = line_of(f"{LOOPBACK}{text}" if text.startswith(":") else text)
        if line.path:
            raise ValueError(f"{device.address!r} is a serial port")
    except ValueError as error:
        remedy = f"write where chargers call, such as {LOOPBACK}:9000 or {WSS}0.0.0.0:9000"
        problems.append(Problem(f"{device.id}.address", str(error), remedy))
        return LOOPBACK, 0, False
    return line.host, line.port, device.address.startswith(WSS)


def _socket(device: Device, role: str, asset: str, problems: list[Problem]) -> Socket | None:
    identity, _, number = role.partition("/")
    before = len(problems)
    if not IDENTITY.fullmatch(identity) or not (number or "1").isdigit() or not 1 <= int(number or 1) <= 99:
        remedy = "write the charger's identity, and /2 for its second outlet"
        problems.append(Problem(f"{device.id}.serves.{role}", "is no outlet of a charger", remedy))
    options = {name: device.options.get(f"{role}.{name}", "") for name in OF_ROLE}
    unit, phases, tag = options[UNIT] or WATTS, options[PHASES] or "3", options[TAG]
    if unit not in STEPS:
        problems.append(Problem(_at(device, role, UNIT), f"{unit!r} is no unit of limits", "write W or A"))
    if phases not in PHASE_COUNTS:
        problems.append(Problem(_at(device, role, PHASES), f"{phases!r} phases there are not", "write 1, 2 or 3"))
    if len(tag) > TAG_LENGTH:
        problems.append(Problem(_at(device, role, TAG), f"{tag!r} is longer than {TAG_LENGTH} characters"))
    voltage_v = _voltage_v(device, role, options[VOLTAGE], problems)
    if len(problems) > before:
        return None
    return Socket(identity, int(number or 1), asset, unit, int(phases), voltage_v, tag)


def _voltage_v(device: Device, role: str, text: str, problems: list[Problem]) -> float:
    if not text:
        return VOLTAGE_V
    try:
        voltage_v = parse(text, Dimension.VOLTAGE)
        if not 50.0 <= voltage_v <= 1000.0:
            raise ValueError(f"{text!r} is no voltage of a charger")
    except ValueError as error:
        problems.append(Problem(_at(device, role, VOLTAGE), str(error), "write it between line and neutral: 230 V"))
        return VOLTAGE_V
    return voltage_v


def _unknown(device: Device) -> Iterator[Problem]:
    known = {TAGS, CERTIFICATE, KEY, *(f"{role}.{name}" for role in device.serves for name in OF_ROLE)}
    for name in device.options:
        if name not in known:
            remedy = f"there are {TAGS}, {CERTIFICATE}, {KEY}, and for a role {', '.join(OF_ROLE)}"
            yield Problem(f"{device.id}.options.{name}", "is not known", remedy)


def _unsafe(device: Device, host: str, open_to_all: list[str], *, is_tls: bool) -> Iterator[Problem]:
    if open_to_all and not is_loopback(host):
        remedy = f"name an environment variable: {open_to_all[0]}.{PASSWORD}: CHARGER_PASSWORD"
        message = f"anybody in the network can pass for {', '.join(open_to_all)}"
        yield Problem(f"{device.id}.options", message, remedy)
    if is_tls and not device.options.get(CERTIFICATE):
        remedy = f"add {CERTIFICATE} and {KEY}, or write {WS}"
        yield Problem(f"{device.id}.options.{CERTIFICATE}", f"is missing, and {WSS} needs one", remedy)


def _at(device: Device, role: str, name: str) -> str:
    return f"{device.id}.options.{role}.{name}"
