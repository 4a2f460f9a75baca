"""What others have asked of a site's import, kept by a world and by its store: plans are made in another process."""

import json
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.agents.curtailment import Curtailment
from enerwise.core.errors import EnerwiseError
from enerwise.core.event import Json
from enerwise.core.time import Instant, TimeArray, instant
from enerwise.core.units import FloatArray
from enerwise.store.store import Store

BLOB: Final = "desk"
NAME: Final = "curtailments"
MOST: Final = 64
"""That are not over."""


class TooManyAsked(EnerwiseError):
    """There are as many curtailments as a site keeps."""


@dataclass(frozen=True, slots=True)
class Curtailments:
    """All that are not over; a value, so that the turn sees one picture."""

    held: tuple[Curtailment, ...] = ()

    def with_one(self, asked: Curtailment, now: Instant) -> "Curtailments":
        """Return these with one more; one of the same id takes the place of that before.

        Raises:
            TooManyAsked: There are as many as a site keeps.
        """
        others = tuple(each for each in self.held if each.id != asked.id and now < each.until)
        if len(others) >= MOST:
            raise TooManyAsked(f"there are {MOST} curtailments already that are not over; withdraw one first")
        return Curtailments(tuple(sorted((*others, asked), key=lambda each: (each.since, each.id))))

    def without(self, asked_id: str) -> "Curtailments":
        """Return these without one.

        Raises:
            KeyError: There is none of that id.
        """
        if all(each.id != asked_id for each in self.held):
            raise KeyError(asked_id)
        return Curtailments(tuple(each for each in self.held if each.id != asked_id))

    def limit_w(self, starts_utc: TimeArray, step_s: float) -> FloatArray:
        """Return the least that is asked for in each span, infinite where nobody asks. [W], same shape"""
        limits = [each.limit_at_w(starts_utc, step_s) for each in self.held]
        least_w: FloatArray = np.minimum.reduce([np.full(starts_utc.shape, np.inf), *limits])
        return least_w

    def tightest(self, now: Instant, hold_s: float) -> Curtailment | None:
        """Return the one that asks for least from now until somebody looks again; None where nobody asks."""
        at = np.array([now])
        asking = [each for each in self.held if np.isfinite(each.limit_at_w(at, max(hold_s, 0.001))[0])]
        return min(asking, key=lambda each: each.limit_w, default=None)

    def told(self, until: Instant) -> dict[str, Json]:
        """Return what the event of a plan tells of those that begin before its end; nothing where there are none."""
        told: list[Json] = [
            {"id": each.id, "limit_w": each.limit_w, "from": str(each.since), "until": str(each.until), "who": each.who}
            for each in self.held
            if each.since < until
        ]
        return {"curtailments": told} if told else {}

    def keep(self, store: Store, now: Instant) -> None:
        """Write them where planner and the next life find them."""
        store.put(BLOB, NAME, self.to_bytes(), now)

    def to_bytes(self) -> bytes:
        """Return them as bytes that `from_bytes` reads."""
        rows = [[each.id, each.limit_w, str(each.since), str(each.until), each.who, each.reason] for each in self.held]
        return json.dumps(rows).encode()

    @classmethod
    def from_bytes(cls, content: bytes | None) -> "Curtailments":
        """Read what was kept; what cannot be read asks for nothing."""
        try:
            rows = json.loads(content or b"[]")
            return cls(tuple(_read(*each) for each in rows))
        except (ValueError, TypeError, EnerwiseError):
            return cls()

    @classmethod
    def kept(cls, store: Store, now: Instant) -> "Curtailments":
        """Return what a store holds that is not over."""
        found = cls.from_bytes(store.get(BLOB, NAME, as_of=now))
        return cls(tuple(each for each in found.held if now < each.until))


def _read(asked_id: str, limit_w: float, since: str, until: str, who: str, reason: str) -> Curtailment:
    begins, ends = (instant(np.datetime64(each)) for each in (since, until))
    return Curtailment(str(asked_id), float(limit_w), begins, ends, str(who), str(reason))
