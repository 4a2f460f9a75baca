"""Machines of a site file as blocks of a plan: their facts, their habits on the grid, and where they stand now.

A car comes and goes as its week says, and stands there now if its charger says so. A program or an interruptible load
is planned for the window that is open or opens next; what it has done of that already is told by `Standing`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, TypeGuard

import numpy as np

from enerwise.core.time import DAY_S, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.physics.declared import (
    air_handler_of,
    building_of,
    compressor_of,
    engine_of,
    gains_w,
    heat_share,
    heater_of,
    kept_ratio,
    tank_of,
    zone_of_node,
)
from enerwise.plan.blocks.charger import Charger as ChargerBlock
from enerwise.plan.blocks.generator import Generator as GeneratorBlock
from enerwise.plan.blocks.heat_pump import HeatPump as HeatPumpBlock
from enerwise.plan.blocks.interruptible import Interruptible as InterruptibleBlock
from enerwise.plan.blocks.program import Program as ProgramBlock
from enerwise.plan.blocks.ventilation import Ventilation as VentilationBlock
from enerwise.plan.blocks.water_heater import WaterHeater as WaterHeaterBlock
from enerwise.plan.flexible import Flexible
from enerwise.site.habits import Span, band_degc, drawn_l, presence_band_degc, sequence_w, spans, used_wh
from enerwise.site.machines import Charger, Generator, HeatPump, Interruptible, Machine, Program, WaterHeater
from enerwise.site.ventilation import OUTDOOR_PPM, Ventilation, aired_by_clock

UNLIKELY_RATIO: Final = 0.1
"""Below such a chance nobody is reckoned with."""
AHEAD_DAYS: Final = 3
"""How far beyond a plan the next departure, or the end of a window, is looked for."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a machine as a plan begins; NaN and None where nobody knows."""

    energy_wh: float = float("nan")
    """In the cells of the car that stands there."""
    is_connected: bool | None = None
    """Whether a car stands there; None takes it from its week."""
    node_degc: tuple[float, ...] = ()
    """Rooms and walls, or water; empty where nobody knows."""
    held_s: float = 0.0
    """How long it has been running, below zero where it pauses; zero where nobody knows."""
    run_s: float = 0.0
    """How long it has run in the window that is open."""
    is_running: bool = False
    """Whether a program has begun and is not over."""
    co2_ppm: float = float("nan")
    """Of the air of rooms."""


UNKNOWN: Final = Standing()


@dataclass(frozen=True, slots=True)
class Ahead:
    """What all blocks of one plan share."""

    grid: TimeGrid
    zone: str
    buy_eur_per_kwh: FloatArray
    """Shape (step,)"""
    outdoor_degc: FloatArray | None = None
    """None where nobody knows: then heat pumps mind themselves. Shape (step,)"""
    presence: Mapping[str, FloatArray] = field(default_factory=dict)
    """How likely somebody is there, by heat pump that follows it; the others go by the clock. Shapes (step,)"""

    rooms: Mapping[str, tuple[HeatPump, Standing]] = field(default_factory=dict)
    """Who heats or cools rooms, and how they stand, for those who air them; `blocks_of` fills it."""

    @property
    def beyond(self) -> TimeGrid:
        """The grid and some days more."""
        more = AHEAD_DAYS * DAY_S // self.grid.step_s
        return TimeGrid(self.grid.start_utc, self.grid.step_s, self.grid.step_count + more)


def blocks_of(machines: tuple[Machine, ...], standing: Mapping[str, Standing], ahead: Ahead) -> tuple[Flexible, ...]:
    """Return the blocks of all machines that can be planned now, in their order.

    Args:
        machines: What stands at the site.
        standing: Where each stands now; an absent one is unknown.
        ahead: Grid, prices and weather.
    """
    ahead = replace(ahead, rooms={each.id: (each, _known(standing, each)) for each in machines if _has_rooms(each)})
    made = (BLOCK_OF[type(each)](each, _known(standing, each), ahead) for each in machines)
    return tuple(each for each in made if each is not None)


def _known(standing: Mapping[str, Standing], machine: Machine) -> Standing:
    return standing.get(machine.id, UNKNOWN)


def _has_rooms(machine: Machine) -> TypeGuard[HeatPump]:
    return isinstance(machine, HeatPump)


