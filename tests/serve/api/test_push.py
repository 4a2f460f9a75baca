"""Web push: encrypted for one browser, sealed at rest, by kind, and only for those who may see."""

import asyncio
import base64
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import http_ece  # type: ignore[import-untyped]
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from enerwise.core.errors import ProblemsFound
from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.api.app import make_app
from enerwise.serve.api.face import Face
from enerwise.serve.metrics import Metrics
from enerwise.serve.push import Book, Message, Subscription, Teller, check_endpoint, send

from .builders import OWN, ADoor, Client, a_face

OPEN = "https://93.184.216.34/push/abc"


def text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Browser:
    """A browser with its keys."""

    def __init__(self) -> None:
        self.key, self.auth = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)

    def subscription(self, endpoint: str, person: str = "ada", **facts: Any) -> Subscription:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return Subscription(person, endpoint, text(point), text(self.auth), **facts)

    def read(self, body: bytes) -> dict[str, str]:
        plain = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        found: dict[str, str] = json.loads(plain)
        return found


@pytest.fixture
def service() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]], list[int]]]:
    """A push service on this machine: what it received, and what it answers."""
    received: list[tuple[dict[str, str], bytes]] = []
    status = [201]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(
                (
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(int(self.headers["Content-Length"])),
                )
            )
            self.send_response(status[0])
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/push/abc", received, status
        server.shutdown()
        thread.join()


@pytest.fixture
def face(tmp_path: Path) -> Iterator[Face]:
    clock = a_face(tmp_path).clock
    (tmp_path / "b").mkdir()
    accounts = Accounts.open(tmp_path / "accounts", clock, origin="http://localhost:8600", site_ids=(OWN,))
    asyncio.run(accounts.first_owner(name="Ada", email="ada@example.org", password="a long enough password"))
    yield a_face(tmp_path / "b", accounts=accounts)
    accounts.close()


def owner_id(face: Face) -> str:
    from sqlalchemy import Connection

    from enerwise.serve.accounts.standing import owners_in

    def work(connection: Connection) -> str:
        return next(iter(owners_in(connection)))

    return face.accounts.ground.db.do_now(work)


def a_book(face: Face) -> Book:
    return Book.open(face.accounts.ground, face.folder)


def test_a_message_can_be_read_by_its_browser_alone(face: Face, service: Any) -> None:
    endpoint, received, _ = service
    book, browser = a_book(face), Browser()
    message = Message("act_now", "Lindenweg 8", "The site is stopped.", "/safety", "stop-1")
    assert send(book, browser.subscription(endpoint), message, check=lambda endpoint: None) == "sent"
    ((headers, body),) = received
    assert browser.read(body) == {
        "title": "Lindenweg 8",
        "body": "The site is stopped.",
        "url": "/safety",
        "tag": "stop-1",
    }
    assert b"stopped" not in body
    assert headers["content-encoding"] == "aes128gcm"
    assert headers["urgency"] == "high"
    assert book.public_key in headers["authorization"], "signed with the key that browsers were told"
    with pytest.raises(http_ece.ECEException):
        Browser().read(body)


def test_a_browser_that_is_gone_is_forgotten_and_a_service_that_fails_is_tried_again(face: Face, service: Any) -> None:
    endpoint, _, status = service
    book, message = a_book(face), Message("act_now", "a", "b")
    found = Browser().subscription(endpoint)
    book.add(found)
    status[0] = 500
    assert send(book, found, message, check=lambda endpoint: None) == "failed"
    assert book.of("ada") == [found]
    status[0] = 410
    assert send(book, found, message, check=lambda endpoint: None) == "gone"
    assert book.of("ada") == []


def test_subscriptions_lie_sealed_and_outlive_a_restart(face: Face) -> None:
    book = a_book(face)
    found = Browser().subscription(OPEN, kinds=("plan",), language="de")
    book.add(found)
    content = (face.folder / "push.sealed").read_bytes()
    assert b"93.184" not in content
    assert found.auth.encode() not in content
    assert (face.folder / "push.sealed").stat().st_mode & 0o077 == 0
    again = a_book(face)
    assert again.of("ada") == [found]
    assert again.public_key == book.public_key


