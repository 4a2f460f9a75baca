from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.passkey_answer_credential import PasskeyAnswerCredential


T = TypeVar("T", bound="PasskeyAnswer")


@_attrs_define
class PasskeyAnswer:
    """What the device has said, and the ticket.

    Attributes:
        ticket (str):
        credential (PasskeyAnswerCredential):
    """

    ticket: str
    credential: PasskeyAnswerCredential

    def to_dict(self) -> dict[str, Any]:
        ticket = self.ticket

        credential = self.credential.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ticket": ticket,
                "credential": credential,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.passkey_answer_credential import PasskeyAnswerCredential  # noqa: PLC0415

        d = dict(src_dict)
        ticket = d.pop("ticket")

        credential = PasskeyAnswerCredential.from_dict(d.pop("credential"))

        passkey_answer = cls(
            ticket=ticket,
            credential=credential,
        )

        return passkey_answer
