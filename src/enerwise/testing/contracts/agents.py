"""What every agent must satisfy: pure on equal views, within its mandate, silent rather than broken without readings.

A plug-in's test inherits the suite and names its agent::

    class TestMyAgent(AgentContract):
        agent = MyAgent()
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import ClassVar

import numpy as np

from enerwise.agents.agent import Agent, View
from enerwise.agents.arbiter import is_expired, is_within
from enerwise.core.intent import Mandate
from enerwise.core.outlook import Law, Plan
from enerwise.core.quantity import AVAILABLE_POWER_W, ENERGY_WH, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid, instant
from enerwise.guard.envelope import Controlled, envelope
from enerwise.guard.observed import observe
from enerwise.site.assets import Battery, Load, Pv
from enerwise.site.limits import WindowedLimit
from enerwise.site.site import Connection, Control, Site
from enerwise.site.tariff import DemandComponent, Rate, Tariff

NOON = instant("2024-07-01T12:00Z")
HOLD_S = 900.0


class AgentContract:
    """Inherit and set ``agent``; add views of your own by extending `views`."""

    agent: ClassVar[Agent]

    def views(self) -> Iterator[View]:
        """Yield pictures of very different moments, freshly built each time."""
        for zero_export in (False, True):
            site = a_contract_site(zero_export=zero_export)
            for load_w, sun_w, energy_wh in MOMENTS:
                live = readings(load_w=load_w, sun_w=sun_w, energy_wh=energy_wh)
                for law in (None, *Law):
                    yield a_view(site, live, plan=None if law is None else a_contract_plan(law))

    def test_has_a_name_and_decides(self) -> None:
        assert isinstance(self.agent, Agent)
        assert self.agent.name

    def test_equal_views_give_equal_proposals(self) -> None:
        for view, twin in zip(self.views(), self.views(), strict=True):
            first = list(self.agent.decide(view))
            assert first == list(self.agent.decide(twin)), "a second, equal view got another answer"
            assert first == list(self.agent.decide(view)), "the same view got another answer the second time"

    def test_stays_within_its_mandate(self) -> None:
        for view in self.views():
            mandate = Mandate(self.agent.name, frozenset(view.envelope.assets))
            for proposal in self.agent.decide(view):
                assert is_within(mandate, proposal), proposal

    def test_says_each_thing_once(self) -> None:
        for view in self.views():
            spoken = [(each.asset, each.quantity) for each in self.agent.decide(view)]
            assert len(set(spoken)) == len(spoken)

    def test_proposals_hold_until_the_next_turn(self) -> None:
        for view in self.views():
            for proposal in self.agent.decide(view):
                assert not is_expired(proposal, view.now)
                assert proposal.valid_until <= view.now + np.timedelta64(math.ceil(view.hold_s * 1000), "ms")

    def test_missing_readings_never_raise(self) -> None:
        for view in self.views():
            for live in partial(view.live):
                list(self.agent.decide(a_view(view.site, live, plan=view.plan)))

    def test_old_data_never_raise(self) -> None:
        for view in self.views():
            list(self.agent.decide(a_view(view.site, view.live, plan=view.plan, age_s=1e6)))

    def test_reasons_can_be_stored(self) -> None:
        for view in self.views():
            for proposal in self.agent.decide(view):
                assert proposal.reason.code
                for name, fact in proposal.reason.facts.items():
                    assert isinstance(fact, str) or math.isfinite(fact), f"{proposal.reason.code}: {name} is {fact}"


MOMENTS = (
    (500.0, -4000.0, 7000.0),
    (3000.0, 0.0, 7000.0),
    (8500.0, 0.0, 1400.0),
    (200.0, -6000.0, 12_100.0),
    (0.0, 0.0, 7000.0),
)
"""Load, available PV (below zero) and stored energy: a sunny noon, an evening, a peak, a full and a still house."""


def readings(*, load_w: float, sun_w: float, energy_wh: float) -> dict[Key, float]:
    """Return one reading of every channel."""
    return {
        Key("home", POWER_W): load_w,
        Key("roof", AVAILABLE_POWER_W): sun_w,
        Key("roof", POWER_W): sun_w,
        Key("battery", ENERGY_WH): energy_wh,
        Key("battery", TEMPERATURE_DEGC): 25.0,
    }


def partial(live: Mapping[Key, float]) -> Iterator[dict[Key, float]]:
    """Yield the readings with each one missing, each one NaN, and none at all."""
    for absent in live:
        yield {key: value for key, value in live.items() if key != absent}
        yield {**live, absent: math.nan}
    yield {}


def a_contract_site(*, zero_export: bool = False) -> Site:
    """A home with every kind of asset an agent can move."""
    assets = (
        Pv("roof", peak_w=6000.0, can_curtail=True),
        Battery("battery", 13_500.0, 5000.0, 5000.0, soc_min_ratio=0.1, soc_max_ratio=0.9, reserve_ratio=0.2),
        Load("home"),
        Load("boiler", switch_power_w=2000.0, surplus_priority=1),
    )
    connection = Connection(WindowedLimit(9000.0), WindowedLimit(4000.0), fuse_a=35.0, phase_count=3)
    tariff = Tariff(Rate(0.30), Rate(0.08), demand=(DemandComponent("peak", 4.2, above_w=2500.0),))
    control = Control(zero_export=zero_export)
    return Site("Contract", "Europe/Berlin", connection, tariff, assets, control)


def a_contract_plan(law: Law, *, at: Instant = NOON) -> Plan:
    """A day that charges at 1 kW under one law, with PV under the same."""
    grid = TimeGrid(at, 900, 96)
    flat = np.ones(96)
    return Plan(
        grid,
        at,
        ("battery", "roof"),
        power_w=np.stack([1000.0 * flat, -2000.0 * flat]),
        energy_wh=np.stack([np.full(97, 7000.0), np.full(97, np.nan)]),
        law=np.full((2, 96), law, dtype=np.uint8),
        grid_target_w=0.0 * flat,
        grid_power_w=0.0 * flat,
        grid_ceiling_w=4000.0 * flat,
        cost_eur={"energy": 1.0},
        dual_eur_per_kwh=np.stack([0.2 * flat, np.full(96, np.nan)]),
        gap_eur=0.0,
    )


def a_view(site: Site, live: Mapping[Key, float], *, plan: Plan | None = None, age_s: float = 0.0) -> View:
    """Return a picture whose envelope follows from the readings, all of one age."""
    observed = observe(site, live, dict.fromkeys(live, age_s), hold_s=HOLD_S)
    allowed = envelope(Controlled.of(site), observed, NOON, stale_after_s=60.0)
    view = View(NOON, HOLD_S, site, live, allowed, mode="test", mode_id="contract/0/1")
    return view if plan is None else replace(view, plan=plan, plan_id="contract/0/2")
