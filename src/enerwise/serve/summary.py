"""What a simulated span came to: in a sentence, day by day, as data, as a picture."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from enerwise.core.units import FloatArray, show_energy, show_money
from enerwise.run.machine_tally import Tally
from enerwise.serve.files import stamps
from enerwise.serve.plot import week_svg
from enerwise.serve.scenes import columns_of, price_columns, scene_of
from enerwise.serve.tables import money_words, sources_word, table
from enerwise.serve.totals import Played, bills, days
from enerwise.serve.words import mode as mode_words
from enerwise.site.assets import Battery, Pv
from enerwise.site.machines import HeatPump
from enerwise.site.site import Site
from enerwise.site.ventilation import Ventilation

if TYPE_CHECKING:
    from rich.table import Table


def headline(result: Played) -> str:
    """Return the answer in a sentence."""
    saved = saved_eur(result)
    idle = "an idle battery and machines left to themselves" if result.tallies else "an idle battery"
    total_eur = result.bill().total_eur
    # Who earns is better off with more, who pays with less.
    change = f"{show_money(abs(saved))} {'more' if (saved >= 0) == (total_eur < 0) else 'less'} than with {idle}"
    span_days = result.grid.step_count * result.grid.step_h / 24
    cost = money_words(total_eur)
    return f"{span_days:g} simulated days in mode '{mode_words(result.site.control.mode)}': {cost}, {change}."


def idle_grid_w(result: Played) -> FloatArray:
    """Return what the connection would have shown with an idle battery and PV that delivers all it can. (step,)"""
    if result.unplanned is not None:
        return result.unplanned.grid_w
    sun_w = np.maximum(result.available_w, -sum(each.output_limit_w for each in result.site.of_kind(Pv)))
    export_w = result.site.connection.export_limit_w(result.grid.starts_utc, result.site.timezone)
    grid_w: FloatArray = np.maximum(result.load_w + sun_w, -export_w)
    return grid_w


def saved_eur(result: Played) -> float:
    """Return what was saved against an idle battery and machines left to themselves. [EUR]

    Energy that is left in batteries, cars, rooms and water is counted at the mean price of buying.
    """
    site, grid = result.site, result.grid
    idle = site.tariff.bill(grid, idle_grid_w(result), site.timezone).total_eur
    kept_wh = float((result.energy_wh[:, -1] - result.energy_wh[:, 0]).sum()) if result.energy_wh.size else 0.0
    machines_wh = sum(each.kept_wh for each in result.tallies.values())
    machines_wh -= sum(each.kept_wh for each in result.unplanned.tallies.values()) if result.unplanned else machines_wh
    worth = float(np.nanmean(site.tariff.import_eur_per_kwh(grid, site.timezone)))
    return idle - result.bill().total_eur + (kept_wh * _way_out(site) + machines_wh) / 1e3 * worth


def _way_out(site: Site) -> float:
    ways = [each.one_way_ratio for each in site.of_kind(Battery)]
    return float(np.mean(ways)) if ways else 0.0


def totals(result: Played) -> dict[str, float]:
    """Return energies, peak and shares of a run."""
    hours = result.grid.step_h
    bought_wh = float(np.maximum(result.grid_w, 0.0).sum()) * hours
    sold_wh = float(np.maximum(-result.grid_w, 0.0).sum()) * hours
    used_w = result.load_w + result.machines_w
    load_wh, made_wh = float(used_w.sum()) * hours, -float(result.pv_w.sum()) * hours
    return {
        "load_wh": load_wh,
        "pv_wh": made_wh,
        "import_wh": bought_wh,
        "export_wh": sold_wh,
        "peak_import_w": float(np.maximum(result.grid_w, 0.0).max()),
        "self_sufficiency_ratio": 1.0 - bought_wh / load_wh if load_wh > 0 else 1.0,
        "self_consumption_ratio": 1.0 - sold_wh / made_wh if made_wh > 0 else 1.0,
    }


def result_json(result: Played, seed: int) -> Mapping[str, Any]:
    """Return a run as data: positive is taken."""
    bill = result.bill()
    batteries = {each.id: row for row, each in enumerate(result.site.of_kind(Battery))}
    return {
        "site": result.site.name,
        "timezone": result.site.timezone,
        "is_simulated": True,
        "seed": seed,
        "mode": result.site.control.mode,
        "step_s": result.grid.step_s,
        "cost_eur": dict(bill.cost_eur),
        "total_eur": bill.total_eur,
        "saved_against_idle_eur": saved_eur(result),
        **totals(result),
        **({"machines": {each: asdict(told) for each, told in result.tallies.items()}} if result.tallies else {}),
        **_clock_json(result),
        "notes": list(bill.notes),
        "start_utc": stamps(result.grid.starts_utc),
        "power_w": result.power_w,
        "energy_wh": {each: result.energy_wh[row, 1:] for each, row in batteries.items()},
        "start_energy_wh": {each: result.energy_wh[row, 0] for each, row in batteries.items()},
    }


def _clock_json(result: Played) -> Mapping[str, Any]:
    if result.by_clock is None:
        return {}
    told = {each: asdict(tally) for each, tally in result.by_clock.tallies.items()}
    total_eur = result.by_clock.bill().total_eur
    return {
        "by_clock": {
            "saved_eur": clock_eur(result),
            "comfort_eur": comfort_eur(result),
            "total_eur": total_eur,
            "machines": told,
        }
    }


def played_columns(result: Played) -> dict[str, Any]:
    """Return the time series as columns."""
    return {"start_utc": result.grid.starts_utc, **columns_of(result), **price_columns(result.site, result.grid)}


def days_table(result: Played) -> "Table":
    """Return one row for each local day."""
    machines = ["Machines"] if result.tallies else []
    made = table(
        "Day by day", "Day", "Home", *machines, sources_word(result.site), "Bought", "Sold", "Battery moved", "Cost"
    )
    parts = list(days(result.grid, result.site.timezone))
    hours = result.grid.step_h
    for part, bill in zip(parts, bills(result.site, parts, result.grid_w), strict=True):
        grid_w = result.grid_w[part.steps]
        made.add_row(
            part.name,
            show_energy(float(result.load_w[part.steps].sum()) * hours),
            *(show_energy(float(result.machines_w[part.steps].sum()) * hours) for _ in machines),
            show_energy(-float(result.pv_w[part.steps].sum()) * hours + 0.0),
            show_energy(float(np.maximum(grid_w, 0.0).sum()) * hours),
            show_energy(float(np.maximum(-grid_w, 0.0).sum()) * hours),
            show_energy(float(np.abs(result.battery_w[part.steps]).sum()) * hours),
            money_words(bill.total_eur),
        )
    return made


def tally_lines(tallies: Mapping[str, Tally]) -> list[str]:
    """Return a line for each machine: what it took, and what it missed."""
    lines = []
    for name, each in tallies.items():
        line = f"{name} took {show_energy(each.energy_wh)}"
        if each.departure_count:
            kept = each.departure_count - each.missed_count
            line += f", left with its target {kept} of {each.departure_count} times"
            line += f", {show_energy(each.missing_wh)} missing" if each.missed_count else ""
        if each.outside_kh > 0:
            line += f", {each.outside_kh:.1f} degree-hours short of its band"
            zones = [f"{short:.1f} in {zone}" for zone, short in each.zone_outside_kh.items() if short >= 0.05]
            line += f" ({', '.join(zones)})" if zones else ""
        if np.isfinite(each.highest_ppm):
            line += f", at most {each.highest_ppm:.0f} ppm with people"
        if each.stale_ppm_h > 0:
            line += f", {each.stale_ppm_h:.0f} ppm-hours beyond its limit"
        lines.append(f"{line}.")
    return lines


def clock_eur(result: Played) -> float:
    """Return what plans by who is there saved against plans by the clock, what is stored at the end counted. [EUR]"""
    assert result.by_clock is not None
    kept_wh = sum(each.kept_wh for each in result.tallies.values())
    kept_wh -= sum(each.kept_wh for each in result.by_clock.tallies.values())
    worth = float(np.nanmean(result.site.tariff.import_eur_per_kwh(result.grid, result.site.timezone)))
    return result.by_clock.bill().total_eur - result.bill().total_eur + kept_wh / 1e3 * worth


def comfort_eur(result: Played) -> float:
    """Return what the degree-hours are worth by which rooms with people were righter than under plans by the clock."""
    assert result.by_clock is not None
    return sum(
        each.comfort_eur_per_kh * (result.by_clock.tallies[each.id].outside_kh - result.tallies[each.id].outside_kh)
        for each in result.site.of_kind(HeatPump)
    )


def clock_lines(result: Played) -> list[str]:
    """Return what it was worth to know who is there, in a line for each machine that goes by it."""
    if result.by_clock is None:
        return []
    saved, comfort = clock_eur(result), comfort_eur(result)
    told = f"Knowing who is there: {show_money(abs(saved))} {'less' if saved >= 0 else 'more'} than plans by the clock"
    better = "better" if saved + comfort >= 0 else "worse"
    lines = [f"{told}, {show_money(abs(saved + comfort))} {better} with comfort counted at what it is worth."]
    for name, before in result.by_clock.tallies.items():
        after = result.tallies[name]
        if isinstance(result.site.asset(name), HeatPump) and after != before:
            rooms = f"{after.outside_kh:.1f} instead of {before.outside_kh:.1f} degree-hours short of their band"
            took = f"{show_energy(after.energy_wh)} instead of {show_energy(before.energy_wh)}"
            lines.append(f"{name} took {took}, and rooms with people were {rooms}.")
    return lines


def air_lines(result: Played) -> list[str]:
    """Return what following the plan made of the air against the clock, in a line for each ventilation."""
    if result.unplanned is None:
        return []
    return [_air_line(unit, result, result.unplanned) for unit in result.site.of_kind(Ventilation)]


def _air_line(unit: Ventilation, result: Played, clock: Played) -> str:
    def took(name: str) -> str:
        after, before = (show_energy(each.tallies[name].energy_wh) for each in (result, clock))
        return f"{after} instead of {before}"

    heat = f", {unit.rooms} took {took(unit.rooms)}" if unit.rooms else ""
    worst = " instead of ".join(f"{each.tallies[unit.id].highest_ppm:.0f}" for each in (result, clock))
    return f"Against full flow by the clock {unit.id} took {took(unit.id)}{heat}, and the air had at most {worst} ppm."


def picture(result: Played) -> str:
    """Return the span as a picture."""
    steps = slice(0, result.grid.step_count)
    title = f"{result.site.name}: simulated"
    with_lane = result.grid.step_count * result.grid.step_h <= 30
    return week_svg(
        scene_of(result, steps, with_lane=with_lane), title=title, lead=headline(result), heading="What happened"
    )
