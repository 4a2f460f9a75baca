"""The report of a commissioning: every step with its figures, signed with the key of this installation.

The signature shows that nobody has altered the report since this box wrote it; the key lies beside the memory of the
door and never leaves it.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from hmac import compare_digest
from hmac import new as keyed
from pathlib import Path
from typing import Any, Final

from enerwise.core.errors import Problem, ProblemsFound
from enerwise.serve.files import write_text

KEY_NAME: Final = "commission.key"
PASSED: Final = "passed"
FAILED: Final = "failed"
SKIPPED: Final = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the checklist, and what came of it."""

    name: str
    outcome: str
    words: str
    """What was seen, with its figures."""


def write_report(path: Path, folder: Path, facts: Mapping[str, Any], steps: Sequence[Step]) -> str:
    """Write a signed report, and return its signature."""
    body = {**facts, "steps": [asdict(each) for each in steps]}
    signature = _signature(_key(folder), body)
    write_text(path, json.dumps({**body, "signature": signature}, indent=1, ensure_ascii=False) + "\n")
    return signature


def check_report(path: Path, folder: Path) -> Mapping[str, Any]:
    """Return a report that this installation has signed.

    Raises:
        ProblemsFound: It cannot be read, was altered, or was signed elsewhere.
    """
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        signature = body.pop("signature")
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise ProblemsFound(
            str(path), [Problem("report", f"cannot be read: {error}", "name a report of ours")]
        ) from None
    if not (folder / KEY_NAME).is_file():
        remedy = "check it on the box that has written it"
        raise ProblemsFound(str(path), [Problem("signature", f"there is no key in {folder}", remedy)])
    if not compare_digest(str(signature), _signature(_key(folder), body)):
        remedy = "trust it no more; commission the site again"
        raise ProblemsFound(str(path), [Problem("signature", "does not fit: the report was altered", remedy)])
    found: Mapping[str, Any] = body
    return found


def _signature(key: bytes, body: Mapping[str, Any]) -> str:
    content = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return keyed(key, content, sha256).hexdigest()


def _key(folder: Path) -> bytes:
    path = folder / KEY_NAME
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(secrets.token_bytes(32))
    return path.read_bytes()
