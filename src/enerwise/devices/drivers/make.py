"""From the devices of a site file to drivers: whatever is registered under ``enerwise.drivers``, ours and foreign ones.

The door's devices have none here: only the door opens their sockets. What may write besides runs in a gateway.
"""

from collections.abc import Iterable
from typing import Final, Protocol, runtime_checkable

from enerwise.core.errors import PluginError, Problem, ProblemsFound
from enerwise.core.plugin import load, names
from enerwise.devices.drivers.driver import Driver
from enerwise.site.wiring import DOOR_DRIVERS, GATEWAY_DRIVERS, Device

GROUP: Final = "enerwise.drivers"
SOURCE: Final = "devices"


@runtime_checkable
class Moving(Protocol):
    """A driver that can move something."""

    @property
    def moves(self) -> frozenset[str]: ...


def make_driver(device: Device) -> Driver:
    """Return the driver of one device, not opened yet.

    Raises:
        ProblemsFound: Its driver is not installed, does not load or is the door's, or its options cannot be read.
    """
    place = f"{device.id}.driver"
    if device.driver in DOOR_DRIVERS:
        raise ProblemsFound(device.id, [Problem(place, f"{device.driver} is spoken by the door alone")])
    try:
        make = load(GROUP, device.driver)
    except PluginError as error:
        remedy = f"write one of {', '.join((*DOOR_DRIVERS, *names(GROUP)))}, or install the driver"
        if device.driver in GATEWAY_DRIVERS:
            remedy = f"pip install 'enerwise[{device.driver}]'"
        raise ProblemsFound(device.id, [Problem(place, str(error), remedy)]) from error
    driver: Driver = make(device)
    return driver


def moved_by(device: Device) -> frozenset[str]:
    """Return the assets that the driver of a device can move.

    Raises:
        ProblemsFound: As for `make_driver`.
    """
    driver = make_driver(device)
    return driver.moves if isinstance(driver, Moving) else frozenset()


def make_drivers(devices: Iterable[Device]) -> tuple[Driver, ...]:
    """Return the drivers of all devices that are read by nobody else, none of them opened yet.

    Raises:
        ProblemsFound: What is wrong with any of them; all of it is told.
    """
    made: list[Driver] = []
    problems: list[Problem] = []
    for device in devices:
        if device.driver in (*DOOR_DRIVERS, *GATEWAY_DRIVERS):
            continue
        try:
            made.append(make_driver(device))
        except ProblemsFound as error:
            problems += error.problems
    if problems:
        raise ProblemsFound(SOURCE, problems)
    return tuple(made)
