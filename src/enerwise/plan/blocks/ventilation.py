"""Ventilation as a linear block: a flow for each step, fans that take more than their share of it, and good air.

How much carbon dioxide a flow removes goes with how much there is: a product of two decisions. In logarithms it is
none. With ``x`` beyond the air outside, ``z`` changes of air in a step and ``s`` given by people, the twin's exact step

    ``x' = exp(-z) (x + s psi(z))``,  ``psi(z) = (exp(z) - 1) / z``

is ``y' = -z + w + ln s + softplus(y - ln s - w)`` of ``y = ln x`` and ``w = ln psi(z)``, convex in ``y`` and ``z``
together (``psi`` is a moment generating function). A plan that is held to at least that is a linear program as soon as
both curves are chords, which lie above them. So the twin's air is never worse than the plan's, whatever is planned;
where a flow just holds the air as it is, a corner of both curves lies, and the two are the same.
"""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, ClassVar, Final

import numpy as np

from enerwise.core.errors import Problem as Fault
from enerwise.core.time import TimeGrid
from enerwise.core.units import FloatArray, IntArray
from enerwise.physics import ventilation as air
from enerwise.physics.ventilation import AirHandler
from enerwise.plan.flexible import (
    Flexible,
    FlexiblePart,
    Heat,
    Link,
    Passed,
    Replayed,
    States,
    range_faults,
    shape_faults,
)
from enerwise.plan.model import Model
from enerwise.site.ventilation import OUTDOOR_PPM

M3: Final = 1e3
"""Flows are in thousands of m3/h among the columns."""
FAN_PARTS: Final = 8
"""Chords of the fans' curve; 0.7 % of full power above it at most."""
CHANGES_PART: Final = 0.75
"""Changes of air in a step that one chord spans."""
CORNERS: Final = np.array([-4.0, -2.5, -1.6, -1.0, -0.5, 0.0, 0.5, 1.2, 2.5])
"""Of the curve of what is there and what comes, around where it stays as it is."""
BEYOND: Final = np.array([1.0, 1.2, 1.5, 2.0])
"""Corners of what is beyond the limit, as its share; the last one lies at the worst that can be."""
CLEAN_PPM: Final = 10.0
"""Air is never reckoned to be nearer to that outside."""


