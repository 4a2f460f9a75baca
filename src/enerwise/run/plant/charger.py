"""Simulated chargers that speak OCPP 1.6: each calls the central system of the site file, a car plugged in.

The messages are those of the ``ocpp`` library. A charger keeps limits as the standard says: of each purpose the highest
level that is valid now, and the lowest of both purposes counts. A car that is given too little waits.
"""

import asyncio
import contextlib
import math
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from ocpp.routing import after, on  # type: ignore[import-untyped]
from ocpp.v16 import ChargePoint, call, call_result  # type: ignore[import-untyped]
from ocpp.v16.enums import Action  # type: ignore[import-untyped]
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from enerwise.core import quantity as q
from enerwise.core.time import Clock
from enerwise.devices.drivers.driver import Backoff
from enerwise.devices.drivers.http import token
from enerwise.devices.drivers.ocpp_options import central_of
from enerwise.protocols.ocpp.profiles import TRANSACTION
from enerwise.protocols.ocpp.words import stamp
from enerwise.run.plant.faults import Faults
from enerwise.run.plant.outlet import OutletTwin, fits, limit_of, matches
from enerwise.site.wiring import Device

INTERVAL_S: Final = 10
FINISHING_S: Final = 10.0
"""Somebody unplugs the car so long after a charge has ended, and plugs it in again."""
POWER: Final = "Power.Active.Import"
ENERGY: Final = "Energy.Active.Import.Register"
LOOK_S: Final = 0.1
OWN_TAG: Final = "CARD"
"""Whoever charges where the house starts nothing by itself."""


class ChargerTwin:
    """All chargers of one central system. They are simulated."""

    def __init__(self, device: Device, clock: Clock) -> None:
        """Prepare; ``clock`` is what the chargers' own clocks show.

        Raises:
            ProblemsFound: The address, roles or options of the device cannot be read.
        """
        self.device, self.faults, self.clock = device, Faults(), clock
        self.write_count = 0
        self.writes: Counter[str] = Counter()
        self._central = central_of(device)
        self._outlets = {
            role: OutletTwin(self._central.sockets[identity][int(number or 1)])
            for role in device.serves
            for identity, _, number in [role.partition("/")]
        }
        self._asked_w: dict[str, float] = {}
        self.trouble = "not connected yet"
        for name in self._central.password_from.values():
            token(name)

    def moves(self, role: str) -> bool:
        """Every outlet takes limits."""
        return role in self._outlets

    def asked_w(self, role: str, t_s: float) -> float:
        """Return what the car may take now. [W]"""
        if not self.faults.is_stuck:
            self._asked_w[role] = self._outlets[role].allowed_w(self.clock.now())
        return self._asked_w.get(role, 0.0)

    def show(self, role: str, quantity: str, value: float) -> None:
        """Keep a value for the next message."""
        if not self.faults.is_frozen:
            value = self.faults.shown(f"{role}.{quantity}", value)
            is_turned = self.faults.is_flipped and quantity == q.POWER_W
            self._outlets[role].shown[quantity] = -value if is_turned else value

    def measured(self) -> tuple[str, ...]:
        """Return what it measures."""
        return tuple(f"{role}.{quantity}" for role in self._outlets for quantity in (q.POWER_W, q.IMPORTED_WH))

    def written(self) -> dict[str, int]:
        """Return how often each call came."""
        return dict(self.writes)

    # -- the wire's side -----------------------------------------------------------------------------------------

    async def live(self, stop: asyncio.Event) -> None:
        """Let every charger call until told to stop."""
        await asyncio.gather(*(self._call(identity, stop) for identity in self._central.sockets))

    async def _call(self, identity: str, stop: asyncio.Event) -> None:
        backoff = Backoff(most_s=2.0)
        while not stop.is_set():
            try:
                async with self._connected(identity) as connection:
                    backoff.reset()
                    self.trouble = ""
                    await Talk(identity, connection, self, self._of(identity)).run(stop)
            except (OSError, WebSocketException) as error:  # TimeoutError is an OSError.
                self.trouble = f"{identity} does not reach the central system: {error}"
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), backoff.next_s())

    def _of(self, identity: str) -> dict[int, OutletTwin]:
        found = (each for each in self._outlets.values() if each.socket.identity == identity)
        return {each.socket.number: each for each in found}

    def _connected(self, identity: str) -> Any:
        name = self._central.password_from.get(identity)
        shown = b64encode(f"{identity}:{token(name)}".encode()).decode() if name is not None else ""
        headers = {"Authorization": f"Basic {shown}"} if shown else None
        place = f"ws://127.0.0.1:{self._central.port}/{identity}"
        return connect(place, subprotocols=[Subprotocol("ocpp1.6")], additional_headers=headers, close_timeout=0.5)


