"""A heat pump's efficiency from its heat meter: how far its data sheet is off, and how that changes with the source.

``heat = power * sheet(source) * (scale + tilt * (source - middle) / 10 K)``, fitted to all steps in which it ran. Where
the sources measured lie close together the tilt is left at zero. Without a heat meter nothing is identified here, and
nothing is lost for plans: what the rooms need in electricity is what `building` learns.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from enerwise.core.quantity import HEAT_W, POWER_W, TEMPERATURE_DEGC
from enerwise.core.series import Key
from enerwise.core.units import BoolArray, FloatArray, IntArray
from enerwise.physics.declared import compressor_of
from enerwise.physics.identify.identifier import Identified, Parameter, Record, Refused, by_day, jackknife
from enerwise.site.machines import HeatPump
from enerwise.site.site import WEATHER

LEAST_DAYS: Final = 5
LEAST_HOURS: Final = 20.0
RUNS_W: Final = 100.0
"""Below it a compressor does not run, where its least power is not told."""
LEAST_SPAN_K: Final = 6.0
"""Sources closer together tell no tilt."""
COP: Final = (0.8, 9.0)
"""What a heat pump can have at any point of its sheet."""
SCALE: Final = (0.4, 1.6)
HUBER: Final = 1.5
"""Steps farther off, in standard deviations, count less: defrosting, and heat that comes late."""
ROUNDS: Final = 8
WIDEST: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Runs:
    """The steps in which it ran. Shapes (run,)"""

    sheet_w: FloatArray
    """Heat as the data sheet has it."""
    heat_w: FloatArray
    from_middle: FloatArray
    """Tens of kelvins above the middle of the sources."""
    day: IntArray

    @property
    def has_tilt(self) -> bool:
        return bool(np.ptp(self.from_middle) >= LEAST_SPAN_K / 10.0)

    def fitted(self, keep: BoolArray) -> FloatArray:
        """Return scale and tilt from some steps, by iterated weights. Shape (2,)"""
        columns = np.column_stack([self.sheet_w, self.sheet_w * self.from_middle])[keep]
        columns = columns if self.has_tilt else columns[:, :1]
        best: FloatArray
        weight, best = np.ones(columns.shape[0]), np.zeros(columns.shape[1])
        for _ in range(ROUNDS):
            best = np.asarray(np.linalg.lstsq(columns * weight[:, None], self.heat_w[keep] * weight, rcond=None)[0])
            off = np.abs(self.heat_w[keep] - columns @ best)
            wide = max(HUBER * 1.4826 * float(np.median(off)), 1e-9)
            weight = np.sqrt(np.minimum(1.0, wide / np.maximum(off, 1e-9)))
        return best if best.size == 2 else np.array([best[0], 0.0])


class HeatPumpCop:
    """Scale and tilt of a data sheet.

    Source: correction of catalogue curves by measured heat; weights of Huber 1964, Robust estimation of a location
        parameter, Annals of Mathematical Statistics 35(1), 73-101.
    Holds for: steps long against the inertia of the heat meter, a quarter of an hour or more; one flow temperature.
    """

    name: ClassVar[str] = "heat_pump_cop"
    kind: ClassVar[type] = HeatPump
    unit: ClassVar[str] = " W"
    order: ClassVar[int] = 1

    def keys(self, asset: HeatPump) -> tuple[Key, ...]:
        """Return power, heat and the air outside."""
        return Key(asset.id, POWER_W), Key(asset.id, HEAT_W), Key(WEATHER, TEMPERATURE_DEGC)

    def facts(self, asset: HeatPump) -> Mapping[str, float]:
        """Return the data sheet."""
        return {f"cop at {at:g} degC": each for at, each in zip(asset.source_degc, asset.cop, strict=True)}

    def applied(self, asset: HeatPump, parameters: Mapping[str, float]) -> HeatPump:
        """Return a heat pump whose sheet is corrected."""
        away = (np.array(asset.source_degc) - parameters["middle_degc"]) / 10.0
        # Beyond what was measured the correction stays what it was there.
        away = np.clip(away, parameters["low_degc"], parameters["high_degc"])
        factor = parameters["cop_scale"] + parameters["cop_tilt"] * away
        cop = np.array(asset.cop) * factor
        if not (np.all((factor >= SCALE[0]) & (factor <= SCALE[1])) and np.all((cop >= COP[0]) & (cop <= COP[1]))):
            told = ", ".join(f"{each:.2f}" for each in cop)
            raise ValueError(f"{asset.id}: efficiencies of {told} are not those of a heat pump like this")
        return replace(asset, cop=tuple(float(each) for each in cop))

    def identify(self, asset: HeatPump, record: Record) -> Identified | Refused:
        """Return scale and tilt, or what is missing."""
        power_w, heat_w, source = (record.of(each) for each in self.keys(asset))
        if not np.isfinite(heat_w).any():
            return Refused(f"no heat meter tells {asset.id}.{HEAT_W}; what the rooms need is learned from them instead")
        runs = np.isfinite(heat_w) & np.isfinite(source) & (power_w >= max(RUNS_W, asset.electric_min_w))
        hours, days = float(runs.sum()) * record.grid.step_h, np.unique(record.day[runs])
        if hours < LEAST_HOURS or days.size < LEAST_DAYS:
            return Refused(
                f"it ran for {hours:.0f} h on {days.size} days, {LEAST_HOURS:.0f} h on {LEAST_DAYS} are needed"
            )
        middle = float(np.median(source[runs]))
        found = _Runs(
            power_w[runs] * compressor_of(asset).cop_at(source[runs]),
            heat_w[runs],
            (source[runs] - middle) / 10.0,
            record.day[runs],
        )
        return self._judged(asset, found, middle, days)

    def _judged(self, asset: HeatPump, runs: _Runs, middle_degc: float, days: IntArray) -> Identified | Refused:
        estimate = runs.fitted(np.ones(runs.day.size, dtype=bool))
        error = jackknife(estimate, np.array([runs.fitted(runs.day != day) for day in days]))
        if not 2 * error[0] <= WIDEST:
            return Refused(f"the efficiency is known to within {2 * error[0]:.2f} of the sheet only, {WIDEST} needed")
        low, high = float(runs.from_middle.min()), float(runs.from_middle.max())
        found = {
            "cop_scale": Parameter.of(float(estimate[0]), float(error[0])),
            "cop_tilt": Parameter.of(float(estimate[1]), float(error[1])),
            "middle_degc": Parameter.of(middle_degc, 0.0),
            "low_degc": Parameter.of(low, 0.0),
            "high_degc": Parameter.of(high, 0.0),
        }
        try:
            self.applied(asset, {name: each.value for name, each in found.items()})
        except ValueError as told:
            return Refused(f"{told}: look at the heat meter")
        note = f"{days.size} days, sources of {middle_degc + 10 * low:.0f}..{middle_degc + 10 * high:.0f} degC"
        return Identified(found, (note,) if runs.has_tilt else (note, "too close together to tell how it changes"))

    def losses(self, asset: HeatPump, parameters: Mapping[str, float], record: Record) -> Mapping[int, float]:
        """Return how far the heat of each step is off, by day. [W]"""
        power_w, heat_w, source = (record.of(each) for each in self.keys(asset))
        model = self.applied(asset, parameters) if parameters else asset
        return by_day(heat_w - power_w * compressor_of(model).cop_at(source), record)
