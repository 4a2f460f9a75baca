"""`enerwise audit verify|show|export SITE`: what the safety core has decided, stopped, reset and refused."""

import csv
import json
import sys
from collections import deque
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any, Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.serve import asked
from enerwise.serve.console import complain, out, say
from enerwise.serve.files import STDOUT
from enerwise.serve.sites import run_folder
from enerwise.serve.tables import table
from enerwise.store.audit import Verified, moment, read_audit
from enerwise.store.audit import verify as walk
from enerwise.store.audit_chain import FIELDS

ENDINGS: Final = (".jsonl", ".csv")
NO_BOUND: Final = ("", "~")


def folder_of(path: Path) -> Path:
    """Return the folder of an audit: the one given, or that of a site file."""
    return path if path.is_dir() else run_folder(path) / "audit"


def verify(path: Path) -> None:
    """Walk the chain; a break ends with an error that names its place."""
    folder = folder_of(path)
    found = walk(folder)
    for remark in found.remarks:
        say(f"Note: {remark}.")
    if found.broken is not None:
        raise _broken(folder, found)
    say(f"{found.line_count} lines, unbroken. The last hash is {found.last_hash}.")


def show(path: Path, last: int, kind: str | None) -> None:
    """Show the newest lines."""
    if last < 1:
        raise asked.wrong("--last", str(last), "write a number of lines above zero, such as 20")
    folder = folder_of(path)
    found = walk(folder)
    seen = set[str]()
    rows = deque[dict[str, Any]](maxlen=last)
    for row in read_audit(folder):
        seen.add(row["kind"])
        if kind in (None, row["kind"]):
            rows.append(row)
    if kind is not None and kind not in seen:
        raise asked.wrong("--kind", kind, f"there are {', '.join(sorted(seen)) or 'no lines yet'}")
    made = table("Audit", "No.", "When (UTC)", "What", "About", "Who", "Details", left=6, wraps=True)
    for row in rows:
        made.add_row(*map(_safe, (row["seq"], row["at"][:19], row["kind"], row["subject"], row["who"], _details(row))))
    out().print(made)
    _warn(folder, found)


def export(path: Path, start: str, end: str, file: Path) -> None:
    """Write lines of a time into a file, as JSON lines, or as CSV with the payload as JSON in one column.

    A file appears whole or not at all; ``-`` writes JSON lines to the standard output.
    """
    first, last = _time("--from", start), _time("--to", end)
    asked.target("--out", file, ENDINGS)
    folder = folder_of(path)
    found = walk(folder)
    rows = read_audit(folder, start=first, end=last)
    if file == STDOUT:
        _json_lines(sys.stdout, rows)
    else:
        say(f"{_written(file, rows)} lines in {file}.")
    _warn(folder, found)


def _time(option: str, text: str) -> str:
    if text in NO_BOUND:
        return ""
    if moment(text) is None:
        raise asked.wrong(option, text, "write a date or a date and time in UTC, such as '2024-07-01T14:05'")
    return text


def _written(file: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write line by line: a long chain need not fit into the memory."""
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            count = (_csv if file.suffix.lower() == ".csv" else _json_lines)(stream, rows)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        reason = error.strerror or type(error).__name__
        raise ProblemsFound(str(file), [Problem(file.name, reason, "check folder, rights and space")]) from None
    return count


def _json_lines(stream: IO[str], rows: Iterable[Mapping[str, Any]]) -> int:
    count = 0
    for row in rows:
        stream.write(json.dumps(row, separators=(",", ":")) + "\n")
        count += 1
    return count


def _csv(stream: IO[str], rows: Iterable[Mapping[str, Any]]) -> int:
    count, writer = 0, csv.writer(stream)
    writer.writerow(FIELDS)
    for row in rows:
        writer.writerow([json.dumps(row[name]) if name == "payload" else row[name] for name in FIELDS])
        count += 1
    return count


def _broken(folder: Path, found: Verified) -> ProblemsFound:
    assert found.broken is not None
    at = found.broken
    behind = f", and the {at.later_count} behind it that hold together with care" if at.later_count else ""
    remedy = f"keep the folder as it is; the {at.intact_count} lines before it can be trusted{behind}"
    return ProblemsFound(str(folder), [Problem(f"{at.file}, line {at.line}", at.why, remedy)])


def _warn(folder: Path, found: Verified) -> None:
    """Say what speaks against what has just been shown."""
    if found.broken is not None:
        complain(f"The chain is broken: {found.broken}. Look with: enerwise audit verify {folder}")


def _details(row: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in row["payload"].items() if value not in ("", None, {}, []))


def _safe(value: object) -> str:
    """Return a cell as it is: no markup, and nothing that moves the cursor of whoever looks."""
    from rich.markup import escape

    return escape("".join(each if each.isprintable() else "?" for each in str(value)))
