"""Training on the clock: a site learns to forecast its loads and its sun, beside its turns and never in their way.

The job only looks whether a training is due and what came of the last one; the work is done by whoever `Begin` calls,
a process of its own on a running site. The first model of a channel serves at once, every later one only with evidence
(`retraining`). What cannot be trained is told and tried again a day later; until then the floor of the ladder serves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final, Protocol

import numpy as np

from enerwise.core.errors import EnerwiseError
from enerwise.core.event import Event, Kind
from enerwise.core.time import DAY_S, Instant
from enerwise.run.jobs import Job
from enerwise.run.planner import channels
from enerwise.run.retraining import RETRAINING
from enerwise.run.teaching import Told, is_due
from enerwise.run.world import World
from enerwise.site.site import Site

TRAINING: Final = "training"
LOOK_S: Final = 300
"""The job looks so often whether something is due or done."""
FIRST_AFTER_S: Final = 300
"""A site that has just started has better things to do."""
LONGEST_S: Final = 6 * 3600
"""A training that takes longer has gone wrong."""


class Running(Protocol):
    """A training under way somewhere."""

    def result(self) -> list[Told] | None:
        """Return what came of each channel; None while it works. It tells once.

        Raises:
            EnerwiseError: It failed as a whole.
        """
        ...

    def end(self) -> None:
        """Give it up."""
        ...


@dataclass(frozen=True, slots=True)
class Done:
    """A training that was over before anybody asked: on a virtual clock nobody waits for it."""

    told: list[Told]

    def result(self) -> list[Told]:
        """Return what came of each channel."""
        return self.told

    def end(self) -> None:
        """There is nothing left to end."""


Begin = Callable[[Instant], Running]


@dataclass(slots=True)
class Training:
    """The trainings of one site: what is due, what runs."""

    name: ClassVar[str] = TRAINING
    """Of the job."""
    subject: ClassVar[str] = RETRAINING
    """Of the events that tell what came of it."""

    site: Site
    folder: Path
    begin: Begin
    running: Running | None = None
    begun_at: Instant | None = None

    def job(self, now: Instant) -> Job:
        """Return the job; a site that starts ``now`` is left alone for its first minutes."""
        return Job(self.name, LOOK_S, self._look, next_at=now + np.timedelta64(FIRST_AFTER_S * 1000, "ms"))

    def _look(self, world: World, now: Instant) -> bool:
        if self.running is not None:
            return self._collect(self.running, world, now)
        if self._is_due(now):
            self.running, self.begun_at = self.begin(now), now
        return True

    def _collect(self, running: Running, world: World, now: Instant) -> bool:
        try:
            told = running.result()
        except EnerwiseError:
            self.running = None
            raise
        if told is None:
            if self._since_s(now) > LONGEST_S:
                running.end()
                self.running = None
            return self.running is not None
        self.running = None
        world.store.note([self._event(world, at, each, now) for at, each in enumerate(told)])
        return all(each.get("error") is None for each in told)

    def _is_due(self, now: Instant) -> bool:
        """Tell whether something wants training, and none was begun within a day."""
        return (self.begun_at is None or self._since_s(now) >= DAY_S) and self._is_wanted(now)

    def _is_wanted(self, now: Instant) -> bool:
        every_days = self.site.forecast.every_days
        return every_days is not None and any(is_due(self.folder, key, now, every_days) for key in channels(self.site))

    def _since_s(self, now: Instant) -> float:
        assert self.begun_at is not None
        return float((now - self.begun_at) / np.timedelta64(1, "s"))

    def _event(self, world: World, at: int, told: Told, now: Instant) -> Event:
        """Tell of a training as of a retraining by hand: whoever reads the events knows them under one name."""
        kind = Kind.FAULT if told.get("error") is not None else Kind.NOTE
        return Event(f"{world.event_id(0)}t{at}-{told['series']}", now, kind, self.subject, told)
