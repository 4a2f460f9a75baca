"""Training beside the turns: when it is due, what becomes of it, and who foresees what a plan is made from."""

import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from enerwise.core.errors import StoreError
from enerwise.core.event import Kind
from enerwise.core.quantity import AVAILABLE_POWER_W, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid
from enerwise.forecast import backtest, served
from enerwise.forecast.frame import ColumnForecaster
from enerwise.forecast.past import Past
from enerwise.run import learned
from enerwise.run.jobs import usual_jobs
from enerwise.run.learned import UNABLE, UNTRAINED, Learned
from enerwise.run.loop import play
from enerwise.run.planner import Planned, Planner
from enerwise.run.teaching import Told, facts, train_site
from enerwise.run.training import LONGEST_S, Training
from enerwise.run.world import World
from enerwise.site.learning import Learning
from enerwise.site.site import Site
from enerwise.store.forecast_registry import Registry
from tests.run.builders import HOUR_S, a_home, a_world

LOAD, SUN = Key("home", POWER_W), Key("roof", AVAILABLE_POWER_W)
DAY = np.timedelta64(86_400_000, "ms")
MINUTE = np.timedelta64(60_000, "ms")
LADDER = "naive_1d,naive_7d,ridge"


@pytest.fixture(autouse=True)
def light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every ladder be a light one: what is tried here is who serves, not how well."""
    members_of = backtest.members_of

    def chosen(kind: str, asked: str = LADDER) -> tuple[tuple[ColumnForecaster, ...], tuple[str, ...]]:
        return members_of(kind, asked)

    monkeypatch.setattr(backtest, "members_of", chosen)
    # Days of the small house differ by chance alone, which the floor foretells as well as anybody.
    monkeypatch.setattr(served, "LEAST_SHARE", 0.0)


@dataclass
class Pretended:
    """A training that does as it is told."""

    told: list[Told] | Exception | None = None
    is_ended: bool = False

    def result(self) -> list[Told] | None:
        if isinstance(self.told, Exception):
            raise self.told
        return self.told

    def end(self) -> None:
        self.is_ended = True


@dataclass
class Begun:
    """Those that were begun, and when."""

    at: list[Instant] = field(default_factory=list)
    all: list[Pretended] = field(default_factory=list)

    def __call__(self, now: Instant) -> Pretended:
        self.at.append(now)
        self.all.append(Pretended())
        return self.all[-1]


def a_training(folder: Path, *, retrain: str = "weekly") -> tuple[World, Begun]:
    world, begun = a_world("follow_plan", days=1, warmup_days=3), Begun()
    world.training = Training(replace(world.site, forecast=Learning(retrain)), folder, begun)
    return world, begun


def test_a_training_begins_when_the_site_has_settled_and_its_outcome_is_told(tmp_path: Path) -> None:
    world, begun = a_training(tmp_path)
    (job,) = [each for each in usual_jobs(world) if each.name == "training"]
    start = world.clock.now()
    for minutes in range(30):
        job.run_if_due(world, start + minutes * MINUTE)
    assert [(at - start) // MINUTE for at in begun.at] == [5]
    begun.all[0].told = [
        {"series": str(LOAD), "model": "m", "is_promoted": True, "reason": "r", "notes": []},
        {"series": str(SUN), "error": "too dark"},
    ]
    job.run_if_due(world, start + 40 * MINUTE)
    world.store.flush()
    (note,), (fault,) = (world.store.events(kind=kind) for kind in (Kind.NOTE, Kind.FAULT))
    assert note.payload["series"] == "home.power_w" and "dark" in str(fault.payload["error"])
    # What could not be trained is tried a day later, not before.
    job.run_if_due(world, start + 10 * 60 * MINUTE)
    assert len(begun.at) == 1
    job.run_if_due(world, start + 25 * 60 * MINUTE)
    assert len(begun.at) == 2


def test_one_that_fails_or_never_ends_is_told_and_given_up(tmp_path: Path) -> None:
    world, begun = a_training(tmp_path)
    (job,) = [each for each in usual_jobs(world) if each.name == "training"]
    now = world.clock.now() + 5 * MINUTE
    job.run_if_due(world, now)
    begun.all[0].told = StoreError("the disk is gone")
    job.run_if_due(world, now + 5 * MINUTE)
    world.store.flush()
    (fault,) = world.store.events(kind=Kind.FAULT)
    assert fault.payload["error"] == "the disk is gone"
    job.run_if_due(world, now + DAY)
    job.run_if_due(world, now + DAY + np.timedelta64(LONGEST_S + 600, "s"))
    assert begun.all[1].is_ended and len(begun.at) == 2


def test_an_owner_who_wants_no_training_has_none(tmp_path: Path) -> None:
    world, begun = a_training(tmp_path, retrain="never")
    (job,) = [each for each in usual_jobs(world) if each.name == "training"]
    job.run_if_due(world, world.clock.now() + DAY)
    assert not begun.at
    assert not [each for each in usual_jobs(a_world("follow_plan")) if each.name == "training"]


def a_planner(world: World, folder: Path) -> Planner:
    return Planner(world.site, world.store, world.prices, step_s=HOUR_S, learned=Learned(folder, world.store))


def a_plan(planner: Planner, now: Instant) -> Planned:
    planned = planner.plan(now, "p")
    assert planned is not None
    return planned


def models(planned: Planned) -> dict[str, str]:
    return {str(each.key): each.model for each in planned.forecasts}


def reasons(planned: Planned) -> dict[str, str | None]:
    channels = planned.events[0].payload["channels"]
    assert isinstance(channels, dict)
    return {name: told.get("because") for name, told in channels.items()}


def a_lived_in(days: int = 30) -> tuple[World, Instant]:
    """Return a world with days of past and what its battery holds."""
    world = a_world("follow_plan", days=1, warmup_days=days)
    play(world, 2)
    return world, world.clock.now()


def test_a_plan_tells_who_foresaw_it_before_a_training_and_after(tmp_path: Path) -> None:
    world, now = a_lived_in()
    planner = a_planner(world, tmp_path)
    before = a_plan(planner, now)
    assert models(before) == {str(LOAD): "blend", str(SUN): "blend"}
    assert set(reasons(before).values()) == {UNTRAINED}
    told = train_site(world.site, world.store, tmp_path, now, step_s=HOUR_S, every_days=7)
    assert [(each["series"], each["is_promoted"]) for each in told] == [(str(LOAD), True), (str(SUN), True)]
    # The same planner finds the new champions by itself, within the day.
    after = a_plan(planner, now + 15 * MINUTE)
    name = Registry(tmp_path, str(LOAD)).champion()
    assert all(each.startswith(f"learned {name}, ") for each in models(after).values()), models(after)
    assert set(reasons(after).values()) == {None}
    # In Berlin the day begins at 22:00 UTC in summer.
    assert Registry(tmp_path, str(LOAD)).entry(str(name)).manifest["issue"] == "22:00"
    dark = next(each for each in after.forecasts if each.key == SUN)
    assert dark.value.min() < -500 and dark.value.max() <= 0.0
    # Young models are left alone.
    assert train_site(world.site, world.store, tmp_path, now + 3 * DAY, step_s=HOUR_S, every_days=7) == []


def test_a_ladder_that_is_no_better_than_the_floor_does_not_serve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, now = a_lived_in()
    train_site(world.site, world.store, tmp_path, now, step_s=HOUR_S, every_days=7)
    monkeypatch.setattr(served, "LEAST_SHARE", 1.0)
    planned = a_plan(a_planner(world, tmp_path), now)
    assert set(models(planned).values()) == {"blend"}
    assert all("of no use" in str(each) for each in reasons(planned).values())


def test_a_week_later_the_champion_is_challenged(tmp_path: Path) -> None:
    world, now = a_lived_in(40)
    early = now - 8 * DAY
    train_site(world.site, world.store, tmp_path, early, step_s=HOUR_S, every_days=7)
    told = train_site(world.site, world.store, tmp_path, now, step_s=HOUR_S, every_days=7)
    assert all("Diebold-Mariano" in str(each["reason"]) for each in told), told


def test_other_steps_are_learned_anew(tmp_path: Path) -> None:
    world, now = a_lived_in()
    train_site(world.site, world.store, tmp_path, now - 3 * DAY, step_s=HOUR_S, every_days=7)
    (told, _) = train_site(world.site, world.store, tmp_path, now, step_s=2 * HOUR_S, every_days=0)
    assert "other steps" in str(told["reason"])
    found = models(a_plan(a_planner(world, tmp_path), now))
    assert set(found.values()) == {"blend"}


def test_a_broken_or_old_model_costs_no_plan(tmp_path: Path) -> None:
    world, now = a_lived_in()
    train_site(world.site, world.store, tmp_path, now, step_s=HOUR_S, every_days=7)
    registry = Registry(tmp_path, str(LOAD))
    (registry.folder / str(registry.champion()) / "model.bin").write_bytes(b"spoilt")
    planned = a_plan(a_planner(world, tmp_path), now)
    assert models(planned)[str(LOAD)] == "blend" and models(planned)[str(SUN)].startswith("learned")
    assert "not the file its manifest tells of" in str(reasons(planned)[str(LOAD)])
    (registry.folder / "champion.json").write_text("{")
    assert models(a_plan(a_planner(world, tmp_path), now))[str(LOAD)] == "blend"
    looked = Learned(tmp_path, world.store)
    assert looked.served(_past(now + 60 * DAY), now + 60 * DAY) is None
    assert "60 days ago" in looked.reasons[SUN] or "61 days ago" in looked.reasons[SUN]


def _past(now: Instant) -> Past:
    grid = TimeGrid(now - 14 * DAY, HOUR_S, 14 * 24)
    return Past(SUN, grid, np.zeros(14 * 24))


def test_without_the_extra_the_reason_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world, now = a_lived_in(5)
    monkeypatch.setattr(learned, "LIBRARY", "no_such_library")
    assert set(reasons(a_plan(a_planner(world, tmp_path), now)).values()) == {UNABLE}


def test_three_weeks_are_needed(tmp_path: Path) -> None:
    world, now = a_lived_in(10)
    told = train_site(world.site, world.store, tmp_path, now, step_s=HOUR_S, every_days=7)
    assert all("21 are needed" in str(each["error"]) for each in told) and not Registry(tmp_path, str(LOAD)).entries()


@pytest.mark.parametrize(
    ("zone", "step_s", "issue"),
    [
        ("Europe/Berlin", 900, "22:00"),
        ("Asia/Kolkata", 900, "18:30"),
        ("Asia/Kolkata", 3600, "18:00"),
        ("UTC", 900, "00:00"),
    ],
)
def test_a_ladder_speaks_when_the_days_of_its_place_begin(zone: str, step_s: int, issue: str) -> None:
    site: Site = replace(a_home(), timezone=zone)
    assert facts(site, LOAD, step_s, np.datetime64("2024-07-01T12:00", "ms"))["issue"] == issue


def test_old_models_are_forgotten_but_never_the_one_that_serves(tmp_path: Path) -> None:
    world, now = a_lived_in()
    train_site(world.site, world.store, tmp_path, now, step_s=HOUR_S, every_days=7)
    registry = Registry(tmp_path, str(LOAD))
    champion = str(registry.champion())
    later = [f"2025-01-{day:02d}" for day in range(1, 5)]
    for name in later:
        shutil.copytree(registry.folder / champion, registry.folder / name)
    registry.thin(2)
    assert [each.name for each in registry.entries()] == [champion, *later[-2:]] and registry.champion() == champion
