"""The checklist: each step looks at or moves the real machines, through the real door with its real guard.

The walk takes the place of the site process: it seals wishes with that key, and the door judges them like any other.
Power is small, a tenth of what a machine may do, and every step that has moved something ends at rest.
"""

import asyncio
import math
import time
from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from enerwise.core.quantity import CHARGE_CURRENT_LIMIT_A, DISCHARGE_CURRENT_LIMIT_A, PACK_VOLTAGE_V, POWER_W
from enerwise.core.series import Key
from enerwise.core.time import elapsed_s
from enerwise.devices.door_port import DoorDevices
from enerwise.devices.door_words import ASK_BYTES, TOLD_BYTES, Told
from enerwise.devices.looker import Looker, NoAnswer
from enerwise.devices.mailbox import Mailbox
from enerwise.door.setup import BEAT_BYTES
from enerwise.guard.permit import seal
from enerwise.serve.box import Box
from enerwise.serve.commissioning.report import FAILED, PASSED, SKIPPED, Step
from enerwise.site.assets import Battery
from enerwise.site.site import GRID
from enerwise.site.wiring import MODBUS_TCP, Device

SHARE: Final = 0.1
"""Of a machine's limit that is moved for a test."""
LEAST_W: Final = 300.0
REACHES: Final = 0.8
"""How much of a wish must arrive at the machine."""
ANSWER_S: Final = 15.0
SETTLE_S: Final = 8.0
LOOK_S: Final = 0.1
REST_W: Final = 100.0
MARGIN_S: Final = 3.0
"""What a device's own watchdog may take beyond its time."""
RESET_PAUSE_S: Final = 10.5


