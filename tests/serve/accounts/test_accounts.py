import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Literal

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from argon2 import PasswordHasher
from sqlalchemy import Connection
from starlette.requests import HTTPConnection

from enerwise.core.errors import StoreError
from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.database import MIGRATIONS, newest_form
from enerwise.serve.accounts.entry import Visit
from enerwise.serve.accounts.tables import META
from enerwise.serve.api.access import Action, Caller
from enerwise.serve.api.problems import Trouble
from tests.serve.accounts.builders import (
    CHEAP,
    EMAIL,
    ORIGIN,
    PASSWORD,
    a_clock,
    an_owner,
    database_url,
    later,
    open_accounts,
)


def a_request(
    method: str = "GET", *, headers: dict[str, str] | None = None, cookies: dict[str, str] | None = None
) -> HTTPConnection:
    """Build what a server hands over."""
    told = dict(headers or {})
    if cookies:
        told["cookie"] = "; ".join(f"{key}={value}" for key, value in cookies.items())
    return HTTPConnection(
        {
            "type": "http",
            "method": method,
            "path": "/",
            "scheme": "http",
            "server": ("localhost", 8600),
            "headers": [
                (key.lower().encode(), value.encode()) for key, value in {"host": "localhost:8600", **told}.items()
            ],
        }
    )


async def asks(accounts: Accounts, **facts: object) -> Caller | None:
    """Ask who a request is from."""
    return await accounts.caller(a_request(**facts))  # type: ignore[arg-type]


def test_a_session_and_a_key_are_known_and_nothing_else_is(tmp_path: Path) -> None:
    async def walk(accounts: Accounts) -> None:
        owner = await an_owner(accounts)
        key = await accounts.issue_key(owner.person.id, scopes={"home": frozenset({Action.SEE})})
        by_session = await asks(accounts, cookies=owner.cookies)
        by_key = await asks(accounts, headers={"Authorization": f"Bearer {key}"})
        assert by_session is not None
        assert by_session.may(Action.MANAGE)
        assert by_key is not None
        assert (by_key.kind, by_key.actions) == ("key", {"home": frozenset({Action.SEE})})
        for header in (f"Bearer {key}x", "Bearer ew_", "Bearer ", f"Basic {key}", "Bearer " + "x" * 10_000):
            assert await asks(accounts, headers={"Authorization": header}) is None
        # Who sends a token is judged by the token alone.
        assert await asks(accounts, headers={"Authorization": "Bearer ew_x"}, cookies=owner.cookies) is None

    with open_accounts(tmp_path) as accounts:
        asyncio.run(walk(accounts))


def test_accounts_are_there_again_after_a_restart(tmp_path: Path) -> None:
    async def first(accounts: Accounts) -> dict[str, str]:
        return (await an_owner(accounts)).cookies

    with open_accounts(tmp_path) as accounts:
        assert (tmp_path / "accounts" / "first-run.token").stat().st_mode & 0o777 == 0o600
        cookies = asyncio.run(first(accounts))
        assert accounts.first_run_word is None
    with open_accounts(tmp_path) as accounts:
        assert asyncio.run(asks(accounts, cookies=cookies)) is not None


def test_the_demo_has_an_owner_whose_password_is_told(tmp_path: Path) -> None:
    with open_accounts(tmp_path, is_demo=True) as accounts:
        assert accounts.demo_sign_in is not None
        told = accounts.demo_sign_in
        assert asyncio.run(accounts.sign_in(*told)).person.name == "Demo owner"
    with open_accounts(tmp_path, is_demo=True) as accounts:
        assert accounts.demo_sign_in == told


def test_a_session_ends_by_rest_and_by_age(tmp_path: Path) -> None:
    clock = a_clock()

    async def walk(accounts: Accounts) -> None:
        owner = await an_owner(accounts)
        for _ in range(5):
            later(clock, 6 * 86_400)
            if await asks(accounts, cookies=owner.cookies) is None:
                break
        else:
            pytest.fail("a session lasts longer than 30 days")
        fresh = await accounts.sign_in(EMAIL, PASSWORD)
        later(clock, 7 * 86_400)
        assert await asks(accounts, cookies=fresh.cookies) is None

    with open_accounts(tmp_path, clock) as accounts:
        asyncio.run(walk(accounts))


