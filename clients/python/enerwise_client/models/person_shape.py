from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.person_shape_kind import PersonShapeKind, check_person_shape_kind

T = TypeVar("T", bound="PersonShape")


@_attrs_define
class PersonShape:
    """Somebody with an account, or a service.

    Attributes:
        id (str):
        kind (PersonShapeKind):
        name (str):
        email (None | str):
        language (str):
        made_at (str):
        signed_in_at (None | str):
        is_disabled (bool):
        is_invited (bool):
        has_totp (bool):
    """

    id: str
    kind: PersonShapeKind
    name: str
    email: None | str
    language: str
    made_at: str
    signed_in_at: None | str
    is_disabled: bool
    is_invited: bool
    has_totp: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind: str = self.kind

        name = self.name

        email: None | str
        email = self.email

        language = self.language

        made_at = self.made_at

        signed_in_at: None | str
        signed_in_at = self.signed_in_at

        is_disabled = self.is_disabled

        is_invited = self.is_invited

        has_totp = self.has_totp

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "name": name,
                "email": email,
                "language": language,
                "made_at": made_at,
                "signed_in_at": signed_in_at,
                "is_disabled": is_disabled,
                "is_invited": is_invited,
                "has_totp": has_totp,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        kind = check_person_shape_kind(d.pop("kind"))

        name = d.pop("name")

        def _parse_email(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        email = _parse_email(d.pop("email"))

        language = d.pop("language")

        made_at = d.pop("made_at")

        def _parse_signed_in_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        signed_in_at = _parse_signed_in_at(d.pop("signed_in_at"))

        is_disabled = d.pop("is_disabled")

        is_invited = d.pop("is_invited")

        has_totp = d.pop("has_totp")

        person_shape = cls(
            id=id,
            kind=kind,
            name=name,
            email=email,
            language=language,
            made_at=made_at,
            signed_in_at=signed_in_at,
            is_disabled=is_disabled,
            is_invited=is_invited,
            has_totp=has_totp,
        )

        person_shape.additional_properties = d
        return person_shape

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
