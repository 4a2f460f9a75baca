"""The market of a slot: bids become a book, the book is cleared, and everybody knows what was traded at which price."""

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, Self

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.units import BoolArray, IntArray
from enerwise.guard.orders import OrderLimits, Rule, Used, judge_orders
from enerwise.market.book import Book
from enerwise.market.clearing import Clearing, Payments, payments
from enerwise.market.mechanism import Mechanism, mechanism
from enerwise.market.money import summed
from enerwise.market.network import PPM, Line, both_ways
from enerwise.market.welfare import best_welfare_neur, welfare_neur
from enerwise.run.community_bids import Bids
from enerwise.run.community_coupling import with_supplier
from enerwise.run.community_homes import Community
from enerwise.run.community_outlook import Outlook

LEVELS: Final = 17
ABOVE: Final = 8
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
        ProblemsFound: The homes share a connection, and the rule knows of no lines.
    """
    rule = mechanism(name)
    if "lines" not in field_names(rule):
        if community.coupling is not None:
            told = f"the rule {name} knows of no line, and so of no connection of all homes together"
            raise ProblemsFound(community.name, [Problem("connection", told, "write 'market: {mechanism: area}'")])
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


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders of homes, several of one home where it bids a ladder. Shapes (order,)"""

    home: IntArray
    is_buy: BoolArray
    quantity_wh: IntArray
    price_ueur_per_kwh: IntArray

    @classmethod
    def of(cls, bids: Bids) -> Self:
        """Return the orders of whoever does not hold."""
        home = np.flatnonzero(bids.quantity_wh > 0)
        return cls(home, bids.is_buy[home], bids.quantity_wh[home], bids.price_ueur_per_kwh[home])

    def take(self, rows: BoolArray) -> Self:
        """Return some of them."""
        return replace(self, **{each.name: getattr(self, each.name)[rows] for each in fields(self)})


def ladder(taken_wh: IntArray, price_ueur_per_kwh: IntArray) -> Orders:
    """Return curves as orders: who takes less from a price on bids the difference at it, who gives more asks for it.

    Args:
        taken_wh: What each home takes at each price, falling; given below zero. [Wh], shape (home, price)
        price_ueur_per_kwh: Rising. Shape (price,)

    >>> made = ladder(np.array([[500, 200, -300]]), np.array([1, 2, 3]))
    >>> list(zip(made.is_buy.tolist(), made.quantity_wh.tolist(), made.price_ueur_per_kwh.tolist()))
    [(True, 300, 1), (True, 200, 2), (False, 300, 3)]
    """
    wanted, offered = np.maximum(taken_wh, 0), np.maximum(-taken_wh, 0)
    bids = wanted - np.pad(wanted[:, 1:], ((0, 0), (0, 1)))
    asks = offered - np.pad(offered[:, :-1], ((0, 0), (1, 0)))
    quantity = np.concatenate([bids, asks], axis=1)
    home, at = np.nonzero(quantity)
    count = price_ueur_per_kwh.size
    return Orders(home, at < count, quantity[home, at], price_ueur_per_kwh[at % count])


def price_levels(sell_ueur_per_kwh: int, buy_ueur_per_kwh: int, highest_ueur_per_kwh: int) -> IntArray:
    """Return the prices at which curves are told: close between the supplier's, wider above them. Shape (price,)"""
    low, high = sorted((sell_ueur_per_kwh, buy_ueur_per_kwh))
    within, above = np.linspace(low, high, LEVELS), np.geomspace(1.0, 1.0 + max(highest_ueur_per_kwh - high, 0), ABOVE)
    return np.unique(np.rint(np.concatenate([within, high - 1.0 + above])).astype(np.int64))


def guarded(
    orders: Orders, community: Community, *, lowest_ueur_per_kwh: int, highest_ueur_per_kwh: int
) -> tuple[Orders, int]:
    """Let orders pass the guard: within what the connection carries, and within the prices there are.

    Returns:
        Orders that may go on, and how many were refused.
    """
    step_h, count = community.grid.step_h, len(community)
    imports, exports = (each * step_h for each in (community.import_limit_w, community.export_limit_w))
    carried_wh = np.maximum(imports, exports).astype(np.int64)
    limits = OrderLimits(
        price_min_ueur_per_kwh=np.full(count, lowest_ueur_per_kwh),
        price_max_ueur_per_kwh=np.full(count, highest_ueur_per_kwh),
        volume_wh=(imports + exports).astype(np.int64),
        position_wh=carried_wh,
        budget_ueur=np.full(count, MOST_UEUR),
        credit_ueur=np.full(count, MOST_UEUR),
        is_halted=np.zeros(count, np.bool_),
    )
    is_within = orders.quantity_wh <= np.where(orders.is_buy, imports[orders.home], exports[orders.home])
    columns = (orders.is_buy, np.where(is_within, orders.quantity_wh, 0), orders.price_ueur_per_kwh)
    told = judge_orders(orders.home, *columns, limits, Used.nothing(count))
    return orders.take(told == Rule.GRANTED), int((told != Rule.GRANTED).sum())


def book_of(orders: Orders, area: IntArray, slot: int = 0) -> Book:
    """Return the book of all orders; participant and home have one number, and who is first at a price takes turns."""
    return Book(
        id=np.arange(orders.home.size),
        participant=orders.home,
        is_buy=orders.is_buy,
        quantity_wh=orders.quantity_wh,
        price_ueur_per_kwh=orders.price_ueur_per_kwh,
        area=area[orders.home],
        time_ns=(orders.home + slot) % area.size,
    )


def cleared(rule: Mechanism, book: Book, community: Community, outlook: Outlook) -> Traded:
    """Clear a slot; where the common connection is limited or its peak is paid for, the supplier trades over it."""
    coupling, homes, step_h = community.coupling, len(community), community.grid.step_h
    if coupling is None:
        return clear(rule, book, homes)
    grid = len(community.areas)
    buy, sell = (int(each[0]) for each in (outlook.buy_ueur_per_kwh, outlook.sell_ueur_per_kwh))
    lines = (*getattr(rule, "lines", ()), *coupling.lines(grid, 0, outlook.free_w, step_h))
    behind: Mechanism = replace(rule, lines=lines)  # type: ignore[type-var]
    made = clear(behind, with_supplier(book, coupling, homes, grid, buy, sell, step_h), homes + 1)
    local = made.clearing.area_price_ueur_per_kwh
    volume_wh = max(made.volume_wh - int(abs(made.traded_wh[homes])), 0)
    return replace(made, price_ueur_per_kwh=None if local is None else int(local[0]), volume_wh=volume_wh)


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
