"""The authorization code with PKCE: a person agrees in the browser, an app gets a code, and only that app can use it.

Source: RFC 6749 section 4.1, RFC 7636 (S256 only), RFC 9207 (the answer names who answers), OpenID Connect Core.
"""

import base64
import hmac
import json
import re
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlencode, urlsplit, urlunsplit

from sqlalchemy import Connection, delete, insert, select, update

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of, new_id, new_secret
from enerwise.serve.accounts.oauth.clients import Client, Clients, allowed_scope
from enerwise.serve.accounts.oauth.refusals import OAuthRefusal
from enerwise.serve.accounts.oauth.tokens import Consent, Tokens, new_family
from enerwise.serve.accounts.tables import CODES, CONSENTS, REQUESTS, SESSIONS
from enerwise.serve.api.access import Caller
from enerwise.serve.api.problems import Trouble

CODE_S: Final = 60
REQUEST_S: Final = 600
CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{43,128}")
TEXT_CHARS: Final = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """What an app asks a person for."""

    client_id: str
    redirect_uri: str
    response_type: str = "code"
    scope: str = ""
    state: str = ""
    nonce: str = ""
    code_challenge: str = ""
    code_challenge_method: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A question that a person has yet to answer."""

    id: str
    client: Client
    asked: Asked


class Codes:
    """Asks, and hands out codes."""

    def __init__(self, ground: Ground, clients: Clients, tokens: Tokens) -> None:
        self._ground, self._clients, self._tokens = ground, clients, tokens

    async def client_for(self, asked: Asked) -> Client:
        """Return the app that asks; only if this works may a browser be sent anywhere.

        Raises:
            Trouble: 400, the app is unknown or may not be answered there.
        """
        client = await self._clients.find(asked.client_id)
        if client is None:
            raise Trouble(400, "unknown-app", f"client_id: the app {asked.client_id[:64]!r} is not known here")
        if asked.redirect_uri not in client.redirect_uris:
            told = f"redirect_uri: {asked.redirect_uri[:100]!r} is not an address of this app, letter by letter"
            raise Trouble(400, "wrong-redirect", told)
        return client

    def checked(self, asked: Asked, client: Client) -> str:
        """Return the scopes of a question that is well put.

        Raises:
            OAuthRefusal: To be sent back to the app.
        """
        if asked.response_type != "code":
            raise OAuthRefusal("unsupported_response_type", "there is only the code")
        if asked.code_challenge_method != "S256" or not CHALLENGE.fullmatch(asked.code_challenge):
            raise OAuthRefusal("invalid_request", "code_challenge with code_challenge_method=S256 is needed")
        if max(len(asked.state), len(asked.nonce)) > TEXT_CHARS:
            raise OAuthRefusal("invalid_request", f"state and nonce have at most {TEXT_CHARS} characters")
        return allowed_scope(asked.scope, client)

    async def agreed(self, person_id: str, client: Client, scope: str) -> bool:
        """Tell whether a person need not be asked: the app is ours, or was allowed as much before."""
        if client.is_first_party:
            return True
        mine = select(CONSENTS).where(CONSENTS.c.person_id == person_id, CONSENTS.c.client_id == client.id)
        row = await self._ground.read(lambda connection: connection.execute(mine).first())
        return row is not None and set(scope.split()) <= set(row.scope.split())

    async def ask(self, person_id: str, asked: Asked) -> str:
        """Note a question and return its id."""
        request_id, now_s = new_id("ask"), self._ground.now_s()

        def work(connection: Connection) -> None:
            connection.execute(delete(REQUESTS).where(REQUESTS.c.ends_at < now_s))
            facts = {"id": request_id, "person_id": person_id, "client_id": asked.client_id}
            connection.execute(
                insert(REQUESTS).values(**facts, asked=json.dumps(asdict(asked)), ends_at=now_s + REQUEST_S)
            )

        await self._ground.read(work)
        return request_id

    async def pending(self, person_id: str, request_id: str) -> Pending:
        """Return a question that this person was asked.

        Raises:
            Trouble: 404, there is none, or it is too old.
        """
        mine = select(REQUESTS).where(REQUESTS.c.id == request_id, REQUESTS.c.person_id == person_id)
        row = await self._ground.read(lambda connection: connection.execute(mine).first())
        if row is None or row.ends_at <= self._ground.now_s():
            raise Trouble(404, "no-such-question", "this question is over; begin again in the app")
        asked = Asked(**json.loads(row.asked))
        return Pending(request_id, await self.client_for(asked), asked)

    async def answer(self, caller: Caller, request_id: str, *, allows: bool) -> str:
        """Answer a question, and return where the browser goes next.

        Raises:
            Trouble: 404, there is none, or it is too old.
        """
        pending = await self.pending(caller.id, request_id)
        gone = delete(REQUESTS).where(REQUESTS.c.id == request_id)
        await self._ground.read(lambda connection: connection.execute(gone))
        if not allows:
            self._ground.trail.note("change", pending.client.id, who=caller.id, what="app refused")
            return self.sent_back(pending.asked, error="access_denied", error_description="the person said no")
        await self._remember(caller.id, pending)
        return await self.code(caller, pending.asked)

    async def code(self, caller: Caller, asked: Asked) -> str:
        """Make a code and return where the browser takes it."""
        code, now_s = new_secret(), self._ground.now_s()

        def work(connection: Connection) -> None:
            connection.execute(delete(CODES).where(CODES.c.ends_at < now_s - REQUEST_S))
            signed_in = select(SESSIONS.c.made_at).where(SESSIONS.c.id == caller.session)
            connection.execute(
                insert(CODES).values(
                    hash=hash_of(code),
                    client_id=asked.client_id,
                    person_id=caller.id,
                    redirect_uri=asked.redirect_uri,
                    scope=" ".join(dict.fromkeys(asked.scope.split())),
                    nonce=asked.nonce,
                    challenge=asked.code_challenge,
                    signed_in_at=connection.execute(signed_in).scalar() or now_s,
                    ends_at=now_s + CODE_S,
                )
            )

        await self._ground.read(work)
        self._ground.trail.note("change", asked.client_id, who=caller.id, what="code given", scope=asked.scope)
        return self.sent_back(asked, code=code)

    async def redeemed(self, client: Client, *, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        """Take a code, and return tokens.

        Raises:
            OAuthRefusal: It is over, was used before, or somebody else shows it.
        """
        found = await self._ground.read(lambda each: self._redeemed(each, client, code, redirect_uri, verifier))
        if isinstance(found, OAuthRefusal):
            self._ground.known.forget()
            self._ground.trail.refused(client.id, str(found))
            raise found
        return found

    def sent_back(self, asked: Asked, **told: str) -> str:
        """Return the address of an app with an answer."""
        parts = urlsplit(asked.redirect_uri)
        state = {"state": asked.state} if asked.state else {}
        query = urlencode({**told, **state, "iss": self._ground.origin})
        return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))

    def _redeemed(
        self, connection: Connection, client: Client, code: str, redirect_uri: str, verifier: str
    ) -> dict[str, Any] | OAuthRefusal:
        # Nothing is raised here: a code that was shown once, rightly or wrongly, is used up.
        now_s, family_id = self._ground.now_s(), new_family()
        row = connection.execute(select(CODES).where(CODES.c.hash == hash_of(code))).first()
        if row is None or row.client_id != client.id:
            return OAuthRefusal("invalid_grant", "this code is not known")
        unused = update(CODES).where(CODES.c.hash == row.hash, CODES.c.used_at.is_(None))
        if connection.execute(unused.values(used_at=now_s, family_id=family_id)).rowcount == 0:
            self._tokens.end_family(connection, row.family_id)
            return OAuthRefusal("invalid_grant", "this code was used before; everything it began has ended")
        if now_s >= row.ends_at or redirect_uri != row.redirect_uri or not _proves(verifier, row.challenge):
            return OAuthRefusal("invalid_grant", "this code is over, or redirect_uri or code_verifier do not fit it")
        consent = Consent(row.person_id, client.id, row.scope, row.signed_in_at, row.nonce)
        return self._tokens.begin(connection, consent, family_id)

    async def _remember(self, person_id: str, pending: Pending) -> None:
        def work(connection: Connection) -> None:
            mine = (CONSENTS.c.person_id == person_id, CONSENTS.c.client_id == pending.client.id)
            before = connection.execute(select(CONSENTS.c.scope).where(*mine)).scalar() or ""
            connection.execute(delete(CONSENTS).where(*mine))
            scope = " ".join(dict.fromkeys([*before.split(), *pending.asked.scope.split()]))
            facts = {"person_id": person_id, "client_id": pending.client.id, "scope": scope}
            connection.execute(insert(CONSENTS).values(**facts, made_at=self._ground.now_s()))

        await self._ground.read(work)
        told = {"what": "app allowed", "scope": pending.asked.scope}
        self._ground.trail.note("change", pending.client.id, who=person_id, **told)


def challenge_of(verifier: str) -> str:
    """Return the challenge that belongs to a verifier (RFC 7636, S256)."""
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def _proves(verifier: str, challenge: str) -> bool:
    return bool(VERIFIER.fullmatch(verifier)) and hmac.compare_digest(challenge_of(verifier), challenge)
