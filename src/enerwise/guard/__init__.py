"""What is allowed: the only door to a machine. Reads in one sitting; imports core, site, numpy and nothing else."""

from enerwise.guard.arming import ArmingFacts, DeviceFacts, Refusal, refusals
from enerwise.guard.bands import Share
from enerwise.guard.envelope import Allowed, Envelope, Rule
from enerwise.guard.guard import Guard
from enerwise.guard.judge import Outcome, Verdict, Wish
from enerwise.guard.lifecycle import Signal, State
from enerwise.guard.observed import Observed, Seen, is_controllable, observe
from enerwise.guard.permit import Check, Checker, Permit
from enerwise.guard.supervise import Finding, Sample, Watched, WatchState, start, step
from enerwise.guard.trips import Trips

__all__ = [
    "Allowed",
    "ArmingFacts",
    "Check",
    "Checker",
    "DeviceFacts",
    "Envelope",
    "Finding",
    "Guard",
    "Observed",
    "Outcome",
    "Permit",
    "Refusal",
    "Rule",
    "Sample",
    "Seen",
    "Share",
    "Signal",
    "State",
    "Trips",
    "Verdict",
    "WatchState",
    "Watched",
    "Wish",
    "is_controllable",
    "observe",
    "refusals",
    "start",
    "step",
]