def test_migrations_give_the_tables_that_the_code_speaks_of(tmp_path: Path) -> None:
    with open_accounts(tmp_path) as accounts:
        found = accounts.ground.db.do_now(lambda each: compare_metadata(MigrationContext.configure(each), META))
        assert found == []
        assert newest_form() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def test_an_older_form_is_brought_to_the_newest_and_the_newest_opens_without_what_does_that(tmp_path: Path) -> None:
    with open_accounts(tmp_path) as accounts:
        accounts.ground.db.do_now(lambda each: command.downgrade(_config(each), "0001"))
    with open_accounts(tmp_path) as accounts:
        found = accounts.ground.db.do_now(lambda each: compare_metadata(MigrationContext.configure(each), META))
        assert found == []
    address = database_url(tmp_path) or f"sqlite:///{tmp_path / 'accounts' / 'accounts.db'}"
    opens = (
        "import sys; from enerwise.serve.accounts.database import Database;"
        f"Database({address!r}).close(); print('alembic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", opens], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "False"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def test_a_second_server_may_not_open_the_same_folder(tmp_path: Path) -> None:
    with open_accounts(tmp_path), pytest.raises(StoreError, match="another process"):
        Accounts.open(tmp_path / "accounts", a_clock(), origin=ORIGIN, site_ids=(), hasher=CHEAP)


def test_there_is_one_first_owner(tmp_path: Path) -> None:
    async def walk(accounts: Accounts) -> None:
        await an_owner(accounts)
        with pytest.raises(Trouble, match="owner already"):
            await accounts.first_owner(name="Eve", email="eve@example.org", password="another short sentence")

    with open_accounts(tmp_path) as accounts:
        asyncio.run(walk(accounts))


def test_nobody_else_on_the_machine_reads_any_of_it(tmp_path: Path) -> None:
    with open_accounts(tmp_path) as accounts:
        asyncio.run(an_owner(accounts))
        open_to_others = [
            path.name for path in accounts.folder.iterdir() if path.is_file() and path.stat().st_mode & 0o077
        ]
        assert open_to_others == []
        assert accounts.folder.stat().st_mode & 0o077 == 0


def test_an_unknown_e_mail_costs_as_much_as_a_known_one(tmp_path: Path) -> None:
    class Counting(PasswordHasher):
        count = 0

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            Counting.count += 1
            return super().verify(hash, password)

    async def walk(accounts: Accounts) -> list[int]:
        await an_owner(accounts)
        counts = []
        for email in (EMAIL, "eve@example.org"):
            before = Counting.count
            with pytest.raises(Trouble, match="e-mail or password is wrong"):
                await accounts.sign_in(email, "not the sentence")
            counts.append(Counting.count - before)
        return counts

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    accounts = Accounts.open(tmp_path, a_clock(), origin=ORIGIN, site_ids=(), hasher=hasher)
    assert asyncio.run(walk(accounts)) == [1, 1]
    accounts.close()


def test_passwords_are_tried_two_at_a_time_and_not_without_end(tmp_path: Path) -> None:
    class Watched(PasswordHasher):
        now = most = 0

        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            Watched.now += 1
            Watched.most = max(Watched.most, Watched.now)
            assert a_refusal.wait(timeout=60.0)
            try:
                return super().verify(hash, password)
            finally:
                Watched.now -= 1

    async def walk(accounts: Accounts) -> list[str]:
        tries = [
            asyncio.ensure_future(accounts.sign_in(f"p{number}@example.org", PASSWORD, visit=Visit(f"10.0.0.{number}")))
            for number in range(40)
        ]
        # While nobody's password is through, somebody is sent away.
        await asyncio.wait(tries, return_when=asyncio.FIRST_COMPLETED)
        a_refusal.set()
        found = await asyncio.gather(*tries, return_exceptions=True)
        return [each.code for each in found if isinstance(each, Trouble)]

    a_refusal = threading.Event()
    hasher = Watched(time_cost=3, memory_cost=1024, parallelism=1)
    accounts = Accounts.open(tmp_path, a_clock(), origin=ORIGIN, site_ids=(), hasher=hasher)
    codes = asyncio.run(walk(accounts))
    accounts.close()
    assert len(codes) == 40
    assert set(codes) == {"wrong-password", "busy"}
    assert Watched.most <= 2
