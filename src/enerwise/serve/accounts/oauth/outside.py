"""An outside provider that people already use (OpenID Connect): they sign in there, and we take its word for that.

It is named in a file, ``oidc.json``, beside the accounts: ``{"name": ..., "issuer": ..., "client_id": ...,
"client_secret": ...}``. The secret is sealed as soon as it is read. Nobody comes in whom an owner has not added before:
a person is found by the link made the first time, and then by the verified e-mail.
"""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from enerwise.serve.accounts.ground import Ground
from enerwise.serve.accounts.oauth.codes import challenge_of
from enerwise.serve.accounts.outsiders import (
    LEEWAY_S,
    NAME_CHARS,
    Arrival,
    Departure,
    OutsideError,
    Vouched,
    arrived,
    is_safe,
    open_sealed,
    refused,
    seal_way,
)
from enerwise.serve.accounts.private_files import read_private, write_private
from enerwise.serve.api.problems import Trouble

if TYPE_CHECKING:
    import httpx

FILE: Final = "oidc.json"
SEALED: Final = "client_secret_sealed"
PLACE: Final = "oidc.json/client_secret"
WAY: Final = "oidc way"
CALLBACK: Final = "/api/v1/auth/oidc/callback"
ALGORITHMS: Final = ("Ed25519", "ES256", "ES384", "RS256", "PS256")
PATIENCE_S: Final = 5.0
ANSWER_BYTES: Final = 1 << 18
KEYS_S: Final = 3600


@dataclass(frozen=True, slots=True)
class Provider:
    """An outside provider, as the file names it."""

    name: str
    issuer: str
    client_id: str
    client_secret: str


class Outside:
    """Sends browsers there, and takes them back."""

    def __init__(self, ground: Ground, folder: Path, transport: "httpx.AsyncBaseTransport | None" = None) -> None:
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
        sealed = seal_way(self._ground, WAY, kept, onward)
        return Departure(f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}", sealed)

    async def arrive(self, sealed: str, *, code: str, state: str, issuer: str) -> Arrival:
        """Take a browser back and return who came.

        Raises:
            Trouble: 401, it is not the browser that left, or the provider's word does not hold; 403, nobody here is
                known by it; 503, the provider does not answer.
        """
        provider, kept = self._provider(), open_sealed(self._ground, WAY, sealed)
        if not code or not secrets.compare_digest(kept["state"].encode(), state.encode()):
            raise refused("this browser did not leave from here; begin again")
        if issuer and issuer != provider.issuer:
            raise refused("another provider has answered; begin again")
        claims = await self._claims(provider, code, kept)
        email = str(claims.get("email", "")) if claims.get("email_verified") is True else ""
        vouched = Vouched(provider.issuer, str(claims.get("sub", ""))[:NAME_CHARS], email)
        return await arrived(self._ground, vouched, kept["onward"])

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
            raise refused("the provider's word is not for us, or not for this sign-in")
        return claims

    async def _verified(self, token: str) -> dict[str, Any]:
        for is_last in (False, True):
            keys = await self._key_set(afresh=is_last)
            try:
                return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError, KeyError, TypeError):
                # It may have turned its keys since we looked.
                continue
        raise refused("the provider's word is not signed by the provider")

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
            if told.get("issuer") != provider.issuer or not all(is_safe(str(told.get(each))) for each in wanted):
                raise _silent("what it tells of itself does not fit its name")
            self._told, self._told_s, self._keys = told, now_s, None
        return self._told

    async def _ask(self, method: str, address: str, **sent: Any) -> dict[str, Any]:
        # Few servers ever ask outside; the others start without the library.
        import httpx

        try:
            async with httpx.AsyncClient(transport=self.transport, timeout=PATIENCE_S) as client:
                answer = await client.request(method, address, **sent)
            told = answer.json() if len(answer.content) <= ANSWER_BYTES else None
        except (httpx.HTTPError, ValueError) as error:
            raise _silent(type(error).__name__) from None
        if answer.is_client_error and method == "POST":
            raise refused("the provider does not take this code; begin again")
        if not answer.is_success or not isinstance(told, dict):
            raise _silent(f"it answers {answer.status_code}")
        return told

    def _provider(self) -> Provider:
        if self.provider is None:
            raise Trouble(404, "no-provider", f"no outside provider is named; an owner writes one into {FILE}")
        return self.provider


def _read(path: Path, ground: Ground) -> Provider | None:
    content = read_private(path)
    if content is None:
        return None
    try:
        told = json.loads(content)
        named = {name: str(told[name]) for name in ("name", "issuer", "client_id")}
    except (ValueError, KeyError, TypeError) as error:
        raise OutsideError(f"{path}: name, issuer and client_id are needed, as JSON: {error}") from None
    if not is_safe(named["issuer"]):
        raise OutsideError(f"{path}: issuer {named['issuer']!r} must begin with https://")
    if "client_secret" in told:
        sealed = ground.vault.seal(str(told.pop("client_secret")).encode(), PLACE)
        write_private(path, json.dumps({**told, SEALED: sealed}, indent=2).encode() + b"\n")
        told[SEALED] = sealed
    secret = ground.vault.open(str(told[SEALED]), PLACE).decode() if SEALED in told else ""
    return Provider(**named, client_secret=secret)


def _number(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def _silent(told: str) -> Trouble:
    return Trouble(503, "outside-silent", f"the outside provider does not answer as it should: {told}")
