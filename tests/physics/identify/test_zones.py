"""Zones of a heat pump learned together: found again through noise, and refused where they do not tell."""

from dataclasses import replace

import numpy as np
import pytest

from enerwise.core.quantity import TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.physics.identify.building import BuildingIdentifier
from enerwise.physics.identify.identifier import Identified, Record, Refused
from enerwise.site.machines import HeatPump
from enerwise.site.zones import Neighbours, Zone
from enerwise.testing.contracts.identifiers import IdentifierContract
from tests.physics.identify.twins import zones_record

GROUND = Zone("ground", loss_w_per_k=90.0, air_wh_per_k=5000.0, gain_w=250.0, share_ratio=0.5)
UPPER = Zone("upper", loss_w_per_k=60.0, air_wh_per_k=3000.0, low_degc=17.0, high_degc=21.0, share_ratio=0.5)
DECLARED = HeatPump(
    id="heat",
    electric_max_w=4000.0,
    source_degc=(-7.0, 2.0, 7.0, 12.0),
    cop=(2.6, 3.3, 4.0, 4.6),
    zones=(GROUND, UPPER),
    between=(Neighbours("ground", "upper", 120.0),),
)
TRUE = replace(
    DECLARED,
    zones=(
        replace(GROUND, loss_w_per_k=130.0, air_wh_per_k=3500.0, share_ratio=0.6),
        replace(UPPER, loss_w_per_k=80.0, gain_w=100.0, share_ratio=0.4),
    ),
    between=(Neighbours("ground", "upper", 70.0),),
)
METERED = zones_record(TRUE)


class TestZones(IdentifierContract):
    name = "building"

    def asset(self) -> HeatPump:
        return DECLARED

    def record(self) -> Record:
        return METERED

    def test_bands_of_zones_do_not_move(self) -> None:
        kept = [(each.id, each.low_degc, each.high_degc, each.comfort) for each in DECLARED.zones]
        assert kept == [(each.id, each.low_degc, each.high_degc, each.comfort) for each in self.identified().zones]


@pytest.mark.parametrize("seed", [1, 2])
def test_zones_and_what_flows_between_them_are_found_again(seed: int) -> None:
    record = METERED if seed == 1 else zones_record(TRUE, days=14, seed=seed)
    told = BuildingIdentifier().identify(DECLARED, record)
    assert isinstance(told, Identified), told
    found = {name: each.value for name, each in told.parameters.items()}
    assert found["ground loss_w_per_k"] == pytest.approx(130.0, rel=0.08)
    assert found["upper loss_w_per_k"] == pytest.approx(80.0, rel=0.08)
    assert found["ground air_wh_per_k"] == pytest.approx(3500.0, rel=0.08)
    assert found["upper air_wh_per_k"] == pytest.approx(3000.0, rel=0.08)
    assert found["ground-upper w_per_k"] == pytest.approx(70.0, rel=0.15)
    assert found["ground share_ratio"] + found["upper share_ratio"] == pytest.approx(1.0)
    made = BuildingIdentifier().applied(DECLARED, found)
    assert made.between[0].w_per_k == found["ground-upper w_per_k"]
    assert sum(each.share_ratio for each in made.zones) == pytest.approx(1.0)


def test_without_heat_meters_known_shares_do() -> None:
    shares = {each.id: each.share_ratio for each in TRUE.zones}
    declared = replace(DECLARED, zones=tuple(replace(each, share_ratio=shares[each.id]) for each in DECLARED.zones))
    told = BuildingIdentifier().identify(declared, zones_record(TRUE, has_meters=False))
    assert isinstance(told, Identified), told
    for name, true in (("ground loss_w_per_k", 130.0), ("upper air_wh_per_k", 3000.0), ("ground-upper w_per_k", 70.0)):
        each = told.parameters[name]
        assert each.value == pytest.approx(true, rel=0.1), name
    wide = {name: (each.high - each.low) / each.value for name, each in told.parameters.items()}
    assert wide["ground-upper w_per_k"] > 5 * wide["ground loss_w_per_k"], "what flows between them is known least"
    assert not any(name.endswith("share_ratio") for name in told.parameters)


def with_walls(pump: HeatPump, *sizes: tuple[float, float, float]) -> HeatPump:
    zones = tuple(
        replace(each, air_wh_per_k=air, mass_wh_per_k=mass, exchange_w_per_k=exchange)
        for each, (air, mass, exchange) in zip(pump.zones, sizes, strict=True)
    )
    return replace(pump, zones=zones)


WALLS = with_walls(TRUE, (900.0, 7000.0, 500.0), (700.0, 4500.0, 350.0))
WALLED = zones_record(WALLS, days=21)


class TestZonesWithWalls(IdentifierContract):
    name = "building"

    def asset(self) -> HeatPump:
        return with_walls(DECLARED, (1500.0, 6000.0, 450.0), (1500.0, 6000.0, 450.0))

    def record(self) -> Record:
        return WALLED

    def test_walls_are_found_again(self) -> None:
        found = self.parameters()
        assert found["ground loss_w_per_k"] == pytest.approx(130.0, rel=0.05)
        assert found["ground air_wh_per_k"] == pytest.approx(900.0, rel=0.05)
        assert found["ground mass_wh_per_k"] == pytest.approx(7000.0, rel=0.12)
        assert found["upper mass_wh_per_k"] == pytest.approx(4500.0, rel=0.12)
        assert found["ground exchange_w_per_k"] == pytest.approx(500.0, rel=0.05)
        assert found["ground-upper w_per_k"] == pytest.approx(70.0, rel=0.15)

    def test_without_heat_meters_walls_make_it_too_much_to_know(self) -> None:
        shares = {each.id: each.share_ratio for each in TRUE.zones}
        zones = tuple(replace(each, share_ratio=shares[each.id]) for each in self.asset().zones)
        told = BuildingIdentifier().identify(
            replace(self.asset(), zones=zones), zones_record(WALLS, days=14, has_meters=False)
        )
        assert isinstance(told, Refused) and "is known to within" in told.missing


def test_zones_that_move_together_do_not_tell_what_flows_between_them() -> None:
    half = replace(GROUND, share_ratio=0.5)
    alike = replace(TRUE, zones=(half, replace(half, id="upper")))
    told = BuildingIdentifier().identify(alike, zones_record(alike, has_meters=False))
    assert isinstance(told, Refused) and "zones that move together" in told.missing, told


def test_what_does_not_fit_is_refused_with_what_is_missing() -> None:
    heavy = replace(DECLARED, zones=(replace(GROUND, mass_wh_per_k=9e3, exchange_w_per_k=500.0), UPPER))
    told = BuildingIdentifier().identify(heavy, METERED)
    assert isinstance(told, Refused) and "ground mass_wh_per_k" in told.missing, "walls that are none are not known"
    silent = {key: value for key, value in METERED.value.items() if key != Key("upper", TEMPERATURE_DEGC)}
    told = BuildingIdentifier().identify(DECLARED, Record(METERED.grid, silent))
    assert isinstance(told, Refused) and "upper.temperature_degc" in told.missing
    still = {**METERED.value, Key("upper", TEMPERATURE_DEGC): np.full(METERED.grid.step_count, 20.0)}
    told = BuildingIdentifier().identify(DECLARED, Record(METERED.grid, still))
    assert isinstance(told, Refused) and "upper moved by 0.0 K" in told.missing
    with pytest.raises(ValueError, match="not within"):
        BuildingIdentifier().applied(DECLARED, {"upper loss_w_per_k": 1e6})
