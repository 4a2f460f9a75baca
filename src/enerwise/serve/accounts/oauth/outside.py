"""An outside provider that people already use (OpenID Connect): they sign in there, and we take its word for that.

It is named in a file, ``oidc.json``, beside the accounts: ``{"name": ..., "issuer": ..., "client_id": ...,
"client_secret": ...}``. The secret is sealed as soon as it is read. Nobody comes in whom an owner has not added before:
a person is found by the link made the first time, and then by the verified e-mail.
"""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy import Connection, insert, select

from enerwise.core.errors import EnerwiseError
from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.oauth.codes import challenge_of
from enerwise.serve.accounts.private_files import read_private, write_private
from enerwise.serve.accounts.tables import LINKS, PEOPLE
from enerwise.serve.accounts.vault import VaultError
from enerwise.serve.api.problems import Trouble

FILE: Final = "oidc.json"
SEALED: Final = "client_secret_sealed"
PLACE: Final = "oidc.json/client_secret"
CALLBACK: Final = "/api/v1/auth/oidc/callback"
ALGORITHMS: Final = ("Ed25519", "ES256", "ES384", "RS256", "PS256")
PATIENCE_S: Final = 5.0
ANSWER_BYTES: Final = 1 << 18
WAY_S: Final = 600
LEEWAY_S: Final = 60
KEYS_S: Final = 3600


class OutsideError(EnerwiseError):
    """The file that names an outside provider is wrong."""


@dataclass(frozen=True, slots=True)
class Provider:
    """An outside provider, as the file names it."""

    name: str
    issuer: str
    client_id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Departure:
    """A browser that leaves for the provider."""

    address: str
    sealed: str
    """What it must bring back, for a cookie."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A person who came back."""

    person_id: str
    onward: str
    """Path of ours to go to."""


