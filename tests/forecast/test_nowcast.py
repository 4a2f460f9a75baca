"""The very next step: learned from the last ones, in the size of each series, and from nothing that comes later."""

from dataclasses import replace

import numpy as np
import pytest

from enerwise.forecast.nowcast import PEOPLE, SUN, Near, Nowcast, fitted, together

pytest.importorskip("lightgbm")
DAY = 24


def under_one_sky(*, days: int = 40, kwp: float = 1.0, cloudy: int = 0) -> Near:
    """A plant under clouds that stay for hours; a model that knows the sun and no clouds. The weather is not told."""
    steps = days * DAY
    rng = np.random.default_rng(5 + cloudy)
    sun = np.maximum(0.0, np.sin((np.arange(steps + 2) % DAY - 6) / 12 * np.pi))
    clear = np.ones(steps)
    for step in range(1, steps):
        clear[step] = clear[step - 1] if rng.random() < 0.85 else rng.uniform(0.2, 1.0)
    return Near(kwp * sun[:steps] * clear, kwp * 0.6 * sun[: steps + 1], sun[:, None], DAY)


def until(near: Near, step: int) -> Near:
    return Near(near.target[:step], near.said[: step + 1], near.known[: step + 2], DAY)


def errors(model: Nowcast, near: Near, steps: range) -> np.ndarray:
    """Return how far the nowcast is off, and how far the model, at each step by day."""
    found = [(model.next(until(near, each)), near.said[each], near.target[each]) for each in steps]
    return np.array([(abs(now - is_), abs(said - is_)) for now, said, is_ in found])


def test_clouds_that_stay_are_seen() -> None:
    near = under_one_sky()
    model = fitted([until(near, 30 * DAY)], SUN, first=3 * DAY)
    assert model is not None
    now, said = errors(model, near, range(31 * DAY, 39 * DAY)).mean(axis=0)
    assert now < 0.7 * said


def test_a_plant_learns_from_another_of_any_size() -> None:
    teacher, pupil = under_one_sky(kwp=9.0), under_one_sky(kwp=0.4, cloudy=1)
    model = fitted([until(teacher, 30 * DAY)], SUN, first=3 * DAY)
    assert model is not None
    now, said = errors(model, pupil, range(31 * DAY, 36 * DAY)).mean(axis=0)
    assert now < 0.8 * said


def test_differences_from_what_is_said_are_learned() -> None:
    """A model that forgets every evening's dinner: what it misses is seen at the same time of the days before."""
    hour = np.arange(40 * DAY + 1) % DAY
    usual = np.full(hour.size, 0.4)
    target = usual + 1.5 * (hour >= 18) + 0.05 * np.random.default_rng(2).normal(size=hour.size)
    near = Near(target[:-1], usual, np.zeros((hour.size + 1, 0)), DAY)
    model = fitted([until(near, 30 * DAY)], PEOPLE, first=3 * DAY)
    assert model is not None
    now, said = errors(model, near, range(31 * DAY, 38 * DAY)).mean(axis=0)
    assert now < 0.4 * said


def test_what_comes_later_changes_nothing_before_it() -> None:
    near = under_one_sky()
    step = 30 * DAY + 12
    other = replace(near, target=np.concatenate([near.target[:step], near.target[step:] + 3.0]))
    model = fitted([until(near, 30 * DAY)], SUN, first=3 * DAY)
    assert model is not None
    assert model.next(until(near, step)) == model.next(until(other, step))
    assert model.next(until(near, step + 2)) != model.next(until(other, step + 2))


def test_at_night_it_says_what_is_said() -> None:
    near = under_one_sky()
    model = fitted([until(near, 30 * DAY)], SUN, first=3 * DAY)
    assert model is not None
    assert model.next(until(near, 31 * DAY + 2)) == near.said[31 * DAY + 2]


def test_too_few_steps_teach_nothing() -> None:
    assert fitted([until(under_one_sky(), 6 * DAY)], SUN, first=3 * DAY) is None


def test_ways_count_alike() -> None:
    near = under_one_sky()
    model = fitted([until(near, 30 * DAY)], PEOPLE, first=3 * DAY)
    assert model is not None and len(model.boosters) == len(PEOPLE)
    at = until(near, 31 * DAY + 12)
    alone = [Nowcast((way,), (grown,)).next(at) for way, grown in zip(model.ways, model.boosters, strict=True)]
    assert alone[0] != alone[1] and model.next(at) == pytest.approx(np.mean(alone))


def test_after_a_gap_the_ways_that_can_go_on_do() -> None:
    near = under_one_sky()
    model = fitted([until(near, 30 * DAY)], PEOPLE, first=3 * DAY)
    assert model is not None
    at = until(near, 31 * DAY + 12)
    gap = replace(at, target=np.append(at.target[:-1], np.nan))
    difference = Nowcast(model.ways[:1], model.boosters[:1])
    assert model.next(gap) == difference.next(gap) != gap.said[-1]


def test_what_others_miss_is_learned() -> None:
    """Two homes; what one misses the other misses an hour later."""
    rng = np.random.default_rng(4)
    surprise, usual = rng.exponential(size=40 * DAY + 1), np.ones(40 * DAY + 1)
    first = Near(1.0 + surprise[1:], usual, np.zeros((usual.size + 1, 0)), DAY)
    second = Near(1.0 + surprise[:-1], usual, np.zeros((usual.size + 1, 0)), DAY)
    model = fitted(together([until(each, 30 * DAY) for each in (first, second)]), PEOPLE, first=3 * DAY)
    assert model is not None
    off = []
    for step in range(31 * DAY, 33 * DAY):
        told = together([until(each, step) for each in (first, second)])[1]
        off.append([abs(said - second.target[step]) for said in (model.next(told), model.next(until(second, step)))])
    knowing, alone = np.mean(off, axis=0)
    assert knowing < 0.6 * alone


def test_each_is_told_what_the_others_missed_in_their_size() -> None:
    known = np.zeros((5, 0))
    one, two, three = (
        Near(size * np.array([1.0, 1.0, np.nan]), size * np.array([1.0, told, 1.0, 1.0]), known, DAY)
        for size, told in ((1.0, 1.0), (10.0, 0.5), (4.0, 2.0))
    )
    assert together([one, two, three])[0].others == pytest.approx([0.0, -0.25, 0.0])
    assert together([one, two, three])[2].others == pytest.approx([0.0, 0.25, 0.0])
    assert together([two])[0].others == pytest.approx(np.zeros(3))
