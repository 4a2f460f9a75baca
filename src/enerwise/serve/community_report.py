"""What people and programs get to see of a community: tables, a picture, and the same numbers as JSON and columns."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.units import show_energy, show_money, show_power, show_ratio
from enerwise.market.clearing import GRID, LOSS
from enerwise.run.community import ALONE, BALANCING, MARKET, NO_MARKET, SUPPLIER
from enerwise.run.community_compare import OPTIMUM, Comparison, supplier_prices
from enerwise.run.community_tally import Outcome, gini
from enerwise.serve.files import stamps
from enerwise.serve.plot.community import Picture, Run, community_svg
from enerwise.serve.tables import money_words, table

if TYPE_CHECKING:
    from rich.table import Table

NAMES: Final = {
    NO_MARKET: "No market",
    ALONE: "No market, planned",
    "marginal_value": "Marginal value",
    "as_designed": "As designed",
    "as_designed_corrected": "As designed, corrected",
    "truthful": "Truthful",
    "shaded": "Shaded",
    "zero_intelligence": "Zero intelligence",
    OPTIMUM: "Welfare optimum",
}
SHOWN_HOMES: Final = 30
SHOWN_LOSERS: Final = 8


def named(name: str) -> str:
    """Return a strategy as people read it."""
    return NAMES.get(name, name.replace("_", " ").capitalize())


def strategies_table(result: Comparison) -> "Table":
    """Return the comparison of strategies."""
    made = table(
        "",
        "Strategy",
        "All homes\npay",
        "Gained",
        "Of the\npossible",
        "Traded",
        "Own\npower",
        "Peak",
        "Lost",
        "ms a\nslot",
    )
    for name, each in result.outcomes.items():
        tally = each.tally
        is_base = name == NO_MARKET
        captured = result.captured_ratio(name)
        made.add_row(
            named(name),
            money_words(each.total_eur),
            "" if is_base else show_money(result.welfare_eur(name)),
            "" if captured is None or is_base else show_ratio(captured),
            show_energy(float(tally.volume_wh.sum())),
            show_ratio(each.self_sufficiency_ratio),
            show_power(each.peak_w),
            show_energy(losses_wh(each)),
            f"{each.slot_s * 1e3:.0f}",
        )
    if result.optimum is not None:
        grid_wh = result.optimum.grid_wh
        peak_w = float(grid_wh.max(initial=0.0)) / result.community.grid.step_h
        gained = result.base.total_eur - result.optimum.cost_eur
        row = [named(OPTIMUM), money_words(result.optimum.cost_eur), show_money(gained), "", "", _own(result)]
        made.add_row(*row, show_power(peak_w), "", "", style="dim")
    return made


def _own(result: Comparison) -> str:
    assert result.optimum is not None
    bought_wh = float(np.maximum(result.optimum.grid_wh, 0.0).sum())
    used_wh = result.base.tally.used_wh
    return show_ratio(1.0 - bought_wh / used_wh) if used_wh > 0 else ""


def fairness_table(result: Comparison) -> "Table":
    """Return who gains and who loses under each strategy, and what deviations cost."""
    made = table(
        "Who gains, against no market",
        "Strategy",
        "Gini of\ngains",
        "Least off",
        "gains",
        "Losers",
        "Not\ndelivered",
        "Not\ntaken",
        "Deviations\ncost",
        left=1,
    )
    for name, each in result.outcomes.items():
        if name == NO_MARKET:
            continue
        gain = result.gain_ueur(name)
        worst = int(np.argmin(gain))
        made.add_row(
            named(name),
            f"{gini(gain):.2f}",
            result.community.homes[worst],
            show_money(float(gain[worst]) / 1e6),
            str(int((gain < 0).sum())),
            show_energy(float(each.tally.short_wh.sum())),
            show_energy(float(each.tally.long_wh.sum())),
            show_money(float(each.tally.paid_ueur[BALANCING].sum()) / 1e6),
        )
    return made


def homes_table(result: Comparison) -> "Table":
    """Return what each home pays under each strategy; of many homes, those that gain least under the first."""
    names = list(result.outcomes)
    first = next((name for name in names if name != NO_MARKET), NO_MARKET)
    order = np.argsort(result.gain_ueur(first), kind="stable")[:SHOWN_HOMES]
    homes = sorted(order.tolist()) if len(result.community) <= SHOWN_HOMES else order.tolist()
    title = "Bills" if len(result.community) <= SHOWN_HOMES else f"Bills of the {SHOWN_HOMES} that gain least"
    made = table(title, "Home", *(named(name).replace(" ", "\n") for name in names))
    for home in homes:
        made.add_row(
            result.community.homes[home],
            *(money_words(int(each.cost_ueur[home]) / 1e6) for each in result.outcomes.values()),
        )
    return made


def headline(result: Comparison, name: str) -> str:
    """Return the answer in a sentence."""
    each, base = result.outcomes[name], result.base
    saved = result.welfare_eur(name)
    of = f" of {show_money(base.total_eur)}" if base.total_eur > 0.005 else ""
    captured = result.captured_ratio(name)
    share = "" if captured is None else f", {show_ratio(captured)} of what is possible"
    peak = f"the peak falls from {show_power(base.peak_w)} to {show_power(each.peak_w)}"
    if each.peak_w > base.peak_w:
        peak = f"the peak rises from {show_power(base.peak_w)} to {show_power(each.peak_w)}"
    return f"{named(name)}: trading gains {show_money(saved)}{of}{share}; {peak}."


def at_connection(result: Comparison, name: str) -> str:
    """Return bill and peak of all homes together beside no market, where they share a connection; else nothing."""
    coupling = result.community.coupling
    if coupling is None or name == NO_MARKET:
        return ""
    each, base = result.outcomes[name], result.base
    words = [
        f"all homes pay {show_money(each.total_eur)} in place of {show_money(base.total_eur)}",
        f"their peak is {show_power(each.peak_w)} in place of {show_power(base.peak_w)}",
    ]
    if np.isfinite(coupling.import_limit_w):
        limit = show_power(coupling.import_limit_w)
        words.append(f"{slots_above(result, name)} slots above {limit} in place of {slots_above(result, NO_MARKET)}")
    if coupling.demand_eur_per_kw:
        peaks = (show_money(which.demand_ueur / 1e6) for which in (each, base))
        words.append("peaks cost {} of it in place of {}".format(*peaks))
    return f"{named(name)}: {', '.join(words)}."


def slots_above(result: Comparison, name: str) -> int:
    """Return in how many slots all homes together took more than their connection carries."""
    coupling = result.community.coupling
    if coupling is None:
        return 0
    return int((result.outcomes[name].tally.metered_wh > coupling.import_limit_w * result.community.grid.step_h).sum())


def losers(result: Comparison, name: str) -> str:
    """Return who loses by name, or that nobody does."""
    gain = result.gain_ueur(name)
    lost = [int(home) for home in np.argsort(gain) if gain[home] < 0]
    if not lost:
        return f"{named(name)}: nobody pays more than without a market."
    shown = ", ".join(
        f"{result.community.homes[home]} ({show_money(-float(gain[home]) / 1e6)})" for home in lost[:SHOWN_LOSERS]
    )
    rest = f" and {len(lost) - SHOWN_LOSERS} more" if len(lost) > SHOWN_LOSERS else ""
    return f"{named(name)}: {len(lost)} of {gain.size} pay more than without a market: {shown}{rest}."


def with_operator(result: Comparison, name: str) -> str:
    """Return what stays with the operator of the market; nothing where that is nothing."""
    named_ueur = {
        key: -paid for key, paid in result.outcomes[name].tally.accounts_ueur.items() if key != GRID and paid < 0
    }
    if sum(named_ueur.values()) < 5_000:
        return ""
    parts = ", ".join(f"{key} {show_money(amount / 1e6)}" for key, amount in sorted(named_ueur.items()))
    return f"{named(name)}: with the operator stay {parts}."


def losses_wh(each: Outcome) -> float:
    """Return what batteries and lines lost."""
    return each.tally.battery_loss_wh + each.tally.accounts_wh.get(LOSS, 0)


# ---------------------------------------------------------------------------------------------------------------
# For programs


def result_json(result: Comparison) -> dict[str, Any]:
    """Return all sums; money in EUR and micro-EUR, energy in Wh."""
    community = result.community
    return {
        "community": community.name,
        "homes": len(community),
        "start": stamps(community.grid.starts_utc[:1])[0],
        "slots": community.grid.step_count,
        "slot_s": community.grid.step_s,
        "mechanism": result.mechanism,
        "gaps_filled": result.gap_count,
        "strategies": {name: _outcome_json(result, name) for name in result.outcomes},
        "optimum_eur": None if result.optimum is None else result.optimum.cost_eur,
    }


def _outcome_json(result: Comparison, name: str) -> dict[str, Any]:
    each, tally, gain = result.outcomes[name], result.outcomes[name].tally, result.gain_ueur(name)
    worst = int(np.argmin(gain))
    parts = tally.paid_ueur.sum(axis=1)
    return {
        "total_eur": each.total_eur,
        "market_ueur": int(parts[MARKET]),
        "supplier_ueur": int(parts[SUPPLIER]),
        "balancing_ueur": int(parts[BALANCING]),
        "left_in_store_ueur": int(each.left_ueur.sum()),
        "welfare_eur": result.welfare_eur(name),
        "captured_ratio": result.captured_ratio(name),
        "clearing_ratio": each.clearing_ratio,
        "traded_wh": int(tally.volume_wh.sum()),
        "import_wh": each.import_wh,
        "export_wh": each.export_wh,
        "used_wh": tally.used_wh,
        "produced_wh": tally.produced_wh,
        "curtailed_wh": tally.curtailed_wh,
        "lost_wh": losses_wh(each),
        "orders_refused": tally.refused_count,
        "missed_by_vehicles_wh": tally.missed_wh,
        "not_delivered_wh": int(tally.short_wh.sum()),
        "not_taken_wh": int(tally.long_wh.sum()),
        "self_sufficiency_ratio": each.self_sufficiency_ratio,
        "peak_w": each.peak_w,
        "slots_above_limit": slots_above(result, name),
        "demand_ueur": each.demand_ueur,
        "scarcity_given_back_ueur": each.kept_ueur,
        "gini": gini(gain),
        "least_off": {"home": result.community.homes[worst], "gain_ueur": int(gain[worst])},
        "losers": {result.community.homes[home]: int(gain[home]) for home in np.flatnonzero(gain < 0)},
        "accounts_wh": dict(tally.accounts_wh),
        "accounts_ueur": dict(tally.accounts_ueur),
        "slot_s": each.slot_s,
    }


def home_columns(result: Comparison) -> Mapping[str, Any]:
    """Return bills and gains of each home, a column for each strategy."""
    columns: dict[str, Any] = {"home": np.array(result.community.homes)}
    for name, each in result.outcomes.items():
        columns[f"{name}_cost_ueur"] = each.cost_ueur
        if name != NO_MARKET:
            columns[f"{name}_gain_ueur"] = result.gain_ueur(name).astype(np.int64)
            columns[f"{name}_deviation_ueur"] = each.tally.paid_ueur[BALANCING]
    return columns


def slot_columns(result: Comparison) -> Mapping[str, Any]:
    """Return prices and energy of each slot."""
    buy, sell = supplier_prices(result.community)
    starts_utc = result.community.grid.starts_utc
    columns: dict[str, Any] = {"start_utc": starts_utc, "buy_eur_per_kwh": buy, "sell_eur_per_kwh": sell}
    for name, each in result.outcomes.items():
        columns[f"{name}_metered_wh"] = each.tally.metered_wh
        if name not in (NO_MARKET, ALONE):
            columns[f"{name}_price_ueur_per_kwh"] = each.tally.price_ueur_per_kwh
            columns[f"{name}_traded_wh"] = each.tally.volume_wh
    return columns


def picture(result: Comparison) -> str:
    """Return the picture as SVG."""
    buy, sell = supplier_prices(result.community)
    trading = [name for name in result.outcomes if name not in (NO_MARKET, ALONE)]
    shown = Picture(
        grid=result.community.grid,
        zone=result.community.timezone,
        buy_eur_per_kwh=buy,
        sell_eur_per_kwh=sell,
        base=_run(result, NO_MARKET),
        runs=[_run(result, name) for name in trading],
    )
    lead = headline(result, trading[0]) if trading else f"No market: all homes pay {show_money(result.base.total_eur)}."
    return community_svg(shown, title=result.community.name, lead=lead)


def _run(result: Comparison, name: str) -> Run:
    each = result.outcomes[name]
    gain_eur = np.zeros(0) if name == NO_MARKET else result.gain_ueur(name) / 1e6
    grid_w = each.tally.metered_wh / result.community.grid.step_h
    return Run(named(name), each.tally.price_ueur_per_kwh / 1e6, grid_w, gain_eur)
