"""Ways of clearing against a plain sort of the same prices: CPU, the median of several books.

Bounds on a quiet core: 10 000 orders at one price 3 ms, 100 000 45 ms, 10 000 in a continuous auction (compiled) 1 ms.
"""

from collections.abc import Callable
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from enerwise.core.time import cpu_s
from enerwise.market.book import Book
from enerwise.market.mechanism import mechanism, mechanism_names
from enerwise.market.tape import engine, entries

REPEATS = 9
ALL = 10_000
ELSEWHERE = ("uniform", "area", "hierarchical")
"""Measured above, or on books of their own in `area.py`: a book of one area says nothing about them."""


def a_book(count: int, seed: int) -> Book:
    """Orders as they come: one participant in four orders, prices between 0.05 and 0.40 EUR/kWh."""
    rng, number = np.random.default_rng(seed), np.arange(count)
    price, quantity = rng.integers(50_000, 400_000, count), rng.integers(1, 5000, count)
    return Book(number, number // 4, rng.random(count) < 0.5, quantity, price, time_ns=number)


def ms(work: Callable[[Book], object], count: int) -> float:
    """Return the median CPU of some work on fresh books. [ms]"""
    took = []
    for seed in range(REPEATS):
        book = a_book(count, seed)
        began = cpu_s()
        work(book)
        took.append(1e3 * (cpu_s() - began))
    return median(took)


def played(book: Book) -> object:
    """Play a book on an empty compiled engine."""
    return engine(is_compiled=True).play(entries(book))


def main() -> None:
    """Print a line for each way and size."""
    table = Table("way", "orders", "CPU ms", "a sort, ms", "times a sort", "bound ms")
    cases: list[tuple[str, Callable[[Book], object], int, str]] = [
        ("uniform", mechanism("uniform").clear, ALL, "3"),
        ("uniform", mechanism("uniform").clear, 10 * ALL, "45"),
        ("continuous, compiled engine", played, ALL, "1"),
    ]
    others = [name for name in mechanism_names() if name not in ELSEWHERE]
    cases += [(name, mechanism(name).clear, ALL, "") for name in others]
    for name, work, count, bound in cases:
        work(a_book(count, 0))
        took, reference = ms(work, count), ms(lambda book: np.sort(book.price_ueur_per_kwh), count)
        table.add_row(name, f"{count}", f"{took:.2f}", f"{reference:.3f}", f"{took / reference:.0f}", bound)
    Console().print(table)


if __name__ == "__main__":
    main()
