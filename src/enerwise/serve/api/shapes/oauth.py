"""OAuth 2 and OpenID Connect on the wire; names are those of the standards."""

from pydantic import BaseModel, Field

from enerwise.serve.accounts.oauth.clients import Client
from enerwise.serve.accounts.times import shown
from enerwise.serve.api.shapes.people import Asked, Name

Text = Field(default="", max_length=2000)


class OAuthError(BaseModel):
    """RFC 6749, section 5.2."""

    error: str
    error_description: str


class TokenForm(BaseModel):
    """What is asked of the token endpoint; which fields count depends on ``grant_type``."""

    grant_type: str = Text
    client_id: str = Text
    client_secret: str = Text
    code: str = Text
    redirect_uri: str = Text
    code_verifier: str = Text
    refresh_token: str = Text
    device_code: str = Text
    scope: str = Text


class TokenAnswer(BaseModel):
    """Tokens."""

    access_token: str
    token_type: str
    expires_in: int
    scope: str
    refresh_token: str | None = None
    id_token: str | None = None


class DeviceForm(BaseModel):
    """A box that wants in."""

    client_id: str = Text
    client_secret: str = Text
    scope: str = Text


class DeviceAnswer(BaseModel):
    """What the box shows, and what it asks with."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: int


class TokenShownForm(BaseModel):
    """A token to end or to look at."""

    token: str = Field(default="", max_length=5000)
    token_type_hint: str = Text
    client_id: str = Text
    client_secret: str = Text


class Introspection(BaseModel):
    """RFC 7662."""

    active: bool
    token_type: str | None = None
    iss: str | None = None
    sub: str | None = None
    aud: str | None = None
    client_id: str | None = None
    scope: str | None = None
    iat: int | None = None
    exp: int | None = None
    jti: str | None = None


class UserInfo(BaseModel):
    """OpenID Connect Core, section 5.3."""

    sub: str
    name: str | None = None
    locale: str | None = None
    email: str | None = None
    email_verified: bool | None = None


class Jwks(BaseModel):
    """Public keys (RFC 7517)."""

    keys: list[dict[str, object]]


class Discovery(BaseModel):
    """OpenID Connect Discovery 1.0."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    device_authorization_endpoint: str
    revocation_endpoint: str
    introspection_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    scopes_supported: list[str]
    response_types_supported: list[str]
    response_modes_supported: list[str]
    grant_types_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]
    code_challenge_methods_supported: list[str]
    claims_supported: list[str]
    authorization_response_iss_parameter_supported: bool


class DeviceQuestion(BaseModel):
    """A box that waits for an answer."""

    user_code: str
    app_name: str
    scopes: list[str]


class DeviceDecision(Asked):
    """The answer to a box."""

    user_code: str = Field(max_length=20)
    allow: bool


class ConsentQuestion(BaseModel):
    """An app that waits for an answer."""

    id: str
    app_name: str
    redirect_host: str
    scopes: list[str]


class ConsentDecision(Asked):
    """The answer to an app."""

    allow: bool


class Onward(BaseModel):
    """Where the browser goes next."""

    redirect_to: str


class AppShape(BaseModel):
    """An app that may ask for tokens."""

    id: str
    name: str
    is_first_party: bool
    is_confidential: bool
    redirect_uris: list[str]
    scopes: list[str]
    made_at: str

    @classmethod
    def of(cls, client: Client) -> "AppShape":
        """Return an app as it is sent."""
        return cls(
            id=client.id,
            name=client.name,
            is_first_party=client.is_first_party,
            is_confidential=client.is_confidential,
            redirect_uris=list(client.redirect_uris),
            scopes=list(client.scopes),
            made_at=shown(client.made_s),
        )


class AppsPage(BaseModel):
    """A page of apps."""

    items: list[AppShape]
    next: str | None


class NewApp(Asked):
    """An app to let in."""

    name: str = Name
    redirect_uris: list[str] = Field(min_length=1, max_length=20)
    scopes: list[str] = Field(min_length=1, max_length=20)
    is_confidential: bool = True
    is_first_party: bool = False


class AddedApp(BaseModel):
    """An app, with its secret, which is shown now and never again."""

    app: AppShape
    secret: str | None
