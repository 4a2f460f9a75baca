"""The shared row: what the assets do together must fit through the connection.

Cutting comes first: power is taken away, towards zero, from the lowest priority upwards. Where that is not enough,
assets may be moved beyond zero, but only within bands that somebody left open for it: the arbiter knows such bands, the
judge does not. So the guard takes motion away and never invents any.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from enerwise.guard import kernels
from enerwise.guard.envelope import Allowed, Envelope, Rule

TOLERANCE_W: Final = 1e-6
"""A row broken by less than this is rounding, not power."""
SIDES: Final = (Rule.EXPORT_LIMIT, Rule.IMPORT_LIMIT)

Band = tuple[float, float]


def fit(
    envelope: Envelope,
    values: Mapping[str, float],
    priorities: Mapping[str, int],
    bands: Mapping[str, Band] | None = None,
) -> dict[str, float]:
    """Return values with which the connection's limits hold, or come as near as the assets allow.

    Args:
        envelope: What is allowed now.
        values: One for every asset of the envelope, within its bounds.
        priorities: The larger number keeps its value longer; an absent one is the lowest.
        bands: How far each asset may be moved beyond cutting; absent assets, or all without bands, are only cut.
    """
    fitted = dict(values)
    for side in SIDES:
        if broken_w(envelope, fitted, side):
            fitted = _moved(envelope, fitted, priorities, side, _cuts(envelope, fitted, bands or {}, side))
    for side in SIDES:
        if bands and broken_w(envelope, fitted, side):
            fitted = _moved(envelope, fitted, priorities, side, _bands(envelope, fitted, bands, side))
    return fitted


def broken_w(envelope: Envelope, values: Mapping[str, float], side: Rule) -> float:
    """Return how much power is missing (above zero) or too much (below) at the connection; 0 where the row holds."""
    taken_w = sum(expected_w(envelope.assets[each], values[each], side) for each in sorted(envelope.assets))
    if side is Rule.EXPORT_LIMIT:
        missing_w = envelope.row_lower_w - envelope.others_low_w - taken_w
        return missing_w if missing_w > TOLERANCE_W else 0.0
    excess_w = taken_w + envelope.others_high_w - envelope.row_upper_w
    return -excess_w if excess_w > TOLERANCE_W else 0.0


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


def _moved(
    envelope: Envelope,
    values: Mapping[str, float],
    priorities: Mapping[str, int],
    side: Rule,
    limits: Mapping[str, Band],
) -> dict[str, float]:
    """Return values after one side of the row has been fitted; what need not move keeps its value."""
    ids = sorted(envelope.assets)
    power_w = [np.float64(expected_w(envelope.assets[each], values[each], side)) for each in ids]
    lowest = min(priorities.values(), default=0) - 1
    exported = side is Rule.EXPORT_LIMIT
    fitted_w = kernels.fit_row(
        [np.asarray(each) for each in power_w],
        [np.asarray(limits[each][0]) for each in ids],
        [np.asarray(limits[each][1]) for each in ids],
        # Within one priority PV gives way last: what a battery keeps is not lost, what the sun may not deliver is.
        [2 * priorities.get(each, lowest) + envelope.assets[each].is_ceiling for each in ids],
        envelope.row_lower_w - envelope.others_low_w if exported else -math.inf,
        math.inf if exported else envelope.row_upper_w - envelope.others_high_w,
    )
    return {
        each: values[each] if new == old else float(new) for each, old, new in zip(ids, power_w, fitted_w, strict=True)
    }
