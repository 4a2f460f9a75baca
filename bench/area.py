"""The area market over steps of curves against one variable an order: CPU of 10 000 orders in 20 areas in a ring.

Prices lie on a grid of 0.5 ct, as price vectors do; the reference hands the same program to the same solver by order.
"""

from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from enerwise.core.time import cpu_s
from enerwise.market.book import Book
from enerwise.market.curves import Steps, steps_of
from enerwise.market.mechanisms.area import Area, acyclic
from enerwise.market.network import Line, both_ways
from enerwise.market.welfare import welfare_neur

COUNT, AREAS, STEP = 10_000, 20, 5_000


def a_book() -> Book:
    """Orders as they come, over all areas."""
    rng, number = np.random.default_rng(1), np.arange(COUNT)
    price, quantity = rng.integers(10, 80, COUNT) * STEP, rng.integers(1, 5000, COUNT)
    return Book(number, number // 4, rng.random(COUNT) < 0.5, quantity, price, rng.integers(0, AREAS, COUNT), number)


def a_ring() -> tuple[Line, ...]:
    """Cables from each area to the next, some of them full."""
    cables = [both_ways(at, (at + 1) % AREAS, 60_000, loss_ppm=30_000, fee_ueur_per_kwh=5_000) for at in range(AREAS)]
    return tuple(line for cable in cables for line in cable)


def by_order(book: Book) -> Steps:
    """Return each order as a step of its own."""
    return Steps(book.area, np.where(book.is_buy, 1, -1), book.price_ueur_per_kwh, book.quantity_wh)


def took_ms(work: Callable[[], object]) -> float:
    """Return the least CPU of five tries. [ms]"""
    took = []
    for _ in range(5):
        began = cpu_s()
        work()
        took.append(1e3 * (cpu_s() - began))
    return min(took)


def main() -> None:
    """Print both, their ratio, and what of the program's welfare whole watt-hours have kept."""
    book, lines = a_book(), a_ring()
    plain = took_ms(lambda: acyclic(by_order(book), lines, AREAS))
    rows = (
        ("program by order", plain),
        ("program over steps", took_ms(lambda: acyclic(steps_of(book), lines, AREAS))),
        ("whole clearing: program, span of prices, fills", took_ms(lambda: Area(lines).clear(book))),
    )
    table = Table("what", "CPU ms", "times the program by order")
    for name, took in rows:
        table.add_row(name, f"{took:.0f}", f"{took / plain:.2f}")
    Console().print(table)
    cleared, best = Area(lines).clear(book), -acyclic(steps_of(book), lines, AREAS)[1].objective
    assert cleared.flow is not None
    own = welfare_neur(book, cleared.filled_wh) - int(cleared.flow.sent_wh.sum()) * lines[0].fee_ueur_per_kwh
    full = int((cleared.flow.sent_wh == lines[0].limit_wh).sum())
    Console().print(f"{len(steps_of(book))} steps; {full} lines full; welfare missed {(best - own) / best:.1e}")


if __name__ == "__main__":
    main()
