"""Participants under numbers that stay, and what the guard holds them to."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from enerwise.core.units import BoolArray, IntArray
from enerwise.guard.orders import OrderLimits
from enerwise.run import venue_records
from enerwise.run.venue_book import Batch
from enerwise.run.venue_facts import Facts, Limits, Party
from enerwise.store.journal import Journal

UNBOUNDED: Final = 2**52
NOTHING: Final = Limits(0, 0, 0, 0, 0)
"""Of somebody who takes part no more."""


def registered(parties: Sequence[Party], journal: Journal, at_ns: int) -> tuple[Party, ...]:
    """Return participants under the numbers that they have had from the start; who has left keeps a number."""
    known = list[str]()
    for record in journal.records([""]):
        if record.kind == venue_records.PARTIES:
            known = list(venue_records.facts_of(record)["ids"])
    by_id = {each.id: each for each in parties}
    ids = [*known, *(each for each in by_id if each not in set(known))]
    if ids != known:
        journal.add([venue_records.plain(at_ns, venue_records.PARTIES, ids=ids)])
    return tuple(by_id.get(each) or Party(each, each, NOTHING, owner=each) for each in ids)


def limits_of(facts: Facts) -> OrderLimits:
    """Return what the guard holds everybody to; credit and halts change from batch to batch."""

    def column(name: str) -> IntArray:
        return np.array([getattr(each.limits, name) for each in facts.parties], np.int64)

    count = len(facts.parties)
    return OrderLimits(
        price_min_ueur_per_kwh=column("price_min_ueur_per_kwh"),
        price_max_ueur_per_kwh=column("price_max_ueur_per_kwh"),
        volume_wh=column("volume_wh"),
        position_wh=column("position_wh"),
        budget_ueur=column("budget_ueur"),
        credit_ueur=np.zeros(count, np.int64),
        is_halted=np.zeros(count, np.bool_),
    )


def out_of_rule(facts: Facts, batch: Batch) -> BoolArray:
    """Tell which orders do not take the supplier's prices, where the rule fills everybody within them. Shape (order,)

    So nobody is filled beyond the limit of an order, and what is reserved is enough.
    """
    supplier = facts.supplier
    if supplier is None:
        return np.zeros(len(batch), np.bool_)
    takes_buying = batch.price_ueur_per_kwh >= supplier.buy_ueur_per_kwh
    takes_selling = batch.price_ueur_per_kwh <= supplier.sell_ueur_per_kwh
    return np.asarray(~np.where(batch.is_buy, takes_buying, takes_selling), np.bool_)


def no_limits(count: int) -> OrderLimits:
    """Return what holds nobody to anything: for orders that were granted when they came, and are played again."""
    return OrderLimits.alike(
        count,
        price_min_ueur_per_kwh=-UNBOUNDED,
        price_max_ueur_per_kwh=UNBOUNDED,
        volume_wh=UNBOUNDED,
        position_wh=UNBOUNDED,
        budget_ueur=UNBOUNDED,
        credit_ueur=UNBOUNDED,
    )
