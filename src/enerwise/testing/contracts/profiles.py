"""What every profile must satisfy: it reads what a device really holds, and what it writes comes back as it was meant.

The test of a device is a recording and a subclass::

    class TestMyMeter(ProfileContract):
        profile = "my_meter"
        recording = Path(__file__).with_name("my_meter.toml")
"""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from enerwise.devices.bound import Bound
from enerwise.devices.points import Image, Read, Write
from enerwise.devices.profile import Profile
from enerwise.devices.profiles import load_profile
from enerwise.devices.values import unit
from enerwise.protocols.modbus import Request
from enerwise.protocols.pdu import Table
from enerwise.testing.contracts.recording import RecordedSetpoint, Recording, parse_recording

NO_NUMBERS = (math.nan, math.inf, -math.inf)
TOO_MUCH = 1e15
GARBAGE = (0x0000, 0xFFFF, 0x8000, 0x7FFF, 0x7FC0, 0x7F80)
"""Words that mean something special somewhere."""
COMMS_LOSS_S = 120.0
"""A time-out that every device with a register for it can hold."""


class ProfileContract:
    """Inherit, set ``profile`` and ``recording``."""

    profile: ClassVar[str]
    recording: ClassVar[Path]

    def make(self) -> Profile:
        """Return the profile."""
        return load_profile(self.profile)

    def recorded(self) -> Recording:
        """Return the recording."""
        return parse_recording(self.recording.read_text(encoding="utf-8"))

    def bound(self) -> Bound:
        """Return the profile at the recorded device, scales and ratings learned."""
        recorded = self.recorded()
        bound = self.make().bind(recorded.bases)
        return bound.learned(answers(bound.fact_reads(), recorded.image))

    # -- what it reads -------------------------------------------------------------------------------------------

    def test_says_what_it_is_and_where_its_registers_are_documented(self) -> None:
        profile = self.make()
        assert profile.summary
        assert profile.source
        assert self.recorded().source

    def test_reads_the_recorded_words_as_what_they_mean(self) -> None:
        recorded = self.recorded()
        first = self.make().bind(recorded.bases)
        for bound in (first, self.bound()):
            found = bound.decode(answers(bound.reads(), recorded.image))
            assert found == pytest.approx(dict(recorded.expected), rel=1e-6, abs=1e-9, nan_ok=True)

    def test_recording_shows_which_way_power_flows(self) -> None:
        powers = [value for (_, quantity), value in self.recorded().expected.items() if quantity == "power_w"]
        assert all(value != 0.0 for value in powers), "a power of 0 W shows no sign"

    def test_every_point_is_read_by_few_messages_that_fit(self) -> None:
        profile, bound = self.make(), self.bound()
        for read in (*bound.reads(), *bound.fact_reads(), *bound.comms_loss_reads()):
            assert read.count <= profile.block_max
            assert Request.read(1, read.table, read.address, read.count).count <= 125
        assert len(bound.reads()) <= len(profile.points)

    def test_what_a_device_leaves_out_is_missing(self) -> None:
        bound = self.bound()
        assert all(math.isnan(value) for value in bound.decode({}).values())
        assert all(math.isnan(value) for value in bound.decode(dict.fromkeys(bound.reads(), ())).values())

    def test_garbage_gives_numbers_or_nothing(self) -> None:
        bound = self.bound()
        for image in odd_images(bound):
            found = [*bound.decode_image(image).values(), bound.comms_loss_s_in(image)]
            found += [bound.setpoint(role, quantity, image) for role, quantity in bound.setpoints]
            assert not any(math.isinf(value) for value in found)
            bound.learned(answers(bound.fact_reads(), image)).problems()

    def test_without_its_models_it_measures_nothing_and_says_so(self) -> None:
        profile = self.make()
        if not profile.sunspec:
            return
        bound = profile.bind({})
        assert all(math.isnan(value) for value in bound.decode({}).values())
        assert bound.problems()
        for setpoint in self.recorded().setpoints:
            with pytest.raises(ValueError, match="cannot be set"):
                bound.writes(setpoint.role, setpoint.quantity, 0.0)

    # -- the same from the device's side -------------------------------------------------------------------------

    def test_a_device_that_shows_a_value_is_read_so(self) -> None:
        bound, recorded = self.bound(), self.recorded()
        for (role, quantity), value in recorded.expected.items():
            if bound.points[role, quantity] and self._is_there(bound, role, quantity):
                image = {**recorded.image, **bound.encode_reading(role, quantity, value)}
                again = bound.decode_image(image)[role, quantity]
                assert again == pytest.approx(value, rel=1e-6, abs=1e-9, nan_ok=True), (role, quantity)

    def test_a_device_shows_the_recorded_words(self) -> None:
        bound, recorded = self.bound(), self.recorded()
        for (role, quantity), value in recorded.expected.items():
            if len(bound.points[role, quantity]) == 1 and math.isfinite(value):
                shown = bound.encode_reading(role, quantity, value)
                assert shown == {cell: recorded.image[cell] for cell in shown}, (role, quantity)

    def test_a_device_shows_that_it_has_no_value(self) -> None:
        bound, recorded = self.bound(), self.recorded()
        for role, quantity in recorded.expected:
            if not self._has_codes(bound, role, quantity):
                continue
            image = {**recorded.image, **bound.encode_reading(role, quantity, math.nan)}
            assert math.isnan(bound.decode_image(image)[role, quantity]), (role, quantity)

    @staticmethod
    def _is_there(bound: Bound, role: str, quantity: str) -> bool:
        return not any(point.register.models for point in bound.points[role, quantity])

    def _has_codes(self, bound: Bound, role: str, quantity: str) -> bool:
        codes = [point.register.missing for point in bound.points[role, quantity]]
        return self._is_there(bound, role, quantity) and all(each is None or each for each in codes)

    # -- what it can be told -------------------------------------------------------------------------------------

    def test_recording_knows_every_setpoint(self) -> None:
        told = {(each.role, each.quantity) for each in self.recorded().setpoints}
        assert told == {(each.role, each.quantity) for each in self.make().setpoints}
        assert not self.bound().problems() or not told

    def test_a_value_looks_as_recorded_on_the_wire(self) -> None:
        bound = self.bound()
        for each in self.recorded().setpoints:
            writes = bound.writes(each.role, each.quantity, each.value)
            assert tuple((write.address, write.words) for write in writes) == each.writes

    def test_what_was_written_is_in_force_and_never_more_than_that(self) -> None:
        bound = self.bound()
        for each in self.recorded().setpoints:
            step = coarsest(bound, each)
            for value in values_to_set(bound, each):
                held = bound.setpoint(each.role, each.quantity, after(bound.writes(each.role, each.quantity, value)))
                assert abs(held) <= abs(value) + 1e-6, (each.role, value, held)
                assert held == pytest.approx(value, abs=step + 1e-6), (each.role, value, held)

    def test_writing_again_what_is_in_force_changes_nothing(self) -> None:
        bound = self.bound()
        for each in self.recorded().setpoints:
            for value in values_to_set(bound, each):
                writes = bound.writes(each.role, each.quantity, value)
                held = bound.setpoint(each.role, each.quantity, after(writes))
                assert bound.writes(each.role, each.quantity, held) == writes

    def test_writes_are_messages_that_a_device_can_take_and_show(self) -> None:
        bound = self.bound()
        for each in self.recorded().setpoints:
            for value in values_to_set(bound, each):
                for write in bound.writes(each.role, each.quantity, value):
                    assert Request.write(1, write.function, write.address, write.words).table is write.table
                    assert write.read_back == Read(write.table, write.address, len(write.words))

    def test_what_is_no_setpoint_is_refused(self) -> None:
        bound = self.bound()
        for each in self.recorded().setpoints:
            for value in NO_NUMBERS:
                with pytest.raises(ValueError):
                    bound.writes(each.role, each.quantity, value)
            with pytest.raises(ValueError):
                bound.writes(each.role, "no_such_quantity", 0.0)

    def test_too_much_is_refused_or_held_to_the_rating(self) -> None:
        bound = self.bound()
        for each in self.recorded().setpoints:
            for value in (TOO_MUCH, -TOO_MUCH):
                try:
                    writes = bound.writes(each.role, each.quantity, value)
                except ValueError:
                    continue
                assert abs(bound.setpoint(each.role, each.quantity, after(writes))) < TOO_MUCH

    def test_whoever_is_moved_has_a_watchdog_of_its_own(self) -> None:
        profile, bound = self.make(), self.bound()
        if not profile.setpoints:
            return
        assert profile.comms_loss is not None
        assert profile.comms_loss.action
        image = after(bound.comms_loss_writes(COMMS_LOSS_S))
        assert 0.0 < bound.comms_loss_s_in(image) <= max(COMMS_LOSS_S, profile.comms_loss.fixed_s)
        if profile.comms_loss.steps:
            assert bound.comms_loss_s(answers(bound.comms_loss_reads(), image)) == bound.comms_loss_s_in(image)
            with pytest.raises(ValueError):
                bound.comms_loss_writes(0.0)
            with pytest.raises(ValueError):
                bound.comms_loss_writes(math.nan)


