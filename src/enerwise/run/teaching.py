"""Teaching a site to forecast itself: the first model of each channel, and the challengers of those that serve."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from enerwise.core.errors import EnerwiseError, Problem, ProblemsFound
from enerwise.core.event import Json
from enerwise.core.quantity import AVAILABLE_POWER_W
from enerwise.core.series import Key
from enerwise.core.time import DAY_S, Instant, local_midnight_s, utc_offset_s
from enerwise.run.planner import channels
from enerwise.run.retraining import retrain, series_of
from enerwise.run.weather import weather_keys
from enerwise.site.site import Site
from enerwise.store.store import Store

if TYPE_CHECKING:
    from enerwise.forecast.frame import ColumnFrame
    from enerwise.forecast.quality import Finding
    from enerwise.store.forecast_registry import Registry

LEAST_DAYS: Final = 21
"""Learners need two weeks of days with a week before each."""
KEPT: Final = 3
"""Models of a channel that are kept besides what serves: some take tens of megabytes."""

Told = dict[str, Json]


def is_due(folder: Path, key: Key, now: Instant, every_days: int) -> bool:
    """Tell whether the newest model of a channel is so old, or there is none."""
    from enerwise.store.forecast_registry import Registry

    last = Registry(folder, str(key)).last_trained()
    return last is None or bool((now - last) / np.timedelta64(1, "D") >= every_days)


def train_site(site: Site, store: Store, folder: Path, now: Instant, *, step_s: int, every_days: int) -> list[Told]:
    """Train every channel of a site that is due, from what its store knew at a moment.

    Args:
        site: Whose loads and sun.
        store: What was measured.
        folder: Of the registry.
        now: Nothing later is seen.
        step_s: Length of a step of its plans.
        every_days: Younger models are left as they are.

    Returns:
        For each channel that was trained or could not be: ``series`` with ``model``, ``is_promoted``, ``reason`` and
        ``notes``, or with ``error``.
    """
    due = [key for key in channels(site) if is_due(folder, key, now, every_days)]
    taught = Taught(site, store, folder, now, step_s, every_days)
    return [{"series": str(key), **taught.told(key)} for key in due]


@dataclass(frozen=True, slots=True)
class Taught:
    """One round of teaching."""

    site: Site
    store: Store
    folder: Path
    now: Instant
    step_s: int
    every_days: int

    def told(self, key: Key) -> Told:
        """Train a channel and return what came of it; one that cannot be learned keeps no other from it."""
        try:
            return self._trained(key)
        except EnerwiseError as error:
            return {"error": str(error)}

    def _trained(self, key: Key) -> Told:
        from enerwise.store.forecast_registry import Registry

        registry = Registry(self.folder, str(key))
        registry.thin(KEPT)
        champion = registry.champion()
        if champion is None:
            return self._first(registry, key)
        manifest = registry.entry(champion).manifest
        if manifest["step_s"] != self.step_s:
            told = self._first(registry, key)
            told["reason"] = f"{champion} was trained on other steps"
            registry.promote(str(told["model"]), forced_because=str(told["reason"]))
            return told
        if list(manifest.get("known", [])) == facts(self.site, key, self.step_s, self.now)["known"]:
            return self._challenged(registry, champion, key)
        # What is known of the weather has changed: another ladder, which has to win on the days both have foreseen.
        told = self._first(registry, key)
        verdict = registry.promote(str(told["model"]))
        return told | {"is_promoted": verdict.is_promoted, "reason": verdict.reason}

    def _challenged(self, registry: "Registry", champion: str, key: Key) -> Told:
        frame = series_of(self.store, key, registry.entry(champion).manifest, self.now)
        done = retrain(registry, frame, self.now, every_days=self.every_days)
        if done is None:
            return {"model": champion, "is_promoted": False, "reason": "nothing new was measured", "notes": []}
        told: Told = {"model": done.challenger, "is_promoted": done.verdict.is_promoted}
        return told | {"reason": done.verdict.reason, "notes": list(done.notes)}

    def _first(self, registry: "Registry", key: Key) -> Told:
        """Train the usual ladder and keep it; where none serves yet, it serves."""
        from enerwise.forecast.backtest import members_of
        from enerwise.forecast.evidence import evidence, last_issue
        from enerwise.forecast.trained import train

        wanted = facts(self.site, key, self.step_s, self.now)
        frame = series_of(self.store, key, wanted, self.now)
        found = _looked_over(frame, registry)
        issue = last_issue(frame, _second(str(wanted["issue"])))
        members, notes = members_of(frame.kind)
        # Plans look so far from any moment of a day, and the ladder speaks once a day.
        horizon_days = 1 + -(-self.site.control.horizon_s // DAY_S)
        trained = train(frame, members, issue, horizon_days * DAY_S // self.step_s)
        told_notes: list[Json] = [*notes, *trained.notes]
        manifest = {
            **wanted,
            "horizon": f"{horizon_days}d",
            "data_sha256": hashlib.sha256(frame.target.tobytes()).hexdigest(),
            "data_from": str(frame.grid.start_utc)[:16],
            "members": [each.name for each in members],
            "notes": [*told_notes, *map(str, found)],
            **evidence(trained, frame),
        }
        name = f"{str(issue)[:10]}-{self.step_s // 60}min"
        registry.add(name, manifest, trained)
        return {"model": name, "is_promoted": True, "reason": "the first of its series", "notes": told_notes}


def _looked_over(frame: "ColumnFrame", registry: "Registry") -> "tuple[Finding, ...]":
    """Return what is conspicuous about a series.

    Raises:
        ProblemsFound: It would teach a fault, or is too short.
    """
    from enerwise.forecast.quality import findings

    known = np.flatnonzero(np.isfinite(frame.target))
    frame = frame.until(int(known[-1]) + 1 if known.size else 0)
    found = findings(frame, unit_w=1.0)
    refusals = [Problem(f"{each.fault}, {each.where}", each.message, each.remedy) for each in found if each.refuses]
    days = frame.grid.step_count * frame.grid.step_s / DAY_S
    if days < LEAST_DAYS:
        remedy = f"it is tried again every day; {LEAST_DAYS} are needed"
        refusals.append(Problem(frame.name, f"{days:.0f} days to learn from", remedy))
    if refusals:
        raise ProblemsFound(str(registry.folder), refusals)
    return found


def facts(site: Site, key: Key, step_s: int, now: Instant) -> dict[str, Any]:
    """Return what a manifest tells of a channel before anything is trained."""
    return {
        "target": str(key),
        "where": {},
        "known": [str(each) for each in weather_keys(site)],
        "without": [],
        "kind": "pv" if key.quantity == AVAILABLE_POWER_W else "load",
        "zone": site.timezone,
        "country": site.country,
        "time": None,
        "issue": _issue(site.timezone, step_s, now),
        "step_s": step_s,
        "data": "store",
    }


def _issue(zone: str, step_s: int, now: Instant) -> str:
    """Return the time of day in UTC at which the days of a place begin now, on a mark of the steps."""
    epoch_s = int(now.astype("datetime64[s]").astype(np.int64))
    day = (epoch_s + int(utc_offset_s(np.array([epoch_s]), zone)[0])) // DAY_S
    second = local_midnight_s(day, zone) % DAY_S // step_s * step_s
    return f"{second // 3600:02d}:{second % 3600 // 60:02d}"


def _second(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 3600 + int(minute) * 60
