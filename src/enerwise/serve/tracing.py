"""Traces for OpenTelemetry, by the extra `otel`: off unless ``OTEL_EXPORTER_OTLP_ENDPOINT`` says where they go.

A span for each request, named by the template of its route; no address, header, body or e-mail becomes part of one.
"""

import importlib
import importlib.util
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from enerwise import __version__
from enerwise.serve.logs import log

if TYPE_CHECKING:
    from fastapi import FastAPI

VARIABLE: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
NEEDED: Final = ("opentelemetry.sdk", "opentelemetry.exporter.otlp", "opentelemetry.instrumentation.fastapi")
NOT_INSTALLED: Final = "traces are asked for, and their libraries are missing; pip install 'enerwise[otel]'"
LEFT_OUT: Final = "://[^/]+/(health|metrics)$"
"""Asked for again and again by machines."""
PERSONAL: Final = (
    "http.url",
    "url.full",
    "url.query",
    "http.target",
    "client.address",
    "net.peer.ip",
    "user_agent.original",
    "http.user_agent",
)


def install(app: "FastAPI", environment: Mapping[str, str] = os.environ, *, exporter: Any = None) -> bool:
    """Let an application tell its traces, where somebody wants them; return whether it does.

    Args:
        app: The application.
        environment: Says where they go.
        exporter: Takes spans instead.
    """
    if exporter is None and not environment.get(VARIABLE):
        return False
    if not is_installed():
        log().warning("tracing", why=NOT_INSTALLED)
        return False
    made = {"service.name": "enerwise", "service.version": __version__}
    provider = _part("sdk.trace", "TracerProvider")(resource=_part("sdk.resources", "Resource").create(made))
    if exporter is None:
        sender = _part("exporter.otlp.proto.http.trace_exporter", "OTLPSpanExporter")()
        provider.add_span_processor(_part("sdk.trace.export", "BatchSpanProcessor")(sender))
    else:
        provider.add_span_processor(_part("sdk.trace.export", "SimpleSpanProcessor")(exporter))
    _part("instrumentation.fastapi", "FastAPIInstrumentor").instrument_app(
        app, tracer_provider=provider, excluded_urls=LEFT_OUT, server_request_hook=_without_persons
    )
    return True


def _part(module: str, name: str) -> Any:
    """Return a part of a library that need not be there."""
    return getattr(importlib.import_module(f"opentelemetry.{module}"), name)


def is_installed() -> bool:
    """Tell whether the libraries are there."""
    try:
        return all(importlib.util.find_spec(each) is not None for each in NEEDED)
    except ModuleNotFoundError:
        return False


def _without_persons(span: Any, _scope: Mapping[str, Any]) -> None:
    """Take out what may tell of people: addresses, queries, browsers."""
    for name in PERSONAL:
        span.set_attribute(name, "")
