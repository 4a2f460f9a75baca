"""The owner: speaks for the people of a site, through leases, with the weight of an owner and under the same guard.

While they are away nobody needs switched loads, so these rest unless a lease asks for one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from enerwise.agents.agent import View
from enerwise.agents.lease import Deed, Lease
from enerwise.agents.shares import prices
from enerwise.core.intent import Priority, Proposal, Reason
from enerwise.site.assets import Asset, Battery, Load, Pv
from enerwise.site.machines import Machine

FULL_MARGIN_RATIO: Final = 0.002
"""So near to full, a battery that is being filled rests."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Wishes what the leases in force say; of two for one asset the newer one."""

    name: ClassVar[str] = "owner"

    def decide(self, view: View) -> Sequence[Proposal]:
        """Return one proposal for each asset that a person has spoken of."""
        newest = {each.asset: each for each in sorted(view.leases, key=_age) if each.holds(view.now)}
        asked = [self._asked(view, lease) for lease in newest.values() if lease.asset in view.envelope.assets]
        resting = [each for each in view.controlled(Load) if view.is_away and each.id not in newest]
        return [*asked, *(self._proposal(view, load.id, 0.0, Reason("away")) for load in resting)]

    def _asked(self, view: View, lease: Lease) -> Proposal:
        power_w = asked_w(lease, view.site.asset(lease.asset), view)
        facts: dict[str, float | str] = {
            "lease": lease.id,
            "who": lease.who,
            "why": lease.reason,
            "asked_w": power_w,
            **prices(view),
        }
        return self._proposal(view, lease.asset, power_w, _reason(lease.deed, facts))

    def _proposal(self, view: View, asset: str, power_w: float, reason: Reason) -> Proposal:
        # A band of one value: the mode below it may not bend what a person asked for, the guard may.
        return Proposal(
            self.name, Priority.OWNER, asset, power_w, power_w, power_w, view.valid_until, reason, cause=view.mode_id
        )


def asked_w(lease: Lease, asset: Asset, view: View) -> float:
    """Return the power that a lease asks of an asset. [W], positive into it"""
    match asset:
        case Battery():
            return _of_battery(lease, asset, view)
        case Pv():
            return -asset.output_limit_w if lease.deed is Deed.ON else min(0.0, -abs(lease.power_w or 0.0))
        case Load():
            return asset.switch_power_w if lease.deed is Deed.ON else 0.0
        case Machine():
            return _of_machine(lease, asset)


def _of_battery(lease: Lease, battery: Battery, view: View) -> float:
    match lease.deed:
        case Deed.CHARGE:
            return abs(lease.power_w) if lease.power_w is not None else battery.charge_limit_w
        case Deed.DISCHARGE:
            return -abs(lease.power_w) if lease.power_w is not None else -battery.discharge_limit_w
        case Deed.FILL:
            # What cannot be seen is not filled: the envelope closes for an unknown level anyway.
            is_full = view.energy_wh(battery) >= battery.energy_max_wh * (1.0 - FULL_MARGIN_RATIO)
            return 0.0 if is_full else battery.charge_limit_w
        case Deed.HOLD:
            return lease.power_w or 0.0
        case _:
            return 0.0


def _of_machine(lease: Lease, machine: Machine) -> float:
    match lease.deed:
        case Deed.CHARGE | Deed.FILL | Deed.ON:
            most_w = machine.power_max_w or -machine.give_max_w
            return most_w if lease.power_w is None else min(abs(lease.power_w), machine.power_max_w)
        case Deed.DISCHARGE:
            return -machine.give_max_w if lease.power_w is None else -abs(lease.power_w)
        case Deed.HOLD:
            return lease.power_w or 0.0
        case _:
            return 0.0


def _reason(deed: Deed, facts: Mapping[str, float | str]) -> Reason:
    match deed:
        case Deed.CHARGE:
            return Reason("lease_charge", facts)
        case Deed.DISCHARGE:
            return Reason("lease_discharge", facts)
        case Deed.REST:
            return Reason("lease_rest", facts)
        case Deed.FILL:
            return Reason("lease_fill", facts)
        case Deed.HOLD:
            return Reason("lease_hold", facts)
        case Deed.ON:
            return Reason("lease_on", facts)
        case Deed.OFF:
            return Reason("lease_off", facts)


def _age(lease: Lease) -> tuple[object, str]:
    return lease.since, lease.id
