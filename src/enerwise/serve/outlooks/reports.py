"""Measured days as what is read: today, savings, bill, carbon, peaks. Plain data; nothing missing is filled."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np

from enerwise.core.time import Instant
from enerwise.serve.outlooks.accuracy import Scores, Summary, summary
from enerwise.serve.outlooks.daybook import DayBook
from enerwise.serve.outlooks.days import NO_PLANNING, Day
from enerwise.serve.outlooks.flows import own_power_ratio, self_use_ratio
from enerwise.serve.outlooks.measured import Gap
from enerwise.serve.outlooks.phrases import both, shown_name
from enerwise.serve.outlooks.sums import (
    Bar,
    DayMoney,
    Line,
    bars,
    baselines,
    bill_lines,
    total,
    with_money,
)
from enerwise.site.site import Site

MOST_GAPS: Final = 200
SCORED_DAYS: Final = 7
NO_FACTOR: Final = "unknown: add 'carbon: {grid: 363 g/kWh, source: UBA 2024}' to the site file"


def money_between(book: DayBook, site: Site, first: int, last: int, now: Instant) -> list[DayMoney]:
    """Return the days of a span with their money; peaks begin with the month in which the span does.

    Raises:
        StoreError: The store cannot be read.
    """
    month = int(np.datetime64(first, "D").astype("datetime64[M]").astype("datetime64[D]").astype(np.int64))
    since = month if site.tariff.demand else first
    days = with_money(book.days(since, last, now), site.tariff)
    return [each for each in days if each.day.day >= first]


def today_data(days: Sequence[DayMoney], site: Site, ahead_wh: float | None) -> dict[str, Any]:
    """Return the last of some days as the present one; ``ahead_wh`` of sun are foreseen for the rest of it."""
    money = days[-1]
    day = money.day
    is_known = day.meter_ratio > 0
    saved = money.saved_eur(NO_PLANNING)
    solar_kwh = _kwh(day.solar_wh) if is_known else None
    return {
        "day": day.name,
        "hours": day.length_h,
        "paid_eur": _eur(money.paid.total_eur) if is_known else None,
        "without_planning_eur": None if saved is None else _eur(money.other_eur[NO_PLANNING]),
        "saved_eur": _eur(saved),
        "baseline": NO_PLANNING,
        "solar_kwh": solar_kwh,
        "solar_expected_kwh": None if ahead_wh is None or solar_kwh is None else round(solar_kwh + ahead_wh / 1e3, 3),
        "own_power_ratio": own_power_ratio(day.bought_wh, day.used_wh),
        "sources_kwh": {
            "solar": _kwh(day.from_solar_wh),
            "battery": _kwh(day.from_battery_wh),
            "grid": _kwh(day.from_grid_wh),
        },
        "carbon_kg": _carbon(site, day.bought_wh) if is_known else None,
        "carbon_without_solar_kg": _carbon(site, day.used_wh) if is_known else None,
        "coverage_ratio": round(day.coverage_ratio, 4),
        "gaps": list(dict.fromkeys(each.channel for each in day.gaps)),
    }


def savings_data(
    days: Sequence[DayMoney], site: Site, scores: Scores, span: tuple[int, int], bucket: str, now: Instant
) -> dict[str, Any]:
    """Return a span with its comparisons."""
    lines, total_eur = bill_lines(days, site.tariff)
    sums = _sums(each.day for each in days)
    return {
        **_span(span),
        "bucket": bucket,
        "paid_eur": total(days).total_eur,
        "baselines": [
            {
                "name": each.name,
                "cost_eur": each.cost_eur,
                "saved_eur": each.saved_eur,
                "days": each.day_count,
                "text": both(f"baseline.{each.name}"),
            }
            for each in baselines(days)
        ],
        "bars": [_bar(each, site) for each in bars(days, bucket)],
        "bill": [_line(each) for each in lines],
        "total_eur": total_eur,
        "self_use_ratio": self_use_ratio(sums["sold_wh"], sums["solar_wh"]),
        "own_power_ratio": own_power_ratio(sums["bought_wh"], sums["used_wh"]),
        "carbon_kg": _carbon(site, sums["bought_wh"]),
        "carbon_note": carbon_note(site),
        "devices": _devices(days, site),
        "accuracy": [accuracy_data(each) for each in summary(scores.last(SCORED_DAYS, now)[0])],
        "coverage_ratio": _coverage(days),
        "gaps": _gaps(days),
        "notes": _notes(days, site),
    }


def bill_data(days: Sequence[DayMoney], site: Site, span: tuple[int, int]) -> dict[str, Any]:
    """Return the bill of a span, line by line."""
    lines, total_eur = bill_lines(days, site.tariff)
    return {
        **_span(span),
        "currency": "EUR",
        "lines": [_line(each) for each in lines],
        "total_eur": total_eur,
        "coverage_ratio": _coverage(days),
        "gaps": _gaps(days),
        "notes": _notes(days, site),
    }


def carbon_data(days: Sequence[Day], site: Site, span: tuple[int, int]) -> dict[str, Any]:
    """Return what was emitted in a span."""
    sums = _sums(days)
    return {
        **_span(span),
        "grid_g_per_kwh": None if site.carbon is None else site.carbon.grid_g_per_kwh,
        "source": "" if site.carbon is None else site.carbon.source,
        "note": carbon_note(site),
        "carbon_kg": _carbon(site, sums["bought_wh"]),
        "carbon_without_solar_kg": _carbon(site, sums["used_wh"]),
        "days": [
            {
                "day": each.name,
                "bought_kwh": _kwh(each.bought_wh),
                "carbon_kg": _carbon(site, each.bought_wh) if each.meter_ratio > 0 else None,
                "carbon_without_solar_kg": _carbon(site, each.used_wh) if each.meter_ratio > 0 else None,
                "coverage_ratio": round(each.coverage_ratio, 4),
            }
            for each in days
        ],
    }


def peaks_data(days: Sequence[DayMoney], site: Site, span: tuple[int, int]) -> dict[str, Any]:
    """Return the highest quarters of an hour, one a day, and what prices on peaks came to."""
    quarters = sorted((each.day for each in days if each.day.peak), key=lambda day: -day.peak.mean_w)  # type: ignore[union-attr]
    return {
        **_span(span),
        "quarters": [
            {"day": each.name, "start": each.peak.start_utc, "mean_w": round(each.peak.mean_w, 1)}
            for each in quarters
            if each.peak is not None
        ],
        "components": [
            {
                "name": each.name,
                "per": each.per,
                "price_eur_per_kw": each.price_eur_per_kw,
                "above_w": each.above_w,
                "top_count": each.top_count,
                "interval_s": each.billed_interval_s(60),
                "charge_eur": total(days).demand_eur.get(each.name, 0.0),
                "days": _day_peaks(days, each.name),
            }
            for each in site.tariff.demand
        ],
    }


def _day_peaks(days: Sequence[DayMoney], name: str) -> list[dict[str, Any]]:
    found = []
    for each in days:
        maxima = each.day.bill.demand[name].daily_max_w
        if maxima and each.day.meter_ratio > 0:
            found.append({"day": each.day.name, "mean_w": round(max(maxima.values()), 1)})
    return sorted(found, key=lambda row: -float(row["mean_w"]))


def accuracy_data(each: Summary) -> dict[str, Any]:
    """Return one channel's accuracy."""
    return {
        "channel": each.channel,
        "model": each.model,
        "mae_w": round(each.mae_w, 1),
        "bias_w": round(each.bias_w, 1) + 0.0,
        "coverage_ratio": round(each.inside_ratio, 4),
        "days": each.day_count,
    }


