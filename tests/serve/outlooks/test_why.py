"""Reasons that need the solver: every block its limits and next best time, every piece of news its cost."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from enerwise.core.time import TimeGrid
from enerwise.plan.flexible import Passed
from enerwise.plan.problem import Problem
from enerwise.serve.api.shapes.plan import WhyShape
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.made import Made
from enerwise.serve.outlooks.why import why_view
from enerwise.serve.words import catalogue
from tests.plan.test_changed import GROUPS, a_home, followed, news_of
from tests.serve.outlooks.builders import a_made

TOLD_AS = {"circuit": "limits", "gone": "machine", "risk": "settings"}


def view(group: str | None) -> dict[str, Any]:
    before = a_home()
    planned, after, _ = followed(before, 2)
    if group is not None:
        after = replace(after, **news_of(group, after))
    earlier = replace_plan(a_made(before, name="home/1p"), planned)
    return why_view(a_made(after, name="home/2p"), earlier)


def replace_plan(made: Made, plan: Any) -> Made:
    return replace(made, planned=replace(made.planned, plan=plan))


def test_its_shape_is_the_one_that_is_published() -> None:
    found = view("load")
    shape = WhyShape.model_validate_json(to_json(found))
    assert (shape.id, shape.before) == ("home/2p", "home/1p")
    assert set(found) == set(WhyShape.model_fields)


def test_a_car_is_told_what_holds_it_and_when_it_would_charge_instead() -> None:
    blocks = [each for each in view(None)["blocks"] if each["asset"] == "car"]
    codes = {limit["code"] for each in blocks for limit in each["limits"]}
    assert "departure" in codes
    assert all(each["elsewhere"] is not None for each in blocks)
    for each in blocks:
        worths = [limit["eur"] for limit in each["limits"]]
        assert worths == sorted(worths, reverse=True) and min(worths) > 0
        assert set(each["limits"][0]["text"]) == {"en", "de"}


def test_news_that_do_nothing_are_not_told() -> None:
    news = view("risk")["news"]
    assert [each["group"] for each in news["causes"]] == ["horizon"]


@pytest.mark.parametrize("group", [each for each in GROUPS if each != "risk"])
def test_the_news_are_told_with_their_cost_in_both_languages(group: str) -> None:
    news = view(group)["news"]
    assert news is not None
    (cause,) = [each for each in news["causes"] if each["group"] != "horizon"]
    assert cause["group"] == TOLD_AS.get(group, group)
    assert cause["cost_eur"] == pytest.approx(news["cost_eur"], abs=2e-4)
    for told in (cause["what"], cause["effect"]):
        assert set(told["text"]) == {"en", "de"}
        assert "–" not in told["text"]["en"]
    for move in news["moves"]:
        assert "–" not in move["what"]["text"]["de"]
        assert move["energy_kwh"] >= 0.3


def test_the_news_of_a_car_that_needs_more_says_how_much() -> None:
    (cause,) = [each for each in view("machine")["news"]["causes"] if each["group"] == "machine"]
    assert cause["what"]["text"]["en"] == "Car needs 8.0 kWh more than was foreseen."
    assert "teurer" in cause["effect"]["text"]["de"]


def test_what_moved_is_told_with_when_how_much_and_the_news_behind_it() -> None:
    moves = view("level")["news"]["moves"]
    assert moves
    assert {each["group"] for each in moves if each["asset"] == "battery"} == {"level"}


def test_plans_that_serve_another_goal_tell_no_money() -> None:
    made = a_made(a_home(), goal="own_power")
    assert why_view(made, made) == {"id": made.id, "before": made.id, "blocks": [], "news": None}


def test_another_forecaster_is_named() -> None:
    from enerwise.core.outlook import Forecast
    from enerwise.core.series import Key

    before = a_home()
    planned, after, _ = followed(before, 1)
    levels = np.array([0.1, 0.5, 0.9])

    def by(model: str, problem: Problem, grid: TimeGrid) -> tuple[Forecast, ...]:
        value = np.repeat(problem.load_w, 3, axis=0)
        return (Forecast(Key("load", "power_w"), grid, grid.start_utc, levels, value, model),)

    found = why_view(
        a_made(after),
        replace_plan(a_made(before), planned),
        forecasts=by("learned", after, after.grid),
        forecasts_before=by("blend", before, before.grid),
    )
    assert found["news"] is not None
    (told,) = found["news"]["forecasters"]
    assert told["text"]["en"] == "Another forecast serves load.power_w now: learned, no longer blend."


def test_every_code_has_a_sentence_in_both_languages() -> None:
    limits = {"power_max", "power_min", "kept_off", "departure", "car_full", "comfort_low", "comfort_high", "tank_low"}
    keys = {f"limit.{each}" for each in limits} | {f"owed.{each}" for each in set(TOLD_AS.values()) | {"horizon"}}
    for language in ("en", "de"):
        assert keys <= set(catalogue(language))
    assert Passed.between(a_home().grid, a_home().grid) is not None
