"""Drive CityLearn 1.3.6 through a year with the product's planner and forecasters, and tell the official 2022 score.

The simulator stands in an environment of its own, made in the cache folder at the first run; both talk by a pipe.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from apart import Apart, environment  # noqa: E402
from control import Controller  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn  # noqa: E402
from twin import Twin  # noqa: E402

INSTALLS = (
    ("--no-deps", "citylearn==1.3.6"),
    ("numpy<1.24", "pandas<2", "gym==0.24.1", "simplejson", "pillow"),
)
WEIGHTS = {1: 0.4, 2: 0.6}
HOMES = {1: "homes 1-5", 2: "homes 6-10"}


def main() -> None:
    """Run the phases asked for, telling how far they are; the last line is a JSON object with the scores."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, required=True, help="folder with 2022_phase_1 and 2022_phase_2")
    asked.add_argument("--phase", type=int, action="append", choices=tuple(WEIGHTS))
    asked.add_argument("--twin", action="store_true", help="the same world in numpy, for trials")
    asked.add_argument("--hours", type=int, help="end after so many, for trials")
    options = asked.parse_args()
    phases = tuple(options.phase or WEIGHTS)
    for phase in phases:
        if not (options.data / f"2022_phase_{phase}" / "schema.json").is_file():
            sys.exit(f"--data {options.data}: has no 2022_phase_{phase}/schema.json; name the folder of both phases")
    python = None if options.twin else environment("citylearn-1.3.6", *INSTALLS)
    scores = {}
    with progress() as shown:
        for phase in phases:
            world = opened(options.data / f"2022_phase_{phase}", python, options.hours)
            scores[HOMES[phase]] = run(world, shown, f"phase {phase}")
    result: dict[str, object] = {"benchmark": "CityLearn 1.3.6, 2022", "world": "twin" if options.twin else "citylearn"}
    result |= {name: {part: round(value, 4) for part, value in each.items()} for name, each in scores.items()}
    if len(phases) == len(WEIGHTS):
        result["weighted"] = round(sum(WEIGHTS[phase] * scores[HOMES[phase]]["score"] for phase in WEIGHTS), 4)
        result["all_time_peak"] = round(max(each["all_time_peak"] for each in scores.values()), 4)
    print(json.dumps(result))


class Remote:
    """CityLearn in a process of its own, as `Twin` shows itself."""

    def __init__(self, folder: Path, python: Path, hours: int | None) -> None:
        self._world = Apart(python, HERE / "world.py", folder, *([] if hours is None else [hours]))
        head = self._world.hear()
        self._names: list[str] = head["observations"]
        self.batteries: list[dict[str, float]] = head["batteries"]
        self.steps: int = head["steps"]

    def hours(self) -> Iterator[dict[str, np.ndarray]]:
        """Yield what is seen in each hour; between two of them `act` is called."""
        for _ in range(self.steps):
            yield dict(zip(self._names, np.array(self._world.hear()["seen"]).T, strict=True))

    def act(self, action: np.ndarray) -> None:
        """Move the batteries in the hour to come."""
        self._world.tell(action.tolist())

    def score(self) -> dict[str, float]:
        """Return the official parts, once the year is over."""
        return self._world.hear()


def opened(folder: Path, python: Path | None, hours: int | None) -> "Twin | Remote":
    """Return the world of one phase: the real one where its Python is given, else its twin."""
    return Twin(folder, hours) if python is None else Remote(folder, python, hours)


def progress() -> Progress:
    """Return bars that stay off the lines of the result."""
    parts = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f} of {task.total:.0f} h"))
    return Progress(*parts, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True))


def run(world: "Twin | Remote", shown: Progress, name: str) -> dict[str, float]:
    """Drive one phase and return its score."""
    began_s = time.process_time()
    controller = Controller(world.batteries, world.steps)
    bar = shown.add_task(name, total=world.steps)
    for hour, seen in enumerate(world.hours()):
        if hour < world.steps - 1:
            world.act(controller.act(seen))
        shown.advance(bar)
    parts = world.score()
    score = (parts["price"] + parts["emission"] + parts["grid"]) / 3
    return {"score": score, **parts, "cpu_s": time.process_time() - began_s, "solve_cpu_s": controller.solve_s}


if __name__ == "__main__":
    main()