def limits_w(machines: Sequence[Machine], blocks: Sequence[Flexible], grid: TimeGrid, zone: str) -> FloatArray | None:
    """Return the most that each block may take at which time; None where nothing is limited. Shape (block, step)"""
    limit_of = {each.id: each.limit for each in machines if each.limit is not None}
    if not any(each.id in limit_of for each in blocks):
        return None
    # Windows are written in whole minutes, steps need not be: both ends of a step count.
    edges = grid.starts_utc, grid.starts_utc + np.timedelta64(grid.step_s * 1000 - 1, "ms")
    free_w = np.full(grid.step_count, np.inf)
    return np.stack(
        [
            np.minimum.reduce([limit_of[each.id].at(at_utc, zone) for at_utc in edges])
            if each.id in limit_of
            else free_w
            for each in blocks
        ]
    )


def free(machine: Machine) -> Machine:
    """Return a machine without least powers, shortest runs and pauses: as a bound on what could be reached."""
    names = {"current_min_a", "electric_min_w", "output_min_w", "run_min_s", "pause_min_s"}
    freed: dict[str, Any] = {each.name: 0.0 for each in fields(machine) if each.name in names}
    return replace(machine, **freed)


def stayed(
    block: Flexible, arrives_step: Sequence[int], leaves_step: Sequence[int], start_wh: Sequence[float], grid: TimeGrid
) -> Flexible:
    """Return the block of a car with these stays instead of its week; needs of stays without a gap add up.

    What follows without a gap is joined: the car needs by the end what all of it needs. What was taken before the grid
    ends must fit into it.
    """
    if not isinstance(block, ChargerBlock):
        return block
    target_wh = float(block.target_wh.max(initial=0.0))
    joined: list[tuple[int, int, float]] = []
    for arrives, leaves, begins_wh in zip(arrives_step, leaves_step, start_wh, strict=True):
        stay = (arrives, min(leaves, grid.step_count), begins_wh)
        if joined and joined[-1][1] == arrives:
            before = joined.pop()
            stay = (before[0], stay[1], before[2] - (target_wh - begins_wh))
        joined.append(stay)
    return replace(
        block,
        arrives_step=np.array([each[0] for each in joined], dtype=np.int64),
        leaves_step=np.array([each[1] for each in joined], dtype=np.int64),
        start_wh=np.array([max(0.0, each[2]) for each in joined]),
        target_wh=np.full(len(joined), target_wh),
    )


# ---------------------------------------------------------------------------------------------------------------
# Cars


def _charger(facts: Charger, now: Standing, ahead: Ahead) -> ChargerBlock:
    used = used_wh(facts, ahead.beyond, ahead.zone)
    is_home = _is_home(used <= 0, now.is_connected)
    stays = [each for each in _runs(is_home) if each.first < ahead.grid.step_count]
    start_wh = np.array([_arrives_with(facts, used, each, now) for each in stays])
    count, step_h = ahead.grid.step_count, ahead.grid.step_h
    # What the plan does not see the end of may still be charged after it, at full power.
    later_wh = [
        (each.end - count) * facts.power_max_w * facts.charge_ratio * step_h if count < each.end < is_home.size else 0.0
        for each in stays
    ]
    target_wh = np.maximum(facts.target_wh - np.array(later_wh), facts.least_wh)
    return ChargerBlock(
        facts.id,
        np.array([each.first for each in stays], dtype=np.int64),
        np.array([min(each.end, count) for each in stays], dtype=np.int64),
        start_wh,
        target_wh,
        # Who needs less than its least power brings in a step charges at that and is full before the step is over.
        capacity_wh=max(facts.capacity_wh, facts.target_wh + facts.power_min_w * facts.charge_ratio * step_h),
        current_max_a=facts.current_max_a,
        current_min_a=facts.current_min_a,
        phases=facts.phases,
        line=facts.line,
        charge_ratio=facts.charge_ratio,
        discharge_max_w=facts.discharge_max_w,
        discharge_ratio=facts.discharge_ratio,
        floor_wh=facts.least_wh,
        wear_eur_per_kwh=facts.wear_eur_per_kwh,
    )


def _is_home(usual: np.ndarray, is_connected: bool | None) -> np.ndarray:
    """Return when the car is there: now as it is seen, later as its week says.

    Who is there against its habit stays until it usually leaves next; who is late comes any moment.
    """
    is_home = usual.copy()
    if is_connected and not usual[0]:
        leaves = np.flatnonzero(usual[:-1] & ~usual[1:])
        is_home[: int(leaves[0]) + 1 if leaves.size else is_home.size] = True
    elif is_connected is False:
        is_home[0] = False
    return is_home


