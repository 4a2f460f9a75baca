"""Day-ahead prices from the ENTSO-E Transparency Platform.

Site file: ``{driver: feed, profile: entsoe, address: "https://web-api.tp.entsoe.eu/api", serves: {import: grid},
options: {area: "10Y1001A1001A82H", token_from: ENTSOE_TOKEN}}``. The area is the code of the bidding zone; ``sequence``
chooses the auction (1 unless said), ``timezone`` whose midnights begin the market's days (Europe/Brussels unless said).
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Final
from urllib.parse import urlencode

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.core.time import Instant, local_day_start, to_datetime, zone_info
from enerwise.devices.drivers.http import TOKEN, token
from enerwise.devices.feeds.source import PRICE_ROLES, Source, option_problems
from enerwise.protocols import entsoe
from enerwise.site.wiring import Device

AREA: Final = "area"
SEQUENCE: Final = "sequence"
TIMEZONE: Final = "timezone"
EIC: Final = re.compile(r"[0-9A-Z-]{16}")
"""Energy Identification Code: sixteen characters."""
DAYS_AHEAD: Final = 2


def source(device: Device) -> Source:
    """Return the server of a device.

    Raises:
        ProblemsFound: Its address or options cannot be read; all of it is told.
    """
    if problems := list(_problems(device)):
        raise ProblemsFound(device.id, problems)
    zone = device.options.get(TIMEZONE, entsoe.MARKET_ZONE)
    sequence = int(device.options.get(SEQUENCE, "1"))

    def at(now: Instant) -> str:
        area = device.options[AREA]
        query = {
            "documentType": entsoe.PRICES,
            "in_Domain": area,
            "out_Domain": area,
            "periodStart": _minute(local_day_start(now, zone)),
            "periodEnd": _minute(local_day_start(now, zone, days=DAYS_AHEAD)),
            "securityToken": token(device.options[TOKEN]),
        }
        return f"{device.address}?{urlencode(query)}"

    return Source(PRICE_ROLES, at, partial(entsoe.parse, sequence=sequence, zone=zone), is_read=False)


def _problems(device: Device) -> Iterator[Problem]:
    yield from option_problems(device, PRICE_ROLES, needed=(AREA, TOKEN), known=(SEQUENCE, TIMEZONE))
    area, sequence = device.options.get(AREA, ""), device.options.get(SEQUENCE, "1")
    if area and not EIC.fullmatch(area):
        remedy = "write its sixteen characters, such as 10Y1001A1001A82H"
        yield Problem(f"{device.id}.options.{AREA}", f"{area!r} is no code of a bidding zone", remedy)
    if sequence not in ("1", "2", "3"):
        yield Problem(f"{device.id}.options.{SEQUENCE}", f"{sequence!r} is no auction", "write 1, 2 or 3")
    try:
        zone_info(device.options.get(TIMEZONE, entsoe.MARKET_ZONE))
    except UnitError as error:
        yield Problem(f"{device.id}.options.{TIMEZONE}", f"{error.value!r} is no time zone", error.remedy)


def _minute(at: Instant) -> str:
    return to_datetime(at).strftime("%Y%m%d%H%M")
