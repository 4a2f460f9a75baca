"""Drive EV2Gym 2.0 with the product's planner through its scenarios, and tell the simulator's own figures."""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

import public_setpoint  # noqa: E402
import rules  # noqa: E402
import v2g_profit  # noqa: E402
from apart import Apart, environment  # noqa: E402
from rich.progress import Progress, TimeElapsedColumn  # noqa: E402

PACKAGES = ("ev2gym==2.0.0", "setuptools<81", "pandapower", "numba", "psutil", "multicopula")
CONTROLLERS: dict[str, Any] = {"V2GProfitMax": v2g_profit.Controller, "PublicPST": public_setpoint.Controller}
RULES: dict[str, dict[str, Any]] = {
    "V2GProfitMax": {"at-once": rules.AtOnce, "late": rules.Late},
    "PublicPST": {"at-once": rules.AtOnce, "round-robin": rules.RoundRobin},
}
SEEDS = range(5)


def main() -> None:
    """Run scenarios and seeds, showing how far they are; the last line is a JSON object with the scores."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, help="not needed: the simulator brings its data")
    asked.add_argument("--scenario", action="append", choices=tuple(CONTROLLERS))
    asked.add_argument("--seed", type=int, action="append")
    asked.add_argument("--rule", choices=("at-once", "late", "round-robin"), help="in place of the planner")
    options = asked.parse_args()
    known = [each for each in CONTROLLERS if options.rule is None or options.rule in RULES[each]]
    if unknown := sorted(set(options.scenario or known) - set(known)):
        asked.error(f"--rule {options.rule} is not told what it needs in {', '.join(unknown)}; leave that out")
    python = environment("ev2gym-2.0.0", PACKAGES)
    result: dict[str, object] = {"benchmark": "EV2Gym 2.0.0"}
    with Progress(*Progress.get_default_columns(), TimeElapsedColumn()) as progress:
        for scenario in options.scenario or known:
            make = RULES[scenario][options.rule] if options.rule else CONTROLLERS[scenario]
            runs = [run(python, scenario, seed, progress, make) for seed in options.seed or SEEDS]
            result[scenario] = scores(runs)
            progress.console.print(f"{scenario}: {result[scenario]}")
    print(json.dumps(result))


def run(python: Path, scenario: str, seed: int, progress: Progress, make: Any) -> dict[str, float]:
    """Drive one scenario with one seed and return the simulator's statistics."""
    began_s = time.process_time()
    world = Apart(python, HERE / "world.py", scenario, seed)
    plant = world.hear()
    controller = make(plant)
    task = progress.add_task(f"{scenario}, seed {seed}", total=plant["steps"])
    for _ in range(plant["steps"]):
        world.tell(controller.act(world.hear()["seen"]))
        progress.advance(task)
    statistics = world.hear()
    world.close()
    return {**statistics, "cpu_s": time.process_time() - began_s, "solve_cpu_s": controller.solve_s}


def scores(runs: list[dict[str, float]]) -> dict[str, object]:
    """Return the mean of each figure, and the profit, satisfaction, overload and error of each seed."""
    means = {name: round(float(np.mean([each[name] for each in runs])), 4) for name in runs[0]}
    named = ("total_profits", "average_user_satisfaction", "total_transformer_overload", "tracking_error")
    return {**means, "by_seed": {name: [round(each[name], 3) for each in runs] for name in named}}


if __name__ == "__main__":
    main()
