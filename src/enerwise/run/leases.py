"""What people want for now, kept by a world: leases, the mode they chose, and what became of each wish."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from enerwise.agents.lease import Deed, Lease
from enerwise.core.errors import EnerwiseError
from enerwise.core.time import Instant, instant
from enerwise.guard import Outcome, Verdict

MOST: Final = 32
ENDED_KEPT: Final = 16
"""Ended leases that are still told of."""
SAME_W: Final = 1.0
AUTOMATIC: Final = "automatic"
MANUAL: Final = "manual"
AWAY: Final = "away"
CHOICES: Final = (AUTOMATIC, MANUAL, AWAY)


class TooMany(EnerwiseError):
    """There are as many leases as a site takes."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Whether the site runs by itself, by hand, or for nobody at home."""

    mode: str = AUTOMATIC
    until: Instant | None = None
    who: str = ""
    reason: str = ""

    def at(self, now: Instant) -> "Choice":
        """Return the choice in force: one that has ended leaves the site to itself."""
        return Choice() if self.until is not None and now >= self.until else self


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a lease: ``waiting``, ``acting``, ``cut``, ``refused``, ``ended`` or ``withdrawn``."""

    state: str = "waiting"
    rule: str = ""
    value_w: float | None = None


@dataclass(frozen=True, slots=True)
class Leases:
    """All leases of a site, and the mode its people chose; a value, so that the turn sees one picture."""

    choice: Choice = Choice()
    held: tuple[Lease, ...] = ()
    fates: Mapping[str, Fate] = field(default_factory=dict)

    def open(self, now: Instant) -> tuple[Lease, ...]:
        """Return those that may still act."""
        return tuple(each for each in self.held if now < each.until and not self._is_over(each))

    def with_lease(self, lease: Lease, now: Instant) -> "Leases":
        """Return these with one more; the same id again changes nothing.

        Raises:
            TooMany: There are as many as a site takes.
        """
        if any(each.id == lease.id for each in self.held):
            return self
        if len(self.open(now)) >= MOST:
            raise TooMany(f"there are {MOST} overrides already; end one first")
        return self._tidied(replace(self, held=(*self.held, lease), fates={**self.fates, lease.id: Fate()}), now)

    def without(self, lease_id: str) -> "Leases":
        """Return these with one withdrawn.

        Raises:
            KeyError: There is none of that id that is still open.
        """
        found = next((each for each in self.held if each.id == lease_id and not self._is_over(each)), None)
        if found is None:
            raise KeyError(lease_id)
        fate = replace(self.fates.get(lease_id, Fate()), state="withdrawn")
        return replace(self, fates={**self.fates, lease_id: fate})

    def judged(self, verdicts: Iterable[Verdict], now: Instant) -> "Leases":
        """Return these after a turn: what the guard made of each wish."""
        if not self.held:
            return self
        by_asset = {each.asset: each for each in verdicts}
        fates = {each.id: self._fate(each, by_asset.get(each.asset), now) for each in self.held}
        return self if fates == self.fates else replace(self, fates=fates)

    def _fate(self, lease: Lease, verdict: Verdict | None, now: Instant) -> Fate:
        before = self.fates.get(lease.id, Fate())
        if before.state in ("withdrawn", "ended"):
            return before
        if now >= lease.until:
            return replace(before, state="ended")
        if verdict is None or not lease.holds(now):
            return Fate()
        wish = verdict.wish
        if wish is None or wish.reason.facts.get("lease") != lease.id:
            return Fate("waiting", str(verdict.rule))
        asked_w = float(wish.reason.facts.get("asked_w", verdict.value))
        if verdict.outcome is Outcome.REFUSED:
            return Fate("refused", str(verdict.rule), verdict.value)
        is_whole = abs(verdict.value - asked_w) <= SAME_W
        return Fate("acting" if is_whole else "cut", "" if is_whole else str(verdict.rule), verdict.value)

    def _is_over(self, lease: Lease) -> bool:
        return self.fates.get(lease.id, Fate()).state in ("withdrawn", "ended")

    def _tidied(self, found: "Leases", now: Instant) -> "Leases":
        over = [each for each in found.held if found._is_over(each) or now >= each.until]
        gone = {each.id for each in over[:-ENDED_KEPT]}
        kept = tuple(each for each in found.held if each.id not in gone)
        return replace(found, held=kept, fates={each.id: found.fates.get(each.id, Fate()) for each in kept})

    # -- kept from life to life ----------------------------------------------------------------------------------

    def to_bytes(self) -> bytes:
        """Return them as bytes that `from_bytes` reads."""
        choice = self.choice
        row = {
            "choice": [choice.mode, None if choice.until is None else str(choice.until), choice.who, choice.reason],
            "held": [
                [each.id, each.asset, each.deed, str(each.since), str(each.until), each.who, each.reason, each.power_w]
                for each in self.held
            ],
            "over": [each.id for each in self.held if self.fates.get(each.id, Fate()).state == "withdrawn"],
        }
        return json.dumps(row).encode()

    @classmethod
    def from_bytes(cls, content: bytes | None) -> "Leases":
        """Read what was kept; what cannot be read wishes nothing."""
        try:
            row = json.loads(content or b"null")
            mode, until, who, reason = row["choice"]
            held = tuple(_lease(*each) for each in row["held"])
            choice = Choice(mode if mode in CHOICES else AUTOMATIC, None if until is None else _at(until), who, reason)
            fates = {each.id: Fate("withdrawn" if each.id in row["over"] else "waiting") for each in held}
            return cls(choice, held, fates)
        except (ValueError, TypeError, KeyError):
            return cls()


def _lease(*fields: Any) -> Lease:
    lease_id, asset, deed, since, until, who, reason, power_w = fields
    return Lease(str(lease_id), str(asset), Deed(deed), _at(since), _at(until), str(who), str(reason), power_w)


def _at(text: str) -> Instant:
    return instant(np.datetime64(text))
