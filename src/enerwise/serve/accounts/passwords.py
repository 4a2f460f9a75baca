"""Passwords: argon2id, two at a time, so that many who knock at once cannot take the whole machine.

An e-mail that is not known costs as long as one that is.
"""

import asyncio
import base64
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import ARGON2_VERSION
from argon2.profiles import RFC_9106_LOW_MEMORY

from enerwise.serve.api.problems import Trouble

T = TypeVar("T")
AT_ONCE: Final = 2
QUEUE_LIMIT: Final = 16
LENGTH_MIN: Final = 12
LENGTH_MAX: Final = 256
COMMON: Final = frozenset("password123 passwort123 1234567890 12345678910 qwertzuiop qwertyuiop enerwise123".split())


class Passwords:
    """Hashes and checks, beside the event loop."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        """Use a hasher of another cost; the default takes 64 MiB for each."""
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._workers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="argon2")
        self._waiting_count = 0
        self._nobodys = hash_of_nobody(self._hasher)

    async def hashed(self, password: str) -> str:
        """Return the hash to keep."""
        return await self._work(lambda: self._hasher.hash(password))

    async def fits(self, kept: str | None, password: str) -> bool:
        """Tell whether a password fits a hash; None takes as long as any, and never fits."""
        return await self._work(lambda: self._fits(kept, password))

    def hashed_now(self, password: str) -> str:
        """Return the hash to keep, and wait for it: for the time before an event loop runs."""
        return self._hasher.hash(password)

    def is_outdated(self, kept: str) -> bool:
        """Tell whether a hash was made with another cost than today's."""
        return self._hasher.check_needs_rehash(kept)

    def close(self) -> None:
        """End the threads."""
        self._workers.shutdown(wait=True)

    async def _work(self, work: Callable[[], T]) -> T:
        if self._waiting_count >= QUEUE_LIMIT:
            raise Trouble(429, "busy", "many sign in right now; try again in a moment", headers={"Retry-After": "2"})
        self._waiting_count += 1
        try:
            return await asyncio.wrap_future(self._workers.submit(work))
        finally:
            self._waiting_count -= 1

    def _fits(self, kept: str | None, password: str) -> bool:
        try:
            self._hasher.verify(kept or self._nobodys, password)
        except (Argon2Error, InvalidHashError):
            return False
        return kept is not None


def hash_of_nobody(hasher: PasswordHasher) -> str:
    """Return what is checked for an e-mail that nobody has: as costly as any hash, made of chance, of no password."""
    salt, digest = (_base64(secrets.token_bytes(size)) for size in (hasher.salt_len, hasher.hash_len))
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2{hasher.type.name.lower()}$v={ARGON2_VERSION}${cost}${salt}${digest}"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode().rstrip("=")


def check_strength(password: str, *others: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        Trouble: 422, with what to do.
    """
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise Trouble(
            422, "weak-password", f"a password has {LENGTH_MIN} to {LENGTH_MAX} characters; take a short sentence"
        )
    if password.lower() in COMMON or len(set(password)) < 4 or password.lower() in {each.lower() for each in others}:
        raise Trouble(422, "weak-password", "this password is easily guessed; take a short sentence of your own")
