"""The mode manager: which mode is in force, and why.

The owner chooses. Where the site is not known, nothing is wished; where the plan is missing or old, self-consumption
keeps the house running until there is one again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from enerwise.agents.follow_plan import FollowPlan, step_in_force
from enerwise.agents.modes import ChargeOnly, Passive, PeakShaving, SelfConsumption
from enerwise.core.intent import Reason
from enerwise.core.outlook import Plan
from enerwise.core.time import Instant

MODES: Final = tuple(each.name for each in (Passive, ChargeOnly, SelfConsumption, PeakShaving, FollowPlan))


@dataclass(frozen=True, slots=True)
class ModeFacts:
    """What the choice of a mode depends on."""

    now: Instant
    is_site_known: bool
    """Whether the power of everything else is known and fresh."""
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class ModeChoice:
    """The mode in force, why, and whether that is news."""

    mode: str
    reason: Reason
    is_new: bool = True


def choose(
    facts: ModeFacts, wanted: str, current: ModeChoice | None = None, *, known: Collection[str] = MODES
) -> ModeChoice:
    """Return the mode in force.

    Args:
        facts: What there is to go by.
        wanted: The owner's choice.
        current: The choice before this one.
        known: Names of all modes there are; another is passive.
    """
    mode, code = _decided(facts, wanted, known)
    is_new = current is None or (current.mode, current.reason.code) != (mode, code)
    return ModeChoice(mode, Reason(code, {"wanted": wanted}), is_new)


def _decided(facts: ModeFacts, wanted: str, known: Collection[str]) -> tuple[str, str]:
    if wanted not in known:
        return Passive.name, "unknown_mode"
    if wanted != Passive.name and not facts.is_site_known:
        return Passive.name, "data_too_old"
    if wanted == FollowPlan.name and step_in_force(facts.plan, facts.now) is None:
        return SelfConsumption.name, "no_plan" if facts.plan is None else "plan_expired"
    return wanted, "owner_choice"
