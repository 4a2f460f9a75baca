"""Circuits in a site file: a tree under the connection; what cannot be one is told with place, value and remedy."""

import pytest

from enerwise.site.circuits import Circuit, deepest_first, inside, lines_of, members
from enerwise.site.inverter import Inverter
from enerwise.site.read import find_problems, read_site
from tests.builders import a_load, a_site

HEAD = """name: Test
timezone: Europe/Berlin
connection: {import_limit: 20 kW, export_limit: 20 kW}
tariff: {import: 0.30 EUR/kWh}
assets:
  - {id: home, kind: load}
  - {id: car, kind: charger, vehicle: 60 kWh}
  - {id: van, kind: charger, vehicle: 60 kWh, phases: 1, line: 2}
circuits:
"""
TREE = """  - {id: points, parent: garage, limit: 11 kW, members: [car, van]}
  - {id: garage, fuse: 20 A, meter: garage-meter, members: [home]}
  - {id: shed, fuse: 16 A, phases: 1, line: 3}
"""


def test_a_tree_is_read_in_base_units() -> None:
    points, garage, shed = read_site(HEAD + TREE).circuits
    assert (points.parent, points.limit_w, points.members) == ("garage", 11e3, ("car", "van"))
    assert (garage.power_limit_w, garage.meter, garage.line) == (20 * 230 * 3, "garage-meter", 0)
    assert (shed.power_limit_w, shed.line) == (16 * 230, 3)


def test_what_hangs_on_a_circuit_hangs_on_those_above() -> None:
    circuits = read_site(HEAD + TREE).circuits
    assert inside(circuits, "garage") == ("garage", "points")
    assert members(circuits, "garage") == ("car", "van", "home")
    assert [each.id for each in deepest_first(circuits)] == ["points", "garage", "shed"]


def test_a_circuit_of_one_phase_puts_all_on_its_line() -> None:
    circuits = (Circuit("shed", ("a",), line=3, fuse_a=16.0), Circuit("hall", ("b", "c"), fuse_a=16.0))
    assert lines_of(circuits, {"b": (0.0, 1.0, 0.0)}) == {
        "a": (0.0, 0.0, 1.0),
        "b": (0.0, 1.0, 0.0),
        "c": (1 / 3, 1 / 3, 1 / 3),
    }


@pytest.mark.parametrize(
    ("wrong", "place", "words"),
    [
        ("{id: a, fuse: 16 A, members: [cart]}", "circuits[0].members (line 10)", "'cart' is no asset of this site"),
        ("{id: a, fuse: 16 A, members: [a]}", "circuits[0].members", "write 'parent: a' at 'a'"),
        ("{id: a, fuse: 16 A, members: [car, car]}", "circuits[0].members", "hangs on 'a' already"),
        ("{id: car, fuse: 16 A}", "circuits[0].id", "'car' is the name of something else"),
        ("{id: a, fuse: 16 A, meter: home}", "circuits[0].meter", "'home' is the name of something else"),
        ("{id: a, fuse: 16 A, parent: a}", "circuits[0].parent", "hangs on itself"),
        ("{id: a, fuse: 16 A, parent: b}", "circuits[0].parent", "'b' is no circuit of this site"),
        ("{id: a, members: [car]}", "circuits[0]", "add 'fuse: 32 A', 'limit: 11 kW' or a 'meter'"),
        ("{id: a, fuse: 16 A, phases: 1, members: [car]}", "circuits[0].phases", "'car' takes three"),
        ("{id: a, limit: 16 A}", "circuits[0].limit", "unit of current"),
    ],
)
def test_what_is_wrong_is_told_with_place_and_remedy(wrong: str, place: str, words: str) -> None:
    found = find_problems(f"{HEAD}  - {wrong}\n")
    assert any(each.place.startswith(place) and words in str(each) for each in found), [str(each) for each in found]


def test_rings_and_assets_on_two_circuits_are_found_together() -> None:
    ring = "  - {id: a, fuse: 16 A, parent: b, members: [car]}\n  - {id: b, fuse: 16 A, parent: a, members: [car]}\n"
    told = [str(each) for each in find_problems(HEAD + ring)]
    assert sum("hangs on itself" in each for each in told) == 2
    assert sum("hangs on 'a' already" in each for each in told) == 1


def test_a_site_cannot_be_built_with_a_wrong_tree() -> None:
    from dataclasses import replace

    with pytest.raises(ValueError, match="no asset of this site"):
        replace(a_site(a_load()), circuits=(Circuit("a", ("car",), limit_w=1e3),))


def test_devices_may_stand_for_a_sub_meter() -> None:
    wired = TREE + "devices: [{id: m, driver: modbus_tcp, host: h, profile: p, serves: {meter: garage-meter}}]\n"
    assert not any("no asset" in str(each) for each in find_problems(HEAD + wired))


PANELS = """  - {id: roof, kind: pv, peak: 9 kWp, curtail: yes}
  - {id: flat, kind: pv, peak: 9 kWp}
  - {id: pack, kind: battery, capacity: 10 kWh, charge_limit: 5 kW, discharge_limit: 5 kW}
"""
HYBRID = HEAD.replace("circuits:", f"{PANELS}circuits:")


def test_a_circuit_with_an_efficiency_is_a_hybrid_inverter() -> None:
    (circuit,) = read_site(f"{HYBRID}  - {{id: a, limit: 5 kW, efficiency: 96 %, members: [roof, pack]}}\n").circuits
    assert circuit.inverter == Inverter(5000.0, 0.96)
    assert circuit.range_w == pytest.approx((-5000.0 / 0.96, 4800.0))


@pytest.mark.parametrize(
    ("wrong", "place", "words"),
    [
        ("{id: a, fuse: 16 A, efficiency: 96 %, members: [pack]}", "circuits[0]", "add 'limit: 5 kW'"),
        ("{id: a, limit: 5 kW, efficiency: 96 %, members: [car]}", "circuits[0].members", "batteries and panels do"),
        ("{id: a, limit: 5 kW, efficiency: 96 %, members: [flat]}", "assets", "write 'curtail: yes'"),
        ("{id: a, limit: 5 kW, efficiency: 120 %, members: [pack]}", "circuits[0].efficiency", "120 %"),
        (
            "{id: a, limit: 5 kW, efficiency: 96 %}\n  - {id: b, fuse: 16 A, parent: a, members: [car]}",
            "circuits[1].parent",
            "no circuits",
        ),
    ],
)
def test_what_cannot_be_behind_an_inverter_is_told(wrong: str, place: str, words: str) -> None:
    found = find_problems(f"{HYBRID}  - {wrong}\n")
    assert any(each.place.startswith(place) and words in str(each) for each in found), [str(each) for each in found]
