"""Backtest: what a site would have paid under each strategy, on the same recorded house.

``idle`` leaves the battery at rest, ``self_consumption`` is the rule every inverter has, ``plan`` runs the product as
it is, and ``perfect`` is one linear program over the whole period with nothing unknown: the most that could be saved.
All start with the same energy, and what is missing or left at the end is valued alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import AVAILABLE_POWER_W, CARBON_G_PER_KWH, ENERGY_WH, POWER_W
from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, Instant, TimeGrid, cpu_s
from enerwise.core.units import FloatArray
from enerwise.devices.supply import Supply, from_frame, with_air
from enerwise.run.learned import Learned
from enerwise.run.loop import play
from enerwise.run.machine_tally import Tally, tally
from enerwise.run.perfect import Meters, perfect
from enerwise.run.planner import Planner
from enerwise.run.teaching import train_site
from enerwise.run.training import Done, Training
from enerwise.run.ways import Way
from enerwise.run.world import World, replayed
from enerwise.site.assets import Asset, Battery, Load, Pv
from enerwise.site.machines import HeatPump, Interruptible, Machine, Program
from enerwise.site.site import GRID, Site
from enerwise.site.tariff import Bill
from enerwise.store.memory import MemoryStore
from enerwise.store.store import Store

STRATEGIES: Final = ("idle", "self_consumption", "plan", "perfect")
ONE_PATH: Final = "one_path"
"""Plans for the expected path alone: what scenarios are worth is the difference to ``plan``."""
KNOWN: Final = (*STRATEGIES, ONE_PATH)
MODES: Final = {
    "idle": "passive",
    "self_consumption": "self_consumption",
    "plan": "follow_plan",
    ONE_PATH: "follow_plan",
}
Progress = Callable[[str, int, int], None]
TOLERANCE_W: Final = 1.0
"""Beyond a limit by less than this is rounding."""


@dataclass(frozen=True)
class StrategyResult:
    """What one strategy cost and did. Arrays have shape (step,), energy (battery, step + 1)"""

    name: str
    bill: Bill
    cost_eur: float
    """The bill, plus the worth of energy missing in the batteries at the end against the start, and of what cars still
    need then; less that of heat above the least that was wished for."""
    import_wh: float
    export_wh: float
    peak_import_w: float
    self_sufficiency_ratio: float
    """Share of the load that was not bought."""
    self_consumption_ratio: float
    """Share of the produced energy that was not sold."""
    cycles_count: float
    carbon_kg: float | None
    violation_count: int
    """Steps in which a limit of the connection or a battery's band was left."""
    captured_ratio: float | None
    """Saving against idle as a share of what perfect foresight saves."""
    captured_over_self_consumption_ratio: float | None
    """The same against self-consumption."""
    cpu_s: float
    power_w: Mapping[str, FloatArray]
    energy_wh: FloatArray
    machines: Mapping[str, Tally] = field(default_factory=dict)
    """What each machine did; for ``perfect`` only the energy it took."""


@dataclass(frozen=True)
class BacktestResult:
    """All strategies over the same steps."""

    site: Site
    grid: TimeGrid
    results: Mapping[str, StrategyResult]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """One house, one span: what all strategies share."""

    site: Site
    frame: Frame
    whole: TimeGrid
    grid: TimeGrid
    supply: Supply
    start_soc_ratio: float
    worth_eur_per_kwh: float
    price_eur_per_kwh: float
    """Of a kWh bought, on average: what is stored in machines at the end counts at it."""
    registry: Path | None
    way: Way

    @property
    def warmup_steps(self) -> int:
        """Steps of history before the billed ones."""
        return self.whole.step_count - self.grid.step_count


def backtest(
    site: Site,
    frame: Frame,
    *,
    strategies: Sequence[str] = STRATEGIES,
    warmup_days: int = 28,
    start_soc_ratio: float = 0.5,
    store: Store | None = None,
    registry: Path | None = None,
    way: Way | None = None,
    progress: Progress | None = None,
) -> BacktestResult:
    """Run strategies over a recorded house.

    Args:
        site: What stands there and what energy costs.
        frame: Load and available PV on a regular grid, as `enerwise.store.files.read_measurements` returns it.
        strategies: Names among `STRATEGIES`.
        warmup_days: Days at the beginning that are history for forecasts and are not billed.
        start_soc_ratio: Level of all batteries at the first billed step.
        store: Receives measurements, events and plans of the ``plan`` strategy, so that `why` can be asked.
        registry: An empty folder into which forecasts learn while the house is played, as often as the site file says;
            without one the floor of the ladder serves throughout.
        way: How the ``plan`` strategy plans; as usual if left out.
        progress: Told of strategy, steps done and steps in all.

    Raises:
        ProblemsFound: The data are too short, or a strategy is not known.
    """
    case = _case(site, frame, warmup_days, start_soc_ratio, registry, way or Way())
    _check_strategies(strategies)
    told = progress or (lambda name, done, total: None)
    results = {name: _run(name, case, store if name == "plan" else None, told) for name in strategies}
    return BacktestResult(site, case.grid, _with_shares(results), _notes(case))


