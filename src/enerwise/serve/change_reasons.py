"""Why a plan differs from the one before, as `enerwise.plan.changed` found it: news, their cost, what they moved."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.outlook import Plan
from enerwise.core.time import show_local
from enerwise.core.units import FloatArray
from enerwise.plan.blocks.charger import Charger
from enerwise.plan.blocks.heat_pump import HeatPump
from enerwise.plan.blocks.ventilation import Ventilation
from enerwise.plan.blocks.water_heater import WaterHeater
from enerwise.plan.carried import carried
from enerwise.plan.changed import HORIZON, Cause, Changed
from enerwise.plan.flexible import Flexible
from enerwise.plan.problem import Problem
from enerwise.serve.limit_reasons import Reason
from enerwise.serve.runs import equal_runs
from enerwise.serve.words import Fact

LEAST_EUR: Final = 0.005
LEAST_WH: Final = 300.0
LEAST_W: Final = 100.0
LEAST_PPM: Final = 10.0
LEAST_K: Final = 0.2
MOST_MOVES: Final = 6
"""Moves that are told, the largest of all."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two plans with their problems, the later one second, and what people call their assets."""

    before: Problem
    planned: Plan
    after: Problem
    plan: Plan
    zone: str
    names: Mapping[str, str]
    """By id."""
    models: Mapping[str, tuple[str, str]]
    """Who foresees a channel, before and now, where that is somebody else."""

    def name(self, asset: str) -> str:
        """Return what people call an asset."""
        return self.names.get(asset, asset)


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news: what it is, and what it did to the cost."""

    cause: Cause
    what: Reason
    effect: Reason | None
    """None for the horizon, whose cost says nothing."""


@dataclass(frozen=True, slots=True)
class Move:
    """Steps in which an asset does more or less than the plan before meant, and what that is owed to."""

    asset: str
    what: Reason
    owed: Reason
    cause: Cause | None


def news(pair: Pair, found: Changed) -> list[News]:
    """Return the news worth telling, dearest or cheapest first, the horizon last."""
    base = carried(pair.before, pair.planned, pair.after, found.passed)
    told = []
    for each in sorted(found.causes, key=lambda each: each.group == HORIZON):
        moved_wh = float(np.abs(each.moved_w).sum()) * pair.plan.grid.step_h
        if abs(each.more_eur) >= LEAST_EUR or moved_wh >= LEAST_WH:
            what = _what(pair, base, each, found)
            told.append(News(each, what, None if each.group == HORIZON else _effect(each.more_eur)))
    return told


def forecasters(pair: Pair) -> list[Reason]:
    """Return who foresees what now, where that was somebody else before."""
    return [
        Reason("news.forecaster", {"channel": channel, "before_model": before, "model": model}, 0.0)
        for channel, (before, model) in pair.models.items()
    ]


def together(found: Changed) -> Reason | None:
    """Return what the news do together beside what each does by itself; None where that is little."""
    more_eur = found.together_eur
    if abs(more_eur) < LEAST_EUR:
        return None
    return Reason(f"effect.together_{'more' if more_eur > 0 else 'less'}", {"more_eur": more_eur}, more_eur)


def _effect(more_eur: float) -> Reason:
    code = "none" if abs(more_eur) < LEAST_EUR else "more" if more_eur > 0 else "less"
    return Reason(f"effect.{code}", {"more_eur": more_eur}, more_eur)


def _what(pair: Pair, base: Problem, cause: Cause, found: Changed) -> Reason:
    """Tell a piece of news in a sentence, from the inputs of both problems over the steps they share."""
    shared = slice(0, found.passed.count)
    after, hours = pair.after, pair.plan.grid.step_h
    match cause.group:
        case "prices":
            return _prices(base.import_eur_per_kwh[shared], after.import_eur_per_kwh[shared])
        case "load":
            was, now = (each.probability @ each.load_w[:, shared] for each in (base, after))
            return _energy("load", float(was.sum()) * hours, float(now.sum()) * hours, cause.more_eur)
        case "sun":
            was, now = (-(each.probability @ each.available_w.sum(axis=1)[:, shared]) for each in (base, after))
            return _energy("sun", float(was.sum()) * hours, float(now.sum()) * hours, -cause.more_eur)
        case "outlook":
            counts: dict[str, Fact] = {"before_count": base.probability.size, "count": after.probability.size}
            return Reason("news.outlook", counts, cause.more_eur)
        case "level":
            return _level(pair, base)
        case "peak":
            return _peak(base, after)
        case "machine":
            return _machine(pair, base, cause.subject)
        case "horizon":
            return Reason("news.horizon", {"hours": round(found.passed.edge * hours, 2)}, 0.0)
        case _:
            return Reason(f"news.{cause.group}", {}, cause.more_eur)


def _prices(was: FloatArray, now: FloatArray) -> Reason:
    moved = float(now.mean() - was.mean())
    code = "other" if abs(moved) < 5e-4 else "up" if moved > 0 else "down"
    return Reason(f"news.prices_{code}", {"moved_eur_per_kwh": abs(moved)}, 0.0)


def _energy(name: str, was_wh: float, now_wh: float, dearer_eur: float) -> Reason:
    """Tell how much more or less is foreseen; where the cost goes the other way, it is the times that count."""
    moved_wh = now_wh - was_wh
    if abs(moved_wh) < LEAST_WH / 3 or (abs(dearer_eur) >= LEAST_EUR and (dearer_eur > 0) != (moved_wh > 0)):
        return Reason(f"news.{name}_other", {"moved_wh": moved_wh}, 0.0)
    facts: dict[str, Fact] = {"moved_wh": moved_wh, "before_wh": was_wh, "after_wh": now_wh}
    return Reason(f"changed.{name}_{'more' if moved_wh > 0 else 'less'}", facts, 0.0)


def _level(pair: Pair, base: Problem) -> Reason:
    """Tell of the battery that is furthest from where it was foretold."""
    off_wh = pair.after.start_wh - base.start_wh
    row = int(np.abs(off_wh).argmax())
    facts: dict[str, Fact] = {"asset": pair.name(base.batteries[row].id), "moved_wh": float(off_wh[row])}
    return Reason(f"news.level_{'above' if off_wh[row] > 0 else 'below'}", facts, 0.0)


def _peak(base: Problem, after: Problem) -> Reason:
    was_w, now_w = (
        max((max(each.state.daily_max_w.values(), default=0.0) for each in problem.demand), default=0.0)
        for problem in (base, after)
    )
    return Reason("news.peak", {"before_w": was_w, "peak_w": now_w}, 0.0)


def _machine(pair: Pair, base: Problem, machine: str) -> Reason:
    was, now = (next((each for each in problem.flexible if each.id == machine), None) for problem in (base, pair.after))
    name = pair.name(machine)
    if was is None or now is None:
        return Reason(f"news.machine_{'new' if was is None else 'gone'}", {"asset": name}, 0.0)
    return Reason(*_stands(was, now, name, base), 0.0)


def _stands(was: Flexible, now: Flexible, name: str, base: Problem) -> tuple[str, dict[str, Fact]]:
    """Return how a machine stands otherwise than it was foretold."""
    if isinstance(was, Charger) and isinstance(now, Charger):
        return _car(was, now, name, base)
    if isinstance(was, HeatPump | WaterHeater) and isinstance(now, HeatPump | WaterHeater):
        if isinstance(was, HeatPump) and isinstance(now, HeatPump):
            outside_k = float((now.outdoor_degc - was.outdoor_degc).mean())
            if abs(outside_k) >= LEAST_K:
                code = "weather_warmer" if outside_k > 0 else "weather_colder"
                return f"news.{code}", {"asset": name, "degrees": round(abs(outside_k), 1)}
        inside_k = float((now.start_degc - was.start_degc).mean())
        if abs(inside_k) >= LEAST_K:
            return f"news.{'warmer' if inside_k > 0 else 'colder'}", {"asset": name, "degrees": round(abs(inside_k), 1)}
    if isinstance(was, Ventilation) and isinstance(now, Ventilation):
        return _air(was, now, name)
    return "news.machine", {"asset": name}


def _air(was: Ventilation, now: Ventilation, name: str) -> tuple[str, dict[str, Fact]]:
    if ((was.exhaled_m3_per_h > 0) != (now.exhaled_m3_per_h > 0)).any():
        return "news.air_people", {"asset": name}
    more_ppm = now.start_ppm - was.start_ppm
    if abs(more_ppm) < LEAST_PPM:
        return "news.machine", {"asset": name}
    return f"news.air_{'staler' if more_ppm > 0 else 'fresher'}", {"asset": name, "degrees": round(abs(more_ppm))}


def _car(was: Charger, now: Charger, name: str, base: Problem) -> tuple[str, dict[str, Fact]]:
    there, here = was.is_home(base.grid), now.is_home(base.grid)
    if here[0] != there[0]:
        return ("news.came" if here[0] else "news.left"), {"asset": name}
    needs_wh = (float(np.maximum(each.target_wh - each.start_wh, 0.0).sum()) for each in (was, now))
    before_wh, after_wh = needs_wh
    if abs(after_wh - before_wh) >= 1.0:
        facts: dict[str, Fact] = {"asset": name, "moved_wh": after_wh - before_wh}
        return ("news.asks_more" if after_wh > before_wh else "news.asks_less"), facts
    return ("news.time" if (here != there).any() else "news.machine"), {"asset": name}


def moves(pair: Pair, found: Changed) -> list[Move]:
    """Return the stretches in which assets do something else than was meant, the largest of all, in their order."""
    every = [move for row in range(len(pair.plan.assets)) for move in _moves(pair, found, row)]
    largest = sorted(every, key=lambda each: -abs(float(each.what.facts["moved_wh"] or 0.0)))[:MOST_MOVES]
    return [each for each in every if each in largest]


def _moves(pair: Pair, found: Changed, row: int) -> Iterator[Move]:
    plan, asset = pair.plan, pair.plan.assets[row]
    moved_w = found.moved_w[row]
    if asset in {each.id for each in pair.after.pvs}:
        return
    sense = np.where(np.abs(moved_w) >= LEAST_W, np.sign(moved_w), 0.0)
    for run in equal_runs(sense):
        moved_wh = float(moved_w[run].sum()) * plan.grid.step_h
        if not sense[run.start] or abs(moved_wh) < LEAST_WH:
            continue
        # By what it mostly does in these steps, before and now.
        takes = float((2 * plan.power_w[row, run] - moved_w[run]).sum()) >= 0
        code = f"{'takes' if takes else 'gives'}_{'more' if (moved_wh > 0) == takes else 'less'}"
        facts: dict[str, Fact] = {
            "asset": pair.name(asset),
            "moved_wh": abs(moved_wh),
            "begin": show_local(plan.grid.part(run.start, 0).start_utc, pair.zone)[11:],
            "until": show_local(plan.grid.part(run.stop, 0).start_utc, pair.zone)[11:],
        }
        cause = found.cause_of(row)
        group = "nothing" if cause is None else cause.group
        subject: dict[str, Fact] = {"subject": pair.name(cause.subject)} if cause and cause.subject else {}
        yield Move(asset, Reason(f"move.{code}", facts, 0.0), Reason(f"owed.{group}", subject, 0.0), cause)
