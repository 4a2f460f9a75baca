"""Market prices from aWATTar or a server of its shape.

Site file: ``{driver: feed, profile: awattar, address: "https://api.awattar.de/v1/marketdata", serves: {import:
grid}}``.
"""

from typing import Final
from urllib.parse import urlencode

import numpy as np

from enerwise.core.errors import ProblemsFound
from enerwise.core.time import Instant
from enerwise.devices.feeds.source import PRICE_ROLES, Source, option_problems
from enerwise.protocols import awattar
from enerwise.site.wiring import Device

BACK: Final = np.timedelta64(1, "D")
AHEAD: Final = np.timedelta64(3, "D")


def source(device: Device) -> Source:
    """Return the server of a device.

    Raises:
        ProblemsFound: Its address or options cannot be read; all of it is told.
    """
    if problems := list(option_problems(device, PRICE_ROLES, needed=())):
        raise ProblemsFound(device.id, problems)

    def at(now: Instant) -> str:
        # Whole days: asked often, the server's answer can come out of a cache.
        today = now.astype("datetime64[D]").astype(now.dtype)
        span = {"start": _ms(today - BACK), "end": _ms(today + AHEAD)}
        return f"{device.address}?{urlencode(span)}"

    return Source(PRICE_ROLES, at, awattar.parse, is_read=False)


def _ms(at: Instant) -> int:
    return int(at.astype(np.int64))
