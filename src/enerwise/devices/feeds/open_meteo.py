"""Weather from Open-Meteo or a server of its shape.

Site file: ``{driver: feed, profile: open_meteo, address: "https://api.open-meteo.com/v1/forecast", serves: {weather:
weather}, options: {latitude: "52.5", longitude: "13.4"}}``.
"""

from typing import Final
from urllib.parse import urlencode

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import Instant
from enerwise.devices.feeds.source import Roles, Source, option_problems
from enerwise.protocols import open_meteo
from enerwise.protocols.json_path import number_in
from enerwise.site.wiring import Device

ROLES: Final[Roles] = {"weather": {column.quantity: column.quantity for column in open_meteo.COLUMNS}}
LATITUDE: Final = "latitude"
LONGITUDE: Final = "longitude"
MOST_DEG: Final = {LATITUDE: 90.0, LONGITUDE: 180.0}
DAYS: Final = 3


def source(device: Device) -> Source:
    """Return the server of a device.

    Raises:
        ProblemsFound: Its address or options cannot be read; all of it is told.
    """
    problems = list(option_problems(device, ROLES, needed=(LATITUDE, LONGITUDE)))
    for name, most_deg in MOST_DEG.items():
        place_deg = number_in(device.options.get(name, "0"))
        if device.options.get(name) and not abs(place_deg) <= most_deg:
            remedy = f"write degrees within {-most_deg:g}..{most_deg:g}"
            problems.append(Problem(f"{device.id}.options.{name}", f"{device.options[name]!r} is no {name}", remedy))
    if problems:
        raise ProblemsFound(device.id, problems)
    address = f"{device.address}?{_query(device)}"

    def at(now: Instant) -> str:
        return address

    return Source(ROLES, at, open_meteo.parse, is_read=True)


def _query(device: Device) -> str:
    # Seconds since 1970 know no summer time; the server's default of local texts is not asked for.
    return urlencode(
        {
            LATITUDE: device.options[LATITUDE],
            LONGITUDE: device.options[LONGITUDE],
            "hourly": ",".join(column.name for column in open_meteo.COLUMNS),
            "timeformat": open_meteo.UNIX,
            "forecast_days": DAYS,
        },
        safe=",",
    )
