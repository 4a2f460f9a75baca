"""A real broker, Mosquitto, on a free loopback port with a configuration of its own, that can be killed and restarted.

    with a_broker(tmp_path) as broker:
        broker.kill()
        broker.start()

What others hear and say there, foreign clients do: mosquitto_sub and mosquitto_pub.
"""

import contextlib
import json
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .ports import LOOPBACK, free_port, wait_for

NEEDS = "the broker needs Mosquitto and its clients (apt-get install mosquitto mosquitto-clients)"
PROGRAM = next(
    (each for each in (shutil.which("mosquitto"), "/usr/sbin/mosquitto") if each and Path(each).exists()), ""
)
PATIENCE_S = 8.0


class Broker:
    """The broker, whether it runs or not. What it must remember lies in a folder."""

    def __init__(self, folder: Path, lines: Sequence[str] = ()) -> None:
        """Write its configuration.

        Args:
            folder: For the configuration and what it remembers.
            lines: More configuration.
        """
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._process: subprocess.Popen[bytes] | None = None
        more = list(lines) or ["allow_anonymous true"]
        text = [
            f"listener {self.port} {LOOPBACK}",
            "user root",  # Where it is started by root; otherwise it stays whoever it is.
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_interval 1",
            "autosave_on_changes true",
            "max_queued_messages 0",
            "log_type none",
            *more,
        ]
        self._config.write_text("\n".join(text) + "\n")

    def start(self) -> None:
        """Start it, and wait until it listens."""
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen([PROGRAM, "-c", str(self._config)], stdin=quiet, stdout=quiet, stderr=quiet)
        wait_for(self.port)

    def end(self) -> None:
        """Let it save what it remembers, and end."""
        self._stop(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it."""
        self._stop(signal.SIGKILL)

    def _stop(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=PATIENCE_S)
            self._process = None

    @contextmanager
    def watched(self, topic: str, *, client_id: str = "watcher", options: Sequence[str] = ()) -> Iterator["Watcher"]:
        """Hear everything on a topic, and keep hearing what comes meanwhile the next time, under the same name."""
        # Line by line: it would keep for itself that it is there.
        command = ["stdbuf", "-oL", "mosquitto_sub", "-h", LOOPBACK, "-p", str(self.port), "-q", "1", "-d"]
        who = ["-i", client_id, "-c", "-t", topic, "-F", "%j"]
        with subprocess.Popen([*command, *who, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            watcher = Watcher(process)
            try:
                watcher.until_there()
                yield watcher
            finally:
                ended(process)
                watcher.end()

    def publish(self, topic: str, payloads: Sequence[str], *options: str) -> None:
        """Publish messages, and return when the broker has them all."""
        command = ["mosquitto_pub", "-h", LOOPBACK, "-p", str(self.port), "-q", "1", "-t", topic, "-l", *options]
        text = "".join(f"{each}\n" for each in payloads).encode()
        subprocess.run(command, input=text, check=True, timeout=PATIENCE_S)


def ended(process: subprocess.Popen[bytes]) -> None:
    """End a program; what does not go when it is asked to is killed.

    Closing its pipe would wait, and nothing could interrupt that, until whoever reads from it hears that it is gone.
    """
    process.terminate()
    try:
        process.wait(timeout=PATIENCE_S / 4)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=PATIENCE_S)


class Watcher:
    """Somebody who hears."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process, self._news = process, threading.Condition(threading.RLock())
        self._is_there = False
        self.heard: list[dict[str, Any]] = []
        """Rows with topic, payload, retain and qos."""
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                if line.startswith(b"{"):
                    self.heard.append(json.loads(line))
                self._is_there |= line.startswith(b"Subscribed")
                self._news.notify_all()

    def until_there(self) -> None:
        """Wait until the broker knows that somebody listens."""
        with self._news:
            assert self._news.wait_for(lambda: self._is_there, timeout=PATIENCE_S), "nobody could listen"

    def end(self) -> None:
        self._thread.join(timeout=PATIENCE_S)

    def values(self, topic: str = "") -> list[Any]:
        """Return what was heard on a topic, on all of them where none is named: of a state its value."""
        with self._news:
            return [_meant(each["payload"]) for each in self.heard if topic in ("", each["topic"])]

    def until(self, *values: Any, topic: str = "") -> None:
        """Wait until all of this has been heard."""
        self.until_so(lambda heard: set(values) <= set(heard), topic=topic)

    def until_so(self, holds: Callable[[list[Any]], bool], *, topic: str = "") -> None:
        """Wait until something holds of all that was heard."""
        with self._news:
            is_so = self._news.wait_for(lambda: holds(self.values(topic)), timeout=PATIENCE_S)
        assert is_so, f"not within {PATIENCE_S} s; heard were {len(self.heard)}, the last of them {self.heard[-5:]}"


def _meant(payload: str) -> Any:
    try:
        found = json.loads(payload)
    except ValueError:
        return payload
    return found["value"] if isinstance(found, dict) and "value" in found else payload


@contextmanager
def a_broker(folder: Path, *lines: str) -> Iterator[Broker]:
    """Run a broker for as long as the block lasts; skip the test where there is none."""
    if not (PROGRAM and shutil.which("mosquitto_sub") and shutil.which("mosquitto_pub")):
        pytest.skip(NEEDS)
    broker = Broker(folder, lines)
    broker.start()
    try:
        yield broker
    finally:
        with contextlib.suppress(ProcessLookupError):
            broker.kill()


def password_file(folder: Path, user: str, password: str) -> Path:
    """Return a file with one user for a broker."""
    path = folder / "passwords"
    path.touch(mode=0o600)
    subprocess.run(["mosquitto_passwd", "-b", str(path), user, password], check=True, capture_output=True, timeout=5.0)
    return path


def certificates(folder: Path) -> tuple[Path, Path, Path]:
    """Return the files of an authority, a certificate for this machine, and its key; skip the test without openssl."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("certificates need openssl (apt-get install openssl)")
    authority, authority_key = folder / "ca.pem", folder / "ca.key"
    certificate, key, request = folder / "server.pem", folder / "server.key", folder / "server.csr"
    new = [openssl, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    extensions = folder / "extensions"
    extensions.write_text(f"subjectAltName=IP:{LOOPBACK}\n")
    for command in (
        [*new, "-x509", "-days", "2", "-subj", "/CN=test", "-keyout", str(authority_key), "-out", str(authority)],
        [*new, "-subj", "/CN=broker", "-keyout", str(key), "-out", str(request)],
        [openssl, "x509", "-req", "-in", str(request), "-CA", str(authority), "-CAkey", str(authority_key),
         "-CAcreateserial", "-days", "2", "-extfile", str(extensions), "-out", str(certificate)],
    ):  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=10.0)
    return authority, certificate, key
