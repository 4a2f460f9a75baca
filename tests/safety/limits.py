"""Limits: of values, of their rate of change, and of what may be done at all."""

import asyncio
import itertools
import json
import math
import struct
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from enerwise.core import quantity as q
from enerwise.core.quantity import POWER_W
from enerwise.core.series import Key
from enerwise.core.time import TIME_TYPE, Instant, LiveClock
from enerwise.devices.gateway import Gateway
from enerwise.devices.gateway_words import Allowed, line_of, word_of
from enerwise.devices.mailbox import Message
from enerwise.devices.port import Receipt
from enerwise.door.core import SECOND, Core
from enerwise.guard.interlocks import missing, truths
from enerwise.guard.permit import Permit, seal
from enerwise.serve.rules import watched_rules
from enerwise.site.assets import Battery
from tests.builders import a_battery, a_load, a_pv, a_site
from tests.devices.test_gateway import Told, a_permit
from tests.door.builders import ASK_KEY, a_picture, a_setup
from tests.door.rig import SETPOINT, a_register, a_rig
from tests.guard.supervision import shipped
from tests.peers.modbus_peer import c_device
from tests.safety.evidence import Figure, Scale, requirement

HUGE = (math.inf, -math.inf, math.nan, 2**31, -(2**31), 2**63, 1e308, -1e308, 5e-324, -0.0)
STRANGE: tuple[Any, ...] = (*HUGE, True, "1500", "78", None, [], {})
BATTERIES = 8


