"""CityLearn 1.3.6 behind a pipe: runs in an environment of its own, reads actions and tells observations, line by line.

The data set names columns as later versions do; this one gets a copy with the names it knows.
"""

import json
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

AHEAD = {"_predicted_1": "_predicted_6h", "_predicted_2": "_predicted_12h", "_predicted_3": "_predicted_24h"}


def renamed(source: Path, target: Path, hours: int | None) -> Path:
    """Copy a data set, with the names that version 1.3.6 reads, ending after so many hours where they are given."""
    for file in source.iterdir():
        shutil.copyfile(file, target / file.name)
    schema = (target / "schema.json").read_text()
    for later, here in AHEAD.items():
        schema = schema.replace(later, here)
    if hours is not None:
        schema = json.dumps(json.loads(schema) | {"simulation_end_time_step": hours - 1})
    (target / "schema.json").write_text(schema)
    head, _, rest = (target / "carbon_intensity.csv").read_text().partition("\n")
    (target / "carbon_intensity.csv").write_text(head.replace("carbon_intensity", "kg_CO2/kWh") + "\n" + rest)
    return target / "schema.json"


def main() -> None:
    """Tell what is observed, take the actions for the next hour, until the year is over; then tell the score."""
    pipe = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # What libraries print must not get between the lines.
    warnings.simplefilter("ignore")
    from citylearn.citylearn import CityLearnEnv

    hours = int(sys.argv[2]) if len(sys.argv) > 2 else None

    with tempfile.TemporaryDirectory() as folder:
        env = CityLearnEnv(renamed(Path(sys.argv[1]), Path(folder), hours))
        names = env.buildings[0].active_observations
        batteries = [each.electrical_storage for each in env.buildings]
        facts = [{"capacity_kwh": each.capacity, "power_kw": each.nominal_power} for each in batteries]
        pipe.write(json.dumps({"observations": names, "batteries": facts, "steps": env.time_steps}) + "\n")
        seen = env.reset()
        while True:
            pipe.write(json.dumps({"seen": [list(map(float, each)) for each in seen]}) + "\n")
            pipe.flush()
            if env.done:
                break
            actions = json.loads(sys.stdin.readline())
            seen, _, _, _ = env.step([[each] for each in actions])
        price, emission, grid = map(float, env.evaluate())
        power = list(map(float, env.net_electricity_consumption))
        idle = list(map(float, env.net_electricity_consumption_without_storage))
        peak = max(power) / max(idle)
        pipe.write(json.dumps({"price": price, "emission": emission, "grid": grid, "all_time_peak": peak}) + "\n")
        pipe.flush()


if __name__ == "__main__":
    main()
