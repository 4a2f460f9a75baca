"""A profile at a device: sums, scales, ratings, setpoints of several registers, the device's own watchdog."""

import math
import pickle
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from enerwise.devices.points import Read, Write
from enerwise.devices.profiles import load_profile, profile_names
from enerwise.protocols.pdu import Table

from .builders import a_profile, after, holding

SHARE = """
gap_max = 20
[[point]]
role = "battery"
quantity = "power_w"
address = 0
kind = "int16"
scale = 1
[[setpoint]]
role = "battery"
quantity = "power_w"
[[setpoint.write]]
address = 10
kind = "int16"
factor = 0.01
scale = 12
rating = { address = 13, kind = "uint16", scale = 14 }
"""
TWO_WAYS = """
[[point]]
role = "battery"
quantity = "power_w"
address = 0
kind = "uint16"
[[point]]
role = "battery"
quantity = "power_w"
address = 1
kind = "uint16"
factor = -1.0
[[setpoint]]
role = "battery"
quantity = "power_w"
write = [
  { address = 20, kind = "uint16", part = "taken", when = ["taking", "resting"] },
  { address = 21, kind = "uint16", part = "given", when = ["giving"] },
  { address = 22, kind = "uint16", fixed = 1, when = ["taking", "resting"] },
  { address = 22, kind = "uint16", fixed = 2, when = ["giving"] },
]
"""
POWER = ("battery", "power_w")


def test_a_scale_is_a_power_of_ten_in_a_register_of_its_own() -> None:
    bound = a_profile(SHARE)
    assert bound.decode_image(holding({0: 0xFFF6, 1: 2}))[POWER] == -1000.0
    assert bound.decode_image(holding({0: 123, 1: 0xFFFF}))[POWER] == pytest.approx(12.3)


@pytest.mark.parametrize("scale", [0x8000, 11, 0xFFF5, 0x7FFF])
def test_a_scale_that_is_none_makes_the_value_missing(scale: int) -> None:
    assert math.isnan(a_profile(SHARE).decode_image(holding({0: 1, 1: scale}))[POWER])


def test_a_setpoint_in_shares_needs_to_know_of_what() -> None:
    bound = a_profile(SHARE)
    assert bound.problems() == ("a_device: scale or rating of register 10 is not known",)
    with pytest.raises(ValueError, match="scale or rating of register 10 is not known"):
        bound.writes(*POWER, 1000.0)
    learned = bound.learned({Read(Table.HOLDING, 12, 3): [0xFFFE, 500, 1]})
    assert not learned.problems()
    # 1234 W of 5000 W are 24.68 %, in hundredths.
    assert learned.writes(*POWER, 1234.0) == (Write(10, (2468,)),)


def test_a_rating_that_changes_is_believed_from_the_next_look_on() -> None:
    bound = a_profile(SHARE).learned({Read(Table.HOLDING, 12, 3): [0xFFFE, 500, 1]})
    smaller = bound.learned({Read(Table.HOLDING, 12, 3): [0xFFFE, 250, 1]})
    assert smaller.writes(*POWER, 1234.0) == (Write(10, (4936,)),)
    assert bound.reads() == smaller.reads() == (Read(Table.HOLDING, 0, 15),)


@pytest.mark.parametrize("rating", [0, 0xFFFF])
def test_a_rating_of_nothing_is_not_understood(rating: int) -> None:
    bound = a_profile(SHARE).learned({Read(Table.HOLDING, 12, 3): [0, rating, 0]})
    assert bound.problems()
    with pytest.raises(ValueError, match="not known"):
        bound.writes(*POWER, 0.0)


def test_more_than_the_rating_is_refused_unless_it_is_a_ceiling() -> None:
    words = {Read(Table.HOLDING, 12, 3): [0xFFFE, 500, 1]}
    with pytest.raises(ValueError, match="5001 is above the rating 5000 of the device"):
        a_profile(SHARE).learned(words).writes(*POWER, 5001.0)
    ceiling = a_profile(SHARE + "is_ceiling = true").learned(words)
    assert ceiling.writes(*POWER, -99_999.0) == (Write(10, (0x10000 - 10000,)),)


