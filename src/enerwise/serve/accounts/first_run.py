"""The first minutes of a server: nobody owns it yet, and nobody on the network may take it.

A word that can be used once lies in a file that only the person at the machine can read, and is printed where the
server was started. A demo has an owner from the start.
"""

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from enerwise.serve.accounts.ids import new_secret
from enerwise.serve.accounts.private_files import read_private, write_private

FILE: Final = "first-run.token"
DEMO_FILE: Final = "demo-owner.password"
DEMO_VARIABLE: Final = "ENERWISE_DEMO_PASSWORD"
DEMO_NAME: Final = "Demo owner"
DEMO_EMAIL: Final = "demo@enerwise.example"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """The word, in its file."""

    folder: Path

    @property
    def path(self) -> Path:
        """Where the word lies."""
        return self.folder / FILE

    def word(self) -> str:
        """Return the word, made where there is none."""
        if (found := read_private(self.path)) is not None:
            return found.decode().strip()
        write_private(self.path, f"{(word := new_secret())}\n".encode())
        return word

    def fits(self, shown: str) -> bool:
        """Tell whether somebody knows the word."""
        found = read_private(self.path)
        return found is not None and hmac.compare_digest(found.strip(), shown.strip().encode())

    def done(self) -> None:
        """Take the word away."""
        self.path.unlink(missing_ok=True)


def demo_password(folder: Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return the password of the demo's owner: from the environment, or from its file, made where there is none."""
    if told := environment.get(DEMO_VARIABLE, ""):
        return told
    if (found := read_private(folder / DEMO_FILE)) is not None:
        return found.decode().strip()
    write_private(folder / DEMO_FILE, f"{(word := new_secret()[:16])}\n".encode())
    return word
