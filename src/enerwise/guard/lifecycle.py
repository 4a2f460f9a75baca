"""The lifecycle of the guard, as one table.

Five states. **BOOT**: nothing is known yet, everything rests. **IDLE**: tested and willing, everything rests.
**RUNNING**: wishes are judged; the only state in which anything may move. **ERROR**: a fault, everything rests until a
person has looked. **STOPPED**: somebody pressed stop; only a person leads out, through the self-test.

Three invariants can be read off the table. Only START leads to RUNNING, and only from IDLE. FAULT and STOP lead away
from RUNNING in one step. Nothing leads out of ERROR or STOPPED to a moving machine without RESET_BY_PERSON. What the
table does not list is refused and changes nothing. Every life begins in BOOT, whatever the last one was doing.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """Where the guard stands."""

    BOOT = "boot"
    IDLE = "idle"
    RUNNING = "running"
    ERROR = "error"
    STOPPED = "stopped"


class Signal(StrEnum):
    """What can happen to it."""

    SELF_TEST_PASSED = "self test passed"
    START = "start"
    PAUSE = "pause"
    STOP = "stop"
    FAULT = "fault"
    RESET_BY_PERSON = "reset by person"


NEXT: Final = MappingProxyType(
    {
        (State.BOOT, Signal.SELF_TEST_PASSED): State.IDLE,
        (State.BOOT, Signal.FAULT): State.ERROR,
        (State.BOOT, Signal.STOP): State.STOPPED,
        (State.IDLE, Signal.START): State.RUNNING,
        (State.IDLE, Signal.FAULT): State.ERROR,
        (State.IDLE, Signal.STOP): State.STOPPED,
        (State.RUNNING, Signal.PAUSE): State.IDLE,
        (State.RUNNING, Signal.FAULT): State.ERROR,
        (State.RUNNING, Signal.STOP): State.STOPPED,
        (State.ERROR, Signal.RESET_BY_PERSON): State.IDLE,
        (State.ERROR, Signal.STOP): State.STOPPED,
        (State.STOPPED, Signal.RESET_BY_PERSON): State.BOOT,
    }
)


def next_state(state: State, signal: Signal) -> State | None:
    """Return the state that follows, or None where the table refuses the signal."""
    return NEXT.get((state, signal))
