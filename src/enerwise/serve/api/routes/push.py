"""Web push: a browser asks for messages, says which, and asks for none any more."""

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from enerwise.serve.api.access import Caller, as_person
from enerwise.serve.api.answers import PROBLEMS
from enerwise.serve.api.face import Face
from enerwise.serve.api.problems import Trouble
from enerwise.serve.metrics import metrics_of
from enerwise.serve.push import DEFAULTS, KINDS, Book, Subscription, Teller, book_of, check_endpoint, try_message

router = APIRouter(tags=["push"])
Person = Annotated[Caller, as_person()]
Endpoint = Annotated[str, Field(min_length=10, max_length=1000)]
KeyText = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,120}={0,2}$")]
KindName = Literal["act_now", "look_soon", "plan"]


class PushKey(BaseModel):
    """What the browser needs to subscribe."""

    public_key: str
    kinds: list[str] = list(KINDS)


class PushKeys(BaseModel):
    """Keys of one browser, as its PushManager gives them."""

    p256dh: KeyText
    auth: KeyText


class PushSubscription(BaseModel):
    """A subscription, as a browser's PushManager gives it, and which messages it wants."""

    endpoint: Endpoint
    keys: PushKeys
    expirationTime: float | None = None  # noqa: N815  # the browser's own name
    language: Literal["en", "de"] = "en"
    kinds: Annotated[list[KindName], Field(max_length=len(KINDS))] = list(DEFAULTS)


class PushEnd(BaseModel):
    """Which subscription ends."""

    endpoint: Endpoint


class PushTried(BaseModel):
    """What came of a try."""

    sent: int
    failed: int


@router.get("/push/key", responses=PROBLEMS)
def read_push_key(request: Request, caller: Person) -> PushKey:
    """Return the key that browsers subscribe with."""
    return PushKey(public_key=_book(request).public_key)


@router.post("/push/subscribe", status_code=204, responses=PROBLEMS)
async def subscribe_push(request: Request, caller: Person, asked: PushSubscription) -> Response:
    """Send messages to this browser from now on; the same browser again changes which."""
    await asyncio.to_thread(check_endpoint, asked.endpoint)
    found = Subscription(
        caller.id, asked.endpoint, asked.keys.p256dh, asked.keys.auth, asked.language, tuple(asked.kinds)
    )
    await asyncio.to_thread(_book(request).add, found)
    return Response(status_code=204)


@router.post("/push/unsubscribe", status_code=204, responses=PROBLEMS)
async def unsubscribe_push(request: Request, caller: Person, asked: PushEnd) -> Response:
    """Send nothing more to a browser of one's own."""
    await asyncio.to_thread(_book(request).remove, asked.endpoint, caller.id)
    return Response(status_code=204)


@router.post("/push/test", responses=PROBLEMS)
async def try_push(request: Request, caller: Person) -> PushTried:
    """Send a message to every browser of one's own."""
    book, face = _book(request), _face(request)
    own = book.of(caller.id)
    if not own:
        raise Trouble(409, "no-subscription", "no browser of yours gets messages; switch them on first")
    teller = Teller(face, book, metrics_of(request.app))
    outcomes = [await teller.tell(each, try_message(each.language)) for each in own]
    sent = outcomes.count("sent")
    return PushTried(sent=sent, failed=len(outcomes) - sent)


def _book(request: Request) -> Book:
    found = book_of(request.app, _face(request))
    if found is None:
        raise Trouble(503, "no-push", "this server has no vault to keep subscriptions in")
    return found


def _face(request: Request) -> Face:
    face: Face = request.app.state.face
    return face
