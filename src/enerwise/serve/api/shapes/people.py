"""People and services, as the page and programs see them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from enerwise.serve.accounts.people import Person
from enerwise.serve.accounts.times import shown, shown_or_none

Name = Field(min_length=1, max_length=200)
Email = Field(min_length=3, max_length=254, examples=["ada@example.org"])


class Asked(BaseModel):
    """What somebody sends: a name that is not known is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid")


class PersonShape(BaseModel):
    """Somebody with an account, or a service."""

    id: str
    kind: Literal["person", "service"]
    name: str
    email: str | None
    language: str
    made_at: str
    signed_in_at: str | None
    is_disabled: bool
    is_invited: bool
    has_totp: bool

    @classmethod
    def of(cls, person: Person) -> "PersonShape":
        """Return a person as it is sent."""
        return cls(
            id=person.id,
            kind="service" if person.kind == "service" else "person",
            name=person.name,
            email=person.email,
            language=person.language,
            made_at=shown(person.made_s),
            signed_in_at=shown_or_none(person.signed_in_s),
            is_disabled=person.is_disabled,
            is_invited=person.is_invited,
            has_totp=person.has_totp,
        )


class PeoplePage(BaseModel):
    """A page of people."""

    items: list[PersonShape]
    next: str | None


class NewPerson(Asked):
    """Somebody to add; a service has no e-mail."""

    name: str = Name
    email: str | None = Field(default=None, max_length=254)
    kind: Literal["person", "service"] = "person"
    language: str = Field(default="", max_length=16)


class ChangedPerson(Asked):
    """What shall be different."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    email: str | None = Field(default=None, max_length=254)
    language: str | None = Field(default=None, max_length=16)
    is_disabled: bool | None = None


class Invitation(BaseModel):
    """A link that lets somebody in once; it is shown now and never again."""

    link: str
    ends_at: str


class AddedPerson(BaseModel):
    """Somebody who was added, and the link to hand over; services get none."""

    person: PersonShape
    invitation: Invitation | None


class Ended(BaseModel):
    """How many sessions were ended."""

    count: int


class PersonalData(BaseModel):
    """Everything that is kept about a person, secrets left out."""

    exported_at: str
    person: dict[str, object]
    sessions: list[dict[str, object]]
    roles: list[dict[str, object]]
    keys: list[dict[str, object]]
    codes: list[dict[str, object]]
    passkeys: list[dict[str, object]]
    outside_links: list[dict[str, object]]
    consents: list[dict[str, object]]
    apps: list[dict[str, object]]
    audit: list[dict[str, object]]
