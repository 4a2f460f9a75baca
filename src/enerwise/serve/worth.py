"""Worth against price: what a battery gained in a step, and what the road not taken would have cost.

Stored energy counts at the plan's own worth, so both roads lead to the same comparison whatever comes later.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.time import Instant, TimeGrid
from enerwise.plan.laws import RESTING_W
from enerwise.serve.words import Fact
from enerwise.site.assets import Battery
from enerwise.site.site import Site

SAME_EUR: Final = 0.0005
"""Differences below a twentieth of a cent are none."""
EDGE_RATIO: Final = 0.005
"""So near to its lowest or highest level a battery counts as there."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One battery in one step. Powers in W, positive is taken."""

    battery: Battery
    power_w: float
    others_w: float
    """Everything else; below zero there is surplus."""
    energy_wh: float | None
    hours: float
    dual_eur_per_kwh: float
    """Worth of one more stored kWh."""
    buy_eur_per_kwh: float
    sell_eur_per_kwh: float
    conversion: tuple[float, float]
    """KWh stored per kWh taken, and kWh used up per kWh given."""

    @property
    def given_eur_per_kwh(self) -> float:
        """Worth used up by one kWh given."""
        return self.dual_eur_per_kwh * self.conversion[1]

    @property
    def gained_eur_per_kwh(self) -> float:
        """Worth gained by one kWh taken."""
        return self.dual_eur_per_kwh * self.conversion[0]

    def cost_eur(self, power_w: float) -> float:
        """Return what the step costs if the battery takes ``power_w``, stored energy counted at its worth. [EUR]"""
        grid_w = self.others_w + power_w
        paid = self.buy_eur_per_kwh * max(grid_w, 0.0) - self.sell_eur_per_kwh * max(-grid_w, 0.0)
        stored = self.gained_eur_per_kwh * max(power_w, 0.0) - self.given_eur_per_kwh * max(-power_w, 0.0)
        return (paid - stored) * self.hours / 1e3

    @property
    def deed(self) -> str:
        """``gives``, ``takes`` or ``rests``."""
        return "rests" if abs(self.power_w) <= RESTING_W else "takes" if self.power_w > 0 else "gives"


def margins(scene: Scene) -> Iterator[tuple[str, dict[str, Fact]]]:
    """Yield the sentences that set worth against price, for what the battery did."""
    given: dict[str, Fact] = {"given_eur_per_kwh": scene.given_eur_per_kwh}
    gained: dict[str, Fact] = {"gained_eur_per_kwh": scene.gained_eur_per_kwh}
    grid_w = scene.others_w + scene.power_w
    match scene.deed:
        case "gives":
            if scene.others_w > RESTING_W:
                yield "value.give_home", given
            if grid_w < -RESTING_W:
                yield "value.give_grid", given
        case "takes":
            if scene.others_w < -RESTING_W:
                yield "value.take_sun", gained
            if grid_w > RESTING_W:
                yield "value.take_grid", gained
        case _ if scene.others_w > RESTING_W:
            yield "value.rest_need", given
        case _ if scene.others_w < -RESTING_W:
            yield "value.rest_surplus", gained


def alternatives(scene: Scene) -> Iterator[tuple[str, dict[str, Fact]]]:
    """Yield what the step would have cost otherwise: at rest where the battery moved, moving where it rested."""
    if scene.deed != "rests":
        yield _compared("rest", scene, 0.0)
        return
    low, high = scene.battery.energy_min_wh, scene.battery.energy_max_wh
    margin_wh = EDGE_RATIO * scene.battery.capacity_wh
    energy_wh = scene.energy_wh if scene.energy_wh is not None else (low + high) / 2
    if scene.others_w > RESTING_W:
        if energy_wh <= low + margin_wh:
            yield "else.empty", {}
        else:
            most_w = min(scene.battery.discharge_limit_w, (energy_wh - low) / scene.hours / scene.conversion[1])
            yield _compared("cover", scene, -min(scene.others_w, most_w))
    elif scene.others_w < -RESTING_W:
        if energy_wh >= high - margin_wh:
            yield "else.full", {}
        else:
            most_w = min(scene.battery.charge_limit_w, (high - energy_wh) / scene.hours / scene.conversion[0])
            yield _compared("take", scene, min(-scene.others_w, most_w))


def _compared(road: str, scene: Scene, power_w: float) -> tuple[str, dict[str, Fact]]:
    more_eur = scene.cost_eur(power_w) - scene.cost_eur(scene.power_w)
    how = "same" if abs(more_eur) < SAME_EUR else "more" if more_eur > 0 else "less"
    return f"else.{road}_{how}", {"else_eur": more_eur}


def tariff_prices(site: Site, at: Instant) -> tuple[float, float] | None:
    """Return the prices of the tariff at an instant, None where it has none. [EUR/kWh]"""
    grid = TimeGrid(at, 60, 1)
    buy = float(site.tariff.import_eur_per_kwh(grid, site.timezone)[0])
    sell = float(site.tariff.export_eur_per_kwh(grid, site.timezone)[0])
    return None if np.isnan(buy) or np.isnan(sell) else (buy, sell)
