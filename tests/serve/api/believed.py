"""The whole server over two homes, with real accounts that believe whoever says a name from a list."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, insert
from starlette.requests import HTTPConnection

from enerwise.serve.accounts.accounts import Accounts
from enerwise.serve.accounts.tables import PEOPLE
from enerwise.serve.api.access import Caller
from enerwise.serve.api.app import Api, make_app
from enerwise.serve.api.face import Face

from ..accounts.builders import CHEAP, ORIGIN
from .builders import FOREIGN, OWN, a_face


class Named:
    """Accounts that know people by the word in their header, before anything else."""

    def __init__(self, accounts: Accounts, knows: Callable[[str], Caller | None]) -> None:
        self._accounts, self._knows = accounts, knows

    def __getattr__(self, name: str) -> Any:
        return getattr(self._accounts, name)

    async def caller(self, request: HTTPConnection) -> Caller | None:
        return self._knows(request.headers.get("authorization", ""))


@dataclass(frozen=True, slots=True)
class House:
    """A server and what stands behind it."""

    app: Api
    face: Face


@contextlib.contextmanager
def a_house(folder: Path, callers: Mapping[str, Caller | None]) -> Iterator[House]:
    """Open a server where each of ``callers`` is a person that the accounts know.

    A word may carry a mark behind its name, ``owner/17``: the same person, with a rate of his own.
    """
    face = a_face(folder)
    accounts = Accounts.open(
        folder / "accounts", face.clock, origin=ORIGIN, site_ids=(OWN, FOREIGN), hasher=CHEAP, is_demo=False
    )
    try:
        accounts.ground.db.do_now(lambda connection: _add(connection, [each for each in callers.values() if each]))
        believed = Named(accounts, lambda word: callers[word.partition("/")[0]])
        face = replace(face, accounts=cast(Any, believed))
        yield House(make_app(face), face)
    finally:
        accounts.close()


def _add(connection: Connection, people: list[Caller]) -> None:
    rows = [{"id": each.id, "kind": "person", "name": each.name, "made_at": 0} for each in people]
    connection.execute(insert(PEOPLE), rows)
