"""A small house for tests of the kernel: a few days of load and sun at an hour a step."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from enerwise.core.event import Event, Kind
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import Instant, TimeGrid, instant
from enerwise.core.units import FloatArray
from enerwise.devices.port import Devices, Readings, Receipt
from enerwise.guard.permit import Permit
from enerwise.run.world import World, replayed
from enerwise.site.site import GRID, Control, Site
from enerwise.store.memory import MemoryStore
from enerwise.store.store import Store
from tests.builders import a_site, a_tariff, a_tou_rate

HOUR_S = 3600
START = "2024-06-30T22:00Z"
"""Midnight in Berlin, before a Monday."""


def a_home(mode: str = "self_consumption", *, step_s: int = HOUR_S, **facts: Any) -> Site:
    """Lindenweg 8 with a time-of-use tariff."""
    facts = {"tariff": a_tariff(a_tou_rate()), **facts}
    return a_site(control=Control(mode=mode, step_s=step_s), **facts)


def a_house(days: int, *, start: str = START, step_s: int = HOUR_S, seed: int = 1) -> tuple[Frame, TimeGrid]:
    """An evening peak, a morning peak and a sunny noon, a little different every day."""
    per_day = 86_400 // step_s
    grid = TimeGrid(instant(start), step_s, days * per_day)
    rng = np.random.default_rng(seed)
    hour = np.arange(grid.step_count) * grid.step_h % 24
    bumps = 1800 * np.exp(-(((hour - 19) / 2) ** 2)) + 900 * np.exp(-(((hour - 7) / 1.5) ** 2))
    load_w = (250 + bumps) * rng.uniform(0.7, 1.3, grid.step_count)
    clear = np.clip(np.sin((hour - 6) / 12 * np.pi), 0.0, None)
    sun_w = -4500 * clear * np.repeat(rng.uniform(0.4, 1.0, days), per_day) + 0.0
    columns = {Key("home", POWER_W): load_w, Key("roof", AVAILABLE_POWER_W): sun_w}
    ends_utc = grid.starts_utc + np.timedelta64(step_s * 1000, "ms")
    return Frame.of(grid.starts_utc, columns, known_at=ends_utc), grid


def a_world(
    mode: str = "self_consumption", *, days: int = 1, warmup_days: int = 0, store: Store | None = None, **facts: Any
) -> World:
    """That house in a world, the first ``warmup_days`` of it as history."""
    frame, grid = a_house(days + warmup_days)
    store = MemoryStore() if store is None else store
    warmup = warmup_days * 86_400 // grid.step_s
    return replayed(a_home(mode, **facts), frame, grid, store, warmup_steps=warmup)


class Saying:
    """Devices of which another tells what they read."""

    def __init__(self, devices: Devices, change: Callable[[Readings, Instant], Readings]) -> None:
        self._devices, self._change = devices, change

    async def read(self, now: Instant) -> Readings:
        return self._change(await self._devices.read(now), now)

    async def apply(self, permits: Sequence[Permit], now: Instant) -> tuple[Receipt, ...]:
        return await self._devices.apply(permits, now)


def kinds_behind(store: Store, event: Event) -> set[Kind]:
    """Return the kinds of all events that one follows from; every cause must be there."""
    found: set[Kind] = set()
    waiting, seen = [event], {event.id}
    while waiting:
        for cause in waiting.pop().cause:
            before = store.event(cause)
            assert before is not None, f"{cause} is named as a cause and told nowhere"
            found.add(before.kind)
            if before.id not in seen:
                seen.add(before.id)
                waiting.append(before)
    return found


def as_bytes(store: Store) -> bytes:
    """Return all events as one piece of bytes."""
    return b"\n".join(each.to_bytes() for each in store.events())


def metered(grid: TimeGrid, power_w: FloatArray) -> Frame:
    """Return what the meter at the connection told, each step known when it has ended."""
    ends_utc = grid.starts_utc + np.timedelta64(grid.step_s * 1000, "ms")
    return Frame.of(grid.starts_utc, {Key(GRID, POWER_W): power_w}, known_at=ends_utc)
