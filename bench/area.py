"""The area market over steps of curves against one variable an order: CPU of 10 000 orders in 20 areas in a ring.

Prices lie on a grid of 0.5 ct, as price vectors do; the reference hands the same program to the same solver by order.
"""

from collections.abc import Callable

import numpy as np
from rich.console import Console
from rich.table import Table

from enerwise.core.time import cpu_s
from enerwise.market.book import Book
from enerwise.market.mechanisms import area
from enerwise.market.network import Line, both_ways

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


def by_order(book: Book) -> area._Steps:
    """Return each order as a step of its own."""
    sign = np.where(book.is_buy, 1, -1)
    return area._Steps(book.area, sign, book.price_ueur_per_kwh, book.quantity_wh.astype(np.float64))


def took_ms(work: Callable[[], object]) -> float:
    """Return the least CPU of three tries. [ms]"""
    took = []
    for _ in range(3):
        began = cpu_s()
        work()
        took.append(1e3 * (cpu_s() - began))
    return min(took)


def main() -> None:
    """Print both and their ratio."""
    book, lines = a_book(), a_ring()
    clear = took_ms(lambda: area.Area(lines).clear(book))
    program = took_ms(lambda: area._program(book, lines, AREAS))
    steps, plain = area._steps, float("nan")
    try:
        area._steps = by_order
        plain = took_ms(lambda: area._program(book, lines, AREAS))
    finally:
        area._steps = steps
    table = Table("what", "CPU ms", "times the program by order")
    for name, took in (("whole clearing", clear), ("its program, over steps", program), ("program by order", plain)):
        table.add_row(name, f"{took:.0f}", f"{took / plain:.2f}")
    Console().print(table)


if __name__ == "__main__":
    main()
