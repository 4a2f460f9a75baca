"""Ways to plan are chosen by what they save: on days that choose, and again on days that judge."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.core.errors import ProblemsFound
from enerwise.core.event import Kind
from enerwise.core.time import instant
from enerwise.core.units import FloatArray
from enerwise.run import tuning
from enerwise.run.backtest import backtest
from enerwise.run.end_worth import EndWorth
from enerwise.run.tuning import Tuned, day_eur, tune, tune_site
from enerwise.run.ways import Way, Ways, read, write
from enerwise.store.memory import MemoryStore
from tests.builders import BERLIN
from tests.run.builders import HOUR_S, a_home, a_house

WAYS = st.builds(Way, st.booleans(), st.booleans(), st.booleans(), st.sampled_from([0.0, 0.5, 1.0]), st.booleans())


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, tuple[float, float]]]:
    """What ways save a day in each half, by their words; they differ from day to day by a cent or two."""
    saves: dict[str, tuple[float, float]] = {}
    halves: list[int] = []

    def told(site: object, frame: object, way: Way, *, listens: bool) -> FloatArray:
        halves.append(id(frame)) if id(frame) not in halves else None
        saved = sum(saves.get(words, (0.0, 0.0))[halves.index(id(frame))] for words in way.words.split(", "))
        return np.asarray(3.0 - saved + 0.02 * np.sin(np.arange(28.0) + 7 * len(way.words)))

    monkeypatch.setattr(tuning, "_day_eur", told)
    yield saves


def tuned(days: int = 28) -> Tuned:
    return tune(a_home("follow_plan"), a_house(84)[0], Way(), days=days)


def test_what_saves_twice_serves_together(costs: dict[str, tuple[float, float]]) -> None:
    costs |= {"no caution": (0.10, 0.10), "end worth 0": (0.05, 0.05)}
    found = tuned()
    assert found.is_changed and found.way == Way(is_cautious=False, end_share=0.0), found.reason
    assert found.saved_eur_per_day == pytest.approx(0.15, abs=0.01) and found.p_value < 0.05


def test_what_saved_by_luck_does_not_serve(costs: dict[str, tuple[float, float]]) -> None:
    costs["no caution"] = (0.10, -0.10)
    found = tuned()
    assert not found.is_changed and found.way == Way() and "-0.1" in found.reason


def test_where_nothing_saves_nobody_is_judged(costs: dict[str, tuple[float, float]]) -> None:
    costs |= dict.fromkeys(("no caution", "the expected future alone", "end worth learned"), (-0.1, -0.1))
    costs |= {"end worth 0": (-0.1, 0.0), "end worth 1": (-0.1, 0.0)}
    found = tuned()
    assert not found.is_changed and not any(each.is_unseen for each in found.trials)


@pytest.mark.parametrize(("days", "words"), [(3, "3 days prove nothing"), (40, "108 are needed")])
def test_too_little_to_judge_by_is_refused(days: int, words: str) -> None:
    with pytest.raises(ProblemsFound, match=words):
        tuned(days)


def test_a_site_is_played_in_every_way_and_kept_with_its_reason(tmp_path: Path) -> None:
    frame, grid = a_house(42, step_s=3 * HOUR_S)
    store, path = MemoryStore(), tmp_path / "home.run" / "way.json"
    store.append(frame)
    store.flush()
    site = a_home("follow_plan", step_s=3 * HOUR_S)
    told = tune_site(site, store, path, grid.end_utc, step_s=3 * HOUR_S)
    assert told is not None and told["series"] == "way"
    way, because = read(path)
    assert way.words == told["model"] and because["reason"] == told["reason"]
    assert tune_site(site, store, path, grid.end_utc, step_s=3 * HOUR_S) is None, "it was only just chosen"
    assert tune_site(site, MemoryStore(), tmp_path / "none", grid.end_utc, step_s=HOUR_S) is None, "nothing measured"


def test_the_days_cost_what_the_whole_costs_and_plans_tell_their_way() -> None:
    frame, _ = a_house(5)
    store = MemoryStore()
    done = backtest(
        a_home(), frame, strategies=("plan",), warmup_days=2, store=store, way=Way(weighs=False, is_cautious=False)
    )
    days = day_eur(done.results["plan"], done.site, done.grid)
    assert days.size == 3 and days.sum() == pytest.approx(done.results["plan"].cost_eur)
    told = list(store.events(kind=Kind.PLANNED))
    assert told[-1].payload["way"] == "the expected future alone, no caution"
    assert "caution" not in str(told[-1].payload["cost_eur"])


@given(WAYS)
def test_a_way_comes_back_from_its_file(tmp_path_factory: pytest.TempPathFactory, way: Way) -> None:
    path = tmp_path_factory.mktemp("way") / "way.json"
    write(path, way, {"reason": "tried"})
    assert read(path) == (way, {"reason": "tried"}) and Ways(path).serving() == way


@given(WAYS)
def test_other_ways_differ_in_one_thing_and_can_be_put_together(way: Way) -> None:
    others = list(way.others(can_listen=True))
    assert way not in others and len(set(others)) == len(others)
    assert all(way.with_all([each]) == each for each in others)


@pytest.mark.parametrize("content", ["", "{}", '{"way": {"speed": 3}}', '{"way": {"end_share": 4}}', "[]"])
def test_a_broken_file_is_told_and_plans_go_on_as_usual(tmp_path: Path, content: str) -> None:
    path = tmp_path / "way.json"
    path.write_text(content)
    assert Ways(path).serving() == Way()
    with pytest.raises(ProblemsFound, match="enerwise tune --keep"):
        read(path)


def test_the_worth_at_the_end_is_what_that_hour_was_worth_lately() -> None:
    worth, at = EndWorth(BERLIN), instant("2024-06-30T22:00Z")
    for day in range(40):
        assert (worth.at(at) is None) == (day < 5)
        worth.learn(at + np.timedelta64(day * 24, "h"), np.array([0.1 if day < 11 else 0.3]))
        worth.learn(at + np.timedelta64(day * 24 + 6, "h"), np.array([np.nan]))
    assert worth.at(at + np.timedelta64(3, "D")) == pytest.approx(np.array([0.3])), "older ones are gone"
    assert worth.at(at + np.timedelta64(6, "h")) is None, "what nobody knows is not learned"
