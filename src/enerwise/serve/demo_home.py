"""The demo home: its file, and one life of sun and appliances from four weeks ago to a month ahead.

What the store holds of the past and what the simulated machines meet from now on are parts of the same life, so that
no picture shows a seam. Where the demo was off, the house has lived on.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from enerwise.core.quantity import ENERGY_WH
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.serve.files import write_text
from enerwise.serve.generated import HISTORY_DAYS, START_SOC_RATIO, Generated, generate
from enerwise.serve.sites import read_site_file, remember, with_step
from enerwise.serve.stores import BESIDE, open_store
from enerwise.site.assets import Battery
from enerwise.site.site import Site

if TYPE_CHECKING:
    from enerwise.devices.supply import Supply
    from enerwise.store.store import Store

SEED: Final = 3
STEP_S: Final = 60
AHEAD_DAYS: Final = 34
"""A demo older than this begins anew."""
PLANNED_DAYS: Final = 4
"""So many of the past days followed plans; before, nobody planned. Planning a day takes about a second."""
BEGAN: Final = "began"
DEMO: Final = "demo"
ADDRESS: Final = re.compile(r"127\.0\.0\.1:(\d+)")
TEXT: Final = """\
# The demo home of `enerwise run --demo`: everything in it is simulated, nothing real is moved.
name: Demo home
timezone: Europe/Berlin
connection: {{import_limit: 11 kW, export_limit: 9 kW, fuse: 35 A, phases: 3}}
tariff:
  import:
    otherwise: 0.29 EUR/kWh
    periods:
      - {{price: 0.19 EUR/kWh, from: "00:00", to: "06:00"}}
      - {{price: 0.44 EUR/kWh, from: "17:00", to: "21:00"}}
  export: 0.08 EUR/kWh
  fixed: 0.40 EUR/day
carbon: {{grid: 363 g/kWh, source: UBA 2024}}
safety:
  main_switch: hallway cupboard, bottom left, red lever
  recovery:
    - Look at battery, inverter and boiler. If you smell or hear anything unusual, leave the house and call the brigade.
    - Say below what the cause was, and reset. Nothing starts by itself.
    - Start when everybody knows that machines may move.
  contacts:
    - {{name: Demo fire brigade, phone: "112", role: emergency}}
    - {{name: Demo installer, phone: "+49 30 5550100", role: installer}}
assets:
  - {{id: roof, kind: pv, peak: 9 kWp, curtail: yes, name: Roof}}
  - {{id: battery, kind: battery, capacity: 13.5 kWh, charge_limit: 5 kW, discharge_limit: 5 kW, round_trip: 90 %,
     soc: [10 %, 95 %], name: Battery}}
  - {{id: home, kind: load, name: Home}}
  - {{id: boiler, kind: load, switch_power: 2 kW, surplus_priority: 1, name: Hot water}}
control: {{mode: follow_plan}}
devices:
  - {{id: hybrid, driver: modbus_tcp, address: "127.0.0.1:{port}", profile: generic_hybrid, name: Hybrid inverter,
     place: cellar, serves: {{battery: battery, pv: roof, meter: grid}}, comms_loss: 5 s}}
  - {{id: relay, driver: modbus_tcp, address: "127.0.0.1:{port}", unit: 2, profile: generic_relay, name: Boiler relay,
     place: fuse box, serves: {{relay: boiler}}, comms_loss: 5 s}}
