"""Deaths: of the site process in the middle of a sentence, and of the door itself."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np

from enerwise.core.time import now_ns
from enerwise.devices.mailbox import Mailbox, shared_memory
from tests.door.rig import SETPOINT, Rig, a_register, a_rig
from tests.peers.modbus_peer import c_device
from tests.safety.evidence import Figure, Scale, requirement

MS = 1_000_000
LIMIT_W = 5000

SPEAKER = """
import os, socket, sys, time
import numpy as np
from enerwise.core.quantity import POWER_W
from enerwise.core.time import AnchoredClock, now_ns
from enerwise.devices.door_words import ASK_BYTES, Ask
from enerwise.devices.mailbox import Mailbox
from enerwise.door.setup import BEAT_BYTES
from enerwise.guard.permit import seal

ask_fd, beat_fd, anchor_ms, anchor_ns, nonce, path = (*map(int, sys.argv[1:6]), sys.argv[6])
key = sys.stdin.buffer.read(32)
clock = AnchoredClock(np.datetime64(anchor_ms, "ms"), anchor_ns)
ask, beat = Mailbox(ask_fd, ASK_BYTES), Mailbox(beat_fd, BEAT_BYTES)
line = socket.socket(socket.AF_UNIX)
line.connect(path)
line.sendall(b'{"do":"live"}\\n')
turn, rng, parent = 0, np.random.default_rng(nonce), os.getppid()
while os.getppid() == parent:
    turn += 1
    until = clock.now() + np.timedelta64(20_000, "ms")
    permits = [seal(key, asset="battery", quantity=POWER_W, value=float(rng.choice([4000.0, 9e9, -9e9, 1234.0])),
                    valid_until=until, nonce=nonce + turn)]
    written = now_ns()
    beat.write(b"", written_ns=written)
    ask.write(Ask(turn, tuple(permits)).to_bytes(), written_ns=written, expires_ns=written + 20 * 10**9)
    if turn == 1:
        print("ready", flush=True)
    time.sleep(0.002)
"""


def speaker(rig: Rig, nonce: int) -> subprocess.Popen[bytes]:
    """Start a site process that never stops asking for too much."""
    wall_utc, monotonic_ns = rig.box.clock.anchor
    fds = [rig.box.fds["ask"], rig.box.fds["beat"]]
    numbers = [*fds, int(wall_utc.astype("datetime64[ms]").astype(np.int64)), monotonic_ns, nonce]
    child = subprocess.Popen(
        [sys.executable, "-c", SPEAKER, *map(str, numbers), str(rig.box.options.control_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=fds,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(rig.box.ask_key)
    child.stdin.close()
    assert child.stdout.readline() == b"ready\n"
    child.stdout.close()
    return child


@requirement(3, "Site process killed in the middle of a write")
def killed_site(scale: Scale, folder: Path) -> list[Figure]:
    rng = np.random.default_rng(3)
    took_ms, seen_ms, outside, left = [], [], 0, 0
    with (
        c_device() as port,
        a_rig(folder, port, runs=False, latches_site_loss=False) as rig,
        a_register(port) as register,
    ):
        rig.box.start()
        rig.until(lambda told: bool(told.units) and told.units[0]["fresh"])
        for life in range(scale.kills):
            child = speaker(rig, life << 32)
            rig.command("start", who="evidence")
            rig.until(lambda told: told.state == "running")
            end_ns = now_ns() + int(rng.uniform(0.05, 0.4) * 1e9)
            while now_ns() < end_ns:
                outside += abs(register.read(SETPOINT)) > LIMIT_W
            moved = register.read(SETPOINT)
            child.send_signal(signal.SIGKILL)
            began_ns = now_ns()
            took_ms.append((register.until(SETPOINT, 0) - began_ns) / MS if moved else 0.0)
            child.wait()
            told = rig.until(lambda told: told.state == "idle" and not told.health["stop"]["missing"])
            seen_ms.append(told.health["stop"]["acked_ms"]["battery"])
            left += register.read(SETPOINT) != 0
        refused = sum(unit["refused_count"] for unit in rig.told.units)
    return [
        Figure(f"acknowledged after the death is seen, longest of {scale.kills}", max(seen_ms), "ms", "<=", 100.0),
        Figure("device at rest after the kill, as a stranger sees it", max(took_ms), "ms", "<=", 600.0),
        Figure("setpoints outside the limits at the device", float(outside), "", "==", 0.0),
        Figure("values left standing", float(left), "", "==", 0.0),
        Figure("answers that belonged to no question", float(refused), "", "==", 0.0),
        Figure("half messages seen by a reader", float(_half_messages(scale)), "", "==", 0.0),
    ]


WRITER = """
import sys
from enerwise.devices.mailbox import Mailbox
box, count = Mailbox(int(sys.argv[1]), 65536), 0
while True:
    count += 1
    box.write(bytes([count % 256]) * (count % 30000), written_ns=count)
    if count == 1: print("ready", flush=True)
"""


def _half_messages(scale: Scale) -> int:
    """Kill writers of a mailbox in the middle, and look whether anything but whole messages can be read."""
    fd, halves = shared_memory("evidence", 65536), 0
    try:
        for _ in range(max(3, scale.kills // 20)):
            child = subprocess.Popen([sys.executable, "-c", WRITER, str(fd)], pass_fds=[fd], stdout=subprocess.PIPE)
            assert child.stdout is not None
            child.stdout.readline()
            reader = Mailbox(fd, 65536)
            for _ in range(200):
                message = reader.read()
                halves += message is not None and len(set(message.content)) > 1
            child.kill()
            child.wait()
            child.stdout.close()
            message = Mailbox(fd, 65536).read()
            halves += message is None or len(set(message.content)) > 1
    finally:
        os.close(fd)
    return halves


@requirement(4, "Door killed or stopped: the watchdog brings rest")
def dead_door(scale: Scale, folder: Path) -> list[Figure]:
    took_ms: dict[int, list[float]] = {signal.SIGKILL: [], signal.SIGSTOP: []}
    wrong = 0
    for life in range(max(1, scale.kills // 50)):
        for with_signal, times_ms in took_ms.items():
            with c_device() as port, a_rig(folder / f"{life}-{with_signal}", port) as rig, a_register(port) as register:
                rig.move(1200.0)
                began_ns = rig.kill("door", with_signal)
                times_ms.append((register.until(SETPOINT, 0) - began_ns) / MS)
                if with_signal == signal.SIGSTOP:
                    rig.kill("door", signal.SIGCONT)
                wrong += rig.until(lambda told: told.state in ("stopped", "idle")).state != "stopped"
    return [
        Figure("at rest after SIGKILL of the door", max(took_ms[signal.SIGKILL]), "ms", "<=", 1000.0),
        Figure("at rest after SIGSTOP of the door", max(took_ms[signal.SIGSTOP]), "ms", "<=", 1000.0),
        Figure("restarts that did not come up stopped", float(wrong), "", "==", 0.0),
    ]
