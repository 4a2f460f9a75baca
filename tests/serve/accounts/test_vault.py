"""Secrets at rest: what was sealed opens at its place, and nothing else does."""

import asyncio
import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enerwise.serve.accounts.database import Database
from enerwise.serve.accounts.private_files import NotPrivate
from enerwise.serve.accounts.vault import VARIABLE, Masters, Vault, VaultError, masters

PLACE = "totp/person-a"
ONCE = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@contextmanager
def a_database(folder: Path) -> Iterator[Database]:
    """Open a database and close it again."""
    db = Database(f"sqlite:///{folder / 'accounts.db'}")
    try:
        yield db
    finally:
        db.close()


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    with a_database(tmp_path) as db:
        yield Vault(db, masters(tmp_path / "master.key", {}))


@ONCE
@given(secret=st.binary(max_size=300), place=st.text(max_size=40))
def test_what_was_sealed_opens(vault: Vault, secret: bytes, place: str) -> None:
    assert vault.open(vault.seal(secret, place), place) == secret


@ONCE
@given(secret=st.binary(max_size=40), at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_a_bit_that_is_altered_closes_it(vault: Vault, secret: bytes, at: int, bit: int) -> None:
    head, _, blob = vault.seal(secret, PLACE).rpartition(".")
    content = bytearray(base64.urlsafe_b64decode(blob))
    content[at % len(content)] ^= 1 << bit
    with pytest.raises(VaultError, match="altered or moved"):
        vault.open(f"{head}.{base64.urlsafe_b64encode(bytes(content)).decode()}", PLACE)


@ONCE
@given(other=st.text(max_size=40).filter(lambda each: each != PLACE))
def test_moved_to_another_place_it_stays_closed(vault: Vault, other: str) -> None:
    with pytest.raises(VaultError, match="altered or moved"):
        vault.open(vault.seal(b"secret", PLACE), other)


@pytest.mark.parametrize("sealed", ["", ".", "v1..", "v1.data-x.AAAA", "v2.x.y", "plain"])
def test_what_is_no_seal_is_told(vault: Vault, sealed: str) -> None:
    with pytest.raises(VaultError, match=PLACE):
        vault.open(sealed, PLACE)


def test_keys_turn_and_old_secrets_still_open(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with a_database(tmp_path) as db:
        vault = Vault(db, masters(path, {}))
        sealed, purpose = vault.seal(b"old", PLACE), vault.derived("x")
        asyncio.run(vault.turn_data_key(1))
        newer = vault.seal(b"new", PLACE)
        assert newer.split(".")[1] != sealed.split(".")[1]
        before = path.read_bytes()
        asyncio.run(vault.turn_master_key())
        assert path.read_bytes() != before
        assert len(path.read_bytes().split()) == 1
        again = Vault(db, masters(path, {}))
        assert (again.open(sealed, PLACE), again.open(newer, PLACE)) == (b"old", b"new")
        assert again.derived("x") == purpose != again.derived("y")
        (tmp_path / "old.key").write_bytes(before)
        (tmp_path / "old.key").chmod(0o600)
        with pytest.raises(VaultError, match="does not open"):
            Vault(db, masters(tmp_path / "old.key", {}))


def test_a_power_cut_while_the_master_key_turns_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    with a_database(tmp_path) as db:
        old = masters(path, {})
        sealed = Vault(db, old).seal(b"secret", PLACE)
        # The new key is in the file, and nothing is wrapped by it yet; or all is, and the old one has not left.
        path.write_bytes(base64.b64encode(os.urandom(32)) + b"\n" + path.read_bytes())
        for _ in range(2):
            assert Vault(db, masters(path, {})).open(sealed, PLACE) == b"secret"


def test_a_master_key_may_come_with_the_environment(tmp_path: Path) -> None:
    first, second = (base64.b64encode(os.urandom(32)).decode() for _ in range(2))
    path = tmp_path / "master.key"
    with a_database(tmp_path) as db:
        sealed = Vault(db, masters(path, {VARIABLE: first})).seal(b"secret", PLACE)
        assert not path.exists()
        vault = Vault(db, masters(path, {VARIABLE: f"{second},{first}"}))
        with pytest.raises(VaultError, match=VARIABLE):
            asyncio.run(vault.turn_master_key())
        assert Vault(db, masters(path, {VARIABLE: second})).open(sealed, PLACE) == b"secret"


@pytest.mark.parametrize("told", ["short", "!" * 44, base64.b64encode(b"x" * 31).decode()])
def test_a_master_key_that_is_none_is_told(tmp_path: Path, told: str) -> None:
    with pytest.raises(VaultError, match="32 bytes"):
        masters(tmp_path / "master.key", {VARIABLE: told})


def test_the_master_key_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    opened = masters(path, {})
    assert isinstance(opened, Masters)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    with pytest.raises(NotPrivate, match="chmod 600"):
        masters(path, {})