def test_nobody_fills_the_book(face: Face) -> None:
    book = a_book(face)
    for count in range(20):
        book.add(Browser().subscription(f"{OPEN}/{count}"))
    with pytest.raises(ProblemsFound, match="too many"):
        book.add(Browser().subscription(f"{OPEN}/more"))
    book.add(Browser().subscription(f"{OPEN}/3", language="de"))
    assert len(book.of("ada")) == 20


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://93.184.216.34/x", "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/x", "file:///etc/passwd",
        "https://169.254.169.254/x", "https://user@93.184.216.34/x", "https://93.184.216.34:8443/x", "https:///x",
        "https://93.184.216.34:99999/x", "https://localhost/x", "https://[::ffff:10.0.0.1]/x",
    ],
)  # fmt: skip
def test_messages_go_to_the_open_network_only(endpoint: str) -> None:
    with pytest.raises(ProblemsFound):
        check_endpoint(endpoint)
    check_endpoint(OPEN)


def test_what_is_new_is_told_once_by_kind_and_in_the_language_of_the_browser(face: Face) -> None:
    book, sent = a_book(face), list[tuple[str, Message]]()
    ada = owner_id(face)
    for name, facts in (("all", {}), ("plans", {"kinds": ("plan",)}), ("german", {"language": "de"})):
        book.add(Browser().subscription(f"{OPEN}/{name}", ada, **facts))
    book.add(Browser().subscription(f"{OPEN}/stranger", "person-unknown"))

    def note(book: Book, subscription: Subscription, message: Message) -> str:
        sent.append((subscription.endpoint.rpartition("/")[2], message))
        return "sent"

    teller = Teller(face, book, Metrics(), send_one=note)
    assert asyncio.run(teller.look()) == 0, "what is old is not told"
    door = face.desks[OWN].door
    assert isinstance(door, ADoor)
    door.state, door.why = "stopped", "smoke"
    assert asyncio.run(teller.look()) == 2
    told = dict(sent)
    assert set(told) == {"all", "german"}, "by kind, and nothing to strangers"
    assert told["all"].kind == "act_now"
    assert told["all"].title == "Lindenweg 8"
    assert told["all"].body != told["german"].body
    assert asyncio.run(teller.look()) == 0, "once"


def test_a_browser_subscribes_tries_and_ends(face: Face, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app(face)
    key = asyncio.run(face.accounts.issue_key(owner_id(face)))
    client = Client(app, face, "")

    async def caller(request: Any) -> Any:
        from enerwise.serve.api.access import Caller

        return Caller(owner_id(face), "person", "Ada") if request.headers.get("authorization") else None

    monkeypatch.setattr(face.accounts, "caller", caller)
    asked = client.as_(key)
    found = Browser().subscription(OPEN)
    body = {"endpoint": OPEN, "expirationTime": None, "keys": {"p256dh": found.p256dh, "auth": found.auth}}
    assert client.get("/push/key").status_code == 401
    assert asked.post("/push/test").status_code == 409
    assert asked.post("/push/subscribe", body).status_code == 204
    assert len(asked.get("/push/key").json()["public_key"]) == 87
    monkeypatch.setattr("enerwise.serve.push.Teller.tell", lambda self, each, message: _sent())
    assert asked.post("/push/test").json() == {"sent": 1, "failed": 0}
    assert asked.post("/push/subscribe", {**body, "endpoint": "https://10.0.0.1/x"}).status_code == 422
    assert asked.post("/push/unsubscribe", {"endpoint": OPEN}).status_code == 204
    assert asked.post("/push/test").status_code == 409


async def _sent() -> str:
    return "sent"


def test_whoever_is_erased_is_sent_nothing_more(face: Face) -> None:
    client = Client(make_app(face), face, asyncio.run(face.accounts.issue_key(owner_id(face))))
    person = client.post("/people", {"name": "Bob", "email": "bob@example.org"}).json()["person"]["id"]
    book = a_book(face)
    book.add(Browser().subscription(OPEN, person=person))
    assert client.delete(f"/people/{person}").status_code == 204
    assert a_book(face).of(person) == []