@dataclass(frozen=True)
class Ventilation(Flexible):
    """An air handling unit, the room that it airs, and who will be there."""

    kind: ClassVar[str] = "ventilation"

    id: str
    unit: AirHandler
    volume_m3: float
    exhaled_m3_per_h: FloatArray
    """Carbon dioxide that people give. Shape (step,)"""
    start_ppm: float
    limit_ppm: float
    """Most carbon dioxide that is wished for at the end of each step in which it counts."""
    limit_weight: FloatArray
    """How much that counts beside its full worth: zero where nobody minds. Shape (step,)"""
    _: KW_ONLY
    missed_eur_per_ppm_h: float = 0.01
    """What a ppm beyond the limit is worth for an hour."""
    outdoor_ppm: float = OUTDOOR_PPM
    rooms: str = ""
    """The heat pump or chiller of the plan whose first zone it airs; empty where only air and fans count."""
    room_degc: FloatArray | None = None
    """What that zone will have, as far as the air's heat is concerned. Shape (step,)"""
    outdoor_degc: FloatArray | None = None
    """Likewise of the air outside. Shape (step,)"""
    recovery_ratio: FloatArray | None = None
    """Share of the heat that is kept in each step, as where it is bypassed; None is that of the unit. Shape (step,)"""

    def check(self, grid: TimeGrid) -> list[Fault]:
        """Every array must fit the grid, and the limit must be within reach of the air outside."""
        steps = (grid.step_count,)
        known = {name: getattr(self, name) for name in ("room_degc", "outdoor_degc", "recovery_ratio")}
        faults = shape_faults(
            self.id,
            ("exhaled_m3_per_h", self.exhaled_m3_per_h, steps),
            ("limit_weight", self.limit_weight, steps),
            *((name, array, steps) for name, array in known.items() if array is not None),
        )
        if self.rooms and (self.room_degc is None or self.outdoor_degc is None):
            faults.append(Fault(f"{self.id}.rooms", "are named without temperatures", "give room_degc, outdoor_degc"))
        if not faults and (self.exhaled_m3_per_h.min(initial=0.0) < 0 or self.limit_weight.min(initial=0.0) < 0):
            faults.append(Fault(f"{self.id}.exhaled_m3_per_h", "is below zero, or its weight is", "write sizes"))
        return faults + range_faults(
            self.id,
            ("volume_m3", self.volume_m3, 1.0, 1e7),
            ("start_ppm", self.start_ppm, 0.0, 1e5),
            ("limit_ppm", self.limit_ppm, self.outdoor_ppm + CLEAN_PPM, 1e5),
            ("missed_eur_per_ppm_h", self.missed_eur_per_ppm_h, 0.0, 1e3),
        )

    def range_w(self, grid: TimeGrid) -> tuple[FloatArray, FloatArray]:
        """Return what the fans take at the least and at the full flow."""
        return np.full(grid.step_count, self.unit.power_min_w), np.full(grid.step_count, self.unit.power_max_w)

    def add(self, model: Model, grid: TimeGrid) -> FlexiblePart:
        """Add flow, power, air, and what is beyond the limit at its price."""
        facts, steps = self.unit, grid.step_count
        flow = model.columns(steps, facts.flow_min_m3_per_h / M3, facts.flow_max_m3_per_h / M3)
        power = model.columns(steps, facts.power_min_w / 1e3, facts.power_max_w / 1e3)
        self._add_fans(model, flow, power)
        excess = self._add_air(model, grid, flow)
        self._add_limit(model, grid, excess)
        return FlexiblePart(self, (Link.every(power, 1.0),), self._foretell(grid, power), heat=self._heat(flow))

    def _heat(self, flow: IntArray) -> Heat | None:
        """Return what the flow takes from the rooms that it airs; None where they are nobody's."""
        if self.room_degc is None or self.outdoor_degc is None or not self.rooms:
            return None
        kept = self.unit.recovery_ratio if self.recovery_ratio is None else self.recovery_ratio
        return Heat(self.rooms, flow, -air.heat_taken_w(M3, self.room_degc, self.outdoor_degc, kept) / 1e3)

    def _add_fans(self, model: Model, flow: IntArray, power: IntArray) -> None:
        """Hold the power between the fans' curve, as chords, and the straight line between its ends."""
        facts, steps = self.unit, flow.size
        at = np.linspace(facts.flow_min_m3_per_h, facts.flow_max_m3_per_h, FAN_PARTS + 1)
        at = at if at[0] < at[-1] else at[:1]
        slope, base = _chords(at / M3, air.fan_w(facts, at) / 1e3)
        for each, from_kw in zip(slope.tolist(), base.tolist(), strict=True):
            rows = model.rows(from_kw, np.inf, steps)
            model.put(rows, power, 1.0)
            model.put(rows, flow, -each)
        (whole,), (from_kw,) = _chords(at[[0, -1]] / M3, air.fan_w(facts, at[[0, -1]]) / 1e3)
        rows = model.rows(-np.inf, from_kw, steps)
        model.put(rows, power, 1.0)
        model.put(rows, flow, -whole)

    def _add_air(self, model: Model, grid: TimeGrid, flow: IntArray) -> IntArray:
        """Add the logarithm of what the air holds beyond that outside, at the end of each step, and its dynamics."""
        per_flow = M3 * grid.step_h / self.volume_m3
        given_ppm = self.exhaled_m3_per_h * air.PPM * grid.step_h / self.volume_m3
        excess = model.columns(grid.step_count, np.log(CLEAN_PPM), np.inf)
        start = float(np.log(max(self.start_ppm - self.outdoor_ppm, CLEAN_PPM)))
        empty, taken = np.flatnonzero(given_ppm <= 0), np.flatnonzero(given_ppm > 0)
        _put_air(model, excess, start, empty, kept=1.0, least=0.0, others=((flow[empty], per_flow),))
        if taken.size:
            self._add_people(model, excess, start, taken, flow[taken], per_flow, given_ppm[taken])
        return excess

    def _add_people(
        self,
        model: Model,
        excess: IntArray,
        start: float,
        steps: IntArray,
        flow: IntArray,
        per_flow: float,
        given_ppm: FloatArray,
    ) -> None:
        """Add the steps with people in them: what was there, and what comes, less what leaves."""
        least, most = (per_flow * each / M3 for each in (self.unit.flow_min_m3_per_h, self.unit.flow_max_m3_per_h))
        limit_ppm = self.limit_ppm - self.outdoor_ppm
        holds = np.clip(given_ppm / limit_ppm, least, most)
        given = np.log(given_ppm)
        fresh = model.columns(steps.size, _ln_psi(least), _ln_psi(most))
        parts = max(1, int(np.ceil((most - least) / CHANGES_PART)))
        # The middle corner lies where the limit is just held: there chords and curve are the same.
        corners = np.linspace(least, most, parts + 1)[:, None] * np.ones(steps.size)
        corners = np.sort(np.concatenate([corners, holds[None]]), axis=0)
        for slope, base in zip(*_chords(corners, _ln_psi(corners)), strict=True):
            rows = model.rows(base, np.inf, steps.size)
            model.put(rows, fresh, 1.0)
            model.put(rows, flow, -slope * per_flow)
        at = CORNERS[:, None] - np.log(holds) - _ln_psi(holds)
        slope, base = _chords(at, np.logaddexp(0.0, at))
        ones = np.ones((1, steps.size))
        slope = np.concatenate([0.0 * ones, slope, ones])
        base = np.concatenate([np.logaddexp(0.0, at[:1]), base, np.logaddexp(0.0, at[-1:]) - at[-1:]])
        for kept, from_ in zip(slope, base, strict=True):
            others = ((flow, per_flow), (fresh, kept - 1.0))
            _put_air(model, excess, start, steps, kept=kept, least=from_ + (1.0 - kept) * given, others=others)

    def _add_limit(self, model: Model, grid: TimeGrid, excess: IntArray) -> None:
        """Price what the air holds beyond the limit, where somebody minds."""
        minded = np.flatnonzero(self.limit_weight > 0)
        if not minded.size:
            return
        limit_ppm = self.limit_ppm - self.outdoor_ppm
        worst_ppm = max(float(self._standing_ppm(grid).max()) - self.outdoor_ppm, 3.0 * limit_ppm)
        beyond = model.columns(minded.size, 0.0, np.inf)
        at = np.log(np.append(limit_ppm * BEYOND, worst_ppm))
        for slope, base in zip(*_chords(at, np.exp(at) - limit_ppm), strict=True):
            rows = model.rows(base, np.inf, minded.size)
            model.put(rows, beyond, 1.0)
            model.put(rows, excess[minded], -slope)
        price = self.missed_eur_per_ppm_h * grid.step_h * self.limit_weight[minded]
        model.cost("comfort", beyond, price)
        model.priced_wish(f"{self.id}: good air", beyond, unit="ppm")

    def _standing_ppm(self, grid: TimeGrid) -> FloatArray:
        """Return the air with the least flow all along. Shape (step + 1,)"""
        return self._ppm(grid, np.full(grid.step_count, self.unit.flow_min_m3_per_h))

    def _ppm(self, grid: TimeGrid, flow_m3_per_h: FloatArray) -> FloatArray:
        """Let the twin air the room. Shape (step + 1,)"""
        around: dict[str, float] = {"volume_m3": self.volume_m3, "step_s": grid.step_s, "outdoor_ppm": self.outdoor_ppm}
        ppm = [np.asarray(self.start_ppm)]
        for flow, exhaled in zip(flow_m3_per_h, self.exhaled_m3_per_h, strict=True):
            ppm.append(air.air_ppm(ppm[-1], flow, exhaled, **around))
        return np.array(ppm)

    def _foretell(self, grid: TimeGrid, power: IntArray) -> Callable[[FloatArray], States]:
        """The plan's own air is a bound: what it foretells is what its power will do."""

        def foretell(column: FloatArray) -> States:
            return self._states(grid, air.flow_m3_per_h(self.unit, column[power] * 1e3))

        return foretell

    def _states(self, grid: TimeGrid, flow_m3_per_h: FloatArray) -> States:
        return {"co2_ppm": self._ppm(grid, flow_m3_per_h), "flow_m3_per_h": flow_m3_per_h}

    def later(self, passed: Passed, states: States, fresh: Flexible) -> Flexible | None:
        """Return people and temperatures as they were foreseen, and the air that was foretold."""
        if not isinstance(fresh, Ventilation):
            return fresh
        names = ("exhaled_m3_per_h", "limit_weight", "room_degc", "outdoor_degc", "recovery_ratio")
        pairs = {name: (getattr(self, name), getattr(fresh, name)) for name in names}
        known: dict[str, Any] = {
            name: now if was is None or now is None else passed.later(was, now) for name, (was, now) in pairs.items()
        }
        return replace(self, **known, rooms=fresh.rooms, start_ppm=passed.state(states["co2_ppm"]))

    def replay(self, grid: TimeGrid, power_w: FloatArray, states: States) -> Replayed:
        """Run the fans, and let the room be aired."""
        taken_w, flow = air.step(self.unit, power_w)
        return Replayed(taken_w, self._states(grid, flow))


