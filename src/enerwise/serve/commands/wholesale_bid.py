"""`enerwise market bid`: curves for a day-ahead auction, from paths of prices."""

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.core.time import TimeGrid, local_day_start, show_local
from enerwise.core.units import Dimension, FloatArray, parse, show_money, show_price, show_ratio
from enerwise.forecast.price_days import PriceDays, PricePaths, local_day, paths, price_days, slots_of
from enerwise.market.wholesale.bidding import Bid, bid
from enerwise.market.wholesale.portfolio import Portfolio, Storage
from enerwise.market.wholesale.refill import refill_eur_per_kwh
from enerwise.market.wholesale.scenarios import Scenarios
from enerwise.serve import asked
from enerwise.serve.console import out, say
from enerwise.serve.files import STDOUT, write_csv, write_json, write_text
from enerwise.serve.plot.bids import bids_svg
from enerwise.serve.sites import read_site_file
from enerwise.serve.tables import money_words, table
from enerwise.serve.wholesale_files import (
    Bids,
    Files,
    Form,
    bid_columns,
    bid_json,
    energy_price,
    margin_ueur_per_kwh,
    traded_words,
    ueur,
)
from enerwise.site.assets import Battery, Pv
from enerwise.site.read import read_site
from enerwise.site.site import Site
from enerwise.store.files import read_measurements

EUR: Final = 1e6
ONLY_BATTERY: Final = """\
name: battery
timezone: UTC
connection: {{import_limit: {3} W, export_limit: {3} W}}
tariff: {{import: 0 EUR/kWh, export: 0 EUR/kWh}}
assets:
  - {{id: battery, kind: battery, capacity: {0} Wh, charge_limit: {1} W, discharge_limit: {1} W, round_trip: {2}}}
"""
_BATTERY: Final = re.compile(r"\s*[/,;]\s*")


@dataclass(frozen=True, slots=True)
class Wish:
    """How to bid, as asked for."""

    day: str
    alpha: float = 0.95
    risk: float = 0.0
    steps: int = 5
    paths: int = 250
    start: str | None = None
    end: str | None = None
    refill: str | None = None
    margin: str = "2 ct/kWh"
    is_sure: bool = True


@dataclass(frozen=True, slots=True)
class Sources:
    """What is known: prices, and as far as told a forecast of one's own and measured sun."""

    prices: Path
    form: Form = field(default_factory=Form)
    forecast: Path | None = None
    pv: Path | None = None


def run(what: str, wish: Wish, sources: Sources, files: Files) -> None:
    """Bid a battery or the batteries and PV of a site into the auction of a day."""
    files.check()
    site = site_of(what)
    zone = site.timezone if sources.form.zone == "site" else sources.form.zone
    form = replace(sources.form, zone=zone)
    start_utc = asked.day("--day", wish.day, zone)
    series = form.read(sources.prices)
    days = price_days(series.start_utc, series.price_eur_per_kwh, series.step_s, zone)
    own = None if sources.forecast is None else _days_of(form.read(sources.forecast), series.step_s, form)
    grid = TimeGrid.between(start_utc, local_day_start(start_utc, zone, days=1), series.step_s)
    known = _known(days, local_day(start_utc, zone), wish.paths, own, sources.prices)
    portfolio = replace(_rules(site, wish, grid), storages=_storages(site, wish), step_s=series.step_s)
    known, sun_wh = _with_sun(sources.pv, site, known, grid, zone)
    again = refill_eur_per_kwh(known.value_eur_per_kwh)
    if wish.refill is not None:
        again = np.full_like(again, energy_price("--refill", wish.refill))
    scenarios = _scenarios(known, grid, zone, sun_wh, again)
    made = _bid(portfolio, scenarios)
    bids = Bids(made.curves, grid.starts_utc, grid.step_s)
    _write_bids(bids, made, scenarios, wish, files, zone)
    if files.json != STDOUT:
        _show_bids(bids, made, scenarios, zone)
        files.say_written()


