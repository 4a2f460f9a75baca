"""Real time, as far as the system grants it: first-in-first-out priority, locked memory, no garbage collection pauses.

Whatever is refused is told in words, and no fast stop is claimed then.
"""

import ctypes
import gc
import os
from dataclasses import dataclass
from typing import Final

PRIORITY: Final = 50
"""Above everything ordinary, below the kernel's own threads."""
LOCK_NOW_AND_LATER: Final = 1 | 2


@dataclass(frozen=True, slots=True)
class Granted:
    """What the system granted."""

    priority: bool
    memory: bool
    refusals: tuple[str, ...] = ()

    @property
    def is_realtime(self) -> bool:
        """Whether a fast stop may be claimed."""
        return self.priority and self.memory


def ask(*, wanted: bool = True, priority: int = PRIORITY) -> Granted:
    """Ask for real time, and put an end to garbage collection.

    What is alive now is set aside for good; what follows makes no cycles, so that nothing is left to collect.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    if not wanted:
        return Granted(False, False, ("real time was not asked for",))
    refusals = [why for why in (_priority(priority), _memory()) if why]
    return Granted(not _priority_missing(), "memory" not in " ".join(refusals), tuple(refusals))


def _priority(priority: int) -> str:
    if not hasattr(os, "sched_setscheduler"):
        return "this system knows no first-in-first-out priority"
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except OSError as error:
        return f"real-time priority refused: {error.strerror}; grant CAP_SYS_NICE or rtprio {priority}"
    return ""


def _priority_missing() -> bool:
    return not hasattr(os, "sched_getscheduler") or os.sched_getscheduler(0) != os.SCHED_FIFO


def _memory() -> str:
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mlockall(LOCK_NOW_AND_LATER) == 0:
            return ""
        return f"locked memory refused: {os.strerror(ctypes.get_errno())}; grant CAP_IPC_LOCK or memlock unlimited"
    except (OSError, AttributeError):
        return "locked memory is not known to this system"
