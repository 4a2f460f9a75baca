"""The market of a slot: bids become a book, the book is cleared, and everybody knows what was traded at which price."""

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final

import numpy as np

from enerwise.core.units import IntArray
from enerwise.guard.orders import OrderLimits, Rule, Used, judge_orders
from enerwise.market.book import Book
from enerwise.market.clearing import Clearing, Payments, payments
from enerwise.market.mechanism import Mechanism, mechanism
from enerwise.market.money import summed
from enerwise.market.network import PPM, Line, both_ways
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.run.community_bids import Bids
from enerwise.run.community_homes import Community

MOST_UEUR: Final = 2**51
"""Homes are billed: their budget is what fits."""


@dataclass(frozen=True, slots=True)
class Traded:
    """What came of a slot. Columns (home,)"""

    book: Book
    clearing: Clearing
    traded_wh: IntArray
    """Bought from neighbours, sold below zero."""
    paid_ueur: IntArray
    """For it; received below zero."""
    payments: Payments
    price_ueur_per_kwh: int | None
    """Mean over what was bought; None where nothing was."""
    volume_wh: int
    welfare_neur: int
    """At reported prices. [10^-9 EUR]"""
    best_welfare_neur: int
    """The most that any trades could be worth at reported prices, lines left out. [10^-9 EUR]"""
    refused_count: int = 0
    """Orders that the guard has refused."""


def rule_of(name: str, community: Community) -> Mechanism:
    """Return a way of clearing, with the lines between the areas of a community where it knows of lines.

    Raises:
        PluginError: There is none of that name.
    """
    rule = mechanism(name)
    if "lines" not in field_names(rule):
        return rule
    laid: Mechanism = replace(rule, lines=_lines(community))  # type: ignore[type-var]
    return laid


def _lines(community: Community) -> tuple[Line, ...]:
    step_h, areas = community.grid.step_h, community.areas
    return tuple(
        line
        for each in community.lines
        for line in both_ways(
            areas.index(each.from_),
            areas.index(each.to),
            int(each.limit * step_h),
            loss_ppm=round(each.loss * PPM),
            fee_ueur_per_kwh=round(each.fee * PPM),
        )
    )


def at_prices(rule: Mechanism, *, buy_ueur_per_kwh: int, sell_ueur_per_kwh: int) -> Mechanism:
    """Return a rule that lets the supplier fill what neighbours cannot, at its prices of this slot; others as they are.

    Args:
        rule: Any way of clearing.
        buy_ueur_per_kwh: What the supplier asks.
        sell_ueur_per_kwh: What it gives; where that is more, neighbours are asked for no less than it.
    """
    if not {"retail_ueur_per_kwh", "feed_in_ueur_per_kwh"} <= field_names(rule):
        return rule
    prices = {
        "retail_ueur_per_kwh": max(buy_ueur_per_kwh, sell_ueur_per_kwh),
        "feed_in_ueur_per_kwh": sell_ueur_per_kwh,
    }
    priced: Mechanism = replace(rule, **prices)  # type: ignore[type-var]
    return priced


def field_names(rule: Any) -> set[str]:
    """Return what may be set about a rule; none where it is no dataclass."""
    return {each.name for each in fields(rule)} if is_dataclass(rule) else set()


def guarded(bids: Bids, community: Community, *, buy_ueur_per_kwh: int, sell_ueur_per_kwh: int) -> tuple[Bids, int]:
    """Let orders pass the guard: within what the connection carries, and no worse than the supplier.

    Returns:
        Orders that may go on, a refused one with a quantity of zero, and how many were refused.
    """
    step_h, count = community.grid.step_h, len(community)
    imports, exports = community.import_limit_w * step_h, community.export_limit_w * step_h
    carried_wh = np.where(bids.is_buy, imports, exports).astype(np.int64)
    limits = OrderLimits(
        price_min_ueur_per_kwh=np.full(count, min(buy_ueur_per_kwh, sell_ueur_per_kwh)),
        price_max_ueur_per_kwh=np.full(count, max(buy_ueur_per_kwh, sell_ueur_per_kwh)),
        volume_wh=carried_wh,
        position_wh=carried_wh,
        budget_ueur=np.full(count, MOST_UEUR),
        credit_ueur=np.full(count, MOST_UEUR),
        is_halted=np.zeros(count, np.bool_),
    )
    home = np.flatnonzero(bids.quantity_wh > 0)
    columns = (bids.is_buy[home], bids.quantity_wh[home], bids.price_ueur_per_kwh[home])
    told = judge_orders(home, *columns, limits, Used.nothing(count))
    quantity_wh = bids.quantity_wh.copy()
    quantity_wh[home[told != Rule.GRANTED]] = 0
    return replace(bids, quantity_wh=quantity_wh), int((told != Rule.GRANTED).sum())


def book_of(bids: Bids, area: IntArray) -> Book:
    """Return the book of all orders; order, participant and home have one number, and nobody came first."""
    home = np.flatnonzero(bids.quantity_wh > 0)
    return Book(
        id=home,
        participant=home,
        is_buy=bids.is_buy[home],
        quantity_wh=bids.quantity_wh[home],
        price_ueur_per_kwh=bids.price_ueur_per_kwh[home],
        area=area[home],
    )


def clear(rule: Mechanism, book: Book, home_count: int) -> Traded:
    """Clear a book and tell each home its part."""
    clearing = rule.clear(book)
    signed_wh = np.where(book.is_buy, clearing.filled_wh, -clearing.filled_wh)
    paid = payments(book, clearing)
    paid_ueur = np.zeros(home_count, np.int64)
    paid_ueur[: paid.participant_ueur.size] = paid.participant_ueur
    bought_wh = np.where(book.is_buy, clearing.filled_wh, 0)
    volume_wh = int(bought_wh.sum())
    spent = sum(int(each) for each in (bought_wh.astype(object) * clearing.price_ueur_per_kwh))
    return Traded(
        book=book,
        clearing=clearing,
        traded_wh=summed(book.participant, signed_wh, home_count),
        paid_ueur=paid_ueur,
        payments=paid,
        price_ueur_per_kwh=spent // volume_wh if volume_wh else None,
        volume_wh=volume_wh,
        welfare_neur=welfare_neur(book, clearing.filled_wh),
        best_welfare_neur=best_welfare_neur(book),
    )
