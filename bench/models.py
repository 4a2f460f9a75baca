"""What identified devices are worth: EUR in closed loop, and kelvins on rooms that were measured.

    python bench/models.py [--homes emhass,house_1] [--tariffs tou,spot] [--days 70] [--true 0.82]
                           [--capacity 1.0] [--only loop|rooms] [--json FILE]

``loop``: a real home is played with a battery whose site file says 90 % round trip and whose twin returns what --true
says, holds --capacity of it, and tells its level alone. ``declared`` plans with the site file; ``identified`` is the
product as it is: it identifies once a week from its own store and plans with what serves; ``told`` plans with the truth
from the first day. All pay for the same steps, those after the first identified model serves; what is left in the
battery counts alike.

``rooms``: the three homes of CityLearn 2023 (an hour a step, a month), whose cooling is known as heat. Losses, capacity
and gains are identified and judged as the product does it, with one node and with two; what is declared is the 150 m2
house that the fit begins with.
"""

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from results import DATA, WARMUP_DAYS, _house_of  # type: ignore[import-not-found]

from enerwise.core.quantity import ENERGY_WH, IRRADIANCE_W_PER_M2, POWER_W, SOC_RATIO, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, TimeGrid, instant
from enerwise.devices.port import Devices, Readings, Receipt
from enerwise.guard.permit import Permit
from enerwise.physics.building_fit import BEGIN
from enerwise.physics.identify.building import BuildingIdentifier
from enerwise.physics.identify.identifier import Record, Refused
from enerwise.run.identification import Identification
from enerwise.run.identifying import challenged, identify_site
from enerwise.run.loop import play
from enerwise.run.models import Models
from enerwise.run.planner import Planner
from enerwise.run.training import Done
from enerwise.run.world import World, replayed
from enerwise.site.assets import Battery
from enerwise.site.machines import HeatPump
from enerwise.site.site import GRID, WEATHER, Site
from enerwise.store.device_registry import DeviceRegistry
from enerwise.store.memory import MemoryStore

DECLARED, IDENTIFIED, TOLD = "declared", "identified", "told"
ROOMS: Final = DATA / "citylearn" / "2023_phase_2_local_evaluation"


class LevelOnly:
    """Devices whose battery tells its level alone, as most inverters do: what a percent holds is for others to know."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices

    async def read(self, now: Instant) -> Readings:
        """Return what was read, without the energy."""
        found = await self._devices.read(now)
        measured, live = (
            [each for each in side if each.key.quantity != ENERGY_WH] for side in (found.measured, found.live)
        )
        return Readings(tuple(measured), tuple(live))

    async def apply(self, permits: Sequence[Permit], now: Instant) -> tuple[Receipt, ...]:
        """Pass permits on."""
        return await self._devices.apply(permits, now)


@dataclass(frozen=True)
class Played:
    """One run."""

    world: World
    grid: TimeGrid
    serves_from: Instant | None
    model: str


def main() -> None:
    """Print a line for each case."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--homes", default="emhass,house_1")
    asked.add_argument("--tariffs", default="tou,spot")
    asked.add_argument("--days", type=int, default=70)
    asked.add_argument("--true", type=float, default=0.82, help="round trip that the battery really has")
    asked.add_argument("--capacity", type=float, default=1.0, help="what it really holds, over what is declared")
    asked.add_argument("--only", choices=("loop", "rooms"), default=None)
    asked.add_argument("--json", type=Path, default=None)
    wish = asked.parse_args()
    told: dict[str, Any] = {}
    if wish.only != "loop":
        told["rooms"] = [rooms(number, nodes) for nodes in (1, 2) for number in (1, 2, 3)]
    if wish.only != "rooms":
        cases = [(home, tariff) for home in wish.homes.split(",") for tariff in wish.tariffs.split(",")]
        told["loop"] = [loop(*each, wish.days, wish.true, wish.capacity) for each in cases]
    if wish.json is not None:
        wish.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def loop(home: str, tariff: str, days: int, true_ratio: float, held: float) -> dict[str, Any]:
    """Play a home three times and return what each paid."""
    runs = {name: _played(name, home, tariff, days, true_ratio, held) for name in (DECLARED, IDENTIFIED, TOLD)}
    serves_from = runs[IDENTIFIED].serves_from
    if serves_from is None:
        print(f"{home} {tariff}: nothing identified served within {days} days")
        return {"home": home, "tariff": tariff}
    paid = {
        name: _paid_eur(each, serves_from, runs[TOLD].world.site.of_kind(Battery)[0]) for name, each in runs.items()
    }
    billed = (runs[DECLARED].grid.end_utc - serves_from) / np.timedelta64(1, "D")
    saved = {name: paid[DECLARED] - paid[name] for name in (IDENTIFIED, TOLD)}
    print(
        f"{home} {tariff}: {runs[IDENTIFIED].model}; {billed:.0f} days: declared {paid[DECLARED]:.2f} EUR,"
        f" identified {paid[IDENTIFIED]:.2f} ({saved[IDENTIFIED]:+.2f} saved, {saved[IDENTIFIED] / billed * 365:+.1f}"
        f" a year), told {paid[TOLD]:.2f} ({saved[TOLD]:+.2f})",
        flush=True,
    )
    return {"home": home, "tariff": tariff, "days": billed, "model": runs[IDENTIFIED].model, "paid_eur": paid}


