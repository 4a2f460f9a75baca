"""`enerwise forecast backtest` and `check`: a series tried day after day, after a look at what it is worth."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.core.time import DAY_S, Instant, TimeArray
from enerwise.core.units import Dimension, parse
from enerwise.forecast.backtest import Backtested, members_of
from enerwise.forecast.backtest import backtest as walked
from enerwise.forecast.base_load import log_findings
from enerwise.forecast.finer import FINER, finer
from enerwise.forecast.frame import QUANTILES
from enerwise.forecast.quality import Fault, Finding, findings
from enerwise.forecast.walk import Progress
from enerwise.serve import asked
from enerwise.serve.console import err, out, say
from enerwise.serve.files import STDOUT, write_csv, write_json, write_text
from enerwise.serve.forecast_pool import Pool, read_pool
from enerwise.serve.forecast_scores import card_json, card_table, scored, scored_rows
from enerwise.store.column_files import Read, Wish, forecast_columns, read_columns
from enerwise.store.columns import UNIT_OF_NAME
from enerwise.store.table import TEXT_FILES

if TYPE_CHECKING:
    from enerwise.forecast.frame import ColumnForecaster

MOST_STEPS: Final = 31 * 96
LONGEST_DAYS: Final = 31


def listed(text: str) -> tuple[str, ...]:
    """Return names between commas."""
    return tuple(each.strip() for each in text.split(",") if each.strip())


@dataclass(frozen=True, slots=True)
class Asked:
    """What is wanted, as people write it."""

    target: str
    known: str = ""
    freq: str = ""
    issue: str = "00:00"
    first: str | None = None
    last: str | None = None
    horizon: str = "24h"
    model: str = "auto"
    kind: str | None = None
    zone: str = "UTC"
    country: str = ""
    unit: str | None = None
    connection: str | None = None
    where: tuple[str, ...] = ()
    time: str | None = None
    is_recalibrated: bool = True
    accepts: bool = False
    pool: str = ""
    without: tuple[str, ...] = ()
    levels: int = QUANTILES.size
    """Quantiles of the file: 19 or 99."""

    def wish(self) -> Wish:
        """Return what is wanted of the file."""
        return Wish(
            target=self.target,
            known=listed(self.known),
            step_s=asked.step_s("--freq", self.freq) if self.freq else None,
            issue_s=asked.time_of_day("--issue", self.issue),
            time=self.time,
            where=asked.pairs("--where", self.where),
            zone=self.zone,
            country=self.country,
            kind=self.kind,
            without=self.without,
        )


@dataclass(frozen=True, slots=True)
class Files:
    """Where results are written to."""

    out: Path
    json: Path | None = None
    plot: Path | None = None

    def check(self) -> None:
        """Complain before long work about places that cannot be written to."""
        asked.target("--out", self.out, (".csv", ".parquet"))
        asked.target("--json", self.json)
        asked.target("--plot", self.plot, (".svg",))


def check(path: Path, wish: Asked, json: Path | None) -> None:
    """Look a series over and tell what was found."""
    asked.target("--json", json)
    found = look(read_columns(path, wish.wish()), wish)
    if json is not None:
        write_json(json, {"findings": [finding_json(each) for each in found]})
    if json != STDOUT:
        tell(found)
        if not found:
            say("Nothing conspicuous was found.")
    refuse(found, wish, path)


def backtest(path: Path, wish: Asked, files: Files) -> None:
    """Forecast day after day and write every forecast."""
    files.check()
    if wish.levels not in (QUANTILES.size, FINER.size):
        raise asked.wrong("--levels", str(wish.levels), f"write {QUANTILES.size} or {FINER.size}")
    read = read_columns(path, wish.wish())
    horizon = horizon_steps(wish.horizon, read.frame.grid.step_s)
    members, said = members_of(read.frame.kind, wish.model)
    pool = read_pool(wish.pool, wish.wish(), read)
    members = (*members, *pool.members)
    issues = issues_of(read, wish, horizon)
    found = look(read, wish)
    refuse(found, wish, path)
    with bar() as progress:
        done = walked(read.frame, issues, horizon, members, is_recalibrated=wish.is_recalibrated, progress=progress)
    write_csv(files.out, columns_of(files.out, read, done, horizon, wish.levels))
    notes = (*said, *pool.notes, *done.notes, *assumed(read))
    manifest = manifest_of(path, read, wish, done, members, (*notes, *map(str, found))) | pool_json(pool)
    write_json(manifest_path(files.out), manifest)
    card = scored(read, done, horizon)
    if files.json is not None:
        write_json(files.json, manifest | card_json(card))
    if files.plot is not None:
        from enerwise.serve.plot.forecast import forecast_svg

        write_text(files.plot, forecast_svg(scored_rows(read, done, horizon), title=f"{wish.target}: forecast"))
    if files.json != STDOUT:
        show(read, done, card, (*notes, *(f"Data: {each}" for each in found)), files)


def show(read: Read, done: Backtested, card: Any, notes: tuple[str, ...], files: Files) -> None:
    """Print the score, who was listened to, and what should be known beside it."""
    out().print(card_table(card, read.frame.name))
    weight = done.weight.mean(axis=0)
    listened = [f"{name} {share:.0%}" for name, share in zip(done.members, weight, strict=True) if share >= 0.005]
    say(f"Weights: {', '.join(listened)}")
    from enerwise.forecast.scorecard import summary_lines

    for line in (*summary_lines(card), *notes):
        say(f"- {line}")
    say(f"Written: {files.out} and {manifest_path(files.out)}")


def look(read: Read, wish: Asked) -> tuple[Finding, ...]:
    """Return what the data show."""
    connection_w = asked.power_w("--connection", wish.connection) if wish.connection else None
    unit_w = power_w_of(wish.unit or unit_of(wish.target), read.frame.grid.step_s, is_told=wish.unit is not None)
    logged = () if read.meter is None else log_findings(read.meter, read.logs, read.frame.name)
    found = findings(read.frame, read.others, unit_w=unit_w, connection_w=connection_w)
    return tuple(sorted((*logged, *found), key=lambda each: not each.refuses))


def unit_of(target: str) -> str | None:
    """Return the unit that a column's name tells, None where it tells none."""
    return next((unit for ending, unit in UNIT_OF_NAME.items() if target.endswith(ending)), None)


