"""Plausibility: sources that contradict each other, and powers that do not add up."""

import pytest
from hypothesis import given

from enerwise.site.rules import Tier
from tests.builders import a_battery, a_load, a_pv, a_site

from .strategies import POWERS_W
from .supervision import Bench, a_watch, fired, the_finding, written

PAIR = {"kind": "differs", "side": "beyond", "warn": {"at": 0.02, "after_s": 0.5}, "trip": {"at": 0.02, "after_s": 5.0}}
SOC = "battery.soc_ratio"
SECOND = "battery#2.soc_ratio"
BALANCE = {"kind": "balance", "quantities": ["power_w"], "side": "beyond", "of": "rating_w", "assets": ["grid"]}


def test_two_sources_warn_within_a_second_and_trip_after_five() -> None:
    bench = Bench(written(a_watch(**PAIR, quantities=["soc_ratio"])))
    warned_s = tripped_s = None
    for tenth in range(80):
        active = fired(bench.look({SOC: 0.50, SECOND: 0.53}, t_s=tenth / 10))
        warned_s = tenth / 10 if warned_s is None and ("high", "warn") in active else warned_s
        tripped_s = tenth / 10 if tripped_s is None and ("high", "trip") in active else tripped_s
    assert warned_s == 0.5
    assert tripped_s == 5.0


@pytest.mark.parametrize("second", [0.48, 0.50, 0.52])
def test_two_sources_may_differ_a_little(second: float) -> None:
    bench = Bench(written(a_watch(**PAIR, quantities=["soc_ratio"])))
    assert not fired(bench.run({SOC: 0.50, SECOND: second - 0.001 * (second - 0.5)}, until_s=10.0))


def test_one_source_alone_contradicts_nobody() -> None:
    bench = Bench(written(a_watch(**PAIR, quantities=["soc_ratio"])))
    assert not fired(bench.run({SOC: 0.50}, until_s=10.0))


def test_sources_that_speak_in_turn_count_time_once() -> None:
    """Each speaks once a second, half a second apart: five seconds are five seconds."""
    bench = Bench(written(a_watch(**PAIR, quantities=["soc_ratio"])))
    tripped = []
    for half in range(14):
        watched = bench.look({SOC: 0.50} if half % 2 else {SECOND: 0.60}, t_s=half / 2)
        tripped.append(("high", "trip") in fired(watched))
    assert tripped.index(True) == 11  # both known from half a second on


def test_time_goes_by_the_quicker_of_two_sources() -> None:
    bench = Bench(written(a_watch(**PAIR, quantities=["soc_ratio"])), poll_s={"battery#2": 10.0})
    bench.look({SOC: 0.50, SECOND: 0.60}, t_s=0.0)
    assert not fired(bench.look({SOC: 0.50}, t_s=0.4))
    assert fired(bench.look({SOC: 0.50}, t_s=0.5)) == {("high", "warn")}


def test_comparison_with_another_quantity_times_a_third() -> None:
    facts = {
        "kind": "differs",
        "quantities": ["power_w"],
        "other": "current_a",
        "times": "pack_voltage_v",
        "factor": 2.0,
    }
    bench = Bench(written(a_watch(**facts, side="beyond", trip={"at": 0.1}, of="rating_w")))
    values = {"battery.power_w": 1000.0, "battery.current_a": 10.0, "battery.pack_voltage_v": 45.0}
    assert not fired(bench.look(values, t_s=0.0))
    found = the_finding(bench.look({**values, "battery.pack_voltage_v": 80.0}, t_s=1.0), "high")
    assert (found.value, found.limit, found.unit) == (-600.0, 500.0, "w")


@pytest.mark.parametrize(
    ("first", "second", "value"),
    [
        (10.0, -8.0, 8.0),
        (-3.0, 9.0, 3.0),
        (10.0, 8.0, None),
        (-10.0, -8.0, None),
        (10.0, -0.4, None),
        (0.0, -9.0, None),
    ],
)
def test_signs_that_contradict_each_other(first: float, second: float, value: float | None) -> None:
    bench = Bench(written(a_watch(kind="opposes", quantities=["current_a"], trip={"at": 0.4})))
    watched = bench.look({"battery.current_a": first, "battery#2.current_a": second})
    assert [each.value for each in watched.findings] == ([] if value is None else [value])


# -------------------------------------------------------------------------------------------------------- balance


def powers(grid: float, **assets: float) -> dict[str, float]:
    return {"grid.power_w": grid} | {f"{each}.power_w": power_w for each, power_w in assets.items()}


def test_power_nobody_accounts_for() -> None:
    """Five percent of 24.15 kW of fuse, less where the limits of the connection are tighter: of 9 kW."""
    bench = Bench(written(a_watch(**BALANCE, warn={"at": 0.05})))
    assert not fired(bench.look(powers(-500.0, roof=-3000.0, battery=2000.0, home=500.0), t_s=0.0))
    assert not fired(bench.look(powers(-50.0, roof=-3000.0, battery=2000.0, home=500.0), t_s=1.0))
    watched = bench.look(powers(-49.0, roof=-3000.0, battery=2000.0, home=500.0), t_s=2.0)
    found = the_finding(watched, "high", Tier.WARN)
    assert (found.subject, found.value, found.limit) == ("*", 451.0, 450.0)
    assert fired(bench.look(powers(-951.0, roof=-3000.0, battery=2000.0, home=500.0), t_s=3.0))


def test_balance_needs_everybody() -> None:
    bench = Bench(written(a_watch(**BALANCE, warn={"at": 0.05})))
    assert not fired(bench.look(powers(9000.0, roof=-3000.0, battery=2000.0)))


@given(POWERS_W, POWERS_W, POWERS_W)
def test_powers_that_add_up_raise_nothing(roof: float, battery: float, home: float) -> None:
    bench = Bench(written(a_watch(**BALANCE, warn={"at": 0.05})), a_site(a_pv(), a_battery(), a_load()))
    assert not fired(bench.look(powers(roof + battery + home, roof=roof, battery=battery, home=home)))
