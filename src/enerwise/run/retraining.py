"""Retraining on the clock: once a week the model that serves a series meets one that learned from newer days.

The challenger is the same ladder, trained on what is known now. Both are judged on days they had not seen: the
challenger by the four weeks before its training, the champion by those before its own and by what it has said since.
Only the test of the registry lets the challenger serve; one that lost is dropped, its decision stays in the history.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.event import Event, Json, Kind
from enerwise.core.series import Frame, Key
from enerwise.core.time import DAY_S, TIME_TYPE, Instant, TimeGrid
from enerwise.core.units import FloatArray
from enerwise.run.jobs import Job
from enerwise.run.weather import AHEAD_DAYS, as_issued
from enerwise.run.world import World
from enerwise.site.circuits import Circuit
from enerwise.site.submeters import uncovered
from enerwise.store.store import Store

if TYPE_CHECKING:
    from enerwise.forecast.frame import ColumnFrame
    from enerwise.store.forecast_registry import Registry, Verdict

RETRAINING: Final = "retraining"
EVERY_DAYS: Final = 7
SEEN_DAYS: Final = 730
"""No learner looks further back."""
SERVED_DAYS: Final = 28
POOLED: Final = "pooled"


@dataclass(frozen=True, slots=True)
class Retrained:
    """What came of a retraining."""

    challenger: str
    verdict: "Verdict"
    notes: tuple[str, ...]


def retraining(registry: "Registry", read: Callable[[World, Instant], "ColumnFrame"]) -> Job:
    """Return the weekly job for a series; ``read`` returns what is known of it at a moment.

    A box that starts anew does not train anew: the job asks every day, and works where the last model is a week old.
    """

    def work(world: World, now: Instant) -> bool:
        done = retrain(registry, read(world, now), now)
        if done is not None:
            world.store.note([_event(world, registry.series, done, now)])
        return True

    return Job(f"{RETRAINING} {registry.series}", DAY_S, work)


def retrain(
    registry: "Registry",
    frame: "ColumnFrame",
    now: Instant,
    *,
    data_sha256: str | None = None,
    is_asked: bool = False,
    every_days: int = EVERY_DAYS,
) -> Retrained | None:
    """Train the champion's ladder anew and let it stand against the champion.

    Args:
        registry: Of the series; it has a champion.
        frame: What is known of the series now.
        now: The moment.
        data_sha256: Hash of the file that was read; of the values if left out.
        is_asked: Train however young the last model is.
        every_days: So old the last model is before another is trained.

    Returns:
        None while the last model is younger than that, or nothing new has been measured since.

    Raises:
        ProblemsFound: There is no champion, or the frame lacks columns it was trained with.
    """
    from enerwise.forecast.backtest import members_of
    from enerwise.forecast.evidence import by_day, evidence, fresh_issues, last_issue, served_losses
    from enerwise.forecast.trained import train

    champion = registry.champion()
    if champion is None:
        raise _wrong(registry, "no model serves", "train the first with enerwise forecast train")
    manifest, serving = registry.entry(champion).manifest, registry.load(champion)
    _check(registry, manifest, frame)
    issue_s = _time_of_day_s(str(manifest["issue"]))
    issue = last_issue(frame, issue_s)
    age_days = (min(issue, now) - (registry.last_trained() or serving.trained_at)) / np.timedelta64(1, "D")
    if age_days <= 0 or (age_days < every_days and not is_asked):
        return None
    name = f"{str(issue)[:10]}-retrained"
    members, said = members_of(str(manifest["kind"]), ",".join(each for each in manifest["members"] if each != POOLED))
    if POOLED in manifest["members"]:
        said = (*said, "pooled: left out, a retraining learns from the home alone")
    trained = train(frame, members, issue, serving.record.horizon)
    told = {
        **manifest,
        "data_sha256": data_sha256 or hashlib.sha256(frame.target.tobytes()).hexdigest(),
        "data_from": str(frame.grid.start_utc)[:16],
        "members": [each.name for each in members],
        "notes": [*said, *trained.notes],
        **evidence(trained, frame),
    }
    registry.add(name, told, trained)
    issues = fresh_issues(serving, frame, issue_s, most=SERVED_DAYS)
    verdict = registry.promote(name, served=by_day(issues, served_losses(serving, frame, issues)))
    if not verdict.is_promoted:
        registry.drop(name)
    return Retrained(name, verdict, (*said, *trained.notes))


def series_of(
    store: Store,
    key: Key,
    manifest: Mapping[str, Any],
    now: Instant,
    *,
    without: Sequence[Key] = (),
    circuits: Sequence[Circuit] = (),
    seen_days: int = SEEN_DAYS,
) -> "ColumnFrame":
    """Return a channel of the store as the series a manifest tells of, as it was known at a moment.

    Args:
        store: What was measured.
        key: The channel.
        manifest: Of the champion: step, kind, zone and country, time of issue and channels of weather.
        now: Nothing later is seen.
        without: Channels of devices and sub-meters that are taken off it; what is left is the base load.
        circuits: Of the site, so that nothing under a sub-meter is taken off twice.
        seen_days: How far back is looked.

    Raises:
        ProblemsFound: Nothing of the channel was measured, or the log of a device is missing.
    """
    from enerwise.forecast.frame import ColumnFrame

    step_s = int(manifest["step_s"])
    end_s = int(now.astype(np.int64)) // 1000 // step_s * step_s
    start_s = end_s // DAY_S * DAY_S - seen_days * DAY_S
    grid = TimeGrid(np.datetime64(start_s * 1000, "ms"), step_s, (end_s - start_s) // step_s)
    named = uncovered(circuits, [each.asset for each in without])
    less = [each for each in without if each.asset in named]
    value = _less(store.read_frame([key, *less], grid, as_of=now))
    measured = np.flatnonzero(np.isfinite(value))
    if not measured.size:
        message = f"nothing was measured between {grid.start_utc} and {now}"
        raise ProblemsFound("store", [Problem(str(key), message, "choose a channel that is measured")])
    day = DAY_S // step_s
    first = int(measured[0]) // day * day
    kept = grid.part(first, grid.step_count - first)
    names = tuple(str(each) for each in manifest.get("known", ()))
    if names:
        ahead = TimeGrid(kept.start_utc, step_s, kept.step_count + AHEAD_DAYS * day)
        issue = kept.start_utc + np.timedelta64(_time_of_day_s(str(manifest["issue"])) * 1000, "ms")
        known, known_at = as_issued(store, [Key.parse(each) for each in names], ahead, issue, now)
        kept, target = ahead, np.concatenate([value[first:], np.full(AHEAD_DAYS * day, np.nan)])
    else:
        known, target = np.zeros((kept.step_count, 0)), value[first:]
        known_at = known.astype(TIME_TYPE)
    return ColumnFrame(
        name=str(manifest["target"]),
        grid=kept,
        target=target,
        columns=names,
        known=known,
        known_at=known_at,
        kind=str(manifest["kind"]),
        zone=str(manifest["zone"]),
        country=str(manifest["country"]),
    )


def _less(frame: Frame) -> FloatArray:
    """Return the first channel without the others."""
    from enerwise.forecast.base_load import base_load, log_findings

    logs = {str(key): frame.value[:, at] for at, key in enumerate(frame.keys) if at}
    refusals = [each for each in log_findings(frame.value[:, 0], logs, str(frame.keys[0])) if each.refuses]
    if refusals:
        raise ProblemsFound("store", [Problem(each.where, each.message, each.remedy) for each in refusals])
    return base_load(frame.value[:, 0], logs)


def _check(registry: "Registry", manifest: Mapping[str, Any], frame: "ColumnFrame") -> None:
    wanted = {str(each).split("@")[0] for each in manifest["known"]}
    missing = sorted(wanted - set(frame.columns))
    if missing:
        message = f"the champion was trained with {', '.join(missing)}, which these data do not hold"
        raise _wrong(registry, message, "retrain from a file that holds them")
    step_s = int(manifest["step_s"])
    if step_s != frame.grid.step_s:
        raise _wrong(
            registry, f"it was trained on steps of {step_s} s, these are {frame.grid.step_s} s", "use its step"
        )


def _event(world: World, series: str, done: Retrained, now: Instant) -> Event:
    told: dict[str, Json] = {
        "series": series,
        "challenger": done.challenger,
        "is_promoted": done.verdict.is_promoted,
        "reason": done.verdict.reason,
        "notes": list(done.notes),
    }
    return Event(f"{world.event_id(0)}t-{series}-{done.challenger}", now, Kind.NOTE, RETRAINING, told)


def _time_of_day_s(text: str) -> int:
    hour, minute = text.split(":")[:2]
    return int(hour) * 3600 + int(minute) * 60


def _wrong(registry: "Registry", message: str, remedy: str) -> ProblemsFound:
    return ProblemsFound(str(registry.folder), [Problem(registry.series, message, remedy)])
