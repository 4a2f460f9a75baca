"""Reading a profile: everything that is wrong is told at once, with place and remedy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.quantity import POWER_W
from enerwise.devices.profile_read import parse_profile
from enerwise.devices.profiles import load_profile, profile_names

from .builders import HEAD

POINT = '[[point]]\nrole = "meter"\nquantity = "power_w"\naddress = 0\nkind = "int16"\n'
STEP = '[[setpoint]]\nrole = "battery"\nquantity = "power_w"\n[[setpoint.write]]\naddress = 1\nkind = "int16"\n'


def problems(text: str) -> list[str]:
    with pytest.raises(ProblemsFound) as found:
        parse_profile(text, source="folder/a_device.toml")
    return [str(problem) for problem in found.value.problems]


def test_a_profile_is_named_after_its_file() -> None:
    profile = parse_profile(HEAD + POINT, source="folder/a_device.toml")
    assert (profile.name, profile.roles, profile.sunspec) == ("a_device", ("meter",), False)
    assert profile.points[0].quantity == POWER_W


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "summary: is missing; give a text"),
        (HEAD, "point: is missing; a profile measures something or can be told something"),
        ("= 1", "text: is not TOML"),
        (HEAD + "adress = 1\n" + POINT, "adress: is not known here; remove it"),
        (HEAD + POINT + "adress = 1", 'point[0].adress: is not known here; did you mean "address"?'),
        (HEAD + POINT.replace("power_w", "power"), 'did you mean "power_w"?'),
        (HEAD + POINT.replace("int16", "int17"), "point[0].kind: 'int17' is not what is wanted; give one of"),
        (HEAD + POINT.replace("= 0", "= 65536"), "point[0].address: 65536 is not what is wanted; give a whole number"),
        (HEAD + POINT.replace("= 0", "= true"), "point[0].address: True is not what is wanted"),
        (HEAD + POINT + "factor = 0", "point[0].factor: is 0, and every value with it"),
        (HEAD + POINT + "factor = inf", "point[0].factor: inf is not what is wanted; give a finite number"),
        (HEAD + POINT + 'swaps_words = "yes"', "point[0].swaps_words: 'yes' is not what is wanted; give true or false"),
        (HEAD + POINT + "missing = [-1]", "point[0].missing: [-1] is not what is wanted"),
        (HEAD + POINT + 'point = "W"', "point[0].models: is missing; say in which SunSpec models the point stands"),
        (HEAD + POINT + 'models = [103]\npoint = "Watt"', "point[0].point: SunSpec model 103 has no number Watt"),
        (HEAD + POINT + 'models = [103, 203]\npoint = "W"', "point[0].point: W does not stand at the same place"),
        (HEAD + "block_max = 126\n" + POINT, "block_max: 126 is not what is wanted"),
        (HEAD + "point = 3", "point: 3 is not what is wanted; give a list of tables"),
        (HEAD + "heartbeat = 3\n" + POINT, "heartbeat: 3 is not what is wanted; give a table"),
        (HEAD + POINT + "rating = { models = [103], point = 'W' }", "point[0].rating: stands in a SunSpec model"),
        (HEAD + STEP + STEP, "setpoint[1]: battery.power_w is there already; merge the two"),
        (HEAD + STEP + "fixed = 3", "setpoint[0].write: no register takes the value"),
        (HEAD + STEP + "fixed = 65536", "setpoint[0].write[0].fixed: 65536 is not what is wanted"),
        (HEAD + STEP + "offset = 1.0", "setpoint[0].write[0].offset: is not for what is written"),
        (HEAD + STEP + "joins = true", "setpoint[0].write[0].joins: does not follow the address of the write before"),
        (HEAD + STEP + "function = 5", "setpoint[0].write[0].function: 5 cannot write this register; give 16"),
        (HEAD + STEP + 'when = ["never"]', "setpoint[0].write[0].when: ['never'] is not what is wanted"),
        (HEAD + STEP + "when = []", "setpoint[0].write[0].when: [] is not what is wanted"),
        (HEAD + STEP + 'table = "input"', "setpoint[0].write[0].table: 'input' is not what is wanted"),
        (HEAD + STEP + 'part = "half"', "setpoint[0].write[0].part: 'half' is not what is wanted"),
        (HEAD + POINT + "[comms_loss]", "comms_loss.action: is missing"),
        (HEAD + POINT + '[comms_loss]\naction = "rests"', "comms_loss.fixed_s: give either registers"),
        (
            HEAD + POINT + '[comms_loss]\naction = "rests"\nwrite = [{ address = 1, kind = "uint16", fixed = 1 }]',
            "comms_loss.write: no register takes the time-out",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, problem: str) -> None:
    assert any(problem in each for each in problems(text)), problems(text)


def test_everything_wrong_is_told_at_once() -> None:
    found = problems(POINT.replace("int16", "int17") + "factor = 0\nfacter = 1\n" + STEP + "fixed = -1")
    assert len(found) == 7, found


@given(text=st.text(max_size=200))
def test_any_text_is_a_profile_or_a_list_of_problems(text: str) -> None:
    with pytest.raises(ProblemsFound):
        parse_profile(text, source="a_device.toml")


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-10, 70_000), st.just("power_w"), st.just("uint16"), st.just("W")),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=4,
)
FIELDS = st.sampled_from(
    "role quantity address kind factor scale models point rating missing table fixed joins when part function".split()
)


@given(
    fields=st.dictionaries(FIELDS, VALUES, max_size=8), place=st.sampled_from(["point", "setpoint", "setpoint.write"])
)
def test_fields_of_any_kind_never_crash_the_reader(fields: dict[str, object], place: str) -> None:
    lines = [f"{name} = {str(value).lower() if isinstance(value, bool) else value!r}" for name, value in fields.items()]
    text = "\n".join(lines).replace("True", "true").replace("False", "false")
    before = '[[setpoint]]\nrole = "x"\nquantity = "power_w"\n' if "." in place else ""
    try:
        parse_profile(f"{HEAD}{before}[[{place}]]\n{text}", source="a_device.toml").bind().reads()
    except ProblemsFound as found:
        assert found.problems


def test_a_profile_may_be_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(HEAD + POINT, encoding="utf-8")
    assert load_profile(str(path)).name == "mine"


def test_a_profile_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="take one of carlo_gavazzi_em24"):
        load_profile("no_such_thing")
    with pytest.raises(ProblemsFound, match="cannot be read"):
        load_profile(str(tmp_path / "nothing.toml"))


def test_profiles_come_with_enerwise() -> None:
    assert {"generic_hybrid", "generic_bms", "sunspec_storage"} <= set(profile_names())
