"""Keys for programs."""

from pydantic import BaseModel, Field

from enerwise.serve.accounts.keys import Key
from enerwise.serve.accounts.times import shown, shown_or_none
from enerwise.serve.api.access import Action
from enerwise.serve.api.shapes.people import Asked, Name


class KeyShape(BaseModel):
    """A key, without its secret."""

    id: str
    name: str
    holder_id: str
    issuer_id: str
    issuer_name: str
    scopes: dict[str, list[Action]]
    """Actions by site; ``*`` is every site and the server itself."""
    made_at: str
    ends_at: str | None
    used_at: str | None
    is_revoked: bool

    @classmethod
    def of(cls, key: Key, issuer_name: str) -> "KeyShape":
        """Return a key as it is sent."""
        return cls(
            id=key.id,
            name=key.name,
            holder_id=key.holder_id,
            issuer_id=key.issuer_id,
            issuer_name=issuer_name,
            scopes={site: sorted(actions) for site, actions in key.scopes.items()},
            made_at=shown(key.made_s),
            ends_at=shown_or_none(key.ends_s),
            used_at=shown_or_none(key.used_s),
            is_revoked=key.is_revoked,
        )


class KeysPage(BaseModel):
    """A page of keys."""

    items: list[KeyShape]
    next: str | None


class NewKey(Asked):
    """A key to issue."""

    name: str = Name
    scopes: dict[str, list[Action]] = Field(examples=[{"home": ["see", "ingest"]}], max_length=1000)
    lasts_days: int | None = Field(default=365, ge=1, le=3650)
    """None for a key without an end."""
    holder_id: str | None = Field(default=None, max_length=64)
    """A service that shall hold it; else whoever asks."""


class IssuedKey(BaseModel):
    """A key with its secret, which is shown now and never again."""

    key: KeyShape
    secret: str


class Turned(BaseModel):
    """Which keys were turned; a master key from the environment is turned there."""

    signing: bool
    data: bool
    master: bool