def power_w_of(unit: str | None, step_s: int, *, is_told: bool) -> float | None:
    """Return the mean power for which 1 of a unit stands; None where it is no power and no energy. [W]"""
    if not unit:
        return None
    for dimension, factor in ((Dimension.POWER, 1.0), (Dimension.ENERGY, 3600.0 / step_s)):
        try:
            return parse(f"1 {unit.removesuffix(' per step')}", dimension) * factor
        except UnitError:
            continue
    if is_told:
        raise asked.wrong("--unit", unit, "write a unit of power or energy, such as kW or kWh")
    return None


def refuse(found: tuple[Finding, ...], wish: Asked, path: Path) -> None:
    """Stop where the data would teach a fault.

    Raises:
        ProblemsFound: They would, and nobody said to go on.
    """
    # A young home is what a pool is for.
    refusals = [each for each in found if each.refuses and not (wish.pool and each.fault is Fault.SHORT)]
    if refusals and not wish.accepts:
        told = [Problem(f"{each.fault}, {each.where}", each.message, each.remedy) for each in refusals]
        raise ProblemsFound(f"{path} (--accept goes on all the same)", told)


def tell(found: tuple[Finding, ...]) -> None:
    """Print findings, a line each."""
    for each in found:
        say(f"{'Refused' if each.refuses else 'Note'}: {each}")


def finding_json(each: Finding) -> dict[str, Any]:
    """Return a finding as programs read it."""
    return {
        "fault": str(each.fault),
        "where": each.where,
        "message": each.message,
        "remedy": each.remedy,
        "refuses": each.refuses,
    }


def horizon_steps(text: str, step_s: int) -> int:
    """Return a horizon in steps."""
    try:
        seconds = parse(
            text.strip().removesuffix("d") + " days" if text.strip().endswith("d") else text, Dimension.DURATION
        )
    except UnitError as error:
        raise asked.wrong("--horizon", text, error.remedy) from None
    if seconds < step_s or seconds % step_s or seconds > LONGEST_DAYS * DAY_S:
        remedy = f"write a whole number of steps of {step_s} s, at most {LONGEST_DAYS} days, such as 24h, 7d or 30d"
        raise asked.wrong("--horizon", text, remedy)
    return int(seconds) // step_s