def answers(reads: Iterable[Read], image: Image) -> dict[Read, tuple[int, ...]]:
    """Return what a device with these words answers; what it does not hold it shows as 0."""
    return {
        read: tuple(image.get((read.table, at), 0) for at in range(read.address, read.address + read.count))
        for read in reads
    }


def after(writes: Iterable[Write]) -> dict[tuple[Table, int], int]:
    """Return what a device holds after these messages."""
    return {(write.table, write.address + at): word for write in writes for at, word in enumerate(write.words)}


def values_within(limits: tuple[float, float]) -> Iterator[float]:
    """Yield both limits, rest, and odd values between."""
    low, high = limits
    yield from (low, high, 0.0)
    yield from (low + (high - low) * share for share in (0.123456, 0.5001, 0.876543))
    yield from (value for value in (0.001, -0.001) if low <= value <= high)


def values_to_set(bound: Bound, setpoint: RecordedSetpoint) -> Iterator[float]:
    """Yield what a setpoint is tried with; a coil knows nothing between its limits."""
    steps = bound.setpoints[setpoint.role, setpoint.quantity].steps
    is_coil = any(step.register.table is Table.COIL for step in steps)
    yield from (each for each in values_within(setpoint.limits) if not is_coil or each in setpoint.limits)


def coarsest(bound: Bound, setpoint: RecordedSetpoint) -> float:
    """Return what one count of a setpoint's registers is worth: how far a value can lie from what they hold."""
    steps = bound.setpoints[setpoint.role, setpoint.quantity].steps
    return max(abs(unit(step.register, bound.facts)) for step in steps if step.fixed is None)


def odd_images(bound: Bound) -> Iterator[dict[tuple[Table, int], int]]:
    """Yield registers full of nonsense: one word everywhere, chance, holes, and words that are none."""
    reads = (*bound.reads(), *bound.fact_reads(), *bound.comms_loss_reads())
    reads += tuple(read for name in bound.setpoints for read in bound.setpoint_reads(*name))
    cells = sorted({(read.table, at) for read in reads for at in range(read.address, read.address + read.count)})
    yield from (dict.fromkeys(cells, word) for word in GARBAGE)
    rng = np.random.default_rng(11)
    for _ in range(50):
        words = rng.integers(0, 0x10000, len(cells))
        yield {cell: int(word) for cell, word in zip(cells, words, strict=True)}
        yield {cell: int(word) for cell, word in zip(cells, words, strict=True) if word % 2}
    yield {cell: 0x10000 + at for at, cell in enumerate(cells)}
    yield dict.fromkeys(cells, -1)
