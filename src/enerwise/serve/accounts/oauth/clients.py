"""The apps that may ask for tokens: their names, where they may be sent back to, and what they may ask for."""

import hmac
import ipaddress
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import Connection, Row, delete, insert, select, update

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of, new_id, new_secret
from enerwise.serve.accounts.oauth.refusals import OAuthRefusal
from enerwise.serve.accounts.tables import CLIENTS, CODES, CONSENTS, DEVICES, FAMILIES, REQUESTS
from enerwise.serve.api.access import Action, Caller
from enerwise.serve.api.problems import Trouble

BOX: Final = "enerwise-box"
OPENID: Final = ("openid", "profile", "email", "offline_access")
SCOPES: Final = (*OPENID, *Action)
BUILT_IN: Final = ((BOX, "Enerwise box", SCOPES),)


@dataclass(frozen=True, slots=True)
class Client:
    """An app."""

    id: str
    name: str
    is_first_party: bool
    is_confidential: bool
    """Whether it can keep a secret."""
    redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]
    made_s: int


class Clients:
    """Adds, proves, removes."""

    def __init__(self, ground: Ground) -> None:
        """Know the apps that come with the product."""
        self._ground = ground
        ground.db.do_now(self._add_built_in)

    async def listed(self) -> list[Client]:
        """Return all apps by age."""
        wanted = select(CLIENTS).order_by(CLIENTS.c.made_at, CLIENTS.c.id)
        return [client_of(row) for row in await self._ground.read(lambda each: each.execute(wanted).all())]

    async def add(
        self,
        by: Caller,
        *,
        name: str,
        redirect_uris: Sequence[str],
        scopes: Sequence[str],
        is_confidential: bool,
        is_first_party: bool,
    ) -> tuple[Client, str | None]:
        """Let an app ask for tokens; return it and, where it can keep one, its secret, shown once.

        Raises:
            Trouble: 422, an address or a scope will not do.
        """
        for uri in redirect_uris:
            check_redirect(uri)
        if unknown := sorted(set(scopes) - set(SCOPES)):
            raise Trouble(422, "wrong-request", f"scopes: {unknown} are none; there are {', '.join(SCOPES)}")
        secret = new_secret() if is_confidential else None
        now_s = self._ground.now_s()
        client = Client(
            new_id("app"), name, is_first_party, is_confidential, tuple(redirect_uris), tuple(scopes), now_s
        )
        await self._ground.change(lambda connection: _insert(connection, client, secret, by.id))
        self._ground.trail.note("change", client.id, who=by.id, what="app added", scopes=list(scopes))
        return client, secret

    async def remove(self, by: Caller, client_id: str) -> None:
        """Remove an app and end all its tokens.

        Raises:
            Trouble: 404, there is none; 409, it comes with the product.
        """
        if client_id in {each for each, _, _ in BUILT_IN}:
            raise Trouble(409, "built-in", "this app comes with Enerwise and stays")

        def work(connection: Connection) -> bool:
            for table in (CODES, DEVICES, CONSENTS, REQUESTS):
                connection.execute(delete(table).where(table.c.client_id == client_id))
            live = update(FAMILIES).where(FAMILIES.c.client_id == client_id, FAMILIES.c.revoked_at.is_(None))
            connection.execute(live.values(revoked_at=self._ground.now_s()))
            # Its row stays for what refers to it, without an address to go to and without anything to ask for.
            emptied = update(CLIENTS).where(CLIENTS.c.id == client_id, CLIENTS.c.scopes != "[]")
            nothing = {"redirect_uris": "[]", "scopes": "[]", "secret_hash": hash_of(new_secret())}
            return connection.execute(emptied.values(**nothing)).rowcount > 0

        if not await self._ground.change(work):
            raise Trouble(404, "no-such-app", f"there is no app {client_id[:64]!r}")
        self._ground.trail.note("change", client_id, who=by.id, what="app removed")

    async def find(self, client_id: str) -> Client | None:
        """Return an app that was not removed."""
        row = await self._ground.read(lambda each: each.execute(_wanted(client_id)).first())
        return client_of(row) if row is not None and row.scopes != "[]" else None

    async def proven(self, client_id: str, secret: str) -> Client:
        """Return an app that has shown who it is; one that can keep no secret shows nothing but its name.

        Raises:
            OAuthRefusal: It is unknown, or its secret is wrong.
        """
        row = await self._ground.read(lambda each: each.execute(_wanted(client_id)).first())
        if row is None or row.scopes == "[]":
            raise OAuthRefusal("invalid_client", "this app is not known here")
        if row.secret_hash is not None and not hmac.compare_digest(row.secret_hash, hash_of(secret)):
            self._ground.trail.refused(row.id, "app secret")
            raise OAuthRefusal("invalid_client", "the secret of the app is wrong or missing")
        return client_of(row)

    def _add_built_in(self, connection: Connection) -> None:
        for client_id, name, scopes in BUILT_IN:
            if connection.execute(_wanted(client_id)).first() is None:
                client = Client(client_id, name, True, False, (), tuple(scopes), self._ground.now_s())
                _insert(connection, client, None, "")


def check_redirect(uri: str) -> None:
    """Refuse an address to which no code should be sent.

    Raises:
        Trouble: 422.
    """
    parts = urlsplit(uri)
    is_private = "." in parts.scheme and not parts.netloc
    is_plain = parts.scheme == "http" and _is_loopback(parts.hostname or "")
    is_fine = (parts.scheme == "https" and parts.hostname) or is_private or is_plain
    if not is_fine or parts.fragment or "#" in uri or parts.username is not None or not uri.isprintable() or " " in uri:
        told = "write https://..., http://localhost:..., or a scheme of the app such as org.example.app:/back"
        raise Trouble(422, "wrong-request", f"redirect_uris: {uri[:100]!r} will not do; {told}")


def allowed_scope(asked: str, client: Client) -> str:
    """Return the scopes that an app asked for.

    Raises:
        OAuthRefusal: It asked for nothing, or for more than it may.
    """
    words = list(dict.fromkeys(asked.split()))
    if beyond := [each for each in words if each not in client.scopes]:
        raise OAuthRefusal("invalid_scope", f"this app may not ask for {' '.join(beyond)[:100]!r}")
    if not words:
        raise OAuthRefusal("invalid_scope", f"ask for some of: {' '.join(client.scopes)}")
    return " ".join(words)


def client_of(row: Row[Any]) -> Client:
    """Return a row as an app."""
    return Client(
        row.id,
        row.name,
        row.is_first_party,
        row.secret_hash is not None,
        tuple(json.loads(row.redirect_uris)),
        tuple(json.loads(row.scopes)),
        row.made_at,
    )


def _wanted(client_id: str) -> Any:
    return select(CLIENTS).where(CLIENTS.c.id == client_id)


def _insert(connection: Connection, client: Client, secret: str | None, by_id: str) -> None:
    connection.execute(
        insert(CLIENTS).values(
            id=client.id,
            name=client.name,
            is_first_party=client.is_first_party,
            secret_hash=hash_of(secret) if secret else None,
            redirect_uris=json.dumps(client.redirect_uris),
            scopes=json.dumps(client.scopes),
            made_by=by_id,
            made_at=client.made_s,
        )
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