class Walk:
    """One walk through the checklist of a site."""

    def __init__(self, box: Box, who: str, says: Callable[[str], None]) -> None:
        """Prepare a walk.

        Args:
            box: The processes of the site, not started yet.
            who: The installer's name.
            says: Tells a person what is happening.
        """
        self._box, self._who, self._says = box, who, says
        self._site = DoorDevices(
            box.site,
            box.clock,
            ask=Mailbox(box.fds["ask"], ASK_BYTES),
            told=Mailbox(box.fds["told"], TOLD_BYTES),
            beat=Mailbox(box.fds["beat"], BEAT_BYTES),
            turn_s=5.0,
            control_path=box.options.control_path,
        )
        self._nonce = 0

    def steps(self) -> Iterator[Step]:
        """Take every step, one after the other; what fails ends the walk, for the next step would not be safe."""
        self._box.start()
        self._site.start()
        try:
            for name, take in self._list():
                self._says(f"{name} ...")
                outcome, words = take()
                yield Step(name, outcome, words)
                if outcome == FAILED:
                    return
        finally:
            self._site.stop()
            self._box.goodbye()

    def _list(self) -> Iterator[tuple[str, Callable[[], tuple[str, str]]]]:
        yield "Devices answer", self._answer
        yield "Real time", self._realtime
        yield "A latched stop is acknowledged", self._acknowledge
        yield "Arming: own watchdogs set and read back", self._arm
        yield "Test stop: the whole way, nothing moves", self._test_stop
        for battery in self._box.site.of_kind(Battery):
            yield f"Sign and reach of {battery.id}", lambda each=battery: self._move(each)  # type: ignore[misc]
            yield f"Limits of {battery.id}", lambda each=battery: self._limits(each)  # type: ignore[misc]
        yield "Stop under way", self._stop
        yield "Loss of communication", self._lose

    # -- steps ---------------------------------------------------------------------------------------------------

    def _answer(self) -> tuple[str, str]:
        told = self._until(lambda told: bool(told.units) and all(each["fresh"] for each in told.units), ANSWER_S)
        silent = [
            f"{each['id']}: {'; '.join(each['problems']) or 'no answer'}" for each in told.units if not each["fresh"]
        ]
        if silent or not told.units:
            return FAILED, ", ".join(silent) or "the door does not come up"
        shown = ", ".join(f"{key} {value:g}" for key, (value, _) in told.live.items() if key.quantity == POWER_W)
        return PASSED, f"{len(told.units)} devices; {shown}"

    def _realtime(self) -> tuple[str, str]:
        health = self._told().health
        if health["claims_fast_stop"]:
            return PASSED, "real-time priority and locked memory are granted"
        return SKIPPED, "no fast stop is claimed: " + "; ".join(health["remarks"])

    def _acknowledge(self) -> tuple[str, str]:
        told = self._told()
        if told.state == "idle":
            return PASSED, "nothing is latched"
        if told.trips:
            return FAILED, "tripped: " + ", ".join(f"{each['subject']}: {each['cause']}" for each in told.trips)
        self._box.command({"do": "reset", "who": self._who, "cause": told.why})
        told = self._until(lambda told: told.state == "idle", 2.0)
        return (PASSED if told.state == "idle" else FAILED), f"reset by {self._who}: {told.state}"

    def _arm(self) -> tuple[str, str]:
        told = self._start()
        if told.state != "running":
            return FAILED, "; ".join(told.refusals) or f"the door is {told.state}"
        times = [f"{each['id']} {each['comms_loss_s']:g} s" for each in told.units if each["comms_loss_s"]]
        return PASSED, "own watchdogs: " + (", ".join(times) or "none to be set")

    def _test_stop(self) -> tuple[str, str]:
        self._rest()
        answer = self._box.command({"do": "test"})
        if not answer["ok"]:
            return FAILED, str(answer.get("why") or f"no acknowledgement from {answer['missing']}")
        return PASSED, _acked(answer)

    def _move(self, battery: Battery) -> tuple[str, str]:
        """Charge a little, then discharge a little: the battery follows, and the meter shows it with the right sign."""
        found = []
        for sign, limit_w in ((1.0, battery.charge_limit_w), (-1.0, battery.discharge_limit_w)):
            wished_w = sign * max(SHARE * limit_w, min(LEAST_W, limit_w))
            before_w = self._grid_w()
            reached_w = self._reached(battery, wished_w)
            if not sign * reached_w >= REACHES * abs(wished_w):
                self._rest()
                return FAILED, f"told {wished_w:+.0f} W, shows {reached_w:+.0f} W: sign, wiring or profile are wrong"
            rise_w = self._grid_w() - before_w
            # Somebody may switch a lamp meanwhile: the sign must be right and the size roughly.
            if not sign * rise_w >= 0.5 * abs(wished_w):
                self._rest()
                return FAILED, f"battery {reached_w:+.0f} W, meter {rise_w:+.0f} W: the meter's sign is wrong"
            found.append(f"told {wished_w:+.0f} W: battery {reached_w:+.0f} W, meter {rise_w:+.0f} W")
            self._rest()
        return PASSED, "; ".join(found)

    def _limits(self, battery: Battery) -> tuple[str, str]:
        """Compare what the battery's own management allows now with what the site file allows."""
        live = {key: value for key, (value, _) in self._told().live.items()}
        pack_v = live.get(Key(battery.id, PACK_VOLTAGE_V), math.nan)
        sides = (
            ("charge", CHARGE_CURRENT_LIMIT_A, battery.charge_limit_w),
            ("discharge", DISCHARGE_CURRENT_LIMIT_A, battery.discharge_limit_w),
        )
        told_w = {way: live.get(Key(battery.id, name), math.nan) * pack_v for way, name, _ in sides}
        if any(math.isnan(each) for each in told_w.values()):
            return SKIPPED, "the device does not tell its limits; compare the site file with its data sheet"
        words = "; ".join(f"{way}: site {limit_w:.0f} W, device {told_w[way]:.0f} W" for way, _, limit_w in sides)
        return (PASSED if all(told_w[way] >= limit_w for way, _, limit_w in sides) else FAILED), words

    def _stop(self) -> tuple[str, str]:
        """Stop while something moves; then it is reset and started again."""
        moved_w = self._moving()
        answer = self._box.command({"do": "stop", "cause": "commissioning", "who": self._who})
        rests = self._until_at_rest()
        if not answer["ok"] or not rests:
            return FAILED, f"{_acked(answer)}; at rest: {rests}"
        time.sleep(RESET_PAUSE_S)
        self._box.command({"do": "reset", "who": self._who, "cause": "commissioning"})
        self._start()
        return PASSED, f"from {moved_w:+.0f} W: {_acked(answer)}; at rest"

    def _lose(self) -> tuple[str, str]:
        """Kill door and watchdog while something moves: the device must come to rest by itself, in its own time."""
        battery = self._first()
        device = self._device(battery)
        if battery is None or device is None:
            return SKIPPED, "no battery behind Modbus TCP"
        moved_w = self._moving()
        killed = [self._box.processes.pop(name).child for name in ("door", "watchdog")]
        for each in killed:
            each.kill()
        for each in killed:
            each.wait()
        began_s, limit_s, power_w = elapsed_s(), device.comms_loss_s + MARGIN_S, moved_w
        while elapsed_s() - began_s <= limit_s:
            power_w = self._seen_w(device, battery)
            if abs(power_w) <= REST_W:
                self._box.end_in_order()
                return PASSED, f"from {moved_w:+.0f} W to rest by itself in {elapsed_s() - began_s:.1f} s"
            time.sleep(LOOK_S)
        return FAILED, f"still {power_w:+.0f} W after {limit_s:.0f} s without a word: use the device's own switch"

    # -- means ---------------------------------------------------------------------------------------------------

    def _start(self) -> Told:
        self._box.command({"do": "start", "who": self._who})
        return self._until(lambda told: told.state == "running" or bool(told.refusals), ANSWER_S)

    def _told(self) -> Told:
        self._box.look()
        return self._site.told or Told(state="none")

    def _until(self, holds: Callable[[Told], bool], patience_s: float) -> Told:
        end_s = elapsed_s() + patience_s
        while not holds(told := self._told()) and elapsed_s() < end_s:
            time.sleep(LOOK_S)
        return told

    def _wish(self, asset: str, value_w: float, *, valid_s: float = 20.0) -> None:
        self._nonce += 1
        now = self._box.clock.now()
        until = now + np.timedelta64(int(valid_s * 1000), "ms")
        permit = seal(
            self._box.ask_key, asset=asset, quantity=POWER_W, value=value_w, valid_until=until, nonce=self._nonce
        )
        asyncio.run(self._site.apply([permit], now))

    def _reached(self, battery: Battery, wished_w: float) -> float:
        """Wish, and return what the battery shows as soon as it follows, or at the end of patience."""
        self._wish(battery.id, wished_w)
        self._until(
            lambda told: _power_w(told, battery.id) * math.copysign(1.0, wished_w) >= REACHES * abs(wished_w), SETTLE_S
        )
        time.sleep(1.5)
        return _power_w(self._told(), battery.id)

    def _rest(self) -> None:
        for battery in self._box.site.of_kind(Battery):
            self._wish(battery.id, 0.0)
        self._until_at_rest()
        # The meter is polled once a second: what follows compares with a site at rest.
        time.sleep(1.5)

    def _until_at_rest(self) -> bool:
        ids = [each.id for each in self._box.site.of_kind(Battery)]
        return all(abs(_power_w(self._until(self._rests, SETTLE_S), each)) <= REST_W for each in ids)

    def _rests(self, told: Told) -> bool:
        return all(abs(_power_w(told, each.id)) <= REST_W for each in self._box.site.of_kind(Battery))

    def _moving(self) -> float:
        battery = self._first()
        return 0.0 if battery is None else self._reached(battery, max(SHARE * battery.charge_limit_w, LEAST_W))

    def _first(self) -> Battery | None:
        return next(iter(self._box.site.of_kind(Battery)), None)

    def _device(self, battery: Battery | None) -> Device | None:
        devices = (each for each in self._box.setup.devices if each.driver == MODBUS_TCP)
        return None if battery is None else next((each for each in devices if battery.id in each.serves.values()), None)

    def _seen_w(self, device: Device, battery: Battery) -> float:
        """Look at a battery past the door, with eyes that can only look."""
        role = next(role for role, asset in device.serves.items() if asset == battery.id)
        try:
            with Looker(device.address) as looker:
                values = looker.values(
                    device.unit_id, looker.bound(device.unit_id, self._box.setup.profiles[device.id])
                )
        except (OSError, NoAnswer):
            return math.inf
        return values.get((role, POWER_W), math.inf)

    def _grid_w(self) -> float:
        return _power_w(self._told(), GRID)


def _power_w(told: Told, asset: str) -> float:
    return told.live.get(Key(asset, POWER_W), (math.nan, 0))[0]


def _acked(answer: dict[str, object]) -> str:
    acked = answer["acked_ms"]
    assert isinstance(acked, dict)
    return "acknowledged by " + (", ".join(f"{asset} after {ms:.1f} ms" for asset, ms in acked.items()) or "nobody")
