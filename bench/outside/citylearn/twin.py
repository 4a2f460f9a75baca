"""The same world in numpy: a year in a second, for trials and tests. It agrees with CityLearn 1.3.6 to rounding.

`drive.py --twin` uses it in place of the real one; scores that are reported come from the real one.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

EFFICIENCY = ((0.0, 0.3, 0.7, 0.8, 1.0), (0.83, 0.83, 0.9, 0.9, 0.85))
"""Of both ways together, by power over nominal power."""
FULL_POWER_TO = 0.8
"""Level from which the greatest power falls, to a fifth at the full battery."""
LOSS_RATIO = 1e-5
"""Of the first capacity, lost by each full cycle."""
WINDOW = 730
"""Hours of a load factor."""


@dataclass
class Batteries:
    """State of all batteries, as CityLearn moves it. Shapes (home,)"""

    capacity_kwh: np.ndarray
    power_kw: np.ndarray
    energy_kwh: np.ndarray = field(init=False)
    first_kwh: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.energy_kwh, self.first_kwh = np.zeros_like(self.capacity_kwh), self.capacity_kwh.copy()

    def most_kw(self) -> np.ndarray:
        """Return the greatest power both ways."""
        over = self.energy_kwh / self.capacity_kwh - FULL_POWER_TO
        share = 1.0 - 0.8 * over / (1.0 - FULL_POWER_TO)
        return self.power_kw * np.where((over > 0) & (over <= 1.0 - FULL_POWER_TO), share, 1.0)

    def move(self, action: np.ndarray) -> np.ndarray:
        """Charge by shares of the capacity and return what was drawn. [kWh]"""
        most_kw = self.most_kw()
        wish_kwh = np.clip(action * self.capacity_kwh, -most_kw, most_kw)
        one_way = np.sqrt(np.interp(np.abs(wish_kwh) / self.power_kw, *EFFICIENCY))
        stored = self.energy_kwh + np.where(wish_kwh >= 0, wish_kwh * one_way, wish_kwh / one_way)
        stored = np.clip(stored, 0.0, self.capacity_kwh)
        moved = stored - self.energy_kwh
        drawn = np.where(moved >= 0, moved / one_way, moved * one_way)
        self.energy_kwh = stored
        self.capacity_kwh = self.capacity_kwh - LOSS_RATIO * self.first_kwh * np.abs(drawn) / (2 * self.capacity_kwh)
        return drawn


def score(net_kwh: np.ndarray, idle_kwh: np.ndarray, price: np.ndarray, kg_per_kwh: np.ndarray) -> dict[str, float]:
    """Return the official parts, each against idle batteries.

    Args:
        net_kwh: What each home drew. Shape (home, hour)
        idle_kwh: The same with batteries at rest.
        price: Of the sum, where it is above zero.
        kg_per_kwh: Of what each home drew, where it is above zero.
    """
    parts = [
        np.array(
            [
                np.maximum(0.0, price * each.sum(axis=0)).sum(),
                (kg_per_kwh * np.maximum(0.0, each)).sum(),
                np.abs(np.diff(each.sum(axis=0))).sum(),
                _no_load_factor(each.sum(axis=0)),
                each.sum(axis=0).max(),
            ]
        )
        for each in (net_kwh, idle_kwh)
    ]
    bill, emission, ramping, factor, peak = (parts[0] / parts[1]).tolist()
    grid = (ramping + factor) / 2
    return {"price": bill, "emission": emission, "grid": grid, "all_time_peak": peak,
            "ramping": ramping, "load_factor": factor}  # fmt: skip


def _no_load_factor(power: np.ndarray) -> float:
    windows = [power[at : at + WINDOW] for at in range(0, power.size, WINDOW)]
    return float(np.mean([1 - each.mean() / each.max() for each in windows]))


class Twin:
    """The world as `drive.py` uses it: tells what is seen, takes actions, and in the end the score."""

    def __init__(self, folder: Path, steps: int | None = None) -> None:
        schema = json.loads((folder / "schema.json").read_text())
        homes = schema["buildings"]
        tables = [_table(folder / each["energy_simulation"]) for each in homes.values()]
        weather, prices = _table(folder / "weather.csv"), _table(folder / "pricing.csv")
        self._shared = tables[0] | weather | prices | _table(folder / "carbon_intensity.csv")
        pv_kw = np.array([each["pv"]["attributes"]["nominal_power"] for each in homes.values()])
        self._load = np.stack([each["non_shiftable_load"] for each in tables])
        self._pv = np.stack([each["solar_generation"] for each in tables]) * pv_kw[:, None] / 1000
        facts = [each["electrical_storage"]["attributes"] for each in homes.values()]
        self.batteries = [{"capacity_kwh": f["capacity"], "power_kw": f["nominal_power"]} for f in facts]
        self._batteries = Batteries(
            *(np.array([float(f[name]) for f in facts]) for name in ("capacity", "nominal_power"))
        )
        self.steps = self._load.shape[1] if steps is None else steps
        self._net = (self._load - self._pv)[:, : self.steps].copy()

    def hours(self) -> Iterator[dict[str, np.ndarray]]:
        """Yield what is seen in each hour; between two of them `act` is called."""
        for hour in range(self.steps):
            self._hour = hour
            shared = {_long(name): np.full(len(self._load), each[hour]) for name, each in self._shared.items()}
            yield shared | {
                "non_shiftable_load": self._load[:, hour],
                "solar_generation": self._pv[:, hour],
                "electrical_storage_soc": self._batteries.energy_kwh / self._batteries.capacity_kwh,
                "net_electricity_consumption": self._net[:, hour],
            }

    def act(self, action: np.ndarray) -> None:
        """Move the batteries in the hour to come."""
        self._net[:, self._hour + 1] += self._batteries.move(action)

    def score(self) -> dict[str, float]:
        """Return what `score` says of the hours so far."""
        until = slice(0, self._hour + 1)
        idle = (self._load - self._pv)[:, until]
        price, carbon = self._shared["electricity_pricing"][until], self._shared["carbon_intensity"][until]
        return score(self._net[:, until], idle, price, carbon)


def _table(file: Path) -> dict[str, np.ndarray]:
    with file.open() as lines:
        rows = list(csv.reader(lines))
    return {
        name: np.array([float(each) if each else np.nan for each in column])
        for name, column in zip(rows[0], zip(*rows[1:], strict=True), strict=True)
    }


def _long(name: str) -> str:
    for short, long in (
        ("_predicted_1", "_predicted_6h"),
        ("_predicted_2", "_predicted_12h"),
        ("_predicted_3", "_predicted_24h"),
    ):
        name = name.replace(short, long)
    return name
