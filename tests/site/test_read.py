"""A site file is read to the letter, or everything wrong with it is told at once, with place and remedy."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import Problem, ProblemsFound, StoreError
from enerwise.site.assets import Battery, Load, Pv
from enerwise.site.calendar import DAY_SETS, Window
from enerwise.site.limits import WindowedLimit
from enerwise.site.read import find_problems, read_site
from enerwise.site.site import Connection, Control, Site
from enerwise.site.tariff import DemandComponent, PriceSeries, Rate, Tariff
from tests.builders import BERLIN, LINDENWEG, a_grid, a_load, a_price_series, a_tou_rate, a_window

CONNECTION = "{import_limit: 9 kW, export_limit: 9 kW}"


def a_file(**parts: str) -> str:
    """The smallest file, with parts replaced or added: ``a_file(tariff="{import: 0.30 EUR/kWh}")``."""
    defaults = {
        "name": "Home",
        "timezone": BERLIN,
        "connection": CONNECTION,
        "tariff": "{import: 0.30 EUR/kWh}",
        "assets": "[{id: home, kind: load}]",
    }
    return "\n".join(f"{key}: {value}" for key, value in {**defaults, **parts}.items())


def a_battery_file(facts: str) -> str:
    needed = "id: battery, kind: battery, capacity: 10 kWh, charge_limit: 5 kW, discharge_limit: 5 kW"
    return a_file(assets=f"[{{{needed}, {facts}}}]")


def problems_of(text: str, **load: Any) -> list[str]:
    return [str(problem) for problem in find_problems(text, **load)]


def only_problem(text: str, **load: Any) -> str:
    problems = problems_of(text, **load)
    assert len(problems) == 1, problems
    return problems[0]


# ---------------------------------------------------------------------------------------------------------------
# What is right


def test_the_site_file_of_the_issue_is_read_to_the_letter() -> None:
    assert read_site(LINDENWEG) == Site(
        name="Lindenweg 8",
        timezone="Europe/Berlin",
        connection=Connection(WindowedLimit(9000.0), WindowedLimit(9000.0), fuse_a=35.0, phase_count=3),
        tariff=Tariff(
            import_rate=Rate(0.27, ((Window(14 * 3600, 20 * 3600, DAY_SETS["weekdays"]), 0.52),)),
            export_rate=Rate(0.08),
            fixed_eur_per_day=0.40,
            demand=(DemandComponent("demand-1", 4.20, per="month", interval_s=900, above_w=2500.0, top_count=1),),
        ),
        assets=(
            Pv("roof", peak_w=6000.0, can_curtail=True),
            Battery(
                "battery",
                capacity_wh=13_500.0,
                charge_limit_w=5000.0,
                discharge_limit_w=5000.0,
                round_trip_ratio=0.90,
                soc_min_ratio=0.10,
                soc_max_ratio=0.90,
            ),
            Load("home"),
        ),
    )
    assert find_problems(LINDENWEG) == []


def test_the_smallest_file_has_sensible_defaults() -> None:
    site = read_site(a_file())
    assert site.tariff == Tariff(Rate(0.30))
    assert site.connection == Connection(WindowedLimit(9000.0), WindowedLimit(9000.0))
    assert site.control == Control()
    assert site.assets == (a_load(),)


def test_limits_of_the_connection_vary_by_window() -> None:
    limit = '{otherwise: 9 kW, windows: [{limit: 4 kW, from: "17:00", to: "20:00", days: weekdays, months: [11, 12]}]}'
    site = read_site(a_file(connection=f"{{import_limit: {limit}, export_limit: 0 kW, voltage: 240 V}}"))
    window = a_window(17, 20, days="weekdays", months=frozenset([11, 12]))
    assert site.connection.import_limit == WindowedLimit(9000.0, ((window, 4000.0),))
    assert site.connection.export_limit == WindowedLimit(0.0)
    assert site.connection.nominal_v == 240.0


def test_all_facts_of_assets_are_read() -> None:
    facts = "reserve: 20 %, wear: 2 ct/kWh, self_discharge: 5 W, idle_loss: 30 W, resistive_loss: 3 %"
    battery = read_site(a_battery_file(facts)).assets[0]
    assert battery == Battery(
        "battery", 10_000.0, 5000.0, 5000.0,
        reserve_ratio=0.2, ageing_eur_per_kwh=0.02, self_discharge_w=5.0, idle_loss_w=30.0, resistive_ratio=0.03,
    )  # fmt: skip
    others = "[{id: east, kind: pv, peak: 6 kWp, inverter_limit: 5 kW, curtail: no}, "
    others += "{id: boiler, kind: load, switch_power: 2 kW, surplus_priority: 1}, {id: home, kind: load}]"
    assert read_site(a_file(assets=others)).assets == (
        Pv("east", peak_w=6000.0, inverter_limit_w=5000.0),
        Load("boiler", switch_power_w=2000.0, surplus_priority=1),
        Load("home"),
    )


def test_control_is_read() -> None:
    text = "{mode: peak-shaving, step: 30 min, horizon: 24 h, peak_target: 4 kW, zero_export: yes}"
    expected = Control("peak_shaving", 1800, 86_400, peak_target_w=4000.0, zero_export=True)
    assert read_site(a_file(control=text)).control == expected
    assert read_site(a_file(control="")).control == Control()  # all its keys commented out


def test_demand_components_have_names_windows_and_periods() -> None:
    demand = "[{price: 4 EUR/kW, per: year, top: 3}, {name: evening, price: 1 EUR/kW, from: 17:00, to: 20:00}]"
    components = read_site(a_file(tariff=f"{{import: 0.3 EUR/kWh, tax: 19 %, demand: {demand}}}")).tariff.demand
    assert components == (
        DemandComponent("demand-1", 4.0, per="year", top_count=3),
        DemandComponent("evening", 1.0, window=a_window(17, 20)),
    )


@pytest.mark.parametrize(
    ("keys", "window"),
    [
        ("days: all", Window()),
        ("days: [sat, SUNDAY]", a_window(days="weekends")),
        ("days: mon-fri", a_window(days="weekdays")),
        ("days: fri-mon", Window(days=frozenset([4, 5, 6, 0]))),
        ("days: [weekdays, weekends]", Window()),
        ("months: 3", Window(months=frozenset([3]))),
        ("months: [oct-mar]", Window(months=frozenset([10, 11, 12, 1, 2, 3]))),
        ("months: [11-2, June]", Window(months=frozenset([11, 12, 1, 2, 6]))),
        ("season: winter", Window(months=frozenset([12, 1, 2]))),
        ("seasons: [spring, summer]", Window(months=frozenset([3, 4, 5, 6, 7, 8]))),
        ("from: 14:00, to: 20:00", a_window(14, 20)),  # the trap of YAML 1.1: 14:00 would be the number 840
        ("from: '22:00', to: '06:00'", a_window(22, 6)),
        ("from: '22:00', to: '00:00'", a_window(22, 24)),
        ("from: 22:00, to: 24:00", a_window(22, 24)),
        ("to: 6:30", a_window(0, 6.5)),
    ],
)
def test_periods_are_written_as_people_say_them(keys: str, window: Window) -> None:
    text = a_file(tariff=f"{{import: {{otherwise: 0.3 EUR/kWh, periods: [{{price: 0.5 EUR/kWh, {keys}}}]}}}}")
    assert read_site(text).tariff.import_rate == Rate(0.3, ((window, 0.5),))


@pytest.mark.parametrize(
    ("days", "window"),
    [
        ("weekdays", a_window(days="weekdays", holiday_country="DE-BW")),
        ("holidays", Window(days=frozenset(), on_holidays=True, holiday_country="DE-BW")),
        (
            "[weekends, holidays]",
            Window(days=DAY_SETS["weekends"], on_holidays=True, holiday_country="DE-BW"),
        ),
        ("all", Window()),
    ],
)
@pytest.mark.parametrize("place", ["tariff", "site"])
def test_holidays_of_a_country_are_no_weekdays(days: str, window: Window, place: str) -> None:
    rate = f"{{otherwise: 0.3 EUR/kWh, periods: [{{price: 0.5 EUR/kWh, days: {days}}}]}}"
    if place == "tariff":
        text = a_file(tariff=f"{{import: {rate}, holidays: DE-BW}}")
    else:
        text = a_file(tariff=f"{{import: {rate}}}", country="DE-BW")
    assert read_site(text).tariff.import_rate.periods == ((window, 0.5),)


def test_norway_is_a_country() -> None:
    rate = "{otherwise: 0.3 EUR/kWh, periods: [{price: 0.5 EUR/kWh, days: weekdays}]}"
    tariff = read_site(a_file(tariff=f"{{import: {rate}, holidays: NO}}")).tariff
    assert tariff.import_rate.periods[0][0].holiday_country == "NO"


def test_prices_of_a_file_come_through_the_door_they_are_given() -> None:
    asked: list[str] = []
    series = a_price_series([0.1])

    def load_prices(path: str) -> PriceSeries:
        asked.append(path)
        return series

    rates = "{import: {file: prices.csv, plus: 0.18 EUR/kWh, times: 1.19}, export: {file: prices.csv}}"
    tariff = read_site(a_file(tariff=rates), load_prices=load_prices).tariff
    assert tariff.import_rate == Rate(series=series, times_ratio=1.19, plus_eur_per_kwh=0.18)
    assert tariff.export_rate == Rate(series=series)
    assert asked == ["prices.csv"]


# ---------------------------------------------------------------------------------------------------------------
# What is wrong

MANY_MISTAKES = """\
name: Lindenweg 8
timezone: Europe/Berln
contry: DE
connection:
  import_limit: 9 kWh
  export_limit: 4 mW
  phases: 4
  fuse:
