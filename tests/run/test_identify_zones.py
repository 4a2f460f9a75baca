"""Zones of a site file identified from its own store: what serves plans, and the site file stays what it is."""

from pathlib import Path

import numpy as np
import pytest

from enerwise.plan.declared import Ahead, blocks_of
from enerwise.run.identifying import identify_site
from enerwise.run.models import Models
from enerwise.site.machines import HeatPump, Machine
from enerwise.site.read import read_site
from tests.physics.identify.test_zones import TRUE
from tests.physics.identify.twins import zones_record
from tests.run.test_identifying import STEP_S, a_store, after

SITE = read_site(
    """
name: Test
timezone: Europe/Berlin
connection: {import_limit: 20 kW, export_limit: 9 kW}
tariff: {import: 0.30 EUR/kWh}
assets:
  - {id: home, kind: load}
  - id: heat
    kind: heat_pump
    power: 4 kW
    cop: {-7 degC: 2.6, 2 degC: 3.3, 7 degC: 4, 12 degC: 4.6}
    zones:
      - {id: ground, building: {loss: 90 W/K, air: 5 kWh/K}, next_to: {upper: 120 W/K}, share: 50 %}
      - {id: upper, building: {loss: 60 W/K, air: 3 kWh/K}, comfort: [17 degC, 21 degC], share: 50 %}
"""
)


def test_zones_that_differ_serve_on_evidence(tmp_path: Path) -> None:
    record = zones_record(TRUE, days=36)
    told = {
        str(each["series"]): each
        for each in identify_site(SITE, a_store(record), tmp_path, after(record), step_s=STEP_S, every_days=7)
    }
    assert told["heat.building"]["is_promoted"] is True, told["heat.building"]
    assert "no heat meter" in str(told["heat.heat_pump_cop"]["reason"]), "of the whole; those of zones are no such"
    planned = Models(tmp_path).planned(SITE)
    (pump,) = planned.site.of_kind(HeatPump)
    assert [each.loss_w_per_k for each in pump.zones] == pytest.approx([130.0, 80.0], rel=0.1)
    assert pump.between[0].w_per_k == pytest.approx(70.0, rel=0.2)
    assert [each.share_ratio for each in pump.zones] == pytest.approx([0.6, 0.4], abs=0.03)
    assert (pump.zones[1].low_degc, pump.zones[1].high_degc) == (17.0, 21.0)
    ahead = Ahead(record.grid.part(0, 96), SITE.timezone, np.full(96, 0.3), np.zeros(96))
    (block,) = blocks_of(planned.site.of_kind(Machine), {}, ahead)
    assert block.building.zones == ("ground", "upper")  # type: ignore[attr-defined]
    assert Models(tmp_path / "other").planned(SITE).site == SITE
