"""Are pictures well-formed, in our colours, with words for what colour says?"""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from enerwise.serve.deeds import stretches
from enerwise.serve.plot import backtest_svg, plan_svg, tokens, week_svg
from enerwise.serve.plot.backtest import CostBar, MonthBar
from enerwise.serve.plot.panels import Scene
from enerwise.serve.plot.scale import ticks, time_marks
from tests.builders import BERLIN, a_grid

COLOURS = {value for name, value in vars(tokens).items() if name.isupper() and isinstance(value, str) and "#" in value}
COLOURS |= {colour for role in (tokens.SOLAR, tokens.BATTERY, tokens.GRID, tokens.HOME) for colour in role}


def a_scene(steps: int = 96) -> Scene:
    hour = np.arange(steps) / 4 % 24
    load_w = np.where(hour > 18, 2000.0, 500.0)
    pv_w = -np.maximum(0.0, 3000 * np.sin((hour - 6) / 12 * np.pi))
    battery_w = np.where(hour < 6, 0.0, np.where(hour < 18, 1000.0, -1500.0))
    grid_w = load_w + pv_w + battery_w
    return Scene(
        grid=a_grid(zone=BERLIN, steps=steps),
        zone=BERLIN,
        buy_eur_per_kwh=np.where(hour > 17, 0.52, 0.27),
        sell_eur_per_kwh=np.full(steps, 0.08),
        load_w=load_w,
        pv_w=pv_w,
        battery_w=battery_w,
        grid_w=grid_w,
        soc_ratio=np.linspace(0.2, 0.8, steps + 1),
        soc_band_ratio=(0.1, 0.9),
        stretches=stretches(battery_w, grid_w),
    )


def texts(svg: str) -> list[str]:
    """Return the texts of a picture; parsing it shows that it is well-formed."""
    return [each.text or "" for each in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_plan_picture_says_in_words_what_colour_says() -> None:
    told = texts(plan_svg(a_scene(), title="Plan <for> & all", lead="It costs 1 EUR."))
    assert {"Price", "ct/kWh", "Power", "kW", "Battery", "% full", "Sun", "From battery", "Bought", "Sold"} <= set(told)
    assert {"Fills from sun", "Waits"} <= set(told)
    assert "Plan <for> & all" in told
    assert {"52.0", "27.0", "sells at 8.0"} <= set(told)


def test_colours_come_from_the_tokens() -> None:
    svg = plan_svg(a_scene(), title="Plan", lead="Lead.")
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", svg)) <= COLOURS


def test_past_stands_on_shaded_ground() -> None:
    future, past = (
        week_svg(replace(a_scene(), is_past=each), title="T", lead="L", heading="H").count(f'"{tokens.PAST_OPACITY}"')
        for each in (False, True)
    )
    assert (future, past) == (0, 1)


def test_home_without_battery_or_with_gaps_is_drawn() -> None:
    scene = a_scene()
    bare = replace(scene, soc_ratio=np.zeros(0), stretches=(), battery_w=np.zeros(96))
    assert "% full" not in texts(plan_svg(bare, title="T", lead="L"))
    gaps = replace(scene, load_w=np.where(np.arange(96) < 9, np.nan, scene.load_w))
    assert "nan" not in plan_svg(gaps, title="T", lead="L")


def test_backtest_picture_shows_costs_months_and_week() -> None:
    bars = [CostBar("idle", "Idle battery", 12.0, None, 0.0), CostBar("plan", "Enerwise plan", -3.0, 15.0, 0.9)]
    months = [MonthBar("2024-01", {"plan": 7.0}), MonthBar("2024-02", {"plan": -0.5})]
    told = texts(backtest_svg(bars, months, a_scene(96 * 7), title="T", lead="L", heading="A typical week"))
    assert {"Idle battery", "12.00 EUR", "earns 3.00 EUR", "15.00 EUR · 90 % of the possible", "2024-02"} <= set(told)


def test_same_data_same_bytes() -> None:
    assert plan_svg(a_scene(), title="T", lead="L") == plan_svg(a_scene(), title="T", lead="L")


SPANS = [(0.0, 1.0), (-3.2, 8.9), (0.0, 0.004), (-0.5, 0.0), (0.0, 12_345.0), (2.0, 2.0)]


@pytest.mark.parametrize(("low", "high"), SPANS)
def test_ticks_are_few_rise_and_span_the_values(low: float, high: float) -> None:
    marks = ticks(low, high)
    assert marks == sorted(marks)
    assert 2 <= len(marks) <= 8
    assert marks[0] <= low
    assert marks[-1] >= high


@pytest.mark.parametrize(("day", "steps"), [("2024-03-31", 92), ("2024-07-01", 96), ("2024-10-27", 100)])
def test_marks_follow_the_clock_on_days_of_23_and_25_hours(day: str, steps: int) -> None:
    """Every third hour of the wall clock; in autumn 03:00 comes once, in spring 03:00 is the hour after 01:00."""
    marks = time_marks(a_grid(day, steps=steps, zone=BERLIN), BERLIN)
    assert [mark.text for mark in marks] == ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]
