"""Events of demand response as people write them, and recorded presence: read as meant, refused with what to do."""

from pathlib import Path

import numpy as np
import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.time import TimeGrid, instant, local_fields
from enerwise.physics.attendance import draw_presence, repeat_days
from enerwise.serve.calls import call_of
from enerwise.serve.commands.curtail import _at
from enerwise.serve.presence_file import read_presence
from enerwise.serve.sites import read_site_file
from enerwise.site.habits import usually_there
from enerwise.site.machines import HeatPump
from enerwise.site.read import find_problems
from tests.serve.builders import enerwise

EXAMPLES = Path(__file__).parents[2] / "examples"
SITE = read_site_file(EXAMPLES / "office_winter.yaml")
ZONE = SITE.timezone


def test_an_event_is_read_in_local_time_and_heard_of_before_it_begins() -> None:
    found = call_of("13.5 kW from 2024-06-04 15:00 to 16:00 told 13:00", SITE)
    assert found.asked.limit_w == 13_500.0
    assert (found.told_at, found.asked.since, found.asked.until) == tuple(
        instant(f"2024-06-04T{each}", ZONE) for each in ("13:00", "15:00", "16:00")
    )
    assert call_of("0 W from 2024-06-04 15:00 to 16:00", SITE).told_at == found.asked.since
    late = call_of("0 W from 2024-06-04 15:00 to 16:00 told 15:30", SITE)
    assert late.told_at == found.asked.since, "nobody hears of it after it has begun"


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "5 apples from 2024-06-04 15:00 to 16:00",
        "5 kW from 2024-06-04 16:00 to 15:00",
        "5 kW from 2024-13-04 15:00 to 16:00",
    ],
)
def test_an_event_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ProblemsFound, match="write such as"):
        call_of(text, SITE)


def test_a_time_of_day_is_the_next_one() -> None:
    now = instant("2024-06-04T15:30", ZONE)
    assert _at("--until", "16:00", ZONE, now) == instant("2024-06-04T16:00", ZONE)
    assert _at("--until", "15:00", ZONE, now) == instant("2024-06-05T15:00", ZONE)
    with pytest.raises(ProblemsFound, match="time of day"):
        _at("--until", "tea time", ZONE, now)


def test_nobody_can_be_asked_where_nothing_runs() -> None:
    done = enerwise("curtail", EXAMPLES / "office.yaml", "--limit", "5 kW", "--until", "15:00")
    assert done.exit_code == 2 and "enerwise run" in done.output.replace("\n", " ")
    assert enerwise("curtail", EXAMPLES / "office.yaml", "--limit", "5 kW").exit_code == 2


def a_file(folder: Path, *, days: int = 9) -> Path:
    """From nine to five, on the local clock, by ten minutes."""
    starts = np.datetime64("2024-03-04") + np.arange(days * 144) * np.timedelta64(10, "m")
    hour, weekday = np.arange(days * 144) // 6 % 24, np.arange(days * 144) // 144 % 7
    there = (hour >= 9) & (hour < 17) & (weekday < 5)
    path = folder / "seen.csv"
    lines = [f"{at},{int(each)}" for at, each in zip(starts, there, strict=True)]
    path.write_text("\n".join(["ts_local,seen", *lines]))
    return path


def test_recorded_days_come_back_in_days_of_their_kind(tmp_path: Path) -> None:
    seen, recorded = read_presence(f"{a_file(tmp_path)}@seen", step_s=1800, zone=ZONE)
    grid = recorded.part(0, 7 * 48)
    days = repeat_days(seen, recorded, grid, "UTC", rng=np.random.default_rng(1)).reshape(7, 48)
    assert np.all(days[:5].sum(axis=1) == 16) and days[5:].sum() == 0
    with pytest.raises(ValueError, match="no whole day of a weekend"):
        repeat_days(seen[: 48 * 4], recorded.part(0, 48 * 4), grid, "UTC", rng=np.random.default_rng(1))


@pytest.mark.parametrize(
    ("asked", "told"), [("nix.csv", "office.csv@occupied"), ("@nix", "no column"), ("@ts_local", "ts_local")]
)
def test_presence_that_cannot_be_read_is_refused(tmp_path: Path, asked: str, told: str) -> None:
    path = asked if asked.startswith("nix") else f"{a_file(tmp_path)}{asked}"
    with pytest.raises(ProblemsFound, match=told):
        read_presence(path, step_s=1800, zone=ZONE)


def test_people_differ_from_their_week_and_stay_near_it() -> None:
    pump = SITE.of_kind(HeatPump)[0]
    grid = TimeGrid(instant("2024-01-01", ZONE), 1800, 48 * 84)
    usual = usually_there(pump, grid, ZONE)
    there = draw_presence(usual, grid, ZONE, rng=np.random.default_rng(5))
    local = local_fields(grid.starts_utc, ZONE)
    by_day = there.reshape(84, 48).sum(axis=1)
    assert there[local.weekday >= 5].sum() == 0
    assert 0.02 < (by_day[np.arange(84) % 7 < 5] == 0).mean() < 0.3 and len(set(by_day.tolist())) > 4
    assert 0.6 < there.sum() / usual.sum() < 1.1


@pytest.mark.parametrize(
    ("presence", "told"),
    [
        ("{sensors: [smoke], band: [20 degC, 24 degC]}", "'smoke' tells of nobody"),
        ("{sensors: [co2], band: [10 degC, 24 degC]}", "write a wider 'comfort'"),
        ("{sensors: [], band: [20 degC, 24 degC]}", "is an empty list"),
        ("{band: [20 degC, 24 degC]}", "is missing"),
    ],
)
def test_a_presence_that_makes_no_sense_is_told(presence: str, told: str) -> None:
    text = (EXAMPLES / "office_winter.yaml").read_text()
    before = "presence: {sensors: [presence], band: [20.5 degC, 24 degC]}"
    assert before in text
    assert any(told in str(each) for each in find_problems(text.replace(before, f"presence: {presence}")))