def carbon_note(site: Site) -> str:
    """Return where the factor is from, or what to do where there is none."""
    if site.carbon is None:
        return NO_FACTOR
    return f"{site.carbon.grid_g_per_kwh:g} g for each kWh bought ({site.carbon.source}); what is sold is not credited"


def _sums(days: Iterable[Day]) -> dict[str, float]:
    kept = list(days)
    names = ("bought_wh", "sold_wh", "used_wh", "solar_wh")
    return {name: float(sum(getattr(each, name) for each in kept)) for name in names}


def _bar(each: Bar, site: Site) -> dict[str, Any]:
    return {
        "day": each.name,
        "hours": each.length_h,
        "paid_eur": _eur(each.paid_eur),
        "saved_eur": _eur(each.saved_eur),
        "self_use_ratio": each.self_use_ratio,
        "own_power_ratio": each.own_power_ratio,
        "carbon_kg": None if each.paid_eur is None else _carbon(site, each.bought_wh),
        "coverage_ratio": round(each.coverage_ratio, 4),
        "is_complete": each.is_complete,
    }


def _line(each: Line) -> dict[str, Any]:
    return {
        "name": each.name,
        "quantity": None if each.quantity is None else round(each.quantity, 3),
        "unit": each.unit,
        "price": None if each.unit_price_eur is None else round(each.unit_price_eur, 6),
        "amount_eur": each.amount_eur,
    }


