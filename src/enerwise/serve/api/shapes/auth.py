"""Signing in and out, as the page sees it."""

from pydantic import BaseModel, Field

from enerwise.serve.api.shapes.people import Asked, Email, Name

Password = Field(min_length=1, max_length=256)
Code = Field(min_length=6, max_length=32)
ANSWER_CHARS = 400_000


class Me(BaseModel):
    """Who is signed in."""

    id: str
    name: str
    email: str | None
    language: str
    has_totp: bool
    has_password: bool


class AuthState(BaseModel):
    """How somebody stands, and in which ways one may come in."""

    needs_first_run: bool
    is_demo: bool
    methods: list[str]
    """``password``, ``passkey``, ``oidc``, ``saml``."""
    oidc_name: str | None
    """What the outside provider is called."""
    saml_name: str | None
    """What the provider of SAML is called."""
    signed_in: bool
    person: Me | None
    csrf_token: str | None
    """To be sent as ``X-CSRF-Token`` with everything that changes something."""
    permissions: dict[str, list[str]]
    """Actions by site; ``*`` is the server itself."""
    needs_step_up: bool
    """Whether deeds of weight need a fresh code first."""


class FirstRun(Asked):
    """The first owner, and the word from the terminal."""

    token: str = Field(min_length=1, max_length=200)
    name: str = Name
    email: str = Email
    password: str = Password


class SignIn(Asked):
    """E-mail and password, and a code where the account asks for one."""

    email: str = Field(min_length=1, max_length=254)
    password: str = Password
    code: str | None = Field(default=None, max_length=32)


class SamlAnswer(BaseModel):
    """What a provider of SAML lets the browser bring, by the names that the standard gives."""

    SAMLResponse: str = Field(max_length=ANSWER_CHARS)
    RelayState: str = Field(default="", max_length=2000)


class Accept(Asked):
    """The word of an invitation, and a password of one's own."""

    token: str = Field(min_length=1, max_length=200)
    password: str = Password


class StepUp(Asked):
    """A fresh code from the phone, or one from paper."""

    code: str = Code


class SessionShape(BaseModel):
    """A session of the person who asks."""

    id: str
    agent: str
    way: str
    made_at: str
    seen_at: str
    ends_at: str
    is_this: bool


class SessionsPage(BaseModel):
    """The sessions that hold."""

    items: list[SessionShape]
    next: str | None
