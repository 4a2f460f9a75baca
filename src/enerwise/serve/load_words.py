"""What was seen of a load, in sentences, tables and data."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.units import show_energy, show_power, show_ratio
from enerwise.forecast.load_profile import DURATION_RATIOS, PeakStep
from enerwise.serve.load_look import LoadLook
from enerwise.serve.tables import money_words, table

if TYPE_CHECKING:
    from rich.table import Table

PART_RATIO: Final = 0.1
"""A part is named as a cause where it is so large a share of the peak."""
EXTREME_RATIO: Final = 0.05
"""Of days: as cold or as warm as the first or last twentieth is told as a cause."""
SHOWN: Final = 10


def overview(made: LoadLook) -> list[str]:
    """Return the figures in sentences."""
    seen = made.seen
    lines = [
        f"{seen.day_count} whole days, {seen.known_ratio:.1%} measured: {show_power(seen.mean_w)} on average, "
        f"{show_power(seen.highest_w)} at most, load factor {seen.load_factor_ratio:.2f}.",
        f"Base load {show_power(seen.base_w)}: {show_ratio(seen.base_ratio)} of all energy.",
    ]
    if np.isfinite(seen.weekend_ratio):
        lines.append(f"A day of the weekend uses {seen.weekend_ratio:.2f} of a day of work.")
    if seen.working is not None:
        (first, start, last), (early, end, late) = seen.working.start_h, seen.working.end_h
        lines.append(
            f"Work begins at {_clock(start)} (eight in ten days {_clock(first)} to {_clock(last)}) and ends at "
            f"{_clock(end)} ({_clock(early)} to {_clock(late)}): {show_power(seen.working.night_w)} by night, "
            f"{show_power(seen.working.day_w)} by day."
        )
    else:
        lines.append("Days of work do not begin alike: no working hours are told.")
    hours = np.flatnonzero(seen.peak_hours >= 0.1).tolist()
    if hours:
        named = ", ".join(f"{each:02d} ({seen.peak_hours[each]:.0%})" for each in hours)
        lines.append(f"The highest hundredth of the steps lies in the hours {named}.")
    return [*lines, *weather_lines(made)]


def weather_lines(made: LoadLook) -> list[str]:
    """Return how it depends on the weather."""
    found = made.weather
    if found is None:
        return []
    parts = []
    if found.heating_wh_per_k > 0:
        parts.append(
            f"{show_energy(found.heating_wh_per_k)} more a day for each degree below {found.heats_below_degc:.1f} °C"
        )
    if found.cooling_wh_per_k > 0:
        parts.append(
            f"{show_energy(found.cooling_wh_per_k)} more for each degree above {found.cools_above_degc:.1f} °C"
        )
    told = ", ".join(parts) or "no heating and no cooling can be seen"
    fits = f"it explains {show_ratio(found.r2_ratio)} of the differences between days, error {found.cvrmse_ratio:.1%}"
    return [f"Weather: {show_energy(found.base_wh)} on a mild day of work, {told} ({fits})."]


def cause_words(made: LoadLook, peak: PeakStep) -> str:
    """Return what a peak came from, as far as the data tell."""
    told = sorted(peak.part_w.items(), key=lambda each: -each[1])
    parts = [f"{name} {show_power(value)}" for name, value in told if value > PART_RATIO * peak.power_w]
    if parts:
        return f"above its usual: {', '.join(parts)}"
    day = int(made.local.day[peak.step]) - made.first_day
    if made.weather is not None and made.air_degc is not None and np.isfinite(made.air_degc[day]):
        air, known = float(made.air_degc[day]), made.air_degc[np.isfinite(made.air_degc)]
        low, high = np.quantile(known, [EXTREME_RATIO, 1 - EXTREME_RATIO])
        if air <= low and made.weather.heating_wh_per_k > 0:
            return f"a cold day, {air:.1f} °C"
        if air >= high and made.weather.cooling_wh_per_k > 0:
            return f"a hot day, {air:.1f} °C"
    beyond = peak.power_w - peak.usual_w
    return f"{show_power(beyond)} above the usual of the hour"


def tables(made: LoadLook) -> list["Table"]:
    """Return day types, duration, peaks, prices and odd days."""
    seen, shapes = made.seen, table("Days", "Type", "Days", "A day", "Lowest", "Highest", "At")
    for each in seen.shapes:
        at = int(np.nanargmax(each.mean_w)) * made.grid.step_h
        low, high = (show_power(float(edge(each.mean_w))) for edge in (np.nanmin, np.nanmax))
        shapes.add_row(each.type.value, str(each.day_count), show_energy(each.daily_wh), low, high, _clock(at))
    duration = table("Power that is exceeded", *(f"{each:.0%}" for each in DURATION_RATIOS), left=0)
    duration.add_row(*(show_power(float(each)) for each in seen.duration_w))
    peaks = table("Highest days", "When", "What it came from", "Power", left=2)
    for peak in seen.peaks[:SHOWN]:
        peaks.add_row(_when(made, peak.step), cause_words(made, peak), show_power(peak.power_w))
    found = [shapes, duration, peaks]
    if made.priced:
        prices = table("By price of buying", "Price", "Of the time", "Of the energy", "Energy", "On average", "Cost")
        for row in made.priced:
            ratios = f"{row.hours_ratio:.0%}", f"{row.energy_ratio:.0%}"
            prices.add_row(
                row.name, *ratios, show_energy(row.energy_wh), show_power(row.mean_w), money_words(row.cost_eur)
            )
        found.append(prices)
    if seen.odd_days:
        odd = table("Out of the usual", "Day", "Energy", "Usual", "Times its spread")
        for day in seen.odd_days[:SHOWN]:
            odd.add_row(_day(day.day), show_energy(day.energy_wh), show_energy(day.usual_wh), f"{day.score:+.1f}")
        found.append(odd)
    return found


def as_data(made: LoadLook) -> Mapping[str, Any]:
    """Return all of it as data."""
    seen = made.seen
    return {
        "step_s": made.grid.step_s,
        "zone": made.zone,
        "day_count": seen.day_count,
        "known_ratio": seen.known_ratio,
        "mean_w": seen.mean_w,
        "highest_w": seen.highest_w,
        "base_w": seen.base_w,
        "base_ratio": seen.base_ratio,
        "load_factor_ratio": seen.load_factor_ratio,
        "weekend_ratio": seen.weekend_ratio,
        "working": None if seen.working is None else asdict(seen.working),
        "shapes": [asdict(each) | {"type": each.type.value} for each in seen.shapes],
        "duration": {"exceeded_ratio": list(DURATION_RATIOS), "power_w": seen.duration_w},
        "peak_hours_ratio": seen.peak_hours,
        "peaks": [_peak(made, each) for each in seen.peaks],
        "odd_days": [asdict(each) | {"day": _day(each.day)} for each in seen.odd_days],
        "weather": None if made.weather is None else asdict(made.weather),
        "by_price": [asdict(each) for each in made.priced],
        "findings": [str(each) for each in made.findings],
        "notes": list(made.notes),
    }


def _peak(made: LoadLook, peak: PeakStep) -> dict[str, Any]:
    powers = {"power_w": peak.power_w, "usual_w": peak.usual_w, "part_w": dict(peak.part_w)}
    return {"at": _when(made, peak.step), **powers, "cause": cause_words(made, peak)}


def columns(made: LoadLook) -> dict[str, Any]:
    """Return the shapes of days as columns, a row for each slot."""
    count = made.seen.shapes[0].mean_w.size
    found: dict[str, Any] = {"time": np.array([_clock(at * made.grid.step_h) for at in range(count)])}
    for each in made.seen.shapes:
        name = each.type.value.lower()
        found |= {f"{name}_mean_w": each.mean_w, f"{name}_low_w": each.low_w, f"{name}_high_w": each.high_w}
    return found


def _when(made: LoadLook, step: int) -> str:
    return f"{_day(int(made.local.day[step]))} {_clock(made.local.second[step] / 3600.0)}"


def _day(day: int) -> str:
    return str(np.datetime64(day, "D"))


def _clock(hour: float) -> str:
    minutes = round(hour * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
