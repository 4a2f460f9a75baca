"""Interlocks: which actions are allowed now, and what each of the others is missing.

The table is data: an action needs truths, a truth is a channel on one side of a value. Total: a truth that is unknown,
old or no truth value at all is missing. Opening a contactor and going to rest need nothing and are not in the table.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence

from enerwise.core.series import Key
from enerwise.site.rules import Action, Input

SIDES_HOLD: Mapping[str, Callable[[float, float], bool]] = {
    "above": lambda value, at: value > at,
    "below": lambda value, at: value < at,
    "beyond": lambda value, at: abs(value) > at,
    "within": lambda value, at: abs(value) < at,
}


def truths(
    inputs: Sequence[Input], asset: str, value_of: Callable[[Key], float], measured: Collection[Key]
) -> dict[str, bool]:
    """Return what is true now.

    Args:
        inputs: The truths that are asked for.
        asset: The battery in question, for channels that name none.
        value_of: Value of a channel, NaN where it is unknown or old, such as `Watched.value`.
        measured: Channels somebody measures; what is not required counts as true where nobody does.
    """
    found = {}
    for each in inputs:
        key = each.key(each.channel, asset)
        value = value_of(key)
        if each.share_of:
            whole = value_of(each.key(each.share_of, asset))
            value = value / whole if whole > 0 else math.nan
        is_free = not each.required and key not in measured
        found[each.id] = is_free or SIDES_HOLD[each.side](value, each.at)
    return found


def missing(actions: Sequence[Action], true: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """Return what each action is missing; it is allowed where that is nothing."""
    return {action.id: tuple(each for each in action.needs if true.get(each) is not True) for action in actions}