def _runs(holds: np.ndarray) -> list[Span]:
    edges = np.flatnonzero(np.diff(holds.astype(np.int8), prepend=0, append=0))
    return [Span(first, end) for first, end in edges.reshape(-1, 2).tolist()]


def _arrives_with(facts: Charger, used: FloatArray, stay: Span, now: Standing) -> float:
    """Return what a car holds as a stay begins: as measured, else what is left after its trip."""
    if stay.first == 0 and now.is_connected is not False and np.isfinite(now.energy_wh):
        return float(np.clip(now.energy_wh, 0.0, facts.capacity_wh))
    trip_wh = float(used[stay.first - 1]) if stay.first else 0.0
    if not trip_wh:
        trip_wh = float(np.mean([each.uses_wh for each in facts.trips])) if facts.trips else 0.0
    return max(0.0, facts.target_wh - trip_wh)


# ---------------------------------------------------------------------------------------------------------------
# Heat


def _heat_pump(facts: HeatPump, now: Standing, ahead: Ahead) -> HeatPumpBlock | None:
    if ahead.outdoor_degc is None:
        return None
    house, compressor = building_of(facts), compressor_of(facts)
    low, high, weight = _comfort(facts, ahead)
    cop = float(compressor.cop_at(ahead.outdoor_degc).mean())
    return HeatPumpBlock(
        facts.id,
        compressor,
        house,
        ahead.outdoor_degc,
        gains_w(facts, ahead.outdoor_degc).T,
        _nodes_now(facts, now, 0.5 * (low[:, 0] + high[:, 0])),
        low,
        high,
        emitter_ratio=heat_share(facts)[None] if facts.zones else None,
        cools=facts.cools,
        comfort_eur_per_kh=facts.comfort_eur_per_kh,
        comfort_weight=weight,
        heat_value_eur_per_kwh=max(0.0, float(ahead.buy_eur_per_kwh.min())) / cop,
        run_min_s=facts.run_min_s,
        pause_min_s=facts.pause_min_s,
        held_s=now.held_s,
    )


def _nodes_now(facts: HeatPump, now: Standing, middle_degc: FloatArray) -> FloatArray:
    """Return the temperatures of all nodes: as measured, else in the middle of the band of their zone. Shape (node,)"""
    usual: FloatArray = middle_degc[zone_of_node(facts)]
    return np.array(now.node_degc) if len(now.node_degc) == usual.size else usual


def _comfort(facts: HeatPump, ahead: Ahead) -> tuple[FloatArray, FloatArray, FloatArray | None]:
    """Return the band at the end of each step, and how much it counts: in full by the clock, else as people are likely.

    Shapes (zone, step), (zone, step) and (step,).

    Who is there in a step, or comes as it ends, is reckoned with by the larger chance of the two.
    """
    chance = ahead.presence.get(facts.id)
    if chance is None:
        bands = np.array([band_degc(each, ahead.grid, ahead.zone) for each in facts.rooms])
        return bands[:, 0], bands[:, 1], None
    chance = np.append(chance, chance[-1])
    is_there = chance >= UNLIKELY_RATIO
    low, high = presence_band_degc(facts, is_there)
    weight = np.where(is_there[:-1] | is_there[1:], np.maximum(chance[:-1], chance[1:]), 1.0)
    return low[None], high[None], weight