def site_of(what: str) -> Site:
    """Return the site of a file, or one that is nothing but a battery: ``10 kWh / 5 kW / 90 %``.

    Raises:
        ProblemsFound: It is neither.
    """
    if what.lower().endswith((".yaml", ".yml")) or Path(what).is_file():
        return read_site_file(Path(what))
    parts = _BATTERY.split(what.strip())
    dimensions = (Dimension.ENERGY, Dimension.POWER, Dimension.RATIO)
    try:
        if not 2 <= len(parts) <= 3:
            raise UnitError(what, "write capacity / power / round trip")
        told = [parse(part, each) for part, each in zip(parts, dimensions, strict=False)]
    except ValueError as error:
        remedy = "name a site file, or write a battery such as '10 kWh / 5 kW' or '10 kWh / 5 kW / 90 %'"
        raise ProblemsFound("command line", [Problem("SITE_OR_BATTERY", str(error), remedy)]) from None
    ratio = told[2] if len(told) > 2 else 0.9
    # The connection of a battery alone is no limit.
    return read_site(ONLY_BATTERY.format(told[0], told[1], ratio, 2 * told[1]), source=what)


def _rules(site: Site, wish: Wish, grid: TimeGrid) -> Portfolio:
    curtails = [each.can_curtail for each in site.of_kind(Pv)]
    problems = [
        Problem(name, f"{value} cannot be used", remedy)
        for name, value, is_right, remedy in (
            ("--alpha", wish.alpha, 0 <= wish.alpha < 1, "write a share from 0 to below 1, such as 0.95"),
            ("--risk", wish.risk, 0 <= wish.risk <= 1, "write a weight from 0 to 1, such as 0.3"),
            ("--steps", wish.steps, 1 <= wish.steps <= 100, "write a number of steps from 1 to 100"),
            ("--paths", wish.paths, 1 <= wish.paths <= 1000, "write a number of paths from 1 to 1000"),
        )
        if not is_right
    ]
    if not site.of_kind(Battery) and not curtails:
        problems.append(Problem(site.name, "has neither battery nor PV to bid with", "name another site"))
    if problems:
        raise ProblemsFound("command line", problems)
    return Portfolio(
        (),
        import_limit_w=float(site.connection.import_limit_w(grid.starts_utc, site.timezone).min()),
        export_limit_w=float(site.connection.export_limit_w(grid.starts_utc, site.timezone).min()),
        margin_ueur_per_kwh=margin_ueur_per_kwh(wish.margin),
        can_curtail=bool(curtails) and all(curtails),
        alpha_ratio=wish.alpha,
        risk_ratio=wish.risk,
        steps_most=wish.steps,
        is_sure=wish.is_sure,
    )


def _storages(site: Site, wish: Wish) -> tuple[Storage, ...]:
    batteries = site.of_kind(Battery)
    wished = {"--start": wish.start, "--end": wish.end}
    told = asked.levels({option: _each(text, batteries) for option, text in wished.items()}, site)
    made = []
    for each in batteries:
        low, high = each.energy_min_wh, each.energy_max_wh
        start = told["--start"].get(each.id, min(max(each.capacity_wh / 2, low), high))
        try:
            made.append(Storage(each, start, told["--end"].get(each.id, low)))
        except ValueError as error:
            raise ProblemsFound("command line", [Problem("--start, --end", str(error), "stay in its band")]) from None
    return tuple(made)


def _each(text: str | None, batteries: tuple[Battery, ...]) -> list[str]:
    """Let a level without a name hold for every battery."""
    if text is None:
        return []
    return [text] if "=" in text else [f"{each.id}={text}" for each in batteries]


def _days_of(series: Any, step_s: int, form: Form) -> PriceDays:
    if series.step_s != step_s:
        raise asked.wrong("--forecast", f"a step of {series.step_s} s", f"write one for each {step_s} s, as prices are")
    return price_days(series.start_utc, series.price_eur_per_kwh, step_s, form.zone)


def _known(days: PriceDays, day: int, count: int, own: PriceDays | None, path: Path) -> PricePaths:
    try:
        return paths(days, day, count, own)
    except ValueError as error:
        remedy = "name prices that reach up to the day before, at least two weeks of them"
        raise ProblemsFound(str(path), [Problem("prices", str(error), remedy)]) from None


