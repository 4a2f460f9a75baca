"""Where the page listens: on this machine only, or beyond it with TLS; plain words never leave the machine.

The parent opens the sockets and hands them down: a port that is taken is told of before anything starts, and a face
that dies loses no caller who waits.
"""

import ipaddress
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enerwise.core.errors import Problem, ProblemsFound

if TYPE_CHECKING:
    from enerwise.core.time import Instant
    from enerwise.serve.tls import Files

PORT: Final = 8600
VARIABLE: Final = "PORT"
LOOPBACK: Final = "127.0.0.1"
HIGHEST_PORT: Final = 65_534
"""The next one takes stops."""
BACKLOG: Final = 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page is asked to be."""

    port: int = PORT
    """0 is no page."""
    host: str = LOOPBACK
    tls_cert: Path | None = None
    tls_key: Path | None = None
    client_ca: Path | None = None
    """Lets in only machines with a certificate signed by this."""
    origin: str | None = None
    """Where browsers find it, if that is elsewhere, as behind a proxy."""
    opens_metrics: bool = False
    """Whether figures are shown to whoever can reach the port."""
    markets: tuple[Path, ...] = ()
    """Files of the markets that its server runs."""

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    @property
    def is_secure(self) -> bool:
        """Whether it speaks TLS: always beyond this machine."""
        return not self.is_local or self.tls_cert is not None

    @property
    def address(self) -> str:
        """Where a person finds it."""
        if self.origin is not None:
            return self.origin.rstrip("/")
        name = self.host if self.host not in ("", "0.0.0.0", "::") else socket.gethostname()
        name = "localhost" if self.is_local else f"[{name}]" if ":" in name else name
        return f"{'https' if self.is_secure else 'http'}://{name}:{self.port}"


def port_of(asked: int | None, environment: Mapping[str, str] = os.environ) -> int:
    """Return the port that was asked for, by option or environment.

    Raises:
        ProblemsFound: It is none.
    """
    place, text = (
        ("--port", str(asked)) if asked is not None else (VARIABLE, environment.get(VARIABLE, "") or str(PORT))
    )
    if not (text.isascii() and text.isdigit() and int(text) <= HIGHEST_PORT):
        remedy = f"write a number up to {HIGHEST_PORT}, or 0 for no page"
        raise ProblemsFound(place, [Problem(place, f"{text!r} is no port", remedy)])
    return int(text)


def check(place: Place) -> None:
    """Complain about options that do not go together.

    Raises:
        ProblemsFound: Naming them.
    """
    problems = []
    if (place.tls_cert is None) != (place.tls_key is None):
        problems.append(Problem("--tls-cert, --tls-key", "one is missing", "name both: certificate chain and key"))
    if place.client_ca is not None and not place.is_secure:
        problems.append(Problem("--client-ca", "needs TLS", "add --tls-cert and --tls-key"))
    if place.origin is not None and not place.origin.startswith(("http://", "https://")):
        problems.append(
            Problem("--origin", f"{place.origin!r} is no address", "write one such as https://home.example")
        )
    if place.origin is not None and place.origin.startswith("http://") and not place.is_local:
        remedy = "write https://: beyond this machine only TLS is spoken"
        problems.append(Problem("--origin", f"{place.origin!r} is plain HTTP", remedy))
    if problems:
        raise ProblemsFound("page", problems)


def tls_files(place: Place, folder: Path, now: "Instant") -> "Files | None":
    """Return certificate and key to use, one made here where none was named; None on this machine without TLS.

    Raises:
        ProblemsFound: They cannot be used.
    """
    if not place.is_secure:
        return None
    from enerwise.serve import tls

    if place.tls_cert is not None and place.tls_key is not None:
        files = tls.Files(place.tls_cert, place.tls_key)
    else:
        files = tls.self_signed(folder, place.host, now)
    tls.check(files, place.client_ca)
    return files


def opened(place: Place) -> tuple[socket.socket, socket.socket | None]:
    """Open the port of the page, and the next one for stops; None where that one is taken.

    Raises:
        ProblemsFound: The first cannot be had.
    """
    try:
        first = _open(place.host, place.port)
    except OSError as error:
        remedy = "end what listens there, or choose another with --port or PORT; 0 runs without a page"
        problem = Problem(f"{place.host}:{place.port}", f"cannot be opened: {error.strerror or error}", remedy)
        raise ProblemsFound("page", [problem]) from None
    try:
        return first, _open(place.host, place.port + 1)
    except OSError:
        return first, None


def _open(host: str, port: int) -> socket.socket:
    found = socket.getaddrinfo(host.strip("[]") or "0.0.0.0", port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, kind, protocol, _, address = found[0]
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        made.listen(BACKLOG)
    except OSError:
        made.close()
        raise
    made.set_inheritable(True)
    return made
