"""What stands before every route: sizes, depth, rates and repeated writes."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from enerwise.serve.api.guards import BODY_BYTES, BURST, DEPTH, Bucket, Rates, Repeats, Sizes, _depth

from .builders import OWN, Client, a_client


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Client:
    return a_client(tmp_path_factory.mktemp("guards"))


def test_a_body_that_is_too_long_is_refused_before_it_is_read(home: Client) -> None:
    answer = home("POST", f"/api/v1/sites/{OWN}/readings", content=b"x" * (BODY_BYTES + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_json_that_is_too_deep_is_refused(home: Client) -> None:
    for depth, status in ((DEPTH + 1, 422), (DEPTH, 422)):
        body = b"[" * depth + b"]" * depth
        answer = home(
            "POST", f"/api/v1/sites/{OWN}/readings", content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code == status
        assert (answer.json()["code"] == "too-deep") == (depth > DEPTH)


def test_an_address_that_is_too_long_is_refused(home: Client) -> None:
    assert home("GET", f"/api/v1/sites?cursor={'x' * 5000}").status_code == 414


nested = st.recursive(
    st.text() | st.integers(), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
)


@given(nested)
def test_depth_is_that_of_the_brackets_outside_of_texts(value: Any) -> None:
    import json

    def deep(each: Any) -> int:
        inner = each.values() if isinstance(each, dict) else each if isinstance(each, list) else None
        return 0 if inner is None else 1 + max((deep(one) for one in inner), default=0)

    assert _depth(json.dumps(value).encode()) == deep(value)
    assert _depth(json.dumps(value, ensure_ascii=False).encode()) == deep(value)


def test_a_bucket_lets_a_burst_through_then_a_rate() -> None:
    bucket = Bucket(at_s=0.0)
    assert all(bucket.take(0.0) == 0.0 for _ in range(int(BURST)))
    wait_s = bucket.take(0.0)
    assert wait_s > 0.0
    assert bucket.take(wait_s + 1e-9) == 0.0


async def _fine(scope: Any, receive: Any, send: Any) -> None:
    _CALLS.append(scope["path"])
    await receive()
    await send({"type": "http.response.start", "status": _STATUS[0], "headers": [(b"x-made", b"%d" % len(_CALLS))]})
    await send({"type": "http.response.body", "body": b"done"})


_CALLS: list[str] = []
_STATUS = [200]


def asked(app: Any, *requests: tuple[str, str, dict[str, Any]], at_once: bool = False) -> list[httpx.Response]:
    async def go() -> list[httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://x") as client:
            sent = [client.request(method, path, **facts) for method, path, facts in requests]
            return list(await asyncio.gather(*sent)) if at_once else [await each for each in sent]

    _CALLS.clear()
    return asyncio.run(go())


def test_who_asks_too_often_waits_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enerwise.serve.api.guards.elapsed_s", lambda: 0.0)
    one, other = {"headers": {"Authorization": "Bearer a"}}, {"headers": {"Authorization": "Bearer b"}}
    answers = asked(Rates(_fine), *[("GET", "/api/v1/sites", one)] * int(BURST + 60), ("GET", "/api/v1/sites", other))
    refused = [each for each in answers if each.status_code == 429]
    assert refused
    assert int(refused[0].headers["retry-after"]) >= 1
    assert answers[-1].status_code == 200
    assert all(
        each.status_code == 200 for each in asked(Rates(_fine), *[("GET", "/index.html", one)] * int(BURST + 60))
    )


def test_made_up_proofs_gain_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enerwise.serve.api.guards.elapsed_s", lambda: 0.0)
    made_up = [("GET", "/api/v1/sites", {"headers": {"Authorization": f"Bearer {each}"}}) for each in range(3600)]
    assert 429 in {each.status_code for each in asked(Rates(_fine), *made_up)}


@pytest.mark.parametrize("header", [(b"set-cookie", b"a=b"), (b"cache-control", b"private, no-store")])
def test_an_answer_with_a_secret_is_not_kept(header: tuple[bytes, bytes]) -> None:
    async def secret(scope: Any, receive: Any, send: Any) -> None:
        _CALLS.append(scope["path"])
        await send({"type": "http.response.start", "status": 201, "headers": [header]})
        await send({"type": "http.response.body", "body": b"ew_secret"})

    keyed = ("POST", "/api/x", {"headers": {"Idempotency-Key": "k"}, "content": b"1"})
    asked(Repeats(secret), keyed, keyed)
    assert len(_CALLS) == 2


def test_a_write_with_a_key_is_done_once_even_at_the_same_moment() -> None:
    keyed = {"headers": {"Idempotency-Key": "k"}, "content": b"1"}
    answers = asked(Repeats(_fine), *[("POST", "/api/x", keyed)] * 5, at_once=True)
    assert len(_CALLS) == 1
    assert {each.headers["x-made"] for each in answers} == {"1"}


@pytest.mark.parametrize(
    ("second", "calls"),
    [
        ({"headers": {"Idempotency-Key": "k2"}, "content": b"1"}, 2),
        ({"headers": {"Idempotency-Key": "k", "Authorization": "Bearer other"}, "content": b"1"}, 2),
        ({"content": b"1"}, 2),
        ({"headers": {"Idempotency-Key": "k"}, "content": b"1"}, 1),
    ],
    ids=["another key", "another caller", "no key", "the same"],
)
def test_a_key_holds_for_one_caller_and_one_write(second: dict[str, Any], calls: int) -> None:
    asked(
        Repeats(_fine),
        ("POST", "/api/x", {"headers": {"Idempotency-Key": "k"}, "content": b"1"}),
        ("POST", "/api/x", second),
    )
    assert len(_CALLS) == calls


@pytest.mark.parametrize(("status", "calls"), [(500, 2), (503, 2), (401, 2), (422, 1), (201, 1)])
def test_what_failed_for_now_may_be_tried_again_with_the_same_key(status: int, calls: int) -> None:
    _STATUS[0] = status
    keyed = ("POST", "/api/x", {"headers": {"Idempotency-Key": "k"}, "content": b"1"})
    asked(Repeats(_fine), keyed, keyed)
    _STATUS[0] = 200
    assert len(_CALLS) == calls


def test_a_body_reaches_the_application_whole() -> None:
    async def echo(scope: Any, receive: Any, send: Any) -> None:
        body = (await receive())["body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})

    keyed = {"headers": {"Idempotency-Key": "k"}, "content": b"abc" * 1000}
    (answer,) = asked(Sizes(Repeats(echo)), ("POST", "/api/x", keyed))
    assert answer.content == b"abc" * 1000


def test_problems_name_place_value_and_remedy(home: Client, tmp_path: Path) -> None:
    answer = home.put(f"/sites/{OWN}/mode", {"mode": "party"})
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert problem["faults"][0]["place"] == "body.mode"
    assert "'party'" in problem["faults"][0]["message"]