def _played(name: str, home: str, tariff: str, days: int, true_ratio: float, held: float) -> Played:
    site, frame, _ = _house_of(home, tariff, days)
    step_s = int((frame.start_utc[1] - frame.start_utc[0]) / np.timedelta64(1, "s"))
    site = replace(site, control=replace(site.control, mode="follow_plan", step_s=step_s))
    grid, warmup = TimeGrid(frame.start_utc[0], step_s, len(frame)), WARMUP_DAYS * DAY_S // step_s
    true = _with(site, true_ratio, held)
    declared = true if name == TOLD else site
    store = MemoryStore()
    world = replayed(declared, frame, grid, store, warmup_steps=warmup)
    # The machines are those that really stand there; the key is the same, as are name and seed.
    world.devices = LevelOnly(replayed(true, frame, grid, MemoryStore(), warmup_steps=warmup).devices)
    with TemporaryDirectory() as folder:
        if name == IDENTIFIED:
            _let_identify(world, Path(folder), step_s)
        play(world, grid.step_count - warmup)
        serves = [each for each in store.events() if each.subject == "identifying" and each.payload.get("is_promoted")]
        model = Models(Path(folder)).planned(site).told().get("battery.battery", {})
    words = (
        f"{model['round_trip_ratio']:.3f} of {true_ratio}, {model['capacity_wh'] / 1e3:.2f} kWh"
        if "round_trip_ratio" in model
        else ""
    )
    return Played(world, grid.part(warmup, grid.step_count - warmup), serves[0].at if serves else None, words)


def _let_identify(world: World, folder: Path, step_s: int) -> None:
    site = world.site
    models = Models(folder)
    world.planner = Planner(site, world.store, world.prices, step_s=step_s, models=models)

    def begin(now: Instant) -> Done:
        return Done(identify_site(site, world.store, folder, now, step_s=step_s, every_days=7))

    world.identification = Identification(site, folder, begin)


def _with(site: Site, ratio: float, held: float) -> Site:
    changed = [
        replace(each, round_trip_ratio=ratio, capacity_wh=held * each.capacity_wh)
        if isinstance(each, Battery)
        else each
        for each in site
    ]
    return replace(site, assets=tuple(changed))


def _paid_eur(run: Played, since: Instant, true: Battery) -> float:
    """Return the bill since a moment, with what was drawn from the battery at the mean price, less the way out."""
    site, first = run.world.site, int(run.grid.step_at(since)) + 1
    grid = run.grid.part(first, run.grid.step_count - first)
    power_w = run.world.store.read_frame([Key(GRID, POWER_W)], grid).value[:, 0]
    level = run.world.store.read_frame([Key("battery", SOC_RATIO)], grid).value[:, 0]
    held_wh = level * true.capacity_wh
    worth = float(np.mean(site.tariff.import_eur_per_kwh(grid, site.timezone))) * true.one_way_ratio
    bill = site.tariff.bill(grid, np.nan_to_num(power_w), site.timezone)
    return float(bill.total_eur + (held_wh[0] - held_wh[-1]) / 1e3 * worth)


def rooms(number: int, nodes: int) -> dict[str, Any]:
    """Let what was identified of one home of CityLearn 2023 compete with what is declared, as the product does it."""
    own, air = (_columns(ROOMS / name) for name in (f"Building_{number}.csv", "weather.csv"))
    record = Record(
        TimeGrid(instant("2023-06-01"), 3600, own["cooling_demand"].size // 24 * 24),
        {
            Key("cold", POWER_W): own["cooling_demand"] * 1e3,
            # Their temperatures are those at the end of an hour.
            Key("cold", TEMPERATURE_DEGC): np.roll(own["indoor_dry_bulb_temperature"], 1),
            Key(WEATHER, TEMPERATURE_DEGC): air["outdoor_dry_bulb_temperature"],
            Key(WEATHER, IRRADIANCE_W_PER_M2): air["direct_solar_irradiance"] + air["diffuse_solar_irradiance"],
        },
    )
    declared, identifier = _declared_rooms(float(own["cooling_demand"].max() * 1e3), nodes), BuildingIdentifier()
    with TemporaryDirectory() as folder:
        registry = DeviceRegistry(Path(folder), "cold.building")
        registry.declare(identifier.facts(declared))
        found = challenged(registry, declared, identifier, record, record.grid.end_utc)
    notes: Any = [] if isinstance(found, Refused) else found["notes"]
    told = found.missing if isinstance(found, Refused) else f"{found['reason']}; {', '.join(notes)}"
    serves = not isinstance(found, Refused) and bool(found["is_promoted"])
    print(f"rooms {number}, {nodes} nodes: {'serves' if serves else 'does not serve'}: {told}", flush=True)
    return {"home": number, "nodes": nodes, "serves": serves, "told": told}


def _declared_rooms(cools_w: float, nodes: int) -> HeatPump:
    """Return a chiller whose cold is measured, in the house that the fit begins with."""
    whole = BEGIN["air_wh_per_k"] + BEGIN["mass_wh_per_k"]
    sizes = {name: BEGIN[name] for name in ("air_wh_per_k", "mass_wh_per_k", "exchange_w_per_k")}
    facts: dict[str, Any] = sizes if nodes == 2 else {"air_wh_per_k": whole}
    return HeatPump(
        id="cold",
        electric_max_w=cools_w,
        source_degc=(20.0,),
        cop=(1.0,),
        cools=True,
        loss_w_per_k=BEGIN["loss_w_per_k"],
        gain_w=300.0,
        **facts,
    )


def _columns(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(each[name]) for each in rows]) for name in rows[0]}


if __name__ == "__main__":
    main()
