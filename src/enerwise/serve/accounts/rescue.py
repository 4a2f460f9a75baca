"""For the owner who forgot the password and whom nobody can invite: whoever is at the machine makes the invitation.

Run, with the server stopped: ``python -m enerwise.serve.accounts.rescue home.run/accounts ada@example.org``
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, select

from enerwise.core.errors import EnerwiseError
from enerwise.core.time import Clock, LiveClock
from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.people import INVITE_PATH
from enerwise.serve.accounts.tables import PEOPLE
from enerwise.serve.api.access import Caller

CONSOLE: Final = Caller("console", "person", "whoever is at the machine")


class NobodyFound(EnerwiseError):
    """There are no accounts, or nobody with this e-mail."""


async def rescued(accounts: Accounts, email: str, *, drops_codes: bool = False) -> str:
    """Return the path and word of an invitation for somebody, and turn the codes off if that is asked for.

    Raises:
        NobodyFound: Nobody has this e-mail.
    """

    def person_id(connection: Connection) -> str | None:
        mine = select(PEOPLE.c.id).where(PEOPLE.c.email == email.strip().lower(), PEOPLE.c.disabled_at.is_(None))
        found = connection.execute(mine).scalar()
        return None if found is None else str(found)

    found = await accounts.ground.read(person_id)
    if found is None:
        raise NobodyFound(f"nobody here has the e-mail {email!r}; look for another way of writing it")
    if drops_codes:
        await accounts.totp.remove(found, CONSOLE.id)
    return INVITE_PATH + await accounts.people.invite_again(CONSOLE, found)


def main(arguments: Sequence[str] | None = None, clock: Clock | None = None) -> int:
    """Print an invitation; return 1 where that cannot be done."""
    parser = argparse.ArgumentParser(prog="rescue", description="Make an invitation for an owner who is locked out.")
    parser.add_argument("folder", type=Path, help="the folder with master.key, and with accounts.db")
    parser.add_argument("email")
    parser.add_argument("--without-codes", action="store_true", help="also turn off codes from the phone")
    parser.add_argument("--database", metavar="URL", help="where people are, if not in accounts.db")
    asked = parser.parse_args(arguments)
    try:
        if not asked.database and not (asked.folder / "accounts.db").exists():
            raise NobodyFound(f"{asked.folder}: there are no accounts here; it is the folder with accounts.db")
        accounts = Accounts.open(
            asked.folder, clock or LiveClock(), origin="http://localhost", site_ids=(), url=asked.database
        )
        try:
            link = asyncio.run(rescued(accounts, asked.email, drops_codes=asked.without_codes))
        finally:
            accounts.close()
    except EnerwiseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"start the server, and open within a week, behind its address: {link}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
