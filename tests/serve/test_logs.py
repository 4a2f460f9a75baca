"""Logs: a line of JSON each, and nothing in them that nobody may read."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from enerwise.serve.logs import configure, log, scrubbed


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    handlers, level = logging.getLogger().handlers[:], logging.getLogger().level
    stream = io.StringIO()
    configure(stream, {})
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = handlers
    logging.getLogger().setLevel(level)


def told(lines: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(each) for each in lines.getvalue().splitlines()]


def test_a_line_is_json_with_time_and_level(lines: io.StringIO) -> None:
    log().info("request", route="/api/v1/sites/{site}", status=200)
    log().debug("request", route="/quiet")
    (line,) = told(lines)
    assert line["event"] == "request"
    assert line["level"] == "info"
    assert line["timestamp"].endswith("Z")


def test_what_libraries_say_is_a_line_as_well_with_its_traceback(lines: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").info("too much")
    try:
        raise ValueError("no such luck")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("it broke")
    (line,) = told(lines)
    assert line["event"] == "it broke"
    assert "no such luck" in line["exception"]


@pytest.mark.parametrize(
    "secret",
    [
        "ew_a1b2c3d4e5f6.abcdefgh",
        "Bearer abc.def-ghi",
        "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "ada@example.org",
        "/first-run?token=abcdef123456",
        "/oauth/authorize?code=xyz987",
    ],
)
def test_secrets_never_reach_a_log(secret: str, lines: io.StringIO) -> None:
    log().warning(f"seen {secret}", where=secret, deep={"why": [secret]})
    logging.getLogger("uvicorn.error").warning("seen %s", secret)
    value = secret.rsplit("=", maxsplit=1)[-1].removeprefix("Bearer ")
    assert value not in lines.getvalue()
    assert len(told(lines)) == 2


@given(
    st.sampled_from(
        ["password", "X-CSRF-Token", "Authorization", "client_secret", "recovery_codes", "e-mail", "apiKey"]
    ),
    st.text(min_size=1),
)
def test_fields_that_are_named_for_secrets_are_hidden_whatever_they_hold(name: str, value: str) -> None:
    event = scrubbed(None, "info", {name: value, "deep": {name: value}})
    assert event == {name: "***", "deep": {name: "***"}}
