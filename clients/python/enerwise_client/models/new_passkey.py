from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.new_passkey_credential import NewPasskeyCredential


T = TypeVar("T", bound="NewPasskey")


@_attrs_define
class NewPasskey:
    """A passkey to keep, under a name.

    Attributes:
        ticket (str):
        credential (NewPasskeyCredential):
        name (str):
    """

    ticket: str
    credential: NewPasskeyCredential
    name: str

    def to_dict(self) -> dict[str, Any]:
        ticket = self.ticket

        credential = self.credential.to_dict()

        name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "ticket": ticket,
                "credential": credential,
                "name": name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_passkey_credential import NewPasskeyCredential  # noqa: PLC0415

        d = dict(src_dict)
        ticket = d.pop("ticket")

        credential = NewPasskeyCredential.from_dict(d.pop("credential"))

        name = d.pop("name")

        new_passkey = cls(
            ticket=ticket,
            credential=credential,
            name=name,
        )

        return new_passkey
