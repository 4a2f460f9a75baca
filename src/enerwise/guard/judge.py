"""The judge: the last look before the door. Total: it answers every wish, raises nothing and waits for nothing.

Every asset that can be moved gets exactly one verdict and one value, wished for or not, so that silence too has a
meaning. A wish that names no setpoint there is gets a verdict of its own, which opens nothing.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from numbers import Real

import numpy as np

from enerwise.core.intent import Reason
from enerwise.core.quantity import POWER_W
from enerwise.guard import kernels, row
from enerwise.guard.envelope import Allowed, Envelope, Rule


class Outcome(IntEnum):
    """What became of a wish."""

    GRANTED = kernels.GRANTED
    CUT = kernels.CUT
    RELIEF = kernels.RELIEF
    REFUSED = kernels.REFUSED


@dataclass(frozen=True, slots=True)
class Wish:
    """What one asset shall do: the arbiter's answer to many proposals. Positive is taken"""

    asset: str
    value: float
    priority: int = 0
    reason: Reason = field(default_factory=lambda: Reason("none"))
    cause: tuple[str, ...] = ()
    """Ids of the events it follows from."""
    quantity: str = POWER_W
    agent: str = ""
    """Whose preference or band this is."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an asset will do, and which rule decided."""

    asset: str
    outcome: Outcome
    value: float
    rule: Rule
    wish: Wish | None = None
    """None where nobody wished and the asset rests."""
    quantity: str = POWER_W
    place: str = ""
    """The circuit whose limit decided; empty for any other rule."""


def judge(wishes: Sequence[Wish], envelope: Envelope) -> tuple[Verdict, ...]:
    """Return one verdict for every asset of the envelope, in its order, then one for every wish without a setpoint.

    A wish is granted, cut or refused. Where rest lies outside what is allowed, or must give way to the connection's
    limits, the nearest allowed value is relief. Two wishes for one asset refuse each other.
    """
    first, stray = _sorted_out(wishes, envelope)
    verdicts = [
        _verdict(asset, allowed, first[asset], outcome, value)
        for (asset, allowed), outcome, value in zip(envelope.assets.items(), *_judged(envelope, first), strict=True)
    ]
    return (*_in_row(verdicts, envelope), *stray)


@dataclass(frozen=True, slots=True)
class _Heard:
    """The wish of one asset as far as it can be heard: NaN where it cannot, with the rule that says why."""

    value: float
    wish: Wish | None
    rule: Rule


def _sorted_out(wishes: Sequence[Wish], envelope: Envelope) -> tuple[dict[str, _Heard], list[Verdict]]:
    by_asset: dict[str, list[Wish]] = {asset: [] for asset in envelope.assets}
    stray = []
    for wish in wishes:
        if wish.asset in by_asset and wish.quantity == POWER_W:
            by_asset[wish.asset].append(wish)
        else:
            stray.append(Verdict(wish.asset, Outcome.REFUSED, 0.0, Rule.NO_SUCH_SETPOINT, wish, wish.quantity))
    return {asset: _heard(envelope.assets[asset], each) for asset, each in by_asset.items()}, stray


def _heard(allowed: Allowed, wishes: Sequence[Wish]) -> _Heard:
    if not wishes:
        return _Heard(allowed.rest_w, None, Rule.NO_WISH)
    if len(wishes) > 1:
        return _Heard(math.nan, None, Rule.WISHED_TWICE)
    value = number(wishes[0].value)
    if not math.isfinite(value):
        return _Heard(math.nan, wishes[0], Rule.NOT_A_NUMBER)
    return _Heard(value, wishes[0], Rule.WITHIN_BOUNDS if allowed.may_move else allowed.lower_rule)


