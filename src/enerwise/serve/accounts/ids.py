"""Names and secrets: opaque ids that tell nothing, secrets of 256 bits, and hashes by which they are found again."""

import base64
import re
import secrets
from hashlib import sha256
from typing import Final

SECRET_BYTES: Final = 32
ID: Final = re.compile(r"[a-z]+-[a-z2-7]{16}")


def new_id(kind: str) -> str:
    """Return an id that nobody can guess, such as ``person-abcdefgh234567ab``."""
    return f"{kind}-{base64.b32encode(secrets.token_bytes(10)).decode().lower()}"


def new_secret() -> str:
    """Return 256 random bits as 43 characters for an address or a header."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hash_of(secret: str) -> str:
    """Return the hash under which a long random secret is kept; it needs no salt, since nobody can try all of them."""
    return sha256(secret.encode()).hexdigest()
