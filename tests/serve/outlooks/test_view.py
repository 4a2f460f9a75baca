"""A plan as the page shows it: everything adds up, bands hold the plan, words are there in all languages."""

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enerwise.core.time import TimeGrid, instant
from enerwise.plan.problem import DemandProblem, Problem
from enerwise.serve.api.wire import to_json
from enerwise.serve.outlooks.blocks import binding, deeds, lanes
from enerwise.serve.outlooks.chances import Chances, outer, paid_eur, stretch_ratio
from enerwise.serve.outlooks.changes import changes
from enerwise.serve.outlooks.made import Made, plans_of
from enerwise.serve.outlooks.past import past, past_grid, planned_grid_w
from enerwise.serve.outlooks.rows import rows
from enerwise.serve.outlooks.view import plan_view, preview_totals
from enerwise.site.carbon import Carbon
from enerwise.site.tariff import DemandState
from tests.builders import a_battery, a_demand, a_grid, a_site, a_tariff
from tests.run.test_goals import a_problem
from tests.serve.outlooks.builders import a_made, a_planned_world


def with_scenarios(problem: Problem, spread: float = 0.3) -> Problem:
    times = np.array([1 - spread, 1.0, 1 + spread])
    return replace(
        problem,
        load_w=problem.load_w * times[:, None],
        available_w=problem.available_w * times[::-1][:, None, None],
        probability=np.array([0.3, 0.4, 0.3]),
    )


def shown(made: Made, **facts: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to_json(plan_view(made, (), **facts)))
    return found


@settings(max_examples=20)
@given(seed=st.integers(0, 5000), goal=st.sampled_from(["cost", "own_power", "balanced"]))
def test_power_sources_lanes_and_rows_add_up(seed: int, goal: str) -> None:
    made = a_made(a_problem(seed=seed), goal=goal)
    view = shown(made)
    power = {name: np.array(each) for name, each in view["power_w"].items()}
    balance = power["load"] + power["battery"] + power["roof"] - power["grid"]
    np.testing.assert_allclose(balance, 0.0, atol=0.3)
    sources = {name: np.array(each) for name, each in view["sources"].items()}
    assert all((each >= 0).all() for each in sources.values())
    supplied = sources["solar_w"] + sources["battery_w"] + sources["grid_w"]
    assert (supplied >= power["load"] - 0.3).all()
    from_grid_w = np.maximum(supplied - power["load"], 0.0)
    assert (from_grid_w <= sources["stored_w"] + sources["sold_w"] + 0.3).all()
    for lane in view["lanes"]:
        if lane["kind"] == "battery":
            blocks = lane["blocks"]
            assert blocks[0]["start"] == view["start_utc"][0]
            assert all(one["end"] == other["start"] for one, other in pairwise(blocks))
            moved = float(np.abs(power["battery"]).sum()) / 1e3
            assert sum(each["energy_kwh"] for each in blocks) == pytest.approx(moved, abs=0.02)
    totals = view["totals"]
    assert sum(each["cost_eur"] for each in view["table"]) == pytest.approx(totals["cost_eur"], abs=0.002)
    assert sum(each["grid_kwh"] for each in view["table"]) == pytest.approx(
        totals["bought_kwh"] - totals["sold_kwh"], abs=0.01
    )
    assert totals["saved_eur"] == pytest.approx(totals["without_planning_eur"] - totals["cost_eur"])


@settings(max_examples=15)
@given(seed=st.integers(0, 5000), spread=st.floats(0.05, 0.5))
def test_bands_hold_the_plan_and_widen_with_what_is_unknown(seed: int, spread: float) -> None:
    made = a_made(with_scenarios(a_problem(seed=seed), spread))
    chances = Chances(made, outer(made, ()))
    assert chances.outer.method == "scenarios"
    low_wh, high_wh = chances.level_wh(0)
    own_wh = made.plan.energy_wh[0]
    assert (low_wh <= own_wh + 1e-6).all() and (own_wh <= high_wh + 1e-6).all()
    cost, low, high = chances.cost_eur()
    assert low <= cost <= high
    assert high - low > 0.0