def number(value: object) -> float:
    """Return a wish as a float; whatever is no number, truth values included, is NaN."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


def _judged(envelope: Envelope, heard: Mapping[str, _Heard]) -> tuple[list[int], list[float]]:
    """Run the kernel over all assets at once."""
    allowed = envelope.assets.values()
    outcome, value = kernels.judge(
        np.array([each.value for each in heard.values()]),
        np.array([each.lower_w for each in allowed]),
        np.array([each.upper_w for each in allowed]),
        np.array([each.rest_w for each in allowed]),
        # Rest needs no leave to move.
        np.array([each.may_move or heard[asset].rule is Rule.NO_WISH for asset, each in envelope.assets.items()], bool),
    )
    return outcome.tolist(), value.tolist()


def _verdict(asset: str, allowed: Allowed, heard: _Heard, outcome: int, value: float) -> Verdict:
    """Wrap one answer of the kernel, and name the rule."""
    what, rule = Outcome(outcome), heard.rule
    if what in (Outcome.CUT, Outcome.RELIEF):
        rule = allowed.lower_rule if value == allowed.lower_w else allowed.upper_rule
    verdict = Verdict(asset, what, value, rule, heard.wish)
    return _changed(verdict, _switched(allowed, value), Rule.SWITCH)


def _switched(allowed: Allowed, value: float) -> float:
    """Return the value that what runs or stands still can follow: its least power at least, or nothing."""
    return 0.0 if 0.0 < value < allowed.switch_w or -allowed.give_min_w < value < 0.0 else value


def _in_row(verdicts: Sequence[Verdict], envelope: Envelope) -> list[Verdict]:
    """Cut what does not fit through the connection, or through a circuit."""
    values = {each.asset: each.value for each in verdicts}
    priorities = {each.asset: each.wish.priority for each in verdicts if each.wish and _is_whole(each.wish.priority)}
    fitted = _fitted(values, priorities, envelope)
    placed = [_placed(each, fitted[each.asset], envelope, values) for each in verdicts]
    return [_hushed(each, envelope, fitted) for each in placed] if envelope.rows else placed


def _hushed(verdict: Verdict, envelope: Envelope, values: Mapping[str, float]) -> Verdict:
    """Return the verdict on a machine that minds itself as relief, so that it is told, where its circuit is full."""
    is_free = verdict.wish is None and verdict.outcome is Outcome.GRANTED
    if not is_free or not envelope.assets[verdict.asset].minds_itself or verdict.value > 0.0:
        return verdict
    circuit = row.breaks(envelope, values, verdict.asset)
    relief = replace(verdict, outcome=Outcome.RELIEF, rule=Rule.CIRCUIT_LIMIT, place=circuit)
    return relief if circuit else verdict


def _placed(verdict: Verdict, value: float, envelope: Envelope, values: Mapping[str, float]) -> Verdict:
    """Return the verdict with the value that fits, and the row that asked for it."""
    if value == verdict.value:
        return verdict
    circuit = row.breaks(envelope, values, verdict.asset)
    rule = Rule.CIRCUIT_LIMIT if circuit else _row_rule(verdict.value, value)
    return replace(_changed(verdict, value, rule), place=circuit)


def _fitted(values: dict[str, float], priorities: Mapping[str, int], envelope: Envelope) -> dict[str, float]:
    """Fit the rows; a switch that would be cut opens altogether, and the others are fitted again from their wishes.

    One at a time, the least important and of these the last, so that two cars that have not both room take turns.
    """
    fitted = row.fit(envelope, values, priorities)
    opened = [each for each, value in fitted.items() if _switched(envelope.assets[each], value) != value]
    if not opened:
        return fitted
    lowest = min(priorities.get(each, -math.inf) for each in opened)
    last = [each for each in opened if priorities.get(each, -math.inf) == lowest][-1]
    # Every round opens one switch more, so there are at most as many rounds as switches.
    return _fitted({**values, last: 0.0}, priorities, envelope)


def _is_whole(priority: object) -> bool:
    return isinstance(priority, int)


def _row_rule(before: float, after: float) -> Rule:
    return Rule.EXPORT_LIMIT if after > before else Rule.IMPORT_LIMIT


def _changed(verdict: Verdict, value: float, rule: Rule) -> Verdict:
    """Return the verdict with another value: a granted wish is cut then, and rest becomes relief."""
    if value == verdict.value:
        return verdict
    moved = replace(verdict, value=value, outcome=Outcome.CUT if verdict.wish else Outcome.RELIEF, rule=rule)
    return replace(verdict, value=value) if verdict.outcome is Outcome.REFUSED else moved
