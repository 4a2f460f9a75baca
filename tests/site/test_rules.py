"""Rules of supervision: what a file may say, and all that is wrong with it at once."""

import math
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.series import Key
from enerwise.site.rules import Level, Rules, Tier, Watch, When, parse_rules

DATA = files("enerwise.site") / "data"
SHIPPED = sorted(each.name for each in DATA.iterdir() if each.name.endswith(".toml"))
WATCH = """\
source = "data sheet"
[[watch]]
id = "high"
quantities = ["cell_voltage_max_v"]
trip = { at = 3.65 }
"""


def problems(text: str) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        parse_rules(text, source="rules.toml")
    assert found.value.source == "rules.toml"
    return [str(each) for each in found.value.problems]


def test_file_becomes_rules() -> None:
    rules = parse_rules(
        """
        source = "data sheet"
        chemistry = "nmc"
        assets = ["battery", "garage"]
        [[watch]]
        id = "high"
        quantities = ["cell_voltage_max_v"]
        side = "above"
        info = { at = 4 }
        trip = { at = 4.2, until = 4.1, after_s = 0.2 }
        when = { quantity = "power_w", side = "above", at = 0.1, of = "rating_w" }
        [[derate]]
        id = "line"
        source = "page 12"
        way = "charge"
        quantities = ["cell_voltage_max_v"]
        points = [[4, 1], [4.15, 0.0]]
        [[band]]
        id = "frequency"
        quantities = ["frequency_hz"]
        assets = ["grid"]
        lower = 49.8
        upper = 50.2
        [[input]]
        id = "live"
        channel = "pack_voltage_v"
        side = "above"
        at = 20
        [[action]]
        id = "close"
        needs = ["live"]
        """,
        source="rules.toml",
    )
    (watch,), (derate,), (band,), (asked,), (action,) = (
        rules.watches,
        rules.derates,
        rules.bands,
        rules.inputs,
        rules.actions,
    )
    assert watch.levels == ((Tier.INFO, Level(at=4.0)), (Tier.TRIP, Level(at=4.2, until=4.1, after_s=0.2)))
    assert watch.when == When(quantity="power_w", side="above", at=0.1, of="rating_w")
    assert (watch.source, watch.chemistry, watch.assets) == ("data sheet", "nmc", ("battery", "garage"))
    assert (derate.source, derate.points, derate.assets) == (
        "page 12",
        ((4.0, 1.0), (4.15, 0.0)),
        ("battery", "garage"),
    )
    assert (band.assets, band.chemistry, band.lower, band.upper) == (("grid",), "nmc", 49.8, 50.2)
    assert (asked.source, asked.channels, asked.required) == ("data sheet", ("pack_voltage_v",), True)
    assert action.needs == ("live",)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_number_we_ship_has_a_source(name: str) -> None:
    rules = parse_rules((DATA / name).read_text(encoding="utf-8"), source=name)
    tables = (rules.watches, rules.derates, rules.bands, rules.inputs, rules.actions)
    sources = [entry.source for table in tables for entry in table]
    assert sources
    assert all(len(source) > 10 for source in sources)


def test_joined_rules_keep_their_order() -> None:
    first, second = parse_rules(WATCH, source=""), parse_rules(WATCH.replace("high", "higher"), source="")
    assert [each.id for each in first.joined(second, first).watches] == ["high", "higher", "high"]
    assert Rules().joined() == Rules()


def test_everything_wrong_is_reported_together() -> None:
    assert problems(
        """
        colour = "red"
        source = "data sheet"
        band = "none"
        [[watch]]
        id = "high"
        quantities = ["cell_voltage_max_v"]
        above = 3.65
        trip = { at = "high", after = 3 }
        [[derate]]
        id = 7
        way = "charge"
        quantities = "soc_ratio"
        points = [[1.0, 0.5, 0.2]]
        [[input]]
        channel = "door.is_closed"
        side = "above"
        at = true
        required = "no"
        """
    ) == [
        "watch[0].above: is not known here; write keys out of id, source, quantities, kind, side, info, warn, trip, "
        "assets, chemistry, window_s, other, times, factor, when, of, period_count, resolution, required",
        "watch[0].trip.after: is not known here; write keys out of at, until, after_s, after_count, charge_ratio, "
        "discharge_ratio",
        "watch[0].trip.at: 'high' is not a number",
        "derate[0].id: 7 is not a text",
        "derate[0].quantities: 'soc_ratio' is not a list of texts",
        "derate[0].points: [[1.0, 0.5, 0.2]] is not a list of [value, share]",
        "band: is not a list of tables; write [[band]]",
        "input[0].id: is missing",
        "input[0].at: True is not a number",
        "input[0].required: 'no' is not true or false",
        "colour: is not known here; write source, assets, chemistry, watch, derate, band, input, action",
    ]


