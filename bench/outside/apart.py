"""A foreign package in an environment and a process of its own: made once in the cache, spoken to by lines of JSON.

The side that lives there is a `world.py`; it tells one line, is told one line, and so on.
"""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "enerwise" / "outside"


def environment(name: str, *installs: Sequence[str]) -> Path:
    """Make an environment where it is not there yet, and return its Python.

    Args:
        name: Of its folder in the cache; another set of packages wants another name.
        installs: What each call of ``pip install`` is given.
    """
    place = CACHE / name
    python = place / "bin" / "python"
    if not (place / "complete").exists():
        print(f"making {place}", flush=True)
        venv.create(place, with_pip=True, clear=True)
        for what in installs:
            subprocess.run([python, "-m", "pip", "install", "-q", *what], check=True)
        (place / "complete").touch()
    return python


class Apart:
    """A world in another process."""

    def __init__(self, python: Path, *command: object) -> None:
        self._process = subprocess.Popen(
            [python, *map(str, command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def hear(self) -> dict[str, Any]:
        """Return the next line it tells."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"{self._process.args!r} ended with {self._process.wait()}; what it said stands above")
        return dict(json.loads(line))

    def tell(self, what: object) -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what) + "\n")
        self._process.stdin.flush()

    def close(self) -> None:
        """Let it end, and wait until it has."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
