"""One's own offers and deals at a market slot by slot, beside the grid tariff. Built in the market's thread."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from enerwise.core.time import Instant
from enerwise.core.units import IntArray
from enerwise.market.product import Slot, slot_at
from enerwise.run.venue import Venue
from enerwise.run.venue_book import CANCELLED, SlotBook, State
from enerwise.run.venue_facts import Facts, Party, to_ns
from enerwise.run.venue_ledger import prices
from enerwise.run.venue_seen import Position, position
from enerwise.serve.api.market_view import number_of
from enerwise.serve.market_tariff import TariffPrices

WH_PER_KWH: Final = 1000
SLOTS_MOST: Final = 1000
STAGES: Final = ("offered", "matched", "delivered", "settled")
Shape = dict[str, Any]


def slots_between(facts: Facts, start: Instant, end: Instant) -> list[Slot]:
    """Return the slots that begin in a span, none left out, at most `SLOTS_MOST`."""
    found, at = list[Slot](), slot_at(facts.product, start, facts.zone)
    while at.start_utc < end and len(found) < SLOTS_MOST:
        if at.start_utc >= start:
            found.append(at)
        at = slot_at(facts.product, at.end_utc, facts.zone)
    return found


def own(venue: Venue, party: Party, slots: Sequence[Slot], tariff: TariffPrices, at_ns: int) -> Shape:
    """Return offers, deals, what they come to by stage, and with whom."""
    who = number_of(venue, party)
    rows = [
        _row(venue, venue.books.get(slot.id), slot, who, (float(buy), float(sell)), at_ns)
        for slot, buy, sell in zip(slots, tariff.buy, tariff.sell, strict=True)
    ]
    columns = {name: [each[name] for each in rows] for name in (rows[0] if rows else _EMPTY)}
    return {
        "participant": party.id,
        "name": party.name,
        "is_simulated": party.is_simulated,
        "at": np.datetime64(at_ns // 1_000_000, "ms"),
        "slot_s": venue.facts.product.length_s,
        **columns,
        "stages": [_stage(rows, each) for each in STAGES],
        "partners": _partners(venue, who, [venue.books[each.id] for each in slots if each.id in venue.books]),
    }


# ---------------------------------------------------------------------------------------------------------------
# One slot

_EMPTY: Final = (
    "start_utc", "stage", "offer_buy_wh", "offer_sell_wh", "buy_limit_ueur_per_kwh", "sell_limit_ueur_per_kwh",
    "bought_wh", "sold_wh", "price_ueur_per_kwh", "market_ueur_per_kwh", "tariff_buy_ueur_per_kwh",
    "tariff_sell_ueur_per_kwh", "agreed_ueur", "recognised_wh", "deviation_wh", "paid_ueur", "deviation_ueur",
    "gain_ueur",
)  # fmt: skip


def _row(venue: Venue, book: SlotBook | None, slot: Slot, who: int, tariff: tuple[float, float], at_ns: int) -> Shape:
    buy, sell = (round(each) if np.isfinite(each) else None for each in tariff)
    told: Shape = dict.fromkeys(_EMPTY) | dict.fromkeys(
        ("offer_buy_wh", "offer_sell_wh", "bought_wh", "sold_wh", "agreed_ueur"), 0
    )
    told |= {
        "start_utc": slot.start_utc,
        "stage": "none",
        "tariff_buy_ueur_per_kwh": buy,
        "tariff_sell_ueur_per_kwh": sell,
    }
    if book is None:
        return told
    found, offers = position(book, who), _offers(book, who)
    traded_wh = found.bought_wh + found.sold_wh
    return told | offers | {
        "stage": _stage_of(book, found, offers, to_ns(slot.end_utc), at_ns),
        "bought_wh": found.bought_wh,
        "sold_wh": found.sold_wh,
        "price_ueur_per_kwh": _own_price(book, who) if traded_wh else None,
        "market_ueur_per_kwh": prices(venue.facts, book).slot_ueur_per_kwh if book.trades.count else None,
        "agreed_ueur": found.agreed_ueur,
        "recognised_wh": found.recognised_wh,
        "deviation_wh": found.deviation_wh,
        "paid_ueur": found.paid_ueur,
        "deviation_ueur": found.deviation_ueur,
        "gain_ueur": _gain_ueur(found, buy, sell),
    }  # fmt: skip


def _offers(book: SlotBook, who: int) -> Shape:
    """Return what was ordered and not taken back, and the limits of it."""
    orders = book.orders
    mine = (orders["participant"] == who) & ~((orders["gone"] == CANCELLED) & (orders["left_wh"] > 0))
    buys, sells = mine & orders["is_buy"], mine & ~orders["is_buy"]
    limit = orders["price_ueur_per_kwh"]
    return {
        "offer_buy_wh": int(orders["quantity_wh"][buys].sum()),
        "offer_sell_wh": int(orders["quantity_wh"][sells].sum()),
        "buy_limit_ueur_per_kwh": int(limit[buys].max()) if buys.any() else None,
        "sell_limit_ueur_per_kwh": int(limit[sells].min()) if sells.any() else None,
    }


def _stage_of(book: SlotBook, found: Position, offers: Shape, end_ns: int, at_ns: int) -> str:
    is_traded = bool(found.bought_wh or found.sold_wh)
    if book.state is State.SETTLED and (is_traded or found.deviation_wh):
        return "settled"
    if is_traded:
        return "delivered" if at_ns >= end_ns else "matched"
    if not (offers["offer_buy_wh"] or offers["offer_sell_wh"]):
        return "none"
    return "offered" if book.state is State.OPEN else "unmatched"


def _own_price(book: SlotBook, who: int) -> int:
    """Return the mean price of one's own trades, by energy."""
    is_own, trades = book.orders["participant"] == who, book.trades
    energy = np.concatenate([trades["quantity_wh"]] * 2)
    price = np.concatenate([trades["buy_price_ueur_per_kwh"], trades["sell_price_ueur_per_kwh"]])
    mine = np.concatenate([is_own[trades["buy"]], is_own[trades["sell"]]])
    worth = sum(wh * each for wh, each in zip(energy[mine].tolist(), price[mine].tolist(), strict=True))
    return int(worth // int(energy[mine].sum()))


def _gain_ueur(found: Position, buy: int | None, sell: int | None) -> int | None:
    """Return by how much a slot is better than with the supplier alone; None where he is unknown, or nothing was dealt.

    Once it is settled, all that the meter counted is held against the tariff, deviations with what they cost.
    """
    if found.recognised_wh is not None and found.deviation_wh is not None:
        metered_wh = found.recognised_wh + found.deviation_wh
        taken_wh, given_wh = max(metered_wh, 0), max(-metered_wh, 0)
        money = (found.paid_ueur or 0) + (found.deviation_ueur or 0)
    else:
        taken_wh, given_wh, money = found.bought_wh, found.sold_wh, found.agreed_ueur
        if not taken_wh and not given_wh:
            return None
    if (buy is None and taken_wh) or (sell is None and given_wh):
        return None
    return (taken_wh * (buy or 0) - given_wh * (sell or 0)) // WH_PER_KWH - money


# ---------------------------------------------------------------------------------------------------------------
# Sums


def _stage(rows: Sequence[Shape], stage: str) -> Shape:
    """Return what the slots of one stage come to."""
    mine = [each for each in rows if each["stage"] == stage]
    if stage == "offered":
        buy, sell = (sum(each[f"offer_{side}_wh"] for each in mine) for side in ("buy", "sell"))
        pay, receive = (sum(_worth(each, side) for each in mine) for side in ("buy", "sell"))
        return {"stage": stage, "slot_count": len(mine), "buy_wh": buy, "sell_wh": sell, "pay_ueur": pay,
                "receive_ueur": receive, "gain_ueur": None}  # fmt: skip
    money = [_money(each) for each in mine]
    gains = [each["gain_ueur"] for each in mine]
    return {
        "stage": stage,
        "slot_count": len(mine),
        "buy_wh": sum(each["bought_wh"] for each in mine),
        "sell_wh": sum(each["sold_wh"] for each in mine),
        "pay_ueur": sum(max(each, 0) for each in money),
        "receive_ueur": sum(max(-each, 0) for each in money),
        "gain_ueur": sum(gains) if gains and None not in gains else None,
    }


def _worth(row: Shape, side: str) -> int:
    limit = row[f"{side}_limit_ueur_per_kwh"]
    return 0 if limit is None else max(row[f"offer_{side}_wh"] * limit // WH_PER_KWH, 0)


def _money(row: Shape) -> int:
    """Return what a slot comes to as far as it has come: agreed, and once settled what was really paid."""
    if row["paid_ueur"] is None:
        return int(row["agreed_ueur"])
    return int(row["paid_ueur"]) + int(row["deviation_ueur"])


def _partners(venue: Venue, who: int, books: Sequence[SlotBook]) -> list[Shape]:
    """Return with whom one has traded: by name where that is agreed, all others in one line, the largest first."""
    seen: dict[int, list[IntArray]] = {}
    for book in books:
        buyer, seller = (book.orders["participant"][book.trades[side]] for side in ("buy", "sell"))
        for mine, others, column in ((buyer, seller, 0), (seller, buyer, 1)):
            at = np.flatnonzero(mine == who)
            for other, wh in zip(others[at].tolist(), book.trades["quantity_wh"][at].tolist(), strict=True):
                row = np.array([0, 0, to_ns(book.slot.start_utc)], np.int64)
                row[column] = wh
                seen.setdefault(other, []).append(row)
    named, unnamed = list[Shape](), list[int]()
    for other, rows in seen.items():
        if venue.facts.parties[other].shown_as:
            named.append(_partner(venue, [other], rows))
        else:
            unnamed.append(other)
    found = sorted(named, key=lambda each: -(each["bought_wh"] + each["sold_wh"]))
    rest = [row for other in unnamed for row in seen[other]]
    return [*found, _partner(venue, unnamed, rest)] if unnamed else found


def _partner(venue: Venue, who: Sequence[int], rows: Sequence[IntArray]) -> Shape:
    bought, sold, start = np.stack(rows).T
    parties = [venue.facts.parties[each] for each in who]
    return {
        "name": parties[0].shown_as or None,
        "is_simulated": all(each.is_simulated for each in parties),
        "partner_count": len(parties),
        "slot_count": len(np.unique(start)),
        "bought_wh": int(bought.sum()),
        "sold_wh": int(sold.sum()),
    }
