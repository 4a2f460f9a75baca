"""Traces: off unless asked for, and nothing of people in them."""

from typing import Any

import pytest

from enerwise.serve import tracing
from enerwise.serve.api.app import make_app

from .builders import OWN, Client


def test_nothing_is_traced_unless_somebody_says_where_to(home: Client) -> None:
    assert not tracing.install(make_app(home.face), {})


def test_missing_libraries_are_told_and_nothing_breaks(home: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "is_installed", lambda: False)
    said: list[Any] = []

    class Log:
        def warning(self, name: str, **facts: Any) -> None:
            said.append(facts)

    monkeypatch.setattr(tracing, "log", Log)
    assert not tracing.install(make_app(home.face), {tracing.VARIABLE: "http://localhost:4318"})
    assert "enerwise[otel]" in said[0]["why"]


@pytest.mark.skipif(not tracing.is_installed(), reason="the extra `otel` is not installed")
def test_a_request_is_a_span_named_by_its_route(home: Client) -> None:
    memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")
    exporter, app = memory.InMemorySpanExporter(), make_app(home.face)
    assert tracing.install(app, {}, exporter=exporter)
    Client(app, home.face, f"owner@{OWN}").get(f"/sites/{OWN}/health?secret=hunter2")
    spans = exporter.get_finished_spans()
    assert any("/api/v1/sites/{site}/health" in each.name for each in spans)
    assert not any("hunter2" in str(value) for each in spans for value in each.attributes.values())