def test_text_that_is_not_toml() -> None:
    (only,) = problems("[[watch]\n")
    assert only.startswith("the file: ")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": '"guess"'}, "kind 'guess' is not one of value"),
        ({"side": '"left"'}, "side 'left' is not one of above"),
        ({"side": '"within"'}, "only a condition has the side 'within'"),
        ({"of": '"size"'}, "of 'size' is not one of rating_w, nominal_v"),
        ({"quantities": '["volts"]'}, "quantity 'volts' is not known"),
        ({"other": '"volts"'}, "quantity 'volts' is not known"),
        ({"times": '"volts"'}, "quantity 'volts' is not known"),
        ({"kind": '"rate"'}, "a rate needs window_s above 0"),
        ({"kind": '"frozen"'}, "a frozen value needs a 'when'"),
        ({"period_count": "3"}, "only silence has a period_count"),
        ({"trip": "{ at = 3.65, after_s = -1 }"}, "after must not be negative"),
        ({"trip": "{ at = 3.65, after_count = -1 }"}, "after must not be negative"),
        ({"trip": "{ at = 3.65, after_s = 1, after_count = 1 }"}, "write after_s or after_count, not both"),
        ({"trip": "{ at = 3.65, charge_ratio = 1.1 }"}, "ratios lie within 0..1"),
        ({"trip": "{ at = 3.65, discharge_ratio = -0.1 }"}, "ratios lie within 0..1"),
        ({"trip": "{ at = 3.65, until = 3.7 }"}, "'until' lies beyond 'at'"),
        ({"info": "{ at = 3.66 }"}, "info, warn and trip must follow each other"),
        ({"side": '"below"', "info": "{ at = 3.6 }"}, "info, warn and trip must follow each other"),
        ({"side": '"below"', "trip": "{ at = 2.5, until = 2.4 }"}, "'until' lies beyond 'at'"),
        ({"trip": "3.65"}, "3.65 is not a table"),
        ({"when": '{ quantity = "volts", side = "above", at = 1 }'}, "quantity 'volts' is not known"),
        ({"when": '{ quantity = "power_w", side = "left", at = 1 }'}, "side 'left' is not one of"),
        ({"when": '{ quantity = "power_w", side = "above", at = nan }'}, "nan is not a number"),
        ({"trip": "{ at = inf }"}, "inf is not a number"),
        ({"trip": "{ at = 1e12 }"}, "is not a number"),
        ({"trip": "{ at = " + "9" * 400 + " }"}, "is not a number"),
        ({"quantities": "[]"}, "[] is not a list of texts"),
        ({"id": '""'}, "'' is not a text"),
    ],
)
def test_watch_that_cannot_be(change: dict[str, str], message: str) -> None:
    facts = {"id": '"high"', "quantities": '["cell_voltage_max_v"]', "trip": "{ at = 3.65 }", **change}
    text = 'source = "test"\n[[watch]]\n' + "\n".join(f"{key} = {value}" for key, value in facts.items())
    (only,) = problems(text)
    assert message in only
    assert only.startswith("watch[0]")