"""


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """Where everything of the demo lies."""

    folder: Path

    @property
    def site(self) -> Path:
        """The site file."""
        return self.folder / "home.yaml"

    @property
    def store(self) -> Path:
        """What is remembered."""
        return self.folder / "home.db"


def write_site(files: DemoFiles, port: int) -> Site:
    """Return the demo home, its machines at a port; a file that is there keeps what people have changed in it.

    Raises:
        ProblemsFound: The file is there and cannot be read, or cannot be written.
    """
    text = files.site.read_text(encoding="utf-8") if files.site.is_file() else ""
    # A file without machines is none of ours: such a one was left by demos of old.
    is_ours = ADDRESS.search(text) is not None
    write_text(files.site, ADDRESS.sub(f"127.0.0.1:{port}", text) if is_ours else TEXT.format(port=port))
    return read_site_file(files.site)


def life(site: Site, began: Instant) -> Generated:
    """Return load and sun from four weeks before ``began`` to a month after, the same every time."""
    return generate(site, began, step_s=STEP_S, seed=SEED, days=AHEAD_DAYS, history_days=HISTORY_DAYS)


def fill(files: DemoFiles, site: Site, now: Instant, *, progress: Callable[[float], None] | None = None) -> Instant:
    """Let the store hold everything up to ``now``, and return when the demo began.

    Args:
        files: Where it is.
        site: The demo home.
        now: The present.
        progress: Told how much of it is done, 0 to 1.

    Raises:
        StoreError: The store cannot be written.
    """
    step_s = site.control.step_s
    began = began_of(files)
    if began is None or now >= began + np.timedelta64((AHEAD_DAYS - 1) * DAY_S, "s"):
        began = _floor(now, step_s)
        for ending in BESIDE:
            files.store.with_name(files.store.name + ending).unlink(missing_ok=True)
    store = open_store(files.store)
    try:
        start = _lived_until(store, site, began)
        _live(store, site, life(site, began), start, _floor(now, step_s), progress)
        store.put(DEMO, BEGAN, str(began).encode(), now)
        remember(store, files.site.read_text(encoding="utf-8"), files.folder, now)
    finally:
        store.close()
    return began


def supply(site: Site, began: Instant) -> "Supply":
    """Return what the simulated machines meet."""
    return life(site, began).supply()


def soc_ratio(store_path: Path, site: Site, now: Instant) -> float:
    """Return how full the first battery was when it was last seen."""
    store = open_store(store_path, read_only=True)
    try:
        return _soc_ratio(store, site, now)
    finally:
        store.close()


# ---------------------------------------------------------------------------------------------------------------
# The past


def began_of(files: DemoFiles) -> Instant | None:
    """Return when the demo that lies there began; None where there is none."""
    if not files.store.is_file():
        return None
    store = open_store(files.store, read_only=True)
    try:
        told = store.get(DEMO, BEGAN)
    finally:
        store.close()
    return None if told is None else np.datetime64(told.decode(), "ms")


def _lived_until(store: "Store", site: Site, began: Instant) -> Instant:
    """Return the start of the first step that the store knows nothing of."""
    first = began - np.timedelta64(HISTORY_DAYS * DAY_S, "s")
    seen = store.read(_household(site), first, began + np.timedelta64(AHEAD_DAYS * DAY_S, "s"))
    if not len(seen):
        return first
    return _floor(seen.start_utc[-1], site.control.step_s) + np.timedelta64(site.control.step_s, "s")


def _household(site: Site) -> Key:
    from enerwise.core.quantity import POWER_W
    from enerwise.site.assets import Load

    return Key(next(each.id for each in site.of_kind(Load) if not each.switch_power_w), POWER_W)


def _live(
    store: "Store", site: Site, home: Generated, start: Instant, end: Instant, progress: Callable[[float], None] | None
) -> None:
    """Play the house from ``start`` to ``end``, the last days by plan where it is a long time."""
    planned = max(start, end - np.timedelta64(PLANNED_DAYS * DAY_S, "s"))
    has_past = planned - start >= np.timedelta64(PLANNED_DAYS * DAY_S, "s")
    parts = [("self_consumption", start, planned), ("follow_plan" if has_past else "self_consumption", planned, end)]
    done, total = 0.0, max(1.0, _s(end - start))
    for mode, first, last in parts:
        if last > first:
            base = done
            part_s = _s(last - first)

            def tell(share: float, base: float = base, part_s: float = part_s) -> None:
                if progress is not None:
                    progress((base + share * part_s) / total)

            _play(store, with_step(site, site.control.step_s, mode), home, first, last, tell)
            done += part_s


def _play(
    store: "Store", site: Site, home: Generated, start: Instant, end: Instant, progress: Callable[[float], None]
) -> None:
    from enerwise.run.loop import play
    from enerwise.run.world import simulated
    from enerwise.store.copy import copy_all
    from enerwise.store.memory import MemoryStore

    memory = MemoryStore()
    _remind(memory, store, site, start)
    supply = _supply(home, start, end, site.control.step_s)
    world = simulated(site, supply, memory, seed=SEED, start_soc_ratio=_soc_ratio(store, site, start))
    count = supply.grid.step_count
    play(world, count, progress=lambda turn: progress((_s(turn.now - start) / site.control.step_s + 1) / count))
    copy_all(memory, store)


def _remind(memory: "Store", store: "Store", site: Site, start: Instant) -> None:
    """Give a fresh memory what the store knows: forecasts learn from it, and turns are numbered on."""
    from enerwise.core.event import Kind
    from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
    from enerwise.core.series import Frame

    memory.note(store.events(kind=Kind.MEASURED, subject=site.id, limit=1))
    first = start - np.timedelta64(HISTORY_DAYS * DAY_S, "s")
    known = store.keys()
    for key in known:
        if key.quantity in (POWER_W, AVAILABLE_POWER_W, ENERGY_WH):
            seen = store.read(key, first, start)
            if len(seen):
                memory.append(Frame.of(seen.start_utc, {key: seen.value}, known_at=seen.known_at))
    memory.flush()


def _supply(home: Generated, start: Instant, end: Instant, step_s: int) -> "Supply":
    """Return a part of a life in longer steps."""
    from enerwise.core.quantity import POWER_W
    from enerwise.devices.supply import Supply

    per_step = step_s // STEP_S
    first = round(_s(start - home.grid.start_utc) / STEP_S)
    count = max(1, round(_s(end - start) / step_s))
    part = {
        key: value[first : first + count * per_step].reshape(count, per_step).mean(axis=1)
        for key, value in home.power_w.items()
    }
    load_w = {key.asset: value for key, value in part.items() if key.quantity == POWER_W}
    available_w = {key.asset: value for key, value in part.items() if key.quantity != POWER_W}
    return Supply(TimeGrid(start, step_s, count), load_w, available_w)


def _soc_ratio(store: "Store", site: Site, now: Instant) -> float:
    for battery in site.of_kind(Battery):
        seen = store.read(Key(battery.id, ENERGY_WH), now - np.timedelta64(60, "D"), now + np.timedelta64(1, "h"))
        if len(seen):
            return min(1.0, max(0.0, float(seen.value[-1]) / battery.capacity_wh))
    return START_SOC_RATIO


def _floor(at: Instant, step_s: int) -> Instant:
    s = int(at.astype("datetime64[s]").astype(np.int64)) // step_s * step_s
    return np.datetime64(s * 1000, "ms")


def _s(span: np.timedelta64) -> float:
    return float(span.astype("timedelta64[ms]").astype(np.int64)) / 1e3
