"""A tariff in words: prices, their windows, demand components, fees."""

from typing import Final

from enerwise.core.time import DAY_S
from enerwise.core.units import show_power, show_price, show_ratio
from enerwise.site.calendar import DAY_SETS, SEASONS, WEEKDAY_NAMES, Window
from enerwise.site.limits import WindowedLimit
from enerwise.site.tariff import DemandComponent, Rate, Tariff

MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def tariff_words(tariff: Tariff) -> list[tuple[str, str]]:
    """Return pairs of a heading and its words."""
    lines = [("buying", rate_words(tariff.import_rate)), ("selling", rate_words(tariff.export_rate))]
    lines += [(each.name, demand_words(each)) for each in tariff.demand]
    if tariff.fixed_eur_per_day:
        lines.append(("fixed fee", f"{tariff.fixed_eur_per_day:.2f} EUR/day"))
    if tariff.tax_ratio:
        lines.append(("tax", f"{show_ratio(tariff.tax_ratio)} on what is bought, fees and demand included"))
    return lines


def rate_words(rate: Rate) -> str:
    """Write an energy price: "52.0 ct/kWh 14:00 to 20:00 on weekdays, otherwise 27.0 ct/kWh"."""
    changed = [f"times {rate.times_ratio:g}"] if rate.times_ratio != 1.0 else []
    changed += [f"plus {show_price(rate.plus_eur_per_kwh)}"] if rate.plus_eur_per_kwh else []
    ending = f", {' '.join(changed)}" if changed else ""
    if rate.feed:
        return f"prices of the feed {rate.feed}, {show_price(rate.otherwise_eur_per_kwh)} where it tells none{ending}"
    if rate.series is not None:
        start, end = str(rate.series.start_utc[0])[:10], str(rate.series.start_utc[-1])[:10]
        return f"prices of a file, {start} to {end}, every {rate.series.step_s // 60} min{ending}"
    if not rate.periods:
        return f"{show_price(rate.otherwise_eur_per_kwh)}{ending}"
    parts = [f"{show_price(price)} {window_words(window)}" for window, price in rate.periods]
    return f"{'; '.join(parts)}; otherwise {show_price(rate.otherwise_eur_per_kwh)}{ending}"


def demand_words(component: DemandComponent) -> str:
    """Write a demand component."""
    highest = "highest" if component.top_count == 1 else f"mean of the {component.top_count} highest daily"
    words = f"{component.price_eur_per_kw:.2f} EUR/kW per {component.per} on the {highest}"
    words += f" {component.interval_s // 60} min of buying"
    words += f", above {show_power(component.above_w)}" if component.above_w else ""
    return words if component.window is None else f"{words}, {window_words(component.window)}"


def limit_words(limit: WindowedLimit) -> str:
    """Write a limit of the connection."""
    parts = [f"{show_power(inside_w)} {window_words(window)}" for window, inside_w in limit.windows]
    return "; ".join([*parts, f"otherwise {show_power(limit.otherwise_w)}"]) if parts else show_power(limit.otherwise_w)


def window_words(window: Window) -> str:
    """Write a window: "14:00 to 20:00 on weekdays in Oct to Mar"."""
    parts = []
    if (window.from_s, window.to_s) != (0, DAY_S):
        parts.append(f"{_clock(window.from_s)} to {_clock(window.to_s)}")
    if window.days != DAY_SETS["all"]:
        named = next((name for name, days in DAY_SETS.items() if days == window.days and len(days) > 1), None)
        parts.append(f"on {named or ', '.join(WEEKDAY_NAMES[day] for day in sorted(window.days)) or 'holidays'}")
        if window.on_holidays and window.days:
            parts.append("and holidays")
    if len(window.months) < 12:
        season = next((name for name, months in SEASONS.items() if months == window.months), None)
        parts.append(f"in {season or ', '.join(MONTHS[month - 1] for month in sorted(window.months))}")
    return " ".join(parts) or "always"


def _clock(second: int) -> str:
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}"
