"""Commands to a running door, over its socket on this machine: what `enerwise stop` and the box itself send."""

import json
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

PATIENCE_S: Final = 3.0


def command_door(path: Path, command: Mapping[str, Any], *, patience_s: float = PATIENCE_S) -> dict[str, Any]:
    """Send a command and return the answer.

    Raises:
        OSError: There is no door, or it does not answer in time.
        ValueError: What answers is no door.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(patience_s)
        line.connect(str(path))
        line.sendall(json.dumps(command).encode() + b"\n")
        received = b""
        while not received.endswith(b"\n"):
            data = line.recv(1 << 16)
            if not data:
                raise ConnectionError("the door closed the line")
            received += data
    answer = json.loads(received)
    if not isinstance(answer, dict):
        raise ValueError(f"the door answered {received[:80]!r}")
    return answer
