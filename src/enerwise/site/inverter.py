"""Facts of a hybrid inverter."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inverter:
    """Panels and batteries meet on its direct-current side. Positive is taken: what a battery draws from the house."""

    limit_w: float
    """Rating on the side of the house, both ways."""
    one_way_ratio: float
    """What arrives of what passes it."""

    def __post_init__(self) -> None:
        if not (self.limit_w > 0 and 0 < self.one_way_ratio <= 1):
            raise ValueError(f"an inverter of {self.limit_w} W that lets {self.one_way_ratio} through")

    @property
    def range_w(self) -> tuple[float, float]:
        """The least and the most power on the direct-current side, where giving is below zero."""
        return -self.limit_w / self.one_way_ratio, self.limit_w * self.one_way_ratio

    @property
    def losses(self) -> tuple[float, float]:
        """The loss for each watt given, and for each watt taken, on the direct-current side."""
        return 1.0 - self.one_way_ratio, 1.0 / self.one_way_ratio - 1.0