@given(
    value=st.floats(-32_000.0, 32_000.0),
    rating=st.integers(1, 0xFFFE),
    rating_scale=st.integers(-2, 2),
    scale=st.integers(-4, 0),
)
def test_what_is_in_force_is_never_more_than_what_was_asked(
    value: float, rating: int, rating_scale: int, scale: int
) -> None:
    facts = {Read(Table.HOLDING, 12, 3): [scale % 0x10000, rating, rating_scale % 0x10000]}
    bound = a_profile(SHARE).learned(facts)
    try:
        writes = bound.writes(*POWER, value)
    except ValueError:
        assume(False)
    held = bound.setpoint(*POWER, after(writes))
    one_w = 0.01 * 10.0**scale * rating * 10.0**rating_scale
    assert abs(held) <= abs(value) * (1.0 + 1e-9) + one_w * 1e-5
    assert abs(held - value) <= one_w * (1.0 + 1e-5)
    assert bound.writes(*POWER, held) == writes


def test_terms_add_up_and_one_that_is_missing_makes_the_sum_missing() -> None:
    bound = a_profile(TWO_WAYS)
    assert bound.decode_image(holding({0: 0, 1: 700}))[POWER] == -700.0
    assert math.isnan(bound.decode_image(holding({0: 0, 1: 0xFFFF}))[POWER])
    assert math.isnan(bound.decode_image(holding({0: 0}))[POWER])


def test_an_optional_term_counts_as_nothing_as_long_as_another_is_there() -> None:
    point = '\n[[point]]\nrole = "pv"\nquantity = "power_w"\nkind = "uint16"\nis_optional = true\naddress = '
    bound = a_profile(point + "1" + point + "2")
    assert bound.decode_image(holding({1: 0xFFFF, 2: 5}))["pv", "power_w"] == 5.0
    assert math.isnan(bound.decode_image(holding({1: 0xFFFF, 2: 0xFFFF}))["pv", "power_w"])


@given(value=st.integers(-60_000, 60_000))
def test_a_device_shows_either_way_in_the_register_made_for_it(value: int) -> None:
    bound = a_profile(TWO_WAYS)
    shown = bound.encode_reading(*POWER, float(value))
    assert bound.decode_image(shown)[POWER] == value
    assert 0 in shown.values()


def test_a_value_that_no_register_can_hold_is_refused() -> None:
    bound = a_profile('[[point]]\nrole = "pv"\nquantity = "power_w"\naddress = 0\nkind = "uint16"\nfactor = -1.0')
    with pytest.raises(ValueError, match="no register can hold 5"):
        bound.encode_reading("pv", "power_w", 5.0)
    with pytest.raises(ValueError, match="does not measure"):
        bound.encode_reading("pv", "soc_ratio", 0.5)


@pytest.mark.parametrize(
    ("value", "writes", "held"),
    [
        (1500.9, [(20, 1500), (22, 1)], 1500.0),
        (-1500.9, [(21, 1500), (22, 2)], -1500.0),
        (0.0, [(20, 0), (22, 1)], 0.0),
        # Less than a register can hold is rest, not a way to go.
        (-0.4, [(20, 0), (22, 1)], 0.0),
    ],
)
def test_a_setpoint_may_go_its_own_way_for_each_direction(
    value: float, writes: list[tuple[int, int]], held: float
) -> None:
    bound = a_profile(TWO_WAYS)
    found = bound.writes(*POWER, value)
    assert [(write.address, *write.words) for write in found] == writes
    assert bound.setpoint(*POWER, after(found)) == held


def test_registers_of_a_mode_nobody_set_are_no_setpoint() -> None:
    bound = a_profile(TWO_WAYS)
    for words in ({}, {20: 100, 21: 0, 22: 0}, {20: 100, 22: 2}, {20: 0xFFFF, 21: 0xFFFF, 22: 1}):
        assert math.isnan(bound.setpoint(*POWER, holding(words)))
    assert math.isnan(bound.setpoint("battery", "current_a", {}))


