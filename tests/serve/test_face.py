"""The face as a process: ready soon, alive again after a death, gone with its parent, never plain beyond here."""

import json
import os
import random
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from enerwise.core.errors import ProblemsFound
from enerwise.core.time import LiveClock
from enerwise.serve.listening import Place, check, opened, port_of, tls_files
from enerwise.serve.tls import Authority, self_signed

from .builders import FLAT, a_site_file, enerwise, said


def free_pair() -> int:
    """Return a port that is free, and the next one too; outgoing connections of others take none of these."""
    while True:
        port = random.randrange(20_000, 32_000, 2)
        with suppress(ProblemsFound):
            pair = opened(Place(port))
            for each in pair:
                if each is not None:
                    each.close()
            if None not in pair:
                return port


class Running:
    """`enerwise run`, as a person starts it."""

    def __init__(self, log: Path, *options: str) -> None:
        self._log = log
        command = [sys.executable, "-m", "enerwise.serve.cli", "run", *options]
        with log.open("w") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def until(self, words: str, *, patience_s: float = 120.0) -> re.Match[str]:
        end_s = time.monotonic() + patience_s
        while (found := re.search(words, self.said())) is None:
            assert time.monotonic() < end_s, self.said()
            assert self.process.poll() is None, self.said()
            time.sleep(0.05)
        return found

    def faces(self) -> list[int]:
        return [each for each in descendants(self.process.pid) if "face_process" in command_of(each)]


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Running]:
    run = Running(folder / "said.txt", *options)
    try:
        yield run
    finally:
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(timeout=30.0) == 0, run.said()


def descendants(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
    return found + [each for child in found for each in descendants(child)]


def command_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def got(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=60.0) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def first_bytes(port: int, context: ssl.SSLContext) -> bytes:
    """Ask something harmless by TLS, and return how the answer begins."""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5.0) as line,
        context.wrap_socket(line, server_hostname="localhost") as secure,
    ):
        secure.sendall(b"GET /api/v1/auth/state HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return secure.recv(12)


def test_a_site_of_twins_shows_its_page_soon_and_again_after_the_face_died(tmp_path: Path) -> None:
    site, port = a_site_file(tmp_path, FLAT), free_pair()
    with running(tmp_path, str(site), "--port", str(port)) as run:
        run.until(rf"Page: http://localhost:{port}")
        told = run.until(r"/first-run\?token=(\S+)")
        assert len(told[1]) > 16
        state = json.loads(got(f"http://127.0.0.1:{port}/api/v1/auth/state")[1])
        assert state["needs_first_run"]
        (face,) = run.faces()
        os.kill(face, signal.SIGKILL)
        status, _ = got(f"http://127.0.0.1:{port}/api/v1/auth/state")
        assert status == 200, "who asked while the face was dead has waited and is answered"
        assert run.faces() not in ([], [face])
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1.0)


def test_the_face_goes_when_its_parent_is_killed(tmp_path: Path) -> None:
    site, port = a_site_file(tmp_path, FLAT), free_pair()
    run = Running(tmp_path / "said.txt", str(site), "--port", str(port))
    run.until(r"Page: http")
    (face,) = run.faces()
    run.process.kill()
    run.process.wait()
    end_s = time.monotonic() + 60.0
    while "face_process" in command_of(face):
        assert time.monotonic() < end_s
        time.sleep(0.05)


def test_a_taken_port_is_told_of_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = enerwise("run", a_site_file(tmp_path, FLAT), "--port", port, "--seconds", 5)
        assert result.exit_code == 2
        assert f"127.0.0.1:{port}: cannot be opened" in said(result)
        assert "0 runs without a page" in said(result)


def test_beyond_this_machine_only_tls_is_spoken(tmp_path: Path) -> None:
    site, port = a_site_file(tmp_path, FLAT), free_pair()
    with running(tmp_path, str(site), "--port", str(port), "--host", "0.0.0.0") as run:
        fingerprint = run.until(r"SHA-256 ([0-9A-F:]{95})")[1]
        run.until(r"Page: https://")
        context = ssl.create_default_context(cafile=str(site.with_suffix(".run") / "accounts" / "tls-cert.pem"))
        assert first_bytes(port, context) == b"HTTP/1.1 200"
        with pytest.raises(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5.0):
            pass
    now = LiveClock().now()
    again = self_signed(site.with_suffix(".run") / "accounts", "0.0.0.0", now)
    assert again.fingerprint() == fingerprint, "a certificate that holds is used again"
    other = self_signed(site.with_suffix(".run") / "accounts", "192.0.2.7", now)
    assert other.fingerprint() != fingerprint, "a new name needs a new one"


