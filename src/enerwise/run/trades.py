"""What a site has traded, kept by a world: told by the market, kept until the slot is over, delivered by the keeper.

The market tells totals, never differences, with the number of trades behind them: telling the same again changes
nothing, and whatever comes late, having seen fewer trades, is passed over. So the order of arrival decides nothing.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from enerwise.agents.trader import Commitment
from enerwise.core.errors import EnerwiseError, StoreError
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import Instant, instant
from enerwise.site.site import GRID
from enerwise.store.store import Store

MOST: Final = 512
"""Slots that are not over yet: five days of quarter-hours."""
LONGEST_S: Final = 86_400
ENDED_KEPT: Final = 16
"""Ended ones that are still told of."""
METER: Final = Key(GRID, POWER_W)
HOUR: Final = np.timedelta64(3_600_000, "ms")


class NotTraded(EnerwiseError):
    """What is told contradicts what was told before, or is more than a site keeps."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What a site has bought, or below zero sold, in one slot of one market."""

    market: str
    slot_start_utc: Instant
    length_s: int
    traded_wh: int
    trade_count: int
    """How many trades it is the sum of; it only grows."""
    reserve_ratio: float = 0.0
    """Nothing is given out of a battery below this level for it. 0..1"""
    halted: str = ""
    """Why the site trades no more; what was traded stays."""
    cause: str | None = None
    """Id of the event that told of it."""

    def __post_init__(self) -> None:
        if not self.market or not 0 < self.length_s <= LONGEST_S:
            raise ValueError(f"trade at {self.market!r}: a slot of {self.length_s} s is not within 1..{LONGEST_S} s")
        if self.trade_count < 1 or not 0.0 <= self.reserve_ratio <= 1.0:
            raise ValueError(f"trade at {self.market!r}: {self.trade_count} trades, reserve {self.reserve_ratio}")

    @property
    def until(self) -> Instant:
        """The end of the slot, which is outside it."""
        return self.slot_start_utc + np.timedelta64(self.length_s * 1000, "ms")

    def runs(self, now: Instant) -> bool:
        """Tell whether its slot is now."""
        return bool(self.slot_start_utc <= now < self.until)


@dataclass(frozen=True, slots=True)
class Trades:
    """All that a site has traded in slots that are not over; a value, so that the turn sees one picture."""

    held: tuple[Trade, ...] = ()

    def with_trade(self, trade: Trade, now: Instant) -> "Trades":
        """Return these with what a market has told; what is known already, or older, changes nothing.

        Raises:
            NotTraded: It contradicts what was told before, overlaps another slot in part, or there are too many.
        """
        before = next((each for each in self.held if _place(each) == _place(trade)), None)
        if before is not None and trade.trade_count < before.trade_count:
            return self
        if before is not None and replace(trade, cause=before.cause) == before:
            return self
        self._check(trade, before, now)
        others = [each for each in self.held if each is not before]
        ended = [each for each in others if each.until <= now]
        gone = ended[: max(len(ended) - ENDED_KEPT, 0)]
        kept = sorted([*(each for each in others if each not in gone), trade], key=_sequence)
        return Trades(tuple(kept))

    def running(self, now: Instant) -> tuple[Trade, ...]:
        """Return those whose slot is now."""
        return tuple(each for each in self.held if each.runs(now))

    def _check(self, trade: Trade, before: Trade | None, now: Instant) -> None:
        if before is not None and trade.trade_count == before.trade_count and trade.traded_wh != before.traded_wh:
            told = f"{trade.trade_count} trades came to {before.traded_wh} Wh, and now to {trade.traded_wh} Wh"
            raise NotTraded(f"{trade.market}, slot {trade.slot_start_utc}: {told}")
        open_ones = [each for each in self.held if each.until > now and each is not before]
        if len(open_ones) >= MOST:
            raise NotTraded(f"there are {MOST} traded slots already that are not over")
        # One meter cannot tell which of two slots of different length its energy belongs to.
        for each in open_ones:
            same = (each.slot_start_utc, each.length_s) == (trade.slot_start_utc, trade.length_s)
            if not same and each.slot_start_utc < trade.until and trade.slot_start_utc < each.until:
                other = f"the slot of {each.market} that begins at {each.slot_start_utc}"
                raise NotTraded(f"{trade.market}, slot {trade.slot_start_utc}: overlaps {other} in part")

    # -- kept from life to life ----------------------------------------------------------------------------------

    def to_bytes(self) -> bytes:
        """Return them as bytes that `from_bytes` reads."""
        rows = [
            [each.market, str(each.slot_start_utc), each.length_s, each.traded_wh, each.trade_count,
             each.reserve_ratio, each.halted, each.cause]
            for each in self.held
        ]  # fmt: skip
        return json.dumps(rows).encode()

    @classmethod
    def from_bytes(cls, content: bytes | None) -> "Trades":
        """Read what was kept; what cannot be read moves nothing, and the market tells it again."""
        try:
            return cls(tuple(_read(*each) for each in json.loads(content or b"[]")))
        except (ValueError, TypeError, EnerwiseError):
            return cls()


