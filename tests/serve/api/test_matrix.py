"""Who may do what: every operation of the API, asked by every role at one's own and at a foreign site.

What must happen is read from the gate that a route declares. A route without a gate must stand on a short list.
"""

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from enerwise.serve.api.access import ROLES, Action, Caller

from ..accounts.builders import ORIGIN
from .believed import House, a_house
from .builders import FOREIGN, OWN
from .operations import Operation, operations

PUBLIC: Final = {
    "read_health_brief": "one word, for whatever watches the process",
    "read_health": "shows each caller the sites that he may see",
    "read_metrics": "a setting opens it to whoever watches; else it shows each caller the sites that he may see",
    "read_version": "says nothing about sites or people",
    "auth_state": "tells who asks how he stands, and others which ways there are to come in",
    "first_run": "proves itself with a word from the terminal",
    "sign_in": "proves itself with a password",
    "accept_invitation": "proves itself with the word of an invitation",
    "start_outside": "begins to sign in elsewhere",
    "end_outside": "proves itself with what was signed elsewhere",
    "start_saml": "begins to sign in elsewhere",
    "receive_saml": "proves itself with what was signed elsewhere",
    "end_saml": "proves itself with what was signed elsewhere, and the cookie of the browser that had left",
    "saml_metadata": "public addresses and a public key",
    "passkey_sign_in_options": "begins to sign in with a passkey",
    "passkey_sign_in": "proves itself with a passkey",
    "authorize": "sends those who are not signed in to sign in",
    "token": "proves itself with a code, or a token for new ones",
    "begin_device": "begins to sign in a box",
    "revoke_token": "a token proves itself",
    "introspect_token": "proves itself as an app",
    "userinfo": "proves itself with a token",
    "jwks": "public keys",
    "discovery": "where everything is",
}
ANSWERS: Final = {
    "not-signed-in": "unknown",
    "no-such-site": "hidden",
    "not-allowed": "refused",
    "not-a-person": "refused",
    "needs-session": "refused",
    "needs-step-up": "refused",
}
PLACES: Final = (OWN, FOREIGN, "*")


def _callers() -> Iterator[Caller | None]:
    yield None
    for role, actions in ROLES.items():
        for place in PLACES:
            yield Caller(f"{role}-{place}", "person", role, {place: actions}, session=f"{role}-session")
    for action in Action:
        # A service: it may do what the scopes of its key name, and is no person.
        yield Caller(f"key-{action}", "key", "key", {OWN: frozenset({action})})
        yield Caller(f"token-{action}", "person", "token", {"*": frozenset({action})})
    yield Caller("stranger", "person", "stranger", {}, session="stranger-session")
    yield Caller("stale", "person", "stale", {"*": ROLES["owner"]}, session="stale-session", needs_step_up=True)


CALLERS: Final = {"" if each is None else each.id: each for each in _callers()}
OPERATIONS: Final = {each.name: each for each in operations()}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("matrix"), CALLERS) as found:
        yield found


def test_every_operation_of_the_schema_has_one_gate_or_a_reason_to_have_none(house: House) -> None:
    described = {
        (each["operationId"], method.upper(), path)
        for path, methods in house.app.openapi()["paths"].items()
        for method, each in methods.items()
    }
    assert described == {(each.name, each.method, each.path) for each in OPERATIONS.values()}
    assert {each.name for each in OPERATIONS.values() if each.gate is None} == set(PUBLIC) & set(OPERATIONS)


@pytest.mark.parametrize("operation", [each for each in OPERATIONS.values() if each.gate], ids=lambda each: each.name)
def test_nobody_comes_through_a_gate_that_is_not_his(house: House, operation: Operation) -> None:
    assert operation.gate is not None
    expected = {name: operation.gate.lets(caller, OWN) for name, caller in CALLERS.items()}
    answered = asyncio.run(_answers(house.app, operation))
    assert answered == expected
    assert set(expected.values()) >= {"unknown", "in"}, "somebody is let in, and nobody unknown is"


async def _answers(app: Any, operation: Operation) -> dict[str, str]:
    return {name: await _answer(app, operation, name) for name in CALLERS}


async def _answer(app: Any, operation: Operation, who: str) -> str:
    status, problem = await _asked(app, operation, who)
    assert status != 500, problem
    code = str(problem.get("code", ""))
    if operation.gate is not None and operation.gate.kind == "in_session" and code == "needs-step-up":
        return "in"  # the gate was passed; the deed itself asks for a fresh code
    return ANSWERS.get(code, "in")


async def _asked(app: Any, operation: Operation, who: str) -> tuple[int, dict[str, Any]]:
    """Ask without a socket; a stream is left as soon as it begins."""
    body = b"" if operation.method == "GET" else b"{}"
    request = httpx.Request(operation.method, f"{ORIGIN}{operation.at(OWN)}", content=body)
    headers = [(b"host", b"localhost:8600"), (b"content-type", b"application/json"), (b"origin", ORIGIN.encode())]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": operation.method, "scheme": "http",
        "path": request.url.path, "raw_path": request.url.raw_path, "query_string": request.url.query, "root_path": "",
        "headers": [*headers, (b"authorization", who.encode())], "client": (operation.name, 1),
        "server": ("localhost", 8600),
    }  # fmt: skip
    began, told, chunks, is_asked = asyncio.Event(), dict[str, Any](), list[bytes](), False

    async def receive() -> dict[str, Any]:
        nonlocal is_asked
        if not is_asked:
            is_asked = True
            return {"type": "http.request", "body": body, "more_body": False}
        await began.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.update(message)
            if (b"content-type", b"text/event-stream; charset=utf-8") in message["headers"]:
                began.set()  # it may be a while until there is something to tell
        else:
            chunks.append(message.get("body", b""))
            began.set()

    async with asyncio.timeout(20.0):
        await app(scope, receive, send)
    is_problem = (b"content-type", b"application/problem+json") in told["headers"]
    problem: dict[str, Any] = httpx.Response(200, content=b"".join(chunks)).json() if is_problem else {}
    return told["status"], problem
