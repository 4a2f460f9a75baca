"""CityLearn 3.x behind a pipe: in an environment of its own, it reads actions and tells observations line by line."""

import json
import os
import sys
import warnings
from collections import defaultdict
from typing import Any

PARTS = {
    "discomfort_proportion": "discomfort",
    "carbon_emissions_total": "carbon",
    "ramping_average": "ramping",
    "daily_one_minus_load_factor_average": "load_factor",
    "daily_peak_average": "daily_peak",
    "all_time_peak_average": "all_time_peak",
    "one_minus_thermal_resilience_proportion": "thermal_resilience",
    "power_outage_normalized_unserved_energy_total": "unserved_energy",
}


def facts_of(building: Any) -> dict[str, float]:
    """Return what stands in a home, as its data sheet tells."""
    battery, cooling = building.electrical_storage, building.cooling_device
    return {
        "capacity_kwh": float(battery.capacity),
        "power_kw": float(battery.nominal_power),
        "least_soc_ratio": 1.0 - float(battery.depth_of_discharge),
        "cooling_kw": float(cooling.nominal_power),
        "cooling_efficiency": float(cooling.efficiency),
        "cooling_target_degc": float(cooling.target_cooling_temperature),
        "water_efficiency": float(building.dhw_device.efficiency),
    }


def seen_of(names: list[str], values: list[float]) -> dict[str, list[float]]:
    """Sort observations by name: what each home tells has a value for each, what all share has one."""
    seen: dict[str, list[float]] = defaultdict(list)
    for name, value in zip(names, values, strict=True):
        seen[name].append(float(value))
    return dict(seen)


def rooms_degc(env: Any) -> list[float]:
    """Return what a thermometer in each room shows as the hour begins.

    Version 3.0.2 observes the recorded temperature in its place: that of a room which was cooled as it wished.
    """
    last = max(env.time_step - 1, 0)
    return [float(each.energy_simulation.indoor_dry_bulb_temperature[last]) for each in env.buildings]


def main() -> None:
    """Tell what is observed, take the actions, until the month is over; then tell the parts of the score."""
    pipe = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What libraries print must not get between the lines.
    warnings.simplefilter("ignore")
    from citylearn.citylearn import CityLearnEnv

    env = CityLearnEnv(sys.argv[1], central_agent=True)
    head = {
        "homes": [facts_of(each) for each in env.buildings],
        "actions": env.action_names[0],
        "steps": env.time_steps,
    }
    pipe.write(json.dumps(head) + "\n")
    observations, _ = env.reset()
    while not env.terminated:
        seen = seen_of(env.observation_names[0], observations[0]) | {"room_degc": rooms_degc(env)}
        pipe.write(json.dumps(seen) + "\n")
        pipe.flush()
        observations, _, _, _, _ = env.step([json.loads(sys.stdin.readline())])
    pipe.write("{}\n")
    told = env.evaluate()
    told = told[told["name"] == "District"].set_index("cost_function")["value"]
    pipe.write(json.dumps({PARTS[each]: float(told[each]) for each in PARTS}) + "\n")
    pipe.flush()


if __name__ == "__main__":
    main()
