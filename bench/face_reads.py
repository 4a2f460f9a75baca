"""What a page waits for: a month of savings and the plan, beside plain loops over the same numbers.

Run: ``python bench/face_reads.py``
"""

import sys
import tempfile
import timeit
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.accuracy import Scores
from enerwise.serve.outlooks.daybook import DayBook
from enerwise.serve.outlooks.reports import money_between, savings_data
from enerwise.site.site import Site
from enerwise.store.copy import copy_all
from enerwise.store.sqlite import SqliteStore
from enerwise.store.store import Store

MONTH, DAYS = "2024-06-01", 30


def main() -> None:
    """Measure and print."""
    print(f"{'':44}{'ours':>12}{'reference':>12}{'ratio':>8}  reference")
    measure_month()
    measure_plan()


def measure_month() -> None:
    """A month of turns of a minute from SQLite: bill, three baselines, shares, gaps."""
    from tests.serve.outlooks.builders import a_lived, a_priced_site, after, day_of

    site = a_priced_site()
    now = after(site, MONTH, DAYS)
    first, last = day_of(MONTH), day_of(MONTH) + DAYS - 1
    with tempfile.TemporaryDirectory() as folder:
        store = SqliteStore(Path(folder) / "home.db")
        copy_all(a_lived(site, MONTH, DAYS, step_s=60), store)
        store.flush(wait_s=30.0)
        scores = Scores(store, site)

        def read(book: DayBook) -> bytes:
            days = money_between(book, site, first, last, now)
            return to_json(savings_data(days, site, scores, (first, last), "day", now))

        warm = DayBook(store, site)
        read(warm)
        loop_s = timed(lambda: looped_eur(store, site, first, last), repeat=1)
        told(
            "savings of a month, first time", timed(lambda: read(DayBook(store, site)), repeat=3), loop_s, "plain loop"
        )
        told("savings of a month, again", timed(lambda: read(warm), repeat=15), loop_s, "plain loop")
        store.close()


def looped_eur(store: Store, site: Site, first: int, last: int) -> float:
    """Return what was paid, and what self-consumption would have cost, minute by minute in plain Python."""
    from enerwise.serve.outlooks.measured import day_grid
    from enerwise.site.assets import Battery

    (battery,) = site.of_kind(Battery)
    one_way = battery.one_way_ratio
    total = 0.0
    for day in range(first, last + 1):
        grid = day_grid(day, site.timezone)
        frame = store.read_frame([Key(each, POWER_W) for each in ("grid", "home", "roof")], grid)
        buy = site.tariff.import_eur_per_kwh(grid, site.timezone).tolist()
        sell = site.tariff.export_eur_per_kwh(grid, site.timezone).tolist()
        energy_wh = battery.capacity_wh / 2
        for (grid_w, home_w, roof_w), price, feed_in in zip(frame.value.tolist(), buy, sell, strict=True):
            total += (grid_w * price if grid_w > 0 else grid_w * feed_in) / 60e3
            rest_w = home_w + roof_w
            room_w = (battery.energy_max_wh - energy_wh) * 60 / one_way
            spare_w = (energy_wh - battery.energy_min_wh) * 60 * one_way
            power_w = max(min(-rest_w, battery.charge_limit_w, room_w), -battery.discharge_limit_w, -spare_w)
            energy_wh += (power_w * one_way if power_w > 0 else power_w / one_way) / 60
            after_w = rest_w + power_w
            total -= (after_w * price if after_w > 0 else after_w * feed_in) / 60e3
    return total


def measure_plan() -> None:
    """Everything about a plan of a day in quarter-hours, beside encoding its columns alone."""
    from enerwise.serve.outlooks.view import plan_view
    from tests.serve.outlooks.builders import a_made

    made = a_made()
    names = ("power_w", "energy_wh", "grid_power_w", "dual_eur_per_kwh")
    columns = {each: list(getattr(made.plan, each)) for each in names}
    ours = timed(lambda: to_json(plan_view(made, (), before=made)), repeat=15)
    told("a plan, encoded once for each plan", ours, timed(lambda: to_json(columns), repeat=15), "its columns alone")


def timed(what: Callable[[], object], *, repeat: int) -> float:
    """Return the median of some calls. [s]"""
    return float(np.median(timeit.repeat(what, number=1, repeat=repeat)))


def told(name: str, ours_s: float, reference_s: float, reference: str) -> None:
    """Print one line."""
    print(f"{name:44}{ours_s * 1e3:9.2f} ms{reference_s * 1e3:9.2f} ms{ours_s / reference_s:8.3f}  {reference}")


if __name__ == "__main__":
    main()
