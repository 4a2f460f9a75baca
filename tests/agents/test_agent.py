"""The view: what can be read from one picture, and what is plainly unknown."""

import math

import numpy as np
import pytest

from enerwise.agents.agent import Agent
from enerwise.agents.modes import Passive
from enerwise.site.assets import Battery, Load, Pv
from tests.builders import NOON, a_battery, a_load, a_pv, a_site

from .builders import a_live, a_view


def test_others_are_all_that_is_not_controlled_with_all_the_sun() -> None:
    assert a_view(a_live(load_w=500.0, sun_w=-3000.0)).others_w == -2500.0


def test_switched_loads_and_batteries_are_not_among_the_others() -> None:
    site = a_site(a_pv(), a_battery(), a_load(), a_load("boiler", switch_power_w=2000.0))
    assert a_view(a_live(boiler__power_w=2000.0, battery__power_w=900.0), site=site).others_w == -2500.0


@pytest.mark.parametrize("name", ["home__power_w", "roof__available_power_w"])
def test_others_are_unknown_when_one_of_them_is(name: str) -> None:
    assert math.isnan(a_view(a_live(**{name: math.nan})).others_w)


@pytest.mark.parametrize(
    ("live", "expected_w"),
    [
        (a_live(sun_w=-3000.0), -3000.0),
        (a_live(sun_w=math.nan, roof__power_w=-2000.0), -2000.0),
        (a_live(sun_w=-9000.0), -6000.0),
        (a_live(sun_w=20.0), 0.0),
    ],
)
def test_sun_is_what_could_be_delivered(live: dict[object, float], expected_w: float) -> None:
    assert a_view(live).available_w(a_pv()) == expected_w  # type: ignore[arg-type]


def test_energy_is_unknown_without_a_reading() -> None:
    assert a_view().energy_wh(a_battery()) == 6750.0
    assert math.isnan(a_view({}).energy_wh(a_battery()))


def test_proposals_end_at_the_next_turn() -> None:
    assert a_view(hold_s=0.5).valid_until == NOON + np.timedelta64(500, "ms")


def test_controlled_assets_by_kind() -> None:
    view = a_view()
    assert [each.id for each in view.controlled(Battery)] == ["battery"]
    assert [each.id for each in view.controlled(Pv)] == ["roof"]
    assert view.controlled(Load) == ()


def test_modes_are_agents() -> None:
    assert isinstance(Passive(), Agent)
