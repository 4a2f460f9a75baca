"""Occupancy of the office room: accuracy on days not learned from, with and without light, both ways round."""

import sys
from pathlib import Path

import numpy as np
from rich.console import Console

from enerwise.core.time import TIME_TYPE
from enerwise.core.units import BoolArray
from enerwise.forecast.occupancy import Room, fit
from enerwise.store.table import open_table

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "occupancy_office"
SENSORS = ("temperature_c", "rh_pct", "light_lux", "co2_ppm", "humidity_ratio_kg_kg")
LIGHT = "light_lux"


def room(name: str, *, with_light: bool) -> tuple[Room, BoolArray]:
    """Return a part of the data: sensors, and whether somebody was there."""
    with open_table(DATA / f"{name}.parquet") as table:
        starts = table.stamps("ts_local").at_ms.view(TIME_TYPE)
        sensors = {each: table.numbers(each) for each in SENSORS if with_light or each != LIGHT}
        return Room(starts, 60, sensors), table.numbers("occupied") > 0.5


def accuracy(learned: str, tried: str, *, with_light: bool) -> float:
    """Return the share of moments told rightly."""
    model = fit(*room(learned, with_light=with_light))
    seen, truth = room(tried, with_light=with_light)
    return float(((model.probability(seen) > 0.5) == truth).mean())


def main() -> None:
    """Print the accuracies beside that of the commoner answer."""
    if not DATA.exists():
        sys.exit(f"{DATA} is absent")
    for learned, tried in (("datatraining", "datatest"), ("datatest", "datatraining")):
        truth = room(tried, with_light=False)[1]
        common = max(float(truth.mean()), 1 - float(np.mean(truth)))
        told = [f"{accuracy(learned, tried, with_light=each):.3f}" for each in (True, False)]
        Console().print(
            f"{learned} -> {tried}: with light {told[0]}, without {told[1]}, always the commoner {common:.3f}"
        )


if __name__ == "__main__":
    main()
