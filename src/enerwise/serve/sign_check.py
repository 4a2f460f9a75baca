"""Whether a meter counts what is taken as taken: it is watched while a person switches a load on.

First the power before is taken, over some seconds; then whoever watches sees it change. A change of half the load says
which way the sign goes; without one, after two minutes, nothing is said.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from enerwise.core.time import elapsed_s
from enerwise.serve.commands.devices import Sign

LOOK_S: Final = 0.5
BEFORE_LOOKS: Final = 6
STEADY_LOOKS: Final = 4
PATIENCE_S: Final = 120.0


class SignWatch:
    """One check."""

    def __init__(self, look: Callable[[], float | None], load_w: float) -> None:
        """Prepare it.

        Args:
            look: Returns the power at the connection now; None while the meter does not answer. [W]
            load_w: What will be switched on. [W]
        """
        self._look, self._load_w = look, load_w
        self.state, self.why = "before", ""
        self.before_w: float | None = None
        self.now_w: float | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._task = asyncio.get_running_loop().create_task(self.watch())

    async def watch(self, *, look_s: float = LOOK_S, patience_s: float = PATIENCE_S) -> None:
        """Watch until the sign is known or the time is over."""
        end_s, seen = elapsed_s() + patience_s, list[float]()
        while elapsed_s() < end_s:
            value = self._look()
            if value is None:
                self.state, self.why = "failed", "the meter does not answer"
                return
            self.now_w = value
            seen.append(value)
            if self._is_done(seen):
                return
            await asyncio.sleep(look_s)
        self.state, self.why = (
            "done",
            "no load of that size was seen; use a larger one, and switch nothing else meanwhile",
        )

    def _is_done(self, seen: list[float]) -> bool:
        if self.before_w is None:
            if len(seen) >= BEFORE_LOOKS:
                self.before_w, self.state = float(np.median(seen)), "waiting"
                seen.clear()
            return False
        # A kettle is not believed at its first click: it has to stay.
        steady = seen[-STEADY_LOOKS:]
        verdicts = {Sign(self.before_w, each, self._load_w).verdict for each in steady}
        if len(steady) < STEADY_LOOKS or len(verdicts) > 1 or verdicts == {"unclear"}:
            return False
        self.now_w, self.state = float(np.mean(steady)), "done"
        return True

    def told(self) -> dict[str, Any]:
        """Return how far it is."""
        has_both = self.before_w is not None and self.now_w is not None and self.state in ("waiting", "done")
        sign = Sign(self.before_w or 0.0, self.now_w or 0.0, self._load_w) if has_both else None
        return {
            "state": self.state,
            "before_w": self.before_w,
            "now_w": self.now_w,
            "rise_w": None if sign is None else sign.rise_w,
            "load_w": self._load_w,
            "verdict": sign.verdict if sign is not None and self.state == "done" else None,
            "why": self.why,
        }
