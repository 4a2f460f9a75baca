"""Relays and contactors: a sequence in front of real contacts.

A contact counts as what its auxiliary contact says, and only what was seen since the stage began counts at all: a value
from before the coil moved proves nothing about afterwards. Old or unknown values are no truths, so that nothing is
closed for want of knowledge. See `enerwise.guard.sequence` for what a table can never do.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from enerwise.core.quantity import IS_CLOSED
from enerwise.core.series import Key
from enerwise.devices.sequences.read import Switching
from enerwise.guard import sequence
from enerwise.guard.interlocks import truths
from enerwise.guard.judge import number
from enerwise.guard.sequence import PERMITTED, RESET, Standing
from enerwise.guard.supervise import Sample

SAME_S: Final = 1e-9
"""A sample so much older than a stage is as old as the stage."""


@dataclass(frozen=True, slots=True)
class Relay:
    """A sequence and where its parts are measured."""

    switching: Switching
    assets: Mapping[str, str]
    """Part of the sequence -> name under which it is measured."""
    stale_s: float = 0.5
    """From then on a value is unknown."""

    def __post_init__(self) -> None:
        lost = [each for each in self.switching.parts if each not in self.assets]
        if lost or not self.stale_s > 0:
            raise ValueError(f"{self.switching.sequence.id}: no asset for {lost}, or no time in {self.stale_s}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayInputs:
    """What comes in at one look."""

    wants: Collection[str] = ()
    """Which of the commands are wished for now."""
    is_permitted: bool = False
    """Whether interlocks, trips and people allow it."""
    is_reset: bool = False
    """Whether a person has just reset the fault."""
    samples: Mapping[Key, Sample] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayOutputs:
    """What goes out."""

    stage: str
    coils: Mapping[str, bool]
    """What every coil shall be, at once."""
    contacts: Mapping[str, bool | None]
    """What every contact was seen to be in this look: closed, open, or not known."""
    may_carry: bool
    """Whether power may flow; otherwise the machines behind must be told to rest."""
    fault: str
    """What is latched, and must be reset by a person."""
    waits_for: Mapping[str, tuple[str, ...]]
    """By the stage that could follow: what is missing."""


def start(relay: Relay, t_s: float) -> Standing:
    """Return the beginning of a life: nothing is driven. [s], on the monotonic clock"""
    return sequence.start(relay.switching.sequence, t_s)


def step(relay: Relay, state: Standing, inputs: RelayInputs, t_s: float) -> tuple[Standing, RelayOutputs]:
    """Look once.

    Args:
        relay: What is switched.
        state: What the last look left.
        inputs: Wishes, leave and what was measured; samples may be missing, values may be anything.
        t_s: Now, on the monotonic clock. [s]
    """
    age_max_s = min(relay.stale_s, number(t_s) - state.since_s + SAME_S)

    def seen(key: Key) -> float:
        sample = inputs.samples.get(Key(relay.assets[key.asset], key.quantity))
        is_fresh = sample is not None and 0 <= number(sample.age_s) <= age_max_s
        return number(sample.value) if sample is not None and is_fresh else math.nan

    is_true: dict[str, object] = {
        **truths(relay.switching.inputs, "", seen, ()),
        **{each: each in inputs.wants for each in relay.switching.commands},
        PERMITTED: inputs.is_permitted,
        RESET: inputs.is_reset,
    }
    state, stage = sequence.step(relay.switching.sequence, state, is_true, t_s)
    coils = relay.switching.sequence.needs
    return state, RelayOutputs(
        stage=stage.id,
        coils={each: each in stage.drives for each in coils},
        contacts={each: _position(seen(Key(each, IS_CLOSED))) for each in coils if each in relay.assets},
        may_carry=stage.carries,
        fault=stage.fault,
        waits_for={each.to: each.missing(is_true) for each in stage.exits if each.when},
    )


def _position(value: float) -> bool | None:
    return None if math.isnan(value) else value > 0.5
