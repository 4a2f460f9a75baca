"""A profile at its addresses in one device: what to read, what it means, what to write, and the same from its side.

Scales and ratings are part of every look, for there are devices that change them; whoever looks keeps what was found
with `Bound.learned`, so that a setpoint is reckoned with what the device says now.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from enerwise.devices.blocks import Span, blocks, image_of, words_at
from enerwise.devices.points import CommsLoss, Image, Point, Read, Register, Setpoint, Step, Write
from enerwise.devices.shown import shown
from enerwise.devices.steps import value_in_force, writes_of
from enerwise.devices.values import fact_spans_of, fixed_words, spans_of, unit, value_at
from enerwise.protocols.pdu import Table

if TYPE_CHECKING:
    from enerwise.devices.profile import Profile

Words = Mapping[Read, Sequence[int]]
"""What came back, by what was asked."""
Name = tuple[str, str]
"""Role and quantity."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What one device measures and can be told, at its addresses."""

    name: str
    points: Mapping[Name, tuple[Point, ...]]
    setpoints: Mapping[Name, Setpoint]
    comms_loss: CommsLoss | None = None
    heartbeat: Register | None = None
    absent: tuple[str, ...] = ()
    """What the device lacks the SunSpec model for, in words."""
    block_max: int = 125
    gap_max: int = 0
    facts: Image = field(default_factory=dict)
    """Scales and ratings, as they were last seen."""

    @classmethod
    def of(cls, profile: "Profile", bases: Mapping[int, int]) -> "Bound":
        """Return a profile at its addresses; what needs an absent model is absent."""
        absent: list[str] = []
        points: dict[Name, tuple[Point, ...]] = {}
        for point in profile.points:
            name = (point.role, point.quantity)
            register = point.register.at(bases)
            absent += _lacks(point, [point.register], bases)
            # One term that is absent makes the sum unknown, so that it stays in the list and reads as NaN.
            bound = replace(point, register=register or point.register)
            points[name] = (*points.get(name, ()), bound)
        setpoints = {}
        for setpoint in profile.setpoints:
            steps = _steps_at(setpoint.steps, bases)
            absent += _lacks(setpoint, [step.register for step in setpoint.steps], bases)
            if steps is not None:
                setpoints[setpoint.role, setpoint.quantity] = replace(setpoint, steps=steps)
        return cls(
            name=profile.name,
            points=points,
            setpoints=setpoints,
            comms_loss=_comms_loss_at(profile.comms_loss, bases),
            heartbeat=profile.heartbeat and profile.heartbeat.at(bases),
            absent=tuple(dict.fromkeys(absent)),
            block_max=profile.block_max,
            gap_max=profile.gap_max,
        )

    # -----------------------------------------------------------------------------------------------------------
    # Reading

    def reads(self) -> tuple[Read, ...]:
        """Return the blocks of one look: everything measured, every scale and every rating."""
        return self._blocks([*(span for each in self._measured() for span in spans_of(each)), *self._fact_spans()])

    def fact_reads(self) -> tuple[Read, ...]:
        """Return the blocks that hold scales and ratings alone."""
        return self._blocks(self._fact_spans())

    def learned(self, words: Words) -> "Bound":
        """Return a bound profile that knows the scales and ratings found in these words."""
        image = image_of(words)
        cells = {(table, address + at) for table, address, count in self._fact_spans() for at in range(count)}
        return replace(self, facts={**self.facts, **{cell: image[cell] for cell in cells if cell in image}})

    def decode(self, words: Words) -> dict[Name, float]:
        """Return every quantity in house units and the house sign, NaN where it is missing."""
        return self.decode_image(image_of(words))

    def decode_image(self, image: Image) -> dict[Name, float]:
        """Return every quantity from words by table and address."""
        known = {**self.facts, **image}
        return {name: _total(points, known) for name, points in self.points.items()}

    # -----------------------------------------------------------------------------------------------------------
    # Writing

    def writes(self, role: str, quantity: str, value: float) -> tuple[Write, ...]:
        """Return the messages that set a value; whole registers are cut towards zero, never beyond what was allowed.

        Raises:
            ValueError: There is no such setpoint, the value is not finite or does not fit, or a scale is not learned.
        """
        setpoint = self.setpoints.get((role, quantity))
        if setpoint is None:
            raise ValueError(f"{self.name}: {role}.{quantity} cannot be set")
        try:
            return writes_of(setpoint.steps, value, self.facts)
        except ValueError as trouble:
            raise ValueError(f"{self.name}: {role}.{quantity}: {trouble}") from None

    def setpoint(self, role: str, quantity: str, image: Image) -> float:
        """Return the value that a device's registers set, NaN where they set none. [house units]"""
        setpoint = self.setpoints.get((role, quantity))
        return math.nan if setpoint is None else value_in_force(setpoint.steps, {**self.facts, **image})

    def setpoint_reads(self, role: str, quantity: str) -> tuple[Read, ...]:
        """Return the blocks that hold a setpoint, as far as the device shows it."""
        setpoint = self.setpoints.get((role, quantity))
        steps = setpoint.steps if setpoint else ()
        return self._blocks([span for step in steps if step.reads_back for span in spans_of(step.register)])

    def heartbeat_writes(self, count: int) -> tuple[Write, ...]:
        """Return the message that tells the device we are there; empty where it asks for none."""
        if self.heartbeat is None:
            return ()
        # Never a code for "missing", never twice the same.
        words = fixed_words(self.heartbeat, 1 + count % 0x7FFF)
        return (Write(self.heartbeat.address, words, reads_back=False),)

    # -----------------------------------------------------------------------------------------------------------
    # The device's own watchdog

    def comms_loss_writes(self, seconds: float) -> tuple[Write, ...]:
        """Return the messages that set the device's own time-out; whole registers are cut to the shorter time.

        Raises:
            ValueError: The device cannot hold this time.
        """
        steps = self.comms_loss.steps if self.comms_loss else ()
        writes = writes_of(steps, seconds, self.facts) if steps else ()
        if steps and not self.comms_loss_s_in(_image_after(writes)) > 0.0:
            raise ValueError(f"{self.name}: a time-out of {seconds:g} s cannot be set")
        return writes

    def comms_loss_reads(self) -> tuple[Read, ...]:
        """Return the blocks that hold the time-out; none where it is fixed or there is none."""
        steps = self.comms_loss.steps if self.comms_loss else ()
        return self._blocks([span for step in steps for span in spans_of(step.register)])

    def comms_loss_s(self, words: Words) -> float:
        """Return after which time the device acts by itself, NaN where it never would. [s]"""
        return self.comms_loss_s_in(image_of(words))

    def comms_loss_s_in(self, image: Image) -> float:
        """Return the time-out from words by table and address: the longest where there are several. [s]"""
        if self.comms_loss is None:
            return math.nan
        if not self.comms_loss.steps:
            return self.comms_loss.fixed_s
        known = {**self.facts, **image}
        times = [value_at(step.register, known) for step in self.comms_loss.steps if step.fixed is None]
        modes = [step for step in self.comms_loss.steps if step.fixed is not None]
        is_on = all(_holds(step, known) for step in modes)
        # SunSpec and others: a time-out of 0 is none.
        return max(times) if is_on and all(time_s > 0.0 for time_s in times) else math.nan

    # -----------------------------------------------------------------------------------------------------------
    # From the device's side

    def encode_reading(self, role: str, quantity: str, value: float) -> dict[tuple[Table, int], int]:
        """Return the words a device shows for a value, by table and address; NaN gives the code for missing.

        Where several registers add up, those that can hold the sign share it equally and the others hold nothing.

        Raises:
            ValueError: There is no such quantity, or the value does not fit.
        """
        points = self.points.get((role, quantity), ())
        registers = [point.register for point in points if not point.register.models]
        if not registers:
            raise ValueError(f"{self.name} does not measure {role}.{quantity}")
        return shown(registers, value, self.facts)

    # -----------------------------------------------------------------------------------------------------------

    def problems(self) -> tuple[str, ...]:
        """Return why not all of it can be used: models that are absent, scales not learned."""
        registers = [step.register for step in self._steps() if step.fixed is None]
        blind = dict.fromkeys(each.address for each in registers if math.isnan(unit(each, self.facts)))
        return (*self.absent, *(f"{self.name}: scale or rating of register {at} is not known" for at in blind))

    def _measured(self) -> Iterator[Register]:
        yield from (each.register for points in self.points.values() for each in points if not each.register.models)

    def _steps(self) -> Iterator[Step]:
        yield from (step for setpoint in self.setpoints.values() for step in setpoint.steps)
        yield from self.comms_loss.steps if self.comms_loss else ()

    def _fact_spans(self) -> list[Span]:
        registers = [*self._measured(), *(step.register for step in self._steps())]
        return [span for register in registers for span in fact_spans_of(register)]

    def _blocks(self, spans: Iterable[Span]) -> tuple[Read, ...]:
        return blocks(spans, block_max=self.block_max, gap_max=self.gap_max)


