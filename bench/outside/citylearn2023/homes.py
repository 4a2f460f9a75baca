"""From what was seen to what a home does this hour: batteries by the product's planner, cooling by what is asked for.

Load, sun and weather observed in an hour are those that its action meets: the first step of a plan is nearly certain.
Cooling brings each room to its set point, by what has been learned of the room so far (`Room`), since comfort weighs
most. The batteries of all homes are planned together against ramping, peaks and carbon, each at what it is worth in the
score; part of each is kept for outages, and given to the home in one. Hours ahead are the mean of the days before at
their time of day, carried on from what the last hours showed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from enerwise.core.time import TimeGrid
from enerwise.forecast.nearing import Nearing
from enerwise.plan.aims import Aims, Carbon, Peak, Ramping
from enerwise.plan.district import District, solve
from enerwise.plan.problem import Problem
from enerwise.site.assets import Battery

HORIZON = 24
START, HOUR = np.datetime64("2017-06-01T00:00:00.000"), np.timedelta64(3_600_000, "ms")
ROUND_TRIP_RATIO = 0.90
KELVIN = 273.15
MOST_COP = 20.0
FADING = 0.995
LEAST_ANSWER = -0.05
"""K per kWh: no room is taken to answer less to cooling."""
CARBON, RAMPING, LOAD_FACTOR, DAILY_PEAK, HIGHEST_PEAK = 0.10, 0.075, 0.075, 0.075, 0.075
"""Weights in the score of what batteries can move."""
FREE = {"import_limit_w": np.full(HORIZON, np.inf), "export_limit_w": np.full(HORIZON, np.inf),
        "export_eur_per_kwh": np.zeros(HORIZON), "stability_eur": 0.0}  # fmt: skip


@dataclass
class Room:
    """How the temperature of a room answers: a line in outdoor air, sun and cooling, learned hour by hour.

    Recursive least squares (Ljung 1999) from a house of ordinary size; old hours fade.
    """

    line: np.ndarray = field(default_factory=lambda: np.array([0.08, 0.5, 0.5, -0.4, 0.1]))
    """K an hour per K of difference to outdoors, kW/m2 direct, kW/m2 diffuse, kWh of cooling, and always."""
    doubt: np.ndarray = field(default_factory=lambda: np.diag([0.01, 1.0, 1.0, 0.04, 0.5]))

    def learn(self, met: np.ndarray, change_k: float) -> None:
        """Take what an hour met and how far the temperature moved."""
        gain = self.doubt @ met / (FADING + met @ self.doubt @ met)
        self.line = self.line + gain * (change_k - met @ self.line)
        self.doubt = (self.doubt - np.outer(gain, met @ self.doubt)) / FADING

    def cooling_kwh(self, met: np.ndarray, change_k: float) -> float:
        """Return the cooling that moves the temperature so far, in an hour that meets ``met`` without cooling."""
        return float((change_k - met @ self.line) / min(self.line[3], LEAST_ANSWER))


@dataclass(frozen=True)
class Settings:
    """What was chosen in closed loop."""

    reserve_ratio: float = 0.3
    """Of a battery, kept for outages beyond what it must keep anyhow."""
    peak_weight: float = 1.0
    worth_ratio: float = 0.9
    """Of energy left at the end, against carbon at its least."""


class Controller:
    """Holds what was seen and plans, hour by hour."""

    def __init__(self, homes: list[dict[str, float]], steps: int, settings: Settings | None = None) -> None:
        self.settings, self.steps = settings or Settings(), steps
        self._facts = {name: np.array([each[name] for each in homes]) for name in homes[0]}
        floor = self._facts["least_soc_ratio"] + self.settings.reserve_ratio
        self._batteries = [
            Battery("battery", each["capacity_kwh"] * 1e3, each["power_kw"] * 1e3, each["power_kw"] * 1e3,
                    round_trip_ratio=ROUND_TRIP_RATIO, soc_min_ratio=float(least))
            for each, least in zip(homes, floor, strict=True)
        ]  # fmt: skip
        self._rooms = [Room() for _ in homes]
        self._met: list[np.ndarray] = []
        self._was_degc = np.full(len(homes), np.nan)
        self._near = [Nearing(HORIZON) for _ in homes]
        self._idle: list[np.ndarray] = []
        self._net: list[float] = []
        self._carbon: list[float] = []

    def act(self, seen: Mapping[str, list[float]]) -> dict[str, np.ndarray]:
        """Return actions by name, each a share of what the device can do. Shapes (home,)"""
        told = {name: np.array(value) for name, value in seen.items()}
        idle, cooling_ratio = self._at_rest(told)
        is_out = told["power_outage"] > 0.5
        self._idle.append(idle)
        self._carbon.append(float(told["carbon_intensity"][0]))
        soc_ratio = np.clip(told["electrical_storage_soc"], 0.0, 1.0)
        power_kw = self.planned_kw(soc_ratio)
        # In an outage the battery gives what the home asks for; the simulator gives no more than that.
        power_kw = np.where(is_out, np.minimum(-idle, 0.0), power_kw)
        self._net.append(float((idle + power_kw)[~is_out].sum()))
        return {
            "cooling_device": cooling_ratio,
            "electrical_storage": power_kw / self._facts["power_kw"],
            "dhw_storage": np.zeros(idle.size),
        }

    def _at_rest(self, told: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Return what each home draws now with its battery at rest [kW], and the share of its cooling power."""
        facts = self._facts
        lift_k = told["outdoor_dry_bulb_temperature"][0] - facts["cooling_target_degc"]
        cop = (
            facts["cooling_efficiency"] * (facts["cooling_target_degc"] + KELVIN) / np.where(lift_k == 0, 1e-9, lift_k)
        )
        cop = np.where((cop < 0) | (cop > MOST_COP), MOST_COP, cop)
        cooling_kw = np.clip(self._asked_kwh(told) / cop, 0.0, facts["cooling_kw"])
        water_kw = told["dhw_demand"] / facts["water_efficiency"]
        idle = told["non_shiftable_load"] + water_kw + cooling_kw - np.abs(told["solar_generation"])
        return idle, cooling_kw / facts["cooling_kw"]

    def _asked_kwh(self, told: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the cooling that brings each room to its set point, after learning from the hour before."""
        room_degc, outdoor_degc = told["room_degc"], told["outdoor_dry_bulb_temperature"][0]
        sun = [told[f"{each}_solar_irradiance"][0] / 1e3 for each in ("direct", "diffuse")]
        met = [np.array([outdoor_degc - each, *sun, 0.0, 1.0]) for each in room_degc]
        for home, before in enumerate(self._met):
            before[3] = told["cooling_demand"][home]
            self._rooms[home].learn(before, float(room_degc[home] - self._was_degc[home]))
        self._met, self._was_degc = met, room_degc
        wish_degc = told["indoor_dry_bulb_temperature_cooling_set_point"]
        return np.array(
            [
                room.cooling_kwh(each, wish - now)
                for room, each, wish, now in zip(self._rooms, met, wish_degc, room_degc, strict=True)
            ]
        )

    @property
    def idle_kw(self) -> np.ndarray:
        """What each home would draw in the last hour that was planned, its battery at rest. Shape (home,)"""
        return self._idle[-1]

    def ahead(self) -> np.ndarray:
        """Return what each home is going to draw, this hour first, as it is. Shape (home, HORIZON)"""
        idle = np.array(self._idle)
        count = idle.shape[0]
        days = [idle[count - 24 * day : count - 24 * day + HORIZON] for day in range(1, min(14, count // 24) + 1)]
        usual = np.mean(days, axis=0) if days else np.repeat(idle.mean(axis=0)[None], HORIZON, axis=0)
        found = np.zeros((idle.shape[1], HORIZON))
        for home, near in enumerate(self._near):
            near.measured(float(idle[-1, home]))
            if count % 24 == 0:
                near.fit(idle[:, home])
            found[home, 1:] = near.foreseen(usual[:, home])[:-1]
        found[:, 0] = idle[-1]
        return found

    def planned_kw(self, soc_ratio: np.ndarray) -> np.ndarray:
        """Return what each battery takes in this hour."""
        district = self.district(self.ahead(), soc_ratio)
        plan = solve(district, district.shared.grid.start_utc)
        return np.array([each.power_w[0, 0] for each in plan.homes]) / 1e3

    def district(self, net: np.ndarray, soc_ratio: np.ndarray) -> District:
        """Return the question: homes with their carbon, and a point with ramping and peak of the sum."""
        carbon = self._carbon_ahead()
        idle = np.array(self._idle)
        share = self.steps / idle.shape[0]
        kg = max(float((np.array(self._carbon)[:, None] * np.maximum(0.0, idle)).sum()) * share, 1e-3)
        total = idle.sum(axis=1)
        ramps = max(float(np.abs(np.diff(total)).sum()) * share, 1.0)
        today = np.array(self._net)[len(self._net) // 24 * 24 :]
        peak = Peak(self._peak_price(total), max(float(today.max(initial=0.0)), 0.0) * 1e3)
        before_w = None if not self._net else self._net[-1] * 1e3
        worth = self.settings.worth_ratio * CARBON / kg * float(carbon.min())
        aims = Aims(ramping=Ramping(RAMPING / ramps, before_w), peak=peak)
        shared = Problem(
            grid=TimeGrid(START + (idle.shape[0] - 1) * HOUR, 3600, HORIZON), batteries=(), pvs=(),
            load_w=np.zeros((1, HORIZON)), available_w=np.zeros((1, 0, HORIZON)), import_eur_per_kwh=np.zeros(HORIZON),
            start_wh=np.zeros(0), end_wh=np.zeros(0), end_value_eur_per_kwh=np.zeros(0), terms=("ramping", "peak"),
            aims=aims, **FREE,
        )  # fmt: skip
        homes = tuple(
            replace(
                shared, batteries=(battery,), load_w=net[home][None] * 1e3, terms=("carbon", "end_value"),
                start_wh=np.array([soc_ratio[home] * battery.capacity_wh]), end_wh=np.full(1, np.nan),
                end_value_eur_per_kwh=np.full(1, worth), aims=Aims(carbon=Carbon(carbon, CARBON / kg)),
            )
            for home, battery in enumerate(self._batteries)
        )  # fmt: skip
        return District(homes, shared)

    def _peak_price(self, total: np.ndarray) -> float:
        """Return what a kW of the day's peak costs: in the mean of such peaks, the highest, and the load factor."""
        days = [total[at : at + 24] for at in range(0, total.size, 24)]
        peaks = np.array([max(float(each.max()), 0.5) for each in days])
        lost = max(float(np.mean([1 - each.mean() / each.max() for each in days if each.max() > 0] or [0.5])), 0.3)
        count = self.steps / 24
        daily = DAILY_PEAK / peaks.mean() + HIGHEST_PEAK / peaks.max()
        factor = LOAD_FACTOR * max(float(total.mean()), 0.0) / peaks.mean() ** 2 / lost
        return self.settings.peak_weight * (daily + factor) / count

    def _carbon_ahead(self) -> np.ndarray:
        """Return carbon of this hour and of the hours ahead: as it was at their time in the last seven days."""
        carbon = np.array(self._carbon)
        days = [carbon[carbon.size - 1 - 24 * day :][:HORIZON] for day in range(1, min(7, (carbon.size - 1) // 24) + 1)]
        found = np.mean(days, axis=0) if days else np.full(HORIZON, carbon[-1])
        found[0] = carbon[-1]
        return np.asarray(found)
