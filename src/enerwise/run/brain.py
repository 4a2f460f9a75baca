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
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from enerwise.core.errors import EnerwiseError, PlanError
from enerwise.core.event import Event
from enerwise.core.outlook import BrokenWish, Forecast, Plan
from enerwise.core.series import Key
from enerwise.core.time import Instant, TimeGrid, elapsed_s, instant
from enerwise.run.goals import COST
from enerwise.run.planner import Planned, Prices

PATIENCE_S: Final = 60.0
LENGTH: Final = struct.Struct(">I")
LIMIT_BYTES: Final = 64 << 20
LEVEL: Final = 6
"""Of compression of what is kept: two thirds of a plan are repetition."""
ARRAYS: Final = (
    "power_w",
    "energy_wh",
    "law",
    "grid_target_w",
    "grid_power_w",
    "grid_ceiling_w",
    "dual_eur_per_kwh",
)
MADE: Final = "made"
"""Kind of the blobs that hold plans as they were made, by the id of the event that tells of them."""
FORESEEN: Final = "foreseen"
"""The same for the forecasts that plans were made from."""
PRICES: Final = ("import_eur_per_kwh", "export_eur_per_kwh", "is_published")


class Plans(Protocol):
    """Whoever makes plans, here or elsewhere."""

    def plan(self, now: Instant, event_id: str, *, cause: tuple[str, ...] = (), goal: str = COST) -> Planned | None:
        """Return a plan from what is known ``now``; None while there is too little history."""
        ...

    def preview(self, now: Instant, goals: Sequence[str]) -> tuple[Planned, ...]:
        """Return what would be planned for some goals; none while there is too little history."""
        ...


class NotThereError(PlanError):
    """Nobody listens where the brain should."""


class RemotePlanner:
    """Asks the brain. Every question is a connection of its own, so that a brain that was restarted is found again."""

    def __init__(self, path: Path, *, patience_s: float = PATIENCE_S, starts_s: float = 0.0) -> None:
        """Prepare to ask.

        Args:
            path: Where the brain listens.
            patience_s: How long an answer may take.
            starts_s: For so long from now a brain that has not begun to listen is only late.
        """
        self._path, self._patience_s = path, patience_s
        self._late_from_s = elapsed_s() + starts_s

    def plan(self, now: Instant, event_id: str, *, cause: tuple[str, ...] = (), goal: str = COST) -> Planned | None:
        """Return the brain's plan; None while it knows too little, or is still starting.

        Raises:
            PlanError: The brain is not there, does not answer in time, or cannot plan; the text says which.
        """
        try:
            told = self._asked({"now": str(now), "event_id": event_id, "cause": list(cause), "goal": goal})
        except NotThereError:
            if elapsed_s() < self._late_from_s:
                return None
            raise
        return decoded(told)

    def preview(self, now: Instant, goals: Sequence[str]) -> tuple[Planned, ...]:
        """Return what the brain would plan for some goals, in their order; none while it knows too little.

        Raises:
            PlanError: The brain is not there, does not answer in time, or cannot plan; the text says which.
        """
        return decoded_previews(self._asked({"now": str(now), "preview": list(goals)}))

    def _asked(self, question: Mapping[str, Any]) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(self._patience_s)
                line.connect(str(self._path))
                _send(line, json.dumps(question).encode())
                return _receive(line)
        except (OSError, ValueError) as error:
            # Nobody listens: there is no socket, or one that a former life has left.
            is_absent = isinstance(error, FileNotFoundError | ConnectionRefusedError)
            kind = NotThereError if is_absent else PlanError
            raise kind(f"the brain gives no plan: {str(error) or type(error).__name__}") from None


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
        now = instant(np.datetime64(question["now"]))
        if "preview" in question:
            return encoded_previews(planner.preview(now, [str(each) for each in question["preview"]]))
        cause, goal = tuple(question["cause"]), str(question.get("goal", COST))
        return encoded(planner.plan(now, question["event_id"], cause=cause, goal=goal))
    except Exception as error:  # Whatever went wrong, the site process must learn of it in words.
        told = str(error) if isinstance(error, EnerwiseError) else f"{type(error).__name__}: {error}"
        return encoded_trouble(told)


def encoded(planned: Planned | None) -> bytes:
    """Return a plan with its events, inputs, prices and forecasts as bytes."""
    if planned is None:
        return _packed({"none": True}, {})
    plan = planned.plan
    head: dict[str, Any] = {
        "goal": planned.goal,
        "grid": [str(plan.grid.start_utc), plan.grid.step_s, plan.grid.step_count],
        "issued_at": str(plan.issued_at),
        "assets": list(plan.assets),
        "cost_eur": dict(plan.cost_eur),
        "gap_eur": plan.gap_eur,
        "broken": [[each.name, each.amount, each.unit, each.chance_ratio] for each in plan.broken],
        "notes": list(plan.notes),
        "events": [each.to_bytes().decode() for each in planned.events],
    }
    head["states"] = [[asset, name] for asset, states in plan.states.items() for name in states]
    arrays = {name: getattr(plan, name) for name in ARRAYS}
    arrays |= {f"state_{at}": plan.states[asset][name] for at, (asset, name) in enumerate(head["states"])}
    if planned.prices is not None:
        arrays |= {name: getattr(planned.prices, name) for name in PRICES}
    arrays["blob"] = np.frombuffer(planned.blob, dtype=np.uint8)
    arrays["foreseen"] = np.frombuffer(encoded_forecasts(planned.forecasts), dtype=np.uint8)
    return _packed(head, arrays)


