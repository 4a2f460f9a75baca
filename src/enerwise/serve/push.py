"""Web push: messages to the devices of people, also while no page is open.

Every message is encrypted for the one browser that asked for it. Who gets what is kept sealed by the vault, beside the
accounts; a person who is gone, or may no longer see a site, gets nothing.
"""

import asyncio
import base64
import ipaddress
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from enerwise.core.errors import Problem, ProblemsFound, StoreError
from enerwise.core.event import Kind
from enerwise.core.time import Instant
from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.private_files import read_private, write_private
from enerwise.serve.accounts.standing import rights_in
from enerwise.serve.api.face import Desk, Face
from enerwise.serve.api.notices import ACT_NOW, LOOK_SOON, Notice, notices, told
from enerwise.serve.logs import log
from enerwise.serve.metrics import Metrics
from enerwise.serve.words import LANGUAGES

FILE: Final = "push.sealed"
PLACE: Final = "push/book"
PLAN: Final = "plan"
TEST: Final = "test"
KINDS: Final = (ACT_NOW, LOOK_SOON, PLAN)
DEFAULTS: Final = (ACT_NOW, LOOK_SOON)
MOST_OF_ONE: Final = 20
MOST: Final = 2000
TTL_S: Final = 4 * 3600
TIMEOUT_S: Final = 10.0
EVERY_S: Final = 20.0
GONE: Final = (404, 410)
CONTACT: Final = "mailto:postmaster@enerwise.invalid"
"""What a push service is told as our address, where nobody has given another."""
WORDS: Final = {
    TEST: {
        "en": ("Enerwise", "Messages to this device work."),
        "de": ("Enerwise", "Meldungen an dieses Gerät kommen an."),
    },
    PLAN: {"en": ("{site}", "A new plan is ready."), "de": ("{site}", "Ein neuer Plan liegt vor.")},
}


@dataclass(frozen=True, slots=True)
class Subscription:
    """One browser that wants messages."""

    person: str
    endpoint: str
    p256dh: str
    auth: str
    language: str = "en"
    kinds: tuple[str, ...] = DEFAULTS


@dataclass(frozen=True, slots=True)
class Message:
    """What a browser shows."""

    kind: str
    title: str
    body: str
    url: str = "/"
    tag: str = ""

    def content(self) -> str:
        """Return what is encrypted."""
        return json.dumps({"title": self.title, "body": self.body, "url": self.url, "tag": self.tag})


@dataclass(slots=True)
class Book:
    """Who gets what, and the key that push services know us by. Threads may share it."""

    ground: Ground
    folder: Path
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    """By endpoint."""
    _key: str = ""
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def open(cls, ground: Ground, folder: Path) -> "Book":
        """Open the book of a server; a new one has a new key."""
        book = cls(ground, folder)
        sealed = read_private(folder / FILE)
        if sealed is not None:
            rows = json.loads(ground.vault.open(sealed.decode(), PLACE))
            book._key = rows["key"]
            for each in rows["subscriptions"]:
                found = Subscription(**{**each, "kinds": tuple(each["kinds"])})
                book.subscriptions[found.endpoint] = found
        if not book._key:
            number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
            book._key = _text(number.to_bytes(32, "big"))
        return book

    @property
    def private_key(self) -> str:
        """What signs for us."""
        return self._key

    @property
    def public_key(self) -> str:
        """What browsers are told; base64url of the point."""
        number = int.from_bytes(base64.urlsafe_b64decode(self._key + "=" * (-len(self._key) % 4)), "big")
        point = ec.derive_private_key(number, ec.SECP256R1()).public_key()
        form, plain = serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        return _text(point.public_bytes(form, plain))

    def add(self, subscription: Subscription) -> None:
        """Keep a subscription; the same endpoint is told anew.

        Raises:
            ProblemsFound: There are too many.
        """
        with self._lock:
            own = [each for each in self.subscriptions.values() if each.person == subscription.person]
            is_new = subscription.endpoint not in self.subscriptions
            if is_new and (len(own) >= MOST_OF_ONE or len(self.subscriptions) >= MOST):
                problem = Problem(
                    "endpoint", "there are too many subscriptions", "end those of devices you no longer use"
                )
                raise ProblemsFound("push", [problem])
            self.subscriptions[subscription.endpoint] = subscription
            self._keep()

    def remove(self, endpoint: str, person: str | None = None) -> bool:
        """Forget a subscription, of one person where that is told, and tell whether there was one."""
        with self._lock:
            found = self.subscriptions.get(endpoint)
            if found is None or person not in (None, found.person):
                return False
            del self.subscriptions[endpoint]
            self._keep()
            return True

    def forget(self, person: str) -> None:
        """Forget every subscription of a person who leaves."""
        for each in self.of(person):
            self.remove(each.endpoint)

    def of(self, person: str) -> list[Subscription]:
        """Return the subscriptions of a person."""
        return [each for each in list(self.subscriptions.values()) if each.person == person]

    def _keep(self) -> None:
        rows = {"key": self._key, "subscriptions": [asdict(each) for each in self.subscriptions.values()]}
        sealed = self.ground.vault.seal(json.dumps(rows).encode(), PLACE)
        write_private(self.folder / FILE, sealed.encode())


