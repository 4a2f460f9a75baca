"""Structured logs of the face: a line of JSON each, or words on a terminal; secrets never.

Quick reads that went well are told at level ``debug`` and left out unless ``ENERWISE_LOG=debug``: a page asks often,
and a log that nobody can read helps nobody.
"""

import logging
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TextIO

import structlog

VARIABLE: Final = "ENERWISE_LOG"
LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
HIDDEN: Final = "***"
SECRET_NAMES: Final = re.compile(
    r"(password|passwd|secret|token|cookie|authori[sz]ation|api[-_]?key|credential|csrf|otp|recovery|e-?mail)",
    re.IGNORECASE,
)
SECRET_VALUES: Final = re.compile(
    r"\bew_[\w.-]{8,}"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]+"
    r"|(?i:\b(?:bearer|basic)\s+)[\w.~+/=-]+"
    r"|(?i:\b(?:password|secret|token|key|code)=)[^&\s\"']+"
    r"|[\w.+-]+@[\w-]+\.[\w.-]+"
)
"""Keys of ours, tokens, headers, parts of addresses, e-mail addresses."""

_LOWEST: Final = [logging.DEBUG]


def configure(stream: TextIO | None = None, environment: Mapping[str, str] = os.environ) -> None:
    """Let everything this process logs go to ``stream``, the standard error if left out."""
    out = stream or sys.stderr
    level = LEVELS.get(environment.get(VARIABLE, "info").lower(), logging.INFO)
    is_terminal = out.isatty()
    last: Any = (
        structlog.dev.ConsoleRenderer(colors=is_terminal) if is_terminal else structlog.processors.JSONRenderer()
    )
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    _LOWEST[:] = [level]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, scrubbed, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                scrubbed,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    # Libraries tell too much of themselves below a warning.
    root.setLevel(max(level, logging.WARNING))


def tells_debug() -> bool:
    """Tell whether quick reads that went well are logged; asked before each of them is put into words."""
    return _LOWEST[0] <= logging.DEBUG


def log() -> Any:
    """Return what logs."""
    return structlog.get_logger()


def scrubbed(_logger: object, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what nobody may read in a log, by the name of a field and by the look of a value."""
    for name, value in event.items():
        event[name] = HIDDEN if SECRET_NAMES.search(name) else _hidden(value)
    return event


def _hidden(value: Any) -> Any:
    match value:
        case str():
            return SECRET_VALUES.sub(HIDDEN, value)
        case dict():
            return {key: HIDDEN if SECRET_NAMES.search(str(key)) else _hidden(each) for key, each in value.items()}
        case list() | tuple():
            return [_hidden(each) for each in value]
        case _:
            return value
