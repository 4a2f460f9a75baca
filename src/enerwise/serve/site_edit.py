"""Changing a site file while its comments stay: a device is added as one line, and the whole file is read again first.

The file as it was is kept beside it. A running site goes on as it was started; what is written holds from its next
start.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.core.time import Instant
from enerwise.serve.files import write_text
from enerwise.serve.sites import read_site_file, read_text
from enerwise.serve.wiring import profiles_of
from enerwise.site.document import parse_document
from enerwise.site.site import Site

KEY: Final = "devices:"
INDENT: Final = "  "
CHECKED: Final = "new"


@dataclass(frozen=True, slots=True)
class Edited:
    """A site file that was changed."""

    site: Site
    before: Path
    """The file as it was."""


def add_device(path: Path, device: dict[str, Any], now: Instant) -> Edited:
    """Add a device to a site file.

    Args:
        path: The site file.
        device: Keys and values of the device, as a site file writes them.
        now: Names the copy of the old file.

    Raises:
        ProblemsFound: With it the file would be wrong, or it cannot be changed; nothing was.
    """
    old = read_text(path)
    text = with_device(old, device)
    site = _checked(path, text)
    if device["id"] not in [each.id for each in site.devices]:
        raise ProblemsFound(str(path), [_by_hand("the new device is not read back from it")])
    before = path.with_name(f"{path.stem}.{_stamp(now)}.before.yaml")
    write_text(before, old)
    write_text(path, text)
    return Edited(site, before)


def with_device(text: str, device: dict[str, Any]) -> str:
    """Return a site file with one more device at the end of its list.

    Raises:
        ProblemsFound: The list is written in a way that cannot be added to.
    """
    line = f"{INDENT}- {flow(device)}"
    lines = text.rstrip("\n").split("\n")
    data = parse_document(text).data
    if not (isinstance(data, dict) and "devices" in data):
        return "\n".join([*lines, KEY, line]) + "\n"
    start = next((at for at, each in enumerate(lines) if each.startswith(KEY)), None)
    if start is None or lines[start].removeprefix(KEY).partition("#")[0].strip():
        raise ProblemsFound("devices", [_by_hand("its devices stand in one line")])
    end = next((at for at in range(start + 1, len(lines)) if _is_next_key(lines[at])), len(lines))
    while not lines[end - 1].strip() or lines[end - 1].startswith("#"):
        end -= 1
    first = next((each for each in lines[start + 1 : end] if each.lstrip().startswith("- ")), line)
    indent = first[: len(first) - len(first.lstrip())]
    return "\n".join([*lines[:end], f"{indent}- {flow(device)}", *lines[end:]]) + "\n"


def flow(value: Any) -> str:
    """Return a value as one line of YAML: JSON is YAML, and quotes keep every text a text."""
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {flow(each)}" for key, each in value.items()) + "}"
        case bool():
            return "yes" if value else "no"
        case int():
            return str(value)
        case _:
            return json.dumps(str(value), ensure_ascii=False)


def _is_next_key(line: str) -> bool:
    return bool(line) and line[0] not in " \t#-"


def _checked(path: Path, text: str) -> Site:
    """Return the site of a text, read beside the file so that price files are found."""
    beside = path.with_name(f".{path.stem}.{CHECKED}.yaml")
    write_text(beside, text)
    try:
        site = read_site_file(beside)
        # What the box would refuse at its start is refused here.
        profiles_of(site)
        return site
    except ProblemsFound as error:
        raise ProblemsFound(str(path), list(error.problems)) from None
    finally:
        beside.unlink(missing_ok=True)


def _by_hand(why: str) -> Problem:
    return Problem("site file", f"cannot be added to: {why}", "write the device into the file by hand")


def _stamp(now: Instant) -> str:
    return str(now.astype("datetime64[s]")).replace(":", "").replace("-", "")