def issues_of(read: Read, wish: Asked, horizon: int) -> TimeArray:
    """Return the daily issues from the first day to the last; by default the last eight weeks that came true."""
    grid, issue_s = read.frame.grid, asked.time_of_day("--issue", wish.issue)
    measured = np.flatnonzero(np.isfinite(read.frame.target))
    end = grid.part(int(measured[-1]) + 1, 0).start_utc if measured.size else grid.end_utc
    day_ms = np.timedelta64(DAY_S * 1000, "ms")
    issue_ms, span = np.timedelta64(issue_s * 1000, "ms"), np.timedelta64(horizon * grid.step_s * 1000, "ms")
    last_day = asked.day("--to", wish.last, "UTC") if wish.last else _midnight(end - span - issue_ms)
    first_day = asked.day("--from", wish.first, "UTC") if wish.first else last_day - 55 * day_ms
    if first_day > last_day:
        raise asked.wrong("--from", str(first_day)[:10], f"choose a day up to {str(last_day)[:10]}")
    issues = np.arange(first_day + issue_ms, last_day + issue_ms + day_ms, day_ms)
    if issues[0] < grid.start_utc or issues[0] > end:
        message = f"{str(issues[0])[:16]} lies outside the data, {str(grid.start_utc)[:16]} to {str(end)[:16]}"
        raise ProblemsFound("command line", [Problem("--from", message, "choose a day of the data")])
    if int((issues[0] - grid.start_utc) / np.timedelta64(1, "ms")) % (grid.step_s * 1000):
        raise asked.wrong("--issue", wish.issue, f"choose a time at which a step of {grid.step_s} s begins")
    return np.asarray(issues)


def _midnight(at: Instant) -> Instant:
    return np.datetime64(at.astype("datetime64[D]"), "ms")


def columns_of(path: Path, read: Read, done: Backtested, horizon: int, levels: int) -> dict[str, Any]:
    """Return the columns of the forecast file, on the stamps of the data."""
    step_ms = np.timedelta64(read.frame.grid.step_s * 1000, "ms")
    named = np.arange(horizon) + (1 if read.names_end else 0)
    at = (done.issues[:, None] + named * step_ms).ravel()
    issue = np.repeat(done.issues, horizon)
    if path.suffix.lower() in TEXT_FILES and not read.has_offset:
        # A stamp on a local clock must not claim to be UTC.
        at, issue = (np.array([str(each)[:19] for each in times]) for times in (at, issue))
    value = done.value.reshape(-1, QUANTILES.size)
    return forecast_columns(at, issue, *((FINER, finer(value)) if levels == FINER.size else (QUANTILES, value)))


def manifest_path(path: Path) -> Path:
    """Return where it is written what a forecast file is."""
    return path.with_name(f"{path.name}.manifest.json")


def manifest_of(
    path: Path,
    read: Read,
    wish: Asked,
    done: Backtested,
    members: "tuple[ColumnForecaster, ...]",
    notes: tuple[str, ...],
) -> dict[str, Any]:
    """Return what a forecast file is: of what, by whom, from which data."""
    return {
        "target": wish.target,
        "where": dict(asked.pairs("--where", wish.where)),
        "time": wish.time,
        "data": path.name,
        "data_sha256": read.sha256,
        "kind": read.frame.kind,
        "known": list(wish.wish().known),
        "without": list(wish.without),
        "step_s": read.frame.grid.step_s,
        "issue": wish.issue,
        "horizon": wish.horizon,
        "first_issue": str(done.issues[0])[:16],
        "last_issue": str(done.issues[-1])[:16],
        "model": [each.name for each in members],
        "weight": {name: float(each) for name, each in zip(done.members, done.weight.mean(axis=0), strict=True)},
        "is_recalibrated": wish.is_recalibrated,
        "notes": list(notes),
    }


def pool_json(pool: Pool) -> dict[str, Any]:
    """Return whom a young home learned from, for the manifest."""
    return {"pool": [{"series": name, "sha256": sha256} for name, sha256 in pool.files]} if pool.files else {}


def assumed(read: Read) -> tuple[str, ...]:
    """Return what a result rests on that the data cannot show."""
    told = [
        each
        for each in read.frame.columns
        if not any(word in each.lower() for word in ("forecast", "predict", "holiday"))
    ]
    notes = [f"{each} adds up over each day: what it gains is used" for each in read.sums]
    if read.dark_count:
        notes.append(f"{read.dark_count} empty cells at night count as zero")
    if told:
        notes.append(f"{', '.join(told)} counted as known ahead: if measured later, this is a perfect forecast of them")
    return tuple(notes)


@contextmanager
def bar() -> Iterator[Progress]:
    """Show how far the walk is, on a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    shown = Bar(
        TextColumn("forecasts"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=err(), transient=True
    )
    with shown:
        task = shown.add_task("", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
