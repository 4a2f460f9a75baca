"""A simulated plant that lives: wires open, machines moved on ten times a second, faults set from outside."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import Clock, Instant, now_ns
from enerwise.devices.profile import Profile
from enerwise.devices.supply import Supply
from enerwise.run.plant.box import DeviceTwin
from enerwise.run.plant.faults import Faults, fields_of
from enerwise.run.plant.places import played
from enerwise.run.plant.plant import Plant
from enerwise.run.plant.script import Script, Timed
from enerwise.run.plant.serial import SerialWire
from enerwise.run.plant.server import Wire
from enerwise.run.plant.twin import Caller, Twin
from enerwise.site.site import Site
from enerwise.site.wiring import DOOR_DRIVERS, MODBUS_RTU, MODBUS_TCP, MQTT, Device

STEP_S: Final = 0.1


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
        speed_ratio: float = 1.0,
    ) -> None:
        """Lay out every device that can be played on this machine.

        Args:
            site: Its assets and devices.
            profiles: By device id.
            supply: Load and sun.
            clock: Tells which load and sun there are.
            rng: Draws the noise of meters.
            start_soc_ratio: How full the batteries are.
            speed_ratio: How much faster than the clock energy flows and the sun moves; answers and the watchdogs of
                devices keep to the real time, for those who write to them do.

        Raises:
            ProblemsFound: A device of the site is elsewhere, or none can be played.
        """
        devices = played(site)
        self.site, self._clock, self._speed_ratio = site, clock, speed_ratio
        self._script, self._start_utc = Script(()), clock.now()
        self.elapsed_s = 0.0
        self.twins: dict[str, Twin] = {}
        self.boxes: dict[str, DeviceTwin] = {}
        """Those that hold registers."""
        self._callers: list[Caller] = []
        for each in devices:
            if each.driver in DOOR_DRIVERS:
                self.twins[each.id] = self.boxes[each.id] = DeviceTwin(each, profiles[each.id])
            else:
                self.twins[each.id] = caller = calling(each, clock)
                self._callers.append(caller)
        self.plant = Plant(site, list(self.twins.values()), supply, rng=rng, start_soc_ratio=start_soc_ratio)
        self.wires = [Wire(int(port), units) for port, units in self._behind(devices, MODBUS_TCP, _port).items()]
        bauds = {each.address: each.baud_count for each in devices}
        lines = self._behind(devices, MODBUS_RTU, lambda device: device.address)
        self.lines = [SerialWire(path, units, bauds[path]) for path, units in lines.items()]

    async def run(self, stop: asyncio.Event, *, told: Callable[["Host"], None] = lambda host: None) -> None:
        """Live until ``stop`` is set; ``told`` is called after every step.

        Raises:
            OSError: A port is taken, or a serial line cannot be laid where it should be.
        """
        before_s = now_ns() / 1e9
        self.step(self._now(), before_s, STEP_S)
        calls: list[asyncio.Task[None]] = []
        try:
            await self._open()
            calls = [asyncio.create_task(each.live(stop)) for each in self._callers]
            while not stop.is_set():
                await asyncio.sleep(STEP_S)
                t_s = now_ns() / 1e9
                self.step(self._now(), t_s, t_s - before_s)
                before_s = t_s
                told(self)
                _check(calls)
        finally:
            stop.set()
            if calls:
                await asyncio.wait(calls)
            await self._close()

    def step(self, at: Instant, t_s: float, dt_s: float) -> None:
        """Move on by a step: set the faults that are due, then let the machines run.

        Args:
            at: Which load and sun there are.
            t_s: Now, on the clock that devices watch their connections with. [s]
            dt_s: Length of the step on that clock. [s]
        """
        self.elapsed_s += dt_s
        for change in self._script.due(self.elapsed_s):
            self._set(change.device, change.fields)
        self.plant.step(at, t_s, dt_s * self._speed_ratio)

    def follow(self, script: Sequence[Timed]) -> None:
        """Let faults come and go by themselves; times count from the start."""
        self._script = Script(script)

    def fault(self, device: str, **faults: Any) -> None:
        """Set what is wrong with a device: `fault="silent"`, `delay_s=0.3`, `adds={"meter.power_w": 100}`.

        Raises:
            ProblemsFound: There is no such device or fault.
        """
        self._set(device, fields_of(faults, self._twin(device).measured()))

    def heal(self, device: str) -> None:
        """Let a device be well again."""
        self._twin(device).faults = Faults()

    def obey(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out an order from outside and return the state; an empty one changes nothing.

        Raises:
            ProblemsFound: It cannot be carried out.
        """
        faults = dict(order)
        device = faults.pop("device", None)
        if faults.pop("heal", False) is True:
            self.heal(str(device))
        if device is not None or faults:
            self.fault(str(device), **faults)
        return self.state()

    def places(self) -> tuple[str, ...]:
        """Return where its devices can be reached."""
        return tuple(dict.fromkeys(twin.device.address for twin in self.twins.values()))

    def measured(self) -> dict[str, tuple[str, ...]]:
        """Return what each device measures, by device."""
        return {name: twin.measured() for name, twin in self.twins.items()}

    def state(self) -> dict[str, Any]:
        """Return everything that a test may want to know."""
        wrong = {name: twin.faults.wrong() for name, twin in self.twins.items() if twin.faults.wrong()}
        troubles = {each.device.id: each.trouble for each in self._callers if each.trouble}
        return {**self.plant.state(), "elapsed_s": round(self.elapsed_s, 3), "faults": wrong, "troubles": troubles}

    async def _open(self) -> None:
        for wire in self.wires:
            await wire.open()
        for line in self.lines:
            line.open()

    async def _close(self) -> None:
        for wire in self.wires:
            await wire.close()
        for line in self.lines:
            line.close()

    def _now(self) -> Instant:
        since = self._clock.now() - self._start_utc
        return self._start_utc + since * self._speed_ratio

    def _twin(self, device: str) -> Twin:
        if device not in self.twins:
            remedy = f"write one of {', '.join(self.twins)}"
            raise ProblemsFound("fault", [Problem("device", f"{device!r} is not played here", remedy)])
        return self.twins[device]

    def _set(self, device: str, changes: Mapping[str, Any]) -> None:
        for name, value in changes.items():
            setattr(self.twins[device].faults, name, dict(value) if isinstance(value, Mapping) else value)

    def _behind(
        self, devices: Sequence[Device], driver: str, place: Callable[[Device], str]
    ) -> dict[str, dict[int, DeviceTwin]]:
        """Return the devices of a driver by their place and unit."""
        units: dict[str, dict[int, DeviceTwin]] = {}
        for each in devices:
            if each.driver == driver:
                units.setdefault(place(each), {})[each.unit_id] = self.boxes[each.id]
        return units


def calling(device: Device, clock: Clock) -> Caller:
    """Return the twin of a device that calls others; its library is loaded only then.

    Raises:
        ProblemsFound: The library is not installed, or its address, options or secrets cannot be read.
    """
    try:
        if device.driver == MQTT:
            from enerwise.run.plant.broker import BrokerTwin

            return BrokerTwin(device, clock)
        from enerwise.run.plant.charger import ChargerTwin

        return ChargerTwin(device, clock)
    except ImportError as error:
        remedy = f"pip install 'enerwise[{device.driver}]'"
        raise ProblemsFound("plant", [Problem(f"devices.{device.id}.driver", str(error), remedy)]) from None
    except (ValueError, OSError) as error:
        remedy = "set what the site file names, or play the site without this device"
        raise ProblemsFound("plant", [Problem(f"devices.{device.id}.options", str(error), remedy)]) from None


def _check(calls: Sequence["asyncio.Task[None]"]) -> None:
    """Raise what has ended a call: nothing but a mistake of ours does."""
    for each in calls:
        if each.done() and (error := each.exception()) is not None:
            raise error


def _port(device: Device) -> str:
    return device.address.rpartition(":")[2]
