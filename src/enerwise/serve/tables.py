"""Tables for people: assets, plans, strategies, days. Words and numbers as the interface has them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from enerwise.core.units import show_energy, show_money, show_power, show_ratio
from enerwise.site.assets import Pv, Wind

if TYPE_CHECKING:
    from rich.table import Table

    from enerwise.run.backtest import BacktestResult, StrategyResult
    from enerwise.site.site import Site

NAMES: Final = {
    "idle": "Idle battery",
    "self_consumption": "Self-consumption",
    "plan": "Enerwise plan",
    "one_path": "Plan of one path",
    "perfect": "Perfect foresight",
}


def table(title: str, *columns: str, left: int = 1, wraps: bool = False) -> "Table":
    """Return an empty table; the first ``left`` columns are text, the last of which may wrap, the others numbers."""
    from rich import box
    from rich.table import Table

    made = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(columns):
        made.add_column(name, justify="left" if place < left else "right", no_wrap=not (wraps and place == left - 1))
    return made


def sources_word(site: "Site") -> str:
    """Return the heading over what PV and turbines give."""
    turbines, plants = site.of_kind(Wind), site.of_kind(Pv)
    return "Sun" if not turbines else "Wind" if len(turbines) == len(plants) else "Sun, wind"


def strategies_table(result: "BacktestResult") -> "Table":
    """Return the comparison of strategies."""
    carbon = any(each.carbon_kg is not None for each in result.results.values())
    columns = ["Strategy", "Cost", "Saved", "Captured", "Bought", "Sold", "Peak", "Own\npower", "Cycles"]
    made = table("", *columns, *(["CO2"] if carbon else []), "Limits\nbroken")
    for name, each in result.results.items():
        row = [NAMES[name], money_words(each.cost_eur), _saved(result, each), _ratio(each.captured_ratio)]
        row += [show_energy(each.import_wh), show_energy(each.export_wh), show_power(each.peak_import_w)]
        row += [show_ratio(each.self_sufficiency_ratio), f"{each.cycles_count:.1f}"]
        row += [_carbon(each.carbon_kg)] if carbon else []
        made.add_row(*row, str(each.violation_count), style="bold" if name == "plan" else "")
    return made


def saved_eur(result: "BacktestResult", each: "StrategyResult", baseline: str = "idle") -> float | None:
    """Return what a strategy saved against another, None where that was not run. [EUR]"""
    if baseline not in result.results or each.name == baseline:
        return None
    return result.results[baseline].cost_eur - each.cost_eur


def _saved(result: "BacktestResult", each: "StrategyResult") -> str:
    amount_eur = saved_eur(result, each)
    return "" if amount_eur is None else show_money(amount_eur)


def _ratio(value: float | None) -> str:
    return "" if value is None else show_ratio(value)


def _carbon(carbon_kg: float | None) -> str:
    return "–" if carbon_kg is None else f"{carbon_kg:.0f} kg"


def grid_words(energy_wh: float) -> str:
    """Write energy at the connection without a sign: "buys 1.2 kWh", "sells 400 Wh"."""
    if abs(energy_wh) < 0.5:
        return "0 Wh"
    return f"{'buys' if energy_wh > 0 else 'sells'} {show_energy(abs(energy_wh))}"


def money_words(amount_eur: float) -> str:
    """Write a sum without a sign: what is earned says so."""
    return f"earns {show_money(-amount_eur)}" if amount_eur < -0.005 else show_money(amount_eur)


def costs_table(title: str, terms: Sequence[tuple[str, float]], total_eur: float) -> "Table":
    """Return costs by term, with their sum."""
    made = table(title, "Term", "Cost")
    for name, amount_eur in terms:
        made.add_row(name, money_words(amount_eur))
    made.add_section()
    made.add_row("total", money_words(total_eur), style="bold")
    return made
