"""The recorder: what a turn saw, wished and did becomes events, each with the ids of what it followed from."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from enerwise.agents.arbiter import Dropped
from enerwise.agents.manager import ModeChoice
from enerwise.core.event import Event, Json, Kind
from enerwise.core.intent import Proposal, Reason
from enerwise.core.series import Frame, Key
from enerwise.core.time import Instant
from enerwise.devices.port import Receipt
from enerwise.guard import Permit, Verdict
from enerwise.guard.permit import Check
from enerwise.site.validate import Refused

if TYPE_CHECKING:
    from enerwise.run.world import World


class Recorder:
    """Collects the events of one turn; ids are site, turn and a counter."""

    def __init__(self, world: "World", now: Instant) -> None:
        self._world, self.now = world, now
        self.events: list[Event] = []
        self._permitted: dict[str, str] = {}
        self._seen: tuple[str, ...] = ()
        self._told_count = 0
        self._proposed: dict[str, list[str]] = {}

    def measured(self, frames: Sequence[Frame], live: Mapping[Key, float], refused: Sequence[Refused]) -> str:
        """Tell what was measured, what is happening now, and what was refused; return the id of the picture."""
        ended = {
            str(key): float(value)
            for frame in frames
            for key, value in zip(frame.keys, frame.value[-1], strict=True)
            if len(frame)
        }
        now: dict[str, Json] = {str(key): value for key, value in live.items()}
        seen = self._add(Kind.MEASURED, self._world.site.id, {"ended": dict(ended), "now": now})
        self._seen = (seen,)
        for each in refused:
            self._add(Kind.REJECTED, str(each.reading.key), {"value": each.reading.value, **_told(each.reason)}, seen)
        return seen

    def mode(self, choice: ModeChoice) -> str:
        """Tell of a change of mode."""
        return self._add(Kind.MODE, self._world.site.id, {"mode": choice.mode, **_told(choice.reason)}, *self._seen)

    def silent(self, agent: str, error: Exception) -> None:
        """Tell of an agent that failed."""
        self._add(Kind.SILENT, agent, {"error": f"{type(error).__name__}: {error}"}, *self._seen)

    def dropped(self, dropped: Sequence[Dropped]) -> None:
        """Tell of proposals that were not heard."""
        for each in dropped:
            payload: dict[str, Json] = {"agent": each.proposal.agent, "reason": each.why.name.lower(), "facts": {}}
            self._add(Kind.REJECTED, each.proposal.asset, payload, each.proposal.cause or "")

    def proposals(self, proposals: Sequence[Proposal]) -> list[Proposal]:
        """Tell of proposals, and return them with the ids of their events as cause."""
        told = []
        for each in proposals:
            payload: dict[str, Json] = {
                "agent": each.agent,
                "priority": int(each.priority),
                "lower": _finite(each.lower),
                "upper": _finite(each.upper),
                "preferred": each.preferred,
                **_told(each.reason),
            }
            event_id = self._add(Kind.PROPOSED, each.asset, payload, each.cause or "", *self._seen)
            self._proposed.setdefault(each.asset, []).append(event_id)
            told.append(replace(each, cause=event_id))
        return told

    def verdicts(self, verdicts: Sequence[Verdict], permits: Sequence[Permit]) -> None:
        """Tell what the guard made of the wishes, and what it permits."""
        by_asset = {permit.asset: permit for permit in permits}
        for each in verdicts:
            wished = None if each.wish is None else each.wish.value
            payload: dict[str, Json] = {
                "outcome": each.outcome.name.lower(),
                "value": each.value,
                "wished": wished,
                "rule": str(each.rule),
                "agent": "" if each.wish is None else each.wish.agent,
                **({"circuit": each.place} if each.place else {}),
            }
            # Where nobody wished, the mode in force and what was seen are why.
            unwished = (self._world.mode_id or "", *self._seen)
            judged = self._add(Kind.JUDGED, each.asset, payload, *self._proposed.get(each.asset, unwished))
            permit = by_asset.get(each.asset)
            if permit is not None:
                until: dict[str, Json] = {
                    "value": permit.value,
                    "valid_until": str(permit.valid_until),
                    "nonce": permit.nonce,
                }
                self._permitted[each.asset] = self._add(Kind.PERMITTED, each.asset, until, judged)

    def receipts(self, receipts: Sequence[Receipt]) -> None:
        """Tell what the devices answered."""
        for each in receipts:
            payload: dict[str, Json] = {"check": str(each.check), "value": each.value, "ok": each.check is Check.OPENS}
            self._add(Kind.RECEIPT, each.asset, payload, self._permitted.get(each.asset, ""))

    def news(self) -> list[Event]:
        """Return the events told since the last call."""
        before, self._told_count = self._told_count, len(self.events)
        return self.events[before:]

    def _add(self, kind: Kind, subject: str, payload: Mapping[str, Json], *cause: str) -> str:
        event_id = self._world.event_id(len(self.events))
        self.events.append(Event(event_id, self.now, kind, subject, payload, tuple(each for each in cause if each)))
        return event_id


def _told(reason: Reason) -> dict[str, Json]:
    return {"reason": reason.code, "facts": dict(reason.facts)}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
