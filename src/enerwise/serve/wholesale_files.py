"""Files of the wholesale side: prices in, bids out and in again, meters in; what is wrong is told by row and remedy."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.core.time import TIME_TYPE, TimeArray, TimeGrid
from enerwise.core.units import Dimension, FloatArray, IntArray, parse, show_energy
from enerwise.market.wholesale.curve import BidCurves
from enerwise.serve import asked
from enerwise.serve.console import say
from enerwise.serve.files import stamp
from enerwise.site.tariff import PriceSeries
from enerwise.store.files import read_prices
from enerwise.store.table import Table, open_table

BID_COLUMNS: Final = ("start_utc", "duration_s", "price_from_ueur_per_kwh", "quantity_wh")
UEUR: Final = 1e6
TABLES: Final = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Form:
    """How a file of prices is written: whose clock, which columns, which unit; None takes our own."""

    zone: str = "UTC"
    clock: str = "wall"
    time: str | None = None
    price: str | None = None
    unit: str | None = None

    def read(self, path: Path) -> PriceSeries:
        """Read prices.

        Raises:
            ProblemsFound: Everything wrong with the file.
        """
        named = {"time": self.time, "price": self.price, "unit": self.unit}
        return read_prices(path, zone=self.zone, clock=self.clock, **named)


@dataclass(frozen=True, slots=True)
class Bids:
    """Curves, and when their slots are."""

    curves: BidCurves
    start_utc: TimeArray
    """Of each slot. Shape (slot,)"""
    step_s: int

    @property
    def grid(self) -> TimeGrid:
        """The slots, which follow each other without a gap in one auction."""
        return TimeGrid(self.start_utc[0], self.step_s, self.start_utc.size)


@dataclass(frozen=True, slots=True)
class Files:
    """Where results are written to."""

    out: Path | None = None
    json: Path | None = None
    plot: Path | None = None

    def check(self) -> None:
        """Complain before work about places that cannot be written to."""
        asked.target("--out", self.out, TABLES)
        asked.target("--json", self.json)
        asked.target("--plot", self.plot, (".svg",))

    def say_written(self) -> None:
        """Tell what was written."""
        for written in (self.out, self.json, self.plot):
            if written is not None:
                say(f"Written: {written}")


def ueur(price_eur_per_kwh: FloatArray) -> IntArray:
    """Return prices in whole micro-euro per kWh."""
    return np.rint(price_eur_per_kwh * UEUR).astype(np.int64)


def bid_columns(bids: Bids) -> dict[str, Any]:
    """Return bids as columns, a row for each step of a curve."""
    curves = bids.curves
    return {
        "start_utc": bids.start_utc[curves.slot],
        "duration_s": np.full(curves.slot.size, bids.step_s, np.int64),
        "price_from_ueur_per_kwh": curves.price_from_ueur_per_kwh,
        "quantity_wh": curves.quantity_wh,
    }


def read_bids(path: Path) -> Bids:
    """Read bids as `bid_columns` has them.

    Raises:
        ProblemsFound: Everything wrong with the file.
    """
    with open_table(path) as table:
        known = [table.has(name) for name in BID_COLUMNS]
        table.raise_problems()
        assert all(known)
        at_ms = table.stamps("start_utc").at_ms
        lasts, price, quantity = (_whole(table, name) for name in BID_COLUMNS[1:])
        if np.ptp(lasts) or lasts[0] < 1:
            table.problems.append(Problem("column duration_s", "differs or is below 1", "write one length for all"))
        table.tell_times(np.diff(at_ms, prepend=at_ms[:1]) < 0, "start_utc", at_ms, "is earlier than the row before",
                         "write slots in their order")  # fmt: skip
        table.raise_problems()
    start, slot = np.unique(at_ms, return_inverse=True)
    try:
        curves = BidCurves(slot.astype(np.int64), price, quantity)
    except ProblemsFound as error:
        raise ProblemsFound(str(path), error.problems) from None
    return Bids(curves, start.astype(TIME_TYPE), int(lasts[0]))


def read_meter(path: Path, bids: Bids) -> IntArray:
    """Read what a meter counts in each slot: ``start_utc, energy_wh``, taken above zero, given below. Shape (slot,)

    Raises:
        ProblemsFound: Everything wrong with the file, or a slot that it does not hold.
    """
    with open_table(path) as table:
        known = [table.has(name) for name in ("start_utc", "energy_wh")]
        table.raise_problems()
        assert all(known)
        at, energy = table.stamps("start_utc").at_ms.astype(TIME_TYPE), _whole(table, "energy_wh")
        table.raise_problems()
    found = dict(zip(at.tolist(), energy.tolist(), strict=True))
    missing = [str(each) for each in bids.start_utc if each.tolist() not in found]
    if missing or len(found) < at.size:
        told = f"has no reading for {len(missing)} slots, the first at {missing[0]}Z" if missing else "has a slot twice"
        raise ProblemsFound(str(path), [Problem("column energy_wh", told, "write one row for each slot of the bids")])
    return np.array([found[each.tolist()] for each in bids.start_utc], np.int64)


def published(series: PriceSeries, bids: Bids, path: Path) -> IntArray:
    """Return the price of each slot. Shape (slot,)

    Raises:
        ProblemsFound: A slot has none.
    """
    price = series.at(bids.start_utc)
    missing = np.flatnonzero(np.isnan(price))
    if missing.size:
        told = f"has no price for {missing.size} of {price.size} slots, the first at {bids.start_utc[missing[0]]}Z"
        raise ProblemsFound(str(path), [Problem("prices", told, "name the file of that day and the --zone")])
    return ueur(price)


def _whole(table: Table, name: str) -> IntArray:
    value = table.numbers(name)
    is_wrong = ~np.isfinite(value) | (value != np.rint(value)) | (np.abs(value) > 2**52)
    table.tell(is_wrong, name, value, "is no whole number", "write a whole number in every row")
    return np.where(is_wrong, 0, value).astype(np.int64)


def bid_json(bids: Bids, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return bids as JSON: figures first, then a curve for each slot."""
    curves = bids.curves
    slots = [
        {
            "start_utc": stamp(at),
            "steps": [
                {"price_from_ueur_per_kwh": int(price), "quantity_wh": int(wh)}
                for price, wh in zip(
                    curves.price_from_ueur_per_kwh[curves.slot == slot],
                    curves.quantity_wh[curves.slot == slot],
                    strict=True,
                )
            ],
        }
        for slot, at in enumerate(bids.start_utc)
    ]
    return {**figures, "duration_s": bids.step_s, "slots": slots}


def energy_price(option: str, text: str) -> float:
    """Read a price. [EUR/kWh]"""
    try:
        return parse(text, Dimension.ENERGY_PRICE)
    except UnitError as error:
        raise asked.wrong(option, text, error.remedy) from None


def margin_ueur_per_kwh(text: str) -> int:
    """Read a margin, zero or above."""
    margin = energy_price("--margin", text)
    if margin < 0:
        raise asked.wrong("--margin", text, "write a margin of zero or above")
    return round(margin * UEUR)


def traded_words(energy_wh: int) -> str:
    """Write what is bought or sold."""
    return "nothing" if not energy_wh else f"{'buy' if energy_wh > 0 else 'sell'} {show_energy(abs(energy_wh))}"
