import asyncio
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key, Reading
from enerwise.core.time import Instant, TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.devices.port import Readings
from enerwise.devices.supply import Supply
from enerwise.devices.twin import TwinDevices
from enerwise.guard.permit import Check, Checker, Permit, seal
from enerwise.physics import ageing
from enerwise.site.circuits import Circuit
from enerwise.site.site import GRID
from tests.builders import a_battery, a_grid, a_load, a_pv, a_site

KEY = b"between guard and twins, 32 byte"
HOUR_S = 3600


def hours(count: int, start: str = "2024-07-01") -> TimeGrid:
    return a_grid(start, step_s=HOUR_S, steps=count)


def twins(grid: TimeGrid, load_w: FloatArray | float = 500.0, sun_w: FloatArray | float = -2000.0) -> TwinDevices:
    shape = (grid.step_count,)
    load, sun = np.broadcast_to(load_w, shape).astype(float), np.broadcast_to(sun_w, shape).astype(float)
    return TwinDevices(a_site(), Supply(grid, {"home": load}, {"roof": sun}), Checker(KEY))


def a_permit(value: float, *, until: Instant, nonce: int = 1, asset: str = "battery") -> Permit:
    return seal(KEY, asset=asset, quantity=POWER_W, value=value, valid_until=until, nonce=nonce)


def after(grid: TimeGrid, steps: float) -> Instant:
    return grid.start_utc + np.timedelta64(int(steps * grid.step_s * 1000), "ms")


def checks(devices: TwinDevices, now: Instant, *permits: Permit) -> list[Check]:
    return [each.check for each in asyncio.run(devices.apply(permits, now))]


def looked(devices: TwinDevices, now: Instant) -> Readings:
    return asyncio.run(devices.read(now))


def powers(readings: Sequence[Reading], asset: str) -> list[float]:
    return [each.value for each in readings if each.key == Key(asset, POWER_W)]


@pytest.mark.parametrize("held_ratio", [0.25, 0.5, 1.0, 3.0])
def test_a_battery_rests_from_the_moment_its_permit_expires(held_ratio: float) -> None:
    grid = hours(2)
    devices = twins(grid)
    assert checks(devices, grid.start_utc, a_permit(2000.0, until=after(grid, held_ratio))) == [Check.OPENS]
    assert powers(looked(devices, after(grid, 1)).measured, "battery") == pytest.approx([2000.0 * min(held_ratio, 1)])
    assert powers(looked(devices, after(grid, 2)).measured, "battery") == [2000.0 if held_ratio > 2 else 0.0]


def test_the_rest_of_a_step_is_at_the_safe_power() -> None:
    grid = hours(1)
    site = a_site(a_battery(safe_power_w=300.0), a_load())
    devices = TwinDevices(site, Supply(grid, {"home": np.zeros(1)}, {}), Checker(KEY))
    checks(devices, grid.start_utc, a_permit(-1000.0, until=after(grid, 0.5)))
    assert powers(looked(devices, after(grid, 1)).measured, "battery") == pytest.approx([-350.0])


def test_an_expired_ceiling_lets_the_roof_deliver_again() -> None:
    grid = hours(1)
    devices = twins(grid, sun_w=-6000.0)
    checks(devices, grid.start_utc, a_permit(-1000.0, until=after(grid, 1), asset="roof"))
    assert powers(looked(devices, after(grid, 1)).measured, "roof") == [-1000.0]
    fresh = twins(grid, sun_w=-6000.0)
    assert powers(looked(fresh, after(grid, 1)).measured, "roof") == [-6000.0]


