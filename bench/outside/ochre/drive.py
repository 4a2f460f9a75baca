"""Drive a home in OCHRE 0.9.2 with the product's planner, and tell cost and comfort beside its built-in thermostats."""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from apart import Apart, environment  # noqa: E402
from home_control import BAND_K, DAY_S, Controller, Past, price_eur_per_kwh  # noqa: E402
from rich.progress import Progress, TimeElapsedColumn  # noqa: E402

PACKAGES = ("pyarrow<20", "ochre-nrel==0.9.2")
WEEKS = ("01-14", "02-11", "12-09", "06-24", "07-15", "08-12")
"""First days: three weeks of winter, three of summer."""
LEARN_DAYS, TEST_DAYS, SEED = 8, 7, 1


def main() -> None:
    """Run the weeks, showing how far they are; the last line is a JSON object with both sides."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, help="not needed: the simulator brings its home and weather")
    asked.add_argument("--week", action="append", help="first day, MM-DD")
    options = asked.parse_args()
    python = environment("ochre-0.9.2", PACKAGES)
    weeks = {}
    with Progress(*Progress.get_default_columns(), TimeElapsedColumn()) as progress:
        for week in options.week or WEEKS:
            sides = {who: run(python, week, progress, plans=who == "planned") for who in ("built_in", "planned")}
            saved = 1 - sides["planned"]["cost_eur"] / sides["built_in"]["cost_eur"]
            weeks[week] = {**sides, "saved_ratio": round(saved, 4)}
            progress.console.print(f"{week}: {weeks[week]}")
    print(json.dumps({"benchmark": "OCHRE 0.9.2", **summary(weeks), "weeks": weeks}))


def run(python: Path, week: str, progress: Progress, *, plans: bool) -> dict[str, float]:
    """Run the days before and the week, the former with built-in thermostats in any case; return what the week cost."""
    began_s = time.process_time()
    first = np.datetime64(f"2019-{week}") - np.timedelta64(LEARN_DAYS, "D")
    world = Apart(python, HERE / "world.py", first, LEARN_DAYS + TEST_DAYS, SEED)
    plates = world.hear()
    controller = Controller(plates)
    learned = LEARN_DAYS * DAY_S // plates["step_s"]
    task = progress.add_task(f"{week}, {'planned' if plans else 'built in'}", total=plates["steps"])
    for step in range(plates["steps"]):
        controller.see(world.hear())
        if plans and step == learned - 1:
            print(controller.learn(), file=sys.stderr)
        world.tell(controller.act() if plans and step >= learned - 1 else None)
        progress.advance(task)
    world.close()
    told = figures(controller.past, learned)
    if controller.fitted is not None:
        told |= {"held_out_k": round(controller.fitted.held_out_k, 3)}
    return told | {"cpu_s": round(time.process_time() - began_s, 2), "solve_cpu_s": round(controller.solve_s, 2)}


def figures(past: Past, first: int) -> dict[str, float]:
    """Return cost, energy and comfort from a step on."""
    hours = past.step_s / 3600
    total_kwh = past["total_kw"][first:] * hours
    price = price_eur_per_kwh((first + np.arange(total_kwh.size)) * past.step_s)
    indoor = past["indoor_degc"][first:]
    below = np.maximum(0.0, past["low_degc"][first:] - BAND_K - indoor)
    above = np.maximum(0.0, indoor - past["high_degc"][first:] - BAND_K)
    told = {
        "cost_eur": (total_kwh * price).sum(),
        "energy_kwh": total_kwh.sum(),
        "outside_band_kh": (below + above).sum() * hours,
        "cold_water_kh": np.maximum(0.0, 46.1 - past["outlet_degc"][first:]).sum() * hours,
        "unmet_water_kwh": past["unmet_water_kw"][first:].sum() * hours,
        "vehicle_kwh": past["vehicle_kw"][first:].sum() * hours,
        "vehicle_unmet_kwh": past["vehicle_unmet_kwh"][first:].sum(),
        "hvac_kwh": (past["heating_kw"] + past["cooling_kw"])[first:].sum() * hours,
        "water_kwh": past["water_kw"][first:].sum() * hours,
        "indoor_mean_degc": indoor.mean(),
    }
    return {name: round(float(value), 3) for name, value in told.items()}


def summary(weeks: dict[str, dict]) -> dict[str, float]:
    """Return what all weeks together cost, saved and left of comfort."""
    total = {who: sum(each[who]["cost_eur"] for each in weeks.values()) for who in ("built_in", "planned")}
    comfort = {who: sum(each[who]["outside_band_kh"] for each in weeks.values()) for who in ("built_in", "planned")}
    return {
        "built_in_eur": round(total["built_in"], 2),
        "planned_eur": round(total["planned"], 2),
        "saved_ratio": round(1 - total["planned"] / total["built_in"], 4),
        "built_in_outside_band_kh": round(comfort["built_in"], 2),
        "planned_outside_band_kh": round(comfort["planned"], 2),
    }


if __name__ == "__main__":
    main()
