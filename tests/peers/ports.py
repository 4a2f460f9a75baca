"""Free ports of this machine, and waiting, bounded, until somebody listens."""

import contextlib
import socket
import time

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, *, limit_s: float = 5.0) -> None:
    """Return as soon as somebody accepts connections on a port.

    Raises:
        TimeoutError: Nobody does.
    """
    end_s = time.monotonic() + limit_s
    while time.monotonic() < end_s:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=limit_s):
            return
        time.sleep(0.005)
    raise TimeoutError(f"nobody listens on port {port} after {limit_s} s")