def _case(site: Site, frame: Frame, warmup_days: int, start_soc_ratio: float, registry: Path | None, way: Way) -> _Case:
    if len(frame) < 2:
        raise ProblemsFound("backtest", [Fault("data", f"{len(frame)} rows", "give at least two days of measurements")])
    step_s = int((frame.start_utc[1] - frame.start_utc[0]) / np.timedelta64(1, "s"))
    whole = TimeGrid(frame.start_utc[0], step_s, len(frame))
    warmup = warmup_days * DAY_S // step_s
    faults = []
    if whole.step_count - warmup < DAY_S // step_s:
        days = whole.step_count * step_s / DAY_S
        faults.append(
            Fault("data", f"{days:.1f} days with {warmup_days} of warm-up", "give more days or a shorter warm-up")
        )
    present = set(frame.keys)
    for key in (
        *(Key(each.id, POWER_W) for each in site.of_kind(Load)),
        *(Key(each.id, AVAILABLE_POWER_W) for each in site.of_kind(Pv)),
    ):
        if key not in present:
            faults.append(Fault("data", f"no column for {key}", "name the column in the column map, or drop the asset"))
    if faults:
        raise ProblemsFound("backtest", faults)
    site = replace(site, control=replace(site.control, step_s=step_s))
    grid = whole.part(warmup, whole.step_count - warmup)
    frame = with_air(site, frame, whole)
    supply = from_frame(site, frame, whole)
    price = float(np.nanmean(site.tariff.import_eur_per_kwh(grid, site.timezone)))
    return _Case(site, frame, whole, grid, supply, start_soc_ratio, _worth(site, price), price, registry, way)


def _worth(site: Site, mean_eur: float) -> float:
    """Return what a kWh in the battery is worth at the end: the purchase it spares on average, less the way out."""
    ways_out = [battery.one_way_ratio for battery in site.of_kind(Battery)]
    return mean_eur * float(np.mean(ways_out)) if ways_out else 0.0


def _check_strategies(strategies: Sequence[str]) -> None:
    unknown = [name for name in strategies if name not in KNOWN]
    if unknown:
        raise ProblemsFound(
            "backtest",
            [Fault("strategies", f"{name!r} is not known", f"use {', '.join(KNOWN)}") for name in unknown],
        )


def _run(name: str, case: _Case, store: Store | None, progress: Progress) -> StrategyResult:
    began_s = cpu_s()
    played = (
        perfect(case.site, case.supply, case.grid, case.start_soc_ratio, case.worth_eur_per_kwh)
        if name == "perfect"
        else _played(name, case, store, progress)
    )
    progress(name, case.grid.step_count, case.grid.step_count)
    return _result(name, case, *played, cpu=cpu_s() - began_s)


def _played(name: str, case: _Case, store: Store | None, progress: Progress) -> Meters:
    """Run the product itself over the house, one turn a step."""
    site = replace(case.site, control=replace(case.site.control, mode=MODES[name]))
    memory = MemoryStore()
    world = replayed(
        site, case.frame, case.whole, memory, warmup_steps=case.warmup_steps, start_soc_ratio=case.start_soc_ratio
    )
    if name in (ONE_PATH, "plan"):
        way = case.way if name == "plan" else replace(case.way, weighs=False)
        world.planner = Planner(site, world.store, world.prices, step_s=site.control.step_s, ways=lambda: way)
        if case.registry is not None and name == "plan":
            _let_learn(world, case.registry, way)
    count = case.grid.step_count
    play(world, count, progress=lambda turn: progress(name, world.turn_count, count))
    if store is not None:
        _keep(memory, store)
    return _measured(case, world)


def _let_learn(world: World, registry: Path, way: Way) -> None:
    """Let forecasts learn into a registry and serve from it, within the turn."""
    site, store, step_s = world.site, world.store, world.site.control.step_s
    learned = Learned(registry, store)
    world.planner = Planner(site, store, world.prices, step_s=step_s, learned=learned, ways=lambda: way)
    every_days = site.forecast.every_days
    if every_days is None:
        return

    def begin(now: Instant) -> Done:
        return Done(train_site(site, store, registry, now, step_s=step_s, every_days=every_days))

    world.training = Training(site, registry, begin)


def _keep(memory: MemoryStore, store: Store) -> None:
    from enerwise.store.copy import copy_all

    copy_all(memory, store)


def _measured(case: _Case, world: World) -> Meters:
    ids = [GRID, *(asset.id for asset in case.site)]
    frame = world.store.read_frame([Key(each, POWER_W) for each in ids], case.grid)
    power_w = {each: frame.column(Key(each, POWER_W)) for each in ids}
    edges = TimeGrid(case.grid.start_utc, case.grid.step_s, case.grid.step_count + 1)
    batteries = case.site.of_kind(Battery)
    energy = world.store.read_frame([Key(each.id, ENERGY_WH) for each in batteries], edges).value.T.copy()
    energy[:, 0] = [each.capacity_wh * case.start_soc_ratio for each in batteries]
    return power_w, energy, tally(world.store, world.site, case.grid)


