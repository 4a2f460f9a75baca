"""Choosing how a site plans by what its own past would have cost: each way is played, the winner has to win again.

The last weeks are cut in two. In the first half every way that differs from the serving one in a single thing is
played, and what was better is put together. In the second half, of which the choice knew nothing, that challenger
stands against the serving way; it takes over only where its days were cheaper, and not by chance.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.event import Json
from enerwise.core.series import Frame
from enerwise.core.time import DAY_S, Instant, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.run.backtest import StrategyResult, backtest
from enerwise.run.planner import channels
from enerwise.run.ways import Way, Ways, read, write
from enerwise.site.site import GRID, Site
from enerwise.store.store import Store

WARMUP_DAYS: Final = 28
CERTAIN: Final = 0.05
"""A lead is believed where chance would bring it more seldom."""
LEAST_DAYS: Final = 7
"""Of each half: fewer days prove nothing."""
TRIFLE_EUR_PER_DAY: Final = 0.001
"""What saves less in the first half is not tried in the second."""
MOST_DAYS: Final = 28
EVERY_DAYS: Final = 28
"""A running site chooses so often."""
Told = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a way cost in one half."""

    way: Way
    day_eur: FloatArray
    """Of each day, the worth of what was taken from the store included. Shape (day,)"""
    is_unseen: bool = False
    """Whether it was judged on days that chose nothing."""

    @property
    def cost_eur(self) -> float:
        """Of all days."""
        return float(self.day_eur.sum())


@dataclass(frozen=True, slots=True)
class Tuned:
    """Which way shall serve, and why."""

    way: Way
    is_changed: bool
    reason: str
    trials: tuple[Trial, ...]
    saved_eur_per_day: float
    """Of the challenger against the serving way on unseen days; zero where there was none."""
    p_value: float
    """Chance of so great a lead if both were equally good; NaN without a challenger."""

    @property
    def told(self) -> dict[str, Any]:
        """Return what is kept beside the way."""
        p_value = None if np.isnan(self.p_value) else self.p_value
        return {"reason": self.reason, "saved_eur_per_day": self.saved_eur_per_day, "p_value": p_value}


def tune(
    site: Site, frame: Frame, serving: Way, *, days: int = 28, can_listen: bool = False, progress: Told | None = None
) -> Tuned:
    """Try other ways to plan on the last days of a recording.

    Args:
        site: What stands there, and what energy costs.
        frame: What was measured, on a regular grid.
        serving: How it plans now.
        days: Of each half.
        can_listen: Also try to plan without trained forecasts; they are trained anew while each half is played.
        progress: Told of what is played, how many are done, and how many there are.

    Raises:
        ProblemsFound: The recording is too short.
    """
    first, second = _halves(frame, days)
    told = progress or (lambda name, done, total: None)
    others = list(serving.others(can_listen=can_listen))
    total = len(others) + 4
    trials: list[Trial] = []

    def played(way: Way, half: Frame, *, is_unseen: bool = False) -> Trial:
        told(way.words, len(trials), total)
        trials.append(Trial(way, _day_eur(site, half, way, listens=can_listen and way.listens), is_unseen))
        return trials[-1]

    base = played(serving, first)
    tried = sorted((played(way, first) for way in others), key=lambda each: each.cost_eur)
    better = [each for each in tried if base.cost_eur - each.cost_eur > TRIFLE_EUR_PER_DAY * days]
    if not better:
        return Tuned(serving, False, "no other way was cheaper", tuple(trials), 0.0, float("nan"))
    challenger = better[0]
    if len(better) > 1:
        both = played(serving.with_all([each.way for each in better]), first)
        challenger = min(challenger, both, key=lambda each: each.cost_eur)
    return _judged(
        serving, played(serving, second, is_unseen=True), played(challenger.way, second, is_unseen=True), trials
    )


def _judged(serving: Way, own: Trial, other: Trial, trials: Sequence[Trial]) -> Tuned:
    from enerwise.forecast.scorecard import better_by_chance

    p_value = better_by_chance(other.day_eur, own.day_eur)
    saved = (own.cost_eur - other.cost_eur) / own.day_eur.size
    wins = bool(saved > 0 and p_value < CERTAIN)
    reason = (
        f"{other.way.words}: {saved:+.4f} EUR a day saved against {serving.words} over {own.day_eur.size} days that "
        f"chose nothing, by chance with {p_value:.1%}"
    )
    return Tuned(other.way if wins else serving, wins, reason, tuple(trials), saved, p_value)


