"""A home under a time-of-use tariff: heat and cold, hot water and the vehicle, moved by the product's planner.

Everything it knows it has measured: the house is identified from days before (`enerwise.physics.building_fit`), the
performance of the heat pump from heat and power; weather, sun and draws to come are those of days before, moved to what
is measured now. Plans become set values, so that thermostats keep the band whatever a plan has wrong.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from enerwise.core.time import TimeGrid, instant
from enerwise.physics.building_fit import Fitted, fit
from enerwise.physics.heat_pump import Compressor
from enerwise.physics.tank import Tank
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.blocks.water_heater import WaterHeater
from enerwise.plan.flexible import LINE_V, Flexible
from enerwise.plan.problem import Problem
from enerwise.plan.solve import solve

PEAK_H, PEAK_EUR_PER_KWH, LOW_EUR_PER_KWH = (16, 21), 0.45, 0.15
"""The tariff: dear from four to nine in the afternoon, every day; three to one."""
BAND_K = 0.5
"""Half the dead band of a thermostat: comfort is from the heating set value less this to the cooling one and this."""
MARGIN_K = 0.2
"""What a plan keeps from the edges of the band."""
PLAN_STEP_S, HORIZON = 1800, 72
DAY_S = 86_400
RUNS_KW = 0.3
LEAST_SHARE = 0.8
"""Of the performance expected; below it the resistance heater of the heat pump has helped."""
HOT_MARGIN_K = 1.0
TANK_LOSS_W_PER_K = 2.0
COLD_DEGC = 10.0
COMFORT_EUR_PER_KH = 5.0
VEHICLE_RATIO = 0.9
MILD_DEGC = 14.0
"""Mean of the day before above which it is cooled rather than heated."""


def price_eur_per_kwh(second_of_day: np.ndarray) -> np.ndarray:
    """Return the tariff. Same shape"""
    hour = np.asarray(second_of_day) % DAY_S / 3600
    return np.where((hour >= PEAK_H[0]) & (hour < PEAK_H[1]), PEAK_EUR_PER_KWH, LOW_EUR_PER_KWH)


@dataclass
class Past:
    """What was measured, step by step."""

    step_s: int
    columns: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def take(self, seen: dict[str, float]) -> None:
        """Take in a step."""
        for name, value in seen.items():
            self.columns[name].append(float(value))

    def __getitem__(self, name: str) -> np.ndarray:
        return np.array(self.columns[name])

    @property
    def count(self) -> int:
        """Steps so far."""
        return len(self.columns["indoor_degc"])

    def ahead(self, name: str, days: int = 1) -> np.ndarray:
        """Return a series as it was at the same times of the days before, as means of plan steps. Shape (HORIZON,)"""
        per_day, per_step = DAY_S // self.step_s, PLAN_STEP_S // self.step_s
        known = min(days, self.count // per_day)
        day = self[name][-known * per_day :].reshape(known, per_day).mean(axis=0)
        repeated = np.tile(day, HORIZON * per_step // per_day + 1)[: HORIZON * per_step]
        return np.asarray(repeated.reshape(HORIZON, per_step).mean(axis=1))


def performance(power_kw: np.ndarray, heat_w: np.ndarray, outdoor_degc: np.ndarray) -> Compressor:
    """Return a compressor as measured: performance as a line over outdoor temperature, and the highest power seen."""
    runs = power_kw > RUNS_KW
    if runs.sum() < 12:
        return Compressor((0.0,), (2.5,), 0.0, 3000.0)
    cop = heat_w[runs] / power_kw[runs] / 1e3
    ends_degc = np.percentile(outdoor_degc[runs], [10, 90])
    slope, base = np.polyfit(outdoor_degc[runs], cop, 1) if np.ptp(ends_degc) > 1.0 else (0.0, float(cop.mean()))
    ends_degc = ends_degc + np.array([0.0, 0.1])
    ends_cop = np.clip(base + slope * ends_degc, 0.8, 8.0)
    is_alone = cop > LEAST_SHARE * np.polyval([slope, base], outdoor_degc[runs])
    most_w = float(power_kw[runs][is_alone].max(initial=0.0)) * 1e3
    return Compressor(tuple(ends_degc.tolist()), tuple(ends_cop.tolist()), 0.0, max(most_w, 1000.0))


@dataclass
class Controller:
    """Learns from built-in days, then plans every half-hour."""

    plates: dict[str, Any]
    start_s: int = 0
    """Of the day at the first step."""
    past: Past = field(init=False)
    fitted: Fitted | None = None
    mass_degc: float = 20.0
    solve_s: float = 0.0
    plan_of: dict[str, np.ndarray] = field(default_factory=dict)
    planned_at: int = 0

    def __post_init__(self) -> None:
        self.past = Past(self.plates["step_s"])

    def see(self, seen: dict[str, float]) -> None:
        """Take in a step, and follow the temperature of the mass."""
        self.past.take(seen)
        if self.fitted is not None and self.fitted.building.capacity_wh_per_k.size > 1:
            house = self.fitted.building
            rate = house.between_w_per_k[0, 1] / house.capacity_wh_per_k[1] * self.past.step_s / 3600
            self.mass_degc += (1 - np.exp(-rate)) * (seen["indoor_degc"] - self.mass_degc)

    def learn(self) -> Fitted:
        """Identify the house from everything measured so far."""
        past = self.past
        indoor_degc = np.concatenate([past["indoor_degc"][:1], past["indoor_degc"][:-1]])
        heat_w, count = past["heat_w"] - past["cold_w"], past.count
        nodes = 2
        self.fitted = fit(
            "home", indoor_degc, heat_w, past["outdoor_degc"], past["sun_w"] / 1e1, step_s=past.step_s, nodes=nodes
        )
        house, mass_degc = self.fitted.building, self.fitted.mass_degc
        rate = house.between_w_per_k[0, 1] / house.capacity_wh_per_k[1] * past.step_s / 3600
        for step in range(count):
            mass_degc += (1 - np.exp(-rate)) * (past["indoor_degc"][step] - mass_degc)
        self.mass_degc = mass_degc
        return self.fitted

    def act(self) -> dict[str, float]:
        """Return the set values of the next step."""
        at = self.past.count - self.planned_at
        if not self.plan_of or at >= PLAN_STEP_S // self.past.step_s:
            self.plan()
            at = 0
        return self.set_values(at)

    @property
    def second(self) -> int:
        """Of the day, now."""
        return self.start_s + self.past.count * self.past.step_s

    def plan(self) -> None:
        """Ask the planner."""
        grid = TimeGrid(instant("2019-01-01T00:00Z") + np.timedelta64(self.second, "s"), PLAN_STEP_S, HORIZON)
        buy = price_eur_per_kwh(self.second + PLAN_STEP_S * np.arange(HORIZON))
        assets: list[Flexible] = [self.heat_pump(), self.water_heater()]
        vehicle = self.charger()
        assets += [] if vehicle is None else [vehicle]
        nothing, open_w = np.zeros(HORIZON), np.full(HORIZON, np.inf)
        problem = Problem(
            grid=grid, batteries=(), pvs=(), load_w=nothing[None], available_w=np.zeros((1, 0, HORIZON)),
            import_eur_per_kwh=buy, export_eur_per_kwh=nothing, import_limit_w=open_w, export_limit_w=open_w,
            start_wh=np.zeros(0), end_wh=np.zeros(0), end_value_eur_per_kwh=np.zeros(0), terms=("energy",),
            flexible=tuple(assets),
        )  # fmt: skip
        plan = solve(problem, grid.start_utc)
        self.solve_s += sum(plan.timing.values())
        power_w = dict(zip(plan.assets, plan.power_w, strict=True))
        self.plan_of = {
            "indoor_degc": plan.states["heat pump"]["home temperature_degc"],
            "hvac_w": power_w["heat pump"],
            "water_degc": plan.states["water"]["bottom temperature_degc"],
            "water_w": power_w["water"],
            "vehicle_w": power_w.get("vehicle", nothing),
        }
        self.planned_at = self.past.count

    @property
    def cools(self) -> bool:
        """Tell whether it is a time of cooling."""
        return float(self.past["outdoor_degc"][-DAY_S // self.past.step_s :].mean()) > MILD_DEGC

    def band(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the band of comfort ahead: thermostats are programmed by the day. Shapes (HORIZON,)"""
        return self.past.ahead("low_degc") - BAND_K, self.past.ahead("high_degc") + BAND_K

    def heat_pump(self) -> HeatPump:
        """Return heat pump and house with what is foreseen of both."""
        assert self.fitted is not None
        past, house, cools = self.past, self.fitted.building, self.cools
        outdoor_degc = past.ahead("outdoor_degc")
        now_k = past["outdoor_degc"][-1] - past["outdoor_degc"][-DAY_S // past.step_s]
        outdoor_degc = outdoor_degc + now_k * np.exp(-np.arange(HORIZON) * PLAN_STEP_S / (6 * 3600))
        gain_w = np.zeros((house.capacity_wh_per_k.size, HORIZON))
        gain_w[0] = self.fitted.gain_w + self.fitted.aperture_m2 * past.ahead("sun_w") / 1e1
        low_degc, high_degc = self.band()
        names = ("cooling_kw", "cold_w") if cools else ("heating_kw", "heat_w")
        compressor = performance(past[names[0]], past[names[1]], past["outdoor_degc"])
        start_degc = np.array([past["indoor_degc"][-1], self.mass_degc])[: house.capacity_wh_per_k.size]
        worth = LOW_EUR_PER_KWH / float(compressor.cop_at(outdoor_degc).mean())
        return HeatPump(
            "heat pump", compressor, house, outdoor_degc, gain_w, start_degc, (low_degc + MARGIN_K)[None],
            (high_degc - MARGIN_K)[None], cools=cools, comfort_eur_per_kh=COMFORT_EUR_PER_KH,
            heat_value_eur_per_kwh=worth,
        )  # fmt: skip

    def water_heater(self) -> WaterHeater:
        """Return the tank with what will be drawn, as on the days before."""
        plates, past = self.plates, self.past
        layers_degc = np.array([past["water_top_degc"][-1], past["water_bottom_degc"][-1]])
        low_degc = np.full(HORIZON, self.cold_limit_degc + HOT_MARGIN_K)
        draw_l = past.ahead("drawn_w", days=5) * PLAN_STEP_S / 3600 / 1.163 / (plates["water_set_degc"] - COLD_DEGC)
        return WaterHeater(
            "water", Tank(plates["water_l"], TANK_LOSS_W_PER_K, layers=2),
            Compressor((0.0,), (1.0,), 0.0, plates["water_w"]), draw_l, np.zeros(HORIZON),
            layers_degc, low_degc,
            high_degc=plates["water_max_degc"] - 1.0, comfort_eur_per_kh=COMFORT_EUR_PER_KH,
            heat_value_eur_per_kwh=LOW_EUR_PER_KWH, cold_degc=COLD_DEGC, room_degc=20.0,
        )  # fmt: skip

    @property
    def cold_limit_degc(self) -> float:
        """Temperature at which the built-in thermostat would heat water at the latest."""
        return float(self.plates["water_set_degc"] - self.plates["water_band_k"])

    def charger(self) -> Charger | None:
        """Return the vehicle, where it is plugged in: full by the time it leaves, or as full as can be."""
        past, plates = self.past, self.plates
        left = int(past["vehicle_left_s"][-1] // PLAN_STEP_S)
        if past["vehicle_left_s"][-1] <= 0:
            return None
        capacity_wh = plates["vehicle_kwh"] * 1e3
        return Charger(
            "vehicle", np.array([0]), np.array([int(np.clip(left, 1, HORIZON))]),
            np.array([min(past["vehicle_soc"][-1], 1.0) * capacity_wh]), np.array([capacity_wh]),
            capacity_wh=capacity_wh, current_max_a=plates["vehicle_w"] / (3 * LINE_V), current_min_a=0.0,
            charge_ratio=VEHICLE_RATIO,
        )  # fmt: skip

    def set_values(self, at: int) -> dict[str, float]:
        """Return set values for a part of the plan's first step: on the way to where it ends, never off the band."""
        planned, past = self.plan_of, self.past
        way = (at + 1) * past.step_s / PLAN_STEP_S
        low_degc, high_degc = (float(each[0]) for each in self.band())
        aim_degc = float(np.interp(way, [0.0, 1.0], planned["indoor_degc"][:2]))
        aim_degc = min(max(aim_degc, low_degc), high_degc)
        runs = planned["hvac_w"][0] > RUNS_KW * 1e3 / 4
        heat_degc = aim_degc if runs and not self.cools else low_degc
        cool_degc = aim_degc if runs and self.cools else high_degc
        water_degc = float(np.interp(way, [0.0, 1.0], planned["water_degc"][:2]))
        floor_degc = self.cold_limit_degc + HOT_MARGIN_K
        heats_water = planned["water_w"][0] > 1.0 or past["outlet_degc"][-1] < floor_degc
        is_cold = past["indoor_degc"][-1] < low_degc - 0.3
        return {
            "heat_degc": max(heat_degc, low_degc),
            "cool_degc": max(cool_degc, heat_degc + 0.5),
            "backup": 1.0 if is_cold else 0.0,
            "heats_water": float(heats_water),
            "water_degc": max(water_degc, floor_degc),
            "vehicle_kw": float(planned["vehicle_w"][0] / 1e3)
            if past["vehicle_left_s"][-1] > 0
            else self.plates["vehicle_w"] / 1e3,
        }