def kept(planned: Planned) -> bytes:
    """Return a plan as it is kept: without inputs and forecasts, which lie beside it, and without its events."""
    bare = replace(planned, events=(), blob=b"", forecasts=())
    return zlib.compress(encoded(bare), LEVEL)


def unkept(content: bytes) -> Planned:
    """Read what `kept` wrote.

    Raises:
        PlanError: The bytes are no plan.
    """
    try:
        planned = decoded(zlib.decompress(content))
    except zlib.error as error:
        raise PlanError(f"these bytes are no stored plan: {error}") from None
    if planned is None:
        raise PlanError("these bytes hold no plan")
    return planned


def encoded_previews(plans: Sequence[Planned]) -> bytes:
    """Return several plans as bytes."""
    parts = {f"plan_{at}": np.frombuffer(encoded(each), dtype=np.uint8) for at, each in enumerate(plans)}
    return _packed({"count": len(plans)}, parts)


def decoded_previews(content: bytes) -> tuple[Planned, ...]:
    """Read what `encoded_previews` wrote.

    Raises:
        PlanError: The brain told of trouble, or the bytes are no plans.
    """
    head, arrays = _opened(content)
    try:
        found = [decoded(arrays[f"plan_{at}"].tobytes()) for at in range(int(head["count"]))]
    except (KeyError, ValueError, TypeError) as error:
        raise PlanError(f"the brain's answer is no preview: {error}") from None
    return tuple(each for each in found if each is not None)


def encoded_forecasts(forecasts: Sequence[Forecast]) -> bytes:
    """Return forecasts as compressed bytes, to the whole watt: what is kept of every plan must be small."""
    head = [
        {
            "key": str(each.key),
            "grid": [str(each.grid.start_utc), each.grid.step_s, each.grid.step_count],
            "issued_at": str(each.issued_at),
            "model": each.model,
        }
        for each in forecasts
    ]
    arrays: dict[str, Any] = {}
    for at, each in enumerate(forecasts):
        arrays |= {f"level_{at}": each.level, f"value_{at}": np.rint(each.value).astype(np.float32)}
    return _packed(head, arrays, save=np.savez_compressed)


def decoded_forecasts(content: bytes) -> tuple[Forecast, ...]:
    """Read what `encoded_forecasts` wrote.

    Raises:
        PlanError: The bytes are no forecasts.
    """
    head, arrays = _opened(content)
    try:
        return tuple(
            Forecast(
                Key.parse(each["key"]),
                TimeGrid(np.datetime64(each["grid"][0], "ms"), int(each["grid"][1]), int(each["grid"][2])),
                np.datetime64(each["issued_at"], "ms"),
                arrays[f"level_{at}"],
                np.maximum.accumulate(arrays[f"value_{at}"].astype(np.float64), axis=0),
                each["model"],
            )
            for at, each in enumerate(head)
        )
    except (KeyError, ValueError, TypeError) as error:
        raise PlanError(f"these bytes are no forecasts: {error}") from None


def encoded_trouble(told: str) -> bytes:
    """Return what went wrong as bytes."""
    return _packed({"trouble": told}, {})


def decoded(content: bytes) -> Planned | None:
    """Read what `encoded` wrote.

    Raises:
        PlanError: The brain told of trouble, or the bytes are no plan.
    """
    head, arrays = _opened(content)
    try:
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
            states=_states(head.get("states", []), arrays),
            **{name: arrays[name] for name in ARRAYS},
        )
        events = tuple(Event.from_bytes(each.encode()) for each in head["events"])
        prices = Prices(*(arrays[name] for name in PRICES)) if PRICES[0] in arrays else None
        forecasts = decoded_forecasts(arrays["foreseen"].tobytes())
        return Planned(plan, events, arrays["blob"].tobytes(), str(head["goal"]), prices, forecasts)
    except (KeyError, ValueError, TypeError) as error:
        raise PlanError(f"the brain's answer is no plan: {error}") from None


def _states(names: list[list[str]], arrays: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for at, (asset, name) in enumerate(names):
        found.setdefault(asset, {})[name] = arrays[f"state_{at}"]
    return found


def _packed(head: Any, arrays: dict[str, Any], *, save: Callable[..., None] = np.savez) -> bytes:
    buffer = io.BytesIO()
    save(buffer, head=np.frombuffer(json.dumps(head).encode(), dtype=np.uint8), **arrays)
    return buffer.getvalue()


def _opened(content: bytes) -> tuple[Any, dict[str, Any]]:
    """Return head and arrays of a message; trouble that the brain tells of is raised."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            arrays = dict(found)
        head = json.loads(arrays.pop("head").tobytes())
    except Exception as error:  # A file of arrays may be broken in any way a zip file can.
        raise PlanError(f"the brain's answer is no plan: {error}") from None
    if isinstance(head, dict) and "trouble" in head:
        raise PlanError(str(head["trouble"]))
    return head, arrays


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