def test_a_way_the_device_cannot_go_is_refused() -> None:
    bound = a_profile(
        '[[setpoint]]\nrole = "pv"\nquantity = "power_w"\nwrite = [{ address = 1, kind = "uint16", part = "given" }]'
    )
    assert bound.writes("pv", "power_w", -5.0) == (Write(1, (5,)),)
    with pytest.raises(ValueError, match="5 goes a way that the device cannot be told"):
        bound.writes("pv", "power_w", 5.0)


def test_joined_registers_travel_in_one_message_and_single_ones_by_their_function() -> None:
    bound = a_profile(
        """
[[setpoint]]
role = "battery"
quantity = "power_w"
write = [
  { address = 7, kind = "uint16", fixed = 1 },
  { address = 8, kind = "int32", joins = true },
  { address = 3, kind = "int16", function = 6, reads_back = false },
  { table = "coil", address = 4, fixed = 1 },
]
"""
    )
    writes = bound.writes(*POWER, -2.0)
    assert writes == (
        Write(7, (1, 0xFFFF, 0xFFFE)),
        Write(3, (0xFFFE,), function=6, reads_back=False),
        Write(4, (1,), function=5),
    )
    assert [write.read_back for write in writes] == [
        Read(Table.HOLDING, 7, 3),
        Read(Table.HOLDING, 3, 1),
        Read(Table.COIL, 4, 1),
    ]
    assert bound.setpoint_reads(*POWER) == (Read(Table.COIL, 4, 1), Read(Table.HOLDING, 7, 3))
    assert bound.setpoint(*POWER, after(writes)) == -2.0


def test_the_watchdog_is_set_to_the_shorter_time_and_read_back() -> None:
    bound = load_profile("generic_hybrid").bind()
    writes = bound.comms_loss_writes(2.59)
    assert writes == (Write(110, (25,)),)
    (read,) = bound.comms_loss_reads()
    assert bound.comms_loss_s({read: [25]}) == 2.5
    assert math.isnan(bound.comms_loss_s({read: [0]})), "a time-out of 0 is none"
    assert math.isnan(bound.comms_loss_s({read: [0xFFFF]}))


@pytest.mark.parametrize("seconds", [0.0, 0.05, -1.0, 1e6, math.nan, math.inf])
def test_a_time_out_that_cannot_be_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError):
        load_profile("generic_hybrid").bind().comms_loss_writes(seconds)


def test_of_several_watchdogs_the_slowest_counts_and_all_must_run() -> None:
    bound = a_profile(
        """
point = [{ role = "pv", quantity = "power_w", address = 0, kind = "uint16" }]
[comms_loss]
action = "rests"
write = [
  { address = 1, kind = "uint16" },
  { address = 2, kind = "uint16" },
  { address = 3, kind = "uint16", fixed = 1 },
]
"""
    )
    assert bound.comms_loss_s_in(holding({1: 3, 2: 5, 3: 1})) == 5.0
    assert math.isnan(bound.comms_loss_s_in(holding({1: 3, 2: 5, 3: 0})))
    assert math.isnan(bound.comms_loss_s_in(holding({1: 0, 2: 5, 3: 1})))


def test_a_device_without_a_watchdog_never_acts_by_itself() -> None:
    bound = a_profile(TWO_WAYS)
    assert math.isnan(bound.comms_loss_s({}))
    assert not bound.comms_loss_reads()
    assert not bound.comms_loss_writes(5.0)


def test_the_heartbeat_is_never_twice_the_same_nor_a_code_for_missing() -> None:
    bound = load_profile("generic_hybrid").bind()
    beats = [bound.heartbeat_writes(count)[0].words[0] for count in range(0x7FFE, 0x8005)]
    assert all(0 < beat < 0xFFFF for beat in beats)
    assert all(beat != following for beat, following in pairwise(beats))
    assert not a_profile(TWO_WAYS).heartbeat_writes(1)


def test_a_missing_rating_is_named_too() -> None:
    bound = load_profile("sunspec_inverter").bind({103: 40070, 122: 40150, 123: 40200})
    assert bound.problems() == ("pv.power_w needs SunSpec model 121, which the device does not have",)


@pytest.mark.parametrize("name", profile_names())
def test_profiles_travel_between_processes(name: str) -> None:
    profile = load_profile(name)
    # As text, for NaN differs from itself.
    assert repr(pickle.loads(pickle.dumps(profile))) == repr(profile)
