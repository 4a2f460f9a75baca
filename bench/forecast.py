"""Day-ahead forecasts of the developer series beside their published references, and what a home's forecast costs.

Each series is walked forward day by day with the whole ladder; ``alone`` is the LightGBM member of the same walk, not
mixed and not recalibrated. References are LightGBM forecasts that come with the data (shared/data/references).
"""

import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from enerwise.core.time import TimeArray, cpu_s, elapsed_s, instant
from enerwise.core.units import BoolArray, FloatArray
from enerwise.forecast.backtest import backtest, members_of
from enerwise.forecast.frame import MEDIAN, ColumnFrame
from enerwise.forecast.trained import Trained, train
from enerwise.store.column_files import Wish, read_columns, read_forecast

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
HOMES = "citylearn2022_houses/houses.parquet"
WEATHER = ("radiation", "temp", "windspeed_100m", "clouds")
FLEET = 1000
DAY = np.timedelta64(86_400_000, "ms")


@dataclass(frozen=True, slots=True)
class Case:
    """A series, its window and what is known ahead of it."""

    name: str
    path: str
    target: str
    first: str
    last: str
    known: tuple[str, ...] = ()
    where: Mapping[str, str] = field(default_factory=dict)
    kind: str = "load"
    country: str = ""
    zone: str = "UTC"
    issue_s: int = 0

    def frame(self) -> ColumnFrame:
        wish = Wish(
            self.target,
            self.known,
            where=self.where,
            kind=self.kind,
            country=self.country,
            zone=self.zone,
            issue_s=self.issue_s,
        )
        return read_columns(DATA / self.path, wish).frame


def a_home(number: int, kind: str = "load") -> Case:
    target = "load_kwh" if kind == "load" else "pv_w_per_kwp"
    where = {"building": str(number)}
    return Case(f"house_{number}_{kind}", HOMES, target, "2017-06-05", "2017-07-30", where=where, kind=kind)


def victoria(name: str, first: str, last: str) -> Case:
    return Case(
        name,
        "victoria_load_30min/load.parquet",
        "demand_mwh_per_halfhour",
        first,
        last,
        ("temperature_c", "holiday@always"),
        country="AU-VIC",
        zone="Etc/GMT-10",
        issue_s=14 * 3600,
    )


CASES = (
    a_home(1),
    a_home(4),
    a_home(9),
    a_home(4, "pv"),
    Case("liander_287", "liander_15min/pid_287.parquet", "load_mw", "2021-01-02", "2021-01-27", WEATHER),
    Case("liander_287 bare", "liander_15min/pid_287.parquet", "load_mw", "2021-01-02", "2021-01-27"),
    Case("liander_307", "liander_15min/pid_307.parquet", "load_mw", "2021-01-02", "2021-01-27", WEATHER),
    Case("konstanz", "opsd_konstanz_res4/home.parquet", "load_kwh", "2016-08-01", "2016-09-25"),
    Case("bdg2", "bdg2_building/b1.parquet", "load_kwh", "2016-08-01", "2016-09-25"),
    victoria("victoria_2013", "2013-01-01", "2013-12-30"),
    victoria("victoria_december", "2013-12-02", "2013-12-29"),
)


@dataclass(frozen=True, slots=True)
class Result:
    """Figures of one series."""

    steps: int
    mae: float
    naive: float
    reference: float
    alone: float
    held: float
    held_uncertain: float
    accuracy: float
    accuracy_of_range: float
    cpu_s: float


def measured(case: Case) -> Result:
    """Walk one series."""
    frame, began_s = case.frame(), cpu_s()
    horizon = 86_400 // frame.grid.step_s
    days = np.arange(instant(case.first), instant(case.last) + DAY, DAY)
    issues = days + np.timedelta64(case.issue_s * 1000, "ms")
    done = backtest(frame, issues, horizon, members_of(case.kind)[0])
    took_s = cpu_s() - began_s
    first = np.array([frame.grid.step_at(each) for each in issues])
    week = frame.target[first[:, None] - 7 * horizon + np.arange(horizon)]
    both = np.isfinite(done.truth) & np.isfinite(week)
    trees = done.members.index("trees")
    held = (done.truth >= done.value[..., 1]) & (done.truth <= done.value[..., 17])
    uncertain = both & (done.value[..., 17] > done.value[..., 1])
    truth = done.truth[both]

    def mae(value: FloatArray) -> float:
        return float(np.abs(truth - value[both]).mean())

    own = mae(done.value[..., MEDIAN])
    low, high = np.quantile(truth, [0.01, 0.99])
    return Result(
        truth.size,
        own,
        mae(week),
        _reference(case, done.truth, both, issues, frame),
        mae(done.said[:, trees, :, MEDIAN]),
        float(held[both].mean()),
        float(held[uncertain].mean()),
        1 - own / abs(float(truth.mean())),
        1 - own / float(high - low),
        took_s,
    )


