"""Looking for devices in networks of one's own, and trying profiles on one. Nothing is written to any of them."""

import ipaddress
import socket
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.devices.looker import Looker, NoAnswer
from enerwise.devices.profiles import load_profile, profile_names
from enerwise.serve.commands.devices import PORT, SCAN_HOSTS, SCAN_LINES, SCAN_TIMEOUT_S, makes_sense

UNITS: Final = (1, 126, 255, 0, 100)
PROBE_TIMEOUT_S: Final = 0.6
ROUTES: Final = Path("/proc/net/route")
SMALLEST_PREFIX: Final = 24
"""A larger network of one's own is offered by the part round this machine."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whoever answers at an address."""

    address: str
    unit_id: int
    product: str = ""
    """What it says it is; empty where it does not say."""
    profiles: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """What one profile reads from a device."""

    profile: str
    values: Mapping[tuple[str, str], float] = field(default_factory=dict)
    why: str = ""
    """Why nothing could be read."""

    @property
    def makes_sense(self) -> bool:
        """Whether everything lies within what any home has."""
        return bool(self.values) and makes_sense(self.values)


class Search:
    """One search through a network, in threads of its own; it can be looked at and ended."""

    def __init__(self, network: str, port: int) -> None:
        """Begin to ask.

        Raises:
            ProblemsFound: It is no network of one's own, or too large.
        """
        self._hosts, self.network, self._port = hosts(network), network, port
        self.total = len(self._hosts)
        self._lock, self._ends = threading.Lock(), threading.Event()
        self._asked = 0
        self._found: list[Found] = []
        self._state = "running"
        threading.Thread(target=self._run, name="device search", daemon=True).start()

    def look(self) -> tuple[str, int, tuple[Found, ...]]:
        """Return state, how many were asked, and who answered, by address."""
        with self._lock:
            return self._state, self._asked, tuple(sorted(self._found, key=lambda each: _order(each.address)))

    def cancel(self) -> None:
        """Ask nobody else."""
        self._ends.set()

    def _run(self) -> None:
        with ThreadPoolExecutor(SCAN_LINES, thread_name_prefix="device search") as pool:
            list(pool.map(self._ask, self._hosts))
        with self._lock:
            self._state = "cancelled" if self._ends.is_set() else "done"

    def _ask(self, host: str) -> None:
        if self._ends.is_set():
            return
        found = ask(host, self._port)
        with self._lock:
            self._asked += 1
            if found is not None:
                self._found.append(found)


def ask(host: str, port: int) -> Found | None:
    """Return who listens there; None where nobody does."""
    address = f"{host}:{port}"
    try:
        with Looker(address, timeout_s=SCAN_TIMEOUT_S) as looker:
            for unit_id in UNITS:
                try:
                    plate = looker.nameplate(unit_id)
                except NoAnswer:
                    continue
                product = f"{plate.manufacturer} {plate.model}".strip()
                models = ", ".join(map(str, plate.models))
                return Found(address, unit_id, product, _fitting(product), f"SunSpec models {models}")
    except OSError:
        return None
    return Found(address, 1, note="answers, but shows no SunSpec map")


def _fitting(product: str) -> tuple[str, ...]:
    """Return the profiles that are made for a maker, then those for everything that speaks SunSpec."""
    maker = product.lower().split(" ")[0]
    own = [each for each in profile_names() if maker and each.startswith(maker)]
    return (*own, *(each for each in profile_names() if each.startswith("sunspec_")))


def probe(address: str, unit_id: int, profile: str | None) -> list[Match]:
    """Return what one profile reads from a device, or what each of them does; those that make sense first.

    Raises:
        ProblemsFound: The device does not answer at all, is not in a network of one's own, or there is no such profile.
    """
    place = own_address(address)
    names = [profile] if profile else list(profile_names())
    found = [_tried(place, unit_id, each) for each in names]
    matches = [each for each in found if each.values or profile]
    return sorted(matches, key=lambda each: not each.makes_sense)


