"""Where the devices of a site are played: where its file says, or all of them moved to this machine."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.run.plant.server import LOOPBACK
from enerwise.site.site import Site
from enerwise.site.wiring import DOOR_DRIVERS, GATEWAY_DRIVERS, MODBUS_RTU, MODBUS_TCP, OCPP, Device

HOSTS: Final = (LOOPBACK, "localhost", "::1")
ENCRYPTED: Final = ("mqtts://", "wss://")
REAL_LINES: Final = "/dev/"
"""Where serial lines to real machines are."""
PORTS_MAX: Final = 65_535


def played(site: Site) -> tuple[Device, ...]:
    """Return the devices that a plant can play.

    Raises:
        ProblemsFound: There are none, or some are not on this machine.
    """
    found = tuple(each for each in site.devices if each.driver in DOOR_DRIVERS or _calls_here(each))
    if problems := list(_problems(found)):
        raise ProblemsFound(site.name, problems)
    return found


def moved_here(site: Site, port_base: int, line_folder: str) -> dict[str, str]:
    """Return where each device of a site would be on this machine, by its address in the file.

    Args:
        site: Its devices may be anywhere; who shares an address goes on sharing it.
        port_base: Port of the first; the others follow.
        line_folder: Where serial lines are laid.

    Raises:
        ProblemsFound: There are not so many ports.
    """
    # A broker and a central system move too: what is written for this machine must reach nothing real.
    tcp = dict.fromkeys(each.address for each in site.devices if each.driver in (MODBUS_TCP, *GATEWAY_DRIVERS))
    rtu = dict.fromkeys(each.address for each in site.devices if each.driver == MODBUS_RTU)
    if not 0 < port_base <= PORTS_MAX - len(tcp):
        remedy = f"write a port within 1..{PORTS_MAX - len(tcp)}"
        raise ProblemsFound("plant", [Problem("--port-base", f"{port_base} leaves no room", remedy)])
    ports = {address: f"{LOOPBACK}:{port_base + at}" for at, address in enumerate(tcp)}
    return ports | {address: f"{line_folder}/{site.id}-line-{at + 1}" for at, address in enumerate(rtu)}


def at_places(site: Site, places: dict[str, str]) -> Site:
    """Return a site whose devices are elsewhere."""
    devices = tuple(replace(each, address=places.get(each.address, each.address)) for each in site.devices)
    return replace(site, devices=devices)


def _problems(devices: tuple[Device, ...]) -> Iterator[Problem]:
    if not devices:
        remedy = "add one, such as {id: hybrid, driver: modbus_tcp, profile: generic_hybrid, ...}"
        yield Problem("devices", "there is none that can be played", remedy)
    for each in devices:
        if not _is_here(each):
            example = "/tmp/enerwise-line" if each.driver == MODBUS_RTU else f"{LOOPBACK}:15020"
            remedy = f"write {example}, or play the site elsewhere with --port-base"
            yield Problem(f"devices.{each.id}.address", f"{each.address} is not this machine", remedy)


def _calls_here(device: Device) -> bool:
    """Tell whether a device is one that calls this machine, over a line without certificates.

    What is elsewhere may be real, and nothing simulated must speak there.
    """
    if device.driver not in GATEWAY_DRIVERS or device.address.startswith(ENCRYPTED):
        return False
    # Whatever is before the last colon outside of brackets; an address without a port is all of it.
    text = device.address.rpartition("//")[2]
    host = text.rpartition(":")[0] if ":" in text.rpartition("]")[2] else text
    return host.strip("[]") in (*HOSTS, *(("",) if device.driver == OCPP else ()))


def _is_here(device: Device) -> bool:
    if device.driver == MODBUS_RTU:
        return not device.address.startswith(REAL_LINES)
    return device.driver in GATEWAY_DRIVERS or device.address.rpartition(":")[0] in HOSTS
