"""Orders from people's files, and trades back to them: every wrong row is told with line, value and remedy."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.core.time import instant
from enerwise.core.units import IntArray
from enerwise.market.book import PRICE_MAX_UEUR_PER_KWH, QUANTITY_MAX_WH, Book
from enerwise.market.clearing import ACCOUNTS, Clearing, payments, trades_of
from enerwise.market.money import amount_ueur

NEEDED: Final = ("id", "participant", "side", "quantity_wh", "price_ueur_per_kwh")
SIDES: Final = {"buy": True, "sell": False}
SHOWN_MOST: Final = 20
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Orders:
    """A book, and the names behind its numbers."""

    book: Book
    ids: tuple[str, ...]
    """By row."""
    participants: tuple[str, ...]
    areas: tuple[str, ...]


def read_orders(path: Path) -> Orders:
    """Read orders from a CSV with a header: id, participant, side, quantity_wh, price_ueur_per_kwh, area, time.

    Area and time may be missing. At the same price and time the smaller id is first: as a number where all ids are
    numbers, else as text.

    Raises:
        ProblemsFound: The file cannot be read, or rows are wrong; up to twenty are told.
    """
    rows = list(_rows(path))
    problems, found = list[Problem](), list[tuple[Any, ...]]()
    for line, row in rows:
        before = len(problems)
        values = _values(f"line {line}", row, problems)
        if len(problems) == before:
            found.append(values)
    ids = [each[0] for each in found]
    problems += [
        Problem(f"order {each!r}", "this id is given to several orders", "give each order an id of its own")
        for each in dict.fromkeys(each for each in ids if ids.count(each) > 1)
    ] if len(set(ids)) < len(ids) else []  # fmt: skip
    if problems:
        more = [] if len(problems) <= SHOWN_MOST else [Problem("and", f"{len(problems) - SHOWN_MOST} more")]
        raise ProblemsFound(str(path), [*problems[:SHOWN_MOST], *more])
    return _orders(found)


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                told = f"has no column {', '.join(missing)}"
                raise ProblemsFound(str(path), [Problem("line 1", told, f"begin with {','.join(NEEDED)}[,area,time]")])
            for row in reader:
                yield reader.line_num, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ProblemsFound(str(path), [Problem("file", f"cannot be read: {error}", "name a CSV in UTF-8")]) from error


def _values(place: str, row: Mapping[str, Any], problems: list[Problem]) -> tuple[Any, ...]:
    def text(name: str) -> str:
        value = str(row.get(name) or "").strip()
        if not value:
            problems.append(Problem(f"{place}, {name}", "is empty", "write one"))
        return value

    side = str(row.get("side") or "").strip().lower()
    if side not in SIDES:
        problems.append(Problem(f"{place}, side", f"{side!r} is neither buy nor sell", "write buy or sell"))
    quantity = _whole(place, row, "quantity_wh", 1, QUANTITY_MAX_WH, problems)
    price = _whole(place, row, "price_ueur_per_kwh", -PRICE_MAX_UEUR_PER_KWH, PRICE_MAX_UEUR_PER_KWH, problems)
    time_ns = _time_ns(place, str(row.get("time") or "").strip(), problems)
    area = str(row.get("area") or "").strip()
    return text("id"), text("participant"), SIDES.get(side), quantity, price, area, time_ns


def _whole(place: str, row: Mapping[str, Any], name: str, least: int, most: int, problems: list[Problem]) -> int:
    told = str(row.get(name) or "").strip()
    remedy = f"write a whole number from {least} to {most}"
    try:
        value = int(told)
    except ValueError:
        problems.append(Problem(f"{place}, {name}", f"{told[:40]!r} is no whole number", remedy))
        return 0
    if not least <= value <= most:
        problems.append(Problem(f"{place}, {name}", f"{value} is out of range", remedy))
    return value


def _time_ns(place: str, told: str, problems: list[Problem]) -> int:
    if not told:
        return 0
    if told.isdecimal():
        return int(told)
    try:
        return int(instant(told).astype("datetime64[ns]").astype(np.int64))
    except UnitError as error:
        problems.append(Problem(f"{place}, time", str(error), "write 2026-05-14T12:00:00Z, or nanoseconds since 1970"))
        return 0


def _orders(found: Sequence[tuple[Any, ...]]) -> Orders:
    columns = list(zip(*found, strict=True)) if found else [()] * 7
    ids, who, is_buy, quantity, price, area, time_ns = columns
    key: Callable[[str], Any] = int if all(each.isdecimal() for each in ids) else str
    rank = {each: number for number, each in enumerate(sorted(ids, key=key))}
    participants, areas = sorted(set(who)), sorted(set(area)) or [""]
    number_of = {each: number for number, each in enumerate(participants)}
    area_of = {each: number for number, each in enumerate(areas)}
    book = Book(
        np.array([rank[each] for each in ids], np.int64),
        np.array([number_of[each] for each in who], np.int64),
        np.array(is_buy, np.bool_),
        np.array(quantity, np.int64),
        np.array(price, np.int64),
        np.array([area_of[each] for each in area], np.int64),
        np.array(time_ns, np.int64),
    )
    return Orders(book, tuple(ids), tuple(participants), tuple(areas))


# ---------------------------------------------------------------------------------------------------------------
# Results


def has_partners(clearing: Clearing) -> bool:
    """Tell whether a rule says who traded with whom."""
    return clearing.trades is not None or not (clearing.accounts_wh or clearing.flow)


def trade_columns(orders: Orders, clearing: Clearing) -> Columns:
    """Return the trades as columns: by pair, or where a rule trades with a pool, by order."""
    book = orders.book
    if not has_partners(clearing):
        rows = np.flatnonzero(clearing.filled_wh > 0)
        return {
            "order": _named(orders.ids, rows),
            "participant": _named(orders.participants, book.participant[rows]),
            "side": np.where(book.is_buy[rows], "buy", "sell"),
            "quantity_wh": clearing.filled_wh[rows],
            "price_ueur_per_kwh": clearing.price_ueur_per_kwh[rows],
        }
    trades = trades_of(book, clearing)
    return {
        "buy_order": _named(orders.ids, trades.buy),
        "sell_order": _named(orders.ids, trades.sell),
        "buyer": _named(orders.participants, book.participant[trades.buy]),
        "seller": _named(orders.participants, book.participant[trades.sell]),
        "quantity_wh": trades.quantity_wh,
        "buy_price_ueur_per_kwh": trades.buy_price_ueur_per_kwh,
        "sell_price_ueur_per_kwh": trades.sell_price_ueur_per_kwh,
        "paid_ueur": amount_ueur(trades.quantity_wh, trades.buy_price_ueur_per_kwh),
        "received_ueur": amount_ueur(trades.quantity_wh, trades.sell_price_ueur_per_kwh),
    }


def _named(names: Sequence[str], numbers: IntArray) -> NDArray[Any]:
    return np.array(names, dtype=np.str_)[numbers] if numbers.size else np.array([], dtype=np.str_)


def summary(orders: Orders, clearing: Clearing) -> dict[str, Any]:
    """Return what came of a book in a few figures, participants and accounts with what they pay."""
    book, paid = orders.book, payments(orders.book, clearing)
    bought = int(clearing.filled_wh[book.is_buy].sum())
    prices = clearing.price_ueur_per_kwh[clearing.filled_wh > 0]
    return {
        "order_count": len(book),
        "filled_count": int((clearing.filled_wh > 0).sum()),
        "bought_wh": bought,
        "sold_wh": int(clearing.filled_wh[~book.is_buy].sum()),
        "lowest_price_ueur_per_kwh": int(prices.min()) if prices.size else None,
        "highest_price_ueur_per_kwh": int(prices.max()) if prices.size else None,
        "paid_ueur": {name: int(each) for name, each in zip(orders.participants, paid.participant_ueur, strict=False)},
        "accounts_ueur": {name: paid.accounts_ueur[name] for name in ACCOUNTS if name in paid.accounts_ueur},
        "accounts_wh": dict(clearing.accounts_wh),
    }
