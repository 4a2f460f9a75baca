"""Bands: time inside, below and above."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .strategies import ANY_NUMBER
from .supervision import Bench, fired, shipped, table, written

HZ = "grid.frequency_hz"
BAND = table("band", id="frequency", quantities=["frequency_hz"], lower=49.8, upper=50.2)
NAME = f"frequency {HZ}"


def test_time_below_inside_and_above() -> None:
    bench = Bench(written(BAND))
    watched = bench.look()
    for t_s, value in enumerate([50.0, 49.8, 50.2, 49.79, 50.21, 50.3, 50.0, 50.1, 50.0]):
        watched = bench.look({HZ: value}, t_s=float(t_s))
    share = watched.bands[NAME]
    assert (share.below_s, share.inside_s, share.above_s, share.unknown_s) == (1.0, 5.0, 2.0, 0.0)
    assert share.inside_ratio == 5 / 8


def test_nothing_known_is_no_share() -> None:
    share = Bench(written(BAND)).run({}, until_s=3.0, every_s=1.0).bands[NAME]
    assert math.isnan(share.inside_ratio)
    assert share.unknown_s == 3.0


def test_share_of_half_a_second() -> None:
    bench = Bench(written(BAND))
    bench.look({HZ: 50.0}, t_s=0.0)
    assert bench.look({HZ: 50.0}, t_s=0.5).bands[NAME].inside_ratio == 1.0


def test_silence_and_long_pauses_are_unknown_time() -> None:
    bench = Bench(written(BAND))
    bench.look({HZ: 50.0}, t_s=0.0)
    bench.look({HZ: 50.0}, t_s=10.0)
    bench.look({HZ: 50.0}, t_s=20.1)
    watched = bench.look({}, t_s=25.0)
    share = watched.bands[NAME]
    assert share.inside_s == 10.0
    assert share.unknown_s == pytest.approx(15.0)


def test_band_of_the_balance_in_shares_of_the_rating() -> None:
    balance = table(
        "band", id="balance", kind="balance", quantities=["power_w"], of="rating_w", lower=-0.05, upper=0.05
    )
    bench = Bench(written(balance))
    assets = {"roof.power_w": -1000.0, "battery.power_w": 400.0, "home.power_w": 100.0}
    watched = bench.look()
    for t_s, grid_w in enumerate([-500.0, -500.0, -49.0, -951.0]):
        watched = bench.look({"grid.power_w": grid_w, **assets}, t_s=float(t_s))
    share = watched.bands["balance grid.power_w"]
    assert (share.below_s, share.inside_s, share.above_s) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize(("name", "hz", "is_inside"), [("eu", 50.1, True), ("eu", 60.0, False), ("us", 60.1, True)])
def test_bands_we_ship(name: str, hz: float, is_inside: bool) -> None:
    bench = Bench(shipped(f"bands_{name}.toml"))
    share = bench.run({HZ: hz, "grid.voltage_v": 230.0 * 1.04}, until_s=2.0).bands[NAME]
    assert (share.inside_ratio == 1.0) is is_inside


def test_site_does_not_make_it_worse() -> None:
    bench = Bench(shipped("bands_eu.toml"))
    high = bench.run({HZ: 51.6}, until_s=2.0)
    assert high.derate["battery"] == (0.0, 1.0)
    assert fired(high) == {("overfrequency", "info"), ("overfrequency", "warn")}
    low = Bench(shipped("bands_eu.toml")).run({HZ: 50.0, "grid.voltage_l2_v": 183.0}, until_s=2.0)
    assert low.derate["battery"] == (1.0, 0.0)


@given(st.lists(st.tuples(ANY_NUMBER, st.floats(0.0, 100.0)), max_size=20))
def test_all_time_is_counted_once(looks: list[tuple[float, float]]) -> None:
    bench = Bench(written(BAND))
    watched = bench.look()
    for value, later_s in looks:
        watched = bench.look({HZ: value}, t_s=bench.t_s + later_s)
    share = watched.bands[NAME]
    total_s = share.below_s + share.inside_s + share.above_s + share.unknown_s
    assert total_s == pytest.approx(bench.t_s)
