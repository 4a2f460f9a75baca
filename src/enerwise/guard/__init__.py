"""What is allowed: the only door to a machine. Reads in one sitting; imports core, site, numpy and nothing else."""

from enerwise.guard.envelope import Allowed, Envelope, Rule
from enerwise.guard.guard import Guard
from enerwise.guard.judge import Outcome, Verdict, Wish
from enerwise.guard.lifecycle import Signal, State
from enerwise.guard.observed import Observed, Seen, is_controllable, observe
from enerwise.guard.permit import Check, Checker, Permit
from enerwise.guard.trips import Trips

__all__ = [
    "Allowed",
    "Check",
    "Checker",
    "Envelope",
    "Guard",
    "Observed",
    "Outcome",
    "Permit",
    "Rule",
    "Seen",
    "Signal",
    "State",
    "Trips",
    "Verdict",
    "Wish",
    "is_controllable",
    "observe",
]
