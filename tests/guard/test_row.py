"""The shared row: taking away first, inventing nothing, and the worst case where the site is unknown."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.guard import row
from enerwise.guard.envelope import Envelope, Rule
from tests.builders import a_battery, a_connection, a_load, a_pv, a_site

from .builders import UNKNOWN, an_envelope, an_observed

TWO = a_site(a_battery("a"), a_battery("b"), a_pv(), a_load())


def two_batteries(**facts: Any) -> Envelope:
    """Two half-full batteries behind nine kilowatts."""
    observed = an_observed(**facts)
    seen = observed.assets["battery"]
    return an_envelope(TWO, an_observed(a=seen, b=seen, **facts))


def test_row_that_holds_is_left_alone() -> None:
    values = {"battery": 3000.0, "roof": -6000.0}
    assert row.fit(an_envelope(), values, {}) == values


def test_import_takes_charging_from_the_lowest_priority_first() -> None:
    values = {"a": 5000.0, "b": 5000.0, "roof": -6000.0}
    found = row.fit(two_batteries(others_w=3000.0, available_w=0.0), values, {"a": 20, "b": 10, "roof": 20})
    assert found == {"a": 5000.0, "b": 1000.0, "roof": -6000.0}


def test_asset_without_a_priority_is_cut_first() -> None:
    values = {"a": 5000.0, "b": 5000.0, "roof": -6000.0}
    found = row.fit(two_batteries(others_w=3000.0, available_w=0.0), values, {"b": 10, "roof": 30})
    assert found == {"a": 1000.0, "b": 5000.0, "roof": -6000.0}


def test_equal_priority_shares_the_cut() -> None:
    values = {"a": 4000.0, "b": 2000.0, "roof": -6000.0}
    found = row.fit(two_batteries(others_w=6000.0, available_w=0.0), values, {"a": 20, "b": 20})
    assert found["a"] == pytest.approx(2000.0)
    assert found["b"] == pytest.approx(1000.0)


def test_export_takes_from_batteries_before_the_sun_of_equal_priority() -> None:
    values = {"battery": -5000.0, "roof": -6000.0}
    found = row.fit(an_envelope(observed=an_observed(available_w=-6000.0)), values, {"battery": 20, "roof": 20})
    assert found == {"battery": -3500.0, "roof": -6000.0}


def test_export_of_sun_alone_is_curtailed() -> None:
    site = a_site(connection=a_connection(export_limit_w=2000.0))
    found = row.fit(an_envelope(site, an_observed(available_w=-5000.0)), {"battery": 0.0, "roof": -6000.0}, {})
    assert found == {"battery": 0.0, "roof": -2500.0}


def test_sun_that_does_not_shine_is_not_cut() -> None:
    values = {"battery": -5000.0, "roof": -6000.0}
    assert row.fit(an_envelope(observed=an_observed(available_w=0.0)), values, {}) == values


def test_cutting_never_goes_beyond_zero() -> None:
    values = {"battery": 3000.0, "roof": -6000.0}
    found = row.fit(an_envelope(observed=an_observed(others_w=12_000.0, available_w=0.0)), values, {})
    assert found == {"battery": 0.0, "roof": -6000.0}


def test_bands_let_a_battery_help_beyond_zero() -> None:
    values = {"battery": 3000.0, "roof": 0.0}
    envelope = an_envelope(observed=an_observed(others_w=12_000.0, available_w=-1000.0))
    found = row.fit(
        envelope, values, {"battery": 20, "roof": 10}, {"battery": (-5000.0, 5000.0), "roof": (-6000.0, 0.0)}
    )
    assert found == {"battery": -2000.0, "roof": -1000.0}


def test_asset_without_a_band_is_only_cut() -> None:
    values = {"battery": 3000.0, "roof": -6000.0}
    envelope = an_envelope(observed=an_observed(others_w=12_000.0, available_w=0.0))
    assert row.fit(envelope, values, {}, {"roof": (-6000.0, 0.0)})["battery"] == 0.0


def test_what_somebody_insists_on_is_not_cut() -> None:
    values = {"battery": 3000.0, "roof": -6000.0}
    envelope = an_envelope(observed=an_observed(others_w=8000.0, available_w=0.0))
    assert row.fit(envelope, values, {}, {"battery": (2000.0, 5000.0)})["battery"] == 2000.0


def test_unknown_site_allows_no_further_import_but_its_own_sun() -> None:
    envelope = an_envelope(observed=an_observed(others_w=UNKNOWN, available_w=-3000.0))
    assert row.fit(envelope, {"battery": 5000.0, "roof": -6000.0}, {})["battery"] == pytest.approx(3000.0)


def test_unknown_site_allows_export_up_to_the_limit() -> None:
    envelope = an_envelope(observed=an_observed(others_w=UNKNOWN, available_w=-6000.0))
    assert row.fit(envelope, {"battery": -5000.0, "roof": -6000.0}, {})["battery"] == pytest.approx(-3000.0)


def test_unknown_sun_counts_for_export_and_not_against_import() -> None:
    envelope = an_envelope(observed=an_observed(others_w=6000.0, available_w=UNKNOWN))
    assert row.fit(envelope, {"battery": 5000.0, "roof": -6000.0}, {})["battery"] == pytest.approx(3000.0)
    envelope = an_envelope(observed=an_observed(others_w=0.0, available_w=UNKNOWN))
    assert row.fit(envelope, {"battery": -5000.0, "roof": -6000.0}, {})["battery"] == pytest.approx(-3000.0)


SHARES = st.floats(0.0, 1.0)


@given(
    st.floats(-15_000, 15_000),
    st.one_of(st.floats(-6000, 0), st.just(math.nan)),
    SHARES,
    SHARES,
    SHARES,
    st.tuples(*[st.integers(0, 2)] * 3),
)
def test_row_is_kept_whenever_cutting_can_keep_it(
    others_w: float, available_w: float, a: float, b: float, sun: float, priorities: tuple[int, int, int]
) -> None:
    """Nothing is moved away from zero, and where resting assets would fit, so do these."""
    envelope = two_batteries(others_w=others_w, available_w=available_w)
    values = {"a": 10_000 * a - 5000, "b": 10_000 * b - 5000, "roof": -6000 * sun}
    found = row.fit(envelope, values, dict(zip(("a", "b", "roof"), priorities, strict=True)))
    assert all(min(values[each], 0.0) <= found[each] <= max(values[each], 0.0) for each in values)
    if others_w >= envelope.row_lower_w:
        assert row.broken_w(envelope, found, Rule.EXPORT_LIMIT) <= 2 * row.TOLERANCE_W
    if others_w <= envelope.row_upper_w:
        assert row.broken_w(envelope, found, Rule.IMPORT_LIMIT) >= -2 * row.TOLERANCE_W


@given(st.floats(-25_000, 25_000), SHARES, SHARES, SHARES, st.floats(-6000, 0))
def test_row_is_kept_whenever_bands_can_keep_it(
    others_w: float, a: float, b: float, sun: float, available_w: float
) -> None:
    envelope = two_batteries(others_w=others_w, available_w=available_w)
    values = {"a": 10_000 * a - 5000, "b": 10_000 * b - 5000, "roof": -6000 * sun}
    bands = {each: (allowed.lower_w, allowed.upper_w) for each, allowed in envelope.assets.items()}
    found = row.fit(envelope, values, {}, bands)
    if envelope.row_lower_w <= others_w + 10_000.0 and others_w + available_w - 10_000.0 <= envelope.row_upper_w:
        for side in row.SIDES:
            assert abs(row.broken_w(envelope, found, side)) <= 2 * row.TOLERANCE_W


@pytest.mark.parametrize(
    ("others_w", "side", "expected_w"),
    [
        (9000.5, Rule.IMPORT_LIMIT, -0.5),
        (9000.0, Rule.IMPORT_LIMIT, 0.0),
        (-9000.5, Rule.EXPORT_LIMIT, 0.5),
        (-9000.0, Rule.EXPORT_LIMIT, 0.0),
    ],
)
def test_row_tells_by_how_much_it_is_broken(others_w: float, side: Rule, expected_w: float) -> None:
    envelope = an_envelope(observed=an_observed(others_w=others_w, available_w=0.0))
    assert row.broken_w(envelope, {"battery": 0.0, "roof": 0.0}, side) == expected_w


def test_half_a_watt_too_much_is_cut() -> None:
    envelope = an_envelope(observed=an_observed(others_w=8000.5, available_w=0.0))
    assert row.fit(envelope, {"battery": 1000.0, "roof": 0.0}, {})["battery"] == 999.5
