"""`enerwise audit verify|show|export SITE`: what the safety core has decided, stopped, reset and refused."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.serve.commands.run_wired import run_folder
from enerwise.serve.console import out, say
from enerwise.serve.files import write_csv, write_text
from enerwise.serve.tables import table
from enerwise.store.audit import read_audit
from enerwise.store.audit import verify as walk


def folder_of(path: Path) -> Path:
    """Return the folder of an audit: the one given, or that of a site file."""
    return path if path.is_dir() else run_folder(path) / "audit"


def verify(path: Path) -> None:
    """Walk the chain; a break ends with an error that names its place."""
    found = walk(folder_of(path))
    if found.broken is not None:
        remedy = f"keep the folder as it is; the {found.broken.intact_count} lines before can be trusted"
        place = f"{found.broken.file}, line {found.broken.line}"
        raise ProblemsFound("audit", [Problem(place, found.broken.why, remedy)])
    say(f"{found.line_count} lines, unbroken. The last hash is {found.last_hash}.")


def show(path: Path, last: int, kind: str | None) -> None:
    """Show the newest lines."""
    rows = [row for row in read_audit(folder_of(path)) if kind is None or row["kind"] == kind][-last:]
    made = table("Audit", "No.", "When (UTC)", "What", "About", "Who", "Details", left=6, wraps=True)
    for row in rows:
        made.add_row(str(row["seq"]), row["at"][:19], row["kind"], row["subject"], row["who"], _details(row["payload"]))
    out().print(made)


def export(path: Path, start: str, end: str, file: Path) -> None:
    """Write lines of a time into a file: JSON lines, or CSV by the ending."""
    rows = list(read_audit(folder_of(path), start=start, end=end))
    if file.suffix == ".csv":
        names = ("seq", "at", "kind", "subject", "who", "before", "hash")
        columns = {name: np.array([str(row[name]) for row in rows]) for name in names}
        write_csv(file, {**columns, "payload": np.array([json.dumps(row["payload"]) for row in rows])})
    else:
        write_text(file, "".join(json.dumps(row) + "\n" for row in rows))
    say(f"{len(rows)} lines in {file}.")


def _details(payload: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in payload.items() if value not in ("", None, {}, []))
