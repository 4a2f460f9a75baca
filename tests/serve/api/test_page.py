"""The page: what is kept and what is asked for anew, which names are views, and nothing from outside its folder."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from enerwise.serve.api.page import Page

FILES = {
    "index.html": "<!doctype html>home",
    "assets/index-B1x_y2Zq.js": "const a = 1;" * 200,
    "assets/inter-latin-C3d4E5f6.woff2": "font",
    "stop.js": "stop();",
    "worker.js": "self.skipWaiting();",
    "manifest.webmanifest": "{}",
    "icon.svg": "<svg/>",
    ".vite/manifest.json": "{}",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    page = tmp_path / "page"
    for name, content in FILES.items():
        (page / name).parent.mkdir(parents=True, exist_ok=True)
        (page / name).write_text(content, encoding="utf-8")
    (page / "assets" / "index-B1x_y2Zq.js.br").write_bytes(b"brotli")
    (page / "assets" / "index-B1x_y2Zq.js.gz").write_bytes(b"gzip")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return page


async def fallback(scope: Any, receive: Any, send: Any) -> None:
    await send(
        {"type": "http.response.start", "status": 404, "headers": [(b"content-type", b"application/problem+json")]}
    )
    await send({"type": "http.response.body", "body": b"{}"})


def asked(folder: Path, path: str, method: str = "GET", stop_port: int | None = None, **headers: str) -> httpx.Response:
    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app=Page(fallback, folder, stop_port=stop_port))
        async with httpx.AsyncClient(transport=transport, base_url="http://home.example:8600") as client:
            told = {name.replace("_", "-"): value for name, value in headers.items()}
            request = client.build_request(method, path, headers={"accept-encoding": "identity", **told})
            response = await client.send(request, stream=True)
            # As it went over the wire: nothing is decoded.
            response._content = b"".join([each async for each in response.aiter_raw()])
            return response

    return asyncio.run(go())


def test_names_with_a_hash_are_kept_and_the_rest_is_asked_for_anew(folder: Path) -> None:
    hashed = asked(folder, "/assets/index-B1x_y2Zq.js")
    assert "immutable" in hashed.headers["cache-control"]
    assert hashed.headers["content-type"] == "text/javascript; charset=utf-8"
    assert asked(folder, "/assets/inter-latin-C3d4E5f6.woff2").headers["content-type"] == "font/woff2"
    for name in ("", "stop.js", "worker.js", "manifest.webmanifest", "icon.svg"):
        answer = asked(folder, f"/{name}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"
    assert asked(folder, "/manifest.webmanifest").headers["content-type"] == "application/manifest+json"


@pytest.mark.parametrize(
    "path",
    [
        "/plan",
        "/devices",
        "/devices/hybrid",
        "/device?user_code=BCDF-GHJK",
        "/consent?request=ask-1",
        "/admin?tab=backup",
        "/sign-in",
        "/stopping",
        "/healthy",
    ],
)
def test_every_other_name_is_a_view(path: str, folder: Path) -> None:
    answer = asked(folder, path)
    assert answer.status_code == 200
    assert answer.text == FILES["index.html"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/nothing",
        "/api",
        "/stop",
        "/stop/abc",
        "/health",
        "/metrics",
        "/oauth/nothing",
        "/assets/gone-12345678.js",
        "/.well-known/x",
    ],
)
def test_what_is_no_view_is_left_to_the_api(path: str, folder: Path) -> None:
    assert asked(folder, path).status_code == 404


def test_only_reading_is_answered(folder: Path) -> None:
    assert asked(folder, "/", "POST").status_code == 404
    head = asked(folder, "/", "HEAD")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(FILES["index.html"]))


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
        "//secret.txt",
        "/..\\secret.txt",
        "/%00/secret.txt",
        "/.vite/manifest.json",
        "/assets/index-B1x_y2Zq.js.br",
        "/etc/passwd.txt",
    ],
)
def test_nothing_outside_is_ever_told(path: str, folder: Path) -> None:
    answer = asked(folder, path)
    assert b"secret" not in answer.content
    assert answer.status_code == 404 or answer.text == FILES["index.html"]


def test_the_smallest_form_that_a_browser_takes_is_sent(folder: Path) -> None:
    path = "/assets/index-B1x_y2Zq.js"
    assert asked(folder, path, accept_encoding="gzip, deflate, br, zstd").content == b"brotli"
    assert asked(folder, path, accept_encoding="gzip").content == b"gzip"
    assert asked(folder, path, accept_encoding="br;q=0, gzip;q=0.5").content == b"gzip"
    plain = asked(folder, path)
    assert plain.text == FILES["assets/index-B1x_y2Zq.js"]
    assert plain.headers["vary"] == "accept-encoding"
    assert "content-encoding" not in plain.headers


def test_an_unchanged_file_is_not_sent_again(folder: Path) -> None:
    tag = asked(folder, "/").headers["etag"]
    again = asked(folder, "/plan", if_none_match=tag)
    assert again.status_code == 304
    assert again.content == b""


def test_the_page_may_reach_the_second_way_to_stop_and_nothing_else(folder: Path) -> None:
    policy = asked(folder, "/", stop_port=8601).headers["content-security-policy"]
    assert "connect-src 'self' http://home.example:8601;" in policy
    assert "script-src" not in policy
    assert "default-src 'self';" in policy
    forged = asked(folder, "/", stop_port=8601, host="evil; script-src *").headers["content-security-policy"]
    assert "evil" not in forged
    assert (
        "http://[::1]:8601" in asked(folder, "/", stop_port=8601, host="[::1]:8600").headers["content-security-policy"]
    )


def test_without_a_page_people_are_told_what_to_do(tmp_path: Path) -> None:
    answer = asked(tmp_path, "/plan")
    assert answer.status_code == 503
    assert "make page" in answer.text
    assert asked(tmp_path, "/api/v1/x").status_code == 404
