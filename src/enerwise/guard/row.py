"""The shared rows: what the assets do together must fit through the connection, and through the circuits under it.

Cutting comes first: power is taken away, towards zero, from the lowest priority upwards. Where that is not enough,
assets may be moved beyond zero, but only within bands that somebody left open for it: the arbiter knows such bands, the
judge does not. So the guard takes motion away and never invents any.

A cut in one row may break another: a battery that gives less leaves more to a fuse. Cuts only ever go towards zero, so
that going round ends; after some rounds whatever makes a row too much goes as far as it may.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from enerwise.guard import kernels
from enerwise.guard.branches import Row
from enerwise.guard.envelope import Allowed, Envelope, Rule

TOLERANCE_W: Final = 1e-6
"""A row broken by less than this is rounding, not power."""
SIDES: Final = (Rule.EXPORT_LIMIT, Rule.IMPORT_LIMIT)
ROUNDS: Final = 8
"""In which several rows are fitted to each other before nothing is shared any more."""

Band = tuple[float, float]


def fit(
    envelope: Envelope,
    values: Mapping[str, float],
    priorities: Mapping[str, int],
    bands: Mapping[str, Band] | None = None,
) -> dict[str, float]:
    """Return values with which all rows hold, or come as near as the assets allow.

    Args:
        envelope: What is allowed now.
        values: One for every asset of the envelope, within its bounds.
        priorities: The larger number keeps its value longer; an absent one is the lowest.
        bands: How far each asset may be moved beyond cutting; absent assets, or all without bands, are only cut.
    """
    rows = rows_of(envelope)
    fitted = _cut(envelope, rows, dict(values), priorities, bands or {})
    if not bands:
        return fitted
    helped = fitted
    for row in rows:
        for side in SIDES:
            if broken_w(envelope, helped, side, row):
                helped = _moved(envelope, helped, priorities, side, row, _bands(envelope, helped, bands, side))
    return helped if len(rows) == 1 else _cut(envelope, rows, helped, priorities, bands)


def rows_of(envelope: Envelope) -> tuple[Row, ...]:
    """Return the rows of circuits, the deepest first, and that of the connection."""
    bounds = envelope.row_lower_w, envelope.row_upper_w, envelope.others_low_w, envelope.others_high_w
    return (*envelope.rows, Row("", dict.fromkeys(envelope.assets, 1.0), *bounds))


def broken_w(envelope: Envelope, values: Mapping[str, float], side: Rule, row: Row | None = None) -> float:
    """Return how much power is missing (above zero) or too much (below) in a row; 0 where it holds.

    Without a row that of the connection is meant.
    """
    row = row or rows_of(envelope)[-1]
    taken_w = sum(row.share[each] * expected_w(envelope.assets[each], values[each], side) for each in sorted(row.share))
    if side is Rule.EXPORT_LIMIT:
        missing_w = row.lower_w - row.others_low_w - taken_w
        return missing_w if missing_w > TOLERANCE_W else 0.0
    excess_w = taken_w + row.others_high_w - row.upper_w
    return -excess_w if excess_w > TOLERANCE_W else 0.0


def breaks(envelope: Envelope, values: Mapping[str, float], asset: str) -> str:
    """Return the circuit of an asset that cannot carry these values, the deepest; empty where all can."""
    broken = (
        row.circuit
        for row in envelope.rows
        if asset in row.share and any(broken_w(envelope, values, side, row) for side in SIDES)
    )
    return next(broken, "")


def expected_w(allowed: Allowed, value: float, side: Rule) -> float:
    """Return the power to reckon with when a value is set: for PV of unknown sun the worse of all it may do."""
    if allowed.minds_itself and side is Rule.EXPORT_LIMIT:
        # It may take less than it is asked to, but hardly less than it would take by itself.
        return min(value, allowed.available_w)
    if not allowed.is_ceiling:
        return value
    if math.isnan(allowed.available_w):
        return value if side is Rule.EXPORT_LIMIT else 0.0
    return max(value, allowed.available_w)


def _cut(
    envelope: Envelope,
    rows: tuple[Row, ...],
    values: dict[str, float],
    priorities: Mapping[str, int],
    bands: Mapping[str, Band],
) -> dict[str, float]:
    """Cut until all rows hold: the connection alone in one go, several rows round by round."""
    fitted = values
    # From the last shared round on every further one leaves one asset more with nothing to cut.
    for turn in range(1 if len(rows) == 1 else ROUNDS + 2 * len(envelope.assets)):
        move: Callable[..., dict[str, float]] = _moved if turn < ROUNDS else _given_up
        before = fitted
        for row in rows:
            for side in SIDES:
                if broken_w(envelope, fitted, side, row):
                    fitted = move(envelope, fitted, priorities, side, row, _cuts(envelope, fitted, bands, side))
        if fitted == before:
            break
    return fitted


def _cuts(envelope: Envelope, values: Mapping[str, float], bands: Mapping[str, Band], side: Rule) -> dict[str, Band]:
    """Return how far each asset may be moved towards zero without leaving its band."""
    cuts = {}
    for each, allowed in envelope.assets.items():
        power_w = expected_w(allowed, values[each], side)
        low, high = bands.get(each, (-math.inf, math.inf))
        cuts[each] = (max(min(power_w, 0.0), min(low, power_w)), min(max(power_w, 0.0), max(high, power_w)))
    return cuts


def _bands(envelope: Envelope, values: Mapping[str, float], bands: Mapping[str, Band], side: Rule) -> dict[str, Band]:
    """Return the bands as powers to reckon with; an asset without one stays where it is."""
    found = {}
    for each, allowed in envelope.assets.items():
        low, high = bands.get(each, (values[each], values[each]))
        found[each] = (expected_w(allowed, low, side), expected_w(allowed, high, side))
    return found


def _given_up(
    envelope: Envelope,
    values: Mapping[str, float],
    priorities: Mapping[str, int],
    side: Rule,
    row: Row,
    limits: Mapping[str, Band],
) -> dict[str, float]:
    """Return values after all that makes one side of a row too much has gone as far as it may."""
    given = dict(values)
    for each in row.share:
        power_w = expected_w(envelope.assets[each], values[each], side)
        end_w = limits[each][1 if side is Rule.EXPORT_LIMIT else 0]
        given[each] = values[each] if end_w == power_w else end_w
    return given


def _moved(
    envelope: Envelope,
    values: Mapping[str, float],
    priorities: Mapping[str, int],
    side: Rule,
    row: Row,
    limits: Mapping[str, Band],
) -> dict[str, float]:
    """Return values after one side of a row has been fitted; what need not move keeps its value."""
    ids = sorted(row.share)
    share = row.share
    power_w = [np.float64(expected_w(envelope.assets[each], values[each], side)) for each in ids]
    lowest = min(priorities.values(), default=0) - 1
    exported = side is Rule.EXPORT_LIMIT
    fitted_w = kernels.fit_row(
        [np.asarray(share[each] * old) for each, old in zip(ids, power_w, strict=True)],
        [np.asarray(share[each] * limits[each][0]) for each in ids],
        [np.asarray(share[each] * limits[each][1]) for each in ids],
        # Within one priority PV gives way last: what a battery keeps is not lost, what the sun may not deliver is.
        [2 * priorities.get(each, lowest) + envelope.assets[each].is_ceiling for each in ids],
        row.lower_w - row.others_low_w if exported else -math.inf,
        math.inf if exported else row.upper_w - row.others_high_w,
    )
    fitted = dict(values)
    for each, old, new in zip(ids, power_w, fitted_w, strict=True):
        if new != share[each] * old:
            # A share that is no power of two may round a limit up.
            fitted[each] = min(max(float(new) / share[each], limits[each][0]), limits[each][1])
    return fitted
