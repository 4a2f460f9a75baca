"""What blocks leave behind for terms and for reading the plan: where each quantity lives among the columns."""

from dataclasses import dataclass

from enerwise.core.units import IntArray
from enerwise.plan.flexible import FlexiblePart
from enerwise.site.assets import Battery, Pv


@dataclass(frozen=True, slots=True)
class BatteryPart:
    """Columns of one battery. Shapes (step,)"""

    asset: Battery
    charge: IntArray
    discharge: IntArray
    energy: IntArray
    """Stored energy at the end of each step."""
    balance_rows: IntArray


@dataclass(frozen=True, slots=True)
class PvPart:
    """Curtailed power of one PV plant, above zero, in the steps in which it could deliver. Shapes (n,)"""

    asset: Pv
    steps: IntArray
    curtailed: IntArray


@dataclass(frozen=True, slots=True)
class ConnectionPart:
    """Columns of the connection point, both above zero. Shapes (step,)"""

    bought: IntArray
    sold: IntArray
    over: IntArray
    """What is bought beyond the import limit, in the steps where nothing could keep it. Shape (n,)"""
    over_steps: IntArray
    """Shape (n,)"""
    balance_rows: IntArray


@dataclass(frozen=True, slots=True)
class Parts:
    """All of them, in one scenario."""

    connection: ConnectionPart
    batteries: tuple[BatteryPart, ...]
    pvs: tuple[PvPart, ...]
    flexible: tuple[FlexiblePart, ...] = ()
    losses: tuple[IntArray, ...] = ()
    """What hybrid inverters lose. Each of shape (step,)"""
