"""Sensors: that fall silent, stand still, or contradict each other."""

import signal
from dataclasses import replace
from pathlib import Path

from enerwise.core import quantity as q
from enerwise.core.series import Key
from enerwise.core.time import now_ns
from enerwise.door.core import SECOND, Core
from enerwise.serve.rules import watched_rules
from enerwise.site.placing import SECOND as SECOND_SOURCE
from tests.builders import a_site
from tests.door.builders import a_setup
from tests.door.rig import SETPOINT, a_register, a_rig
from tests.peers.modbus_peer import c_device
from tests.safety.evidence import Figure, Scale, requirement

POLL_S = 0.5


@requirement(5, "Stale data: silent devices and frozen values")
def stale_data(scale: Scale, folder: Path) -> list[Figure]:
    with c_device() as port, a_rig(folder, port, stale_after_s=3 * POLL_S) as rig:
        with a_register(port) as register:
            rig.move(1500.0)
        # The process of the device is held: its lines stay open, and nobody answers.
        from tests.peers.modbus_peer import built

        pids = [each for each in _pids_of(str(built())) if f" {port} " in _command(each)]
        began_ns = now_ns()
        import os

        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        told = rig.until(lambda told: any(each.rule == "data too old" for each in told.answers), patience_s=10.0)
        silent_s = (now_ns() - began_ns) / SECOND
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        with a_register(port) as register:
            register.until(SETPOINT, 0, patience_s=10.0)
    assert told.state == "running"
    return [
        Figure("silent device counts as unknown", silent_s, "s", "<=", 4 * POLL_S + 1.0),
        # Five minutes without one changed digit, as `site/data/trends.toml` says; a look comes every quarter second.
        Figure("frozen value noticed while current flows", _frozen_s(), "s", "<=", 301.0),
        Figure("power allowed once it is noticed", _left_after_frozen(), "ratio", "<=", 0.2),
    ]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def _pids_of(program: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if program in _command(int(entry.name)):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _watching() -> Core:
    site = a_site()
    core = Core(replace(a_setup(site), rules=watched_rules(site, ())))
    assert core.start(()) == ()
    return core


def _charging(core: Core, t_s: float, **values: float) -> None:
    """Let a battery charge with 20 A, and everything be well but for what is said."""
    at_ns = int(t_s * SECOND)
    well = {
        q.POWER_W: 1000.0,
        q.CURRENT_A: 20.0,
        q.SOC_RATIO: 0.5 + t_s * 2e-5,
        q.ENERGY_WH: 6750.0 + t_s * 0.27,
        q.PACK_VOLTAGE_V: 50.0 + 0.001 * (t_s % 7),
        q.TEMPERATURE_DEGC: 25.0 + 0.01 * (t_s % 5),
        q.CELL_VOLTAGE_MIN_V: 3.30 + 0.001 * (t_s % 3),
        q.CELL_VOLTAGE_MAX_V: 3.31 + 0.001 * (t_s % 4),
    }
    for name, value in {**well, **values}.items():
        core.sample(Key("battery", name), value, at_ns)


def _until_found(core: Core, tier: str, *, limit_s: float, step_s: float = 0.25, **values: float) -> float:
    """Return after how long a finding of this tier appears; infinity where it never does."""
    for step in range(round(limit_s / step_s)):
        t_s = 1.0 + step * step_s
        _charging(core, t_s, **values)
        core.supervise(int(t_s * SECOND))
        if any(str(each.tier) == tier for each in core.findings):
            return t_s - 1.0
    return float("inf")


def _frozen_s() -> float:
    """The state of charge stands still while 20 A flow."""
    return _until_found(_watching(), "warn", limit_s=3600.0, soc_ratio=0.5, energy_wh=6750.0)


def _left_after_frozen() -> float:
    core = _watching()
    _until_found(core, "warn", limit_s=3600.0, soc_ratio=0.5, energy_wh=6750.0)
    return min(core.guard.derate.get("battery", (1.0, 1.0)))


@requirement(10, "Contradicting sensors: the worst case wins")
def contradictions(scale: Scale, folder: Path) -> list[Figure]:
    found = []
    twins = {q.SOC_RATIO: 0.6, q.PACK_VOLTAGE_V: 55.0, q.CURRENT_A: 30.0}
    for name, second in twins.items():
        found += [
            Figure(f"{name} differs: alarm", _differing_s("warn", name, second), "s", "<=", 1.0),
            Figure(f"{name} differs: no trip before", _differing_s("trip", name, second), "s", ">=", 5.0),
            Figure(f"{name} differs: trip", _differing_s("trip", name, second), "s", "<=", 6.0),
        ]
    found.append(Figure("worse of two cell voltages decides, cycles", _worst_wins(), "", "==", 1.0))
    return found


def _differing_s(tier: str, name: str, second: float) -> float:
    core = _watching()
    for step in range(80):
        t_s = 1.0 + step * 0.25
        _charging(core, t_s)
        core.sample(Key("battery" + SECOND_SOURCE, name), second, int(t_s * SECOND))
        core.supervise(int(t_s * SECOND))
        if any(str(each.tier) == tier and "differs" in each.id for each in core.findings):
            return t_s - 1.0
    return float("inf")


def _worst_wins() -> float:
    """One of two sources shows a full cell: after one look the battery may not charge."""
    core = _watching()
    _charging(core, 1.0)
    core.sample(Key("battery" + SECOND_SOURCE, q.CELL_VOLTAGE_MAX_V), 3.63, int(1.0 * SECOND))
    core.supervise(int(1.0 * SECOND))
    return 1.0 if core.guard.derate["battery"][1] <= 0.01 else float("inf")