class Outside:
    """Sends browsers there, and takes them back."""

    def __init__(self, ground: Ground, folder: Path, transport: httpx.AsyncBaseTransport | None = None) -> None:
        """Read the file, and seal the secret in it.

        Raises:
            OutsideError: The file is wrong.
            NotPrivate: Others may read it.
        """
        self._ground, self.transport = ground, transport
        self.provider = _read(folder / FILE, ground)
        self._told: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._told_s = 0

    async def depart(self, onward: str) -> Departure:
        """Return where a browser goes, and what it must bring back.

        Raises:
            Trouble: 404, there is no provider; 503, it does not answer.
        """
        provider = self._provider()
        endpoint = str((await self._discovered())["authorization_endpoint"])
        kept = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        asked = {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": self._ground.origin + CALLBACK,
            "scope": "openid profile email",
            "state": kept["state"],
            "nonce": kept["nonce"],
            "code_challenge": challenge_of(kept["verifier"]),
            "code_challenge_method": "S256",
        }
        facts = {**kept, "onward": own_path(onward), "ends": self._ground.now_s() + WAY_S}
        sealed = self._ground.vault.seal(json.dumps(facts).encode(), "oidc way")
        return Departure(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", sealed)

    async def arrive(self, sealed: str, *, code: str, state: str, issuer: str) -> Arrival:
        """Take a browser back and return who came.

        Raises:
            Trouble: 401, it is not the browser that left, or the provider's word does not hold; 403, nobody here is
                known by it; 503, the provider does not answer.
        """
        provider, kept = self._provider(), self._kept(sealed)
        if not code or not secrets.compare_digest(kept["state"].encode(), state.encode()):
            raise _refused("this browser did not leave from here; begin again")
        if issuer and issuer != provider.issuer:
            raise _refused("another provider has answered; begin again")
        claims = await self._claims(provider, code, kept)
        person_id = await self._ground.change(lambda connection: self._person(connection, provider, claims))
        if person_id is None:
            self._ground.trail.refused("unknown", "outside provider")
            raise Trouble(403, "unknown-person", "nobody here has this e-mail; ask an owner to add you")
        return Arrival(person_id, kept["onward"])

    # -- what the provider says --------------------------------------------------------------------------------

    async def _claims(self, provider: Provider, code: str, kept: dict[str, Any]) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._ground.origin + CALLBACK,
            "code_verifier": kept["verifier"],
        }
        endpoint = str((await self._discovered())["token_endpoint"])
        answer = await self._ask("POST", endpoint, data=form, auth=(provider.client_id, provider.client_secret))
        claims = await self._verified(str(answer.get("id_token", "")))
        now_s, audience = self._ground.now_s(), claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        is_ours = provider.client_id in audiences and claims.get("azp", provider.client_id) == provider.client_id
        is_fresh = _number(claims, "iat") - LEEWAY_S <= now_s < _number(claims, "exp") + LEEWAY_S
        if claims.get("iss") != provider.issuer or not is_ours or not is_fresh or claims.get("nonce") != kept["nonce"]:
            raise _refused("the provider's word is not for us, or not for this sign-in")
        return claims

    async def _verified(self, token: str) -> dict[str, Any]:
        for is_last in (False, True):
            keys = await self._key_set(afresh=is_last)
            try:
                return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError, KeyError, TypeError):
                # It may have turned its keys since we looked.
                continue
        raise _refused("the provider's word is not signed by the provider")

    async def _key_set(self, *, afresh: bool) -> KeySet:
        if self._keys is None or afresh:
            found = await self._ask("GET", str((await self._discovered())["jwks_uri"]))
            try:
                self._keys = KeySet.import_key_set({"keys": list(found["keys"])})
            except (JoseError, KeyError, ValueError, TypeError):
                raise _silent("its keys cannot be read") from None
        return self._keys

    async def _discovered(self) -> dict[str, Any]:
        provider, now_s = self._provider(), self._ground.now_s()
        if not self._told or now_s - self._told_s >= KEYS_S:
            told = await self._ask("GET", f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
            wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if told.get("issuer") != provider.issuer or not all(_is_safe(str(told.get(each))) for each in wanted):
                raise _silent("what it tells of itself does not fit its name")
            self._told, self._told_s, self._keys = told, now_s, None
        return self._told

    async def _ask(self, method: str, address: str, **sent: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(transport=self.transport, timeout=PATIENCE_S) as client:
                answer = await client.request(method, address, **sent)
            told = answer.json() if len(answer.content) <= ANSWER_BYTES else None
        except (httpx.HTTPError, ValueError) as error:
            raise _silent(type(error).__name__) from None
        if answer.is_client_error and method == "POST":
            raise _refused("the provider does not take this code; begin again")
        if not answer.is_success or not isinstance(told, dict):
            raise _silent(f"it answers {answer.status_code}")
        return told

    # -- who that is here --------------------------------------------------------------------------------------

    def _person(self, connection: Connection, provider: Provider, claims: dict[str, Any]) -> str | None:
        subject = str(claims.get("sub", ""))[:250]
        live = select(PEOPLE.c.id).where(PEOPLE.c.disabled_at.is_(None), PEOPLE.c.erased_at.is_(None))
        linked = live.join(LINKS, LINKS.c.person_id == PEOPLE.c.id)
        mine = linked.where(LINKS.c.issuer == provider.issuer, LINKS.c.subject == subject)
        if not subject or (found := connection.execute(mine).scalar()) is not None:
            return str(found) if subject else None
        email = str(claims.get("email", "")).strip().lower()
        if claims.get("email_verified") is not True or not email:
            return None
        found = connection.execute(live.where(PEOPLE.c.email == email)).scalar()
        others = select(LINKS.c.subject).where(LINKS.c.issuer == provider.issuer, LINKS.c.person_id == found)
        # An e-mail that the provider has given to somebody else since does not open the account of its first owner.
        if found is None or connection.execute(others).first() is not None:
            return None
        facts = {"issuer": provider.issuer, "subject": subject, "person_id": found}
        connection.execute(insert(LINKS).values(**facts, made_at=self._ground.now_s()))
        return str(found)

    def _kept(self, sealed: str) -> dict[str, Any]:
        try:
            kept: dict[str, Any] = json.loads(self._ground.vault.open(sealed, "oidc way"))
        except VaultError:
            raise _refused("this browser did not leave from here; begin again") from None
        if self._ground.now_s() >= kept["ends"]:
            raise _refused("that took too long; begin again")
        return kept

    def _provider(self) -> Provider:
        if self.provider is None:
            raise Trouble(404, "no-provider", f"no outside provider is named; an owner writes one into {FILE}")
        return self.provider


def own_path(path: str) -> str:
    """Return a path of our own page to go on to; anything else becomes the first page."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if is_own else "/"


def _read(path: Path, ground: Ground) -> Provider | None:
    content = read_private(path)
    if content is None:
        return None
    try:
        told = json.loads(content)
        named = {name: str(told[name]) for name in ("name", "issuer", "client_id")}
    except (ValueError, KeyError, TypeError) as error:
        raise OutsideError(f"{path}: name, issuer and client_id are needed, as JSON: {error}") from None
    if not _is_safe(named["issuer"]):
        raise OutsideError(f"{path}: issuer {named['issuer']!r} must begin with https://")
    if "client_secret" in told:
        sealed = ground.vault.seal(str(told.pop("client_secret")).encode(), PLACE)
        write_private(path, json.dumps({**told, SEALED: sealed}, indent=2).encode() + b"\n")
        told[SEALED] = sealed
    secret = ground.vault.open(str(told[SEALED]), PLACE).decode() if SEALED in told else ""
    return Provider(**named, client_secret=secret)


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    is_here = parts.hostname in ("localhost", "127.0.0.1", "::1")
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and is_here))


def _number(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _refused(told: str) -> Trouble:
    return Trouble(401, "outside-refused", told)


def _silent(told: str) -> Trouble:
    return Trouble(503, "outside-silent", f"the outside provider does not answer as it should: {told}")
