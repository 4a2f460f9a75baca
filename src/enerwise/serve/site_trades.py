"""What a market tells a running site it has traded, read with suspicion like everything that is asked of a site.

One line for each slot: `{"do": "traded", "market": "street", "slot_start_utc": "...Z", "length_s": 900,
"traded_wh": -500, "trade_count": 2, "reserve_ratio": 0.3, "halted": ""}`. Bought is above zero, sold below; numbers are
totals of the slot, so that the same line again changes nothing. It ends with the slot.
"""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from enerwise.agents.lease import LONGEST
from enerwise.core.errors import UnitError
from enerwise.core.time import Instant, instant
from enerwise.run.trades import LONGEST_S, Trade
from enerwise.serve.site_asked import Refusal, text_of
from enerwise.site.site import Site

HOUR_S: Final = 3600.0


def trade_of(asked: Mapping[str, Any], site: Site, now: Instant) -> Trade:
    """Return what is told as a trade of this site.

    Raises:
        Refusal: A field is missing or none, the slot is over or too far away, or more than the connection carries.
    """
    if not (market := text_of(asked, "market")):
        raise Refusal("no-market", "market", "there is no market", "name the market")
    length_s = _whole(asked, "length_s", 1, LONGEST_S)
    start_utc = _start(asked)
    end_utc = start_utc + np.timedelta64(length_s * 1000, "ms")
    if not now < end_utc:
        raise Refusal("over", "slot_start_utc", f"the slot ended at {end_utc}", "tell of slots before they end")
    if start_utc > now + LONGEST:
        raise Refusal("too-early", "slot_start_utc", f"{start_utc} is more than seven days ahead", "tell of it later")
    take_w, give_w = (float(each[0]) for each in _limits_w(site, start_utc))
    traded_wh = _whole(asked, "traded_wh", math.ceil(-give_w * length_s / HOUR_S), int(take_w * length_s / HOUR_S))
    return Trade(
        market=market,
        slot_start_utc=start_utc,
        length_s=length_s,
        traded_wh=traded_wh,
        trade_count=_whole(asked, "trade_count", 1, 1 << 53),
        reserve_ratio=_ratio(asked, "reserve_ratio"),
        halted=text_of(asked, "halted"),
    )


def trade_row(trade: Trade, now: Instant, *, is_by_hand: bool) -> dict[str, Any]:
    """Return a trade as what JSON holds, with how far it is: ``waiting``, ``running``, ``by_hand`` or ``over``."""
    runs = "by_hand" if is_by_hand else "running"
    return {
        "market": trade.market,
        "from": f"{trade.slot_start_utc.astype('datetime64[ms]')}Z",
        "until": f"{trade.until.astype('datetime64[ms]')}Z",
        "traded_wh": trade.traded_wh,
        "trade_count": trade.trade_count,
        "reserve_ratio": trade.reserve_ratio,
        "halted": trade.halted,
        "state": runs if trade.runs(now) else "waiting" if now < trade.slot_start_utc else "over",
    }


def _limits_w(site: Site, start_utc: Instant) -> tuple[Any, Any]:
    at = np.array([start_utc])
    return site.connection.import_limit_w(at, site.timezone), site.connection.export_limit_w(at, site.timezone)


def _start(asked: Mapping[str, Any]) -> Instant:
    text = asked.get("slot_start_utc")
    try:
        return instant(str(text))
    except UnitError:
        remedy = "write such as 2026-05-14T16:45:00Z"
        raise Refusal("no-time", "slot_start_utc", f"{str(text)[:80]!r} is no time", remedy) from None


def _whole(asked: Mapping[str, Any], name: str, least: int, most: int) -> int:
    value = asked.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refusal("no-number", name, f"{str(value)[:80]!r} is no whole number", "send a whole number")
    if not least <= value <= most:
        raise Refusal("too-much", name, f"{str(value)[:80]} is not within {least}..{most}", "send what is possible")
    return value


def _ratio(asked: Mapping[str, Any], name: str) -> float:
    value = asked.get(name, 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.0 <= value <= 1.0:
        raise Refusal("no-ratio", name, f"{str(value)[:80]!r} is not within 0..1", "send a ratio, such as 0.3")
    return float(value)
