"""Switched loads whose relay has an auxiliary contact: what was switched must be seen, and is told where it is not.

The sequence `relay` stands in front of the coil: it closes only what is seen open, and no sooner than a rest after the
last time; what does not close in time is tried three times, and what does not open has welded. Both trip the load.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from enerwise.core.quantity import IS_CLOSED, POWER_W
from enerwise.core.series import Key
from enerwise.devices.profile import Profile
from enerwise.devices.sequences import load_sequence
from enerwise.devices.wrappers.relay import Relay, RelayInputs, RelayOutputs, start, step
from enerwise.guard import Wish, is_controllable
from enerwise.guard.sequence import Standing
from enerwise.guard.supervise import Sample
from enerwise.site.assets import Load
from enerwise.site.site import Site
from enerwise.site.wiring import Device

PART: Final = "relay"
WANTED: Final = "wanted"
DECIDE_S: Final = 1.0
POLLS: Final = 3.0
POLL_MOST_S: Final = 1.0
"""Whoever looks more seldom cannot say in time what a contact does."""


def relays(site: Site, devices: Iterable[Device], profiles: Mapping[str, Profile]) -> dict[str, Relay]:
    """Return the relays whose contact is read, by the load behind each; called by the parent, for it reads a file."""
    loads = {each.id for each in site.of_kind(Load) if is_controllable(each)}
    found = {}
    for device in devices:
        profile = profiles.get(device.id)
        if profile is None or device.is_read_only or device.poll_s > POLL_MOST_S:
            continue
        told = {each.role for each in profile.points if each.quantity == IS_CLOSED}
        moved = {each.role for each in profile.setpoints if each.quantity == POWER_W}
        for role, asset in device.serves.items():
            if asset in loads and role in told & moved:
                numbers = {"feedback_s": POLLS * device.poll_s + DECIDE_S}
                found[asset] = Relay(load_sequence("relay", numbers), {PART: asset}, stale_s=POLLS * device.poll_s)
    return found


class Switched:
    """One load."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._standing: Standing | None = None
        self.outputs: RelayOutputs | None = None
        """What the last look found; None before the first."""
        self._was_tripped = False

    @property
    def faults(self) -> frozenset[str]:
        """Everything that can be wrong with it."""
        stages = self._relay.switching.sequence.stages.values()
        return frozenset(each.fault for each in stages if each.fault)

    @property
    def is_open(self) -> bool:
        """Whether its contact was seen open in the last look."""
        return self.outputs is not None and self.outputs.contacts[PART] is False

    @property
    def fault(self) -> str:
        """What a person has to look at; empty where all is well."""
        return "" if self.outputs is None else self.outputs.fault

    def look(
        self, samples: Mapping[Key, Sample], t_s: float, *, is_wanted: bool, is_permitted: bool, is_tripped: bool
    ) -> bool:
        """Look once, and tell whether the coil shall be something else than before.

        Args:
            samples: What was measured.
            t_s: Now, on the monotonic clock. [s]
            is_wanted: Whether somebody wishes the load on.
            is_permitted: Whether it may be.
            is_tripped: Whether the trip of its own fault stands: when it goes, a person has reset it.
        """
        if self._standing is None:
            self._standing = start(self._relay, t_s)
        inputs = RelayInputs(
            wants=(WANTED,) if is_wanted else (),
            is_permitted=is_permitted,
            is_reset=self._was_tripped and not is_tripped,
            samples=samples,
        )
        self._was_tripped = is_tripped
        before = self.is_on
        self._standing, self.outputs = step(self._relay, self._standing, inputs, t_s)
        return self.is_on is not before

    @property
    def is_on(self) -> bool:
        """Whether the coil shall be on."""
        return self.outputs is not None and self.outputs.coils[PART]

    def heard(self, wish: Wish) -> Wish:
        """Return a wish as far as the sequence allows it: nothing is switched on before its turn."""
        return wish if self.is_on or not wish.value > 0.0 else replace(wish, value=0.0)
