"""An owner who is locked out comes in again, by somebody at the machine."""

import asyncio
from pathlib import Path

import pyotp
import pytest

from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.entry import Visit
from enerwise.serve.accounts.rescue import main
from tests.serve.accounts.builders import EMAIL, a_clock, an_owner, database_url, open_accounts


def where(folder: Path) -> list[str]:
    """Return how the accounts in a folder are named on the command line."""
    url = database_url(folder)
    return [str(folder / "accounts"), *(["--database", url] if url else [])]


def test_an_owner_without_password_and_phone_comes_in_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clock = a_clock()

    async def locks_out(accounts: Accounts) -> str:
        owner = await an_owner(accounts)
        enrolled = await accounts.totp.enrol(owner.person.id)
        await accounts.totp.confirm(owner.person.id, pyotp.TOTP(enrolled.secret).at(accounts.ground.now_s()))
        return owner.secret

    with open_accounts(tmp_path, clock) as accounts:
        session = asyncio.run(locks_out(accounts))
        assert main([*where(tmp_path), EMAIL], clock) == 1
        assert "another process" in capsys.readouterr().err
    assert main([*where(tmp_path), EMAIL.upper(), "--without-codes"], clock) == 0
    word = capsys.readouterr().out.strip().partition("#invitation=")[2]
    with open_accounts(tmp_path, clock) as accounts:
        entered = asyncio.run(accounts.entry.accept(word, "a sentence that is new", Visit()))
        assert entered.person.email == EMAIL
        assert asyncio.run(accounts.caller_by_session(session)) is None
        assert asyncio.run(accounts.audit_page(limit=10, about="console"))


def test_who_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), EMAIL]) == 1
    assert "there are no accounts here" in capsys.readouterr().err
    with open_accounts(tmp_path):
        pass
    assert main([*where(tmp_path), "eve@example.org"], a_clock()) == 1
    assert "nobody here" in capsys.readouterr().err