def test_watch_without_a_level() -> None:
    (only,) = problems('source = "test"\n[[watch]]\nid = "high"\nquantities = ["soc_ratio"]')
    assert only == "watch[0]: write at least one of info, warn, trip"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"way": '"both"'}, "way 'both' is not charge or discharge"),
        ({"quantities": '["volts"]'}, "quantity 'volts' is not known"),
        ({"points": "[[1, 0.5], [1, 0.6]]"}, "the values of the points must rise"),
        ({"points": "[[2, 0.5], [1, 0.6]]"}, "the values of the points must rise"),
        ({"points": "[[1, 1.1]]"}, "the shares of the points lie within 0..1"),
        ({"points": "[[1, -0.1]]"}, "the shares of the points lie within 0..1"),
        ({"points": '[[1, "a"]]'}, "is not a list of [value, share]"),
        ({"points": "[]"}, "is not a list of [value, share]"),
        ({"rise_ratio_per_s": "0"}, "rise_ratio_per_s must be above 0"),
    ],
)
def test_line_that_cannot_be(change: dict[str, str], message: str) -> None:
    facts = {"id": '"line"', "quantities": '["soc_ratio"]', "way": '"charge"', "points": "[[1, 0.5]]", **change}
    text = 'source = "test"\n[[derate]]\n' + "\n".join(f"{key} = {value}" for key, value in facts.items())
    (only,) = problems(text)
    assert message in only


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": '"rate"'}, "kind 'rate' is not value or balance"),
        ({"upper": "49.8"}, "lower must lie below upper"),
        ({"of": '"size"'}, "of 'size' is not one of"),
    ],
)
def test_band_that_cannot_be(change: dict[str, str], message: str) -> None:
    facts = {"id": '"f"', "quantities": '["frequency_hz"]', "lower": "49.8", "upper": "50.2", **change}
    text = 'source = "test"\n[[band]]\n' + "\n".join(f"{key} = {value}" for key, value in facts.items())
    (only,) = problems(text)
    assert message in only


def test_input_that_cannot_be() -> None:
    text = 'source = "test"\n[[input]]\nid = "a"\nchannel = "door.shut"\nside = "above"\nat = 1'
    assert problems(text) == ["input[0]: quantity 'shut' is not known"]
    text = text.replace("door.shut", "door.is_closed") + '\nshare_of = "whole"'
    assert problems(text) == ["input[0]: quantity 'whole' is not known"]


def test_entries_are_checked_against_each_other() -> None:
    text = WATCH + WATCH.partition("\n")[2] + '[[action]]\nid = "close"\nneeds = ["live"]\n'
    assert problems(text) == ["watch 'high': occurs twice", "action 'close': no input 'live'"]


def test_entry_that_is_no_table() -> None:
    assert problems("watch = [1]")[0].startswith("watch[0]: 1 is not a table")


def test_source_is_needed() -> None:
    assert problems(WATCH.partition("\n")[2]) == ["watch[0].source: is missing"]


def test_input_names_its_channels() -> None:
    rules = parse_rules((DATA / "interlocks.toml").read_text(encoding="utf-8"), source="")
    asked = next(each for each in rules.inputs if each.id == "pre-charged")
    assert [asked.key(each, "battery") for each in asked.channels] == [
        Key("battery", "bus_voltage_v"),
        Key("battery", "pack_voltage_v"),
    ]
    assert asked.key("door.is_closed", "battery") == Key("door", "is_closed")


def test_interval_and_clock_need_no_known_quantity() -> None:
    watch = Watch(id="late", source="test", quantities=("interval_s",), kind="interval", warn=Level(at=2.0))
    assert watch.levels[0][1].at == 2.0
    assert math.isnan(watch.levels[0][1].until)


ANYTHING: Any = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.floats(), st.text(max_size=3)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("at id side".split()), inner)),
    max_leaves=5,
)


@given(st.text(max_size=80))
def test_reading_is_total(text: str) -> None:
    try:
        assert isinstance(parse_rules(text, source="any"), Rules)
    except ProblemsFound as found:
        assert found.problems


@given(st.sampled_from(["id", "quantities", "trip", "when", "side", "of", "points", "required", "window_s"]), ANYTHING)
def test_any_value_of_any_key_is_read_or_reported(key: str, value: Any) -> None:
    text = (
        WATCH + f"{key} = {written(value)}\n"
        if key not in WATCH
        else WATCH.replace("id =", f"{key} = {written(value)}\nid2 =")
    )
    try:
        parse_rules(text, source="any")
    except ProblemsFound as found:
        assert all(each.place for each in found.problems)


def written(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case dict():
            return "{" + ", ".join(f"{key} = {written(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(written(each) for each in value) + "]"
        case str():
            return '"' + "".join(each for each in value if each.isalnum() and each.isascii()) + '"'
        case _:
            return repr(value)
