"""A settled slot as tokens: who takes how much energy and pays how many units, in batches that each sum to zero.

Tokens count whole watt-hours of one slot. Units count one for a micro-euro of the books; they are test units of a
market and no money. What goes out of the house names nobody: a holder is an address, given by whoever keeps the list.
"""

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.market.ledger import Kind, Transfer

MAX_ROWS: Final = 200
"""How many rows the contract takes at once (`MAX_ROWS` of slot_tokens.vy)."""
LABEL_BYTES: Final = 32

Pair = tuple[str, str, int]
"""Who gives, who takes, how much."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """What settling moves for one holder."""

    holder: str
    energy_wh: int
    """Above zero what the holder takes, below zero what they give."""
    units: int
    """Above zero what the holder pays, below zero what they receive."""


def label(name: str) -> bytes:
    """Return the name of a slot or day as the 32 bytes under which a contract keeps it.

    A short name in ASCII stays readable; any other is told by its SHA-256.

    >>> label("2026-03-29").rstrip(bytes(1)), len(label("2026-03-29"))
    (b'2026-03-29', 32)
    """
    text = name.encode()
    if name.isascii() and len(text) < LABEL_BYTES:
        return text.ljust(LABEL_BYTES, b"\0")
    return hashlib.sha256(text).digest()


def moved(transfers: Iterable[Transfer]) -> tuple[dict[str, int], dict[str, int]]:
    """Return who takes how much energy and pays how much, after everything that a ledger posted for a slot.

    Returns:
        Energy taken [Wh] and money paid [micro-EUR] by name of a participant or named account; each sums to zero.
    """
    energy_wh, paid_ueur = Counter[str](), Counter[str]()
    for each in transfers:
        if each.kind in {Kind.POST, Kind.POST_PENDING}:
            for account, amount in ((each.debit, each.amount), (each.credit, -each.amount)):
                purse, _, name = account.partition(":")
                if purse == "energy":
                    energy_wh[name] -= amount
                else:  # cash, or owed for a deviation
                    paid_ueur[name] += amount
    return dict(energy_wh), dict(paid_ueur)


def token_rows(
    energy_wh: Mapping[str, int], paid_ueur: Mapping[str, int], holders: Mapping[str, str]
) -> tuple[TokenRow, ...]:
    """Return the rows of a settled slot, one a holder, sorted by holder; who moves nothing has none.

    Args:
        energy_wh: By participant or named account: above zero taken, below zero given; sums to zero. [Wh]
        paid_ueur: Likewise: above zero paid, below zero received; sums to zero. [micro-EUR]
        holders: Address of each of them; several may share one, as the named accounts share the operator's.

    Raises:
        ProblemsFound: Somebody has no address.
        ValueError: A side does not sum to zero.
    """
    names = [name for name in {**energy_wh, **paid_ueur} if energy_wh.get(name) or paid_ueur.get(name)]
    if unknown := [name for name in names if name not in holders]:
        raise ProblemsFound("token settlement", [_no_address(name) for name in unknown])
    for side, amounts in (("energy", energy_wh), ("money", paid_ueur)):
        if rest := sum(amounts.values()):
            raise ValueError(f"{side} of a settled slot sums to {rest}, not to zero")
    return _merged(TokenRow(holders[name], energy_wh.get(name, 0), paid_ueur.get(name, 0)) for name in names)


def _no_address(name: str) -> Problem:
    return Problem(name, "has no address on the chain", "add one to the list of holders")


def given(rows: Sequence[TokenRow]) -> dict[str, int]:
    """Return the tokens that must be issued before these rows settle, by holder. [Wh]"""
    return {row.holder: -row.energy_wh for row in rows if row.energy_wh < 0}


def due(rows: Sequence[TokenRow]) -> dict[str, int]:
    """Return the units that holders must have put aside before these rows settle, by holder."""
    return {row.holder: row.units for row in rows if row.units > 0}


def batches(rows: Sequence[TokenRow], *, most: int = MAX_ROWS) -> tuple[tuple[TokenRow, ...], ...]:
    """Return rows in batches that each sum to zero; one alone, all of it or nothing, where it holds them all.

    More rows are told as pairs, givers with takers in order, and the pairs are cut: then each batch is all of it or
    nothing for itself, and a holder may stand in several.

    Args:
        rows: One a holder, summing to zero.
        most: How many rows a batch may hold, at least two.
    """
    if len(rows) <= most:
        return (tuple(rows),)
    energy = _pairs({row.holder: row.energy_wh for row in rows})
    units = _pairs({row.holder: -row.units for row in rows})
    moves = [*((pair, 1, 0) for pair in energy), *((pair, 0, -1) for pair in units)]
    cuts = range(0, len(moves), most // 2)
    return tuple(_merged(each for move in moves[at : at + most // 2] for each in _both(*move)) for at in cuts)


def _pairs(taken: Mapping[str, int]) -> Iterator[Pair]:
    """Match givers (below zero) with takers (above zero), first with first."""
    givers, takers = ([(who, abs(amount)) for who, amount in taken.items() if amount * side > 0] for side in (-1, 1))
    giver_ends, taker_ends = ([*accumulate(amount for _, amount in side)] for side in (givers, takers))
    start = 0
    for end in sorted({*giver_ends, *taker_ends}):
        yield givers[bisect_left(giver_ends, end)][0], takers[bisect_left(taker_ends, end)][0], end - start
        start = end


def _both(pair: Pair, energy: int, units: int) -> Iterator[TokenRow]:
    giver, taker, amount = pair
    yield TokenRow(giver, -amount * energy, -amount * units)
    yield TokenRow(taker, amount * energy, amount * units)


def _merged(rows: Iterable[TokenRow]) -> tuple[TokenRow, ...]:
    energy, units = Counter[str](), Counter[str]()
    for row in rows:
        energy[row.holder] += row.energy_wh
        units[row.holder] += row.units
    return tuple(TokenRow(who, energy[who], units[who]) for who in sorted(energy) if energy[who] or units[who])
