"""Results of a backtest: in a sentence, as data, by month, as a picture."""

from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any, Final

import numpy as np

from enerwise.core.time import TimeGrid, show_local
from enerwise.core.units import show_money, show_ratio
from enerwise.run.backtest import BacktestResult, StrategyResult
from enerwise.serve.files import stamps
from enerwise.serve.plot import backtest_svg
from enerwise.serve.plot.backtest import CostBar, MonthBar
from enerwise.serve.plot.panels import Scene
from enerwise.serve.scenes import columns_of, energy_cost_eur, price_columns, scene_of, typical_week
from enerwise.serve.tables import NAMES, money_words, saved_eur
from enerwise.serve.totals import Played, bills, days, months
from enerwise.site.assets import Pv

BEST_FIRST: Final = ("plan", "self_consumption", "perfect", "idle")
"""Whose week is shown: the first of these that was run."""


def headline(result: BacktestResult) -> str:
    """Return the answer in a sentence: what would have been saved, and what was left to pay."""
    span = f"{result.site.name}, {_span(result)}"
    if "plan" not in result.results:
        costs = ", ".join(f"{NAMES[name]} {money_words(each.cost_eur)}" for name, each in result.results.items())
        return f"{span}: {costs}."
    plan = result.results["plan"]
    against = [
        (result.results[baseline].cost_eur - plan.cost_eur, words)
        for baseline, words in (("idle", "an idle battery"), ("self_consumption", "self-consumption"))
        if baseline in result.results
    ]
    paid = f"The home would have {_paid(plan.cost_eur)}."
    if not against:
        return f"{span}: with Enerwise t{paid[1:]}"
    share = f", {show_ratio(plan.captured_ratio)} of what was possible" if plan.captured_ratio is not None else ""
    return f"{span}: Enerwise would have {_saved(against)}{share}. {paid}"


def _saved(against: Sequence[tuple[float, str]]) -> str:
    """Write savings with their baselines; the verb is said again only where it changes."""
    verbs = ["saved" if amount_eur >= 0 else "lost" for amount_eur, _ in against]
    shown = [verb if verb != before else "" for before, verb in pairwise(["", *verbs])]
    parts = zip(shown, against, strict=True)
    return " and ".join(f"{verb} {show_money(abs(eur))} against {words}".lstrip() for verb, (eur, words) in parts)


def _paid(cost_eur: float) -> str:
    return f"earned {show_money(-cost_eur)}" if cost_eur < -0.005 else f"paid {show_money(cost_eur)}"


def _span(result: BacktestResult) -> str:
    zone, grid = result.site.timezone, result.grid
    last = show_local(grid.part(grid.step_count - 1, 1).start_utc, zone)[:10]
    return f"{show_local(grid.start_utc, zone)[:10]} to {last} ({grid.step_count * grid.step_h / 24:.0f} days)"


def notes(result: BacktestResult) -> list[str]:
    """Return everything a reader of the numbers should know."""
    found = [*result.notes]
    for each in result.results.values():
        found += [note for note in each.bill.notes if not any(note.split(" billed")[0] in known for known in found)]
    return list(dict.fromkeys(found))


def a_time(grid: TimeGrid, zone: str) -> str:
    """Return 14:05 on the last day of a span that knows it."""
    whole = [each.name for each in days(grid, zone) if each.grid.step_count * each.grid.step_h > 20]
    return f"{whole[-1]} 14:05" if whole else show_local(grid.start_utc, zone)


def result_json(result: BacktestResult) -> dict[str, Any]:
    """Return all numbers of a backtest as data."""
    grid = result.grid
    return {
        "site": result.site.name,
        "timezone": result.site.timezone,
        "start_utc": stamps(grid.starts_utc[:1])[0],
        "end_utc": stamps(np.array([grid.end_utc]))[0],
        "step_s": grid.step_s,
        "step_count": grid.step_count,
        "day_count": grid.step_count * grid.step_h / 24,
        "strategies": {name: _strategy_json(result, each) for name, each in result.results.items()},
        "months": [{"month": bar.name, "saved_eur": bar.saved_eur} for bar in month_bars(result)],
        "notes": notes(result),
    }


def _strategy_json(result: BacktestResult, each: StrategyResult) -> dict[str, Any]:
    return {
        "cost_eur": each.cost_eur,
        "bill_eur": each.bill.total_eur,
        "terms_eur": dict(each.bill.cost_eur),
        "saved_against_idle_eur": saved_eur(result, each),
        "saved_against_self_consumption_eur": saved_eur(result, each, "self_consumption"),
        "import_wh": each.import_wh,
        "export_wh": each.export_wh,
        "peak_import_w": each.peak_import_w,
        "self_sufficiency_ratio": each.self_sufficiency_ratio,
        "self_consumption_ratio": each.self_consumption_ratio,
        "cycles_count": each.cycles_count,
        "carbon_kg": each.carbon_kg,
        "violation_count": each.violation_count,
        "captured_ratio": each.captured_ratio,
        "captured_over_self_consumption_ratio": each.captured_over_self_consumption_ratio,
        "cpu_s": each.cpu_s,
        **({"machines": {name: asdict(told) for name, told in each.machines.items()}} if each.machines else {}),
    }


def result_columns(result: BacktestResult) -> dict[str, Any]:
    """Return the time series of all strategies as columns, each under the strategy's name."""
    columns: dict[str, Any] = {"start_utc": result.grid.starts_utc, **price_columns(result.site, result.grid)}
    for name, each in result.results.items():
        columns |= columns_of(_played(result, each), prefix=f"{name}_")
    return columns


def _played(result: BacktestResult, each: StrategyResult) -> Played:
    sun_w = sum((each.power_w[plant.id] for plant in result.site.of_kind(Pv)), np.zeros(result.grid.step_count))
    return Played(result.site, result.grid, each.power_w, sun_w, each.energy_wh)


def picture(result: BacktestResult) -> str:
    """Return cost by strategy, savings by month, and a typical week as a picture."""
    costs = [
        CostBar(name, NAMES[name], each.cost_eur, saved_eur(result, each), each.captured_ratio)
        for name, each in result.results.items()
    ]
    scene, heading = _week(result)
    title = f"{result.site.name}: what it would have cost"
    return backtest_svg(costs, month_bars(result), scene, title=title, lead=_lead(result), heading=heading)


def _lead(result: BacktestResult) -> str:
    words = headline(result).partition(": ")[2]
    return f"{_span(result)}. {words[0].upper()}{words[1:]}"


def month_bars(result: BacktestResult) -> list[MonthBar]:
    """Return what each strategy saved against idle in each month; empty without idle."""
    if "idle" not in result.results:
        return []
    parts = list(months(result.grid, result.site.timezone))
    cost = {
        name: [bill.total_eur for bill in bills(result.site, parts, each.power_w["grid"])]
        for name, each in result.results.items()
    }
    return [
        MonthBar(part.name, {name: cost["idle"][at] - cost[name][at] for name in cost if name != "idle"})
        for at, part in enumerate(parts)
    ]


def _week(result: BacktestResult) -> tuple[Scene, str]:
    name = next(each for each in BEST_FIRST if each in result.results)
    shown = result.results[name]
    saved = -energy_cost_eur(result.site, result.grid, shown.power_w["grid"])
    if "idle" in result.results:
        saved += energy_cost_eur(result.site, result.grid, result.results["idle"].power_w["grid"])
    steps = typical_week(result.grid, result.site.timezone, saved)
    return scene_of(_played(result, shown), steps), f"A typical week: {NAMES[name]}"