def check_endpoint(endpoint: str) -> None:
    """Refuse what is no push service: this server sends to the open network only, and by TLS.

    Raises:
        ProblemsFound: It is not https, or leads into a network of one's own.
    """
    parts = urlsplit(endpoint)
    try:
        port, host = parts.port or 443, parts.hostname or ""
    except ValueError:
        port, host = 0, ""
    if parts.scheme != "https" or not host or port != 443 or parts.username is not None:
        raise _wrong("is no address of a push service", "send what the browser's PushManager gave")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        # A server without the open network cannot look it up now; it is looked at again before anything is sent.
        return
    if not all(ipaddress.ip_address(str(each[4][0]).partition("%")[0]).is_global for each in found):
        raise _wrong("leads into a network of one's own", "send what the browser's PushManager gave")


def send(
    book: Book, subscription: Subscription, message: Message, *, check: Callable[[str], None] = check_endpoint
) -> str:
    """Send one message, return ``sent``, ``gone`` or ``failed``. It waits: call it from a thread."""
    from pywebpush import WebPushException, webpush  # type: ignore[import-untyped]
    from requests import RequestException

    info = {"endpoint": subscription.endpoint, "keys": {"p256dh": subscription.p256dh, "auth": subscription.auth}}
    try:
        check(subscription.endpoint)
        webpush(
            info,
            message.content(),
            vapid_private_key=book.private_key,
            vapid_claims={"sub": CONTACT},
            ttl=TTL_S,
            timeout=TIMEOUT_S,
            headers={"Urgency": "high" if message.kind == ACT_NOW else "normal"},
        )
    except WebPushException as error:
        status = getattr(error.response, "status_code", None)
        if status in GONE:
            book.remove(subscription.endpoint)
            return "gone"
        return "failed"
    except (RequestException, ProblemsFound, ValueError):
        return "failed"
    return "sent"


class Teller:
    """Looks at every site again and again, and tells people what is new."""

    def __init__(self, face: Face, book: Book, metrics: Metrics, *, send_one: Callable[..., str] = send) -> None:
        self._face, self._book, self._metrics, self._send = face, book, metrics, send_one
        self._known: dict[str, frozenset[str]] = {}
        self._plans: dict[str, str] = {}

    async def run(self) -> None:
        """Look until cancelled; what fails is logged and tried again."""
        while True:
            try:
                await self.look()
            except (StoreError, OSError) as error:
                log().warning("push", why=str(error))
            await asyncio.sleep(EVERY_S)

    async def look(self) -> int:
        """Tell what is new since the last look, and return how many messages were sent."""
        if not self._book.subscriptions:
            # Whoever subscribes later hears of what comes later.
            self._known.clear()
            return 0
        count = 0
        for desk in self._face.desks.values():
            for make in await asyncio.to_thread(self._news, desk, self._face.clock.now()):
                count += await self._tell(desk.site.id, make)
        return count

    def _news(self, desk: Desk, now: Instant) -> list[Callable[[str], Message]]:
        site = desk.site
        found = {each.id: each for each in notices(desk, now) if each.level in KINDS}
        before = self._known.get(site.id)
        self._known[site.id] = frozenset(found)
        news = [] if before is None else [each for name, each in found.items() if name not in before]
        made: list[Callable[[str], Message]] = [partial(_of_notice, each, site.id, site.name) for each in news]
        plans = desk.store.events(kind=Kind.PLANNED, limit=1)
        plan_id, known = (plans[-1].id if plans else ""), self._plans.get(site.id)
        self._plans[site.id] = plan_id
        if known is not None and plan_id != known:
            made.append(partial(_of_plan, site.id, site.name))
        return made

    async def _tell(self, site: str, make: Callable[[str], Message]) -> int:
        count = 0
        for each in list(self._book.subscriptions.values()):
            message = make(each.language if each.language in LANGUAGES else "en")
            if message.kind in each.kinds and await self._may_see(each.person, site):
                count += await self.tell(each, message) == "sent"
        return count

    async def tell(self, subscription: Subscription, message: Message) -> str:
        """Send one message in a thread and count what came of it."""
        outcome = await asyncio.to_thread(self._send, self._book, subscription, message)
        self._metrics.push.labels(outcome).inc()
        return outcome

    async def _may_see(self, person: str, site: str) -> bool:
        ground = self._book.ground
        rights: Mapping[str, Any] = await ground.read(lambda connection: rights_in(connection, person))
        return any("see" in rights.get(each, ()) for each in (site, "*"))


def try_message(language: str) -> Message:
    """Return what is sent to try it."""
    return _worded(TEST, language if language in LANGUAGES else "en", "", "/more")


def _of_notice(notice: Notice, site: str, name: str, language: str) -> Message:
    return Message(notice.level, name, told(notice, "what")[language], f"/?site={site}", notice.id)


def _of_plan(site: str, name: str, language: str) -> Message:
    return _worded(PLAN, language, name, f"/plan?site={site}")


def _worded(kind: str, language: str, site: str, url: str) -> Message:
    title, body = WORDS[kind][language]
    return Message(kind, title.format(site=site), body, url, kind)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _wrong(message: str, remedy: str) -> ProblemsFound:
    return ProblemsFound("push", [Problem("endpoint", message, remedy)])


def book_of(app: Any, face: Face) -> Book | None:
    """Return the book of an application, opened when first asked for; None where there is no vault to keep it in."""
    found = getattr(app.state, "push_book", None)
    if not isinstance(found, Book):
        ground = getattr(face.accounts, "ground", None)
        if ground is None:
            return None
        found = app.state.push_book = Book.open(ground, face.folder)
    return found
