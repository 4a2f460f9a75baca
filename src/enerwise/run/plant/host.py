"""A simulated plant that lives: wires open, machines moved on ten times a second, faults set from outside."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import Clock, now_ns
from enerwise.devices.profile import Profile
from enerwise.devices.supply import Supply
from enerwise.run.plant.box import DeviceTwin, Faults
from enerwise.run.plant.plant import Plant
from enerwise.run.plant.server import LOOPBACK, Wire
from enerwise.site.site import Site
from enerwise.site.wiring import MODBUS_TCP, Device

STEP_S: Final = 0.1
HOSTS: Final = (LOOPBACK, "localhost")
NO_FAULT: Final = Faults()


class Host:
    """A plant and its wires."""

    def __init__(
        self,
        site: Site,
        profiles: Mapping[str, Profile],
        supply: Supply,
        clock: Clock,
        *,
        rng: np.random.Generator,
        start_soc_ratio: float = 0.5,
    ) -> None:
        """Lay out every device that speaks Modbus TCP on this machine.

        Raises:
            ProblemsFound: A device of the site is elsewhere, or none can be played.
        """
        played = [each for each in site.devices if each.driver == MODBUS_TCP]
        _check(site, played)
        self.site, self._clock = site, clock
        self.twins = {each.id: DeviceTwin(each, profiles[each.id]) for each in played}
        self.plant = Plant(site, list(self.twins.values()), supply, rng=rng, start_soc_ratio=start_soc_ratio)
        units: dict[int, dict[int, DeviceTwin]] = {}
        for each in played:
            units.setdefault(_port(each), {})[each.unit_id] = self.twins[each.id]
        self.wires = [Wire(port, behind) for port, behind in units.items()]

    async def run(self, stop: asyncio.Event, *, told: Callable[["Host"], None] = lambda host: None) -> None:
        """Live until ``stop`` is set; ``told`` is called after every step.

        Raises:
            OSError: A port is taken.
        """
        before_s = now_ns() / 1e9
        self.plant.step(self._clock.now(), before_s, STEP_S)
        try:
            for wire in self.wires:
                await wire.open()
            while not stop.is_set():
                await asyncio.sleep(STEP_S)
                t_s = now_ns() / 1e9
                self.plant.step(self._clock.now(), t_s, t_s - before_s)
                before_s = t_s
                told(self)
        finally:
            for wire in self.wires:
                await wire.close()

    def fault(self, device: str, **faults: Any) -> None:
        """Set what is wrong with a device; `is_silent=True`, `delay_s=0.3`, `adds={...}`.

        Raises:
            ProblemsFound: There is no such device or fault.
        """
        if device not in self.twins:
            remedy = f"write one of {', '.join(self.twins)}"
            raise ProblemsFound("fault", [Problem("device", f"{device!r} is not played here", remedy)])
        known = {each.name for each in fields(Faults)}
        if unknown := sorted(faults.keys() - known):
            remedy = f"write one of {', '.join(sorted(known))}"
            raise ProblemsFound("fault", [Problem(unknown[0], "is no fault", remedy)])
        for name, value in faults.items():
            setattr(self.twins[device].faults, name, value)

    def heal(self, device: str) -> None:
        """Let a device be well again."""
        self.twins[device].faults = Faults()

    def state(self) -> dict[str, Any]:
        """Return everything that a test may want to know."""
        wrong = {name: _wrong(twin.faults) for name, twin in self.twins.items() if _wrong(twin.faults)}
        return {**self.plant.state(), "faults": wrong}


class Orders:
    """A line of JSON sets a fault: ``{"device": "hybrid", "is_silent": true}``; an empty one asks for the state."""

    def __init__(self, host: Host, port: int) -> None:
        self._host, self._port = host, port
        self._server: asyncio.Server | None = None

    async def open(self) -> int:
        """Listen on loopback, and return the port."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self._port)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Listen no more."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                writer.write(json.dumps(self._obeyed(line)).encode() + b"\n")
                await writer.drain()
        except (OSError, ValueError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    def _obeyed(self, line: bytes) -> dict[str, Any]:
        try:
            order = json.loads(line) if line.strip() else {}
            if order:
                self._host.fault(order.pop("device"), **order)
        except (ValueError, KeyError, TypeError, AttributeError, ProblemsFound) as error:
            return {"ok": False, "why": str(error)}
        return {"ok": True, **self._host.state()}


def _wrong(faults: Faults) -> dict[str, Any]:
    return {
        each.name: getattr(faults, each.name)
        for each in fields(Faults)
        if getattr(faults, each.name) != getattr(NO_FAULT, each.name)
    }


def _port(device: Device) -> int:
    return int(device.address.rpartition(":")[2])


def _check(site: Site, played: Sequence[Device]) -> None:
    problems = [
        Problem(f"devices.{each.id}.address", f"{each.address} is not this machine", "write 127.0.0.1 and a port")
        for each in played
        if each.address.rpartition(":")[0] not in HOSTS
    ]
    if not played:
        remedy = "add a device, such as {id: hybrid, driver: modbus_tcp, profile: generic_hybrid, ...}"
        problems.append(Problem("devices", "there is none that speaks modbus_tcp", remedy))
    if problems:
        raise ProblemsFound(site.name, problems)