def _total(points: Sequence[Point], image: Image) -> float:
    """Return the sum of all terms; one that is missing makes it NaN, unless it may be."""
    values = [math.nan if point.register.models else value_at(point.register, image) for point in points]
    if all(map(math.isnan, values)):
        return math.nan
    counted = zip(values, points, strict=True)
    return sum(0.0 if math.isnan(value) and point.is_optional else value for value, point in counted)


def _lacks(part: Point | Setpoint, registers: Sequence[Register], bases: Mapping[int, int]) -> Iterator[str]:
    """Yield what is needed and not there, in words."""
    needed = [*registers, *(each.rating for each in registers if each.rating)]
    groups = dict.fromkeys(each.models for each in needed if each.models and not set(each.models) & set(bases))
    for models in groups:
        one = " or ".join(map(str, models))
        yield f"{part.role}.{part.quantity} needs SunSpec model {one}, which the device does not have"


def _steps_at(steps: Sequence[Step], bases: Mapping[int, int]) -> tuple[Step, ...] | None:
    """Return the steps at their addresses, None where one has no place."""
    found = [replace(step, register=register) for step in steps if (register := step.register.at(bases)) is not None]
    return tuple(found) if len(found) == len(steps) else None


def _comms_loss_at(comms_loss: CommsLoss | None, bases: Mapping[int, int]) -> CommsLoss | None:
    if comms_loss is None:
        return None
    steps = _steps_at(comms_loss.steps, bases)
    return None if steps is None else replace(comms_loss, steps=steps)


def _holds(step: Step, image: Image) -> bool:
    assert step.fixed is not None
    words = words_at(image, step.register.table, step.register.address, step.register.width)
    return words == fixed_words(step.register, step.fixed)


def _image_after(writes: Iterable[Write]) -> dict[tuple[Table, int], int]:
    return {(write.table, write.address + at): word for write in writes for at, word in enumerate(write.words)}
