"""Has every code a sentence in every language, and no sentence a hole?"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import enerwise
from enerwise.agents.manager import MODES
from enerwise.core.outlook import Law
from enerwise.guard.envelope import Rule
from enerwise.guard.judge import Outcome
from enerwise.guard.permit import Check
from enerwise.serve.words import LANGUAGES, catalogue, mode, reason, sentence, shown, slug

SOURCE = Path(enerwise.__file__).parent
SPEAKERS = ("agents", "guard", "site/validate.py")
CODE = re.compile(r"[a-z]+(_[a-z]+)*")
CHOICES = ("code", "wanted")
"""Names that hold reason codes before a `Reason` is made of them."""


def reason_codes() -> set[str]:
    """Read the reason codes of all agents, of the manager, the guard and the validator from their source."""
    files = [
        path
        for each in SPEAKERS
        for path in ([SOURCE / each] if each.endswith(".py") else (SOURCE / each).glob("*.py"))
    ]
    return {code for path in files for code in _codes(ast.parse(path.read_text(encoding="utf-8")))}


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="Reason"), args=[first, *_]):
                yield from _texts(first)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in CHOICES:
                yield from _texts(value.keys if isinstance(value, ast.Dict) else value)
            case ast.FunctionDef(name="_decided", returns=ast.Subscript()):
                returned = [each.value for each in ast.walk(node) if isinstance(each, ast.Return)]
                yield from (text for each in returned if isinstance(each, ast.Tuple) for text in _texts(each.elts[1]))


def _texts(node: object) -> Iterator[str]:
    """Yield the codes an expression may be; the condition of a choice is none of them."""
    match node:
        case ast.Constant(value=str(text)) if CODE.fullmatch(text):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from _texts(body)
            yield from _texts(other)
        case list():
            for each in node:
                yield from _texts(each)


def test_codes_are_found_where_they_are_made() -> None:
    assert {
        "plan",
        "surplus",
        "reserve",
        "plan_expired",
        "owner_choice",
        "zero_export",
        "peak",
        "none",
    } <= reason_codes()
    assert {"implausible", "unknown_channel", "contradicts_the_first", "surplus_load"} <= reason_codes()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_sentence(language: str) -> None:
    known = catalogue(language)
    missing = {f"reason.{code}" for code in reason_codes() - {"plan"}} - set(known)
    missing |= {f"law.{law.name.lower()}" for law in Law} - set(known)
    missing |= {f"rule.{slug(rule)}" for rule in Rule} - set(known)
    missing |= {f"outcome.{outcome.name.lower()}" for outcome in Outcome} - set(known)
    missing |= {f"check.{slug(check)}" for check in Check} - set(known)
    missing |= {f"mode.{name}" for name in MODES} - set(known)
    assert not missing


def test_no_sentence_outlives_its_code() -> None:
    told = {key.removeprefix("reason.") for key in catalogue("en") if key.startswith("reason.")}
    assert told - {"other"} == reason_codes() - {"plan"}


def test_languages_have_the_same_sentences_with_the_same_numbers() -> None:
    english, german = catalogue("en"), catalogue("de")
    assert set(english) == set(german)
    for key, text in english.items():
        asked, gefragt = (set(re.findall(r"{(\w+)}", each)) for each in (text, german[key]))
        # "it" has to be named in German.
        assert gefragt - {"asset"} == asked - {"asset"}, key


def test_numbers_are_written_by_their_unit() -> None:
    assert shown("planned_w", -1350.0) == "1.35 kW"
    assert shown("later_wh", 8400.0) == "8.4 kWh"
    assert shown("dual_eur_per_kwh", 0.256) == "25.6 ct/kWh"
    assert shown("else_eur", 0.024) == "2.4 ct"
    assert shown("else_eur", -12.5) == "12.50 EUR"
    assert shown("soc_ratio", 0.5, "de") == "50 %"
    assert shown("hours", 24.0) == "24"
    assert shown("load_w", float("nan")) == shown("load_w", None) == "–"


def test_code_of_a_foreign_agent_is_quoted() -> None:
    assert reason("lunar_phase", {}, agent="moon") == "moon gave the reason 'lunar_phase'."
    assert mode("lunar") == "lunar"


def test_fact_that_nobody_knows_is_a_dash() -> None:
    assert (
        sentence("reason.need")
        == "The home needed – more than the sun gave, and the battery covered of it what it could."
    )


def test_who_asked_is_a_name_or_somebody_and_a_reason_is_told_where_one_was_given() -> None:
    facts: dict[str, float | str | None] = {"asked_w": 900.0, "who": "person-abcdefgh234567ab", "why": "storm"}
    assert reason("lease_charge", facts) == "Somebody asked for it: charge with 900 W. Reason given: storm"
    assert reason("lease_rest", {"who": "Ada", "why": ""}, "de") == "Ada wollte es so: ruhen."