def _with_sun(
    path: Path | None, site: Site, known: PricePaths, grid: TimeGrid, zone: str
) -> tuple[PricePaths, FloatArray | None]:
    """Return the paths of days whose sun is known too, and that sun on the slots of the day. [Wh]"""
    if not site.of_kind(Pv):
        return known, None
    if path is None:
        say("Note: PV is left out; --pv names a file of what it delivered, start_utc and pv_w.")
        return known, None
    frame = read_measurements(path, load=None)
    days = price_days(frame.start_utc, -frame.value[:, 0], grid.step_s, zone)
    value = np.stack([days.at(int(day)) for day in known.day])
    whole = np.isfinite(value).all(axis=1)
    if not whole.any():
        remedy = "name measurements of the weeks before the day"
        raise ProblemsFound(str(path), [Problem("pv_w", f"is known on none of {len(value)} days before", remedy)])
    sun_wh = np.maximum(value[whole], 0.0)[:, slots_of(grid.starts_utc, grid.step_s, zone)[1]] * grid.step_h
    kept = replace(known, value_eur_per_kwh=known.value_eur_per_kwh[whole], day=known.day[whole])
    return kept, np.asarray(sun_wh, np.float64)


def _scenarios(known: PricePaths, grid: TimeGrid, zone: str, sun_wh: FloatArray | None, again: FloatArray) -> Scenarios:
    slot = slots_of(grid.starts_utc, grid.step_s, zone)[1]
    return Scenarios.equal(ueur(known.value_eur_per_kwh[:, slot]), sun_wh, again)


def _bid(portfolio: Portfolio, scenarios: Scenarios) -> Bid:
    try:
        return bid(portfolio, scenarios)
    except ValueError as error:
        raise ProblemsFound("battery", [Problem("size", str(error), "bid a larger battery, or a wider band")]) from None


def _figures(made: Bid, wish: Wish) -> dict[str, Any]:
    return {
        "day": wish.day,
        "alpha_ratio": wish.alpha,
        "risk_ratio": wish.risk,
        "scenario_count": made.probability.size,
        "mean_eur": made.mean_eur,
        "cvar_eur": made.cvar_eur,
        "gap_eur": made.gap_eur,
    }


def _write_bids(bids: Bids, made: Bid, scenarios: Scenarios, wish: Wish, files: Files, zone: str) -> None:
    if files.out is not None:
        write_csv(files.out, bid_columns(bids))
    if files.json is not None:
        write_json(files.json, bid_json(bids, _figures(made, wish)))
    if files.plot is not None:
        write_text(files.plot, bids_svg(bids.grid, zone, scenarios, made))


def _show_bids(bids: Bids, made: Bid, scenarios: Scenarios, zone: str) -> None:
    shown = table("", "Slot", "Expected price", "10 % below", "10 % above", "Curve")
    low, high = np.quantile(scenarios.price_ueur_per_kwh, [0.1, 0.9], axis=0) / EUR
    mean = scenarios.probability @ scenarios.price_ueur_per_kwh / EUR
    for slot, at in enumerate(bids.start_utc):
        prices = (show_price(float(each[slot])) for each in (mean, low, high))
        shown.add_row(show_local(at, zone)[5:], *prices, _curve_words(bids, slot))
    out().print(shown)
    worst = f"the worst {show_ratio(1 - made.alpha_ratio)} of days"
    say(
        f"Expected {money_words(-made.mean_eur)}; on {worst}, {money_words(-made.cvar_eur)}, what is stored at the end "
        f"included. {made.probability.size} paths of prices."
    )
    if made.gap_eur > 0.005:
        say(f"A better bid could bring {show_money(made.gap_eur)} more at most.")


def _curve_words(bids: Bids, slot: int) -> str:
    own = bids.curves.slot == slot
    prices, quantities = bids.curves.price_from_ueur_per_kwh[own], bids.curves.quantity_wh[own]
    words = [
        f"{'' if at == 0 else f'from {show_price(price / EUR)} '}{traded_words(int(wh))}"
        for at, (price, wh) in enumerate(zip(prices, quantities, strict=True))
    ]
    return ", ".join(words)
