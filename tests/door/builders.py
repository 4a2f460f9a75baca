"""A door with nothing behind it, for tests of what it decides."""

from typing import Any

import numpy as np

from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import AnchoredClock, instant
from enerwise.devices.door_words import Ask, Sighting
from enerwise.devices.mailbox import Message
from enerwise.door.core import Core
from enerwise.door.setup import Setup, Wires
from enerwise.guard.permit import Permit, seal
from enerwise.site.site import GRID, Site
from tests.builders import a_site

ASK_KEY, DOOR_KEY, REFLEX_KEY = b"site to door, 32 bytes".ljust(32), b"door to machines".ljust(32), b"reflex".ljust(32)
SECOND = 1_000_000_000
START = instant("2024-07-01T12:00Z")
NOWHERE = Wires(ask_fd=-1, beat_fd=-1, told_fd=-1, pulse_fd=-1)


def a_setup(site: Site | None = None, **facts: Any) -> Setup:
    """A home without devices, at noon, its monotonic clock at zero."""
    defaults: dict[str, Any] = {
        "site": site or a_site(),
        "devices": (),
        "profiles": {},
        "rules": None,
        "wires": NOWHERE,
        "ask_key": ASK_KEY,
        "door_key": DOOR_KEY,
        "reflex_key": REFLEX_KEY,
        "anchor": (START, 0),
    }
    return Setup(**{**defaults, **facts})


def a_core(site: Site | None = None, *, runs: bool = True, **facts: Any) -> Core:
    """A door that runs and sees a half full battery, 500 W of load and 2 kW of sun."""
    core = Core(a_setup(site, **facts))
    for key, (value, at_ns) in a_picture(0).items():
        core.sample(key, value, at_ns)
    if runs:
        assert core.start(()) == ()
    return core


def a_picture(at_ns: int, *, load_w: float = 500.0, energy_wh: float = 6750.0) -> dict[Key, Sighting]:
    """What devices tell at a moment."""
    values = {
        Key("home", POWER_W): load_w,
        Key("battery", ENERGY_WH): energy_wh,
        Key("battery", POWER_W): 0.0,
        Key("roof", AVAILABLE_POWER_W): -2000.0,
        Key("roof", POWER_W): -2000.0,
        Key(GRID, POWER_W): load_w - 2000.0,
    }
    return {key: (value, at_ns) for key, value in values.items()}


def a_wish(value: float, *, nonce: int = 1, asset: str = "battery", at_ns: int = 0, valid_s: float = 10.0) -> Permit:
    """A permit of the site process."""
    until = AnchoredClock(START, 0).at(at_ns) + np.timedelta64(int(valid_s * 1000), "ms")
    return seal(ASK_KEY, asset=asset, quantity=POWER_W, value=value, valid_until=until, nonce=nonce)


def a_message(*permits: Permit, sequence: int = 1, at_ns: int = 0, live: dict[Key, Sighting] | None = None) -> Message:
    """What the site process leaves in the mailbox."""
    return Message(sequence, at_ns, at_ns + 10 * SECOND, Ask(sequence, permits, live or {}).to_bytes())