@pytest.mark.parametrize(
    "change",
    [
        {"value": 5000.0},
        {"asset": "roof"},
        {"quantity": "energy_wh"},
        {"nonce": 2},
        {"valid_until": instant("2030-01-01")},
        {"seal": b"\0" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_permit_moves_nothing(change: dict[str, object]) -> None:
    grid = hours(1)
    devices = twins(grid)
    altered = replace(a_permit(1000.0, until=after(grid, 1)), **change)  # type: ignore[arg-type]
    assert checks(devices, grid.start_utc, altered) == [Check.ALTERED]
    told = looked(devices, after(grid, 1)).measured
    assert powers(told, "battery") == [0.0]
    assert powers(told, "roof") == [-2000.0]


def test_a_permit_opens_once_and_a_late_one_never() -> None:
    grid = hours(2)
    devices = twins(grid)
    first, second = a_permit(3000.0, until=after(grid, 2)), a_permit(0.0, until=after(grid, 2), nonce=2)
    assert checks(devices, grid.start_utc, first, second, first) == [Check.OPENS, Check.OPENS, Check.USED]
    late = a_permit(3000.0, until=after(grid, 1), nonce=3)
    assert powers(looked(devices, after(grid, 1)).measured, "battery") == [0.0]
    assert checks(devices, after(grid, 1), late) == [Check.EXPIRED]
    assert powers(looked(devices, after(grid, 2)).measured, "battery") == [0.0]


@settings(max_examples=40, deadline=None)
@given(
    load_w=st.floats(0.0, 9e3),
    sun_w=st.floats(-9e3, 0.0),
    battery_w=st.floats(-9e3, 9e3),
    ceiling_w=st.floats(-9e3, 0.0),
)
def test_the_connection_carries_the_sum_of_all_assets(
    load_w: float, sun_w: float, battery_w: float, ceiling_w: float
) -> None:
    grid = hours(3)
    devices = twins(grid, load_w, sun_w)
    until = after(grid, 2.5)
    checks(
        devices,
        grid.start_utc,
        a_permit(battery_w, until=until),
        a_permit(ceiling_w, until=until, nonce=2, asset="roof"),
    )
    told = looked(devices, grid.end_utc).measured
    total_w = np.sum([powers(told, asset) for asset in ("home", "roof", "battery")], axis=0)
    assert powers(told, GRID) == pytest.approx(total_w.tolist(), abs=1e-9)
    assert len(powers(told, GRID)) == 3


@pytest.mark.parametrize("days", [1, 3])
def test_cells_age_once_a_day(days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    aged_s: list[float] = []
    age = ageing.age

    def counted(*args: object, elapsed_s: float) -> object:
        aged_s.append(elapsed_s)
        return age(*args, elapsed_s=elapsed_s)  # type: ignore[arg-type]

    monkeypatch.setattr(ageing, "age", counted)
    grid = hours(24 * days)
    devices = twins(grid)
    for step in range(1, 24 * days + 1):
        looked(devices, after(grid, step))
        assert len(aged_s) == step // 24
    assert aged_s == [86_400.0] * days
    assert devices.state.soh_ratio[0] < 1.0


@pytest.mark.parametrize(("start", "steps"), [("2024-03-31", 23), ("2024-10-27", 25)])
def test_a_day_of_23_or_25_hours_is_carried_out_hour_by_hour(start: str, steps: int) -> None:
    grid = TimeGrid(instant(start, zone="Europe/Berlin"), HOUR_S, steps)
    load_w = 10.0 * np.arange(steps, dtype=np.float64)
    devices = twins(grid, load_w, 0.0)
    measured = [reading for step in range(1, steps + 1) for reading in looked(devices, after(grid, step)).measured]
    homes = [each for each in measured if each.key == Key("home", POWER_W)]
    assert [each.value for each in homes] == load_w.tolist()
    assert [each.start_utc for each in homes] == list(grid.starts_utc)
    assert [each.known_at - each.start_utc for each in homes] == [np.timedelta64(HOUR_S * 1000, "ms")] * steps
    assert grid.end_utc == instant(str(np.datetime64(start) + 1), zone="Europe/Berlin")


def test_turns_that_were_skipped_are_carried_out_all_the_same() -> None:
    grid = hours(30)
    often, seldom = twins(grid), twins(grid)
    for devices in (often, seldom):
        checks(devices, grid.start_utc, a_permit(700.0, until=after(grid, 4.5)))
    one_by_one = [each for step in range(1, 31) for each in looked(often, after(grid, step)).measured]
    at_once = looked(seldom, after(grid, 30)).measured
    assert list(at_once) == one_by_one
    assert seldom.state.energy_wh.tobytes() == often.state.energy_wh.tobytes()
    assert looked(seldom, after(grid, 30)).measured == ()


def test_what_is_live_is_the_step_that_begins_and_ends_with_the_supply() -> None:
    grid = hours(2)
    devices = twins(grid, np.array([100.0, 200.0]), np.array([-9000.0, -1.0]))
    live = {str(each.key): each.value for each in looked(devices, grid.start_utc).live}
    assert live["home.power_w"] == 100.0
    assert live["roof.available_power_w"] == -6000.0, "an inverter of 6 kW"
    assert "roof.power_w" not in live, "what is delivered depends on what is decided now"
    assert live["battery.soc_ratio"] == 0.5
    assert looked(devices, grid.end_utc).live == ()


def test_a_roof_that_cannot_be_curtailed_tells_what_it_delivers_and_obeys_nobody() -> None:
    grid = hours(1)
    site = a_site(a_pv(can_curtail=False))
    devices = TwinDevices(site, Supply(grid, {}, {"roof": np.array([-3000.0])}), Checker(KEY))
    assert powers(looked(devices, grid.start_utc).live, "roof") == [-3000.0]
    checks(devices, grid.start_utc, a_permit(-10.0, until=after(grid, 1), asset="roof"))
    assert powers(looked(devices, after(grid, 1)).measured, "roof") == [-3000.0]


@settings(max_examples=30)
@given(st.floats(0.0, 3e3), st.floats(-9e3, 0.0), st.floats(-9e3, 9e3), st.floats(0.9, 1.0))
def test_nothing_passes_an_inverter_beyond_its_rating_and_its_loss_counts(
    load_w: float, sun_w: float, battery_w: float, ratio: float
) -> None:
    grid = hours(1)
    inverter = Circuit("inverter", ("roof", "battery"), limit_w=2000.0, one_way_ratio=ratio, meter="ac")
    site = replace(a_site(), circuits=(inverter,))
    devices = TwinDevices(site, Supply(grid, {"home": np.full(1, load_w)}, {"roof": np.full(1, sun_w)}), Checker(KEY))
    checks(devices, grid.start_utc, a_permit(battery_w, until=after(grid, 1)))
    told = looked(devices, after(grid, 1)).measured
    inner_w = powers(told, "roof")[0] + powers(told, "battery")[0]
    (ac_w,) = powers(told, "ac")
    assert ac_w == pytest.approx(inner_w / ratio if inner_w > 0 else inner_w * ratio, abs=1e-6)
    assert abs(ac_w) <= 2000.0 + 1e-6
    assert powers(told, GRID)[0] == pytest.approx(load_w + ac_w)
