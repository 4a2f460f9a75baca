"""Passkeys on the wire; options and answers are those of the browser (WebAuthn, JSON form)."""

from pydantic import BaseModel, Field

from enerwise.serve.accounts.passkeys import Passkey
from enerwise.serve.accounts.times import shown, shown_or_none
from enerwise.serve.api.shapes.people import Asked, Name

Ticket = Field(max_length=2000)


class PasskeyQuestion(BaseModel):
    """Options for ``navigator.credentials``, and a ticket to be sent back with the answer."""

    options: dict[str, object]
    ticket: str


class PasskeyAnswer(Asked):
    """What the device has said, and the ticket."""

    ticket: str = Ticket
    credential: dict[str, object]


class NewPasskey(PasskeyAnswer):
    """A passkey to keep, under a name."""

    name: str = Name


class PasskeyShape(BaseModel):
    """A passkey."""

    id: str
    name: str
    made_at: str
    used_at: str | None

    @classmethod
    def of(cls, key: Passkey) -> "PasskeyShape":
        """Return a passkey as it is sent."""
        return cls(id=key.id, name=key.name, made_at=shown(key.made_s), used_at=shown_or_none(key.used_s))


class PasskeysPage(BaseModel):
    """One's passkeys."""

    items: list[PasskeyShape]
    next: str | None