@requirement(9, "Hard limits cannot be bypassed")
def fuzzed_setpoints(scale: Scale, folder: Path) -> list[Figure]:
    """Genuine and forged permits with any value, eight machines at a time, through the mailbox and the door's judge.

    Then a liar on the socket of a gateway, which believes seals and nothing else.
    """
    site = a_site(*(a_battery(f"battery{at}") for at in range(BATTERIES)), a_pv(), a_load())
    core = Core(a_setup(site, stale_after_s=1e9))
    assert core.start(()) == ()
    for at in range(BATTERIES):
        core.sample(Key(f"battery{at}", q.ENERGY_WH), 6750.0, 0)
    for key, (value, _) in a_picture(0).items():
        if not key.asset.startswith("battery"):
            core.sample(key, value, 0)
    ids = [each.id for each in site.of_kind(Battery)]
    rng = np.random.default_rng(9)
    outside = not_finite = sent = cases = turn = 0
    while cases < scale.fuzz_cases:
        turn += 1
        now_ns = turn * SECOND // 100
        core.hear(Message(turn, now_ns, now_ns + SECOND, _ask(rng, ids, turn, core, now_ns)), now_ns)
        cases += len(ids)
        for permit in core.decide(now_ns, ids):
            sent += 1
            not_finite += not math.isfinite(permit.value)
            outside += not -5000.0 <= permit.value <= 5000.0
        total_w = sum(each.value_w for each in core.answers.values() if math.isfinite(each.value_w))
        outside += abs(total_w) > 9000.0 + 2500.0
    return [
        Figure("setpoints fuzzed", float(cases), "", ">=", float(scale.fuzz_cases)),
        Figure("values sent to machines", float(sent), "", ">=", 1.0),
        Figure("values outside the envelope", float(outside), "", "==", 0.0),
        Figure("values that are no number", float(not_finite), "", "==", 0.0),
        *asyncio.run(_fuzzed_gateway(scale.fuzz_cases // 10, folder, rng)),
    ]


@dataclass
class Judge(Told):
    """A driver that counts how many permits it was asked to judge."""

    judged: int = 0

    async def apply(self, permit: Permit, now: Instant) -> Receipt:
        self.judged += 1
        return await super().apply(permit, now)


BATCH = 200
"""So many lines at once, each of another asset: of one asset only the newest would be judged."""


async def _fuzzed_gateway(count: int, folder: Path, rng: np.random.Generator) -> list[Figure]:
    """Lines of a liar on a gateway's own socket: genuine permits with one thing changed, other types, rubbish."""
    judge = Judge()
    gateway = Gateway(judge, LiveClock(), path=folder / "g.sock", beat_limit_s=60.0)
    ends = asyncio.Event()
    task = asyncio.create_task(gateway.run(ends))
    async with asyncio.timeout(600.0):
        while not (folder / "g.sock").exists():
            await asyncio.sleep(0.01)
        reader, writer = await asyncio.open_unix_connection(str(folder / "g.sock"))
        hears = asyncio.create_task(_hear(reader))
        lies = to_judge = genuine = 0
        for first in range(0, count, BATCH):
            lines = [_lie(rng, nonce) for nonce in range(first, first + BATCH)]
            lines.append(line_of(Allowed(a_permit(1000.0, nonce=first + count, asset="genuine", valid_s=3600.0))))
            lies, genuine = lies + BATCH, genuine + 1
            to_judge += sum(isinstance(word_of(each), Allowed) for each in lines)
            writer.writelines(lines)
            while judge.judged < to_judge:
                await asyncio.sleep(0.001)
        ends.set()
        writer.close()
        await asyncio.wait([task, hears])
    return [
        Figure("lines of a liar on the socket of a gateway", float(lies), "", ">=", float(count)),
        Figure("of these, permits that had to be judged", float(to_judge - genuine), "", ">=", 0.5 * count),
        Figure("carried out for each genuine permit between them", len(judge.applied) / genuine, "", "==", 1.0),
        Figure("values carried out that no permit names", sum(each != 1000.0 for each in judge.applied), "", "==", 0.0),
    ]


def _lie(rng: np.random.Generator, nonce: int) -> bytes:
    """Return a line that must move nothing: a genuine permit with one thing changed, or rubbish."""
    if rng.random() < 0.1:
        return rng.bytes(30).replace(b"\n", b" ") + b"\n"
    row = json.loads(line_of(Allowed(a_permit(1000.0, nonce=nonce, asset=f"car{nonce % BATCH}", valid_s=3600.0))))
    (value,) = struct.unpack("d", rng.bytes(8))
    changes: tuple[Any, ...] = (f"bus{nonce % BATCH}", "energy_wh", value, 1 << 44, nonce + 1, bytes(32).hex())
    at = int(rng.integers(len(changes)))
    strange = STRANGE[int(rng.integers(len(STRANGE)))]
    row["permit"][at] = changes[at] if at != 2 or rng.random() < 0.5 else strange
    if row["permit"][2] == 1000.0 and at == 2:
        return b"\n"
    return json.dumps(row).encode() + b"\n"


async def _hear(reader: asyncio.StreamReader) -> None:
    """Take what comes, so that nobody waits for room."""
    while await reader.read(1 << 16):
        pass


def _ask(rng: np.random.Generator, ids: list[str], turn: int, core: Core, now_ns: int) -> bytes:
    """Return a message with one wish a machine: sealed floats of any bits, altered values, other types, rubbish."""
    until = core.clock.at(now_ns) + np.timedelta64(1000, "ms")
    until_ms = int(until.astype(TIME_TYPE).astype(np.int64))
    rows = []
    for at, asset in enumerate(ids):
        nonce = turn * 100 + at
        (value,) = struct.unpack("d", rng.bytes(8)) if rng.random() < 0.5 else (float(rng.normal(0.0, 8000.0)),)
        if math.isfinite(value):
            permit = seal(ASK_KEY, asset=asset, quantity=POWER_W, value=value, valid_until=until, nonce=nonce)
        else:
            permit = Permit(asset, POWER_W, value, until, nonce, bytes(32))
        shown: Any = permit.value
        if rng.random() < 0.3:
            shown = STRANGE[int(rng.integers(len(STRANGE)))]
        rows.append([permit.asset, permit.quantity, shown, until_ms, permit.nonce, permit.seal.hex()])
    content = json.dumps({"turn": turn, "permits": rows, "live": {}}).encode()
    return content if rng.random() < 0.98 else rng.bytes(40)


@requirement(11, "Rate of change: rises slowly, falls at once")
def slew(scale: Scale, folder: Path) -> list[Figure]:
    limit_w_per_s = 1000.0
    facts = {"ramp_w_per_s": limit_w_per_s, "poll_s": 0.5}
    with c_device() as port, a_rig(folder, port, device=facts) as rig, a_register(port) as register:
        rig.wish(5000.0)
        seen, end_s = [], time.monotonic() + 4.0
        while time.monotonic() < end_s:
            seen.append((time.monotonic(), register.read(SETPOINT)))
            time.sleep(0.01)
        steps = [(b[1] - a[1]) for a, b in itertools.pairwise(seen) if a[1] not in (SETPOINT,)]
        rise_w_per_s = (seen[-1][1] - seen[0][1] * (seen[0][1] != SETPOINT)) / (seen[-1][0] - seen[0][0])
        fall_ms = rig.command("stop", cause="evidence")["acked_ms"]["battery"]
        rests_w = register.read(SETPOINT)
    return [
        Figure("setpoint rises by at most this in one step", float(max(steps)), "W", "<=", limit_w_per_s * 1.05),
        Figure("mean rise", rise_w_per_s, "W/s", "<=", limit_w_per_s * 1.3),
        Figure("fall to rest", fall_ms, "ms", "<=", 50.0),
        Figure("setpoint after the fall", float(rests_w), "W", "==", 0.0),
        Figure("temperature rising by 1.5 K/s trips after", _temperature_trip_s(), "s", "<=", 5.0),
    ]


def _temperature_trip_s() -> float:
    site = a_site()
    core = Core(replace(a_setup(site), rules=watched_rules(site, ())))
    core.start(())
    for step in range(120):
        t_s = step * 0.25
        degc = 25.0 + 1.5 * max(0.0, t_s - 10.0)
        core.sample(Key("battery", q.TEMPERATURE_DEGC), degc, int(t_s * SECOND))
        core.supervise(int(t_s * SECOND))
        if core.guard.trips.holds("battery"):
            return t_s - 10.0
    return math.inf


@requirement(16, "Interlocks: every combination")
def interlocks(scale: Scale, folder: Path) -> list[Figure]:
    rules = shipped("interlocks.toml")
    names = [each.id for each in rules.inputs]
    wrong = reachable = 0
    combinations = list(itertools.product((False, True), repeat=len(names)))
    for combination in combinations:
        true = dict(zip(names, combination, strict=True))
        lacking = missing(rules.actions, true)
        # The specification, written down again by itself: an action is allowed where all that it names is true.
        for action in rules.actions:
            wrong += (not lacking[action.id]) != all(true[each] for each in action.needs)
        closes_main = [each for each in lacking if "close-plus" in each or "close-main" in each]
        precharged = next(name for name in names if "precharge" in name or "pre-charge" in name)
        reachable += any(not lacking[each] and not true[precharged] for each in closes_main)
        assert closes_main
    unknown = truths(
        rules.inputs, "battery", lambda key: math.nan, [each.key(each.channel, "battery") for each in rules.inputs]
    )
    return [
        Figure(f"of 2^{len(names)} combinations, differing from the specification", float(wrong), "", "==", 0.0),
        Figure("main closed with pre-charge incomplete", float(reachable), "combinations", "==", 0.0),
        Figure("truths that follow from unknown values", float(sum(unknown.values())), "", "==", 0.0),
    ]