def _devices(days: Sequence[DayMoney], site: Site) -> list[dict[str, Any]]:
    called = {each.id: each.name for each in site}
    names = dict.fromkeys(name for each in days for name in each.day.devices)
    found = []
    for name in names:
        mine = [each.day.devices[name] for each in days if name in each.day.devices]
        energy_wh, cost_eur = sum(each.energy_wh for each in mine), sum(each.cost_eur for each in mine)
        found.append(
            {
                "asset": name,
                "name": called.get(name) or shown_name(name),
                "energy_kwh": _kwh(energy_wh),
                "cost_eur": _eur(cost_eur),
            }
        )
    return found


def _coverage(days: Sequence[DayMoney]) -> float:
    passed_h = sum(each.day.grid.step_count * each.day.grid.step_h for each in days)
    return round(sum(each.day.known_h for each in days) / passed_h, 4) if passed_h > 0 else 0.0


def _gaps(days: Sequence[DayMoney]) -> list[dict[str, Any]]:
    """List gaps, those that meet at midnight as one; the longest where there are very many."""
    joined: list[Gap] = []
    for gap in sorted((gap for each in days for gap in each.day.gaps), key=lambda gap: (gap.channel, gap.from_utc)):
        if joined and joined[-1].channel == gap.channel and joined[-1].to_utc == gap.from_utc:
            joined[-1] = Gap(joined[-1].from_utc, gap.to_utc, gap.channel)
        else:
            joined.append(gap)
    kept = sorted(joined, key=lambda gap: gap.from_utc - gap.to_utc)[:MOST_GAPS]
    kept.sort(key=lambda gap: (gap.from_utc, gap.channel))
    return [{"from": each.from_utc, "to": each.to_utc, "channel": each.channel} for each in kept]


def _notes(days: Sequence[DayMoney], site: Site) -> list[str]:
    notes = list(dict.fromkeys(note for each in days for note in each.day.bill.notes))
    unknown = sum(not each.day.meter_ratio > 0 for each in days)
    if unknown:
        notes.append(f"nothing is known of {unknown} days: they are in no sum, not even with their fee")
    partial = [each.day.name for each in days if each.day.meter_ratio > 0 and not each.day.is_complete]
    if partial:
        notes.append(f"less than 95 % is known of {', '.join(partial[:10])}{' and others' if partial[10:] else ''}")
    notes += [
        f"{each.name} is charged by the year: peaks before this month are not in this span"
        for each in site.tariff.demand
        if each.per == "year"
    ]
    return notes


def _span(span: tuple[int, int]) -> dict[str, str]:
    first, last = (str(np.datetime64(each, "D")) for each in span)
    return {"from": first, "to": last}


def _carbon(site: Site, bought_wh: float) -> float | None:
    return None if site.carbon is None else round(site.carbon.emitted_kg(bought_wh), 3)


def _kwh(energy_wh: float) -> float:
    return round(energy_wh / 1e3, 3)


def _eur(amount_eur: float | None) -> float | None:
    return None if amount_eur is None else round(amount_eur, 4) + 0.0
