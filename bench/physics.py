"""How fast are the twins and the household generator? A year of 10 000 homes at 15 minutes, all in one process.

Run it by `python bench/physics.py [WEEKS]`. The reference is one multiply-add of numpy on arrays of the same length, as
often as the twins step: it tells the machine apart from the code. The batteries are asked for all that their home
lacks or has left, so that many are cut at full and empty in every step; behind the guard they rarely are.
"""

import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from enerwise.core.time import TimeGrid, cpu_s, instant
from enerwise.core.units import FloatArray
from enerwise.physics import ageing, battery, connection, pv, weather
from enerwise.physics.battery import BatteryState
from enerwise.physics.household import draw_habits, draw_load_w
from enerwise.site.assets import Battery, BatteryArrays

HOMES: Final = 10_000
WEEKS: Final = 52
STEP_S: Final = 900
STEPS_A_WEEK: Final = 7 * 86_400 // STEP_S
BERLIN: Final = "Europe/Berlin"
LOSSES: Final = {"idle_loss_w": 20.0, "resistive_ratio": 0.02, "self_discharge_w": 3.0}


def main(*, homes: int = HOMES, weeks: int = WEEKS) -> dict[str, float]:
    """Print and return the figures, in processor seconds for all weeks."""
    rng = np.random.default_rng(1)
    habits = draw_habits(rng, homes)
    capacity_wh, peak_w = rng.uniform(5_000.0, 15_000.0, homes), rng.uniform(3_000.0, 10_000.0, homes)
    plain, lossy = fleet(capacity_wh, {}), fleet(capacity_wh, LOSSES)
    plain_state, lossy_state = BatteryState.new(plain), BatteryState.new(lossy)
    year = TimeGrid(instant("2023-01-02", zone=BERLIN), STEP_S, weeks * STEPS_A_WEEK)
    spent: dict[str, float] = {}
    for week in range(weeks):
        grid = year.part(week * STEPS_A_WEEK, STEPS_A_WEEK)
        with timed(spent, "weather"):
            air = weather.draw(grid, weather.Place(), rng=rng)
            share_w = pv.available_w(air.irradiance_w_per_m2, air.temperature_degc, 1.0)
        with timed(spent, "generator"):
            load_w = draw_load_w(habits, grid, BERLIN, rng=rng, temperature_degc=air.temperature_degc)
        with timed(spent, "twins, constant efficiency"):
            plain_state = a_week(plain, plain_state, load_w, share_w, peak_w)
        with timed(spent, "twins, every loss"):
            lossy_state = a_week(lossy, lossy_state, load_w, share_w, peak_w)
        with timed(spent, "ageing, weekly"):
            plain_state = ageing.age(plain, plain_state, elapsed_s=7 * 86_400.0)
            lossy_state = ageing.age(lossy, lossy_state, elapsed_s=7 * 86_400.0)
        with timed(spent, "reference"):
            for step in range(grid.step_count):
                _ = load_w[:, step] * peak_w + capacity_wh
    report(spent, homes, weeks, plain_state)
    return spent


def fleet(capacity_wh: FloatArray, losses: dict[str, Any]) -> BatteryArrays:
    return BatteryArrays.of([Battery("battery", size, 0.4 * size, 0.4 * size, **losses) for size in capacity_wh])


@contextmanager
def timed(spent: dict[str, float], name: str) -> Iterator[None]:
    begun_s = cpu_s()
    yield
    spent[name] = spent.get(name, 0.0) + cpu_s() - begun_s


def a_week(
    facts: BatteryArrays, state: BatteryState, load_w: FloatArray, share_w: FloatArray, peak_w: FloatArray
) -> BatteryState:
    """PV, battery and connection through a week."""
    for step in range(load_w.shape[1]):
        home_w = load_w[:, step]
        roof_w = pv.step(share_w[step] * peak_w, peak_w, np.inf)
        state, flow = battery.step(facts, state, -home_w - roof_w, ambient_degc=20.0, step_s=STEP_S)
        _ = connection.over_export_w(home_w + roof_w + flow.power_w, 5_000.0)
    return state


def report(spent: dict[str, float], homes: int, weeks: int, state: BatteryState) -> None:
    steps = weeks * STEPS_A_WEEK
    print(f"{homes} homes, {steps} steps of {STEP_S} s, processor seconds")
    for name, each_s in spent.items():
        ratio = each_s / spent["reference"]
        print(f"  {name:27}{each_s:8.2f} s {each_s / steps * 1e6:8.0f} us a step {ratio:8.1f} x reference")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  peak memory {peak_mb:.0f} MB; mean state of health at the end {state.soh_ratio.mean():.4f}")


if __name__ == "__main__":
    main(weeks=int(sys.argv[1]) if sys.argv[1:] else WEEKS)
