import pytest

from enerwise.core.errors import ProblemsFound, UnitError
from enerwise.core.series import Key
from enerwise.store.columns import Column, ColumnMap


def problems_of(mapping: dict[str, object]) -> str:
    with pytest.raises(ProblemsFound) as found:
        ColumnMap.parse(mapping)
    return str(found.value)


def test_map_of_the_guide_is_read() -> None:
    columns = ColumnMap.parse(
        {
            "time": "ts_local_start",
            "step_is": "begin",
            "timezone": "America/Los_Angeles",
            "clock": "24h",
            "step": "1 h",
            "where": {"building": 3},
            "load": {"column": "load_kwh", "unit": "kWh per step"},
            "pv": {"column": "pv_w_per_kwp", "unit": "W", "times": "4.0", "empty": "night"},
            "battery.soc_ratio": {"column": "soc", "unit": "%"},
        }
    )
    assert columns == ColumnMap(
        (
            Column("load_kwh", "load", "kWh per step"),
            Column("pv_w_per_kwp", "pv", "W", 4.0, "night"),
            Column("soc", "battery.soc_ratio", "%"),
        ),
        time="ts_local_start",
        timezone="America/Los_Angeles",
        clock="24h",
        step_s=3600,
        where={"building": "3"},
    )
    assert [column.key(load="home", pv="roof") for column in columns.columns] == [
        Key("home", "power_w"),
        Key("roof", "available_power_w"),
        Key("battery", "soc_ratio"),
    ]


@pytest.mark.parametrize(
    ("name", "unit"),
    [("load_w", "W"), ("load_kw", "kW"), ("load_kwh", "kWh per step"), ("Load_Wh", "Wh per step"), ("x_mw", "MW")],
)
def test_unit_is_told_by_the_name_of_the_column(name: str, unit: str) -> None:
    (column,) = ColumnMap.parse({"load": name}).columns
    assert column.unit == unit


@pytest.mark.parametrize(
    ("target", "unit", "factor"),
    [
        ("load", "W", 1.0),
        ("load", "kW", 1000.0),
        ("load", "kWh per step", 4000.0),
        ("load", "Wh per step", 4.0),
        ("battery.energy_wh", "kWh", 1000.0),
        ("battery.soc_ratio", "%", 0.01),
        ("battery.soc_ratio", "", 1.0),
        ("weather.temperature_degc", "degC", 1.0),
        ("weather.irradiance_w_per_m2", "W/m2", 1.0),
        ("heating.co2_ppm", "ppm", 1.0),
        ("heating.illuminance_lx", "lux", 1.0),
        ("heating.is_occupied", "1", 1.0),
        ("grid.carbon_g_per_kwh", "kg/kWh", 1000.0),
        ("grid.price_import_eur_per_kwh", "ct/kWh", 0.01),
        ("battery.cycles_count", "", 1.0),
    ],
)
def test_unit_becomes_a_factor(target: str, unit: str, factor: float) -> None:
    assert Column("x", target, unit, times=-2.0).factor(step_s=900) == pytest.approx(-2.0 * factor, rel=1e-15)


@pytest.mark.parametrize(
    "column",
    [
        ("x", "load", "kWh"),
        ("x", "battery.soc_ratio", "W"),
        ("x", "battery.soc", "%"),
        ("x", "battery", "W"),
        ("x", "weather.irradiance_w_per_m2", "W"),
        ("x", "load", "W", 0.0),
        ("x", "load", "W", float("nan")),
        ("x", "load", "W", 1.0, "guess"),
    ],
)
def test_column_that_cannot_be_right_cannot_be_built(column: tuple[str, str]) -> None:
    with pytest.raises(UnitError):
        Column(*column)


def test_all_problems_of_a_map_are_told_together() -> None:
    told = problems_of(
        {
            "tiem": "x",
            "time": 5,
            "step_is": "middle",
            "timezone": "Europe/Berln",
            "clock": "12h",
            "step": "5",
            "where": 3,
            "load": {"colum": "x"},
            "pv": {"column": "pv", "times": "0"},
            "battery.soc": "soc",
            "battery.soc_ratio": {"column": "soc", "unit": "kW", "sign": "-"},
        }
    )
    for line in (
        "12 problems",
        "tiem: is not known here; did you mean 'time'?",
        "time: 5 is no name of a column",
        "step_is: 'middle' is not one of begin, end",
        "timezone: 'Europe/Berln' is no time zone",
        "clock: '12h' is not one of wall, 24h",
        "step: '5' is no duration; add the unit",
        "where: 3 does not pair columns with values",
        "load: {'colum': 'x'} names no column",
        "pv.unit: the unit of 'pv' is not told",
        "battery.soc: 'battery.soc' does not fit",
        "battery.soc_ratio.sign: is not known here",
        "battery.soc_ratio: 'kW' does not fit; 'kW' is a unit of power",
    ):
        assert line in told, told


def test_map_without_a_column_is_no_map() -> None:
    assert "no column is named" in problems_of({"time": "ts"})


def test_step_is_whole_seconds() -> None:
    assert "whole number of seconds" in problems_of({"load": "load_w", "step": "0.5 s"})
