"""Builders of views: Lindenweg 8 at noon, with every channel read just now."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from enerwise.agents.agent import Agent, View
from enerwise.core.intent import Mandate, Proposal
from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant
from enerwise.guard.envelope import Controlled, Envelope, envelope
from enerwise.guard.observed import observe
from enerwise.site.site import Site
from tests.builders import NOON, a_site


def a_live(
    *, load_w: float = 500.0, sun_w: float = -3000.0, energy_wh: float = 6750.0, **more: float
) -> dict[Key, float]:
    """Readings of Lindenweg 8; more of them as ``boiler__power_w=2000``."""
    return {
        Key("home", POWER_W): load_w,
        Key("roof", AVAILABLE_POWER_W): sun_w,
        Key("battery", ENERGY_WH): energy_wh,
        **{Key(*name.split("__")): value for name, value in more.items()},
    }


def a_view(
    live: Mapping[Key, float] | None = None,
    *,
    site: Site | None = None,
    now: Instant = NOON,
    hold_s: float = 900.0,
    **facts: Any,
) -> View:
    """The view whose envelope follows from its readings."""
    site, live = site or a_site(), a_live() if live is None else live
    observed = observe(site, live, dict.fromkeys(live, 0.0), hold_s=hold_s)
    allowed = envelope(Controlled.of(site), observed, now, stale_after_s=60.0)
    return View(now, hold_s, site, live, allowed, **facts)


def by_asset(agent: Agent, view: View) -> dict[str, Proposal]:
    """What an agent says, by asset."""
    return {each.asset: each for each in agent.decide(view)}


def preferred(agent: Agent, view: View, asset: str = "battery") -> float:
    """The value an agent prefers, NaN where it is silent."""
    said = by_asset(agent, view).get(asset)
    return math.nan if said is None or said.preferred is None else said.preferred


def mandates(envelope: Envelope, *agents: str, **limits: float) -> dict[str, Mandate]:
    """A mandate over every asset for each agent."""
    return {each: Mandate(each, frozenset(envelope.assets), **limits) for each in agents}  # type: ignore[arg-type]


def wishes_by_asset(wishes: Sequence[Any]) -> dict[str, float]:
    """Values by asset."""
    return {each.asset: each.value for each in wishes}