def test_a_server_that_asks_for_certificates_lets_only_its_machines_in(tmp_path: Path) -> None:
    site, port, now = a_site_file(tmp_path, FLAT), free_pair(), LiveClock().now()
    friend = Authority(tmp_path / "ours", now).issue("controller-2")
    stranger = Authority(tmp_path / "theirs", now).issue("controller-2")
    options = ("--host", "0.0.0.0", "--client-ca", str(tmp_path / "ours" / "ca.pem"))
    with running(tmp_path, str(site), "--port", str(port), *options) as run:
        run.until(r"Page: https://")
        own = str(site.with_suffix(".run") / "accounts" / "tls-cert.pem")

        def status(cert: Path | None, key: Path | None) -> bytes:
            context = ssl.create_default_context(cafile=own)
            if cert is not None:
                context.load_cert_chain(cert, key)
            return first_bytes(port, context)

        assert status(friend.cert, friend.key) == b"HTTP/1.1 200"
        for cert, key in ((None, None), (stranger.cert, stranger.key)):
            with pytest.raises(OSError):
                assert status(cert, key) == b""
                raise ConnectionError("closed without an answer")


def test_a_machine_gets_one_certificate_and_a_key_for_itself_alone(tmp_path: Path) -> None:
    made = enerwise("tls", "issue", "box-1", "--folder", tmp_path)
    assert made.exit_code == 0, said(made)
    assert (tmp_path / "box-1-key.pem").stat().st_mode & 0o077 == 0
    assert (tmp_path / "ca-key.pem").stat().st_mode & 0o077 == 0
    assert "has a certificate already" in said(enerwise("tls", "issue", "box-1", "--folder", tmp_path))
    for name in ("../box", "", "a b", ".hidden", "x" * 65):
        assert "is no name for a machine" in said(enerwise("tls", "issue", name, "--folder", tmp_path))
    assert "has a certificate already" in said(enerwise("tls", "issue", "ca", "--folder", tmp_path))


@pytest.mark.parametrize(
    ("place", "is_secure"),
    [
        (Place(), False),
        (Place(host="localhost"), False),
        (Place(host="::1"), False),
        (Place(host="127.0.0.2"), False),
        (Place(host="0.0.0.0"), True),
        (Place(host=""), True),
        (Place(host="192.168.1.5"), True),
        (Place(host="home.example"), True),
        (Place(host="localhost.example"), True),
    ],
)
def test_what_others_can_reach_is_secure(place: Place, is_secure: bool, tmp_path: Path) -> None:
    check(place)
    assert place.is_secure is is_secure
    assert place.address.startswith("https://" if is_secure else "http://")
    assert (tls_files(place, tmp_path, LiveClock().now()) is not None) is is_secure


def test_port_comes_by_option_environment_or_default() -> None:
    assert port_of(None, {}) == 8600
    assert port_of(None, {"PORT": "8700"}) == 8700
    assert port_of(8800, {"PORT": "8700"}) == 8800
    for text in ("-1", "65535", "eighty", "８６００", "1e3"):
        with pytest.raises(ProblemsFound, match="is no port"):
            port_of(None, {"PORT": text})


def test_broken_certificates_are_named(tmp_path: Path) -> None:
    broken = tmp_path / "cert.pem"
    broken.write_text("nothing", encoding="utf-8")
    with pytest.raises(ProblemsFound, match=r"cert\.pem.*cannot be used"):
        tls_files(Place(tls_cert=broken, tls_key=broken), tmp_path, LiveClock().now())
    files = self_signed(tmp_path, "localhost", LiveClock().now())
    with pytest.raises(ProblemsFound, match="--client-ca"):
        tls_files(Place(tls_cert=files.cert, tls_key=files.key, client_ca=broken), tmp_path, LiveClock().now())
