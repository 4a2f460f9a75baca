"""The watch over what devices make of what they are told: read from a site's own records."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from enerwise.core.event import Event, Json, Kind
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import Instant, TimeGrid, instant
from enerwise.devices.port import Devices, Readings, Receipt
from enerwise.guard.permit import Permit
from enerwise.run.loop import play
from enerwise.run.response import RESPONSE, ResponseWatch, asked_w, watched
from enerwise.run.world import World
from enerwise.site.machines import Charger
from enerwise.store.memory import MemoryStore
from tests.run.builders import HOUR_S, a_home, a_world


class Deaf:
    """Devices whose battery hears nothing from a moment on."""

    def __init__(self, devices: Devices, since: Instant) -> None:
        self._devices, self._since = devices, since

    async def read(self, now: Instant) -> Readings:
        return await self._devices.read(now)

    async def apply(self, permits: Sequence[Permit], now: Instant) -> tuple[Receipt, ...]:
        heard = [each for each in permits if now < self._since or each.asset != "battery"]
        return await self._devices.apply(heard, now)


def played(world: World, hours: int) -> TimeGrid:
    start = world.clock.now()
    play(world, hours)
    return TimeGrid(start, HOUR_S, hours)


def test_a_battery_that_obeys_delivers_all_it_is_told() -> None:
    world = a_world(days=2)
    grid = played(world, 48)
    found = {each.asset: each for each in watched(world.site, world.store, grid)}
    battery = found["battery"]
    assert battery.told.share_ratio > 0.95 and battery.told.bias_w == pytest.approx(0.0, abs=1.0)
    assert battery.finding() == "" and battery.since is None


def test_one_that_stops_hearing_is_told_of_with_the_hour_and_the_amount() -> None:
    world = a_world(days=3)
    since = world.clock.now() + np.timedelta64(36 * HOUR_S, "s")
    world.devices = Deaf(world.devices, since)
    grid = played(world, 72)
    (battery,) = [each for each in watched(world.site, world.store, grid) if each.asset == "battery"]
    assert battery.told.shortfall is not None and battery.told.shortfall.is_stopped
    assert battery.since is not None and since <= battery.since < since + np.timedelta64(12 * HOUR_S, "s")
    assert "gives nothing of what it is told since" in battery.finding()
    assert battery.told.shortfall.missing_wh > 1000.0


def test_the_watch_looks_every_hour_and_reads_each_hour_once() -> None:
    world = a_world("follow_plan", days=2, warmup_days=3)
    world.response = ResponseWatch(world.site)
    grid = played(world, 48)
    notes = world.store.events(kind=Kind.NOTE, subject=RESPONSE)
    assert len(notes) >= 40
    battery = notes[-1].payload["battery"]
    assert isinstance(battery, dict) and "finding" not in battery and battery["planned_bias_w"] is not None
    whole = ResponseWatch(world.site)._read(world.store, "battery", grid.part(0, 48))
    again, step_by_step = ResponseWatch(world.site), np.zeros(0)
    for hour in range(1, 49):
        step_by_step = again._read(world.store, "battery", TimeGrid(grid.start_utc, HOUR_S, 48).part(0, hour))
    assert step_by_step == pytest.approx(whole, nan_ok=True)


def test_setpoints_are_weighed_by_how_long_they_held() -> None:
    store, start = MemoryStore(), instant("2024-07-01T12:00Z")
    for at_s, value_w, until_s in ((0, 1000.0, 600), (300, -500.0, 900), (900, 700.0, 1000)):
        at, until = (start + np.timedelta64(each, "s") for each in (at_s, until_s))
        payload: dict[str, Json] = {"value": value_w, "valid_until": str(until), "nonce": 1}
        store.note([Event(f"x/{at_s}", at, Kind.PERMITTED, "battery", payload, ())])
    store.flush()
    grid = TimeGrid(start, 900, 2)
    # 300 s of 1 kW, 600 s of -500 W; the second step is not in force long enough to be judged.
    assert asked_w(store, "battery", grid) == pytest.approx([0.0, np.nan], nan_ok=True)
    assert np.isnan(asked_w(store, "roof", grid)).all()


def test_a_car_that_takes_nothing_for_an_evening_is_no_finding_but_a_day_later_it_is() -> None:
    car = Charger(id="car", capacity_wh=50_000.0)
    site = replace(a_home(), assets=(*a_home().assets, car))
    for hours, finds in ((6, False), (30, True)):
        store, grid = MemoryStore(), TimeGrid(instant("2024-07-01T16:00Z"), HOUR_S, 36)
        for hour in range(36 - hours, 36):
            at = grid.starts_utc[hour]
            until: dict[str, Json] = {
                "value": 7000.0,
                "valid_until": str(at + np.timedelta64(HOUR_S, "s")),
                "nonce": hour,
            }
            store.note([Event(f"x/{hour}", at, Kind.PERMITTED, "car", until, ())])
        store.append(Frame.of(grid.starts_utc, {Key("car", POWER_W): np.zeros(36)}))
        store.flush()
        (told,) = watched(site, store, grid)
        assert (told.finding() != "") == finds


def test_what_was_measured_but_never_asked_is_not_watched() -> None:
    world = a_world("passive", days=1)
    grid = played(world, 24)
    assert watched(world.site, world.store, grid) == ()
    assert np.isfinite(world.store.read_frame([Key("home", POWER_W)], grid).value).all()