def _reference(case: Case, truth: FloatArray, both: BoolArray, issues: TimeArray, frame: ColumnFrame) -> float:
    """Return the error of the published reference on the same steps, NaN where there is none."""
    path = DATA / "references" / f"{case.name.removesuffix(' bare')}.parquet"
    if not path.exists():
        return float("nan")
    read = read_forecast(path)
    at = issues[:, None] + np.arange(truth.shape[1]) * np.timedelta64(frame.grid.step_s * 1000, "ms")
    place = np.clip(np.searchsorted(read.at, at), 0, read.at.size - 1)
    value = np.where(read.at[place] == at, read.value[place, 1], np.nan)
    return float(np.nanmean(np.abs(truth - value)[both]))


def table(results: Mapping[str, Result]) -> Table:
    """Return the figures, a line a series."""
    made = Table(title="Day-ahead forecasts; rMAE against the week before")
    columns = "series steps MAE rMAE reference ratio alone 80% uncertain accuracy of_range CPU_s"
    for name in columns.split():
        made.add_column(name, justify="left" if name == "series" else "right")
    for name, each in results.items():
        made.add_row(
            name,
            str(each.steps),
            f"{each.mae:.4g}",
            *(f"{part / each.naive:.3f}" for part in (each.mae, each.reference)),
            f"{each.mae / each.reference:.3f}",
            f"{each.alone / each.naive:.3f}",
            *(f"{part:.3f}" for part in (each.held, each.held_uncertain, each.accuracy, each.accuracy_of_range)),
            f"{each.cpu_s:.0f}",
        )
    return made


def summary(results: Mapping[str, Result]) -> str:
    """Return the averages over the series that have a reference, the usual settings only."""
    told = [each for name, each in results.items() if np.isfinite(each.reference) and "bare" not in name]
    if not told:
        return "no series with a reference among these"
    ratio = np.mean([each.mae / each.reference for each in told])
    held = np.mean([each.held for each in results.values()])
    return f"mean ratio to the reference {ratio:.3f} over {len(told)} series; mean 80 % band holds {held:.3f}"


@dataclass(frozen=True, slots=True)
class Cost:
    """What forecasts of a home cost one ladder."""

    training_s: float
    """Of processor time, for a home-year, with weights and bands."""
    one_ms: float
    """Of processor time, for a day ahead with quantiles."""
    fleet_cpu_s: float
    """Of the busier of two processes."""
    fleet_s: float
    """By the clock."""


def cost(model: str) -> Cost:
    """Return what training and forecasting a home costs, and a thousand homes on two processes."""
    frame, issue = a_home(1).frame(), instant("2017-07-30")
    began_s = cpu_s()
    trained = train(frame, members_of("load", model)[0], issue, 24)
    trained_s = cpu_s() - began_s
    known = frame.as_of(issue, 24)
    one_ms = min(_took_s(lambda: trained.predict(known)) for _ in range(10)) * 1e3
    began_s = elapsed_s()
    with ProcessPoolExecutor(2) as pool:
        cpu = list(pool.map(_many, [trained] * 2, [frame] * 2, [FLEET // 2] * 2))
    return Cost(trained_s, one_ms, max(cpu), elapsed_s() - began_s)


def cost_table() -> Table:
    """Return the costs of the whole ladder beside those of LightGBM alone, and what they may be."""
    ladder, alone = cost("auto"), cost("trees")
    made = Table(title="What forecasts of a home cost")
    for name in ("", "ladder", "LightGBM alone", "at most"):
        made.add_column(name, justify="right" if name else "left")
    for words, name, most in (
        ("training of a home-year, weights and bands included, s CPU", "training_s", "10"),
        ("a day-ahead forecast with quantiles, ms CPU", "one_ms", "50"),
        (f"{FLEET} homes on two processes, s CPU of the busier", "fleet_cpu_s", ""),
        (f"{FLEET} homes on two processes, s by the clock", "fleet_s", "30"),
    ):
        made.add_row(words, f"{getattr(ladder, name):.1f}", f"{getattr(alone, name):.1f}", most)
    return made


def _many(trained: Trained, frame: ColumnFrame, count: int) -> float:
    issue, began_s = instant("2017-07-30"), cpu_s()
    for _ in range(count):
        trained.predict(frame.as_of(issue, 24))
    return cpu_s() - began_s


def _took_s(work: Callable[[], object]) -> float:
    began_s = cpu_s()
    work()
    return cpu_s() - began_s


def main() -> None:
    """Print the table and the costs; names of series as arguments choose among them, `cost` the costs alone."""
    if not DATA.exists():
        sys.exit(f"{DATA} is absent: the series that this measures cannot be given away with the product")
    asked = [each for each in sys.argv[1:] if each != "forecast"]
    chosen = [case for case in CASES if not asked or case.name in asked]
    results: dict[str, Result] = {}
    for case in chosen:
        results[case.name] = measured(case)
        Console(stderr=True, width=160).print(results[case.name])
    if results:
        Console(width=160).print(table(results))
        Console().print(summary(results))
    if not asked or "cost" in asked:
        Console(width=160).print(cost_table())


if __name__ == "__main__":
    main()
