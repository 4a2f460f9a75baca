"""`enerwise devices profiles|scan|probe|watch|check-sign`: what is on the wires, before anything is moved.

All of it only looks. Who checks a sign switches a load by hand, and the meter must show it.
"""

import ipaddress
import itertools
import math
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.quantity import FREQUENCY_HZ, POWER_W, SOC_RATIO, TEMPERATURE_DEGC
from enerwise.core.units import show_power
from enerwise.devices.looker import Looker, NoAnswer
from enerwise.devices.profiles import load_profile, profile_names
from enerwise.serve.console import out, say
from enerwise.serve.looks import Looks
from enerwise.serve.sites import read_site_file
from enerwise.serve.tables import table
from enerwise.site.site import GRID
from enerwise.site.wiring import FEED, Device

PORT: Final = 502
SCAN_HOSTS: Final = 1024
SCAN_TIMEOUT_S: Final = 0.5
SCAN_LINES: Final = 64
LOOK_S: Final = 0.5
WATCH_S: Final = 1.0
PLAUSIBLE: Final = {
    POWER_W: (0.0, 1e6),
    FREQUENCY_HZ: (40.0, 70.0),
    SOC_RATIO: (0.0, 1.0),
    TEMPERATURE_DEGC: (0.0, 100.0),
    **dict.fromkeys(("voltage_v", "voltage_l1_v", "voltage_l2_v", "voltage_l3_v"), (0.0, 600.0)),
}
"""What a size lies within in any home, by quantity."""
SHOWN: Final = (SOC_RATIO, TEMPERATURE_DEGC, FREQUENCY_HZ)
SETTLE_LOOKS: Final = 6
LEAST_SHARE: Final = 0.5
"""How much of a switched load a meter must show at least."""


def profiles() -> None:
    """List the profiles that come with Enerwise."""
    made = table("Profiles", "Name", "Roles", "Product", left=3, wraps=True)
    for name in profile_names():
        profile = load_profile(name)
        made.add_row(name, ", ".join(profile.roles), profile.summary)
    out().print(made)
    say("Each file names the public document that its registers are from.")


def scan(network: str, port: int) -> None:
    """Look for Modbus TCP devices in a network of one's own."""
    hosts = _hosts(network)
    with ThreadPoolExecutor(SCAN_LINES) as pool:
        found = [each for each in pool.map(lambda host: _found(host, port), hosts) if each]
    if not found:
        say(f"{len(hosts)} addresses asked on port {port}: no Modbus TCP device answers.")
        return
    made = table("Modbus TCP devices", "Address", "Unit", "Says it is", left=3, wraps=True)
    for row in found:
        made.add_row(*row)
    out().print(made)


def _hosts(network: str) -> list[str]:
    try:
        parsed = ipaddress.ip_network(network, strict=False)
    except ValueError:
        remedy = "write an address or a network, such as 192.168.1.0/24"
        raise ProblemsFound("network", [Problem(network, "is no network", remedy)]) from None
    if not (parsed.is_private or parsed.is_loopback):
        raise ProblemsFound("network", [Problem(network, "is not a network of your own", "scan private networks only")])
    if parsed.num_addresses > SCAN_HOSTS:
        message = f"has {parsed.num_addresses} addresses"
        raise ProblemsFound("network", [Problem(network, message, f"scan at most {SCAN_HOSTS} at a time")])
    return [str(each) for each in parsed.hosts()]


def _found(host: str, port: int) -> tuple[str, str, str] | None:
    """Return a row for whoever listens there; a listener that speaks no Modbus is told of as such."""
    try:
        with Looker(f"{host}:{port}", timeout_s=SCAN_TIMEOUT_S) as looker:
            for unit_id in (1, 126, 255, 0, 100):
                try:
                    plate = looker.nameplate(unit_id)
                except NoAnswer:
                    continue
                models = ", ".join(map(str, plate.models))
                return f"{host}:{port}", str(unit_id), f"{plate.manufacturer} {plate.model}, SunSpec models {models}"
    except OSError:
        return None
    return f"{host}:{port}", "?", "answers, but shows no SunSpec map; try `enerwise devices probe` with a profile"


def probe(address: str, unit_id: int, profile_name: str | None) -> None:
    """Show what a device measures, by the profile named, or by every profile that makes sense of it."""
    address = address if ":" in address else f"{address}:{PORT}"
    names = [profile_name] if profile_name else list(profile_names())
    shown = 0
    for name in names:
        profile = load_profile(name)
        try:
            with Looker(address) as looker:
                values = looker.values(unit_id, looker.bound(unit_id, profile))
        except NoAnswer as error:
            if profile_name:
                raise _silent(address, error) from None
            continue
        except OSError as error:
            raise _silent(address, error) from None
        if profile_name or makes_sense(values):
            out().print(_values_table(f"{address}, unit {unit_id}, as {name}", values))
            shown += 1
    if not shown:
        say(f"{address} answers, but no profile makes sense of all it says; name one with --profile to see its values.")
    elif not profile_name and shown > 1:
        say("Several profiles read something here. Only the one of your product is right: compare with its display.")


