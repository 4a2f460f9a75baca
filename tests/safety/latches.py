"""Latches: what has tripped stays, a reset takes a person, and a start takes everything in order."""

import itertools
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from enerwise.core import quantity as q
from enerwise.core.series import Key
from enerwise.door.core import SECOND, Core
from enerwise.guard import State, Trips
from enerwise.guard.arming import ArmingFacts, DeviceFacts, refusals
from enerwise.guard.supervise import Finding
from enerwise.guard.trips import WHOLE_SITE
from enerwise.serve.rules import watched_rules
from enerwise.site.rules import Tier
from tests.builders import NOON, a_site
from tests.door.builders import a_core, a_setup
from tests.door.rig import a_rig
from tests.peers.modbus_peer import c_device
from tests.peers.ports import free_port
from tests.safety.evidence import Figure, Scale, requirement


@requirement(7, "A trip latches, and survives restart and power cut")
def latching(scale: Scale, folder: Path) -> list[Figure]:
    site = a_site()
    core = Core(replace(a_setup(site), rules=watched_rules(site, ())))
    core.start(())
    for step in range(60):
        # Twelve seconds of 70 degC, then all is well again.
        degc = 70.0 if 10 <= step < 22 else 25.0
        for name, value in {q.TEMPERATURE_DEGC: degc, q.POWER_W: 0.0, q.SOC_RATIO: 0.5}.items():
            core.sample(Key("battery", name), value, step * SECOND)
        core.supervise(step * SECOND)
    tripped = core.guard.trips.holds("battery")
    again = a_core(runs=False, trips_blob=core.guard.trips.to_bytes())
    return [
        Figure("tripped after the fault is gone", float(tripped), "", "==", 1.0),
        Figure("tripped after a restart", float(again.guard.trips.holds("battery")), "", "==", 1.0),
        Figure("stop latched after kill -9 of all processes", _after_kill(folder), "", "==", 1.0),
        Figure("site at rest where the memory of trips is damaged at any byte", _damaged(core), "", "==", 1.0),
    ]


def _after_kill(folder: Path) -> float:
    """Stop, kill everything, and look how the next life comes up; nobody has reset."""
    with c_device() as port:
        with a_rig(folder / "kill", port) as rig:
            rig.command("stop", cause="smoke", who="Ada")
            rig.until(lambda told: told.state == "stopped" and rig.box._memory.state.endswith("smoke"))
            for name in ("door", "watchdog"):
                rig.kill(name, signal.SIGKILL)
                rig.box.processes.pop(name).child.wait()
        with a_rig(folder / "kill", port, runs=False) as rig:
            rig.box.start()
            told = rig.until(lambda told: told.state != "none")
            return float(told.state == "stopped" and told.why == "smoke")


def _damaged(core: Core) -> float:
    blob = core.guard.trips.to_bytes()
    damaged = [blob[:at] for at in range(len(blob))]
    damaged += [blob[:at] + bytes([blob[at] ^ 1]) + blob[at + 1 :] for at in range(len(blob))]
    return float(all(a_core(runs=False, trips_blob=each).state is State.ERROR for each in damaged))


@requirement(8, "Reset discipline")
def resets(scale: Scale, folder: Path) -> list[Figure]:
    core = a_core()
    core.trip("battery", "too hot", 0)
    active = core.reset("Ada", "too hot", "battery", 0)
    core.calm("battery", "too hot")
    passed = 0
    for count in range(100):
        core.trip("battery", f"fault {count}", 0)
        core.calm("battery", f"fault {count}")
    for count in range(100):
        passed += core.reset("Ada", f"fault {count}", "battery", 20 * SECOND + count * SECOND // 100) == ""
    port_number = free_port()
    with c_device() as port, a_rig(folder, port, stop_port=port_number) as rig:
        rig.command("stop", cause="pressed")
        with socket.create_connection(("127.0.0.1", port_number), timeout=2.0) as line, line.makefile("rb") as answers:
            line.sendall(b'{"do":"reset","who":"Eve","cause":"pressed"}\n')
            remote = answers.readline()
        state = rig.told.state
    return [
        Figure("resets while the fault is active", float(active == ""), "", "==", 0.0),
        Figure("of 100 resets within a second, passed", float(passed), "", "==", 1.0),
        Figure("resets from the network", float(b'"ok":true' in remote or state != "stopped"), "", "==", 0.0),
        Figure("resets without a name", float(core.reset(" ", "fault 5", "battery", 60 * SECOND) == ""), "", "==", 0.0),
    ]


WELL = ArmingFacts(
    devices=[DeviceFacts(id="hybrid", answers=True, comms_loss_s=4.0, limits_w={"charge": (5000.0, 5000.0)})],
    stop_inputs={"button": True},
    watchdog_is_alive=True,
    trips=Trips(),
    findings=[],
    meter_age_s=0.5,
    meter_stale_s=3.0,
    heartbeat_age_s=0.1,
    state=State.IDLE,
)


def _device(**facts: Any) -> Callable[[ArmingFacts], ArmingFacts]:
    return lambda before: replace(before, devices=[replace(before.devices[0], **facts)])


def _site(**facts: Any) -> Callable[[ArmingFacts], ArmingFacts]:
    return lambda before: replace(before, **facts)


FAULT = Finding("overtemperature", "battery", Tier.TRIP, Key("battery", "x"), 55.0, "degC", "test", "hot", True, 60.0)
VIOLATIONS: dict[str, Callable[[ArmingFacts], ArmingFacts]] = {
    "answers": _device(answers=False),
    "comms loss": _device(comms_loss_s=float("nan")),
    "limits": _device(limits_w={"charge": (9000.0, 5000.0)}),
    "stop input": _site(stop_inputs={"button": False}),
    "watchdog": _site(watchdog_is_alive=False),
    "trip": _site(trips=Trips().tripped(WHOLE_SITE, "insulation", NOON)),
    "finding": _site(findings=[FAULT]),
    "meter": _site(meter_age_s=10.0),
    "heartbeat": _site(heartbeat_age_s=2.0),
    "state": _site(state=State.STOPPED),
}


@requirement(18, "Arming checks: refused, all reasons at once, none can be skipped")
def arming(scale: Scale, folder: Path) -> list[Figure]:
    alone = sum(len(refusals(violate(WELL))) == 1 for violate in VIOLATIONS.values())
    pairs = list(itertools.combinations(VIOLATIONS.values(), 2))
    both = sum(len(refusals(second(first(WELL)))) == 2 for first, second in pairs)
    whole = WELL
    for violate in VIOLATIONS.values():
        whole = violate(whole)
    return [
        Figure("refusals where nothing is wrong", float(len(refusals(WELL))), "", "==", 0.0),
        Figure(
            f"of {len(VIOLATIONS)} preconditions violated alone, refused",
            float(alone),
            "",
            "==",
            float(len(VIOLATIONS)),
        ),
        Figure(f"of {len(pairs)} pairs, refused with both reasons", float(both), "", "==", float(len(pairs))),
        Figure("all violated together: reasons told", float(len(refusals(whole))), "", "==", float(len(VIOLATIONS))),
    ]