def _ln_psi(changes: FloatArray | float) -> FloatArray:
    """Return the logarithm of ``(exp(z) - 1) / z``, zero at no change."""
    z = np.asarray(changes, dtype=np.float64)
    value: FloatArray = z + np.log(air.remaining_ratio(z))
    return value


def _chords(at: FloatArray, value: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return slope and value at zero of the lines between the corners of a convex curve; a point has a level one.

    Args:
        at: Where its corners lie, rising; those that fall together count once. Shape (corner, ...)
        value: Of the curve. Same shape
    """
    if len(at) < 2 or np.all(at[0] == at[-1]):
        return np.zeros((1, *at.shape[1:])), value[:1]
    width = np.diff(at, axis=0)
    rises = np.diff(value, axis=0)
    # A chord without width repeats its neighbour.
    slope = np.where(width > 1e-9, rises / np.maximum(width, 1e-9), np.nan)
    for each in range(1, len(slope)):
        slope[each] = np.where(np.isnan(slope[each]), slope[each - 1], slope[each])
    for each in range(len(slope) - 2, -1, -1):
        slope[each] = np.where(np.isnan(slope[each]), slope[each + 1], slope[each])
    return slope, value[:-1] - slope * at[:-1]


def _put_air(
    model: Model,
    excess: IntArray,
    start: float,
    steps: IntArray,
    *,
    kept: float | FloatArray,
    least: float | FloatArray,
    others: tuple[tuple[IntArray, float | FloatArray], ...],
) -> None:
    """Add rows ``after - kept * before + others >= least`` for some steps."""
    share = np.broadcast_to(np.asarray(kept, dtype=np.float64), steps.shape)
    from_ = np.where(steps == 0, least + share * start, least)
    rows = model.rows(from_, np.inf, steps.size)
    model.put(rows, excess[steps], 1.0)
    after = steps > 0
    model.put(rows[after], excess[steps[after] - 1], -share[after])
    for columns, factor in others:
        model.put(rows, columns, factor)