def _halves(frame: Frame, days: int) -> tuple[Frame, Frame]:
    """Return both halves, each with the weeks before it to learn from."""
    if days < LEAST_DAYS:
        raise ProblemsFound("tune", [Problem("--days", f"{days} days prove nothing", f"give {LEAST_DAYS} or more")])
    step_s = int((frame.start_utc[1] - frame.start_utc[0]) / np.timedelta64(1, "s")) if len(frame) > 1 else DAY_S
    per_day = DAY_S // step_s
    have, need = len(frame) // per_day, WARMUP_DAYS + 2 * days
    if have < need:
        remedy = f"measure {need - have} days more, or give a smaller --days"
        raise ProblemsFound("tune", [Problem("data", f"{have} days, {need} are needed", remedy)])
    end, half = len(frame), days * per_day
    warm = WARMUP_DAYS * per_day
    return frame.rows(slice(end - 2 * half - warm, end - half)), frame.rows(slice(end - half - warm, end))


def _day_eur(site: Site, frame: Frame, way: Way, *, listens: bool) -> FloatArray:
    """Return what each day of a half costs if it is planned this way. Shape (day,)"""
    heard = replace(way, listens=listens)
    with TemporaryDirectory() as folder:
        registry = Path(folder) if listens else None
        done = backtest(site, frame, strategies=("plan",), warmup_days=WARMUP_DAYS, way=heard, registry=registry)
    return day_eur(done.results["plan"], site, done.grid)


def day_eur(result: StrategyResult, site: Site, grid: TimeGrid) -> FloatArray:
    """Return the cost of each day: energy, and what was taken out of the batteries at the mean price of buying.

    What belongs to no day, such as fees and peaks of a month, is spread evenly; the sum is the cost of the whole.
    Shape (day,)
    """
    buy = site.tariff.import_eur_per_kwh(grid, site.timezone)
    sell = site.tariff.export_eur_per_kwh(grid, site.timezone)
    grid_w = result.power_w[GRID]
    energy = np.maximum(grid_w, 0.0) * buy - np.maximum(-grid_w, 0.0) * sell
    step_eur = energy * grid.step_h / 1e3
    if result.energy_wh.size:
        worth = float(np.mean(buy)) / 1e3
        step_eur = step_eur - np.diff(result.energy_wh, axis=1).sum(axis=0) * worth
    per_day = DAY_S // grid.step_s
    days = grid.step_count // per_day
    value = step_eur[: days * per_day].reshape(days, per_day).sum(axis=1)
    return np.asarray(value + (result.cost_eur - value.sum()) / days)


def tune_site(site: Site, store: Store, path: Path, now: Instant, *, step_s: int) -> "dict[str, Json] | None":
    """Choose anew how a running site plans, from what its store knew at a moment; the file is written where it is due.

    Args:
        site: Whose plans.
        store: What was measured.
        path: Of the way that serves.
        now: Nothing later is seen.
        step_s: Length of a step of its plans.

    Returns:
        ``series``, ``model``, ``is_promoted`` and ``reason``, as trainings tell; None where it is not due, or too
        little has been measured.
    """
    serving = Ways(path).serving()
    if _tuned_days_ago(path, now) < EVERY_DAYS:
        return None
    frame = _recording(site, store, now, step_s)
    days = min(MOST_DAYS, (len(frame) * step_s // DAY_S - WARMUP_DAYS) // 2)
    if days < LEAST_DAYS:
        return None
    done = tune(site, frame, serving, days=days)
    write(path, done.way, {**done.told, "at": str(now)[:16]})
    return {"series": "way", "model": done.way.words, "is_promoted": done.is_changed, "reason": done.reason}


def _tuned_days_ago(path: Path, now: Instant) -> float:
    try:
        return float((now - np.datetime64(str(read(path)[1]["at"]), "ms")) / np.timedelta64(1, "D"))
    except (ProblemsFound, KeyError, ValueError):
        return float("inf")


def _recording(site: Site, store: Store, now: Instant, step_s: int) -> Frame:
    """Return loads and sun of the last weeks, from the first whole day of which anything is known."""
    keys = channels(site)
    steps = (WARMUP_DAYS + 2 * MOST_DAYS) * DAY_S // step_s
    start = np.datetime64(now.astype("datetime64[h]"), "ms") - np.timedelta64(steps * step_s * 1000, "ms")
    frame = store.read_frame(keys, TimeGrid(start, step_s, steps), as_of=now)
    known = np.isfinite(frame.value).all(axis=1)
    return frame.rows(slice(int(np.argmax(known)) if known.any() else steps, None))
