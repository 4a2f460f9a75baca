"""The network of a market: areas, and lines between them that carry, lose and cost."""

from dataclasses import dataclass
from typing import Final

from enerwise.market.book import QUANTITY_MAX_WH

PPM: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """A line in one direction; one that carries both ways is two lines."""

    source: int
    target: int
    limit_wh: int
    """The most that may be sent in a slot. [Wh]"""
    loss_ppm: int = 0
    """Of what is sent, per million."""
    fee_ueur_per_kwh: int = 0
    """Taken by the operator for what is sent. [micro-EUR/kWh]"""

    def __post_init__(self) -> None:
        if self.source == self.target or min(self.source, self.target) < 0:
            raise ValueError(f"a line leads from area {self.source} to area {self.target}; it joins two areas")
        if not 0 <= self.limit_wh <= QUANTITY_MAX_WH:
            raise ValueError(f"a line carries {self.limit_wh} Wh; write 0 to {QUANTITY_MAX_WH}")
        if not 0 <= self.loss_ppm < PPM:
            raise ValueError(f"a line loses {self.loss_ppm} per million; write 0 to {PPM - 1}")
        if self.fee_ueur_per_kwh < 0:
            raise ValueError(f"a fee of {self.fee_ueur_per_kwh} micro-EUR/kWh would pay for sending in circles")

    def received_wh(self, sent_wh: int) -> int:
        """Return what arrives of what is sent; a broken watt-hour is lost. [Wh]

        >>> Line(0, 1, 100, loss_ppm=50_000).received_wh(99)
        94
        """
        return sent_wh * (PPM - self.loss_ppm) // PPM


def both_ways(
    one: int, other: int, limit_wh: int, *, loss_ppm: int = 0, fee_ueur_per_kwh: int = 0
) -> tuple[Line, Line]:
    """Return the two lines of a cable that carries either way."""
    return Line(one, other, limit_wh, loss_ppm, fee_ueur_per_kwh), Line(
        other, one, limit_wh, loss_ppm, fee_ueur_per_kwh
    )
