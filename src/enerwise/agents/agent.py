"""Agent and View: whoever wants something looks at one frozen picture of the site and answers with proposals.

An agent is pure: equal views give equal proposals. It keeps no state, reads no clock and never raises because a
reading is missing; then it says less, or nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

import numpy as np

from enerwise.agents.curtailment import Curtailment
from enerwise.agents.lease import Lease
from enerwise.core.intent import Proposal
from enerwise.core.outlook import Plan
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant
from enerwise.guard.envelope import Envelope
from enerwise.guard.observed import stored_wh, uncontrolled_w
from enerwise.site.assets import Asset, Battery, Pv
from enerwise.site.machines import Charger, Machine
from enerwise.site.site import Site

AnyAsset = TypeVar("AnyAsset", bound=Asset)


@dataclass(frozen=True, slots=True)
class View:
    """One picture of the site at one instant."""

    now: Instant
    hold_s: float
    """Time until the next turn."""
    site: Site
    live: Mapping[Key, float]
    """Latest value of each channel, house sign; absent or NaN is unknown."""
    envelope: Envelope
    plan: Plan | None = None
    plan_id: str | None = None
    """Id of the event that told of the plan."""
    mode: str = "passive"
    mode_id: str | None = None
    """Id of the event that told of the mode."""
    leases: tuple[Lease, ...] = ()
    """What people want for now."""
    is_away: bool = False
    """Whether nobody is at home."""
    curtailment: Curtailment | None = None
    """Who asks for the least import now; its limit is in the envelope."""

    @property
    def valid_until(self) -> Instant:
        """When what is proposed now shall end: at the next turn."""
        return self.now + np.timedelta64(math.ceil(self.hold_s * 1000), "ms")

    @property
    def others_w(self) -> float:
        """Power of everything not controlled at this instant, available PV included; NaN where unknown. [W]

        PV that can be curtailed counts with what it could deliver: a storage works against that first, and curtailing
        comes last. Machines count with what they take by themselves.
        """
        plants_w = sum(self.available_w(plant) for plant in self.controlled(Pv))
        machines_w = sum(self.own_w(machine) for machine in self.controlled(Machine))
        return uncontrolled_w(self.site, self.live) + plants_w + machines_w

    def own_w(self, machine: Machine) -> float:
        """Return what a machine takes if nobody asks it anything; nothing where that is unknown. [W]"""
        return self.envelope.assets[machine.id].available_w if machine.minds_itself else 0.0

    def available_w(self, plant: Pv) -> float:
        """Return what a PV plant could deliver, its measured power where only that is known; else NaN. [W]"""
        available_w = self.value(plant.id, AVAILABLE_POWER_W)
        known_w = available_w if math.isfinite(available_w) else self.value(plant.id, POWER_W)
        return known_w if math.isnan(known_w) else min(max(known_w, -plant.output_limit_w), 0.0)

    def energy_wh(self, battery: Battery | Charger) -> float:
        """Return the stored energy of a battery or car, NaN where unknown. [Wh]"""
        return stored_wh(battery, self.live)

    def value(self, asset: str, quantity: str) -> float:
        """Return the latest value of a channel, NaN where there is none."""
        return self.live.get(Key(asset, quantity), math.nan)

    def controlled(self, kind: type[AnyAsset]) -> tuple[AnyAsset, ...]:
        """Return the assets of one kind that can be moved, in the order of the site file."""
        return tuple(asset for asset in self.site.of_kind(kind) if asset.id in self.envelope.assets)


@runtime_checkable
class Agent(Protocol):
    """Whoever wants something."""

    @property
    def name(self) -> str:
        """The name its mandate and its proposals carry."""
        ...

    def decide(self, view: View) -> Sequence[Proposal]:
        """Return what it wants now; an empty answer wants nothing."""
        ...
