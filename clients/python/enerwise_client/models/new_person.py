from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.new_person_kind import NewPersonKind, check_new_person_kind
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewPerson")


@_attrs_define
class NewPerson:
    """Somebody to add; a service has no e-mail.

    Attributes:
        name (str):
        email (None | str | Unset):
        kind (NewPersonKind | Unset):  Default: 'person'.
        language (str | Unset):  Default: ''.
    """

    name: str
    email: None | str | Unset = UNSET
    kind: NewPersonKind | Unset = "person"
    language: str | Unset = ""

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind

        language = self.language

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if email is not UNSET:
            field_dict["email"] = email
        if kind is not UNSET:
            field_dict["kind"] = kind
        if language is not UNSET:
            field_dict["language"] = language

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        _kind = d.pop("kind", UNSET)
        kind: NewPersonKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = check_new_person_kind(_kind)

        language = d.pop("language", UNSET)

        new_person = cls(
            name=name,
            email=email,
            kind=kind,
            language=language,
        )

        return new_person