def _result(
    name: str,
    case: _Case,
    power_w: dict[str, FloatArray],
    energy_wh: FloatArray,
    machines: Mapping[str, Tally],
    *,
    cpu: float,
) -> StrategyResult:
    site, grid = case.site, case.grid
    grid_w, hours = power_w[GRID], grid.step_h
    bill = site.tariff.bill(grid, grid_w, site.timezone)
    missing_wh = float((energy_wh[:, 0] - energy_wh[:, -1]).sum()) if energy_wh.size else 0.0
    import_w, export_w = np.maximum(grid_w, 0.0), np.maximum(-grid_w, 0.0)
    users: tuple[Asset, ...] = (*site.of_kind(Load), *site.of_kind(Machine))
    load_wh = sum(float(power_w[each.id].sum()) for each in users) * hours
    kept_wh = sum(each.kept_wh for each in machines.values())
    made_wh = -sum(float(power_w[each.id].sum()) for each in site.of_kind(Pv)) * hours
    import_wh, export_wh = float(import_w.sum()) * hours, float(export_w.sum()) * hours
    moved_wh = [
        float(np.abs(power_w[each.id]).sum()) * hours / (2 * each.capacity_wh) for each in site.of_kind(Battery)
    ]
    return StrategyResult(
        name=name,
        bill=bill,
        cost_eur=bill.total_eur + missing_wh / 1e3 * case.worth_eur_per_kwh - kept_wh / 1e3 * case.price_eur_per_kwh,
        import_wh=import_wh,
        export_wh=export_wh,
        peak_import_w=float(import_w.max()),
        self_sufficiency_ratio=1.0 - import_wh / load_wh if load_wh > 0 else 1.0,
        self_consumption_ratio=1.0 - export_wh / made_wh if made_wh > 0 else 1.0,
        cycles_count=float(np.mean(moved_wh)) if moved_wh else 0.0,
        carbon_kg=_carbon_kg(case, import_w),
        violation_count=_violations(case, grid_w, energy_wh),
        captured_ratio=None,
        captured_over_self_consumption_ratio=None,
        cpu_s=cpu,
        power_w=power_w,
        energy_wh=energy_wh,
        machines=machines,
    )


def _carbon_kg(case: _Case, import_w: FloatArray) -> float | None:
    key = Key(GRID, CARBON_G_PER_KWH)
    if key not in case.frame.keys:
        return None
    grams = case.frame.column(key)[case.warmup_steps :]
    return float(np.nansum(import_w * grams)) * case.grid.step_h / 1e6


def _violations(case: _Case, grid_w: FloatArray, energy_wh: FloatArray) -> int:
    site, starts_utc = case.site, case.grid.starts_utc
    over = grid_w > site.connection.import_limit_w(starts_utc, site.timezone) + TOLERANCE_W
    over |= grid_w < -site.connection.export_limit_w(starts_utc, site.timezone) - TOLERANCE_W
    for battery, stored_wh in zip(site.of_kind(Battery), energy_wh, strict=True):
        rounding_wh = TOLERANCE_W * case.grid.step_h
        over |= stored_wh[1:] > max(battery.energy_max_wh, stored_wh[0]) + rounding_wh
        over |= stored_wh[1:] < min(battery.energy_min_wh, stored_wh[0]) - rounding_wh
    return int(over.sum())


def _with_shares(results: Mapping[str, StrategyResult]) -> dict[str, StrategyResult]:
    return {
        name: replace(
            each,
            captured_ratio=_share(results, "idle", each),
            captured_over_self_consumption_ratio=_share(results, "self_consumption", each),
        )
        for name, each in results.items()
    }


def _share(results: Mapping[str, StrategyResult], baseline: str, each: StrategyResult) -> float | None:
    """Return the saving against a baseline as a share of the possible one; None where nothing could be saved."""
    if baseline not in results or "perfect" not in results:
        return None
    possible = results[baseline].cost_eur - results["perfect"].cost_eur
    return (results[baseline].cost_eur - each.cost_eur) / possible if possible > 0.005 else None


def _notes(case: _Case) -> tuple[str, ...]:
    gaps = int(np.isnan(case.frame.value[case.warmup_steps :]).any(axis=1).sum())
    step_s = case.grid.step_s
    notes = (
        [f"{gaps} steps with a gap in the data: the house repeats the day before, forecasts see the gap"]
        if gaps
        else []
    )
    if case.site.of_kind(HeatPump) and case.supply.outdoor_degc is None:
        notes.append(
            "neither weather.temperature_degc nor the power of a heat pump is in the data: it is taken to be mild"
        )
    if any(isinstance(each, Program | Interruptible) for each in case.site):
        notes.append("perfect foresight lets programs and loads that may pause run in their first window only")
    return (
        *notes,
        *(
            f"{each.name}: {each.interval_s} s intervals billed on means over {step_s} s"
            for each in case.site.tariff.demand
            if each.interval_s < step_s
        ),
    )
