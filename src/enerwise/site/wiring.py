"""The wiring: which device stands for which asset, over which driver and profile, and how long it may be silent.

A device is a box with an address; it serves one or more assets of the site, each under a role its profile knows: a
hybrid inverter serves ``battery``, ``pv`` and often ``meter``, a meter serves ``meter`` (asset ``grid``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

MODBUS_TCP: Final = "modbus_tcp"
MODBUS_RTU: Final = "modbus_rtu"
MQTT: Final = "mqtt"
OCPP: Final = "ocpp"
P1: Final = "p1"
HTTP: Final = "http"
FEED: Final = "feed"
DRIVERS: Final = (MODBUS_TCP, MODBUS_RTU, MQTT, OCPP, P1, HTTP, FEED)
INTERLOCKS: Final = ("stop", "door", "smoke", "breaker")
"""What a device may stand for besides assets and the grid: contacts that must be closed, a detector that is quiet."""
DOOR_DRIVERS: Final = (MODBUS_TCP, MODBUS_RTU)
"""Whose sockets only the door opens."""
GATEWAY_DRIVERS: Final = (MQTT, OCPP)
"""Who may write too, but in a process of its own, which takes nothing but permits of the door."""
COMMS_LOSS_S: Final = {OCPP: 60.0}
"""How long a charger keeps a limit that nobody renews: each renewal is one more write to its memory. [s]"""


@dataclass(frozen=True, slots=True)
class Device:
    """One box on a wire."""

    id: str
    driver: str
    address: str
    """``host:port``, a serial port, a broker or an address on the web; what the driver says it is."""
    profile: str = ""
    serves: Mapping[str, str] = field(default_factory=dict)
    """Role of the profile -> asset id, or ``grid``."""
    unit_id: int = 1
    baud_count: int = 9600
    """Symbols a second on a serial line."""
    poll_s: float = 1.0
    timeout_s: float = 0.5
    comms_loss_s: float = 5.0
    """Time after which the device must go to its own safe state when it hears nothing."""
    ramp_w_per_s: float = float("inf")
    """Slew of its setpoints; the fall to the safe power is never slewed."""
    is_read_only: bool = False
    """Whether nothing may ever be written to it."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What only one driver knows: topics, tokens by the name of an environment variable."""
    name: str = ""
    """What people call it; empty for its id."""
    place: str = ""
    """Where it is switched off by hand."""

    def __post_init__(self) -> None:
        if self.driver not in DRIVERS:
            raise ValueError(f"{self.id}: driver {self.driver!r} is not one of {', '.join(DRIVERS)}")
        for name in ("poll_s", "timeout_s", "comms_loss_s", "ramp_w_per_s"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{self.id}: {name} must be above 0, got {getattr(self, name)}")
        if not 0 <= self.unit_id <= 255:
            raise ValueError(f"{self.id}: unit id {self.unit_id} is not within 0..255")