tariff:
  import:
    otherwise: 0.27
    periods:
      - {price: 0.52 EUR/kWh, from: 14, to: "25:00", days: weekday}
  fixed: 0.40 EUR/day
  fixed: 1 EUR/day
  demand: [{price: 4.20 EUR/kW, per: week, top: 0}]
assets:
  - {id: roof, kind: pv, capcity: 6 kWp}
  - id: battery
    kind: battery
    capacity: 13.5 kWh
    charge_limit: -5 kW
    discharge_limit: 5 kW
    round_trip: 90
    soc: [90 %, 10 %]
  - {id: battery, kind: load}
control: {horizon: 1}
"""


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    with pytest.raises(ProblemsFound) as caught:
        read_site(MANY_MISTAKES, source="home.yaml")
    assert caught.value.source == "home.yaml"
    places = [problem.place for problem in caught.value.problems]
    assert places == [
        "timezone (line 2)",
        "contry (line 3)",
        "connection.import_limit (line 5)",
        "connection.export_limit (line 6)",
        "connection.phases (line 7)",
        "connection.fuse (line 8)",
        "tariff.import.otherwise (line 11)",
        "tariff.import.periods[0].from (line 13)",
        "tariff.import.periods[0].to (line 13)",
        "tariff.import.periods[0].days (line 13)",
        "tariff.fixed (line 15)",
        "tariff.demand[0].per (line 16)",
        "tariff.demand[0].top (line 16)",
        "assets[0].peak (line 18)",
        "assets[0].capcity (line 18)",
        "assets[1].charge_limit (line 22)",
        "assets[1].round_trip (line 24)",
        "assets[1].soc (line 25)",
        "assets[2].id (line 26)",
        "control.horizon (line 27)",
    ]
    assert all(problem.remedy for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("part", "text", "problem"),
    [
        (
            "timezone",
            "Europe/Berln",
            "timezone (line 2): 'Europe/Berln' is no time zone; did you mean 'Europe/Berlin'?",
        ),
        (
            "timezone",
            "nowhere at all",
            "'nowhere at all' is no time zone; write an IANA time zone such as 'Europe/Berlin'",
        ),
        ("name", "'  '", "name (line 1): '  ' is not a line of text; write a word or a short line"),
        ("contry", "DE", "contry (line 6): is not known here; did you mean 'country'?"),
        ("xyz", "DE", "xyz (line 6): is not known here; delete it, or use one of name, timezone, country,"),
        ("assets", "[]", "assets (line 5): is an empty list; write 'assets: [{id: home, kind: load}]'"),
        ("assets", "{home: load}", "assets (line 5): {'home': 'load'} is not a list; write 'assets: [{id: home"),
        (
            "assets",
            "[home]",
            "assets[0] (line 5): 'home' is not a set of keys with values; write {id: home, kind: load}",
        ),
        ("assets", "[{id: home}]", "assets[0].kind (line 5): is missing; add 'kind: load', one of battery, pv, load"),
        (
            "assets",
            "[{id: a, kind: PV}]",
            "assets[0].kind (line 5): 'PV' is not one of battery, pv, load, wind, charger, heat_pump, "
            "water_heater, program, interruptible, generator, ventilation; did you mean 'pv'?",
        ),
        ("assets", "[{kind: load}]", "assets[0].id (line 5): is missing; add 'id: battery'"),
        (
            "assets",
            "[{id: My Home, kind: load}]",
            "'My Home' is not an id: lower-case letters, digits, '-' and '_'; write 'my-home'",
        ),
        ("assets", "[{id: a.b, kind: load}]", "'a.b' is not an id"),
        ("assets", "[{id: grid, kind: load}]", "'grid' is taken"),
        ("assets", "[{id: weather, kind: load}]", "'weather' is taken"),
        (
            "assets",
            "[{id: a, kind: load}, {id: a, kind: load}]",
            "assets[1].id (line 5): 'a' is the name of one before it",
        ),
        ("assets", "[{id: a, kind: pv}]", "assets[0].peak (line 5): is missing; add 'peak: 6 kWp'"),
        (
            "assets",
            "[{id: a, kind: pv, peak: 0 W}]",
            "assets[0].peak (line 5): '0 W' is not above 0 W; write a larger value",
        ),
        (
            "assets",
            "[{id: a, kind: pv, peak: 1 kWp, curtail: maybe}]",
            "'maybe' is neither yes nor no; write yes or no",
        ),
        ("assets", "[{id: a, kind: load, surplus_priority: -1}]", "'-1' is not a whole number within 0..1000"),
        ("battery", "round_trip: 90", "assets[0].round_trip (line 5): '90' is above 1; write '90 %' for percent"),
        ("battery", "round_trip: 120 %", "'120 %' is above 1; write less"),
        ("battery", "round_trip: 0", "'0' is not above 0"),
        ("battery", "soc: [90 %, 10 %]", "assets[0].soc (line 5): [90 %, 10 %] does not rise within 0 %..100 %"),
        ("battery", "soc: 10 %", "'10 %' is not a pair; write the lowest and the highest level, such as [10 %, 90 %]"),
        ("battery", "soc: [10 %, 90 kW]", "'90 kW' cannot be read; 'kW' is a unit of power; use one of %"),
        (
            "battery",
            "soc: [10 %, 50 %], reserve: 60 %",
            "assets[0] (line 5): has a reserve of 60 %, above its highest soc of 50 %",
        ),
        ("battery", "wear: -1 ct/kWh", "'-1 ct/kWh' is below 0 EUR/kWh; write it without a sign"),
        ("battery", "idle_loss: 30", "assets[0].idle_loss (line 5): '30' cannot be read; add the unit: one of W, kW"),
        ("battery", "idle_loss: ", "assets[0].idle_loss (line 5): has no value; write 'idle_loss: 30 W'"),
        (
            "connection",
            "{import_limit: 9 kW}",
            "connection.export_limit (line 3): is missing; add 'export_limit: 9 kW'",
        ),
        ("connection", "9 kW", "'9 kW' is not a set of keys with values; write keys out of import_limit, export_limit"),
        (
            "connection",
            "{import_limit: 9 kW, export_limit: 9 kW, phases: 4}",
            "connection.phases (line 3): '4' is not 1 or 3",
        ),
        ("connection", "{import_limit: 9 kW, export_limit: 9 kW, fuse: 0 A}", "'0 A' is not above 0 A"),
        (
            "connection",
            "{import_limit: {otherwise: 9 kW, windows: [{limit: 4}]}, export_limit: 9 kW}",
            "connection.import_limit.windows[0].limit (line 3)",
        ),
        ("tariff", "{}", "tariff.import (line 4): is missing; add 'import: 0.30 EUR/kWh'"),
        ("tariff", "{import: 0.30}", "tariff.import (line 4): '0.30' cannot be read; add the unit: one of EUR/kWh"),
        (
            "tariff",
            "{import: [0.30 EUR/kWh]}",
            "tariff.import (line 4): ['0.30 EUR/kWh'] is not a set of keys with values",
        ),
        ("tariff", "{import: {periods: []}}", "tariff.import (line 4): has no price; add 'otherwise: 0.30 EUR/kWh'"),
        (
            "tariff",
            "{import: {feed: a, otherwise: 0.1 EUR/kWh}}",
            "tariff.import.feed (line 4): 'a' is no feed among the devices; add {id: a, driver: feed, profile: awattar",
        ),
        (
            "tariff",
            "{import: {otherwise: 1 EUR/kWh, file: a.csv}}",
            "tariff.import (line 4): has prices from a file and others",
        ),
        ("tariff", "{import: 1 EUR/kWh, tax: 19}", "tariff.tax (line 4): '19' is above 1; write '19 %' for percent"),
        (
            "tariff",
            "{import: 1 EUR/kWh, fixed: 1 EUR}",
            "'1 EUR' cannot be read; 'EUR' is a unit of money; use one of EUR/day",
        ),
        (
            "tariff",
            "{import: 1 EUR/kWh, demand: {price: 1 EUR/kW}}",
            "tariff.demand (line 4): {'price': '1 EUR/kW'} is not a list",
        ),
        (
            "tariff",
            "{import: 1 EUR/kWh, demand: [{price: 1 EUR/kW, interval: 7 min}]}",
            "'7 min' does not divide a day into parts",
        ),
        (
            "tariff",
            "{import: 1 EUR/kWh, demand: [{price: 1 EUR/kW, per: week}]}",
            "'week' is not one of day, month, year",
        ),
        (
            "tariff",
            "{import: 1 EUR/kWh, demand: [{name: demand-2, price: 1 EUR/kW}, {price: 1 EUR/kW}]}",
            "tariff.demand[1].name (line 4): 'demand-2' is the name of one before it",
        ),
        ("tariff", "{import: 1 EUR/kWh, holidays: XX}", "tariff.holidays (line 4): no holiday calendar for 'XX'"),
        ("tariff", "{import: 1 EUR/kWh, holidays: no}", "no holiday calendar for 'no'; did you mean 'NO'?"),
        ("country", "DE-XX", "country (line 6): DE has no part 'XX' with holidays of its own; write one of BB, BE, BW"),
        ("control", "{mode: follow_plans}", "control.mode (line 6): 'follow_plans' is not one of passive, charge_only"),
        ("control", "{mode: follow_plans}", "did you mean 'follow_plan'?"),
        ("control", "{step: 1 h, horizon: 30 min}", "control (line 6): has a horizon shorter than its step"),
        ("control", "{horizon: 1 year}", "control.horizon (line 6): '1 year' cannot be read"),
        ("control", "{horizon: 60 days}", "'60 days' is not within 1 min..31 days"),
    ],
)
def test_a_mistake_says_where_what_and_what_to_do(part: str, text: str, problem: str) -> None:
    whole = a_battery_file(text) if part == "battery" else a_file(**{part: text})
    assert problem in only_problem(whole, load_prices=lambda path: a_price_series([0.1]))


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        (
            "from: 14",
            "periods[0].from (line 4): '14' is not a time of day; write hours and minutes, '00:00' to '23:59'",
        ),
        ("from: 840", "'840' is not a time of day"),
        ("from: 24:00", "'24:00' is not a time of day; write hours and minutes, '00:00' to '23:59'"),
        ("to: 24:15", "'24:15' is not a time of day; write hours and minutes up to '24:00'"),
        ("from: 12:60", "'12:60' is not a time of day"),
        ("from: 2 pm", "'2 pm' is not a time of day"),
        ("from: 14:00, to: 14:00", "periods[0] (line 4): begins and ends at the same time; leave both times out"),
        ("days: weekday", "periods[0].days (line 4): 'weekday' is no day; did you mean 'weekdays'?"),
        ("days: mon-fry", "'mon-fry' is no day"),
        ("days: []", "the list is empty; name at least one, or leave the key out"),
        ("days: {mon: yes}", "is not a word or a list of words"),
        (
            "days: holidays",
            "'holidays' does not say whose; add 'holidays: DE-BW' to the tariff or 'country: DE-BW' to the site",
        ),
        ("months: 13", "'13' is no month; write 1..12, jan..dec or oct-mar"),
        ("months: [janury]", "'janury' is no month; did you mean 'january'?"),
        ("season: fall", "'fall' is no season; write winter or spring or summer or autumn"),
        ("season: winter, months: 3", "periods[0] (line 4): has more than one of months, season and seasons; keep one"),
    ],
)
def test_a_period_that_cannot_be_says_why(keys: str, problem: str) -> None:
    tariff = f"{{import: {{otherwise: 0.3 EUR/kWh, periods: [{{price: 0.5 EUR/kWh, {keys}}}]}}}}"
    assert problem in only_problem(a_file(tariff=tariff))


@pytest.mark.parametrize("text", ["", "   \n", "# only a remark", "---\n", "~"])
def test_an_empty_file_says_how_to_begin(text: str) -> None:
    assert problems_of(text) == ["the file: is empty; run `enerwise init` for a first site file"]
    with pytest.raises(ProblemsFound, match=r"site file: 1 problem\n  the file: is empty"):
        read_site(text)


@pytest.mark.parametrize("text", ["hello", "[a, b]", "3"])
def test_a_file_of_something_else_says_what_belongs_there(text: str) -> None:
    assert (
        "write keys out of name, timezone, country, connection, tariff, assets, circuits, aims, control"
        in only_problem(text)
    )


def test_broken_yaml_is_a_problem_with_a_line() -> None:
    assert only_problem("name: [\n").startswith("line 2, column 1: is no YAML")


def test_a_key_written_twice_is_told_beside_everything_else() -> None:
    text = a_file(assets="[{id: home, kind: lod}]") + "\nname: Other"
    assert problems_of(text) == [
        "assets[0].kind (line 5): 'lod' is not one of battery, pv, load, wind, charger, heat_pump, "
        "water_heater, program, interruptible, generator, ventilation; did you mean 'load'?",
        "name (line 6): is written twice, first in line 1; keep one of the two",
    ]


def test_without_a_way_to_load_prices_a_file_is_a_problem() -> None:
    problem = only_problem(a_file(tariff="{import: {file: prices.csv}}"))
    assert problem.startswith("tariff.import.file (line 4): 'prices.csv' cannot be read here")


def fails_with(error: Exception) -> Callable[[str], PriceSeries]:
    def load_prices(path: str) -> PriceSeries:
        raise error

    return load_prices


@pytest.mark.parametrize(
    ("error", "problems"),
    [
        (FileNotFoundError(2, "No such file"), ["'a.csv' cannot be read: No such file; write the path"]),
        (StoreError("row 7: no price"), ["'a.csv' cannot be read: row 7: no price"]),
        (
            ProblemsFound("a.csv", [Problem("a.csv, row 7", "has no price", "add it"), Problem("a.csv", "is short")]),
            ["a.csv, row 7: has no price; add it", "a.csv: is short"],
        ),
    ],
)
def test_what_is_wrong_with_a_price_file_is_told_with_the_rest(error: Exception, problems: list[str]) -> None:
    text = a_file(tariff="{import: {file: a.csv}, tax: 19}")
    found = problems_of(text, load_prices=fails_with(error))
    assert len(found) == len(problems) + 1
    for problem in problems:
        assert any(each.startswith(f"tariff.import.file (line 4): {problem}") for each in found), found


# ---------------------------------------------------------------------------------------------------------------
# Anything at all

WORDS = sorted(
    {word for text in (LINDENWEG, MANY_MISTAKES) for word in text.replace("{", " ").replace(",", " ").split()}
)
KEYS = """name timezone country connection tariff assets control import_limit export_limit fuse phases voltage otherwise
windows limit from to days months season seasons import export fixed tax demand holidays price periods file times plus
per interval above top id kind capacity charge_limit discharge_limit round_trip soc reserve wear peak curtail mode step
horizon switch_power surplus_priority""".split()
VALUES = """5 kW|9 kWh|90 %|0.3 EUR/kWh|4 EUR/kW|35 A|14:00|24:00|15 min|weekdays|holidays|DE|oct-mar|winter|battery|pv
load|grid|home|Europe/Berlin|yes|3|-1||x.csv|month""".replace("\n", "|").split("|")
leaves = st.sampled_from(VALUES) | st.none() | st.text(max_size=5) | st.floats() | st.integers() | st.booleans()
structures = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=25,
)


def assert_is_site_or_problems(text: str) -> None:
    try:
        site = read_site(text, load_prices=lambda path: a_price_series([0.1]))
    except ProblemsFound as error:
        assert error.problems
        assert str(error).isprintable() or "\n" in str(error)
        assert all(problem.place and problem.message for problem in error.problems)
    else:
        assert isinstance(site, Site)


@given(text=st.text(max_size=60) | st.lists(st.sampled_from([*WORDS, "\n", "  ", "- "]), max_size=30).map(" ".join))
def test_any_text_is_a_site_or_its_problems(text: str) -> None:
    assert_is_site_or_problems(text)


@given(data=structures)
def test_any_structure_is_a_site_or_its_problems(data: object) -> None:
    assert_is_site_or_problems(yaml.safe_dump(data, allow_unicode=True))


@given(
    path=st.lists(st.integers(0, 50), min_size=1, max_size=5),
    value=structures,
)
def test_a_good_file_with_one_part_replaced_is_a_site_or_its_problems(path: list[int], value: object) -> None:
    data: Any = yaml.safe_load(LINDENWEG)
    place = data
    for step in path[:-1]:
        inner = place[_key(place, step)]
        if not isinstance(inner, dict | list):
            break
        place = inner
    place[_key(place, path[-1])] = value
    assert_is_site_or_problems(yaml.safe_dump(data, allow_unicode=True))


def _key(place: dict[str, Any] | list[Any], step: int) -> Any:
    return list(place)[step % len(place)] if isinstance(place, dict) else step % len(place)


@given(
    capacity_wh=st.floats(100, 1e6),
    limit_w=st.floats(0, 1e5),
    round_trip_ratio=st.floats(0.01, 1),
    soc=st.tuples(st.floats(0, 0.49), st.floats(0.5, 1)),
)
def test_a_battery_reads_back_as_it_was_written(
    capacity_wh: float, limit_w: float, round_trip_ratio: float, soc: tuple[float, float]
) -> None:
    text = a_file(
        assets=f"[{{id: b, kind: battery, capacity: {capacity_wh!r} Wh, charge_limit: {limit_w!r} W, "
        f"discharge_limit: {limit_w!r} W, round_trip: {round_trip_ratio!r}, soc: [{soc[0]!r}, {soc[1]!r}]}}]"
    )
    battery = read_site(text).assets[0]
    assert isinstance(battery, Battery)
    read = (battery.capacity_wh, battery.charge_limit_w, battery.round_trip_ratio)
    assert read == pytest.approx((capacity_wh, limit_w, round_trip_ratio), rel=1e-14)
    assert (battery.soc_min_ratio, battery.soc_max_ratio) == pytest.approx(soc, rel=1e-14)


def test_a_site_is_priced_as_its_file_says() -> None:
    tariff = read_site(LINDENWEG).tariff
    grid = a_grid(step_s=3600, steps=24, zone=BERLIN)
    assert np.array_equal(tariff.import_eur_per_kwh(grid, BERLIN), a_tou_rate().at(grid, BERLIN))
    assert replace(tariff, demand=()).bill(grid, np.full(24, 1000.0), BERLIN).total_eur == pytest.approx(
        18 * 0.27 + 6 * 0.52 + 0.40
    )


WIRED = """
devices:
  - {id: hybrid, driver: modbus_tcp, address: inverter.local, profile: sunspec_storage, serves: {battery: battery},
     unit: 126, poll: 0.5 s, timeout: 400 ms, comms_loss: 4 s, ramp_per_s: 1 kW}
  - {id: meter, driver: p1, address: /dev/ttyUSB0, serves: {meter: grid}, read_only: yes, options: {version: 5}}
