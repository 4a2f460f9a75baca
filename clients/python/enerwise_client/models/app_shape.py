from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AppShape")


@_attrs_define
class AppShape:
    """An app that may ask for tokens.

    Attributes:
        id (str):
        name (str):
        is_first_party (bool):
        is_confidential (bool):
        redirect_uris (list[str]):
        scopes (list[str]):
        made_at (str):
    """

    id: str
    name: str
    is_first_party: bool
    is_confidential: bool
    redirect_uris: list[str]
    scopes: list[str]
    made_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        is_first_party = self.is_first_party

        is_confidential = self.is_confidential

        redirect_uris = self.redirect_uris

        scopes = self.scopes

        made_at = self.made_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "is_first_party": is_first_party,
                "is_confidential": is_confidential,
                "redirect_uris": redirect_uris,
                "scopes": scopes,
                "made_at": made_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        is_first_party = d.pop("is_first_party")

        is_confidential = d.pop("is_confidential")

        redirect_uris = cast(list[str], d.pop("redirect_uris"))

        scopes = cast(list[str], d.pop("scopes"))

        made_at = d.pop("made_at")

        app_shape = cls(
            id=id,
            name=name,
            is_first_party=is_first_party,
            is_confidential=is_confidential,
            redirect_uris=redirect_uris,
            scopes=scopes,
            made_at=made_at,
        )

        app_shape.additional_properties = d
        return app_shape

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
