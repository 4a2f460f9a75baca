"""One device behind a gateway process: permits and a heartbeat go in, readings and receipts come out.

The gateway checks every seal by itself. It brings its devices to rest when the door falls silent or its line ends, so
there is no register to arm; a permit lasts as long as the device may keep it, and is renewed well before.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from enerwise.core.quantity import POWER_W, QUANTITIES
from enerwise.core.series import Key, Reading
from enerwise.core.time import AnchoredClock, Instant
from enerwise.devices.gateway_link import GatewayLink
from enerwise.devices.port import Receipt
from enerwise.door.machine import Acknowledged, Sampled, Target
from enerwise.door.seldom import patience_s
from enerwise.door.setup import GatewayPlace
from enerwise.door.unit import REFRESHES, SECOND
from enerwise.guard.permit import Check, Permit
from enerwise.site.wiring import Device

BEAT_NS: Final = SECOND // 4
TELL_NS: Final = 5 * SECOND
"""How often a gateway is told of the site, for those it may tell."""
TELL_COUNT: Final = 50
"""So many channels at one turn: telling delays nobody."""
TROUBLES_COUNT: Final = 8
TROUBLE_LENGTH: Final = 240
ANSWER_NS: Final = SECOND
"""How much longer than the device's own time an answer may take."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A permit on its way."""

    asset: str
    late_ns: int
    done: Acknowledged