def makes_sense(values: Mapping[tuple[str, str], float]) -> bool:
    """Tell whether everything is there and nothing is beyond what any home has: a foreign map reads as wild numbers."""
    return all(
        lower <= abs(value) <= upper
        for (_, name), value in values.items()
        for lower, upper in [PLAUSIBLE.get(name, (0.0, math.inf))]
    )


def _silent(address: str, error: OSError) -> ProblemsFound:
    remedy = "check address, port, unit, and that no other program holds the device's only connection"
    return ProblemsFound(address, [Problem("device", f"does not answer: {error}", remedy)])


def _values_table(title: str, values: Mapping[tuple[str, str], float]) -> object:
    made = table(title, "Role", "Quantity", "Value", left=2)
    for (role, name), value in values.items():
        made.add_row(role, name, "–" if not np.isfinite(value) else f"{value:,.3f}".rstrip("0").rstrip("."))
    return made


def watch(path: Path, seconds: float | None) -> None:
    """Show what the devices of a site tell, again and again, without a door and without moving anything."""
    turns = itertools.count() if seconds is None else range(max(1, round(seconds / WATCH_S)))
    with Looks(read_site_file(path)) as looks:
        for each in looks.others:
            say(f"{each.id}: speaks {each.driver}; `enerwise health` shows it while the site runs")
        for count in turns:
            if count:
                time.sleep(WATCH_S)
            for device in looks.devices:
                say(f"{device.id}: {_words(looks, device)}")


def _words(looks: Looks, device: Device) -> str:
    try:
        values = looks.values(device)
    except OSError as error:
        return f"does not answer: {error}"
    mine = {(device.serves[role], name): value for (role, name), value in values.items() if role in device.serves}
    powers = [f"{asset} {show_power(value)}" for (asset, name), value in mine.items() if name == POWER_W]
    return ", ".join(powers + [f"{asset} {name} {value:g}" for (asset, name), value in mine.items() if name in SHOWN])


@dataclass(frozen=True, slots=True)
class Sign:
    """What a meter showed when a load was switched."""

    before_w: float
    after_w: float
    load_w: float

    @property
    def rise_w(self) -> float:
        """How much more is taken from the grid."""
        return self.after_w - self.before_w

    @property
    def verdict(self) -> str:
        """Right, turned, or nothing seen."""
        if self.rise_w >= LEAST_SHARE * self.load_w:
            return "right"
        return "turned" if self.rise_w <= -LEAST_SHARE * self.load_w else "unclear"


def check_sign(path: Path, load_w: float, *, waits_for_key: bool) -> None:
    """Let a person switch on a load, and see whether the meter at the connection shows it as taken."""
    with Looks(read_site_file(path)) as looks:
        meter = next((each for each in looks.devices if GRID in each.serves.values()), None)
        if meter is None:
            raise ProblemsFound(str(path), [_no_meter(looks)])
        before_w = _mean_w(looks, meter)
        say(f"The meter shows {before_w:.0f} W. Now switch on a load of about {load_w:.0f} W, such as a kettle.")
        if waits_for_key:
            input("Press Enter when it runs. ")
        sign = Sign(before_w, _mean_w(looks, meter, until_w=load_w), load_w)
    say(f"Before {sign.before_w:.0f} W, after {sign.after_w:.0f} W: {sign.rise_w:+.0f} W.")
    match sign.verdict:
        case "right":
            say("The sign is right: what is taken counts as taken.")
        case "turned":
            remedy = "turn the meter's current transformers round, or use a profile with the sign turned"
            raise ProblemsFound("sign", [Problem(meter.id, "shows what is taken as fed in", remedy)])
        case _:
            remedy = "use a larger load, and switch nothing else meanwhile"
            raise ProblemsFound("sign", [Problem(meter.id, "did not show the load clearly", remedy)])


def _no_meter(looks: Looks) -> Problem:
    elsewhere = next((each for each in looks.others if each.driver != FEED and GRID in each.serves.values()), None)
    if elsewhere is None:
        return Problem("devices", "none of them is the meter", "add one that serves grid")
    remedy = "switch the load while the site runs, and look at `enerwise health`"
    return Problem(f"devices.{elsewhere.id}", f"speaks {elsewhere.driver}, which is not looked at here", remedy)


def _mean_w(looks: Looks, meter: Device, *, until_w: float | None = None) -> float:
    """Return the mean power at the connection, or, with ``until_w``, as soon as it has changed by half of that."""
    role = next(role for role, asset in meter.serves.items() if asset == GRID)
    seen: list[float] = []
    for _ in range(SETTLE_LOOKS * (1 if until_w is None else 10)):
        value = _power_w(looks, meter, role)
        seen.append(value)
        if until_w is not None and abs(value - seen[0]) >= LEAST_SHARE * until_w:
            return value
        time.sleep(LOOK_S)
    return float(np.mean(seen[-SETTLE_LOOKS:]))


def _power_w(looks: Looks, meter: Device, role: str) -> float:
    try:
        return looks.values(meter)[role, POWER_W]
    except KeyError:
        remedy = "use a profile, or options, that read it"
        raise ProblemsFound("sign", [Problem(meter.id, "does not tell its power", remedy)]) from None
    except OSError as error:
        raise _silent(meter.address, error) from None
