"""What people write becomes base units, and nothing is ever misread by a factor."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import UnitError
from enerwise.core.units import (
    FACTORS,
    Dimension,
    parse,
    show_energy,
    show_money,
    show_power,
    show_price,
    show_ratio,
)

UNITS = [(dimension, unit) for dimension in Dimension for unit in FACTORS[dimension]]


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("5 kW", Dimension.POWER, 5000.0),
        ("5kW", Dimension.POWER, 5000.0),
        ("  -.5e1 KW ", Dimension.POWER, -5000.0),
        ("6 kWp", Dimension.POWER, 6000.0),
        ("13.5 kwh", Dimension.ENERGY, 13_500.0),
        ("90 %", Dimension.RATIO, 0.9),
        (0.9, Dimension.RATIO, 0.9),
        (1, Dimension.RATIO, 1.0),
        ("0.30 EUR/kWh", Dimension.ENERGY_PRICE, 0.3),
        ("30 ct / kWh", Dimension.ENERGY_PRICE, 0.3),
        ("0.30 €/kWh", Dimension.ENERGY_PRICE, 0.3),
        ("85.1 EUR/MWh", Dimension.ENERGY_PRICE, 0.0851),
        ("4.20 EUR/kW", Dimension.POWER_PRICE, 4.2),
        ("0.40 EUR/day", Dimension.DAILY_FEE, 0.4),
        ("365.2425 EUR/year", Dimension.DAILY_FEE, 1.0),
        ("35 A", Dimension.CURRENT, 35.0),
        ("250 mA", Dimension.CURRENT, 0.25),
        ("15 min", Dimension.DURATION, 900.0),
        ("1.5 h", Dimension.DURATION, 5400.0),
        ("2 days", Dimension.DURATION, 172_800.0),
        ("-5 °C", Dimension.TEMPERATURE, -5.0),
        ("0.38 kg/kWh", Dimension.CARBON, 380.0),
    ],
)
def test_people_write_quantities_as_they_like(text: object, dimension: Dimension, expected: float) -> None:
    assert parse(text, dimension) == expected


@pytest.mark.parametrize(
    ("text", "dimension", "remedy"),
    [
        ("5", Dimension.POWER, "add the unit"),
        (5, Dimension.POWER, "add the unit"),
        ("5 kWh", Dimension.POWER, "'kWh' is a unit of energy"),
        ("5 kW", Dimension.ENERGY, "'kW' is a unit of power"),
        ("5 KW", Dimension.ENERGY, "'KW' is a unit of power"),
        ("5 horses", Dimension.POWER, "'horses' is not known; use one of W, kW"),
        ("5,0 kW", Dimension.POWER, "with a point and without commas"),
        ("13,500 Wh", Dimension.ENERGY, "with a point and without commas"),
        ("five kW", Dimension.POWER, "write a number with its unit, such as '5 kW'"),
        ("", Dimension.ENERGY_PRICE, "such as '0.30 EUR/kWh'"),
        ("nan kW", Dimension.POWER, "write a number"),
        ("1e999 kW", Dimension.POWER, "finite"),
        (math.inf, Dimension.RATIO, "write a number"),
        (math.nan, Dimension.RATIO, "write a number"),
        (True, Dimension.RATIO, "write a number"),
        (None, Dimension.RATIO, "such as '90 %'"),
        (["5 kW"], Dimension.POWER, "write a number"),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(text: object, dimension: Dimension, remedy: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse(text, dimension)
    assert remedy in caught.value.remedy
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("4 mW", Dimension.POWER),
        ("4 mw", Dimension.POWER),
        ("4 mWh", Dimension.ENERGY),
        ("4 mwh", Dimension.ENERGY),
        ("6 mWp", Dimension.POWER),
        ("30 EUR/mWh", Dimension.ENERGY_PRICE),
        ("30 eur/mwh", Dimension.ENERGY_PRICE),
        ("4 EUR/mW", Dimension.POWER_PRICE),
        ("4 kg/mWh", Dimension.CARBON),
        ("4 MA", Dimension.CURRENT),
        ("4 MV", Dimension.VOLTAGE),
        ("4 MHz", Dimension.FREQUENCY),
    ],
)
def test_milli_never_passes_for_mega(text: str, dimension: Dimension) -> None:
    with pytest.raises(UnitError):
        parse(text, dimension)


def test_no_two_units_of_a_dimension_differ_by_spelling_alone() -> None:
    for dimension in Dimension:
        values = {unit: parse(f"1 {unit}", dimension) for unit in FACTORS[dimension]}
        assert values == pytest.approx(dict(FACTORS[dimension]))


@given(unit=st.sampled_from(UNITS), number=st.floats(-1e9, 1e9))
def test_number_times_unit_is_the_value(unit: tuple[Dimension, str], number: float) -> None:
    dimension, name = unit
    assert parse(f"{number!r} {name}", dimension) == pytest.approx(number * FACTORS[dimension][name], rel=1e-14)


@given(unit=st.sampled_from(UNITS), other=st.sampled_from(list(Dimension)))
def test_a_unit_of_another_dimension_is_refused(unit: tuple[Dimension, str], other: Dimension) -> None:
    name = unit[1]
    if name in FACTORS[other]:
        return
    with pytest.raises(UnitError):
        parse(f"1 {name}", other)


@given(text=st.text(max_size=20) | st.floats() | st.integers() | st.none(), dimension=st.sampled_from(list(Dimension)))
def test_anything_is_a_finite_number_or_a_unit_error(text: object, dimension: Dimension) -> None:
    try:
        value = parse(text, dimension)
    except UnitError as error:
        assert error.remedy
    else:
        assert math.isfinite(value)


@given(power_w=st.floats(-1e6, 1e6))
def test_a_shown_power_reads_back_within_half_a_percent(power_w: float) -> None:
    assert parse(show_power(power_w), Dimension.POWER) == pytest.approx(power_w, rel=0.005, abs=0.5)


@given(energy_wh=st.floats(-1e6, 1e6))
def test_a_shown_energy_reads_back_within_half_its_last_digit(energy_wh: float) -> None:
    read_wh = parse(show_energy(energy_wh), Dimension.ENERGY)
    assert read_wh == pytest.approx(energy_wh, rel=0.005 if abs(energy_wh) >= 99_950 else 0, abs=50.001)


@given(value=st.floats(-0.004, 0.004))
def test_nothing_shows_a_negative_zero(value: float) -> None:
    assert show_power(value) == "0 W"
    assert show_energy(value) == "0 Wh"
    assert show_money(value) == "0.00 EUR"


def test_people_see_prices_in_cents_and_levels_in_percent() -> None:
    assert show_price(-0.0149) == "-1.5 ct/kWh"
    assert show_ratio(0.915) == "92 %"
    assert show_power(999.6) == "1.00 kW"
    assert show_power(99_950.0) == "100 kW"


@pytest.mark.parametrize("show", [show_power, show_energy, show_money, show_price, show_ratio])
def test_what_is_missing_shows_as_a_dash(show: object) -> None:
    assert callable(show)
    assert [show(value) for value in (math.nan, math.inf, -math.inf)] == ["–"] * 3
