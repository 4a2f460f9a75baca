"""Day-ahead prices of two markets beside the published LEAR and DNN: 728 days each, learned anew every day.

Each member walks along alone, four weeks at a time; what it said is kept under the system's folder for caches until
code or data change, so a stopped run goes on where it was. A first run takes half an hour of one core.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

import enerwise.forecast.models.price as package
from enerwise.core.time import cpu_s
from enerwise.core.units import FloatArray
from enerwise.forecast.frame import MEDIAN, QUANTILES
from enerwise.forecast.models.price.days import ANCHOR_DAYS, Days, Member, days_of
from enerwise.forecast.models.price.price import HISTORY_DAYS, spoken, usual_members
from enerwise.forecast.score import coverage_ratio, mae, pinball_loss, rmae

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "enerwise" / "bench_price"
TEST_DAYS = 728
MARKETS = ("epf_de", "epf_fr")


@dataclass(frozen=True, slots=True)
class Walk:
    """What a member said of the last days before the window and of the window, and what that cost."""

    said: FloatArray
    """Shape (day, slot)"""
    cpu_s: float


def columns(market: str, file: str) -> dict[str, FloatArray]:
    """Return the columns of a file by day. Shape (day, 24)"""
    found = duckdb.connect().execute(f"select * from '{DATA / market / file}' order by 1").fetchnumpy()
    return {name: np.asarray(value).reshape(-1, 24) for name, value in found.items()}


def days_and_truth(market: str) -> tuple[Days, FloatArray]:
    """Return all days but the last price, which nobody may see, and all prices."""
    time, price, *known = columns(market, "market.parquet").values()
    first = int(time[0, 0].astype("datetime64[D]").astype(np.int64))
    told = np.stack(known, axis=1).astype(np.float64)
    return days_of(price[:-1].astype(np.float64), told, first), price.astype(np.float64)


def digest(days: Days) -> str:
    """Return a name of code and data."""
    content = hashlib.blake2b(days.digest(), digest_size=8)
    for path in sorted(Path(package.__path__[0]).glob("*.py")):
        content.update(path.read_bytes())
    return content.hexdigest()


def stretches(days: Days, first: int) -> Iterator[tuple[int, int]]:
    """Yield (from, to) of days that share an anchor."""
    while first <= days.count:
        end = min(days.count + 1, first + ANCHOR_DAYS - int(days.ordinal[first]) % ANCHOR_DAYS)
        yield first, end
        first = end


def walked(market: str, member: Member, days: Days, first: int, progress: Progress) -> Walk:
    """Return a member's whole walk, going on where an earlier run stopped."""
    path = CACHE / f"{market}_{member.name}_{digest(days)}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    said, took_s = np.zeros((0, days.target.shape[1])), 0.0
    if path.exists():
        with np.load(path) as kept:
            said, took_s = kept["said"], float(kept["cpu_s"])
    task = progress.add_task(f"{market} {member.name}", total=days.count + 1 - first, completed=len(said))
    for begin, end in stretches(days, first):
        if end - first > len(said):
            began_s = cpu_s()
            said = np.concatenate([said, member.said(days.before(end - 1), begin)])
            took_s += cpu_s() - began_s
            np.savez(path, said=said, cpu_s=took_s)
        progress.update(task, completed=end - first)
    return Walk(said, took_s)


def blend(said: FloatArray, truth: FloatArray) -> FloatArray:
    """Return what the forecaster says of the window's days, each from the weeks before it. Shape (day, 24, 19)"""
    out = []
    for day in range(HISTORY_DAYS, truth.shape[0]):
        seen = truth[day - HISTORY_DAYS : day + 1].copy()
        seen[-1] = np.nan
        out.append(spoken(said[:, day - HISTORY_DAYS : day + 1], seen))
    return np.stack(out)


def report(market: str, table: Table, progress: Progress) -> None:
    """Add the rows of one market."""
    days, price = days_and_truth(market)
    first = len(price) - TEST_DAYS - HISTORY_DAYS
    walks = {member.name: walked(market, member, days, first, progress) for member in usual_members()}
    truth, week = price[-TEST_DAYS:], price[-TEST_DAYS - 7 : -7]
    told = columns(market, "reference_forecasts.parquet")
    references = {"LEAR": told["lear_ensemble"], "DNN": told["dnn_ensemble"]}
    references["mean(LEAR, DNN)"] = (references["LEAR"] + references["DNN"]) / 2
    value = blend(np.stack([walk.said for walk in walks.values()]), price[first:])
    centres = {"last week": week} | {f"published {name}": each for name, each in references.items()}
    centres |= {name: walk.said[-TEST_DAYS:] for name, walk in walks.items()} | {"price": value[..., MEDIAN]}
    for name, centre in centres.items():
        flat = truth.ravel(), centre.ravel(), week.ravel()
        row = [market, name, f"{float(mae(*flat[:2])):.3f}", f"{float(rmae(*flat)):.3f}"]
        if name == "price":
            loss = pinball_loss(truth.ravel(), value.reshape(-1, QUANTILES.size).T, QUANTILES).mean()
            held = coverage_ratio(truth.ravel(), value[..., 1].ravel(), value[..., 17].ravel())
            row += [f"{loss:.3f}", f"{float(held):.3f}", f"{sum(walk.cpu_s for walk in walks.values()):.0f}"]
        else:
            row += ["", "", f"{walks[name].cpu_s:.0f}" if name in walks else ""]
        table.add_row(*row)


def main() -> None:
    """Print one table for both markets."""
    table = Table(title=f"{TEST_DAYS} days, EUR/MWh")
    for name in ("market", "forecast", "MAE", "rMAE", "pinball", "held by 80 %", "CPU s"):
        table.add_column(name, justify="left" if name in ("market", "forecast") else "right")
    with Progress(transient=True) as progress:
        for market in MARKETS:
            if (DATA / market / "market.parquet").exists():
                report(market, table, progress)
    Console().print(table if table.row_count else f"no price data at {DATA}")


if __name__ == "__main__":
    main()
