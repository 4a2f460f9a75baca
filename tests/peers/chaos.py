"""The chaos proxy, started for a test.

with chaos(target_port) as wire:
    wire.port                    # connect here
    wire.set("blackhole", 1.0)   # from now on nothing comes through
"""

import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .ports import LOOPBACK, free_port, wait_for
from .processes import running

PROGRAM = Path(__file__).with_name("chaos_proxy.py")


@dataclass(frozen=True, slots=True)
class Wire:
    """A wire that can be spoilt."""

    port: int
    control: socket.socket

    def set(self, fault: str, value: float) -> None:
        """Change a fault; the names are those of `tests.peers.chaos_proxy.Faults`."""
        self._tell(f"set {fault} {value}")

    def kill(self) -> None:
        """Drop every live connection."""
        self._tell("kill")

    def show(self) -> dict[str, Any]:
        """Return faults and counts."""
        return self._tell("show")

    def _tell(self, line: str) -> dict[str, Any]:
        self.control.sendall(f"{line}\n".encode())
        answer = b""
        while not answer.endswith(b"\n"):
            answer += self.control.recv(4096)
        state: dict[str, Any] = json.loads(answer)
        return state


@contextmanager
def chaos(target_port: int, *options: str) -> Iterator[Wire]:
    """Run the proxy in front of a port and yield the wire; options are those of the program."""
    port, control_port = free_port(), free_port()
    command = [sys.executable, str(PROGRAM), str(port), str(target_port), "--control", str(control_port), *options]
    with running(command):
        wait_for(control_port)
        wait_for(port)
        with socket.create_connection((LOOPBACK, control_port), timeout=5.0) as control:
            yield Wire(port, control)
