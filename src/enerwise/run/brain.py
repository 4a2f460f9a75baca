"""The brain: plans made in a process of their own, asked for over a socket on this machine.

A solver that hangs, eats memory or dies takes no turn with it: whoever asks waits a bounded time beside the turns, and
the plan in force expires on its own. What comes back are numbers and text, never objects; the site process believes a
plan no more than any other wish.
"""

import contextlib
import io
import json
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from enerwise.core.errors import EnerwiseError, PlanError
from enerwise.core.event import Event
from enerwise.core.outlook import BrokenWish, Plan
from enerwise.core.time import Instant, TimeGrid, instant
from enerwise.run.planner import Planned

PATIENCE_S: Final = 60.0
LENGTH: Final = struct.Struct(">I")
LIMIT_BYTES: Final = 64 << 20
ARRAYS: Final = (
    "power_w",
    "energy_wh",
    "law",
    "grid_target_w",
    "grid_power_w",
    "grid_ceiling_w",
    "dual_eur_per_kwh",
)


class Plans(Protocol):
    """Whoever makes plans, here or elsewhere."""

    def plan(self, now: Instant, event_id: str, *, cause: tuple[str, ...] = ()) -> Planned | None:
        """Return a plan from what is known ``now``; None while there is too little history."""
        ...


class RemotePlanner:
    """Asks the brain. Every question is a connection of its own, so that a brain that was restarted is found again."""

    def __init__(self, path: Path, *, patience_s: float = PATIENCE_S) -> None:
        self._path, self._patience_s = path, patience_s

    def plan(self, now: Instant, event_id: str, *, cause: tuple[str, ...] = ()) -> Planned | None:
        """Return the brain's plan; None while it knows too little.

        Raises:
            PlanError: The brain is not there, does not answer in time, or cannot plan; the text says which.
        """
        question = {"now": str(now), "event_id": event_id, "cause": list(cause)}
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(self._patience_s)
                line.connect(str(self._path))
                _send(line, json.dumps(question).encode())
                answer = _receive(line)
        except (OSError, ValueError) as error:
            raise PlanError(f"the brain gives no plan: {str(error) or type(error).__name__}") from None
        return decoded(answer)


def serve(path: Path, make: Callable[[], Plans], *, goes_on: Callable[[], bool]) -> None:
    """Answer questions until ``goes_on`` says no; looked at twice a second.

    Args:
        path: Where to listen.
        make: Makes the planner, when it is first needed.
        goes_on: Whether the parent still wants plans.
    """
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(beside))
        beside.chmod(0o600)
        listener.listen(64)
        # The name appears when somebody listens behind it.
        beside.replace(path)
        listener.settimeout(0.5)
        planner: Plans | None = None
        while goes_on():
            try:
                line, _ = listener.accept()
            except TimeoutError:
                continue
            with line, contextlib.suppress(OSError, ValueError):
                line.settimeout(5.0)
                question = json.loads(_receive(line))
                planner = planner or make()
                _send(line, _answered(planner, question))


def _answered(planner: Plans, question: dict[str, Any]) -> bytes:
    try:
        now, cause = instant(np.datetime64(question["now"])), tuple(question["cause"])
        return encoded(planner.plan(now, question["event_id"], cause=cause))
    except Exception as error:  # Whatever went wrong, the site process must learn of it in words.
        told = str(error) if isinstance(error, EnerwiseError) else f"{type(error).__name__}: {error}"
        return encoded_trouble(told)


def encoded(planned: Planned | None) -> bytes:
    """Return a plan with its events and inputs as bytes."""
    if planned is None:
        return _packed({"none": True}, {})
    plan = planned.plan
    head = {
        "grid": [str(plan.grid.start_utc), plan.grid.step_s, plan.grid.step_count],
        "issued_at": str(plan.issued_at),
        "assets": list(plan.assets),
        "cost_eur": dict(plan.cost_eur),
        "gap_eur": plan.gap_eur,
        "broken": [[each.name, each.amount, each.unit] for each in plan.broken],
        "notes": list(plan.notes),
        "events": [each.to_bytes().decode() for each in planned.events],
    }
    arrays = {name: getattr(plan, name) for name in ARRAYS}
    return _packed(head, {**arrays, "blob": np.frombuffer(planned.blob, dtype=np.uint8)})


def encoded_trouble(told: str) -> bytes:
    """Return what went wrong as bytes."""
    return _packed({"trouble": told}, {})


def decoded(content: bytes) -> Planned | None:
    """Read what `encoded` wrote.

    Raises:
        PlanError: The brain told of trouble, or the bytes are no plan.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            arrays = dict(found)
        head = json.loads(arrays.pop("head").tobytes())
        if "trouble" in head:
            raise PlanError(str(head["trouble"]))
        if "none" in head:
            return None
        start, step_s, step_count = head["grid"]
        plan = Plan(
            grid=TimeGrid(np.datetime64(start, "ms"), int(step_s), int(step_count)),
            issued_at=np.datetime64(head["issued_at"], "ms"),
            assets=tuple(head["assets"]),
            cost_eur=head["cost_eur"],
            gap_eur=float(head["gap_eur"]),
            broken=tuple(BrokenWish(*each) for each in head["broken"]),
            notes=tuple(head["notes"]),
            **{name: arrays[name] for name in ARRAYS},
        )
        events = tuple(Event.from_bytes(each.encode()) for each in head["events"])
        return Planned(plan, events, arrays["blob"].tobytes())
    except (KeyError, ValueError, TypeError, OSError, EOFError) as error:
        raise PlanError(f"the brain's answer is no plan: {error}") from None


def _packed(head: dict[str, Any], arrays: dict[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, head=np.frombuffer(json.dumps(head).encode(), dtype=np.uint8), **arrays)
    return buffer.getvalue()


def _send(line: socket.socket, content: bytes) -> None:
    line.sendall(LENGTH.pack(len(content)) + content)


def _receive(line: socket.socket) -> bytes:
    (length,) = LENGTH.unpack(_exactly(line, LENGTH.size))
    if length > LIMIT_BYTES:
        raise ValueError(f"a message of {length} bytes is too long")
    return _exactly(line, length)


def _exactly(line: socket.socket, count: int) -> bytes:
    content = b""
    while len(content) < count:
        data = line.recv(min(count - len(content), 1 << 20))
        if not data:
            raise ConnectionError("the line was closed")
        content += data
    return content