def commitments(trades: Iterable[Trade], metered_wh: float) -> tuple[Commitment, ...]:
    """Return trades of one slot as the keeper takes them, with what the meter has counted in it so far. [Wh]"""
    return tuple(
        Commitment(
            each.slot_start_utc,
            float(each.length_s),
            each.traded_wh,
            metered_wh,
            each.cause,
            reserve_ratio=each.reserve_ratio,
            halted=each.halted,
        )
        for each in trades
    )


def counted_wh(store: Store, since: Instant, now: Instant, *, newest: Iterable[Frame] = (), live_w: float) -> float:
    """Return what the connection has taken from one moment to another, below zero given. [Wh]

    Args:
        store: Holds the means that have ended.
        since: Where to begin.
        now: Where to end.
        newest: Means that are not in the store yet.
        live_w: Power of this moment; it stands for whatever no mean covers yet. NaN takes the newest mean. [W]

    Returns:
        The energy; NaN where nothing is known of some of the time.
    """
    try:
        seen = store.read(METER, since, now)
    except StoreError:
        return float("nan")
    frames = [(each.start_utc, each.known_at, each.column(METER)) for each in newest if METER in each.keys]
    parts = [(seen.start_utc, seen.known_at, seen.value), *frames]
    starts, known, value_w = (np.concatenate(each) for each in zip(*parts, strict=True))
    within = np.isfinite(value_w) & (starts >= since) & (starts < now)
    starts, at = np.unique(starts[within], return_index=True)
    known, value_w = known[within][at], value_w[within][at]
    # A mean is known at its end, so that minutes and whole steps need no telling apart.
    ends = np.minimum(np.minimum(known, now), np.append(starts[1:], now))
    hours = np.maximum((ends - starts) / HOUR, 0.0)
    open_h = float((now - since) / HOUR) - float(hours.sum())
    rest_w = float(value_w[-1]) if value_w.size and not np.isfinite(live_w) else live_w
    return float((hours * value_w).sum()) + (rest_w * open_h if open_h > 0.0 else 0.0)


def _place(trade: Trade) -> tuple[str, Instant]:
    return trade.market, trade.slot_start_utc


def _sequence(trade: Trade) -> tuple[object, str]:
    return trade.slot_start_utc, trade.market


def _read(*fields: object) -> Trade:
    market, start, length_s, traded_wh, trade_count, reserve_ratio, halted, cause = fields
    return Trade(
        str(market),
        instant(np.datetime64(str(start))),
        int(str(length_s)),
        int(str(traded_wh)),
        int(str(trade_count)),
        float(str(reserve_ratio)),
        str(halted),
        None if cause is None else str(cause),
    )
