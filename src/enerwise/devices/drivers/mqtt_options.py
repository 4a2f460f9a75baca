"""What a site file says of devices behind an MQTT broker: topics, units, setpoints, and who we are there.

A device stands for everything at one broker: ``mqtt://host:1883`` or ``mqtts://host:8883``. Options:

- ``meter.power_w: "shellies/{device}/status | apower | W | -1"``: topic, path in JSON (empty where the message is the
  number), unit, factor where it counts the other way round. ``{device}``, ``{role}`` and ``{asset}`` stand for names.
- ``car.power_w.command: 'go-e/1/amp | {"amp": $whole} | W | 690'``: topic, text with ``$value`` or ``$whole`` (and
  ``$valid_s``), unit, and what one of the device's units is in that unit.
- ``measured_at: "ts | s"``: where messages say when they were measured (``s``, ``ms`` since 1970, or ``iso``).
- ``base``: under which topic the site is told (``enerwise``), ``discovery``: the prefix Home Assistant listens to.
- ``user_from``, ``password_from``: names of environment variables. ``ca_file``, ``cert_file``, ``key_file``: TLS.
- ``client_id``, ``version`` (``3.1.1`` or ``5``), ``command_qos`` (``0`` or ``1``).
"""

import math
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.quantity import QUANTITIES
from enerwise.core.series import Key
from enerwise.devices.drivers.http import token, unit_factor
from enerwise.devices.drivers.mqtt_line import V311, VERSIONS, Account
from enerwise.devices.transport import line_of
from enerwise.protocols.json_path import parse_path
from enerwise.protocols.mqtt import STAMP_UNITS, Command, Field, Stamp, check_template, topic_of
from enerwise.site.wiring import Device

PLAIN, TLS = "mqtt://", "mqtts://"
PORTS: Final = {PLAIN: 1883, TLS: 8883}
COMMAND: Final = "command"
MEASURED_AT: Final = "measured_at"
BASE: Final = "base"
DISCOVERY: Final = "discovery"
USER, PASSWORD = "user_from", "password_from"
CA, CERTIFICATE, KEY_FILE = "ca_file", "cert_file", "key_file"
CLIENT_ID: Final = "client_id"
VERSION: Final = "version"
QOS: Final = "command_qos"
KNOWN: Final = (
    MEASURED_AT, BASE, DISCOVERY, USER, PASSWORD, CA, CERTIFICATE, KEY_FILE, CLIENT_ID, VERSION, QOS
)  # fmt: skip
READ_REMEDY: Final = "write it as meter.power_w: 'topic | path | unit | factor'"
COMMAND_REMEDY: Final = "write it as car.power_w.command: 'topic | text with $value | unit | factor'"


@dataclass(frozen=True, slots=True)
class Broker:
    """Everything a device at a broker is."""

    host: str
    port: int
    is_tls: bool
    base: str
    discovery: str
    client_id: str
    version: str
    command_qos: int
    fields: Mapping[str, tuple[Field, ...]] = field(default_factory=dict)
    """By topic."""
    commands: Mapping[Key, Command] = field(default_factory=dict)
    stamp: Stamp | None = None
    secrets_from: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)

    def account(self, client_id: str = "") -> Account:
        """Return whom to call, with what the environment and the files hold now.

        Raises:
            ValueError: The environment does not hold what the site file names.
            OSError: A certificate cannot be read.
        """
        user, password = (token(self.secrets_from[each]) if each in self.secrets_from else None for each in SECRETS)
        name = client_id or self.client_id
        return Account(self.host, self.port, name, self.version, user, password, self._context())

    def _context(self) -> ssl.SSLContext | None:
        if not self.is_tls:
            return None
        context = ssl.create_default_context(cafile=self.paths.get(CA))
        if CERTIFICATE in self.paths:
            context.load_cert_chain(self.paths[CERTIFICATE], self.paths.get(KEY_FILE))
        return context


SECRETS: Final = (USER, PASSWORD)


