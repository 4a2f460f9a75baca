"""Setpoints as registers: a value becomes writes in their order, and the registers say which value is in force."""

import math
from collections.abc import Sequence
from dataclasses import replace

from enerwise.devices.points import Case, Image, Part, Step, Write, case_of, part_of
from enerwise.devices.values import fixed_words, value_at, words_for


def writes_of(steps: Sequence[Step], value: float, image: Image) -> tuple[Write, ...]:
    """Return the messages that set a value.

    Args:
        steps: Of one setpoint.
        value: In house units.
        image: Holds scales and ratings.

    Raises:
        ValueError: The device cannot be told this value.
    """
    if not math.isfinite(value):
        raise ValueError(f"{value} is no setpoint")
    case = case_of(value)
    active = [step for step in steps if case in step.when]
    if value and _is_cut_to_nothing(active, case, value, image):
        return writes_of(steps, 0.0, image)
    found: list[Write] = []
    for step in active:
        words = _words(step, value, image)
        if step.joins and found:
            found[-1] = replace(found[-1], words=found[-1].words + words)
        else:
            found.append(Write(step.register.address, words, step.function, step.reads_back))
    return tuple(found)


def value_in_force(steps: Sequence[Step], image: Image) -> float:
    """Return the value that these registers set, NaN where they set none: what would be written is what stands there.

    Args:
        steps: Of one setpoint.
        image: All its registers, scales and ratings.
    """
    for case in Case:
        value = _candidate(steps, case, image)
        if case_of(value) is case and not math.isnan(value) and _stands(steps, value, image):
            return value
    return math.nan


def _is_cut_to_nothing(active: Sequence[Step], case: Case, value: float, image: Image) -> bool:
    """Tell whether a value is less than the least the registers can hold: then it is rest, not a way to go."""
    speaking = [step for step in active if _speaks(step, case)]
    if not speaking:
        raise ValueError(f"{value:g} goes a way that the device cannot be told")
    return not any(any(_words(step, value, image)) for step in speaking)


def _speaks(step: Step, case: Case) -> bool:
    """Tell whether a step carries a value that goes this way."""
    ways = {Part.VALUE: tuple(Case), Part.TAKEN: (Case.TAKING,), Part.GIVEN: (Case.GIVING,)}
    return step.fixed is None and case in ways[step.part]


def _words(step: Step, value: float, image: Image) -> tuple[int, ...]:
    if step.function == 5:
        return (int(bool(step.fixed if step.fixed is not None else value)),)
    if step.fixed is not None:
        return fixed_words(step.register, step.fixed)
    return words_for(step.register, _within_rating(step, part_of(value, step.part), image), image, toward_zero=True)


def _within_rating(step: Step, value: float, image: Image) -> float:
    """Return the value if the rating reaches so far; a ceiling above it is the rating."""
    if step.register.rating is None:
        return value
    rating = value_at(step.register.rating, image)
    if abs(value) <= rating * (1.0 + 1e-9) or math.isnan(rating):
        return value
    if not step.is_ceiling:
        raise ValueError(f"{value:g} is above the rating {rating:g} of the device")
    return math.copysign(rating, value)


def _candidate(steps: Sequence[Step], case: Case, image: Image) -> float:
    if case is Case.RESTING:
        return 0.0
    for step in steps:
        if case in step.when and _speaks(step, case):
            value = value_at(step.register, image)
            return -value if step.part is Part.GIVEN else value
    return math.nan


def _stands(steps: Sequence[Step], value: float, image: Image) -> bool:
    """Tell whether the registers hold what would be written for a value."""
    try:
        writes = writes_of(steps, value, image)
    except ValueError:
        return False
    return all(
        image.get((write.table, write.address + at)) == word for write in writes for at, word in enumerate(write.words)
    )
