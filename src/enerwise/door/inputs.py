"""Where stops and commands come in: files handed down, a file that appears, a socket on this machine, a loopback port.

Anybody who can reach an input may stop; only the socket on this machine, which the file system protects, may do more.
A stop input that ends is a stop: a cut wire must not be taken for silence.
"""

import contextlib
import json
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

CLIENT_LIMIT: Final = 16
QUEUE_LENGTH: Final = 128
"""Connections that may wait to be taken: whoever presses stop in a crowd must not be turned away by the system."""
LINE_BYTES: Final = 4096
STOP_WORD: Final = b"STOP"

Command = Mapping[str, Any]
Answer = Mapping[str, Any]


@dataclass(slots=True)
class Client:
    """One connection that sends commands, a line each, and is answered a line each."""

    socket: socket.socket
    may_all: bool
    is_lifeline: bool = False
    """Whether the site process holds this connection for as long as it lives."""
    received: bytes = b""


class Inputs:
    """All ways in. ``stop`` is called with a cause, ``command`` answers a command, ``gone`` tells of a cut lifeline."""

    def __init__(
        self,
        stop: Callable[[str], None],
        command: Callable[[Command, Client], Answer | None],
        gone: Callable[[], None],
    ) -> None:
        self._stop, self._command, self._gone = stop, command, gone
        self._listeners: dict[int, tuple[socket.socket, bool]] = {}
        self._clients: dict[int, Client] = {}
        self._stop_fds: dict[int, str] = {}
        self._stop_file = ""
        self._has_stop_file = False

    def listen(self, path: str, port: int) -> None:
        """Open the socket of this machine and, where a port is given, one on loopback that takes stops only."""
        if path:
            Path(path).unlink(missing_ok=True)
            local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            local.bind(path)
            Path(path).chmod(0o600)
            self._add(local, may_all=True)
        if port:
            loopback = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            loopback.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            loopback.bind(("127.0.0.1", port))
            self._add(loopback, may_all=False)

    def watch_stop(self, fds: Mapping[int, str], stop_file: str) -> None:
        """Take a stop from these files, by name, and from a file that appears."""
        self._stop_fds = dict(fds)
        for fd in fds:
            os.set_blocking(fd, False)
        self._stop_file = stop_file

    @property
    def fds(self) -> list[int]:
        """Everything to be polled for reading."""
        return [*self._listeners, *self._clients, *self._stop_fds]

    @property
    def stop_inputs(self) -> dict[str, bool]:
        """Every stop input by name, and whether it is quiet and whole."""
        return dict.fromkeys(self._stop_fds.values(), True) | (
            {self._stop_file: not self._has_stop_file} if self._stop_file else {}
        )

    def ready(self, fd: int) -> None:
        """Take what has come in on one file."""
        if fd in self._stop_fds:
            self._stopped_by(fd)
        elif fd in self._listeners:
            self._accept(fd)
        elif fd in self._clients:
            self._hear(self._clients[fd])

    def tick(self) -> None:
        """Look for the stop file."""
        if not self._stop_file:
            return
        is_there = os.access(self._stop_file, os.F_OK)
        if is_there and not self._has_stop_file:
            self._stop(f"stop file {Path(self._stop_file).name}")
        self._has_stop_file = is_there

    def answer(self, client: Client, answer: Answer) -> None:
        """Send an answer; whoever does not take it is let go."""
        try:
            client.socket.send(json.dumps(answer, separators=(",", ":")).encode() + b"\n")
        except OSError:
            self._forget(client)

    def close(self) -> None:
        """Close every way in."""
        for listener, _ in self._listeners.values():
            listener.close()
        for client in self._clients.values():
            client.socket.close()
        self._clients.clear()

    def _add(self, listener: socket.socket, *, may_all: bool) -> None:
        listener.setblocking(False)
        listener.listen(QUEUE_LENGTH)
        self._listeners[listener.fileno()] = (listener, may_all)

    def _accept(self, fd: int) -> None:
        listener, may_all = self._listeners[fd]
        with contextlib.suppress(OSError):
            accepted, _ = listener.accept()
            accepted.setblocking(False)
            if len(self._clients) >= CLIENT_LIMIT:
                # Whoever has been connected longest makes room: nobody may keep others from pressing stop.
                self._forget(next(each for each in self._clients.values() if not each.is_lifeline))
            self._clients[accepted.fileno()] = Client(accepted, may_all)

    def _hear(self, client: Client) -> None:
        try:
            data = client.socket.recv(LINE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._forget(client)
            return
        client.received += data
        *lines, client.received = client.received.split(b"\n")
        for line in lines:
            self._obey(line.strip(), client)
        if len(client.received) > LINE_BYTES:
            self._forget(client)

    def _obey(self, line: bytes, client: Client) -> None:
        command = _command(line)
        if command is None:
            self.answer(client, {"ok": False, "why": 'write a line such as {"do":"stop","cause":"..."}'})
        elif command["do"] not in ("stop", "state") and not client.may_all:
            self.answer(client, {"ok": False, "why": "this port takes stops only; go to the machine itself"})
        elif command["do"] == "live":
            # One lifeline: that of the newest site process.
            for each in self._clients.values():
                each.is_lifeline = each is client
            self.answer(client, {"ok": True})
        elif (answer := self._command(command, client)) is not None:
            self.answer(client, answer)

    def _stopped_by(self, fd: int) -> None:
        name = self._stop_fds[fd]
        try:
            data = os.read(fd, LINE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            del self._stop_fds[fd]
            self._stop(f"stop input {name} has ended: is its wire cut?")
        else:
            self._stop(f"stop input {name}")

    def _forget(self, client: Client) -> None:
        self._clients.pop(client.socket.fileno(), None)
        client.socket.close()
        if client.is_lifeline:
            self._gone()


def _command(line: bytes) -> Command | None:
    if line.upper() == STOP_WORD:
        return {"do": "stop", "cause": "stop by port", "who": ""}
    try:
        command = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return command if isinstance(command, dict) and isinstance(command.get("do"), str) else None
