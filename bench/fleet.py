"""A year of ten thousand homes through generator, law, guard and twins, against bare arithmetic on the same arrays."""

import resource

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from enerwise.core.time import TimeGrid, cpu_s, instant
from enerwise.physics.battery import BatteryState
from enerwise.run.fleet import Homes, Meters, generated, play
from enerwise.site.assets import Battery

HOMES, STEP_S = 10_000, 900
STEPS = 366 * 86_400 // STEP_S
SEED = 1


def homes(count: int, rng: np.random.Generator) -> tuple[Homes, np.ndarray]:
    """Return homes with batteries of 5 to 15 kWh and PV of 3 to 10 kWp."""
    capacity_wh = rng.uniform(5e3, 15e3, count)
    batteries = [
        Battery(f"b{at}", wh, 0.4 * wh, 0.4 * wh, soc_min_ratio=0.1, soc_max_ratio=0.9)
        for at, wh in enumerate(capacity_wh)
    ]
    peak_w = rng.uniform(3e3, 10e3, count)
    limits = {"output_limit_w": 0.9 * peak_w, "import_limit_w": np.full(count, 24e3), "export_limit_w": 0.7 * peak_w}
    return Homes.of(batteries, **limits), peak_w


def reference_s() -> float:
    """Return the processor time of one multiply-add over as many numbers as the year has. [s]"""
    one, two = np.ones(HOMES), np.full(HOMES, 0.5)
    began_s = cpu_s()
    for _ in range(STEPS):
        one = one * 0.5 + two
    return cpu_s() - began_s


def main() -> None:
    """Run the year and print the figures."""
    rng = np.random.default_rng(SEED)
    began_s = cpu_s()
    fleet, peak_w = homes(HOMES, rng)
    state, meters = BatteryState.new(fleet.batteries), Meters.zero(HOMES)
    grid = TimeGrid(instant("2024-01-01T00:00Z"), STEP_S, STEPS)
    blocks = generated(grid, "Europe/Berlin", peak_w, rng=rng)
    for block in track(blocks, description="weeks", total=-(-STEPS // 672)):
        state = play(fleet, state, [block], meters)
    took_s = cpu_s() - began_s
    plain_s = reference_s()
    table = Table(title=f"{HOMES} homes, {STEPS} steps of 15 min, input included")
    for name in ("CPU s", "multiply-add s", "ratio", "peak memory MB", "import MWh", "export MWh", "curtailed MWh"):
        table.add_column(name, justify="right")
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    energies = [each.sum() / 1e6 for each in (meters.import_wh, meters.export_wh, meters.curtailed_wh)]
    figures = [took_s, plain_s, took_s / plain_s, memory_mb, *energies]
    table.add_row(*(f"{each:,.1f}" for each in figures))
    Console().print(table)


if __name__ == "__main__":
    main()
