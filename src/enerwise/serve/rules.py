"""Which rules a site is watched by: the files that come with Enerwise, laid over what stands there."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Final

from enerwise.core.quantity import QUANTITIES
from enerwise.core.series import Key
from enerwise.devices.profile import Profile
from enerwise.door.seldom import patience_s
from enerwise.site.numbered import Numbered, numbered
from enerwise.site.placing import place
from enerwise.site.rules import Rules, parse_rules
from enerwise.site.site import Site
from enerwise.site.wiring import FEED, GATEWAY_DRIVERS, Device

ALWAYS: Final = ("limits_lfp.toml", "limits_nmc.toml", "limits_inverter.toml", "plausibility.toml", "trends.toml")
INTERLOCKED: Final = ("interlocks.toml",)
BANDS_60_HZ: Final = "bands_us.toml"
BANDS_50_HZ: Final = "bands_eu.toml"
ZONES_60_HZ: Final = ("America/", "US/", "Canada/", "Pacific/Honolulu", "Asia/Seoul", "Asia/Taipei", "Asia/Manila")


def watched_rules(site: Site, devices: Sequence[Device], profiles: Mapping[str, Profile] | None = None) -> Numbered:
    """Return the rules of a site, ready to be watched: chemistry LFP, bands by where it stands.

    Args:
        site: What stands there.
        devices: What is wired.
        profiles: By device id; where they are given, only what somebody measures is watched.
    """
    bands = BANDS_60_HZ if site.timezone.startswith(ZONES_60_HZ) else BANDS_50_HZ
    data = files("enerwise.site") / "data"
    names = (*ALWAYS, bands, *(INTERLOCKED if profiles is not None else ()))
    texts = {name: (data / name).read_text(encoding="utf-8") for name in names}
    rules = Rules().joined(*(parse_rules(text, source=name) for name, text in texts.items()))
    here = [each for each in devices if each.driver != FEED]
    poll_s = {asset: _period_s(device) for device in here for asset in device.serves.values()}
    measured = None if profiles is None else _measured(here, profiles)
    return numbered(place(rules, site, poll_s=poll_s, measured=measured))


def _period_s(device: Device) -> float:
    """Return how often a device tells at least; one that is not asked does so in its own time. [s]"""
    return patience_s(device) / 3.0 if device.driver in GATEWAY_DRIVERS else device.poll_s


def _measured(devices: Sequence[Device], profiles: Mapping[str, Profile]) -> frozenset[Key]:
    """Return every channel that a device may tell; one that is not behind the door may tell any."""
    found = set()
    for device in devices:
        profile = profiles.get(device.id)
        for role, asset in device.serves.items():
            told = QUANTITIES if profile is None else [each.quantity for each in profile.points if each.role == role]
            found |= {Key(asset, quantity) for quantity in told}
    return frozenset(found)
