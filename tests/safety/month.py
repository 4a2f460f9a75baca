"""Thirty simulated days with random faults: the door's own decisions on the twins' registers, on a virtual clock."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from enerwise.agents import laws
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import AnchoredClock, Instant, TimeGrid, VirtualClock
from enerwise.core.units import FloatArray
from enerwise.devices.mailbox import Message
from enerwise.devices.profiles import load_profile
from enerwise.devices.supply import Supply
from enerwise.door.core import SECOND, Core
from enerwise.guard import State
from enerwise.physics import household, pv, weather
from enerwise.run.plant.host import Host
from enerwise.serve.rules import watched_rules
from enerwise.site.site import Site
from enerwise.site.wiring import Device
from tests.builders import BERLIN, a_site
from tests.door.builders import ASK_KEY, START, a_setup
from tests.safety.evidence import Figure, Scale, requirement

STEP_S = 4
SUPPLY_STEP_S = 60
LIMIT_W = 9000.0
NOTICED_S = 30.0
"""Nothing is beyond a limit for longer untold: what has stuck only a contactor or a person can end."""
HOUR_STEPS = 3600 // STEP_S
MOVED = ("battery", "roof")
FAULTS: tuple[dict[str, Any], ...] = (
    {"is_silent": True},
    {"is_frozen": True},
    {"is_flipped": True},
    {"is_stuck": True},
    {"adds": {"battery.temperature_degc": 35.0, "battery.cell_temperature_max_degc": 35.0}},
    {"adds": {"battery.temperature_degc": -30.0}},
    {"adds": {"battery.cell_voltage_max_v": 0.4}},
    {"adds": {"battery.cell_voltage_min_v": -0.9}},
    {"adds": {"battery.soc_ratio": 0.3}},
    {"adds": {"meter.frequency_hz": 1.9}},
    {"adds": {"meter.voltage_l1_v": 60.0}},
    {"adds": {"meter.power_w": 1e5}},
)


def a_home() -> Site:
    """Lindenweg 8 with a hybrid inverter and a meter of its own for the home."""
    serves = {"battery": "battery", "pv": "roof", "meter": "grid"}
    hybrid = Device("hybrid", "modbus_tcp", "127.0.0.1:1", profile="generic_hybrid", serves=serves)
    meter = Device("meter", "modbus_tcp", "127.0.0.1:2", profile="eastron_sdm630", serves={"meter": "home"})
    return a_site(devices=[hybrid, meter])


def a_month(days: float, rng: np.random.Generator) -> Supply:
    """A generated household and its sun, in spring."""
    grid = TimeGrid(START, SUPPLY_STEP_S, int(days * 86_400 / SUPPLY_STEP_S) + 2)
    sky = weather.draw(grid, weather.Place(), rng=rng)
    habits = household.draw_habits(rng, 1)
    load_w = household.draw_load_w(habits, grid, BERLIN, rng=rng, temperature_degc=sky.temperature_degc)[0]
    available_w: FloatArray = pv.available_w(sky.irradiance_w_per_m2, sky.temperature_degc, 6000.0)
    return Supply(grid, {"home": np.minimum(load_w, 8500.0)}, {"roof": available_w})


class Month:
    """A door, its machines, somebody who wishes, something that breaks, and a person who looks in."""

    def __init__(self, days: float, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.site = a_home()
        profiles = {each.id: load_profile(each.profile) for each in self.site.devices}
        self.clock = VirtualClock(START)
        self.host = Host(self.site, profiles, a_month(days, self.rng), self.clock, rng=self.rng)
        self.latched: list[tuple[str, str]] = []
        """Trips of this step, as the guard latched them."""
        self.setup = replace(a_setup(self.site), rules=watched_rules(self.site, self.site.devices))
        self.core = self._born(None, "", 0)
        self._arm(0.0)
        self.turn = self.fault_count = self.trip_count = self.unexplained = self.restart_count = self.moved_steps = 0
        self._well_at = -1
        self.held_beyond = self.stuck_beyond = self.unnoticed = self.jumps = 0
        self._battery_count = self._connection_count = self._connection_steps = self._untold_steps = 0
        self._home_w = 0.0

    def _born(self, trips: bytes | None, why: str, now_ns: int) -> Core:
        anchor = (AnchoredClock(START, 0).at(now_ns), now_ns)
        core = Core(replace(self.setup, trips_blob=trips, starts_stopped=why, anchor=anchor))
        latch = core.guard.trip

        def noted(subject: str, cause: str, now: Instant) -> None:
            known = {(each.subject, each.cause) for each in core.guard.trips.latched}
            latch(subject, cause, now)
            new = [(each.subject, each.cause) for each in core.guard.trips.latched]
            self.latched += [each for each in new if each not in known]

        core.guard.trip = noted  # type: ignore[method-assign]
        return core

    def _arm(self, t_s: float) -> None:
        """Set the hybrid's own watchdog, as the door does before it starts."""
        twin = self.host.boxes["hybrid"]
        for write in twin.bound.comms_loss_writes(5.0):
            twin.write(write.table, write.address, write.words, t_s)

    def _beat(self, at: int, t_s: float) -> None:
        twin = self.host.boxes["hybrid"]
        if not twin.faults.is_silent:
            for write in twin.bound.heartbeat_writes(at):
                twin.write(write.table, write.address, write.words, t_s)

    def step(self, at: int) -> None:
        """Live four seconds."""
        t_s = float(at * STEP_S)
        now_ns = int(t_s * SECOND)
        self.clock.jump_to(AnchoredClock(START, 0).at(now_ns))
        self._break(at, now_ns)
        self._read(now_ns)
        self.core.supervise(now_ns)
        self._explain()
        self._wish(now_ns)
        self._beat(at, t_s)
        for permit in self.core.decide(now_ns, self._reachable()):
            self._tell(permit.asset, permit.value, t_s)
            self.core.sent(permit.asset, permit.value, now_ns)
        self.host.plant.step(self.clock.now(), t_s, float(STEP_S))
        self.moved_steps += abs(self.host.plant.power_w["battery"]) > 100.0
        self._count()
        self._look_in(at, now_ns)
        self.core.news.clear()

    def _count(self) -> None:
        """Tell apart what the door can hold and what no word can.

        A machine that has stuck does what it does. A load that jumps over the connection's limit has jumped: that is no
        fault of the door where the home alone took so much more, and where the next step is within the limit again.
        """
        counts = self.host.plant.counts
        battery, connection = counts.battery_power + counts.battery_energy, counts.import_limit + counts.export_limit
        is_battery, is_connection = battery > self._battery_count, connection > self._connection_count
        self._battery_count, self._connection_count = battery, connection
        is_stuck = self.host.boxes["hybrid"].faults.is_stuck
        self._connection_steps = self._connection_steps + 1 if is_connection else 0
        home_w = self.host.plant.power_w["home"]
        excess_w = self.host.plant.grid_w - LIMIT_W
        has_jumped = self._connection_steps == 1 and not is_battery and home_w - self._home_w >= excess_w > 0.0
        self._home_w = home_w
        is_beyond = is_battery or (is_connection and not has_jumped)
        self.jumps += has_jumped and not is_stuck
        self.held_beyond += is_beyond and not is_stuck
        self.stuck_beyond += (is_battery or is_connection) and is_stuck
        # A machine that has stuck and fallen silent can be neither seen nor told: that it is silent is all there is.
        is_told = self.core.guard.trips.holds("battery") or any(
            each.subject == "battery" for each in self.core.findings
        )
        self._untold_steps = self._untold_steps + 1 if (is_battery or is_connection) and not is_told else 0
        self.unnoticed += self._untold_steps * STEP_S > NOTICED_S

    def _break(self, at: int, now_ns: int) -> None:
        if at == self._well_at:
            for name in self.host.boxes:
                self.host.heal(name)
        elif at > self._well_at and self.rng.random() < 3.0 / HOUR_STEPS / 4:
            for _ in range(int(self.rng.integers(1, 3))):
                fault = FAULTS[int(self.rng.integers(len(FAULTS)))]
                only_hybrid = "adds" in fault or "is_stuck" in fault
                device = "hybrid" if only_hybrid else str(self.rng.choice(list(self.host.boxes)))
                self.host.fault(device, **fault)
                self.fault_count += 1
            self._well_at = at + int(self.rng.integers(1, HOUR_STEPS // 2))
        if self.rng.random() < 0.05 / HOUR_STEPS:
            # The door is killed: what had tripped is known, and it comes up stopped.
            self.core = self._born(self.core.guard.trips.to_bytes(), "the door ended without a goodbye", now_ns)
            self.restart_count += 1

    def _read(self, now_ns: int) -> None:
        for twin in self.host.boxes.values():
            if twin.faults.is_silent:
                continue
            words = {read: twin.read(read.table, read.address, read.count) or () for read in twin.bound.reads()}
            for (role, name), value in twin.bound.decode(words).items():
                if role in twin.device.serves:
                    self.core.sample(Key(twin.device.serves[role], name), value, now_ns)

    def _explain(self) -> None:
        """Every trip that latched must have been told with its cause."""
        told = {(each["subject"], each["payload"].get("why")) for each in self.core.news if each["kind"] == "trip"}
        self.trip_count += len(self.latched)
        self.unexplained += sum(each not in told for each in self.latched)
        self.latched.clear()

    def _wish(self, now_ns: int) -> None:
        """Follow the sun and the load as they are shown, and now and then ask for anything at all."""
        from enerwise.devices.door_words import Ask
        from enerwise.guard.permit import seal

        live = {key: value for key, (value, _) in self.core.live.items()}
        others_w = live.get(Key("home", POWER_W), 0.0) + live.get(Key("roof", POWER_W), 0.0)
        if not np.isfinite(others_w):
            others_w = 0.0
        wished_w = float(laws.self_consumption(np.float64(others_w), -5000.0, 5000.0, deliver_limit_w=5000.0))
        if self.rng.random() < 0.2:
            wished_w = float(self.rng.choice([5000.0, -5000.0, 1e6, -1e6]))
        self.turn += 1
        until = self.core.clock.at(now_ns) + np.timedelta64(10_000, "ms")
        values = {"battery": wished_w, "roof": -6000.0 if self.rng.random() < 0.9 else -1000.0}
        permits = tuple(
            seal(ASK_KEY, asset=asset, quantity=POWER_W, value=value, valid_until=until, nonce=self.turn * 2 + at)
            for at, (asset, value) in enumerate(values.items())
        )
        self.core.hear(Message(self.turn, now_ns, now_ns + 10 * SECOND, Ask(self.turn, permits).to_bytes()), now_ns)

    def _reachable(self) -> list[str]:
        return [] if self.host.boxes["hybrid"].faults.is_silent else list(MOVED)

    def _tell(self, asset: str, value_w: float, t_s: float) -> None:
        twin = self.host.boxes["hybrid"]
        role = next(role for role, served in twin.device.serves.items() if served == asset)
        for write in twin.bound.writes(role, POWER_W, value_w):
            twin.write(write.table, write.address, write.words, t_s)

    def _look_in(self, at: int, now_ns: int) -> None:
        """A person comes by four times an hour, resets what can be reset, and starts what may start."""
        if at % (HOUR_STEPS // 4):
            return
        core = self.core
        for trip in core.guard.trips.latched:
            if not trip.is_active and core.reset("Ada", trip.cause, trip.subject, now_ns) == "":
                break
        else:
            if core.state in (State.STOPPED, State.ERROR):
                core.reset("Ada", core.why, None, now_ns)
        if core.state is State.IDLE:
            core.start(())


@requirement(20, "Simulated days with random faults")
def month(scale: Scale, folder: Path) -> list[Figure]:
    life = Month(scale.month_days, seed=20)
    assert life.core.start(()) == ()
    steps = int(scale.month_days * 86_400 / STEP_S)
    for at in range(1, steps):
        life.step(at)
    state = life.host.state()
    worst = ", ".join(f"{name} by {by:.0f}" for name, by in state["worst"].items()) or "none"
    stuck = f"such steps of a machine that has stuck, which no word can end ({worst})"
    untold = f"steps beyond a limit for longer than {NOTICED_S:g} s with neither trip nor finding at the battery"
    return [
        Figure("simulated days", steps * STEP_S / 86_400, "days", ">=", 0.99 * scale.month_days),
        Figure("faults", float(life.fault_count), "", ">=", 1.0),
        Figure("trips", float(life.trip_count), "", ">=", 0.0),
        Figure("deaths of the door", float(life.restart_count), "", ">=", 0.0),
        Figure("steps in which the battery was moved", float(life.moved_steps), "", ">=", 0.2 * steps),
        Figure("jumps of the home's own load over the connection's limit", float(life.jumps), "", ">=", 0.0),
        Figure("steps beyond a limit, of a machine that can be moved", float(life.held_beyond), "", "==", 0.0),
        Figure(stuck, float(life.stuck_beyond), "", ">=", 0.0),
        Figure(untold, float(life.unnoticed), "", "==", 0.0),
        Figure("trips without an event that tells of them", float(life.unexplained), "", "==", 0.0),
    ]
