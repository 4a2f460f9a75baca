"""What a browser keeps: the session, the word against forged requests, and the token that stops.

The session's cookie is out of reach for scripts and goes to this origin only. A request that changes something must
repeat a word that is worked out from the session and that no other origin can read, and must come from our own pages.
"""

import base64
import ipaddress
from hashlib import sha256
from hmac import compare_digest
from typing import Final
from urllib.parse import urlsplit

from fastapi import Response
from starlette.requests import HTTPConnection

from enerwise.serve.api.problems import Trouble

SESSION: Final = "enerwise_session"
CSRF: Final = "enerwise_csrf"
CSRF_HEADER: Final = "X-CSRF-Token"
STOP: Final = "enerwise_stop"
STOP_PATH: Final = "/stop"
STOP_S: Final = 365 * 86_400
REMEDY: Final = "if people come by another address, start the server with --origin and that address"
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
HOST_PREFIX: Final = "__Host-"


def session_name(*, is_https: bool) -> str:
    """Return the name of the session's cookie; by TLS one that no other host and no plain page can set."""
    return f"{HOST_PREFIX}{SESSION}" if is_https else SESSION


def csrf_token(secret: str) -> str:
    """Return the word that belongs to a session."""
    return base64.urlsafe_b64encode(sha256(b"enerwise csrf " + secret.encode()).digest()[:24]).decode()


def set_session(response: Response, secret: str, *, is_https: bool, lasts_s: int) -> None:
    """Hand a session to a browser."""
    name = session_name(is_https=is_https)
    response.set_cookie(name, secret, max_age=lasts_s, path="/", secure=is_https, httponly=True, samesite="lax")
    # Scripts of our own pages may read this one: they repeat it in a header.
    word = csrf_token(secret)
    response.set_cookie(CSRF, word, max_age=lasts_s, path="/", secure=is_https, httponly=False, samesite="strict")


def clear_session(response: Response, *, is_https: bool) -> None:
    """Take session and word back."""
    response.delete_cookie(session_name(is_https=is_https), path="/", secure=is_https, httponly=True, samesite="lax")
    response.delete_cookie(CSRF, path="/", secure=is_https, samesite="strict")


def set_stop(response: Response, token: str, *, is_https: bool) -> None:
    """Hand over the token that stops: it goes nowhere but to the stop."""
    response.set_cookie(STOP, token, max_age=STOP_S, path=STOP_PATH, secure=is_https, httponly=True, samesite="strict")


def clear_stop(response: Response, *, is_https: bool) -> None:
    """Take it back."""
    response.delete_cookie(STOP, path=STOP_PATH, secure=is_https, httponly=True, samesite="strict")


def check_forgery(request: HTTPConnection, secret: str, origin: str) -> None:
    """Refuse what a foreign page may have made a browser send with its session.

    Raises:
        Trouble: 403, the origin is foreign or the word is missing or wrong.
    """
    is_socket = request.scope["type"] == "websocket"
    if not is_socket and request.scope["method"] in SAFE:
        return
    check_origin(request, origin)
    # A browser cannot set headers of a socket, and always tells its origin there.
    if is_socket:
        if "origin" not in request.headers:
            raise Trouble(403, "foreign-origin", "a socket with a session comes from our own pages only; send a token")
        return
    shown = request.headers.get(CSRF_HEADER, "")
    if not _same(shown, csrf_token(secret)):
        raise Trouble(403, "forged", f"send the csrf_token of GET /api/v1/auth/state in the header {CSRF_HEADER}")


def check_origin(request: HTTPConnection, origin: str) -> None:
    """Refuse a request that a page of another origin has sent; programs tell none.

    Raises:
        Trouble: 403, the origin is foreign.
    """
    told = request.headers.get("origin")
    if told is None:
        if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            raise Trouble(403, "foreign-origin", "this comes from a page of another origin")
        return
    if told == origin:
        return
    parts, host = urlsplit(told), request.headers.get("host")
    scheme = request.url.scheme.replace("ws", "http", 1)
    if parts.netloc != host or parts.scheme != scheme or not _is_near(parts.hostname or "", origin):
        raise Trouble(403, "foreign-origin", f"this comes from a page at {told[:100]!r}, not from {origin}; {REMEDY}")


def _is_near(host: str, origin: str) -> bool:
    """Tell whether a name can only mean this server: one that others give out could be made to point here."""
    if host in ("localhost", urlsplit(origin).hostname) or host.endswith(".local"):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _same(shown: str, wanted: str) -> bool:
    return compare_digest(shown.encode(), wanted.encode())