def _ventilation(facts: Ventilation, now: Standing, ahead: Ahead) -> VentilationBlock:
    """Place the air: all the people where somebody is to be reckoned with, weighed by how likely that is."""
    rooms, room_now = ahead.rooms.get(facts.rooms, (None, UNKNOWN))
    chance = ahead.presence.get(facts.rooms)
    if chance is None:
        chance = aired_by_clock(facts, rooms, ahead.grid, ahead.zone)
    after = np.append(chance[1:], chance[-1:])
    is_there = chance >= UNLIKELY_RATIO
    minds = np.where(is_there | (after >= UNLIKELY_RATIO), np.maximum(chance, after), 0.0)
    unknown_ppm = facts.limit_ppm if is_there[0] else OUTDOOR_PPM
    block = VentilationBlock(
        facts.id,
        air_handler_of(facts),
        facts.volume_m3,
        np.where(is_there, facts.exhaled_m3_per_h, 0.0),
        now.co2_ppm if np.isfinite(now.co2_ppm) else unknown_ppm,
        facts.limit_ppm,
        minds,
        missed_eur_per_ppm_h=facts.missed_eur_per_ppm_h,
    )
    if rooms is None or ahead.outdoor_degc is None:
        return block
    # Rooms stay as they are as far as their band lets them.
    low, high, _ = _comfort(rooms, ahead)
    start_degc = _nodes_now(rooms, room_now, 0.5 * (low[:, 0] + high[:, 0]))[0]
    room_degc = np.clip(start_degc, low[0], high[0])
    kept = kept_ratio(facts, rooms, room_degc, ahead.outdoor_degc)
    around: dict[str, Any] = {"room_degc": room_degc, "outdoor_degc": ahead.outdoor_degc, "recovery_ratio": kept}
    return replace(block, rooms=rooms.id, **around)


def _water_heater(facts: WaterHeater, now: Standing, ahead: Ahead) -> WaterHeaterBlock:
    steps = ahead.grid.step_count
    begin_degc = now.node_degc[0] if now.node_degc else 0.5 * (facts.low_degc + facts.high_degc)
    start_degc = now.node_degc if len(now.node_degc) == facts.layers else (begin_degc,) * facts.layers
    return WaterHeaterBlock(
        facts.id,
        tank_of(facts),
        heater_of(facts),
        drawn_l(facts, ahead.grid, ahead.zone),
        np.zeros(steps),
        np.array(start_degc),
        np.full(steps, facts.low_degc),
        high_degc=facts.high_degc,
        cold_degc=facts.cold_degc,
        heat_value_eur_per_kwh=max(0.0, float(ahead.buy_eur_per_kwh.min())) / facts.cop,
    )


# ---------------------------------------------------------------------------------------------------------------
# What can wait


def _program(facts: Program, now: Standing, ahead: Ahead) -> ProgramBlock | None:
    """Place a program in the window that is open, or opens next; what runs already goes on."""
    grid, whole_w = ahead.grid, sequence_w(facts, ahead.grid.step_s)
    if now.is_running:
        left_w = whole_w[int(now.run_s // grid.step_s) :][: grid.step_count]
        return ProgramBlock(facts.id, left_w, 0, left_w.size, missed_eur=facts.missed_eur) if left_w.size else None
    for span in spans(facts.window, ahead.beyond, ahead.zone):
        is_done = span.first == 0 and now.run_s > 0
        if is_done or span.end - span.first < whole_w.size:
            continue
        end = min(span.end, grid.step_count)
        # What has no room inside the plan has time after it.
        fits = end - span.first >= whole_w.size
        return ProgramBlock(facts.id, whole_w, span.first, end, missed_eur=facts.missed_eur) if fits else None
    return None


def _interruptible(facts: Interruptible, now: Standing, ahead: Ahead) -> InterruptibleBlock | None:
    grid = ahead.grid
    for span in spans(facts.window, ahead.beyond, ahead.zone):
        done_s = now.run_s if span.first == 0 else 0.0
        needed = int(np.ceil((facts.needs_s - done_s) / grid.step_s - 1e-9))
        if needed <= 0:
            continue
        end = min(span.end, grid.step_count)
        needed -= span.end - end
        if span.first >= grid.step_count or needed <= 0:
            return None
        per_step_eur = facts.missed_eur * grid.step_h
        return InterruptibleBlock(facts.id, facts.rated_w, needed, span.first, end, missed_eur=per_step_eur)
    return None


def _generator(facts: Generator, now: Standing, ahead: Ahead) -> GeneratorBlock:
    return GeneratorBlock(
        facts.id,
        engine_of(facts),
        facts.fuel_eur_per_kwh,
        heat_eur_per_kwh=facts.heat_eur_per_kwh,
        start_eur=facts.start_eur,
        run_min_s=facts.run_min_s,
        pause_min_s=facts.pause_min_s,
        held_s=now.held_s,
    )


BLOCK_OF: Final[Mapping[type[Machine], Callable[[Any, Standing, Ahead], Flexible | None]]] = {
    Charger: _charger,
    HeatPump: _heat_pump,
    WaterHeater: _water_heater,
    Program: _program,
    Interruptible: _interruptible,
    Generator: _generator,
    Ventilation: _ventilation,
}
