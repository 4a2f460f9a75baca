"""Tokens that apps get: short access tokens, identity tokens, and refresh tokens that change with every use.

All that one consent brought forth is a family. A refresh token that is shown a second time was stolen by somebody,
from the app or by it: the whole family ends. A code that is shown a second time ends its family too.
"""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, insert, select, update

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.ids import hash_of, new_id, new_secret
from enerwise.serve.accounts.oauth.clients import BOX, Client
from enerwise.serve.accounts.oauth.refusals import OAuthRefusal
from enerwise.serve.accounts.oauth.signing import ACCESS, IDENTITY, TOKEN_S, Signing
from enerwise.serve.accounts.rights import only
from enerwise.serve.accounts.standing import rights_in
from enerwise.serve.accounts.tables import FAMILIES, PEOPLE, REFRESH
from enerwise.serve.accounts.vault import opened_json, sealed_json
from enerwise.serve.api.access import Action, Caller

REFRESH_PREFIX: Final = "ewr_"
REFRESH_S: Final = 30 * 86_400
"""A refresh token that rests so long is over."""
FAMILY_S: Final = 365 * 86_400
AUDIENCE: Final = "/api/v1"
ACTIONS: Final = frozenset(str(each) for each in Action)


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person has allowed an app."""

    person_id: str
    client_id: str
    scope: str
    signed_in_s: int
    """When the person signed in. [epoch s]"""
    nonce: str = ""

    @property
    def words(self) -> list[str]:
        """The scopes, one by one."""
        return self.scope.split()


class Tokens:
    """Issues, refreshes, revokes, reads."""

    def __init__(self, ground: Ground, signing: Signing) -> None:
        self._ground, self._signing = ground, signing
        self.audience = ground.origin + AUDIENCE

    # -- issuing -----------------------------------------------------------------------------------------------

    def begin(self, connection: Connection, consent: Consent, family_id: str) -> dict[str, Any]:
        """Begin a family inside a transaction and return what the token endpoint says."""
        now_s = self._ground.now_s()
        kept = {"scope": consent.scope, "signed_in_s": consent.signed_in_s}
        facts = {
            "id": family_id,
            "client_id": consent.client_id,
            "person_id": consent.person_id,
            "sealed": sealed_json(self._ground.vault, kept, _place(family_id)),
            "made_at": now_s,
            "ends_at": now_s + FAMILY_S,
        }
        connection.execute(insert(FAMILIES).values(**facts))
        return self._told(connection, consent, family_id)

    async def refreshed(self, client: Client, shown: str, scope: str) -> dict[str, Any]:
        """Take a refresh token, and return what follows it.

        Raises:
            OAuthRefusal: It is over, was used before, or belongs to somebody else.
        """
        await self._signing.turn_if_due()
        found = await self._ground.read(lambda connection: self._refreshed(connection, client, shown, scope))
        if isinstance(found, OAuthRefusal):
            self._ground.known.forget()
            self._ground.trail.refused(client.id, str(found))
            raise found
        return found

    def _refreshed(
        self, connection: Connection, client: Client, shown: str, scope: str
    ) -> dict[str, Any] | OAuthRefusal:
        # Nothing is raised here: what was used up stays used up.
        now_s = self._ground.now_s()
        wanted = (
            select(REFRESH, FAMILIES.c.client_id, FAMILIES.c.person_id, FAMILIES.c.sealed)
            .add_columns(FAMILIES.c.ends_at, FAMILIES.c.revoked_at, PEOPLE.c.disabled_at, PEOPLE.c.erased_at)
            .join(FAMILIES, FAMILIES.c.id == REFRESH.c.family_id)
            .join(PEOPLE, PEOPLE.c.id == FAMILIES.c.person_id)
            .where(REFRESH.c.hash == hash_of(shown))
        )
        row = connection.execute(wanted).first()
        if row is None or row.client_id != client.id:
            return OAuthRefusal("invalid_grant", "this refresh token is not known")
        unused = update(REFRESH).where(REFRESH.c.hash == row.hash, REFRESH.c.used_at.is_(None))
        if connection.execute(unused.values(used_at=now_s)).rowcount == 0:
            self.end_family(connection, row.family_id)
            return OAuthRefusal("invalid_grant", "this refresh token was used before; everything it began has ended")
        is_over = now_s >= min(row.ends_at, row.made_at + REFRESH_S)
        if is_over or row.revoked_at is not None or row.disabled_at is not None or row.erased_at is not None:
            return OAuthRefusal("invalid_grant", "this refresh token is over; ask the person again")
        kept = opened_json(self._ground.vault, row.sealed, _place(row.family_id))
        whole = str(kept["scope"])
        if beyond := set(scope.split()) - set(whole.split()):
            return OAuthRefusal("invalid_scope", f"the person did not allow {' '.join(sorted(beyond))[:100]!r}")
        consent = Consent(row.person_id, row.client_id, scope or whole, int(str(kept["signed_in_s"])))
        return self._told(connection, consent, row.family_id, refreshes="offline_access" in whole.split())

    def _told(
        self, connection: Connection, consent: Consent, family_id: str, *, refreshes: bool | None = None
    ) -> dict[str, Any]:
        told: dict[str, Any] = {
            "access_token": self._access(consent, family_id),
            "token_type": "Bearer",
            "expires_in": TOKEN_S,
            "scope": consent.scope,
        }
        if refreshes if refreshes is not None else "offline_access" in consent.words:
            told["refresh_token"] = REFRESH_PREFIX + new_secret()
            facts = {"hash": hash_of(told["refresh_token"]), "family_id": family_id, "made_at": self._ground.now_s()}
            connection.execute(insert(REFRESH).values(**facts))
        if "openid" in consent.words:
            told["id_token"] = self._identity(connection, consent)
        return told

    def _access(self, consent: Consent, family_id: str) -> str:
        claims = {"sub": consent.person_id, "aud": self.audience, "client_id": consent.client_id, "sid": family_id}
        return self._signing.sign(ACCESS, {**claims, "scope": consent.scope})

    def _identity(self, connection: Connection, consent: Consent) -> str:
        claims = {"aud": consent.client_id, "auth_time": consent.signed_in_s, **profile(connection, consent)}
        return self._signing.sign(IDENTITY, {**claims, "nonce": consent.nonce} if consent.nonce else claims)

    # -- ending ------------------------------------------------------------------------------------------------

    def end_family(self, connection: Connection, family_id: str) -> None:
        """End everything that one consent brought forth, inside a transaction."""
        live = update(FAMILIES).where(FAMILIES.c.id == family_id, FAMILIES.c.revoked_at.is_(None))
        connection.execute(live.values(revoked_at=self._ground.now_s()))

    async def revoke(self, client: Client, shown: str) -> None:
        """End the family of an access or refresh token of this app; what is unknown is passed over (RFC 7009)."""
        family_id = await self._family_of(client, shown)
        if family_id is None:
            return
        await self._ground.change(lambda connection: self.end_family(connection, family_id))
        self._ground.trail.note("change", family_id, who=client.id, what="tokens revoked")

    async def introspected(self, shown: str) -> dict[str, Any]:
        """Tell whether a token holds, and what it says (RFC 7662)."""
        claims = await self.read(shown)
        if claims is None:
            return {"active": False}
        names = ("iss", "sub", "aud", "client_id", "scope", "iat", "exp", "jti")
        return {"active": True, "token_type": "Bearer", **{name: claims[name] for name in names}}

    async def _family_of(self, client: Client, shown: str) -> str | None:
        if claims := self._signing.verify(shown, ACCESS, self.audience):
            return str(claims["sid"]) if claims["client_id"] == client.id else None
        wanted = (
            select(FAMILIES.c.id)
            .join(REFRESH, REFRESH.c.family_id == FAMILIES.c.id)
            .where(REFRESH.c.hash == hash_of(shown), FAMILIES.c.client_id == client.id)
        )
        found = await self._ground.read(lambda connection: connection.execute(wanted).scalar())
        return None if found is None else str(found)

    # -- reading -----------------------------------------------------------------------------------------------

    async def read(self, shown: str) -> dict[str, Any] | None:
        """Return the claims of an access token that holds."""
        claims = self._signing.verify(shown, ACCESS, self.audience)
        if claims is None:
            return None
        return claims if await self._ground.read(lambda connection: _lives(connection, claims)) else None

    def find(self, connection: Connection, shown: str) -> tuple[Caller, int] | None:
        """Return whoever an access token speaks for, and until when it holds. [epoch s]"""
        claims = self._signing.verify(shown, ACCESS, self.audience)
        if claims is None or not _lives(connection, claims):
            return None
        actions = frozenset(Action(each) for each in claims["scope"].split() if each in ACTIONS)
        rights = only(rights_in(connection, claims["sub"]), actions)
        name = str(connection.execute(select(PEOPLE.c.name).where(PEOPLE.c.id == claims["sub"])).scalar())
        kind = "box" if claims["client_id"] == BOX else "person"
        return Caller(claims["sub"], kind, name, rights), int(claims["exp"])


def profile(connection: Connection, consent: Consent) -> dict[str, Any]:
    """Return what a person has allowed to be told about himself."""
    row = connection.execute(select(PEOPLE).where(PEOPLE.c.id == consent.person_id)).one()
    told: dict[str, Any] = {"sub": consent.person_id}
    if "profile" in consent.words:
        told |= {"name": row.name} | ({"locale": row.language} if row.language else {})
    if "email" in consent.words and row.email:
        # Nobody has sent a letter there: an owner has vouched for it.
        told |= {"email": row.email, "email_verified": True}
    return told


def new_family() -> str:
    """Return the id of a family to come."""
    return new_id("family")


def _lives(connection: Connection, claims: dict[str, Any]) -> bool:
    wanted = (
        select(FAMILIES.c.id)
        .join(PEOPLE, PEOPLE.c.id == FAMILIES.c.person_id)
        .where(FAMILIES.c.id == claims["sid"], FAMILIES.c.revoked_at.is_(None))
        .where(PEOPLE.c.disabled_at.is_(None), PEOPLE.c.erased_at.is_(None))
    )
    return connection.execute(wanted).first() is not None


def _place(family_id: str) -> str:
    return f"oauth_families/{family_id}"
