"""Which rules a site is watched by: the files that come with Enerwise, laid over what stands there."""

from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from enerwise.site.numbered import Numbered, numbered
from enerwise.site.placing import place
from enerwise.site.rules import Rules, parse_rules
from enerwise.site.site import Site
from enerwise.site.wiring import Device

ALWAYS: Final = ("limits_lfp.toml", "limits_nmc.toml", "limits_inverter.toml", "plausibility.toml", "trends.toml")
BANDS_60_HZ: Final = "bands_us.toml"
BANDS_50_HZ: Final = "bands_eu.toml"
ZONES_60_HZ: Final = ("America/", "US/", "Canada/", "Pacific/Honolulu", "Asia/Seoul", "Asia/Taipei", "Asia/Manila")


def watched_rules(site: Site, devices: Sequence[Device]) -> Numbered:
    """Return the rules of a site, ready to be watched: chemistry LFP, bands by where it stands."""
    bands = BANDS_60_HZ if site.timezone.startswith(ZONES_60_HZ) else BANDS_50_HZ
    data = files("enerwise.site") / "data"
    texts = {name: (data / name).read_text(encoding="utf-8") for name in (*ALWAYS, bands)}
    rules = Rules().joined(*(parse_rules(text, source=name) for name, text in texts.items()))
    poll_s = {asset: device.poll_s for device in devices for asset in device.serves.values()}
    return numbered(place(rules, site, poll_s=poll_s))
