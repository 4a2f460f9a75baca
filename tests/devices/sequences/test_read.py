"""Sequences as files: every number has a source and a range, and what could do harm is refused with its place."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.devices.sequences import load_sequence, sequence_names
from enerwise.devices.sequences.read import parse_sequence

LAMP = """\
source = "test"
commands = ["wanted"]
start = "off"
lost = "lost"

[[number]]
id = "feedback_s"
value = 0.1
low = 0.0
high = 1.0
source = "test"

[[number]]
id = "half"
value = 0.5
low = 0.5
high = 0.5
source = "test"

[[input]]
id = "bright"
channel = "lamp.is_closed"
side = "above"
at = "half"

[[coil]]
id = "lamp"
needs = ["permitted", "wanted"]

[[stage]]
id = "off"
exit = [{ to = "on", when = ["permitted", "wanted"] }]

[[stage]]
id = "on"
drives = ["lamp"]
carries = true
exit = [{ to = "off", lacks = ["permitted", "wanted"] }, { to = "off", lacks = ["bright"], after = "feedback_s" }]

[[stage]]
id = "lost"
fault = "no clock"
exit = [{ to = "off", when = ["reset"] }]
"""


def problems(text: str, **numbers: Any) -> str:
    with pytest.raises(ProblemsFound) as found:
        parse_sequence(text, source="lamp.toml", numbers=numbers)
    return "\n".join(map(str, found.value.problems))


def test_file_becomes_a_sequence() -> None:
    found = parse_sequence(LAMP, source="folder/lamp.toml", numbers={})
    assert (found.sequence.id, found.sequence.start, found.commands, found.parts) == (
        "lamp",
        "off",
        ("wanted",),
        ("lamp",),
    )
    on = found.sequence.stages["on"]
    assert (on.drives, on.carries, on.exits[1].after_s, on.exits[1].lacks) == (("lamp",), True, 0.1, ("bright",))
    (bright,) = found.inputs
    assert (bright.channel, bright.side, bright.at, bright.required) == ("lamp.is_closed", "above", 0.5, True)


def test_numbers_can_be_others_within_their_range() -> None:
    found = parse_sequence(LAMP, source="lamp", numbers={"feedback_s": 0.4})
    assert found.sequence.stages["on"].exits[1].after_s == 0.4
    assert found.numbers["feedback_s"].value == 0.4
    assert "feedback_s is 1.5; give a number within 0 and 1" in problems(LAMP, feedback_s=1.5)
    assert "feedback_s is nan" in problems(LAMP, feedback_s=float("nan"))
    assert "number 'feedback': is not known here; change one of feedback_s, half" in problems(LAMP, feedback=0.2)


@pytest.mark.parametrize("name", sequence_names())
def test_every_number_that_comes_with_us_has_a_source_and_is_used(name: str) -> None:
    found = load_sequence(name)
    text = files("enerwise.devices.sequences").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    for number_id, number in found.numbers.items():
        assert number.source
        assert number.low <= number.value <= number.high
        assert f'= "{number_id}"' in text.replace(f'id = "{number_id}"', "")
    assert all(each.source for each in found.inputs)


def test_safety_requirements_are_the_widest_that_can_be_set() -> None:
    """Pre-charge within 0.1 to 2 s and 95 %, 300 ms between tries, 5 A, 100 ms: nobody can loosen these."""
    numbers = load_sequence("contactors").numbers
    for name, loosened in {
        "precharge_min_s": 0.05,
        "precharge_max_s": 2.5,
        "precharge_ratio": 0.9,
        "gap_s": 0.2,
        "unloaded_a": 6.0,
        "unload_s": 0.2,
        "dead_v": 70.0,
    }.items():
        assert numbers[name].value != loosened
        with pytest.raises(ProblemsFound, match=name):
            load_sequence("contactors", {name: loosened})


WRONG = {
    "text: is not TOML": "start = ",
    "start: is missing": LAMP.replace('start = "off"\n', ""),
    "lost: 'gone' is not what is wanted": LAMP.replace('lost = "lost"', 'lost = "gone"'),
    "commands: 'wanted' is not what is wanted": LAMP.replace('["wanted"]\nstart', '"wanted"\nstart'),
    "number[0].value: is missing; give a finite number": LAMP.replace("value = 0.1\n", ""),
    "number[0].low: is missing": LAMP.replace("low = 0.0\n", ""),
    "number[0].source: is missing": LAMP.replace('high = 1.0\nsource = "test"', "high = 1.0"),
    "input[0].at: 'quarter' is not": LAMP.replace('at = "half"', 'at = "quarter"'),
    "input[0].side: 'over' is not": LAMP.replace('side = "above"', 'side = "over"'),
    "input[0].channel: quantity 'is_shut' is not known": LAMP.replace("lamp.is_closed", "lamp.is_shut"),
    "input[0].channel: names no part; write part.quantity": LAMP.replace("lamp.is_closed", "is_closed"),
    "coil[0].needs": LAMP.replace('needs = ["permitted", "wanted"]', 'needs = ["permitted", "wished"]'),
    "coil[0].horn: is not known here": LAMP.replace("[[coil]]", "[[coil]]\nhorn = 1"),
    "stage[0].exit[0].to: 'in' is not": LAMP.replace('to = "on"', 'to = "in"'),
    "stage[1].drives": LAMP.replace('drives = ["lamp"]', 'drives = ["horn"]'),
    "stage[1].exit[1].after: 'later' is not": LAMP.replace('after = "feedback_s"', 'after = "later"'),
    "stage[1].exit[1].lacks": LAMP.replace('lacks = ["bright"]', 'lacks = ["loud"]'),
    "stage[1].exit[1].until: is not known": LAMP.replace('after = "feedback_s"', 'until = "feedback_s"'),
    'stage[1].carry: is not known here; did you mean "carries"?': LAMP.replace("carries", "carry"),
    "stage[1].try_max: 99 is not": LAMP.replace("carries = true", "try_max = 99"),
    "excludes: 'lamp' is not what is wanted": 'excludes = "lamp"\n' + LAMP,
    "excludes: [['lamp', 'horn']] is not what is wanted": 'excludes = [["lamp", "horn"]]\n' + LAMP,
    "stage 'on': occurs twice": LAMP + '\n[[stage]]\nid = "on"\n',
    "truth 'wanted': occurs twice": LAMP.replace('id = "bright"', 'id = "wanted"').replace('"bright"', '"wanted"'),
    "coil 'lamp': occurs twice": LAMP + '\n[[coil]]\nid = "lamp"\nneeds = ["permitted"]\n',
    "stage: off: switches lamp on without all it needs": LAMP.replace(
        'when = ["permitted", "wanted"]', 'when = ["wanted"]'
    ),
    "stage: on: stays on without permission": LAMP.replace('lacks = ["permitted", "wanted"]', 'lacks = ["wanted"]'),
    "wiring: is not known here": 'wiring = "loose"\n' + LAMP,
}


@pytest.mark.parametrize("problem", WRONG)
def test_wrong_file_is_refused_with_place_and_remedy(problem: str) -> None:
    assert problem in problems(WRONG[problem])


def test_everything_wrong_is_told_at_once() -> None:
    text = (
        LAMP.replace("value = 0.1\n", "").replace('side = "above"', 'side = "over"').replace('to = "on"', 'to = "in"')
    )
    assert len(problems(text).splitlines()) >= 3


def test_empty_file_is_refused() -> None:
    assert "start: is missing" in problems("")


def test_sequence_from_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "lamp.toml"
    path.write_text(LAMP, encoding="utf-8")
    assert load_sequence(str(path)).sequence.id == "lamp"
    with pytest.raises(ProblemsFound, match="cannot be read"):
        load_sequence(str(tmp_path / "none.toml"))
    with pytest.raises(ProblemsFound, match="take one of changeover, contactors, relay"):
        load_sequence("lamp")