"""


def test_devices_are_read_with_their_defaults() -> None:
    hybrid, meter = read_site(LINDENWEG + WIRED).devices
    assert (hybrid.address, hybrid.unit_id, hybrid.poll_s, hybrid.timeout_s) == ("inverter.local:502", 126, 0.5, 0.4)
    assert (hybrid.comms_loss_s, hybrid.ramp_w_per_s, hybrid.is_read_only) == (4.0, 1000.0, False)
    assert (meter.driver, meter.serves, meter.is_read_only, meter.options) == (
        "p1",
        {"meter": "grid"},
        True,
        {"version": "5"},
    )
    assert (meter.poll_s, meter.ramp_w_per_s) == (1.0, float("inf"))


@pytest.mark.parametrize(
    ("change", "place", "remedy"),
    [
        (("driver: modbus_tcp", "driver: modbus_tpc"), "devices[0].driver", "did you mean 'modbus_tcp'?"),
        (("{battery: battery}", "{battery: batery}"), "devices[0].serves.battery", "did you mean 'battery'?"),
        (("profile: sunspec_storage, ", ""), "devices[0]", "has no profile"),
        (("inverter.local", "'inverter:99999'"), "devices[0]", "host:port"),
        (("400 ms", "2 s"), "devices[0]", "write less"),
        (("unit: 126", "unit: 256"), "devices[0].unit", "0..255"),
        (("id: meter, driver: p1", "id: hybrid, driver: p1"), "devices[1].id", "choose another name"),
        (("poll: 0.5 s", "pol: 0.5 s"), "devices[0].pol", "did you mean 'poll'?"),
        (("comms_loss: 4 s", "comms_loss: 4 kW"), "devices[0].comms_loss", "'s'"),
    ],
)
def test_what_is_wrong_with_a_device_is_told_with_place_and_remedy(
    change: tuple[str, str], place: str, remedy: str
) -> None:
    wrong = WIRED.replace(*change)
    assert wrong != WIRED
    problems = find_problems(LINDENWEG + wrong)
    told = [each for each in problems if each.place.startswith(place)]
    assert told, problems
    assert remedy in str(told[0]) or remedy.strip("'") in str(told[0])


FEED = (
    "\ndevices: [{id: a, driver: feed, profile: awattar, address: 'https://market.example', serves: {import: grid}}]\n"
)


@pytest.mark.parametrize(
    ("rates", "why"),
    [
        ("{import: {feed: a, file: a.csv}}", "tariff.import (line 4): has prices from a feed and others; keep 'feed'"),
        (
            "{import: {otherwise: 1 EUR/kWh, feed: a, periods: [{price: 2 EUR/kWh}]}}",
            "tariff.import (line 4): has prices from a feed and others; keep 'feed' and 'otherwise'",
        ),
        ("{import: {feed: a}}", "tariff.import (line 4): has no price where its feed tells none; add 'otherwise: 0.10"),
        (
            "{import: 1 EUR/kWh, export: {feed: a, otherwise: 1 EUR/kWh}}",
            "tariff.export.feed (line 4): 'a' tells no price for export; add 'export: grid' to what it serves",
        ),
    ],
)
def test_prices_of_a_feed_need_the_feed_and_a_stand_in(rates: str, why: str) -> None:
    found = problems_of(a_file(tariff=rates) + FEED)
    assert any(each.startswith(why) for each in found), found


def test_a_rate_of_a_feed_is_read() -> None:
    text = a_file(tariff="{import: {feed: a, otherwise: 0.1 EUR/kWh, times: 1.19, plus: 0.2 EUR/kWh}}") + FEED
    rate = read_site(text).tariff.import_rate
    assert (rate.feed, rate.series) == ("a", None)
    assert rate.stand_in_eur_per_kwh == pytest.approx(0.319)


@pytest.mark.parametrize("id", ["[a]", "{a: b}", "7"])
def test_a_feed_beside_a_device_without_a_proper_name_is_a_problem_and_no_crash(id: str) -> None:
    text = a_file(tariff="{import: {feed: a, otherwise: 0.1 EUR/kWh}}") + FEED.replace("id: a", f"id: {id}")
    assert any("'a' is no feed among the devices" in each for each in problems_of(text))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: Lindenweg\nhomes: [{id: ada}]\n", "the file: is one of a community; play it with `enerwise community"),
        (
            "id: lindenweg\nparticipants: [ada]\n",
            "the file: is one of a market; give it to `enerwise run SITE --market`",
        ),
    ],
)
def test_the_file_of_another_kind_is_known_as_such(text: str, told: str) -> None:
    (problem,) = find_problems(text)
    assert str(problem).startswith(told)
