"""Several zones of a heat pump in a site file: what is written becomes facts, what is wrong is told with a remedy."""

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import HEAT_W, TEMPERATURE_DEGC
from enerwise.core.series import Key, Reading
from enerwise.core.time import instant
from enerwise.site.machines import HeatPump
from enerwise.site.read import find_problems, read_site
from enerwise.site.validate import validate
from enerwise.site.zones import Neighbours, Zone
from tests.site.test_machines import HEAD

GROUND = "{id: ground, building: {loss: 90 W/K, air: 5 kWh/K}, next_to: {upper: 120 W/K}}"
UPPER = (
    "{id: upper, building: {loss: 30 W/K, air: 1 kWh/K, mass: 4 kWh/K, exchange: 400 W/K}, comfort: [17 degC, 21 degC]}"
)


def a_file(zones: str = f"[{GROUND}, {UPPER}]", more: str = "") -> str:
    return f"{HEAD}  - {{id: heating, kind: heat_pump, power: 3 kW, cop: 3.5, zones: {zones}{more}}}\n"


def a_pump(text: str) -> HeatPump:
    return read_site(text).of_kind(HeatPump)[0]


def test_zones_become_facts_and_share_the_heat_by_their_losses() -> None:
    pump = a_pump(a_file())
    ground, upper = pump.rooms
    assert (ground.loss_w_per_k, ground.air_wh_per_k, ground.low_degc, ground.high_degc) == (90.0, 5e3, 20.0, 23.0)
    assert (upper.mass_wh_per_k, upper.exchange_w_per_k, upper.low_degc, upper.high_degc) == (4e3, 400.0, 17.0, 21.0)
    assert (ground.share_ratio, upper.share_ratio) == (0.75, 0.25)
    assert pump.between == (Neighbours("ground", "upper", 120.0),)


def test_shares_are_as_told_and_both_may_tell_the_same_wall() -> None:
    zones = f"[{GROUND[:-1]}, share: 55 %}}, {UPPER[:-1]}, share: 45 %, next_to: {{ground: 120 W/K}}}}]"
    pump = a_pump(a_file(zones))
    assert [each.share_ratio for each in pump.zones] == pytest.approx([0.55, 0.45])
    assert pump.between == (Neighbours("ground", "upper", 120.0),)


def test_one_zone_stays_as_simple_as_it_was() -> None:
    pump = a_pump(
        f"{HEAD}  - {{id: hp, kind: heat_pump, power: 3 kW, cop: 3, building: {{loss: 1 W/K, air: 1 kWh/K}}}}\n"
    )
    assert pump.rooms == (Zone("hp", loss_w_per_k=1.0, air_wh_per_k=1e3),) and not pump.zones


@pytest.mark.parametrize(
    ("zones", "more", "place", "words"),
    [
        (f"[{GROUND}]", "", "assets[1].zones[0].next_to.upper (line 7)", "'upper' is no other zone of it"),
        (f"[{GROUND.replace('upper', 'uper')}, {UPPER}]", "", "next_to.uper", "did you mean 'upper'?"),
        (
            f"[{GROUND}, {UPPER[:-1]}, next_to: {{ground: 80 W/K}}}}]",
            "",
            "assets[1].zones[1].next_to.ground",
            "differs from what 'ground' tells",
        ),
        (f"[{GROUND[:-1]}, share: 55 %}}, {UPPER}]", "", "assets[1]", "write shares of all zones"),
        (f"[{GROUND}, {UPPER}]", ", comfort: [20 degC, 22 degC]", "assets[1]", "write 'comfort' into each zone"),
        (
            f"[{GROUND}, {UPPER}]",
            ", presence: {sensors: [presence], band: [20 degC, 23 degC]}",
            "assets[1]",
            "'windows' into each zone",
        ),
        (f"[{GROUND}, {UPPER}]", ", building: {loss: 1 W/K, air: 1 kWh/K}", "assets[1]", "a building beside its zones"),
        ("[]", "", "assets[1]", "neither a building nor zones"),
        (
            f"[{GROUND}, {UPPER.replace('id: upper', 'id: home')}]",
            "",
            "zones[1].id",
            "'home' is the name of one before",
        ),
        (f"[{GROUND}, {UPPER.replace('loss: 30 W/K, ', '')}]", "", "zones[1].building.loss", "add 'loss: 150 W/K'"),
        (f"[{GROUND}, {UPPER.replace('comfort', 'confort')}]", "", "zones[1].confort", "did you mean 'comfort'?"),
    ],
)
def test_what_is_wrong_is_told_with_place_and_remedy(zones: str, more: str, place: str, words: str) -> None:
    told = [str(each) for each in find_problems(a_file(zones, more))]
    assert any(place in each and words in each for each in told), told


def test_a_sensor_may_stand_for_a_zone_and_what_it_tells_is_kept() -> None:
    site = read_site(
        a_file() + "devices:\n  - {id: thermometer, driver: mqtt, address: broker, serves: {meter: upper}}\n"
    )
    now = instant("2024-11-13T12:00", "UTC")
    keys = [
        Key("upper", TEMPERATURE_DEGC),
        Key("upper", HEAT_W),
        Key("heating", HEAT_W),
        Key("attic", TEMPERATURE_DEGC),
    ]
    frames, refused = validate([Reading(key, now, 20.0, now) for key in keys], site, now)
    assert {key for frame in frames for key in frame.keys} == set(keys[:3])
    assert [each.reading.key for each in refused] == keys[3:]


def test_a_meter_shares_its_name_with_no_zone() -> None:
    told = [str(each) for each in find_problems(a_file() + "circuits: [{id: cellar, members: [home], meter: upper}]\n")]
    assert any("circuits[0].meter" in each and "the name of something else" in each for each in told), told


def test_zones_built_in_python_are_checked_too() -> None:
    rooms = Zone("a", loss_w_per_k=1.0, air_wh_per_k=1.0, share_ratio=0.5)
    with pytest.raises(ValueError, match=r"heating: shares of the heat sum up to 0\.5, not to 1"):
        HeatPump(id="heating", electric_max_w=1e3, source_degc=(0.0,), cop=(3.0,), zones=(rooms,))
    with pytest.raises(ProblemsFound, match="zones"):
        read_site(a_file("[]"))