def broker_of(device: Device) -> Broker:
    """Read the address and options of a device.

    Raises:
        ProblemsFound: What is wrong with any of them; all of it is told.
    """
    problems: list[Problem] = []
    host, port, is_tls = _place(device, problems)
    fields: dict[str, tuple[Field, ...]] = {}
    commands: dict[Key, Command] = {}
    for name, text in device.options.items():
        if name in KNOWN:
            continue
        try:
            if name.endswith(f".{COMMAND}"):
                command = _command(device, name.removesuffix(f".{COMMAND}"), text)
                commands[command.key] = command
            else:
                topic, found = _field(device, name, text)
                fields[topic] = (*fields.get(topic, ()), found)
        except ValueError as error:
            remedy = COMMAND_REMEDY if name.endswith(f".{COMMAND}") else READ_REMEDY
            problems.append(Problem(f"{device.id}.options.{name}", str(error), remedy))
    stamp = _stamp(device, problems)
    problems += _wrong_words(device)
    if problems:
        raise ProblemsFound(device.id, problems)
    options = device.options
    return Broker(
        host=host,
        port=port,
        is_tls=is_tls,
        base=options.get(BASE, "enerwise"),
        discovery=options.get(DISCOVERY, ""),
        client_id=options.get(CLIENT_ID) or f"enerwise-{device.id}",
        version=options.get(VERSION, V311),
        command_qos=int(options.get(QOS, "1")),
        fields=fields,
        commands={} if device.is_read_only else commands,
        stamp=stamp,
        secrets_from={each: options[each] for each in SECRETS if options.get(each)},
        paths={each: options[each] for each in (CA, CERTIFICATE, KEY_FILE) if options.get(each)},
    )


def _place(device: Device, problems: list[Problem]) -> tuple[str, int, bool]:
    scheme = TLS if device.address.startswith(TLS) else PLAIN
    text = device.address.removeprefix(scheme)
    # A name, an address of version 4, or one of version 6 in brackets; what follows the last of it is the port.
    has_port = ":" in text.rpartition("]")[2]
    try:
        line = line_of(text if has_port else f"{text}:{PORTS[scheme]}")
        if line.path:
            raise ValueError(f"{device.address!r} is a serial port")
    except ValueError as error:
        problems.append(Problem(f"{device.id}.address", str(error), f"write {PLAIN}host:1883 or {TLS}host:8883"))
        return "", 0, False
    return line.host, line.port, scheme == TLS


def _parts(text: str) -> list[str]:
    parts = [each.strip() for each in text.split("|")]
    if len(parts) > 4:
        raise ValueError(f"{text!r} has more than four parts")
    return [*parts, "", "", ""][:4]


def _key(device: Device, name: str) -> tuple[str, Key]:
    role, _, quantity = name.rpartition(".")
    if role not in device.serves:
        raise ValueError(f"{role!r} is none of the roles it serves: {', '.join(device.serves)}")
    if quantity not in QUANTITIES:
        raise ValueError(f"{quantity!r} is no quantity")
    return role, Key(device.serves[role], quantity)


def _field(device: Device, name: str, text: str) -> tuple[str, Field]:
    role, key = _key(device, name)
    topic, path, unit, factor = _parts(text)
    topic = topic_of(topic, device=device.id, role=role, asset=key.asset)
    scale = unit_factor(unit, key.quantity) * _factor(factor)
    return topic, Field(key, parse_path(path) if path else (), scale)


def _command(device: Device, name: str, text: str) -> Command:
    role, key = _key(device, name)
    topic, template, unit, factor = _parts(text)
    topic = topic_of(topic, device=device.id, role=role, asset=key.asset)
    template = template or "$value"
    check_template(template)
    return Command(key, topic, template, unit_factor(unit, key.quantity) * _factor(factor))


def _factor(text: str) -> float:
    value = float(text or "1")
    if not (math.isfinite(value) and value):
        raise ValueError(f"{text!r} is no factor")
    return value


def _stamp(device: Device, problems: list[Problem]) -> Stamp | None:
    text = device.options.get(MEASURED_AT)
    if text is None:
        return None
    path, _, unit = (each.strip() for each in text.partition("|"))
    try:
        if unit not in STAMP_UNITS:
            raise ValueError(f"{unit!r} is none of {', '.join(STAMP_UNITS)}")
        return Stamp(parse_path(path), unit)
    except ValueError as error:
        problems.append(Problem(f"{device.id}.options.{MEASURED_AT}", str(error), "write it as 'path | s'"))
        return None


def _wrong_words(device: Device) -> Iterator[Problem]:
    place = f"{device.id}.options"
    for name in (BASE, DISCOVERY):
        try:
            topic_of(device.options.get(name, "enerwise").replace("{", "+"))
        except ValueError as error:
            yield Problem(f"{place}.{name}", str(error), "write the beginning of a topic, such as enerwise/home")
    if (version := device.options.get(VERSION, V311)) not in VERSIONS:
        yield Problem(f"{place}.{VERSION}", f"{version!r} is no version", f"write {' or '.join(VERSIONS)}")
    if (qos := device.options.get(QOS, "1")) not in ("0", "1"):
        yield Problem(f"{place}.{QOS}", f"{qos!r} is neither 0 nor 1", "1 waits until the broker has it")
    if PASSWORD in device.options and USER not in device.options:
        yield Problem(f"{place}.{USER}", "is missing", f"a password goes with a user; add {USER}")
    if CERTIFICATE in device.options and not device.address.startswith(TLS):
        yield Problem(f"{place}.{CERTIFICATE}", "is of no use without TLS", f"write the address as {TLS}host")