class Remote:
    """One device."""

    def __init__(self, device: Device, place: GatewayPlace, clock: AnchoredClock, *, safe_w: dict[str, float]) -> None:
        """Prepare a device; ``safe_w`` holds the safe power of each asset that can be controlled."""
        self.device, self.link = device, GatewayLink(place.path)
        self._place, self._clock = place, clock
        self.targets = {
            asset: Target(role, asset, safe_w[asset])
            for role, asset in device.serves.items()
            if asset in place.moves and asset in safe_w
        }
        self.sampled: Sampled = lambda key, value, at_ns: None
        self.acknowledged: Acknowledged = lambda asset, value, at_ns: None
        self.news: Callable[[], list[Reading]] = list
        """Gives what the gateway may tell others of the site."""
        self.problems: dict[str, str] = {}
        self.write_count = 0
        self.is_unwatched = False
        """Never: the gateway brings it to rest."""
        self.answered_ns = 0
        self._sent: dict[int, Sent] = {}
        self._next_beat_ns = self._next_tell_ns = 0
        self._to_tell: list[Reading] = []
        self._ends = (0, 0)

    @property
    def comms_loss_s(self) -> float:
        """After how long a silence of ours the gateway brings everything to rest; NaN where it is away."""
        return self._place.beat_limit_s if self.link.is_open else math.nan

    @property
    def is_connected(self) -> bool:
        """Whether the gateway is there."""
        return self.link.is_open

    def is_fresh(self, now_ns: int) -> bool:
        """Tell whether what it may move has been heard lately; what only tells may take its time."""
        if not self.targets:
            return self.link.is_open
        return self.answered_ns > 0 and now_ns - self.answered_ns <= patience_s(self.device) * SECOND

    # -- in the loop ---------------------------------------------------------------------------------------------

    def start_at(self, at_ns: int) -> None:
        """Say first at this moment that we are here."""
        self._next_beat_ns = at_ns

    def tick(self, now_ns: int) -> None:
        """Beat, and take in what the gateway has said."""
        if now_ns >= self._next_beat_ns:
            self._next_beat_ns = now_ns + BEAT_NS
            self.link.beat()
        else:
            self.link.look()
        for reading in self.link.readings():
            self._take(reading, now_ns)
        self._follow(now_ns)
        if self._place.is_told:
            self._tell(now_ns)
        told = self.link.problems()[:TROUBLES_COUNT]
        self.problems = {**self._own_problems(), **{f"{at}": why[:TROUBLE_LENGTH] for at, why in enumerate(told)}}

    def arm(self, now_ns: int) -> None:
        """Nothing is to be set: the gateway rests whenever it does not hear us."""

    def _take(self, reading: Reading, now_ns: int) -> None:
        at_ns = min(self._clock.monotonic_ns(reading.start_utc), now_ns)
        # What it says of others, or of what nobody has a word for, is not kept: nothing grows with what it talks.
        if reading.key.asset in self.device.serves.values() and reading.key.quantity in QUANTITIES:
            self.answered_ns = max(self.answered_ns, at_ns)
            self.sampled(reading.key, reading.value, at_ns)

    def _tell(self, now_ns: int) -> None:
        if now_ns >= self._next_tell_ns:
            self._next_tell_ns = now_ns + TELL_NS
            # What its own devices have told it needs no telling.
            own = set(self.device.serves.values())
            self._to_tell = [each for each in self.news() if each.key.asset not in own]
        if self._to_tell and self.link.tell(self._to_tell[:TELL_COUNT]):
            del self._to_tell[:TELL_COUNT]

    def _own_problems(self) -> dict[str, str]:
        return {name: why for name, why in self.problems.items() if not name.isdigit()}

    # -- moving --------------------------------------------------------------------------------------------------

    def apply(self, permit: Permit, now: Instant, now_ns: int) -> Check:
        """Hand over a permit unless the device holds its value already and will for a while, or is just being told."""
        target = self.targets[permit.asset]
        refresh_ns = int(self.device.comms_loss_s / REFRESHES * SECOND)
        holds = permit.value == target.value_w and math.isfinite(target.acked_w)
        is_on_its_way = bool(target.pending_count) and permit.value == target.value_w
        if permit.quantity == POWER_W and not is_on_its_way and not (
            holds and now_ns - target.sent_ns < refresh_ns
        ):  # fmt: skip
            self._hand_over(target, permit, now_ns, self.acknowledged)
        return Check.OPENS

    def fire(self, permit: Permit, now: Instant, now_ns: int, done: Acknowledged) -> bool:
        """Hand over a reflex; a gateway that is away rests when it is back, and tells its devices so."""
        return self._hand_over(self.targets[permit.asset], permit, now_ns, done)

    def _hand_over(self, target: Target, permit: Permit, now_ns: int, done: Acknowledged) -> bool:
        target.value_w, target.acked_w, target.sent_ns = permit.value, math.nan, now_ns
        # The newest counts: what became of an older one is of no interest any more.
        self._sent = {nonce: each for nonce, each in self._sent.items() if each.asset != permit.asset}
        target.pending_count = 0
        if not self.link.permit(permit):
            return False
        self.write_count += 1
        target.pending_count = 1
        self._sent[permit.nonce] = Sent(permit.asset, now_ns + int(self.device.timeout_s * SECOND) + ANSWER_NS, done)
        return True

    def _follow(self, now_ns: int) -> None:
        """See what became of permits; what is lost with the line is told again as soon as it is back."""
        ends = self.link.lost_count, self.link.rested_count
        if ends != self._ends or not self.link.is_open:
            # Lost with the line, or brought to rest there: nothing counts as told any more.
            self._ends = ends
            for target in self.targets.values():
                target.acked_w, target.pending_count = math.nan, 0
            self._sent.clear()
        for nonce, sent in list(self._sent.items()):
            receipt = self.link.receipt(nonce)
            if receipt is not None:
                del self._sent[nonce]
                self._heard(sent, receipt, now_ns)
            elif now_ns > sent.late_ns:
                del self._sent[nonce]
                self._failed(sent.asset, "no answer in time")

    def _heard(self, sent: Sent, receipt: Receipt, now_ns: int) -> None:
        if receipt.asset != sent.asset:
            self._failed(sent.asset, "the gateway answers for another")
        elif receipt.check is not Check.OPENS:
            self._failed(sent.asset, f"the gateway says: permit {receipt.check}")
        elif not math.isfinite(receipt.value):
            self._failed(sent.asset, "the device has not confirmed it")
        else:
            target = self.targets[sent.asset]
            target.acked_w, target.pending_count = receipt.value, 0
            self.problems.pop(f"setpoint {sent.asset}", None)
            sent.done(sent.asset, receipt.value, now_ns)

    def _failed(self, asset: str, why: str) -> None:
        self.targets[asset].pending_count = 0
        self.problems[f"setpoint {asset}"] = why


def news_of(live: dict[Key, tuple[float, int]], clock: AnchoredClock) -> list[Reading]:
    """Return what is known of the site in words that a gateway takes."""
    now = clock.now()
    ages = ((key, value, clock.at(at_ns)) for key, (value, at_ns) in live.items() if np.isfinite(value))
    return [Reading(key, at, value, now) for key, value, at in ages]
