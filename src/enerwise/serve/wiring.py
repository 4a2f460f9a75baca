"""What can be wrong with a wiring although its file reads well: profiles that are not there, roles they do not know."""

from collections.abc import Iterator
from pathlib import Path

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.devices.drivers.make import make_driver
from enerwise.devices.profile import Profile
from enerwise.devices.profiles import load_profile
from enerwise.site.site import Site
from enerwise.site.wiring import DOOR_DRIVERS, FEED, Device


def profiles_of(site: Site) -> dict[str, Profile]:
    """Return the profile of every device behind the door, by device id, once all of the wiring is found sound.

    Raises:
        ProblemsFound: A profile is not there, or does not know a role that its device serves, or the driver of another
            device cannot make sense of it; all of it is told.
    """
    found: dict[str, Profile] = {}
    problems: list[Problem] = []
    for device in site.devices:
        try:
            if device.driver not in DOOR_DRIVERS:
                make_driver(device)
                continue
            found[device.id] = load_profile(device.profile)
        except ProblemsFound as error:
            problems += [Problem(_place(device, each), each.message, each.remedy) for each in error.problems]
        else:
            problems += _unknown_roles(device, found[device.id])
    problems += _served_twice(site)
    if problems:
        raise ProblemsFound(site.name, problems)
    return found


def _place(device: Device, problem: Problem) -> str:
    inner = problem.place.removeprefix(f"{device.id}.")
    return f"devices.{device.id}.{inner}"


def _unknown_roles(device: Device, profile: Profile) -> Iterator[Problem]:
    for role in device.serves:
        if role not in profile.roles:
            place, remedy = f"devices.{device.id}.serves", f"write one of {', '.join(profile.roles)}"
            yield Problem(place, f"profile {profile.name} has no role {role!r}", remedy)


def _served_twice(site: Site) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for device in site.devices:
        # A feed measures nothing here: it may stand beside whoever does.
        for asset in device.serves.values() if device.driver != FEED else ():
            if asset in seen:
                message = f"{asset} is served by {seen[asset]} already"
                yield Problem(f"devices.{device.id}.serves", message, "keep one of the two")
            seen.setdefault(asset, device.id)


def device_words(device: Device) -> tuple[str, str, str, str]:
    """Describe a device in four cells: id, where, what it is, and what it stands for."""
    serves = ", ".join(f"{role}: {asset}" for role, asset in device.serves.items())
    where = f"{device.address}, unit {device.unit_id}" if device.driver in DOOR_DRIVERS else device.address
    kind = f"{Path(device.profile).stem}, by {device.driver}" if device.profile else f"by {device.driver}"
    return device.id, where, kind, serves
