"""Drive the local evaluation of CityLearn 2023 (three homes, a month) with the product's planner, and tell its score.

The simulator stands in an environment of its own, made in the cache folder at the first run; both talk by a pipe.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from apart import Apart, environment  # noqa: E402
from homes import Controller, Settings  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: E402

INSTALLS = (
    ("--no-deps", "citylearn==3.0.2"),
    ("numpy<2", "pandas<3", "gymnasium<=0.28.1", "pyyaml", "simplejson", "requests", "platformdirs", "scikit-learn<1.8",
     "torch==2.13.0"),
)  # fmt: skip
FOLDER = "2023_phase_2_local_evaluation"
WEIGHTS = {
    "discomfort": 0.30,
    "carbon": 0.10,
    "ramping": 0.075,
    "load_factor": 0.075,
    "daily_peak": 0.075,
    "all_time_peak": 0.075,
    "thermal_resilience": 0.15,
    "unserved_energy": 0.15,
}


def main() -> None:
    """Run the month, telling how far it is; the last line is a JSON object with the score and its parts."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, required=True, help=f"folder with {FOLDER}")
    asked.add_argument("--reserve", type=float, default=Settings.reserve_ratio, help="of each battery, for outages")
    options = asked.parse_args()
    schema = options.data / FOLDER / "schema.json"
    if not schema.is_file():
        sys.exit(f"--data {options.data}: has no {FOLDER}/schema.json; name the folder above it")
    parts = run(schema, environment("citylearn-3.0.2", *INSTALLS), Settings(reserve_ratio=options.reserve))
    score = sum(WEIGHTS[name] * parts[name] for name in WEIGHTS)
    print(json.dumps({"benchmark": "CityLearn 3.0.2, 2023", "score": round(score, 4)} | parts))


def run(schema: Path, python: Path, settings: Settings) -> dict[str, float]:
    """Drive the month and return the parts of its score."""
    world, began_s = Apart(python, HERE / "world.py", schema), time.process_time()
    head = world.hear()
    controller = Controller(head["homes"], head["steps"], settings)
    shown = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f} of {task.total:.0f} h"))
    with Progress(*shown, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        bar = progress.add_task("2023", total=head["steps"])
        while seen := world.hear():
            world.tell(in_order(head["actions"], controller.act(seen)))
            progress.advance(bar)
    return {**world.hear(), "cpu_s": round(time.process_time() - began_s, 1)}


def in_order(names: list[str], actions: dict[str, np.ndarray]) -> list[float]:
    """Return actions as the simulator wants them: home by home, in the order of its names."""
    taken = dict.fromkeys(actions, 0)
    values = []
    for name in names:
        values.append(float(actions[name][taken[name]]))
        taken[name] += 1
    return values


if __name__ == "__main__":
    main()
