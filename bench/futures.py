"""Real homes in closed loop, planned on several kinds of futures: what each costs, and how long a plan takes.

    python bench/futures.py [--cases emhass:tou,konstanz_machines:capacity] [--days 14] [--first 60]

``paths`` are the three of today, known from the second step on; trees part later, at the hours given, into as many as
given; ``risk`` weighs the worst fifth beside the mean. ``konstanz_machines`` has a car and a heat pump, no battery.
Home, recording and tariffs are those of ``bench/results.py`` and ``bench/machines.py``; ``--first`` is the first billed
day, after four weeks of history. Prints EUR of the plan strategy and CPU of one plan in ms.
"""

import argparse
from dataclasses import replace
from typing import Final

import machines  # type: ignore[import-not-found]
import numpy as np
import results  # type: ignore[import-not-found]

from enerwise.core.series import Frame
from enerwise.run.backtest import backtest
from enerwise.site.learning import Futures
from enerwise.site.site import Site

HOUR_S: Final = 3600
WAYS: Final = {
    "paths": Futures(),
    "tree 3 h: 3": Futures((3 * HOUR_S,), (3,)),
    "tree 2 h, 10 h: 3, 2": Futures((2 * HOUR_S, 10 * HOUR_S), (3, 2)),
    "tree 3 h, 12 h: 3, 3": Futures((3 * HOUR_S, 12 * HOUR_S), (3, 3)),
    "risk 20 %": Futures(risk_ratio=0.2),
    "risk 50 %": Futures(risk_ratio=0.5),
}
MACHINES: Final = "konstanz_machines"


def main() -> None:
    """Run what was asked for and print a row each."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--cases", default=f"emhass:tou,{MACHINES}:capacity")
    asked.add_argument("--days", type=int, default=14)
    asked.add_argument("--first", type=int, default=60)
    asked.add_argument("--ways", default="/".join(WAYS))
    wish = asked.parse_args()
    for case in wish.cases.split(","):
        site, frame = home(*case.split(":"))
        per_day = round(np.timedelta64(1, "D") / (frame.start_utc[1] - frame.start_utc[0]))
        begin = (wish.first - results.WARMUP_DAYS) * per_day
        span = frame.rows(slice(begin, begin + (results.WARMUP_DAYS + wish.days) * per_day))
        for name in wish.ways.split("/"):
            site_so = replace(site, planning=WAYS[name])
            found = backtest(site_so, span, warmup_days=results.WARMUP_DAYS, strategies=("plan",)).results["plan"]
            each_ms = found.cpu_s * 1e3 / found.power_w["grid" if "grid" in found.power_w else site.assets[0].id].size
            print(f"{case:28} {wish.days} d  {name:22} {found.cost_eur:9.3f} EUR  {each_ms:6.1f} ms a step", flush=True)


def home(name: str, tariff: str) -> tuple[Site, Frame]:
    """Return a home under a tariff and its recording."""
    if name == MACHINES:
        frame = machines.recorded(None)
        return machines.a_site(frame, tariff, 0.0), frame
    site, frame, _ = results._house_of(name, tariff, None)
    return site, frame


if __name__ == "__main__":
    main()
