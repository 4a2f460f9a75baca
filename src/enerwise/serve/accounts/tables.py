"""The tables of accounts. Moments are whole epoch seconds, named ``_at``; secrets are hashed or sealed, never plain.

A person who was erased keeps the row with its opaque id, so that what refers to it stays sound, and nothing personal.
"""

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, MetaData, String, Table, Text, UniqueConstraint

META: Final = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str = "id") -> Column[str]:
    return Column(name, String(64), primary_key=True)


def _hash(name: str = "hash") -> Column[str]:
    return Column(name, String(64), nullable=False, unique=True)


def _at(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


def _person(name: str = "person_id", *, optional: bool = False) -> Column[str]:
    return Column(name, String(64), ForeignKey("people.id"), nullable=optional, index=True)


PEOPLE: Final = Table(
    "people",
    META,
    _id(),
    # person or service
    Column("kind", String(16), nullable=False),
    Column("name", String(200), nullable=False),
    # In lower case; none for services and the erased.
    Column("email", String(254), unique=True),
    Column("password_hash", Text),
    Column("language", String(16), nullable=False, server_default=""),
    Column("invite_hash", String(64), unique=True),
    _at("invite_ends_at", optional=True),
    _at("made_at"),
    _at("signed_in_at", optional=True),
    _at("disabled_at", optional=True),
    _at("erased_at", optional=True),
)
SESSIONS: Final = Table(
    "sessions",
    META,
    _id(),
    _hash(),
    _person(),
    Column("agent", String(200), nullable=False),
    Column("way", String(32), nullable=False),
    _at("made_at"),
    _at("seen_at"),
    _at("ends_at"),
    _at("stepped_up_at", optional=True),
)
GRANTS: Final = Table(
    "grants",
    META,
    _id(),
    _person(),
    Column("role", String(32), nullable=False),
    # "*", "site:<id>" or "group:<id>"
    Column("scope", String(160), nullable=False),
    Column("made_by", String(64), nullable=False),
    _at("made_at"),
    UniqueConstraint("person_id", "role", "scope"),
)
GROUPS: Final = Table("groups", META, _id(), Column("name", String(200), nullable=False), _at("made_at"))
MEMBERS: Final = Table(
    "group_members",
    META,
    Column("group_id", String(64), ForeignKey("groups.id"), primary_key=True),
    # "site:<id>" or "group:<id>"
    Column("member", String(160), primary_key=True),
)
KEYS: Final = Table(
    "keys",
    META,
    _id(),
    _hash(),
    # Who uses it, and who answers for it: it can never do more than its issuer may now.
    _person("holder_id"),
    _person("issuer_id"),
    Column("name", String(200), nullable=False),
    # JSON: actions by site.
    Column("scopes", Text, nullable=False),
    _at("made_at"),
    _at("ends_at", optional=True),
    _at("used_at", optional=True),
    _at("revoked_at", optional=True),
)
TOTP: Final = Table(
    "totp",
    META,
    Column("person_id", String(64), ForeignKey("people.id"), primary_key=True),
    Column("sealed", Text, nullable=False),
    _at("made_at"),
    _at("confirmed_at", optional=True),
    # The newest half-minute whose code was used: no code opens twice.
    Column("last_step", BigInteger, nullable=False),
)
RECOVERY: Final = Table("recovery_codes", META, _id("hash"), _person(), _at("made_at"), _at("used_at", optional=True))
PASSKEYS: Final = Table(
    "passkeys",
    META,
    _id(),
    _person(),
    Column("name", String(200), nullable=False),
    # As the authenticator names it, base64url; the id here is its hash, since it may be long.
    Column("credential_id", Text, nullable=False, server_default=""),
    Column("public_key", Text, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    _at("made_at"),
    _at("used_at", optional=True),
)
LINKS: Final = Table(
    "outside_links",
    META,
    Column("issuer", String(250), primary_key=True),
    Column("subject", String(250), primary_key=True),
    _person(),
    _at("made_at"),
)
USED: Final = Table(
    "outside_used",
    META,
    # Of what an outside provider signed once and must not bring in twice.
    _id("hash"),
    Column("ends_at", BigInteger, nullable=False, index=True),
)
DATA_KEYS: Final = Table(
    "vault_keys", META, _id(), Column("wrapped", Text, nullable=False), _at("made_at"), _at("retired_at", optional=True)
)
SIGNING_KEYS: Final = Table(
    "signing_keys",
    META,
    _id(),
    Column("public", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    _at("made_at"),
    _at("retired_at", optional=True),
)
CLIENTS: Final = Table(
    "oauth_clients",
    META,
    _id(),
    Column("name", String(200), nullable=False),
    Column("is_first_party", Boolean, nullable=False),
    # None for clients that can keep no secret.
    Column("secret_hash", String(64)),
    Column("redirect_uris", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("made_by", String(64), nullable=False),
    _at("made_at"),
)
CODES: Final = Table(
    "oauth_codes",
    META,
    _id("hash"),
    Column("client_id", String(64), ForeignKey("oauth_clients.id"), nullable=False),
    _person(),
    Column("redirect_uri", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("challenge", String(64), nullable=False),
    _at("signed_in_at"),
    _at("ends_at"),
    _at("used_at", optional=True),
    Column("family_id", String(64)),
)
FAMILIES: Final = Table(
    "oauth_families",
    META,
    _id(),
    Column("client_id", String(64), ForeignKey("oauth_clients.id"), nullable=False),
    _person(),
    # Scope and times of sign-in, under the vault.
    Column("sealed", Text, nullable=False),
    _at("made_at"),
    _at("ends_at"),
    _at("revoked_at", optional=True),
)
REFRESH: Final = Table(
    "oauth_refresh",
    META,
    _id("hash"),
    Column("family_id", String(64), ForeignKey("oauth_families.id"), nullable=False, index=True),
    _at("made_at"),
    _at("used_at", optional=True),
)
DEVICES: Final = Table(
    "oauth_devices",
    META,
    _id("hash"),
    Column("user_code", String(16), nullable=False, unique=True),
    Column("client_id", String(64), ForeignKey("oauth_clients.id"), nullable=False),
    Column("scope", Text, nullable=False),
    _person(optional=True),
    Column("state", String(16), nullable=False),
    Column("interval_s", Integer, nullable=False),
    _at("asked_at", optional=True),
    _at("ends_at"),
)
CONSENTS: Final = Table(
    "oauth_consents",
    META,
    Column("person_id", String(64), ForeignKey("people.id"), primary_key=True),
    Column("client_id", String(64), ForeignKey("oauth_clients.id"), primary_key=True),
    Column("scope", Text, nullable=False),
    _at("made_at"),
)
REQUESTS: Final = Table(
    "oauth_requests",
    META,
    _id(),
    _person(),
    Column("client_id", String(64), ForeignKey("oauth_clients.id"), nullable=False),
    # JSON of what was asked.
    Column("asked", Text, nullable=False),
    _at("ends_at"),
)
