"""Secrets at rest: AES-256-GCM under data keys, which lie in the database wrapped by a master key that does not.

What is sealed is bound to its place: moved to another row, or altered by a bit, it does not open. The master key lies
in a file that only its owner can read, or comes with the environment (``ENERWISE_MASTER_KEY``, base64, newest first
where there are several, with commas between). Turning the master key wraps the data keys anew and touches no secret;
turning the data key seals everything that follows with a new one.
"""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, insert, select, update

from enerwise.core.errors import EnerwiseError
from enerwise.serve.accounts.database import Database
from enerwise.serve.accounts.ids import new_id
from enerwise.serve.accounts.private_files import read_private, write_private
from enerwise.serve.accounts.tables import DATA_KEYS

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
VARIABLE: Final = "ENERWISE_MASTER_KEY"
FORM: Final = "v1"


class VaultError(EnerwiseError):
    """A secret does not open: altered, moved, or sealed with a key that is not here."""


@dataclass(frozen=True, slots=True)
class Masters:
    """The master keys, newest first; the older ones only open."""

    keys: tuple[bytes, ...]
    path: Path | None
    """Where they lie; None when they came with the environment."""

    @property
    def newest(self) -> bytes:
        """What wraps from now on."""
        return self.keys[0]


def masters(path: Path, environment: Mapping[str, str] = os.environ) -> Masters:
    """Return the master keys from the environment or a file, which is made where there is none.

    Raises:
        VaultError: A key is not 32 bytes of base64, or others may read the file.
    """
    if told := environment.get(VARIABLE, ""):
        return Masters(tuple(_key(each, VARIABLE) for each in told.split(",")), None)
    content = read_private(path)
    if content is None:
        content = base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n"
        write_private(path, content)
    return Masters(tuple(_key(each, str(path)) for each in content.decode("ascii", "replace").split()), path)


