"""One's own account."""

from pydantic import BaseModel, Field

from enerwise.serve.api.shapes.auth import Code, Password
from enerwise.serve.api.shapes.people import Asked


class ChangedMe(Asked):
    """What shall be different."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    language: str | None = Field(default=None, max_length=16)


class ChangedPassword(Asked):
    """The present password and the next."""

    old: str = Password
    new: str = Password


class TotpEnrolment(BaseModel):
    """What the phone needs; shown once."""

    secret: str
    address: str
    """``otpauth://totp/...``, to be shown as a picture."""


class TotpCode(Asked):
    """A code."""

    code: str = Code


class RecoveryCodes(BaseModel):
    """Codes for paper, each opens once; shown once."""

    codes: list[str]