def test_the_outer_paths_are_those_of_8_in_10() -> None:
    """Drawn from a normal: four fifths of all days lie between the paths drawn apart."""
    rng = np.random.default_rng(4)
    net = np.sort(rng.normal(0.0, 1.0, 100_000))
    outer_mean = net[:30_000].mean()
    edge = outer_mean * stretch_ratio(0.3)
    assert np.mean(np.abs(net) <= -edge) == pytest.approx(0.8, abs=0.01)


def test_without_scenarios_and_forecasts_there_is_no_band() -> None:
    made = a_made()
    view = shown(made)
    assert view["band"] == "none"
    assert view["totals"]["cost_low_eur"] == pytest.approx(view["totals"]["cost_eur"], abs=0.05)


def test_without_planning_is_never_cheaper_on_the_path_that_was_planned_for() -> None:
    """On its own outlook the cheapest plan beats self-consumption, but for the losses that a line cannot say."""
    for seed in range(12):
        totals = shown(a_made(a_problem(seed=seed)))["totals"]
        assert totals["saved_eur"] > -0.05


def test_a_day_of_dear_evenings_is_filled_at_night_and_says_why() -> None:
    cloudy = a_problem(spread_eur_per_kwh=0.6)
    problem = replace(cloudy, available_w=cloudy.available_w * 0.05, load_w=cloudy.load_w * 4)
    view = shown(a_made(problem))
    (lane,) = [each for each in view["lanes"] if each["kind"] == "battery"]
    fills = [each for each in lane["blocks"] if each["deed"] == "fills_grid"]
    assert fills and fills[0]["cost_eur"] > 0
    codes = [each["code"] for each in fills[0]["reasons"]]
    assert "spread" in codes and len(codes) <= 4
    gives = [each for each in lane["blocks"] if each["deed"] == "powers_home"]
    assert gives and gives[-1]["cost_eur"] < 0 and gives[-1]["average_price_eur_per_kwh"] > 0.5
    assert gives[-1]["alternative"]["cost_eur"] > 0


def test_every_text_is_there_in_both_languages_and_without_holes() -> None:
    for goal in ("cost", "own_power", "balanced"):
        for seed in range(6):
            before, after = a_made(a_problem(seed=seed)), a_made(a_problem(seed=seed + 1), goal=goal)
            for text in _texts(shown(after, before=before)):
                assert set(text) == {"en", "de"}
                for each in text.values():
                    assert each and "–" not in str(each) and "{" not in str(each), text


