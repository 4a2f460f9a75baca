"""Limits of one machine by the clock, in a plan made by hand: kept by each kind, named where nothing can keep them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.time import TimeGrid, instant
from enerwise.serve.plans import Planned, make_plan
from enerwise.site.read import read_site
from enerwise.store.files import Outlook

TEXT = """
name: Test
timezone: UTC
connection: {import_limit: 20 kW, export_limit: 9 kW}
tariff: {import: 0.30 EUR/kWh, export: 0.08 EUR/kWh}
control: {step: 30 min}
assets:
  - {id: home, kind: load}
  - {id: machine, FACTS, limits: [{limit: LIMIT, from: "02:00", to: "06:00"}]}
"""
KINDS = {
    "car": 'kind: charger, vehicle: 50 kWh, phases: 1, trips: [{leaves: "12:00", back: "20:00", uses: 15 kWh}]',
    "rooms": "kind: heat_pump, power: 6 kW, least_power: 1 kW, cop: 3, building: {loss: 300 W/K, air: 6 kWh/K}",
    "water": 'kind: water_heater, power: 2 kW, volume: 200 l, draws: [{volume: 150 l, from: "04:00", to: "08:00"}]',
    "dishes": 'kind: program, program: [2 kW for 30 min, 100 W for 1 h], from: "01:00", to: "07:00"',
    "pool": 'kind: interruptible, power: 3 kW, needs: 3 h, from: "00:00", to: "10:00"',
}
WINDOW = slice(4, 12)
LEAST_W = {"car": 1380.0, "rooms": 1000.0, "pool": 3000.0}


def planned(kind: str, limit_w: float) -> Planned:
    grid = TimeGrid(instant("2024-01-09"), 1800, 48)
    site = read_site(TEXT.replace("FACTS", KINDS[kind]).replace("LIMIT", f"{limit_w:.3f} W"))
    cold = np.full(48, 2.0)
    outlook = Outlook(grid, np.full(48, 300.0), np.zeros(48), outdoor_degc=cold)
    return make_plan(site, outlook, {})


@settings(max_examples=25)
@given(kind=st.sampled_from(sorted(KINDS)), limit_w=st.floats(0.0, 4000.0))
def test_every_kind_keeps_its_limit_or_stands_still(kind: str, limit_w: float) -> None:
    made = planned(kind, limit_w)
    power_w = made.machine_w["machine"]
    if not any("limit" in each.name for each in made.plan.broken):
        assert power_w[WINDOW].max() <= limit_w + 0.5
    least_w = LEAST_W.get(kind, 0.0)
    if limit_w < least_w - 1.0 and not made.plan.broken:
        assert power_w[WINDOW].max() == pytest.approx(0.0, abs=0.5)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_limit_that_leaves_all_of_it_changes_nothing(kind: str) -> None:
    wide, free = planned(kind, 50e3), planned(kind, 1e6)
    np.testing.assert_allclose(wide.machine_w["machine"], free.machine_w["machine"], atol=0.5)


def test_a_car_charges_before_and_after_the_hours_in_which_it_may_not() -> None:
    made = planned("car", 0.0)
    assert made.machine_w["machine"][WINDOW].max() < 0.5 and not made.plan.broken
    assert made.machine_w["machine"].sum() * 0.5 > 10e3
