"""A look at the devices of a site before anything runs: over Modbus a question each time, else what they told last.

Everything here only looks. Devices behind a broker and chargers are left out: whoever listens there under the house's
name takes the place of the house, so that they are seen while the site runs, by `enerwise health`.
"""

import asyncio
import threading
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Final, Self

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.series import Key
from enerwise.core.time import LiveClock, elapsed_s
from enerwise.devices.drivers.driver import Driver
from enerwise.devices.drivers.make import make_driver
from enerwise.devices.looker import Looker
from enerwise.devices.profiles import load_profile
from enerwise.site.site import Site
from enerwise.site.wiring import HTTP, MODBUS_TCP, P1, Device

READ_ONLY: Final = (P1, HTTP)
SEEN: Final = (MODBUS_TCP, *READ_ONLY)
LOOK_S: Final = 0.2
FRESH_S: Final = 12.0
"""Old smart meters speak every ten seconds."""
FRESH_POLLS: Final = 3.0
FIRST_S: Final = 3.0
"""How long a person waits for the first word of a device that tells by itself."""


class Looks:
    """Everything at a site that can be looked at."""

    def __init__(self, site: Site) -> None:
        """Prepare; nothing is open yet.

        Raises:
            ProblemsFound: There is no such device, or its driver cannot make sense of it.
        """
        self.devices = [each for each in site.devices if each.driver in SEEN]
        self.others = [each for each in site.devices if each.driver not in SEEN]
        if not self.devices:
            remedy = "add a device, such as {id: meter, driver: modbus_tcp, profile: sunspec_meter, ...}"
            raise ProblemsFound(site.name, [Problem("devices", "there is none that can be looked at", remedy)])
        self._drivers = {each.id: make_driver(each) for each in self.devices if each.driver in READ_ONLY}
        self._told: dict[str, dict[Key, tuple[float, float]]] = {each: {} for each in self._drivers}
        """By device and channel: the value, and when it was heard on the monotonic clock. [s]"""
        self._news = threading.Condition()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), daemon=True)

    def __enter__(self) -> Self:
        if self._drivers:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ends.set()
        if self._thread.is_alive():
            self._thread.join()

    def values(self, device: Device) -> Mapping[tuple[str, str], float]:
        """Return what a device measures, by role and quantity.

        Raises:
            OSError: It does not answer, or has not told anything; the text says why.
        """
        if device.driver == MODBUS_TCP:
            with Looker(device.address, timeout_s=device.timeout_s + 0.5) as looker:
                return looker.values(device.unit_id, looker.bound(device.unit_id, load_profile(device.profile)))
        roles = {asset: role for role, asset in device.serves.items()}
        with self._news:
            self._news.wait_for(lambda: bool(self._fresh(device)), timeout=FIRST_S)
            found = self._fresh(device)
            if not found:
                raise OSError("; ".join(self._drivers[device.id].problems()) or "nothing has been heard lately")
            return {(roles[key.asset], key.quantity): value for key, value in found.items() if key.asset in roles}

    def _fresh(self, device: Device) -> dict[Key, float]:
        """Return what has been heard lately: last words are no news."""
        oldest_s = elapsed_s() - max(FRESH_S, FRESH_POLLS * device.poll_s)
        return {key: value for key, (value, at_s) in self._told[device.id].items() if at_s >= oldest_s}

    async def _listen(self) -> None:
        drivers: Sequence[Driver] = list(self._drivers.values())
        for each in drivers:
            await each.open()
        try:
            while not self._ends.is_set():
                for each in drivers:
                    at_s = elapsed_s()
                    found = {reading.key: (reading.value, at_s) for reading in await each.read(LiveClock().now())}
                    with self._news:
                        self._told[each.id] |= found
                        self._news.notify_all()
                await asyncio.sleep(LOOK_S)
        finally:
            for each in drivers:
                await each.close()
