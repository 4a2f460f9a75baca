"""What every second costs: a look at fifty devices by every rule we ship, and ten readings validated.

Run: ``python bench/watch.py``
"""

import sys
import timeit
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from enerwise.core.series import Key
from enerwise.core.time import instant
from enerwise.guard.supervise import Sample, start, step
from enerwise.site.validate import channel_bands, validate

COUNT = 50
NORMAL = {
    "cell_voltage_max_v": 3.3,
    "cell_voltage_min_v": 3.29,
    "cell_temperature_max_degc": 25.0,
    "soc_ratio": 0.5,
    "current_a": 10.0,
    "power_w": 520.0,
}


def main() -> None:
    """Measure and print."""
    print(f"{'':44}{'ours':>12}{'reference':>12}{'ratio':>8}  reference")
    measure_supervision()
    measure_validation()


def measure_supervision() -> None:
    """Six channels of each device; the reference looks at each value once, against one limit."""
    from enerwise.serve.rules import watched_rules
    from tests.builders import a_battery, a_load, a_pv, a_site

    site = a_site(*(a_battery(f"b{at}") for at in range(COUNT)), a_pv(), a_load())
    rules = watched_rules(site, ())
    values = {Key(f"b{at}", quantity): value for at in range(COUNT) for quantity, value in NORMAL.items()}
    state, tenth = start(rules, 0.0), 0

    def look() -> None:
        nonlocal state, tenth
        tenth += 1
        samples = {key: Sample(value + 1e-4 * (tenth % 5)) for key, value in values.items()}
        state = step(rules, state, samples, tenth / 10).state

    told("supervision: a look at 50 devices", timed(look), timed(lambda: compared(values)), "one comparison each")


def measure_validation() -> None:
    """Ten readings of a home; the reference compares each with its band."""
    from tests.builders import a_reading, a_site

    site, now = a_site(), instant("2024-07-01T12:00Z")
    turn = [a_reading(asset, 500.0 + at, start_utc=now) for at, asset in enumerate(("home", "grid") * 5)]
    bands = channel_bands(site.assets, site.connection)

    def plain() -> list[bool]:
        return [bands[each.key].lowest <= each.value <= bands[each.key].highest for each in turn]

    told("validation: ten readings", timed(lambda: validate(turn, site, now)), timed(plain), "band of each")


def compared(values: dict[Key, float]) -> np.ndarray:
    """Compare every value with a limit."""
    return np.array([value <= 4.0 for value in values.values()])


def timed(what: Callable[[], object]) -> float:
    """Return the median of many calls. [s]"""
    return float(np.median(timeit.repeat(what, number=5, repeat=31))) / 5


def told(name: str, ours_s: float, reference_s: float, reference: str) -> None:
    """Print a line."""
    ratio = ours_s / reference_s
    print(f"{name:44}{ours_s * 1e3:>9.3f} ms{reference_s * 1e3:>9.3f} ms{ratio:>8.1f}  {reference}")


if __name__ == "__main__":
    main()
