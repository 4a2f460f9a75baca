"""What the plant knows of a simulated device, whatever it speaks. Each kind has a file of its own beside this one."""

import asyncio
from typing import Protocol

from enerwise.run.plant.faults import Faults
from enerwise.site.wiring import Device


class Twin(Protocol):
    """One simulated device."""

    device: Device
    faults: Faults
    write_count: int
    """How often it was told something."""

    def moves(self, role: str) -> bool:
        """Tell whether the power of a role can be set."""
        ...

    def asked_w(self, role: str, t_s: float) -> float:
        """Return the setpoint in force, NaN where nobody has set one. [W]"""
        ...

    def show(self, role: str, quantity: str, value: float) -> None:
        """Let it tell a value, as far as it measures it."""
        ...

    def measured(self) -> tuple[str, ...]:
        """Return what it measures, each as role and quantity: ``meter.power_w``."""
        ...

    def written(self) -> dict[str, int]:
        """Return how often each place was written."""
        ...


class Caller(Twin, Protocol):
    """A simulated device that calls others by itself, as clients of a broker and chargers do."""

    trouble: str
    """Why it reaches nobody; empty where it does."""

    async def live(self, stop: asyncio.Event) -> None:
        """Call, and call again, until told to stop."""
        ...
