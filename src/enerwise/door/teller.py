"""What the door says of itself: its state for everybody, and lines for the audit. It never waits for a listener."""

import json
import math
import os
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from enerwise.core.time import LiveClock, cpu_s
from enerwise.devices.door_words import TOLD_BYTES, Told
from enerwise.devices.mailbox import Mailbox
from enerwise.door.core import MS, SECOND, Core
from enerwise.door.inputs import Inputs
from enerwise.door.machine import Machine
from enerwise.door.realtime import Granted
from enerwise.door.starts import Starts
from enerwise.door.stops import Stops
from enerwise.guard.supervise import Finding
from enerwise.guard.trips import Trips

AUDIT_LIMIT: Final = 1000
"""Lines that wait for the parent to take them."""
TURNS_REMEMBERED: Final = 6000


class Teller:
    """Puts in words what the other parts know."""

    def __init__(
        self, core: Core, units: Sequence[Machine], inputs: Inputs, starts: Starts, stops: Stops, granted: Granted
    ) -> None:
        self._core, self._units, self._inputs = core, units, inputs
        self._starts, self._stops, self._granted = starts, stops, granted
        self._box = Mailbox(core.setup.wires.told_fd, TOLD_BYTES)
        self._lines: deque[bytes] = deque()
        self._unsent = b""
        self.lost_count = 0
        self._late_ns: deque[int] = deque(maxlen=TURNS_REMEMBERED)
        self._began_ns = 0

    def begin(self, now_ns: int) -> None:
        """Note when this life began."""
        self._began_ns = now_ns
        if self._core.setup.wires.audit_fd is not None:
            os.set_blocking(self._core.setup.wires.audit_fd, False)

    def late(self, late_ns: int) -> None:
        """Note by how much a turn came later than it should."""
        self._late_ns.append(max(0, late_ns))

    def publish(self, now_ns: int) -> None:
        """Leave the state where everybody finds it."""
        try:
            self._box.write(self.told(now_ns).to_bytes(), written_ns=now_ns)
        except ValueError:
            # More to tell than fits: the state and the trips still do.
            small = Told(state=str(self._core.state), why=self._core.why, trips=trip_rows(self._core.guard.trips))
            self._box.write(small.to_bytes(), written_ns=now_ns)

    def told(self, now_ns: int) -> Told:
        """Return everything there is to say."""
        core = self._core
        return Told(
            state=str(core.state),
            why=core.why,
            turn=core.turn,
            answers=tuple(core.answers.values()),
            live={key: each for key, each in core.live.items() if math.isfinite(each[0])},
            trips=trip_rows(core.guard.trips),
            trips_blob=core.guard.trips.to_bytes().decode(),
            findings=tuple(_finding_words(each) for each in core.findings),
            units=tuple(_unit_words(each, now_ns) for each in self._units),
            refusals=self._starts.refusals,
            health=self._health(now_ns),
        )

    def flush(self) -> None:
        """Hand lines to the parent as far as it takes them; what does not fit is lost and counted."""
        for each in self._core.news:
            row = {"at": str(self._core.clock.now()), **each, "lost": self.lost_count}
            if len(self._lines) < AUDIT_LIMIT:
                self._lines.append(json.dumps(row, separators=(",", ":"), default=str).encode() + b"\n")
            else:
                self.lost_count += 1
        self._core.news.clear()
        fd = self._core.setup.wires.audit_fd
        if fd is None:
            self._lines.clear()
            return
        while self._lines or self._unsent:
            self._unsent = self._unsent or self._lines.popleft()
            try:
                self._unsent = self._unsent[os.write(fd, self._unsent) :]
            except (BlockingIOError, BrokenPipeError):
                return

    def _health(self, now_ns: int) -> Mapping[str, Any]:
        shift_s = float((LiveClock().now() - self._core.clock.at(now_ns)).astype(int)) / 1000
        return {
            "realtime": self._granted.is_realtime,
            "claims_fast_stop": self._granted.is_realtime,
            "remarks": list(self._granted.refusals),
            "uptime_s": (now_ns - self._began_ns) / SECOND,
            "cpu_s": cpu_s(),
            "late_max_ms": max(self._late_ns, default=0) / MS,
            "clock_shift_s": shift_s,
            "audit_lost_count": self.lost_count,
            "stop_inputs": self._inputs.stop_inputs,
            "stop": self._stops.last.told() if self._stops.last else None,
            "passive": self._core.setup.is_passive,
            "bands": self._bands(),
            "left": {asset: list(share) for asset, share in self._core.guard.derate.items()},
        }

    def _bands(self) -> dict[str, Any]:
        """Return the share of time in each band since the start."""
        if self._core.watched is None:
            return {}
        return {name: asdict(share) for name, share in self._core.watched.bands.items()}


def _finding_words(finding: Finding) -> Mapping[str, Any]:
    return {
        "id": finding.id,
        "subject": finding.subject,
        "tier": str(finding.tier),
        "value": finding.value if math.isfinite(finding.value) else None,
        "limit": finding.limit,
        "unit": finding.unit,
        "source": finding.source,
    }


def _unit_words(unit: Machine, now_ns: int) -> Mapping[str, Any]:
    # What the device itself says needs no name in front.
    problems = [why if name.isdigit() else f"{name}: {why}" for name, why in unit.problems.items()]
    return {
        "id": unit.device.id,
        "open": unit.link.is_open,
        "fresh": unit.is_fresh(now_ns),
        "problems": problems + ([unit.link.problem] if unit.link.problem else []),
        "lost_count": unit.link.lost_count,
        "refused_count": unit.link.refused_count,
        "write_count": unit.write_count,
        "comms_loss_s": unit.comms_loss_s if math.isfinite(unit.comms_loss_s) else None,
        "told": {each.asset: each.acked_w for each in unit.targets.values() if math.isfinite(each.acked_w)},
    }


def trip_rows(trips: Trips) -> tuple[Mapping[str, Any], ...]:
    """Return what has tripped in words that JSON knows."""
    return tuple(
        {
            "subject": each.subject,
            "cause": each.cause,
            "at": str(each.at.astype("datetime64[ms]")),
            "active": each.is_active,
        }
        for each in trips.latched
    )