def _texts(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        if "en" in value:
            return [value]
        return [text for each in value.values() for text in _texts(each)]
    return [text for each in value for text in _texts(each)] if isinstance(value, list) else []


def test_goals_other_than_cost_speak_of_the_goal_and_of_no_weights() -> None:
    view = shown(a_made(goal="own_power"))
    (lane,) = [each for each in view["lanes"] if each["kind"] == "battery"]
    for block in lane["blocks"]:
        assert block["reasons"][0]["code"] == "goal_own_power"
        assert not {each["code"] for each in block["reasons"]} & {"spares", "keeps", "sun_stored"}
    assert max(view["price"]["import_eur_per_kwh"]) < 1.0


def test_carbon_is_reckoned_where_a_factor_is_known() -> None:
    plain, told = a_site(), a_site()
    told = replace(told, carbon=Carbon(400.0, "test"))
    assert shown(a_made(site=plain))["totals"]["carbon_kg"] is None
    totals = shown(a_made(site=told))["totals"]
    assert totals["carbon_kg"] == pytest.approx(totals["bought_kwh"] * 0.4)


def test_peaks_cost_what_they_add_and_their_tax() -> None:
    """One hour 3 kW above what the month has seen: 3 kW at 4.20 EUR and 19 % on top."""
    site = a_site(tariff=a_tariff(0.3, 0.0, tax_ratio=0.19, demand=(a_demand(interval_s=3600),)))
    grid = a_grid(step_s=3600, steps=24)
    component = site.tariff.demand[0]
    spans = component.intervals(grid, "UTC")
    state = DemandState(int(spans.period[0]), {int(spans.day[0]) - 1: 2000.0})
    problem = replace(a_problem(), demand=(DemandProblem.of(component, grid, "UTC", state),))
    made = replace(a_made(site=site), problem=problem)
    grid_w = np.zeros(24)
    grid_w[5] = 5000.0
    energy = 5.0 * float(made.prices.import_eur_per_kwh[5])
    assert paid_eur(made, grid_w) == pytest.approx(energy + 3.0 * 4.20 * 1.19)
    assert paid_eur(made, np.zeros(24)) == pytest.approx(0.0)


def test_rows_are_few_and_whole() -> None:
    for seed in range(10):
        made = a_made(a_problem(seed=seed))
        found = rows(made, lanes(made))
        assert 1 <= len(found) <= 8
        assert found[0].start_utc == made.grid.start_utc and found[-1].end_utc == made.grid.end_utc
        assert all(one.end_utc == other.start_utc for one, other in pairwise(found))
        assert all(set(each.words) == {"battery", "roof"} for each in found)


def test_deeds_cover_every_step_once() -> None:
    for seed in range(10):
        found = deeds(a_made(a_problem(seed=seed)), 0)
        assert found[0].first == 0 and found[-1].last == 24
        assert all(one.last == other.first and one.deed != other.deed for one, other in pairwise(found))


def test_two_batteries_have_two_lanes() -> None:
    problem = a_problem()
    two = replace(
        problem,
        batteries=(a_battery("one"), a_battery("two", capacity_wh=5000.0)),
        start_wh=np.array([4000.0, 2000.0]),
        end_wh=np.full(2, np.nan),
        end_value_eur_per_kwh=np.full(2, 0.15),
    )
    view = shown(a_made(two))
    assert [each["asset"] for each in view["lanes"]] == ["one", "two", "roof"]
    assert [each["asset"] for each in view["level"]] == ["one", "two"]


# ---------------------------------------------------------------------------------------------------------------
# What changed


def codes_of(before: Made, after: Made) -> set[str]:
    return {each.code for each in changes(before, after)}


def test_the_same_plan_changed_nothing() -> None:
    assert codes_of(a_made(), a_made()) == set()


def test_causes_are_named_with_their_size() -> None:
    problem = a_problem()
    before = a_made(problem)
    sunny = a_made(replace(problem, available_w=problem.available_w * 1.5))
    (told,) = [each for each in changes(before, sunny) if each.code == "sun_more"]
    extra_wh = -float(problem.available_w.sum()) * 0.5
    assert told.facts["moved_wh"] == pytest.approx(extra_wh)
    assert "more" in told.text["en"] and "mehr" in told.text["de"]
    assert "load_less" in codes_of(before, a_made(replace(problem, load_w=problem.load_w * 0.5)))
    assert "level_above" in codes_of(before, a_made(replace(problem, start_wh=problem.start_wh + 2000.0)))
    assert "goal" in codes_of(before, a_made(problem, goal="own_power"))


def test_prices_that_were_published_are_told_with_their_range() -> None:
    after = a_made()
    prices = replace(after.prices, is_published=np.arange(24) < 10)
    before = replace(after, planned=replace(after.planned, prices=prices))
    (told,) = [each for each in changes(before, after) if each.code == "prices"]
    assert told.facts["hours"] == 14.0
    assert shown(before)["is_provisional"] and not shown(after)["is_provisional"]


def test_blocks_that_come_and_go_are_told() -> None:
    cloudy = a_problem(spread_eur_per_kwh=0.6)
    dear = replace(cloudy, available_w=cloudy.available_w * 0.05, load_w=cloudy.load_w * 4)
    flat = replace(dear, import_eur_per_kwh=np.full(24, 0.25))
    assert "appeared" in codes_of(a_made(flat), a_made(dear))
    assert "vanished" in codes_of(a_made(dear), a_made(flat))


# ---------------------------------------------------------------------------------------------------------------
# From the store


def test_a_plan_is_read_back_as_it_was_made_and_what_was_planned_is_set_beside_what_was() -> None:
    world = a_planned_world(turns=5)
    plans, now = plans_of(world.store, world.site), world.clock.now()
    told = plans.told(10)
    assert [each.at for each in told] == sorted((each.at for each in told), reverse=True)
    made = plans.made(told[0].id)
    assert made is not None and made is plans.made(told[0].id)
    assert made.plan.issued_at == now
    view = plan_view(made, plans.foreseen(made.id), before=plans.made(told[1].id))
    assert view["band"] in ("scenarios", "quantiles")
    found = past(world.store, world.site, plans, made.grid, now)
    assert found.grid == past_grid(world.site, made.grid, now)
    assert found.grid.end_utc == made.grid.start_utc
    assert np.isfinite(found.import_eur_per_kwh).all()
    meant = planned_grid_w(plans, found.grid)
    # Nothing was planned in the first hour: no level had been measured yet.
    assert np.isfinite(meant[-3:]).all() and np.isnan(meant[:-3]).all()
    first = plans.made(told[-1].id)
    assert first is not None
    assert meant[-3] == first.plan.grid_power_w[0]
    assert np.isfinite(found.power_w["home"][-3:]).all()
    np.testing.assert_allclose(found.power_w["load"][-3:], found.power_w["home"][-3:], atol=1e-6)


def test_the_past_lies_on_the_marks_of_the_plan_and_runs_into_it() -> None:
    """A plan made off the quarter of an hour, looked at half an hour later: both draw one line."""
    ahead = TimeGrid(instant("2024-07-01T12:07Z"), 900, 96)
    grid = past_grid(a_site(), ahead, instant("2024-07-01T12:40Z"))
    assert grid.end_utc == instant("2024-07-01T12:37Z")
    assert (ahead.start_utc - grid.start_utc) % np.timedelta64(900, "s") == np.timedelta64(0)
    assert grid.start_utc <= instant("2024-06-30T22:00Z") < grid.start_utc + np.timedelta64(900, "s")


def test_a_plan_that_was_not_kept_is_not_there() -> None:
    world = a_planned_world(turns=1)
    assert plans_of(world.store, world.site).made("nobody") is None


def test_a_preview_has_totals_only() -> None:
    made = a_made()
    assert preview_totals(made, ())["cost_eur"] == pytest.approx(shown(made)["totals"]["cost_eur"])


def test_limits_that_hold_a_block_are_those_of_what_it_does() -> None:
    """A battery that fills is held by its charge limit or by being full, never by having been empty."""
    cloudy = a_problem(spread_eur_per_kwh=0.6)
    problem = replace(cloudy, available_w=cloudy.available_w * 0.05, load_w=cloudy.load_w * 4)
    made = a_made(replace(problem, start_wh=np.array([1350.0])))
    held = {
        "fills_grid": {"charge_limit", "full", "import_limit"},
        "fills_sun": {"charge_limit", "full"},
        "powers_home": {"discharge_limit", "empty", "import_limit"},
        "sells": {"discharge_limit", "empty", "export_limit"},
        "waits": {"full", "empty", "import_limit"},
    }
    for lane in lanes(made):
        if lane.kind == "battery":
            for block in lane.blocks:
                assert set(binding(made, block)) <= held[block.deed]
    (battery,) = [each for each in lanes(made) if each.kind == "battery"]
    assert any("full" in binding(made, block) or "charge_limit" in binding(made, block) for block in battery.blocks)
