"""A load behind a relay with an auxiliary contact: seen before it is switched on, and told when it does not obey."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from enerwise.core.quantity import IS_CLOSED
from enerwise.core.series import Key
from enerwise.devices.profiles import load_profile
from enerwise.door.core import Core
from enerwise.door.switched import relays
from enerwise.serve.rules import watched_rules
from enerwise.site.site import GRID, Control, Site
from enerwise.site.wiring import Device
from tests.builders import a_load, a_pv, a_site
from tests.door.builders import SECOND, a_core, a_message, a_picture, a_wish
from tests.peers.ports import free_port
from tests.safety.devices import a_live_plant, a_running_box, until_state

BOILER = Key("boiler", IS_CLOSED)
BOILER_W = 2000.0
NOT_OPENED, NOT_CLOSED = "the contact has not opened", "the contact does not close"


def a_home(port: int = 502, *, poll_s: float = 0.25) -> Site:
    relay = Device(
        "relay", "modbus_tcp", f"127.0.0.1:{port}", profile="generic_relay", serves={"relay": "boiler"},
        poll_s=poll_s, timeout_s=0.2,
    )  # fmt: skip
    boiler = a_load("boiler", switch_power_w=BOILER_W, surplus_priority=1)
    return a_site(a_pv(), a_load(), boiler, devices=[relay], control=Control(mode="self_consumption"))


class Bench:
    """A door with a contact that does what the test says, looked at four times a second."""

    def __init__(self, **facts: Any) -> None:
        site = a_home()
        profiles = {"relay": load_profile("generic_relay")}
        self.core: Core = a_core(
            site, devices=site.devices, profiles=profiles, relays=relays(site, site.devices, profiles),
            rules=watched_rules(site, site.devices, profiles), **facts,
        )  # fmt: skip
        self.now_ns, self.sequence, self.sent_count = 0, 0, 0
        self.is_closed, self.obeys, self.is_read, self.is_home_read = False, True, True, True
        self.told_w, self.home_w = 0.0, 500.0
        self.run(2.0, wanted=None)

    def run(self, seconds: float, *, wanted: bool | None) -> None:
        """Live so long; ``wanted`` None wishes for nothing at all."""
        for _ in range(round(seconds * 4)):
            self.now_ns += SECOND // 4
            taken_w = self.home_w + BOILER_W * self.is_closed
            for key, (value, at_ns) in a_picture(self.now_ns, load_w=self.home_w).items():
                if key.asset != "home" or self.is_home_read:
                    self.core.sample(key, taken_w - 2000.0 if key.asset == GRID else value, at_ns)
            if self.is_read:
                self.core.sample(BOILER, float(self.is_closed), self.now_ns)
            self.sequence += 1
            wish = a_wish(BOILER_W if wanted else 0.0, nonce=self.sequence, asset="boiler", at_ns=self.now_ns)
            permits = () if wanted is None else (wish,)
            self.core.hear(a_message(*permits, sequence=self.sequence, at_ns=self.now_ns), self.now_ns)
            self.core.supervise(self.now_ns)
            for permit in self.core.decide(self.now_ns, ("boiler",)):
                self.told_w = permit.value
                self.sent_count += 1
            if self.obeys:
                self.is_closed = self.told_w > 0.0

    @property
    def causes(self) -> list[tuple[str, bool]]:
        return [(each.cause, each.is_active) for each in self.core.guard.trips.latched]


def test_a_contact_that_obeys_is_switched_on_and_off() -> None:
    bench = Bench()
    assert not bench.is_closed
    bench.run(1.0, wanted=True)
    assert (bench.told_w, bench.is_closed) == (BOILER_W, True)
    bench.run(30.0, wanted=True)
    bench.run(0.5, wanted=False)
    assert (bench.told_w, bench.is_closed, bench.causes) == (0.0, False, [])


def test_nothing_is_switched_on_before_the_contact_was_seen_open() -> None:
    bench = Bench()
    bench.obeys, bench.is_closed = False, True
    bench.run(0.5, wanted=True)
    assert bench.told_w == 0.0


def test_a_hand_at_the_switch_is_no_fault_while_nobody_wishes_it_on() -> None:
    bench = Bench()
    bench.obeys, bench.is_closed = False, True
    bench.run(20.0, wanted=None)
    assert (bench.causes, bench.sent_count) == ([], 0)


def test_a_relay_that_is_silent_has_not_welded() -> None:
    bench = Bench()
    bench.run(2.0, wanted=True)
    bench.is_read = False
    bench.run(30.0, wanted=True)
    assert (bench.told_w, bench.causes) == (0.0, [])
    bench.is_read = True
    bench.run(3.0, wanted=True)
    assert (bench.told_w, bench.causes) == (BOILER_W, [])


def test_what_the_judge_cuts_is_no_fault_of_the_contact() -> None:
    bench = Bench()
    bench.home_w = 10_000.0
    bench.run(30.0, wanted=True)
    assert (bench.told_w, bench.is_closed, bench.causes) == (0.0, False, [])
    bench.home_w = 500.0
    bench.run(2.0, wanted=True)
    assert bench.told_w == BOILER_W


def test_near_the_limit_it_stays_on_instead_of_flapping() -> None:
    bench = Bench()
    bench.is_home_read = False
    bench.home_w = 6000.0
    bench.run(3.0, wanted=True)
    count = bench.sent_count
    changes = 0
    for _ in range(40):
        before = bench.told_w
        bench.run(0.5, wanted=True)
        changes += bench.told_w != before
    assert (bench.told_w, changes) == (BOILER_W, 0) and bench.sent_count > count


def test_a_weld_of_an_earlier_life_can_be_reset_once_it_is_open() -> None:
    bench = Bench()
    bench.run(2.0, wanted=True)
    bench.obeys = False
    bench.run(3.0, wanted=False)
    assert bench.causes == [(NOT_OPENED, True)]
    again = Bench(trips_blob=bench.core.guard.trips.to_bytes())
    assert again.causes == [(NOT_OPENED, False)]
    assert again.core.reset("Ada", NOT_OPENED, "boiler", again.now_ns) == ""


def test_a_contact_that_does_not_open_has_welded_and_trips_until_it_is_open() -> None:
    bench = Bench()
    bench.run(2.0, wanted=True)
    bench.obeys = False
    bench.run(3.0, wanted=False)
    assert bench.causes == [(NOT_OPENED, True)]
    bench.run(3.0, wanted=True)
    assert bench.told_w == 0.0
    assert bench.core.reset("Ada", NOT_OPENED, "boiler", bench.now_ns) != ""
    bench.is_closed = False
    bench.run(1.0, wanted=True)
    assert bench.causes == [(NOT_OPENED, False)]
    assert bench.core.reset("Ada", NOT_OPENED, "boiler", bench.now_ns) == ""
    bench.obeys = True
    bench.run(2.0, wanted=True)
    assert (bench.told_w, bench.causes) == (BOILER_W, [])


def test_a_contact_that_does_not_close_is_tried_three_times() -> None:
    bench = Bench()
    bench.obeys = False
    tries, before_w = 0, 0.0
    for _ in range(80):
        bench.run(0.25, wanted=True)
        tries += bench.told_w > before_w
        before_w = bench.told_w
    assert tries == 3
    assert bench.causes == [(NOT_CLOSED, False)]
    assert bench.core.reset("Ada", NOT_CLOSED, "boiler", bench.now_ns) == ""
    bench.obeys = True
    bench.run(3.0, wanted=True)
    assert (bench.told_w, bench.causes) == (BOILER_W, [])


def test_a_stop_opens_it_at_once_and_is_no_fault_of_the_contact() -> None:
    bench = Bench()
    bench.run(2.0, wanted=True)
    bench.core.stop("smoke")
    bench.run(3.0, wanted=True)
    assert (bench.told_w, bench.is_closed, bench.causes) == (0.0, False, [])


@pytest.mark.parametrize(("poll_s", "expected"), [(0.5, {"boiler"}), (5.0, set())])
def test_only_who_looks_often_enough_can_say_what_a_contact_does(poll_s: float, expected: set[str]) -> None:
    site = a_home(poll_s=poll_s)
    assert set(relays(site, site.devices, {"relay": load_profile("generic_relay")})) == expected


def test_real_processes_switch_a_relay_on_the_wire_and_find_that_it_has_welded(tmp_path: Path) -> None:
    site = a_home(free_port())
    meter = Device(
        "meter", "modbus_tcp", f"127.0.0.1:{free_port()}", profile="generic_hybrid", poll_s=0.5, timeout_s=0.4,
        serves={"meter": "grid", "pv": "roof"},
    )  # fmt: skip
    site = a_site(*site.assets, devices=[*site.devices, meter], control=site.control)
    with a_live_plant(site, load_w=500.0, sun_w=-4000.0) as host, a_running_box(site, tmp_path) as box:
        until_state(box, "running", patience_s=20.0)

        def until(holds: Callable[[], object]) -> None:
            end_s = time.monotonic() + 15.0
            while not holds():
                assert time.monotonic() < end_s, (host.plant.power_w, box.look())
                box.look()
                time.sleep(0.05)

        until(lambda: host.plant.power_w["boiler"] == BOILER_W)
        until(lambda: (told := box.look()) is not None and told.live[BOILER][0] == 1.0)
        host.fault("relay", is_stuck=True)
        box.command({"do": "stop", "cause": "test"})
        until(lambda: (told := box.look()) is not None and told.trips)
        told = box.look()
        assert told is not None
        assert [(each["subject"], each["cause"]) for each in told.trips] == [("boiler", NOT_OPENED)]
