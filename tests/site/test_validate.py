"""Readings become frames with quality; what cannot be true is refused with a reason, and nothing raises."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.quantity import (
    AVAILABLE_POWER_W,
    CARBON_G_PER_KWH,
    ENERGY_WH,
    IRRADIANCE_W_PER_M2,
    POWER_W,
    PRICE_IMPORT_EUR_PER_KWH,
    QUANTITIES,
    SOC_RATIO,
    SOH_RATIO,
    TEMPERATURE_DEGC,
)
from enerwise.core.series import Frame, Key, Quality, Reading
from enerwise.site.limits import WindowedLimit
from enerwise.site.site import Connection, Site
from enerwise.site.validate import Band, Refused, channel_bands, validate
from tests.builders import NOON, a_battery, a_load, a_pv, a_reading, a_site, a_window

SITE = a_site()
MINUTE = np.timedelta64(1, "m")
QUARTER = 15 * MINUTE


def a_turn() -> list[Reading]:
    """What one turn of a home brings."""
    return [
        a_reading("grid", -1400.0),
        a_reading("home", 500.0),
        a_reading("roof", -2000.0),
        a_reading("roof", -2500.0, quantity=AVAILABLE_POWER_W),
        a_reading("battery", 100.0),
        a_reading("battery", 0.5, quantity=SOC_RATIO),
        a_reading("battery", 6750.0, quantity=ENERGY_WH),
        a_reading("battery", 21.0, quantity=TEMPERATURE_DEGC),
        a_reading("grid", 0.30, quantity=PRICE_IMPORT_EUR_PER_KWH),
        a_reading("weather", 640.0, quantity=IRRADIANCE_W_PER_M2),
    ]


def quality_of(reading: Reading, site: Site = SITE) -> Quality | str:
    """Return the quality a reading gets, or why it is refused."""
    frames, refused = validate([reading], site, NOON)
    return Quality(int(frames[0].quality[0, 0])) if frames else refused[0].reason.code


def cells(frames: Sequence[Frame]) -> list[tuple[Key, np.datetime64, np.datetime64, float]]:
    return [
        (key, start, known, float(value))
        for frame in frames
        for start, known, row in zip(frame.start_utc, frame.known_at, frame.value, strict=True)
        for key, value in zip(frame.keys, row, strict=True)
    ]


def test_a_turn_becomes_one_row() -> None:
    frames, refused = validate(a_turn(), SITE, NOON)
    assert not refused
    (frame,) = frames
    assert frame.keys == tuple(reading.key for reading in a_turn())
    assert frame.value.tolist() == [[reading.value for reading in a_turn()]]
    assert np.all(frame.quality == Quality.GOOD)
    assert frame.start_utc.tolist() == frame.known_at.tolist() == [NOON.tolist()]


def test_rows_of_the_same_channels_share_a_frame_and_others_do_not() -> None:
    readings = [
        a_reading("home", 1.0, start_utc=NOON - QUARTER, step_s=900),
        a_reading("roof", -1.0, start_utc=NOON - QUARTER, step_s=900),
        a_reading("home", 2.0, step_s=900),
        a_reading("roof", -2.0, step_s=900),
        a_reading("battery", 0.5, quantity=SOC_RATIO),
    ]
    first, second = validate(readings, SITE, NOON)[0]
    assert first.column(Key("home", POWER_W)).tolist() == [1.0, 2.0]
    assert first.known_at.tolist() == [NOON.tolist(), (NOON + QUARTER).tolist()]
    assert second.keys == (Key("battery", SOC_RATIO),)
    assert second.known_at == NOON


def test_nothing_gives_nothing() -> None:
    assert validate([], SITE, NOON) == ((), ())


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_is_refused(value: float) -> None:
    assert quality_of(a_reading("home", value)) == "not_finite"


@pytest.mark.parametrize(
    ("asset", "quantity", "code"),
    [
        ("boiler", POWER_W, "unknown_channel"),
        ("roof", SOC_RATIO, "unknown_channel"),
        ("home", "mood", "unknown_quantity"),
        ("", "", "unknown_quantity"),
    ],
)
def test_what_the_site_does_not_have_is_refused(asset: str, quantity: str, code: str) -> None:
    assert quality_of(a_reading(asset, 1.0, quantity=quantity)) == code


@pytest.mark.parametrize(
    ("asset", "quantity", "good", "suspect", "refused"),
    [
        ("battery", POWER_W, [-5000, 0, 5000, 5090], [5300, -7000], [8000, -50_000]),
        ("battery", SOC_RATIO, [0, 0.05, 1], [], [-0.01, 1.01, 50]),
        ("battery", SOH_RATIO, [0.8, 1.05], [1.2], [98, -1]),
        ("battery", ENERGY_WH, [0, 13_500], [14_500], [-1, 27_000]),
        ("battery", TEMPERATURE_DEGC, [-10, 45], [90], [294]),
        ("roof", POWER_W, [-6000, 0, 20], [-7000], [200, 3000, -12_000]),
        ("roof", AVAILABLE_POWER_W, [-6000, 0, -7000], [-9000], [1, -20_000]),
        ("home", POWER_W, [0, 500, 20_000, -50], [-800, 60_000], [-5000, 1e6]),
        ("grid", POWER_W, [-9000, 24_000, -24_000], [40_000, -40_000], [80_000, -80_000]),
        ("grid", PRICE_IMPORT_EUR_PER_KWH, [-0.5, 0.3], [9.0], [300.0]),
        ("grid", CARBON_G_PER_KWH, [0, 380], [2000], [-1, 380_000]),
        ("weather", IRRADIANCE_W_PER_M2, [0, 1400, -3], [2000], [10_000]),
        ("weather", TEMPERATURE_DEGC, [-30, 45], [-50], [300]),
    ],
)
def test_values_are_good_suspect_or_refused(
    asset: str, quantity: str, good: list[float], suspect: list[float], refused: list[float]
) -> None:
    def found(values: list[float]) -> list[Quality | str]:
        return [quality_of(a_reading(asset, value, quantity=quantity)) for value in values]

    assert found(good) == [Quality.GOOD] * len(good)
    assert found(suspect) == [Quality.SUSPECT] * len(suspect)
    assert found(refused) == ["implausible"] * len(refused)


def test_feeding_in_where_it_is_forbidden_is_measured_rightly() -> None:
    connection = Connection(WindowedLimit(9000.0), WindowedLimit(0.0))
    assert quality_of(a_reading("grid", -5000.0), a_site(connection=connection)) == Quality.GOOD


def test_without_a_fuse_the_widest_limit_is_what_the_wires_carry() -> None:
    night = WindowedLimit(2000.0, ((a_window(22, 6), 6000.0),))
    site = a_site(a_load(), connection=Connection(night, WindowedLimit(0.0)))
    assert quality_of(a_reading("grid", 6000.0), site) == Quality.GOOD
    assert quality_of(a_reading("grid", 7000.0), site) == Quality.SUSPECT
    assert quality_of(a_reading("grid", 20_000.0), site) == "implausible"


def test_a_connection_without_limits_finds_no_power_implausible() -> None:
    site = a_site(connection=Connection(WindowedLimit(np.inf), WindowedLimit(np.inf)))
    assert quality_of(a_reading("grid", 1e7), site) == Quality.GOOD
    assert quality_of(a_reading("home", 1e7), site) == Quality.GOOD


def test_a_battery_that_cannot_charge_may_use_a_little() -> None:
    site = a_site(a_battery(charge_limit_w=0.0))
    assert quality_of(a_reading("battery", 40.0), site) == Quality.GOOD
    assert quality_of(a_reading("battery", 400.0), site) == "implausible"


@pytest.mark.parametrize(
    ("start_utc", "known_at", "code"),
    [
        (NOON + MINUTE, NOON + MINUTE, "starts_in_the_future"),
        (NOON, NOON - MINUTE, "known_before_it_starts"),
        (np.datetime64("NaT"), NOON, "starts_in_the_future"),
        (NOON, np.datetime64("NaT"), "known_before_it_starts"),
    ],
)
def test_times_that_make_no_sense_are_refused(start_utc: np.datetime64, known_at: np.datetime64, code: str) -> None:
    assert quality_of(a_reading("home", 1.0, start_utc=start_utc, known_at=known_at)) == code


def test_a_mean_may_become_known_at_the_end_of_its_step() -> None:
    assert quality_of(a_reading("home", 1.0, step_s=900)) == Quality.GOOD


def test_the_first_of_two_that_contradict_wins_and_equal_ones_count_once() -> None:
    readings = [a_reading("home", 1.0), a_reading("home", 2.0), a_reading("home", 1.0, step_s=900)]
    frames, refused = validate(readings, SITE, NOON)
    assert cells(frames) == [(Key("home", POWER_W), NOON, NOON, 1.0)]
    assert [(each.reading, each.reason.code) for each in refused] == [(readings[1], "contradicts_the_first")]


def test_a_refused_reading_does_not_win_over_a_later_good_one() -> None:
    frames, refused = validate([a_reading("home", np.nan), a_reading("home", 2.0)], SITE, NOON)
    assert cells(frames)[0][3] == 2.0
    assert len(refused) == 1


def test_a_refusal_reads_as_a_line() -> None:
    refused = validate([a_reading("battery", 50.0, quantity=SOC_RATIO)], SITE, NOON)[1][0]
    assert str(refused) == "battery.soc_ratio 50: implausible (lowest 0.0, highest 1.0)"
    assert str(Refused(a_reading("home", np.nan), validate([a_reading("home", np.nan)], SITE, NOON)[1][0].reason)) == (
        "home.power_w nan: not_finite"
    )


readings = st.builds(
    a_reading,
    asset=st.sampled_from(["home", "roof", "battery", "grid", "weather", "boiler"]),
    value=st.floats() | st.sampled_from([0.0, 0.5, -100.0]),
    quantity=st.sampled_from(sorted(QUANTITIES)) | st.just("mood"),
    start_utc=st.integers(-2, 2).map(lambda steps: NOON + steps * QUARTER) | st.just(np.datetime64("NaT")),
    known_at=st.integers(-2, 3).map(lambda steps: NOON + steps * QUARTER),
)


@given(batch=st.lists(readings, max_size=20))
def test_every_reading_is_kept_refused_or_said_twice(batch: list[Reading]) -> None:
    frames, refused = validate(batch, SITE, NOON)
    kept = cells(frames)
    said = {(key, start): value for key, start, _, value in kept}
    assert len(said) == len(kept)
    for reading in batch:
        is_refused = any(each.reading is reading for each in refused)
        assert is_refused or said.get((reading.key, reading.start_utc)) == reading.value
    assert len(kept) + len(refused) <= len(batch)


@given(batch=st.lists(readings, max_size=20))
def test_what_is_kept_is_finite_known_and_not_ahead(batch: list[Reading]) -> None:
    for key, start, known, value in cells(validate(batch, SITE, NOON)[0]):
        band = channel_bands(SITE.assets, SITE.connection)[key]
        assert band.lowest <= value <= band.highest
        assert start <= NOON
        assert start <= known


@given(batch=st.lists(readings, max_size=10), later=st.lists(readings, max_size=10))
def test_what_comes_later_in_a_batch_changes_nothing_before(batch: list[Reading], later: list[Reading]) -> None:
    before, after = (set(cells(validate(each, SITE, NOON)[0])) for each in (batch, batch + later))
    assert before <= after


def test_every_band_nests() -> None:
    site = a_site(a_pv(peak_w=6000.0, inverter_limit_w=5000.0), a_battery(), a_load())
    for band in channel_bands(site.assets, site.connection).values():
        assert isinstance(band, Band)
        assert band.lowest <= band.lower <= band.upper <= band.highest
