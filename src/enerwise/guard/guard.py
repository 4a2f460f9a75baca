"""The guard of one site: lifecycle, trips and permits in one hand.

It says what is allowed, judges wishes against an envelope of its own making, and seals only verdicts it has given last.
It holds no clock, no file and no socket; whoever holds it keeps `Guard.trips` on disk and hands them back at the start.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from enerwise.core.time import DAY_S, Instant
from enerwise.guard import permit as permits
from enerwise.guard.envelope import Controlled, Envelope, Ratios, Rule, envelope
from enerwise.guard.judge import Verdict, Wish, judge
from enerwise.guard.lifecycle import Signal, State, next_state
from enerwise.guard.observed import Observed
from enerwise.guard.permit import Permit
from enerwise.guard.supervise import Watched
from enerwise.guard.trips import TOO_MANY, WHOLE_SITE, ResetRefusal, Trips
from enerwise.site.rules import Tier
from enerwise.site.site import Site

STALE_AFTER_S: Final = 5.0
"""Three polling periods of the slowest common source; pass three of your own."""


class Guard:
    """The only maker of permits. It begins in BOOT and lets nothing move before `Signal.START`."""

    def __init__(
        self,
        site: Site,
        key: bytes,
        *,
        stale_after_s: float = STALE_AFTER_S,
        trips: Trips | None = None,
        first_nonce: int = 0,
    ) -> None:
        """Take charge of a site.

        Args:
            site: What stands there, with its limits.
            key: 16 to 64 fresh secret bytes, shared with the checkers, used for one life of one guard.
            stale_after_s: Age beyond which a value counts as unknown, above zero. [s]
            trips: What had tripped before the restart.
            first_nonce: Permits are numbered from here on; an earlier guard with the same key has used those before.

        Raises:
            ValueError: The key has the wrong length, or ``stale_after_s`` is not above zero.
        """
        permits.check_key(key)
        if not stale_after_s > 0:
            raise ValueError(f"stale_after_s must be above 0 s, got {stale_after_s}")
        self.state = State.BOOT
        self.trips = trips or Trips()
        self.derate: Mapping[str, Ratios] = {}
        """What supervision leaves of each asset's power, discharging and charging; an asset not named keeps all."""
        self.import_limit_w = np.inf
        """What somebody asks for until the next look; only where it is below the limit of the connection it counts."""
        self._controlled = Controlled.of(site)
        self._stale_after_s = stale_after_s
        self._key = key
        self._nonce = first_nonce
        self._judged: tuple[Verdict, ...] = ()

    @property
    def assets(self) -> tuple[str, ...]:
        """Ids of everything that can be moved."""
        return self._controlled.ids

    def envelope(self, observed: Observed, now: Instant) -> Envelope:
        """Return what is allowed now."""
        return envelope(
            self._controlled,
            observed,
            now,
            stale_after_s=self._stale_after_s,
            is_running=self.state is State.RUNNING,
            tripped=self._tripped(),
            derate=self.derate,
            import_limit_w=self.import_limit_w,
        )

    def judge(self, wishes: Sequence[Wish], observed: Observed, now: Instant) -> tuple[Verdict, ...]:
        """Judge wishes against an envelope computed afresh; see `enerwise.guard.judge.judge`."""
        self._judged = judge(wishes, self.envelope(observed, now))
        return self._judged

    def permit(self, verdict: Verdict, now: Instant, *, valid_s: float) -> Permit | None:
        """Seal one verdict of the last judgement.

        Args:
            verdict: What `judge` answered, the very object.
            now: The present.
            valid_s: How long the permit opens, above zero, up to a day. [s]

        Returns:
            The permit; None for a verdict on a setpoint that does not exist.

        Raises:
            ValueError: This guard has not given the verdict last, or ``valid_s`` is out of range.
        """
        if not any(verdict is each for each in self._judged):
            raise ValueError(f"{verdict.asset}: only verdicts of the last judgement are sealed")
        if not 0 < valid_s <= DAY_S:
            raise ValueError(f"{verdict.asset}: a permit is valid for up to a day, not {valid_s} s")
        if verdict.rule is Rule.NO_SUCH_SETPOINT:
            return None
        self._nonce += 1
        return permits.seal(
            self._key,
            asset=verdict.asset,
            quantity=verdict.quantity,
            value=verdict.value,
            valid_until=now + np.timedelta64(round(valid_s * 1000), "ms"),
            nonce=self._nonce,
        )

    def permits(self, verdicts: Iterable[Verdict], now: Instant, *, valid_s: float) -> tuple[Permit, ...]:
        """Seal what can be sealed of the last judgement."""
        sealed = (self.permit(each, now, valid_s=valid_s) for each in verdicts)
        return tuple(each for each in sealed if each is not None)

    def signal(self, signal: Signal) -> bool:
        """Take one step through the lifecycle, and tell whether it was allowed.

        While the whole site is tripped neither a start nor a reset of the lifecycle is.
        """
        is_blocked = self.trips.is_site_tripped and signal in (Signal.START, Signal.RESET_BY_PERSON)
        following = None if is_blocked else next_state(self.state, signal)
        if following is None:
            return False
        self.state = following
        return True

    def trip(self, subject: str, cause: str, now: Instant) -> None:
        """Latch a fault of one asset, or of `WHOLE_SITE`: then the lifecycle goes to ERROR."""
        self.trips = self.trips.tripped(subject, cause, now)
        if self.trips.is_site_tripped:
            self.signal(Signal.FAULT)

    def calm(self, subject: str, cause: str) -> None:
        """Note that a fault is no longer active; it stays tripped."""
        self.trips = self.trips.calmed(subject, cause)

    def heed(self, watched: Watched, now: Instant) -> None:
        """Take over what supervision found: what is left of each asset's power, new trips, and faults that are gone."""
        self.derate = watched.derate
        tripping = [each for each in watched.findings if each.tier is Tier.TRIP and each.is_active]
        for each in tripping:
            self.trip(each.subject, each.cause, now)
        for latched in self.trips.latched:
            if watched.is_calm(latched.subject, latched.cause):
                self.calm(latched.subject, latched.cause)
        # What was too much to be told apart is over when nothing is active that was not.
        if not tripping and not any(each.is_active for each in self.trips.latched if each.cause != TOO_MANY):
            self.calm(WHOLE_SITE, TOO_MANY)

    def reset(self, subject: str, cause: str, *, person: str, now: Instant) -> ResetRefusal | None:
        """Release one trip, or say why not. The lifecycle has a reset of its own."""
        after = self.trips.reset(subject, cause, person=person, now=now)
        if isinstance(after, ResetRefusal):
            return after
        self.trips = after
        return None

    def _tripped(self) -> frozenset[str]:
        return frozenset(each for each in self.assets if self.trips.holds(each))
