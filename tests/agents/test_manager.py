"""The mode manager: the owner chooses, life decides, and changes are told once."""

import numpy as np
import pytest

from enerwise.agents.manager import MODES, ModeFacts, choose
from tests.builders import NOON, a_grid, a_plan

PLAN = a_plan(grid=a_grid("2024-07-01T12:00"))
LATER = NOON + np.timedelta64(7, "h")


@pytest.mark.parametrize("mode", MODES)
def test_owner_chooses(mode: str) -> None:
    choice = choose(ModeFacts(NOON, is_site_known=True, plan=PLAN), mode)
    assert (choice.mode, choice.reason.code, choice.is_new) == (mode, "owner_choice", True)


@pytest.mark.parametrize(
    ("facts", "wanted", "mode", "code"),
    [
        (ModeFacts(NOON, True), "follow_plan", "self_consumption", "no_plan"),
        (ModeFacts(LATER, True, PLAN), "follow_plan", "self_consumption", "plan_expired"),
        (ModeFacts(NOON, False, PLAN), "follow_plan", "passive", "data_too_old"),
        (ModeFacts(NOON, False), "self_consumption", "passive", "data_too_old"),
        (ModeFacts(NOON, False), "passive", "passive", "owner_choice"),
        (ModeFacts(NOON, True), "party", "passive", "unknown_mode"),
    ],
)
def test_fallbacks(facts: ModeFacts, wanted: str, mode: str, code: str) -> None:
    choice = choose(facts, wanted)
    assert (choice.mode, choice.reason.code, choice.reason.facts) == (mode, code, {"wanted": wanted})


def test_change_is_news_once() -> None:
    facts = ModeFacts(NOON, is_site_known=True, plan=PLAN)
    first = choose(facts, "follow_plan")
    again = choose(facts, "follow_plan", first)
    lost = choose(ModeFacts(NOON, is_site_known=True), "follow_plan", again)
    assert [first.is_new, again.is_new, lost.is_new] == [True, False, True]


def test_mode_stays_and_its_reason_changes_is_news_too() -> None:
    first = choose(ModeFacts(NOON, is_site_known=True), "self_consumption")
    second = choose(ModeFacts(NOON, is_site_known=True), "follow_plan", first)
    assert (second.mode, second.is_new) == ("self_consumption", True)


def test_foreign_modes_are_known_when_named() -> None:
    assert choose(ModeFacts(NOON, is_site_known=True), "party", known=("party",)).mode == "party"