def _key(text: str, place: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise VaultError(f"{place}: a master key is 32 bytes in base64; this one is not. Restore it from your backup")
    return key


class Vault:
    """Seals and opens."""

    def __init__(self, db: Database, opened: Masters) -> None:
        """Unwrap the data keys, or make the first.

        Raises:
            VaultError: No master key that is here opens them.
        """
        self._db, self._masters = db, opened
        self._keys: dict[str, bytes] = {}
        self._newest = ""
        db.do_now(self._load)

    # -- secrets -----------------------------------------------------------------------------------------------

    def seal(self, secret: bytes, place: str) -> str:
        """Return a secret as text that opens at this place only, such as ``totp/person-...``."""
        head = f"{FORM}.{self._newest}"
        return f"{head}.{_locked(self._keys[self._newest], secret, f'{head}|{place}')}"

    def open(self, sealed: str, place: str) -> bytes:
        """Return what was sealed.

        Raises:
            VaultError: It was altered, moved from another place, or its key is gone.
        """
        head, _, blob = sealed.rpartition(".")
        form, _, key_id = head.partition(".")
        if form != FORM or key_id not in self._keys:
            raise VaultError(f"{place}: the secret here was sealed with a key that is not here; restore the backup")
        return _opened(self._keys[key_id], blob, f"{head}|{place}", place)

    def derived(self, purpose: str) -> bytes:
        """Return a key for one purpose that lasts as long as the first data key, and tells nothing of it."""
        first = self._keys[min(self._keys, key=lambda each: (self._order[each], each))]
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"enerwise {purpose}".encode()).derive(first)

    # -- turning keys ------------------------------------------------------------------------------------------

    @property
    def turns_master_key(self) -> bool:
        """Whether the master key can be turned here: it lies in a file, and does not come with the environment."""
        return self._masters.path is not None

    async def turn_data_key(self, now_s: int) -> str:
        """Seal with a new key from now on, and return its id; what is sealed already still opens."""
        key_id, key = new_id("data"), secrets.token_bytes(KEY_BYTES)

        def work(connection: Connection) -> None:
            connection.execute(update(DATA_KEYS).where(DATA_KEYS.c.retired_at.is_(None)).values(retired_at=now_s))
            self._insert(connection, key_id, key, now_s)

        await self._db.do(work)
        self._keys[key_id], self._order[key_id], self._newest = key, len(self._order), key_id
        return key_id

    async def turn_master_key(self) -> None:
        """Put a new master key in the place of the old and wrap every data key anew.

        The new key is in the file before anything is wrapped by it, the old one leaves when nothing is any more: a
        power cut in between costs nothing.

        Raises:
            VaultError: The master key comes with the environment; put a new one before the old there, and start anew.
        """
        if self._masters.path is None:
            raise VaultError(
                f"the master key comes from {VARIABLE}: put a new one before it, with a comma, and restart"
            )
        both = Masters((secrets.token_bytes(KEY_BYTES), *self._masters.keys), self._masters.path)
        _write(both)
        self._masters = both
        await self._db.do(self._wrap_anew)
        self._masters = Masters(both.keys[:1], both.path)
        _write(self._masters)

    def _wrap_anew(self, connection: Connection) -> None:
        for key_id, key in self._keys.items():
            wrapped = _wrapped(self._masters.newest, key, key_id)
            connection.execute(update(DATA_KEYS).where(DATA_KEYS.c.id == key_id).values(wrapped=wrapped))

    # -- at the beginning --------------------------------------------------------------------------------------

    def _load(self, connection: Connection) -> None:
        rows = connection.execute(select(DATA_KEYS).order_by(DATA_KEYS.c.made_at, DATA_KEYS.c.id)).all()
        if not rows:
            self._insert(connection, new_id("data"), secrets.token_bytes(KEY_BYTES), 0)
            rows = connection.execute(select(DATA_KEYS)).all()
        self._order = {row.id: number for number, row in enumerate(rows)}
        self._keys = {row.id: self._unwrapped(row.id, row.wrapped) for row in rows}
        self._newest = next(row.id for row in reversed(rows) if row.retired_at is None)
        if any(not row.wrapped.startswith(_name(self._masters.newest)) for row in rows):
            # The environment brought a newer master key.
            self._wrap_anew(connection)

    def _insert(self, connection: Connection, key_id: str, key: bytes, now_s: int) -> None:
        wrapped = _wrapped(self._masters.newest, key, key_id)
        connection.execute(insert(DATA_KEYS).values(id=key_id, wrapped=wrapped, made_at=now_s))

    def _unwrapped(self, key_id: str, wrapped: str) -> bytes:
        name, _, blob = wrapped.partition(".")
        for master in self._masters.keys:
            if _name(master) == name:
                return _opened(master, blob, f"data key|{key_id}", f"vault_keys/{key_id}")
        place = self._masters.path or VARIABLE
        raise VaultError(
            f"{place}: this master key does not open the accounts here; restore the one that belongs to them"
        )


def _write(opened: Masters) -> None:
    assert opened.path is not None
    write_private(opened.path, b"".join(base64.b64encode(key) + b"\n" for key in opened.keys))


def _wrapped(master: bytes, key: bytes, key_id: str) -> str:
    return f"{_name(master)}.{_locked(master, key, f'data key|{key_id}')}"


def _name(master: bytes) -> str:
    return sha256(b"enerwise master key " + master).hexdigest()[:16]


def _locked(key: bytes, secret: bytes, place: str) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, secret, place.encode())).decode()


def _opened(key: bytes, blob: str, bound: str, place: str) -> bytes:
    try:
        content = base64.b64decode(blob, altchars=b"-_", validate=True)
        return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], bound.encode())
    except (InvalidTag, ValueError):
        raise VaultError(f"{place}: the secret here was altered or moved; restore it from a backup") from None


def sealed_json(vault: Vault, value: Mapping[str, object], place: str) -> str:
    """Seal facts."""
    return vault.seal(json.dumps(value).encode(), place)


def opened_json(vault: Vault, sealed: str, place: str) -> dict[str, object]:
    """Return sealed facts.

    Raises:
        VaultError: See `Vault.open`.
    """
    return cast("dict[str, object]", json.loads(vault.open(sealed, place)))