class Talk(ChargePoint):  # type: ignore[misc]
    """One connection of one charger."""

    def __init__(self, identity: str, connection: Any, twin: ChargerTwin, outlets: dict[int, OutletTwin]) -> None:
        super().__init__(identity, connection, response_timeout=5)
        self._twin, self._outlets = twin, outlets
        self._interval_s = INTERVAL_S
        self._sampled: tuple[str, ...] = (ENERGY,)
        """What a charger tells unless it is told to tell more."""
        self._news = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Talk until told to stop, or until the line ends."""
        tasks = [asyncio.ensure_future(each) for each in (self.start(), self._tell(), stop.wait())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            for each in tasks:
                each.cancel()
            await asyncio.wait(tasks)

    async def _tell(self) -> None:
        booted = await self.call(call.BootNotification(charge_point_model="Twin", charge_point_vendor="Simulated"))
        self._interval_s = booted.interval if booted is not None else INTERVAL_S
        for number in self._outlets:
            await self._state(number)
        next_s = 0.0
        loop = asyncio.get_running_loop()
        while not self._twin.faults.resets:
            self._news.clear()
            if self._twin.faults.is_silent:
                await asyncio.sleep(LOOK_S)
                continue
            await self._begin_own()
            if loop.time() >= next_s:
                next_s = loop.time() + self._interval_s
                await self.call(call.Heartbeat())
                for number, outlet in self._outlets.items():
                    if outlet.transaction is not None:
                        await self._values(number)
            for number, outlet in self._outlets.items():
                if outlet.status != self._status_of(outlet):
                    await self._state(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), LOOK_S)

    async def _begin_own(self) -> None:
        """Where the house starts no charge, whoever plugs in does."""
        for number, outlet in self._outlets.items():
            if self._status_of(outlet) == "Preparing" and not outlet.socket.tag:
                await self._begin(number, OWN_TAG)

    async def _begin(self, number: int, tag: str) -> None:
        outlet = self._outlets[number]
        asked = call.StartTransaction(
            connector_id=number, id_tag=tag, meter_start=_whole(outlet.shown.get(q.IMPORTED_WH, 0.0)),
            timestamp=self._now(),
        )  # fmt: skip
        begun = await self.call(asked)
        if begun is not None and begun.id_tag_info["status"] == "Accepted":
            outlet.transaction = begun.transaction_id

    async def _end(self, number: int) -> None:
        outlet = self._outlets[number]
        if outlet.transaction is None:
            return
        meter_wh = _whole(outlet.shown.get(q.IMPORTED_WH, 0.0))
        asked = call.StopTransaction(meter_stop=meter_wh, timestamp=self._now(), transaction_id=outlet.transaction)
        outlet.transaction, outlet.ended_s = None, asyncio.get_running_loop().time()
        outlet.limits = {key: each for key, each in outlet.limits.items() if each.purpose != TRANSACTION}
        await self.call(asked)

    async def _state(self, number: int) -> None:
        outlet = self._outlets[number]
        outlet.status = self._status_of(outlet)
        await self.call(call.StatusNotification(connector_id=number, error_code="NoError", status=outlet.status))

    def _status_of(self, outlet: OutletTwin) -> str:
        if outlet.transaction is None:
            is_plugged_anew = asyncio.get_running_loop().time() - outlet.ended_s > FINISHING_S
            return "Preparing" if is_plugged_anew else "Finishing"
        return "Charging" if outlet.allowed_w(self._twin.clock.now()) > 0.0 else "SuspendedEVSE"

    async def _values(self, number: int) -> None:
        outlet = self._outlets[number]
        values = {POWER: (q.POWER_W, "W"), ENERGY: (q.IMPORTED_WH, "Wh")}
        sampled = [
            {"value": f"{outlet.shown.get(values[each][0], 0.0):.1f}", "measurand": each, "unit": values[each][1]}
            for each in self._sampled
        ]
        rows = [{"timestamp": self._now(), "sampled_value": sampled}]
        await self.call(call.MeterValues(connector_id=number, meter_value=rows, transaction_id=outlet.transaction))

    def _now(self) -> str:
        return stamp(self._twin.clock.now())

    # -- what it is told -----------------------------------------------------------------------------------------

    def _told(self, what: str) -> bool:
        """Count a call, and say whether it is heeded."""
        self._twin.write_count += 1
        self._twin.writes[what] += 1
        self._news.set()
        return True

    async def route_message(self, raw_msg: str) -> None:
        """Hear a message, late or never where that is what is wrong."""
        if self._twin.faults.is_silent:
            return
        if self._twin.faults.delay_s:
            await asyncio.sleep(self._twin.faults.delay_s)
        await super().route_message(raw_msg)

    @on(Action.set_charging_profile)  # type: ignore[untyped-decorator]
    def on_set_charging_profile(self, connector_id: int, cs_charging_profiles: dict[str, Any], **_: Any) -> Any:
        """Keep a limit, at one outlet or at all."""
        self._told("SetChargingProfile")
        outlets = self._at(connector_id)
        if not outlets or not all(fits(cs_charging_profiles, each) for each in outlets):
            return call_result.SetChargingProfile(status="Rejected")
        for outlet in self._at(connector_id):
            outlet.limits[int(cs_charging_profiles["charging_profile_id"])] = limit_of(
                cs_charging_profiles, outlet.socket
            )
        return call_result.SetChargingProfile(status="Accepted")

    @on(Action.clear_charging_profile)  # type: ignore[untyped-decorator]
    def on_clear_charging_profile(self, **asked: Any) -> Any:
        """Forget limits that match all that is asked."""
        self._told("ClearChargingProfile")
        count = 0
        for outlet in self._at(asked.get("connector_id") or 0):
            gone = [key for key, each in outlet.limits.items() if matches(key, each, asked)]
            for key in gone:
                del outlet.limits[key]
            count += len(gone)
        return call_result.ClearChargingProfile(status="Accepted" if count else "Unknown")

    @on(Action.remote_start_transaction)  # type: ignore[untyped-decorator]
    def on_remote_start(self, **asked: Any) -> Any:
        """Take a start, with the limit that comes with it."""
        self._told("RemoteStartTransaction")
        number = asked.get("connector_id") or 1
        outlet = self._outlets.get(number)
        if outlet is None or self._status_of(outlet) != "Preparing":
            return call_result.RemoteStartTransaction(status="Rejected")
        if profile := asked.get("charging_profile"):
            outlet.limits[int(profile["charging_profile_id"])] = limit_of(profile, outlet.socket)
        return call_result.RemoteStartTransaction(status="Accepted")

    @after(Action.remote_start_transaction)  # type: ignore[untyped-decorator]
    async def after_remote_start(self, **asked: Any) -> None:
        """Begin what was taken."""
        number = asked.get("connector_id") or 1
        if number in self._outlets and self._outlets[number].transaction is None:
            await self._begin(number, asked["id_tag"])

    @on(Action.remote_stop_transaction)  # type: ignore[untyped-decorator]
    def on_remote_stop(self, transaction_id: int, **_: Any) -> Any:
        """Take a stop."""
        self._told("RemoteStopTransaction")
        is_known = any(each.transaction == transaction_id for each in self._outlets.values())
        return call_result.RemoteStopTransaction(status="Accepted" if is_known else "Rejected")

    @after(Action.remote_stop_transaction)  # type: ignore[untyped-decorator]
    async def after_remote_stop(self, transaction_id: int, **_: Any) -> None:
        """End what was taken."""
        for number, outlet in self._outlets.items():
            if outlet.transaction == transaction_id:
                await self._end(number)

    @on(Action.change_configuration)  # type: ignore[untyped-decorator]
    def on_change_configuration(self, key: str, value: str, **_: Any) -> Any:
        """Take how often it shall tell what it measures."""
        self._told("ChangeConfiguration")
        if key == "MeterValueSampleInterval":
            self._interval_s = max(1, int(value))
        elif key == "MeterValuesSampledData":
            self._sampled = tuple(each for each in value.split(",") if each in (POWER, ENERGY)) or (ENERGY,)
        return call_result.ChangeConfiguration(status="Accepted")

    @on(Action.trigger_message)  # type: ignore[untyped-decorator]
    def on_trigger_message(self, **_: Any) -> Any:
        """Promise to tell."""
        return call_result.TriggerMessage(status="Accepted")

    @after(Action.trigger_message)  # type: ignore[untyped-decorator]
    async def after_trigger_message(self, requested_message: str, **asked: Any) -> None:
        """Tell what was asked for."""
        tell: Callable[[int], Any] | None = {"StatusNotification": self._state, "MeterValues": self._values}.get(
            requested_message
        )
        number = asked.get("connector_id") or 1
        if tell is not None and number in self._outlets:
            await tell(number)

    def _at(self, number: int) -> list[OutletTwin]:
        """Return one outlet, or all of them for number 0."""
        return [each for key, each in self._outlets.items() if number in (0, key)]


def _whole(value_wh: float) -> int:
    return int(value_wh) if math.isfinite(value_wh) else 0
