"""What the door decides. It sees no socket, no file and no clock: samples, messages and stops come in, values go out.

A decision is the guard's own: permits of the site process are opened with their key and become wishes again, the guard
of the door judges them afresh against its own look at the machines, and what it seals with its own key is all that a
device obeys. Whatever nobody wishes for is left alone until it has been moved once; from then on it is told to rest.
What stands behind a gateway is brought to rest by that when it begins.

Stops go another way. A second guard that is never started knows only safe values; what it seals is kept ready, so that
a stop has nothing left to decide.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from enerwise.core.quantity import ENERGY_WH, SOC_RATIO
from enerwise.core.series import Key
from enerwise.core.time import AnchoredClock, Instant
from enerwise.devices.door_words import Answer, Ask, Sighting
from enerwise.devices.mailbox import Message
from enerwise.door.follow import NOT_FOLLOWED, Follow
from enerwise.door.managed import managed, narrowed
from enerwise.door.reckoning import Reckoned, reckoned, with_reckoned
from enerwise.door.seldom import Seldom
from enerwise.door.setup import Setup
from enerwise.door.switched import Switched
from enerwise.guard import (
    Check,
    Checker,
    Guard,
    Observed,
    Permit,
    Signal,
    State,
    Trips,
    Verdict,
    Wish,
    observe,
    supervise,
)
from enerwise.guard.supervise import Finding, Sample
from enerwise.guard.trips import WHOLE_SITE, ResetRefusal
from enerwise.site.assets import Battery
from enerwise.site.validate import channel_bands

HOLD_S: Final = 2.0
"""Until when a decision must stand: the next one comes within a second, and may be late by one."""
REFLEX_S: Final = 15.0
"""How long what is armed opens; it is sealed afresh well before."""
REFLEX_NONCES: Final = 1 << 62
"""Reflexes are numbered apart, so that receipts of both can be told apart."""
MS: Final = 1_000_000
SECOND: Final = 1_000_000_000
RESET_PAUSE_NS: Final = 10 * SECOND


@dataclass(frozen=True, slots=True)
class Standing:
    """A wish in force: what the site process was permitted by its own guard."""

    wish: Wish
    nonce: int
    valid_until: Instant


class Core:
    """One life of the door, between its start and its end."""

    def __init__(self, setup: Setup, *, first_nonce: int = 0) -> None:
        """Begin a life; a gateway that outlives it takes no number of its permits twice."""
        self.setup = setup
        self.clock = AnchoredClock(*setup.anchor)
        self._asked = Checker(setup.ask_key)
        now = self.clock.now()
        trips = None if setup.trips_blob is None else Trips.from_bytes(setup.trips_blob, now)
        self.guard = Guard(
            setup.site, setup.door_key, stale_after_s=setup.stale_after_s, trips=trips, first_nonce=first_nonce
        )
        self._reflex_guard = Guard(setup.site, setup.reflex_key, first_nonce=first_nonce + REFLEX_NONCES)
        self._hold_s = {
            asset: max(HOLD_S, device.comms_loss_s)
            for device in setup.devices
            if device.id in setup.gateways
            for asset in device.serves.values()
        }
        self.why = ""
        self.turn = -1
        self.answers: dict[str, Answer] = {}
        self.live: dict[Key, Sighting] = {}
        self._bands = channel_bands(setup.site.assets, setup.site.connection, setup.site.circuits)
        self.doubted_count = 0
        """Values that no machine can show, such as a load far below zero."""
        self.moved: set[str] = set()
        """Assets that have been sent a value in this life: they are told to rest where others are left alone."""
        self._told_w: dict[str, float] = {}
        self._reckoned: dict[str, Reckoned] = {}
        self._standing: dict[str, Standing] = {}
        self._seldom, self._managed = Seldom(setup), managed(setup)
        self._granted: set[str] = set()
        """Switched loads that the judge would let on."""
        self._switched = {load: Switched(relay) for load, relay in setup.relays.items()}
        self._follow = {each.id: Follow(each) for each in setup.site.of_kind(Battery)}
        self._seen_sequence = 0
        self._last_reset_ns: int | None = None
        self._watch: supervise.WatchState | None = None
        """Born with the first look: a door that was born again has not overslept since the box was started."""
        self.watched: supervise.Watched | None = None
        """What the last look of the supervision found."""
        self.news: list[dict[str, Any]] = []
        """What has happened since the audit last took it."""
        self._begin()

    def _begin(self) -> None:
        if self.guard.trips.is_site_tripped:
            self._signal(Signal.FAULT, "tripped before the restart")
        elif self.setup.starts_stopped:
            self._signal(Signal.STOP, self.setup.starts_stopped)
            if not self.setup.is_passive:
                # Nobody knows what an earlier life had told the machines: all of them are told to rest.
                self.moved |= set(self.guard.assets)
        else:
            self._signal(Signal.SELF_TEST_PASSED, "")

    @property
    def state(self) -> State:
        """Where the lifecycle stands."""
        return self.guard.state

    @property
    def is_running(self) -> bool:
        """Whether wishes are judged."""
        return self.guard.state is State.RUNNING

    # -- what comes in -----------------------------------------------------------------------------------------

    def sample(self, key: Key, value: float, at_ns: int) -> None:
        """Take one value that a device told; what no machine can show is as if it had not been told."""
        band = self._bands.get(key)
        if band is None or band.lowest <= value <= band.highest:
            self.live[key] = (value, at_ns)
        else:
            self.doubted_count += 1

    def hear(self, message: Message | None, now_ns: int) -> bool:
        """Take the newest message of the site process, and tell whether it is news."""
        if message is None or message.sequence <= self._seen_sequence or not message.is_fresh(now_ns):
            return False
        self._seen_sequence = message.sequence
        ask = Ask.from_bytes(message.content)
        if ask is None:
            self.tell("refused", "site", why="a message that cannot be read")
            return False
        self._take(ask, now_ns)
        return True

    def _take(self, ask: Ask, now_ns: int) -> None:
        now = self.clock.at(now_ns)
        self.turn, self.answers = ask.turn, {}
        for key, (value, at_ns) in ask.live.items():
            # Nobody has read a value before it was there; a time ahead would keep it young for ever.
            self.sample(key, value, min(at_ns, now_ns))
        self._standing = {}
        for permit in ask.permits:
            check = self._asked.check(permit, now)
            self.answers[permit.asset] = Answer(permit.asset, permit.nonce, str(check))
            if check is Check.OPENS:
                wish = Wish(permit.asset, permit.value, quantity=permit.quantity, agent="site")
                self._standing[permit.asset] = Standing(wish, permit.nonce, permit.valid_until)
            else:
                self.tell("refused", permit.asset, why=f"permit {check}", value=permit.value)

    # -- what people and inputs say ----------------------------------------------------------------------------

    def stop(self, cause: str, who: str = "") -> bool:
        """Go to STOPPED, and tell whether that is news."""
        self._standing = {}
        if not self._signal(Signal.STOP, cause):
            return False
        self.tell("stop", WHOLE_SITE, why=cause, who=who)
        return True

    def pause(self, cause: str) -> bool:
        """Go to IDLE: everything rests until somebody starts it again."""
        self._standing = {}
        return self._signal(Signal.PAUSE, cause)

    def start(self, refusals: Iterable[str], who: str = "") -> tuple[str, ...]:
        """Go to RUNNING unless something speaks against it; everything that does is returned."""
        refusals = tuple(refusals)
        if not refusals and not self._signal(Signal.START, ""):
            refusals = (f"the door is {self.state}, not {State.IDLE}",)
        self.tell("start" if not refusals else "refused", WHOLE_SITE, who=who, why="; ".join(refusals))
        return refusals

    def reset(self, person: str, cause: str, subject: str | None, now_ns: int) -> str:
        """Release what is latched: one trip, or with ``subject`` None the stop; return why not, empty where done.

        ``cause`` is what the person acknowledges: for a stop the very words that `why` shows.
        """
        refusal = self._reset(person, cause, subject, now_ns)
        if not refusal:
            self._last_reset_ns = now_ns
        self.tell("refused reset" if refusal else "reset", subject or WHOLE_SITE, why=refusal or cause, who=person)
        return refusal

    def _reset(self, person: str, cause: str, subject: str | None, now_ns: int) -> str:
        if not person.strip():
            return str(ResetRefusal.NOBODY)
        if self._last_reset_ns is not None and now_ns - self._last_reset_ns < RESET_PAUSE_NS:
            return str(ResetRefusal.TOO_SOON)
        if subject is not None:
            refused = self.guard.reset(subject, cause, person=person, now=self.clock.at(now_ns))
            return "" if refused is None else str(refused)
        if self.guard.trips.is_site_tripped:
            return "the whole site has tripped: reset that first"
        if cause != self.why:
            return f"acknowledge the cause: {self.why!r}"
        if not self._signal(Signal.RESET_BY_PERSON, ""):
            return f"the door is {self.state}: nothing to reset"
        if self.state is State.BOOT:
            self._signal(Signal.SELF_TEST_PASSED, "")
        return ""

    def trip(self, subject: str, cause: str, now_ns: int) -> None:
        """Latch a fault; where it is the whole site's the door goes to ERROR."""
        if self.guard.trips.tripped(subject, cause, self.clock.at(now_ns)) == self.guard.trips:
            return
        before = self.state
        self.guard.trip(subject, cause, self.clock.at(now_ns))
        if self.state is not before:
            self.why, self._standing = cause, {}
        self.tell("trip", subject, why=cause)

    def calm(self, subject: str, cause: str) -> None:
        """Note that a fault is gone; its trip stays."""
        self.guard.calm(subject, cause)

    def supervise(self, now_ns: int) -> bool:
        """Look at everything that is measured, and tell whether that changes what is allowed."""
        if self.setup.rules is None:
            return False
        watch = self._watch or supervise.start(self.setup.rules, now_ns / SECOND)
        ages_s = self.ages_s(now_ns)
        samples = {key: Sample(value, ages_s[key]) for key, (value, _) in self.live.items()}
        before, derate, trips = self._tiers(), self.guard.derate, self.guard.trips.latched
        self.watched = supervise.step(self.setup.rules, watch, samples, now_ns / SECOND)
        self._watch = self.watched.state
        was = self.state
        self.guard.heed(self.watched, self.clock.at(now_ns))
        left = {each.battery.id: each.left(samples, now_ns / SECOND) for each in self._managed}
        self.guard.derate = narrowed(self.guard.derate, left)
        self._follow_up(samples, now_ns)
        has_switched = self._switch(samples, now_ns)
        for each in self._tiers() - before:
            self.tell("finding", each[1], id=each[0], tier=each[2])
        for trip in self.guard.trips.latched:
            if not any((trip.subject, trip.cause) == (each.subject, each.cause) for each in trips):
                self.tell("trip", trip.subject, why=trip.cause)
                self.why = trip.cause if self.state is not was else self.why
        if self.state is not was:
            self._standing = {}
        return has_switched or self.guard.derate != derate or self.guard.trips.latched != trips

    def _switch(self, samples: Mapping[Key, Sample], now_ns: int) -> bool:
        """Let every relay go on in its sequence, and tell whether any coil changes.

        One that nobody has moved or wishes on is left alone: a hand at its switch is no fault of its contact.
        """
        has_changed = False
        for load, each in self._switched.items():
            is_wanted = load in self._granted
            is_ours = is_wanted or load in self.moved or self.guard.trips.holds(load)
            if self.setup.is_passive or not is_ours:
                continue
            has_changed |= each.look(
                samples,
                now_ns / SECOND,
                is_wanted=is_wanted,
                is_permitted=self.is_running and not self.guard.trips.holds(load),
                is_tripped=any((trip.subject, trip.cause) == (load, each.fault) for trip in self.guard.trips.latched),
            )
            if each.fault:
                self.guard.trip(load, each.fault, self.clock.at(now_ns))
            if each.is_open:
                # Also what an earlier life of the door has latched.
                for cause in each.faults:
                    self.guard.calm(load, cause)
        return has_changed

    def _follow_up(self, samples: Mapping[Key, Sample], now_ns: int) -> None:
        for asset, each in self._follow.items():
            if each.is_wrong(samples, now_ns):
                self.guard.trip(asset, NOT_FOLLOWED, self.clock.at(now_ns))
            else:
                self.guard.calm(asset, NOT_FOLLOWED)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is beyond a level now."""
        return () if self.watched is None else tuple(each for each in self.watched.findings if each.is_active)

    def _tiers(self) -> set[tuple[str, str, str]]:
        return {(each.id, each.subject, str(each.tier)) for each in self.findings}

    # -- what goes out -----------------------------------------------------------------------------------------

    def decide(self, now_ns: int, connected: Iterable[str]) -> tuple[Permit, ...]:
        """Judge afresh and return what devices shall be sent now.

        Args:
            now_ns: The present on the monotonic clock.
            connected: Assets whose devices can be spoken to; the others are judged too, for the row's sake.
        """
        now = self.clock.at(now_ns)
        self._standing = {asset: each for asset, each in self._standing.items() if each.valid_until > now}
        hears = self.is_running and not self.setup.is_passive
        wishes, observed = [each.wish for each in self._standing.values()] if hears else [], self._observed(now_ns)
        if self._switched:
            # What the judge would let on is wanted; it is let on when the sequence of its relay has come so far.
            first = self.guard.judge(wishes, observed, now)
            self._granted = {each.asset for each in first if each.asset in self._switched and each.value > 0.0}
            wishes = [self._heard(each) for each in wishes]
        verdicts = self.guard.judge(wishes, observed, now)
        reachable = set(connected)
        chosen = [each for each in verdicts if each.asset in reachable and (each.wish or each.asset in self.moved)]
        permits = tuple(
            permit
            for each in chosen
            for permit in self.guard.permits([each], now, valid_s=self._hold_s.get(each.asset, HOLD_S))
        )
        self._answer(verdicts)
        self.moved |= {each.asset for each in permits}
        self._told_w |= {each.asset: each.value for each in permits}
        return permits

    def _heard(self, wish: Wish) -> Wish:
        switched = self._switched.get(wish.asset)
        return wish if switched is None else switched.heard(wish)

    def reflexes(self, now_ns: int) -> tuple[Permit, ...]:
        """Return permits for the safe value of every asset, to be kept ready for a stop."""
        now = self.clock.at(now_ns)
        verdicts = self._reflex_guard.judge((), self._observed(now_ns), now)
        return self._reflex_guard.permits(verdicts, now, valid_s=REFLEX_S)

    def sent(self, asset: str, value_w: float, at_ns: int) -> None:
        """Note that a device has acknowledged a value."""
        if (follow := self._follow.get(asset)) is not None:
            follow.told(value_w, at_ns)
        if (answer := self.answers.get(asset)) is not None:
            self.answers[asset] = replace(answer, sent=True, value_w=value_w)

    def ages_s(self, now_ns: int) -> dict[Key, float]:
        """Return how old each value is. [s]"""
        return {key: (now_ns - at_ns) / SECOND for key, (_, at_ns) in self.live.items()}

    def tell(self, kind: str, subject: str, **payload: Any) -> None:
        """Note something for the audit; what nobody takes is bounded, and the count of the lost is told."""
        self.news.append({"kind": kind, "subject": subject, "payload": payload})

    def _observed(self, now_ns: int) -> Observed:
        values = {key: value for key, (value, _) in self.live.items() if math.isfinite(value)}
        ages_s = self.ages_s(now_ns)
        for battery in self.setup.site.of_kind(Battery):
            told_w = self._told_w.get(battery.id, math.nan)
            self._reckoned[battery.id] = reckoned(self._reckoned.get(battery.id), battery, values, told_w, now_ns)
            if Key(battery.id, ENERGY_WH) not in ages_s and Key(battery.id, SOC_RATIO) in ages_s:
                ages_s[Key(battery.id, ENERGY_WH)] = ages_s[Key(battery.id, SOC_RATIO)]
        unread_w, rise_w = self._seldom.look(values, ages_s, self._told_w)
        shown = with_reckoned(values, self._reckoned)
        return observe(self.setup.site, shown, ages_s, hold_s=HOLD_S, unread_w=unread_w, rise_w=rise_w)

    def _answer(self, verdicts: Iterable[Verdict]) -> None:
        for each in verdicts:
            known = self.answers.get(each.asset)
            if known is not None and known.check == str(Check.OPENS):
                told = (each.outcome.name.lower(), str(each.rule), each.value)
                if (known.outcome, known.rule) != told[:2]:
                    self.tell("decision", each.asset, outcome=told[0], rule=told[1], value=each.value)
                self.answers[each.asset] = replace(known, outcome=told[0], rule=told[1], value_w=each.value)

    def _signal(self, signal: Signal, why: str) -> bool:
        before = self.state
        if not self.guard.signal(signal):
            return False
        self.why = why
        self.tell("lifecycle", WHOLE_SITE, was=str(before), now=str(self.state), why=why)
        return True
