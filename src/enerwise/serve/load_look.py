"""A file of measured load, looked over: read, put on a local clock, in watts, held against weather and tariff."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import LocalFields, TimeGrid, local_fields
from enerwise.core.units import FloatArray
from enerwise.forecast.change_point import ChangePoint, fit
from enerwise.forecast.load_profile import LoadProfile, daily, profile
from enerwise.forecast.quality import Finding, findings
from enerwise.serve import asked
from enerwise.serve.commands.forecast import power_w_of, unit_of
from enerwise.site.site import Site
from enerwise.store.column_files import Read, Wish, read_columns

UTC: Final = "UTC"
UTC_NAME: Final = "_utc"
"""A time column of this ending tells UTC though its stamps tell no offset."""
PRICES_MOST: Final = 8
"""So many prices are told one by one; of more a quarter of the time each."""
SAME_EUR: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look at."""

    target: str
    unit: str | None = None
    temperature: str | None = None
    parts: tuple[str, ...] = ()
    time: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    zone: str = UTC
    country: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """What lay in the hours of one price."""

    name: str
    hours_ratio: float
    energy_wh: float
    energy_ratio: float
    mean_w: float
    cost_eur: float


@dataclass(frozen=True, slots=True)
class LoadLook:
    """All that was seen."""

    grid: TimeGrid
    local: LocalFields
    zone: str
    """Of the grid: UTC where the data keep a local clock."""
    power_w: FloatArray
    seen: LoadProfile
    weather: ChangePoint | None
    air_degc: FloatArray | None
    """Mean of each day. Shape (day,)"""
    daily_wh: FloatArray
    """Shape (day,)"""
    first_day: int
    priced: tuple[Priced, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def look_over(path: Path, wish: Asked, site: Site | None = None) -> LoadLook:
    """Read a file and look it over.

    Raises:
        ProblemsFound: Everything wrong with file and wish.
    """
    read = _read(path, wish)
    grid, unit_w = read.frame.grid, _unit_w(read, wish)
    power_w = read.frame.target * unit_w
    zone = wish.zone if site is None or wish.zone != UTC else site.timezone
    tells_utc = read.has_offset or (wish.time or _time_name(path, wish)).endswith(UTC_NAME)
    zone = zone if tells_utc else UTC
    local, notes = local_fields(grid.starts_utc, zone), []
    country = wish.country or (site.country if site is not None else "")
    parts = {each: _column(read, each, "--parts") * unit_w for each in wish.parts}
    try:
        seen = profile(power_w, local, grid.step_s, country=country, parts_w=parts)
    except ValueError as error:
        raise ProblemsFound(
            str(path), [Problem(f"column {wish.target}", str(error), "give more, or longer days")]
        ) from None
    energy, is_work, first_day = daily(power_w, local, grid.step_s, country)
    air_degc = (
        None
        if wish.temperature is None
        else daily(_column(read, wish.temperature, "--temperature"), local, grid.step_s)[0] / 24
    )
    weather = None
    if air_degc is not None:
        try:
            weather = fit(energy, air_degc, is_work)
        except ValueError as error:
            notes.append(f"The weather cannot be held against it: {error}.")
    if not tells_utc and wish.zone != UTC:
        notes.append(f"The stamps of {path.name} tell no offset: they are taken as local times.")
    priced, more = ((), ()) if site is None else _priced(site, grid, power_w, zone)
    return LoadLook(
        grid, local, zone, power_w, seen, weather, air_degc, energy, first_day, priced,
        findings(read.frame, read.others, unit_w=unit_w), (*notes, *more),
    )  # fmt: skip


def _read(path: Path, wish: Asked) -> Read:
    return read_columns(path, Wish(wish.target, time=wish.time, where=wish.where, zone=wish.zone, country=wish.country))


def _time_name(path: Path, wish: Asked) -> str:
    from enerwise.store.column_files import time_column
    from enerwise.store.table import open_table

    with open_table(path, dict(wish.where)) as table:
        return time_column(table, path)


def _unit_w(read: Read, wish: Asked) -> float:
    unit = wish.unit or unit_of(wish.target)
    unit_w = power_w_of(unit, read.frame.grid.step_s, is_told=wish.unit is not None)
    if unit_w is None:
        told = f"column {wish.target}"
        raise ProblemsFound("profile", [Problem(told, "tells no unit of power or energy", "write --unit, such as kWh")])
    return unit_w


def _column(read: Read, name: str, option: str) -> FloatArray:
    if name not in read.others:
        remedy = (
            f"write one of {', '.join(read.others)}" if read.others else "the file has no further column of numbers"
        )
        raise asked.wrong(option, name, remedy)
    return read.others[name]


def _priced(site: Site, grid: TimeGrid, power_w: FloatArray, zone: str) -> tuple[tuple[Priced, ...], tuple[str, ...]]:
    """Return what lay at each price of buying; of prices that change all the time, by quarters of the time."""
    buy = site.tariff.import_eur_per_kwh(grid, zone)
    known = np.isfinite(buy) & np.isfinite(power_w)
    if not known.any():
        return (), ("The tariff tells no price for any of these steps, so that nothing is priced.",)
    bought_w = np.maximum(power_w, 0.0)
    prices = np.unique(np.round(buy[known], 6))
    if prices.size <= PRICES_MOST:
        groups = [(f"{each * 100:.4g} ct/kWh", known & (np.abs(buy - each) < SAME_EUR)) for each in prices[::-1]]
    else:
        edges = np.quantile(buy[known], [0.0, 0.25, 0.5, 0.75, 1.0])
        quarter = np.clip(np.searchsorted(edges, buy, side="right") - 1, 0, 3)
        names = [f"{low * 100:.3g} to {high * 100:.3g} ct/kWh" for low, high in pairwise(edges)]
        groups = [(names[at], known & (quarter == at)) for at in (3, 2, 1, 0)]
    whole_wh = float(bought_w[known].sum()) * grid.step_h
    found = [_price_group(name, held, known, bought_w, buy, grid, whole_wh) for name, held in groups if held.any()]
    missing = 1.0 - known.sum() / max(int(np.isfinite(power_w).sum()), 1)
    note = (f"{missing:.0%} of the steps have no price and are left out.",) if missing > 0.005 else ()
    return tuple(found), note


def _price_group(
    name: str,
    held: np.ndarray,
    known: np.ndarray,
    bought_w: FloatArray,
    buy: FloatArray,
    grid: TimeGrid,
    whole_wh: float,
) -> Priced:
    energy_wh = float(bought_w[held].sum()) * grid.step_h
    return Priced(
        name,
        float(held.sum() / known.sum()),
        energy_wh,
        energy_wh / whole_wh if whole_wh > 0 else 0.0,
        float(bought_w[held].mean()),
        float((bought_w[held] * buy[held]).sum()) * grid.step_h / 1e3,
    )