def _tried(address: str, unit_id: int, name: str) -> Match:
    profile = load_profile(name)
    try:
        with Looker(address, timeout_s=PROBE_TIMEOUT_S) as looker:
            return Match(name, looker.values(unit_id, looker.bound(unit_id, profile)))
    except NoAnswer as error:
        return Match(name, why=str(error))
    except OSError as error:
        remedy = "check address, port, unit, and that no other program holds the device's only connection"
        problem = Problem("address", f"nobody answers at {address}: {error.strerror or error}", remedy)
        raise ProblemsFound("device", [problem]) from None


# ---------------------------------------------------------------------------------------------------------------
# Networks of one's own


def hosts(network: str) -> list[str]:
    """Return the addresses of a private network.

    Raises:
        ProblemsFound: It is none, or too large to be asked in one go.
    """
    try:
        parsed = ipaddress.ip_network(network.strip(), strict=False)
    except ValueError:
        raise _wrong("network", f"{network[:60]!r} is no network", "write one such as 192.168.1.0/24") from None
    if not _is_own(parsed.network_address) or not _is_own(parsed.broadcast_address):
        raise _wrong("network", f"{parsed} is not a network of your own", "only private networks are asked")
    if parsed.num_addresses > SCAN_HOSTS:
        remedy = f"ask at most {SCAN_HOSTS} at a time, such as 192.168.1.0/24"
        raise _wrong("network", f"{parsed} has {parsed.num_addresses} addresses", remedy)
    return [str(each) for each in parsed.hosts()]


def own_address(address: str) -> str:
    """Return an address as number and port, if it lies in a network of one's own.

    Raises:
        ProblemsFound: It is not known, or lies elsewhere: this server is nobody's way into foreign networks.
    """
    host, colon, port = address.strip().rpartition(":")
    if not colon or host.endswith(":") or (":" in host and not host.startswith("[")):
        host, port = address.strip(), str(PORT)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise _wrong("address", f"{address[:80]!r} has no port", "write host or host:port, such as 192.168.1.20:502")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise _wrong(
            "address", f"{host[:80]!r} is not known", "write the device's number, such as 192.168.1.20"
        ) from None
    number = str(found[0][4][0])
    if not _is_own(ipaddress.ip_address(number.partition("%")[0])):
        raise _wrong("address", f"{number} is not in a network of your own", "name a device of this site")
    return f"[{number}]:{port}" if ":" in number else f"{number}:{port}"


def networks() -> list[str]:
    """Return the private networks that this machine is part of; empty where that cannot be seen."""
    try:
        lines = ROUTES.read_text(encoding="ascii").splitlines()[1:]
    except (OSError, UnicodeError):
        return []
    found = [_routed(each.split()) for each in lines]
    return list(dict.fromkeys(each for each in found if each))


def _routed(columns: Sequence[str]) -> str | None:
    """Return the network of a line of the kernel's table, or the part of it round this machine; None for others."""
    numbers = [int.from_bytes(bytes.fromhex(columns[at])[::-1], "big") for at in (1, 2, 7)]
    target, gateway, mask = numbers
    if gateway or not mask:
        return None
    network = ipaddress.IPv4Network((target, bin(mask).count("1")), strict=False)
    if not _is_own(network.network_address) or network.is_loopback:
        return None
    if network.prefixlen >= SMALLEST_PREFIX:
        return str(network)
    here = _own_number(network)
    return None if here is None else str(ipaddress.IPv4Network((here, SMALLEST_PREFIX), strict=False))


def _own_number(network: ipaddress.IPv4Network) -> str | None:
    """Return this machine's own number in a network: a datagram's way is looked up, nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        try:
            line.connect((str(network.network_address + 1), 9))
        except OSError:
            return None
        number = str(line.getsockname()[0])
    return number if ipaddress.IPv4Address(number) in network else None


def _is_own(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return _is_own(mapped)
    # Link-local holds the doors to the secrets of clouds; multicast and the like are no devices.
    is_special = address.is_multicast or address.is_unspecified or address.is_reserved or address.is_link_local
    return (address.is_private or address.is_loopback) and not is_special


def _order(address: str) -> tuple[int, str]:
    host = address.rpartition(":")[0].strip("[]")
    return int(ipaddress.ip_address(host)), address


def _wrong(place: str, message: str, remedy: str) -> ProblemsFound:
    return ProblemsFound(place, [Problem(place, message, remedy)])
