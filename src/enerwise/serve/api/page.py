"""The page as it was built, served from inside the package: names with a hash are kept, the rest is asked for anew.

Every name that is no file and no resource of the API is a view of the page, so that a person may reload any of them.
"""

import mimetypes
import re
from dataclasses import dataclass
from email.utils import formatdate
from hashlib import blake2b
from pathlib import Path
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER: Final = Path(__file__).parents[1] / "page"
INDEX: Final = "index.html"
NOT_VIEWS: Final = ("api", "stop", "health", "metrics", "oauth", ".well-known")
HASHED: Final = re.compile(r"^assets/.+-[A-Za-z0-9_-]{8,}\.\w+$")
FOREVER: Final = b"public, max-age=31536000, immutable"
ANEW: Final = b"no-cache"
ENCODINGS: Final = (("br", ".br"), ("gzip", ".gz"))
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
    ".map": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
HIDDEN: Final = (".vite", *(ending for _, ending in ENCODINGS))
HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
NOT_BUILT: Final = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Enerwise</title>
<body style="font: 16px/1.5 sans-serif; max-width: 36em; margin: 4em auto">
<h1>The page is not built</h1>
<p>Enerwise runs, and its API answers under <code>/api/v1</code>, but this installation came without the page.</p>
<p>In a checkout, build it with <code>make page</code> and start again. An installed package always holds it.</p>
"""


@dataclass(frozen=True, slots=True)
class Served:
    """A file, read once."""

    content: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    tag: bytes
    encoded: tuple[tuple[str, bytes], ...]
    """Smaller forms of the same, best first."""
    is_document: bool


class Page:
    """Answers what no route of the API has answered."""

    def __init__(self, fallback: ASGIApp, folder: Path = FOLDER, *, stop_port: int | None = None) -> None:
        """Read what was built.

        Args:
            fallback: Answers what is no part of the page.
            folder: Where it was built into.
            stop_port: Where stops are taken besides, which the page must be allowed to reach.
        """
        self._fallback, self._stop_port = fallback, stop_port
        self.files = _read(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, a view, or whatever the fallback says."""
        name = _name(scope)
        if name is None:
            return await self._fallback(scope, receive, send)
        scope["enerwise.route"] = "(page)"
        if not self.files:
            return await _answer(scope, send, 503, [(b"content-type", b"text/html; charset=utf-8")], NOT_BUILT)
        file = self.files.get(name)
        if file is None:
            # A name with an ending is a file that is not there; telling it as HTML would break scripts strangely.
            if "." in name.rpartition("/")[2]:
                return await self._fallback(scope, receive, send)
            file = self.files[INDEX]
        await self._send(file, scope, send)

    async def _send(self, file: Served, scope: Scope, send: Send) -> None:
        told = dict(scope["headers"])
        headers = [*file.headers, *self._document_headers(scope)] if file.is_document else list(file.headers)
        if file.tag in told.get(b"if-none-match", b""):
            return await _answer(scope, send, 304, headers, b"")
        accepted = told.get(b"accept-encoding", b"").decode("latin-1")
        for encoding, content in file.encoded:
            if re.search(rf"\b{encoding}\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))", accepted):
                return await _answer(scope, send, 200, [*headers, (b"content-encoding", encoding.encode())], content)
        await _answer(scope, send, 200, headers, file.content)

    def _document_headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        policy = (
            f"default-src 'self'; connect-src 'self'{self._second_way(scope)}; img-src 'self' data: blob:; "
            "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'"
        )
        return [
            (b"content-security-policy", policy.encode()),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
        ]

    def _second_way(self, scope: Scope) -> str:
        """Return the address of the second listener, by the name the browser used for the first."""
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        name = host if host.endswith("]") else host.rpartition(":")[0] if ":" in host else host
        if self._stop_port is None or not HOST.fullmatch(name):
            return ""
        return f" {scope['scheme']}://{name}:{self._stop_port}"


def _name(scope: Scope) -> str | None:
    """Return which file or view is asked for; None where it is none."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return None
    # The server has decoded the path already; names are looked up among those read, no path is ever opened.
    name = str(scope["path"]).strip("/")
    return None if name.partition("/")[0] in NOT_VIEWS else name or INDEX


def _read(folder: Path) -> dict[str, Served]:
    """Return every file of a folder; without an index it is not built."""
    if not (folder / INDEX).is_file():
        return {}
    found = {each.relative_to(folder).as_posix(): each for each in sorted(folder.rglob("*")) if each.is_file()}
    return {
        name: _served(name, path)
        for name, path in found.items()
        if not name.startswith(HIDDEN[0]) and path.suffix not in HIDDEN
    }


def _served(name: str, path: Path) -> Served:
    content = path.read_bytes()
    tag = f'"{blake2b(content, digest_size=12).hexdigest()}"'.encode()
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    encoded = tuple(
        (encoding, beside.read_bytes())
        for encoding, ending in ENCODINGS
        if (beside := path.with_name(path.name + ending)).is_file()
    )
    headers = [
        (b"content-type", kind.encode()),
        (b"cache-control", FOREVER if HASHED.match(name) else ANEW),
        (b"etag", tag),
        (b"last-modified", formatdate(path.stat().st_mtime, usegmt=True).encode()),
    ]
    headers += [(b"vary", b"accept-encoding")] if encoded else []
    headers += [(b"service-worker-allowed", b"/")] if name == "worker.js" else []
    return Served(content, tuple(headers), tag, encoded, name == INDEX)


async def _answer(scope: Scope, send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    if status != 304:
        headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
