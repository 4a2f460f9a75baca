"""A slot of a community for ten homes to ten thousand: forecast, bid, clear, dispatch, meter, and a durable ledger."""

import resource
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from rich.console import Console
from rich.table import Table

from enerwise.core.time import cpu_s
from enerwise.market.mechanism import mechanism
from enerwise.run.community import begin, play
from enerwise.run.community_bids import strategy
from enerwise.run.community_ledger import keep, open_accounts
from enerwise.run.community_read import read_community
from enerwise.run.community_supply import build
from enerwise.store.ledger_sqlite import SqliteLedger

COUNTS = (10, 100, 1_000, 10_000)
ALLOWED_S = {10: 0.050, 100: 0.5, 10_000: 20.0}
SLOTS = 6
TEXT = """\
name: Bench
start: 2024-06-03
days: 1
history: 7
step: 30 min
prices: {{import: 0.32 EUR/kWh, export: 0.08 EUR/kWh}}
homes:
  - count: {count}
    pv: {{share: 60 %, peak: [4 kWp, 10 kWp]}}
    battery: {{share: 50 %, capacity: 13.5 kWh, charge_limit: 5 kW, discharge_limit: 5 kW, soc: [10 %, 80 %]}}
    vehicle: {{share: 25 %}}
"""


def slot_s(count: int) -> float:
    """Return the processor time of a slot at midday, the first of a run left out."""
    community, supply = build(read_community(TEXT.format(count=count)), Path())
    run = begin(community, supply, strategy=strategy("marginal_value"), rule=mechanism("uniform"))
    list(play(run, 20))
    traded_wh = 0
    with TemporaryDirectory() as folder:
        ledger = SqliteLedger(Path(folder) / "ledger.db")
        open_accounts(ledger, community.homes)
        began_s = cpu_s()
        for slot in play(run, SLOTS):
            keep(ledger, slot, slot.slot)
            traded_wh += slot.traded.volume_wh if slot.traded else 0
        took_s = cpu_s() - began_s
        ledger.close()
    assert traded_wh > 0
    return took_s / SLOTS


def reference_s() -> float:
    """Return the processor time of sorting a million numbers."""
    numbers = np.random.default_rng(1).random(1_000_000)
    began_s = cpu_s()
    np.sort(numbers)
    return cpu_s() - began_s


def main() -> None:
    """Run communities of growing size, and print what a slot takes and how it grows."""
    took_s = {count: slot_s(count) for count in COUNTS}
    sort_s = reference_s()
    table = Table(title=f"one slot of 30 min; sorting a million numbers takes {sort_s * 1e3:.0f} ms")
    for name in ("homes", "ms", "allowed ms", "us a home", "sorts of a million"):
        table.add_column(name, justify="right")
    for count, each_s in took_s.items():
        allowed = f"{ALLOWED_S[count] * 1e3:,.0f}" if count in ALLOWED_S else ""
        row = (f"{each_s * 1e3:,.1f}", allowed, f"{each_s / count * 1e6:,.0f}", f"{each_s / sort_s:.2f}")
        table.add_row(f"{count:,}", *row)
    console = Console()
    console.print(table)
    slope = np.polyfit(np.log(list(took_s)), np.log(list(took_s.values())), 1)[0]
    last = np.diff(np.log(list(took_s.values())))[-1] / np.log(10)
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console.print(f"log-log slope {slope:.2f}, over the last tenfold {last:.2f}; peak memory {memory_mb:,.0f} MB")


if __name__ == "__main__":
    main()
