"""`enerwise curtail SITE`: what a network operator or an aggregator asks of a running site's import, for a while."""

import asyncio
from pathlib import Path
from typing import Any, Final

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound, UnitError
from enerwise.core.time import Instant, LiveClock, instant, local_day_start, show_local
from enerwise.core.units import show_power
from enerwise.serve import asked
from enerwise.serve.api.face import NoAnswer, SocketLine
from enerwise.serve.console import say
from enerwise.serve.site_desk import SOCKET
from enerwise.serve.sites import read_site_file, run_folder

CLOCK_CHARS: Final = 5
"""Of a time of day, such as 15:00."""


def curtail(path: Path, limit: str, since: str | None, until: str, who: str, name: str | None) -> None:
    """Ask for at most so much from one time to another."""
    site, now = read_site_file(path), LiveClock().now()
    begins = now if since is None else _at("--from", since, site.timezone, now)
    ends = _at("--until", until, site.timezone, begins)
    limit_w = asked.power_w("--limit", limit)
    command = {"do": "curtail", "limit_w": limit_w, "since": f"{begins}Z", "until": f"{ends}Z", "who": who, "id": name}
    told = ask(path, command)
    say(f"{site.name} is asked for at most {show_power(limit_w)} until {show_local(ends, site.timezone)}.")
    _show(told, site.timezone)


def withdraw(path: Path, name: str) -> None:
    """Take back what was asked."""
    told = ask(path, {"do": "uncurtail", "id": name})
    say(f"{name} is withdrawn.")
    _show(told, read_site_file(path).timezone)


def ask(path: Path, command: dict[str, Any]) -> dict[str, Any]:
    """Ask a running site.

    Raises:
        ProblemsFound: It does not run, or refuses.
    """
    try:
        told = asyncio.run(SocketLine(run_folder(path) / SOCKET).ask(command))
    except NoAnswer as error:
        remedy = f"start it with: enerwise run {path}"
        raise ProblemsFound(str(path), [Problem("site", f"does not answer: {error}", remedy)]) from None
    if not told.get("ok"):
        raise ProblemsFound("curtail", [Problem(str(told["place"]), str(told["why"]), str(told["remedy"]))])
    return told


def _show(told: dict[str, Any], zone: str) -> None:
    for each in told["curtailments"]:
        begin, until = (show_local(instant(each[name]), zone) for name in ("from", "until"))
        what = f"at most {show_power(each['limit_w'])} from {begin} to {until}"
        say(f"- {each['id']}: {what} ({each['who']}, {each['state']})")


def _at(option: str, text: str, zone: str, after: Instant) -> Instant:
    """Return a moment: a time of day is the next after another moment."""
    if len(text) == CLOCK_CHARS:
        offset = np.timedelta64(asked.time_of_day(option, text) * 1000, "ms")
        found = (local_day_start(after, zone, days=day) + offset for day in (0, 1))
        return next(each for each in found if each > after)
    try:
        return instant(text.replace(" ", "T"), zone)
    except UnitError:
        raise asked.wrong(option, text, "write a time of day, or such as 2026-05-14T15:00") from None
