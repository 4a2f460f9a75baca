from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PasskeyShape")


@_attrs_define
class PasskeyShape:
    """A passkey.

    Attributes:
        id (str):
        name (str):
        made_at (str):
        used_at (None | str):
    """

    id: str
    name: str
    made_at: str
    used_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        made_at = self.made_at

        used_at: None | str
        used_at = self.used_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "made_at": made_at,
                "used_at": used_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        made_at = d.pop("made_at")

        def _parse_used_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        used_at = _parse_used_at(d.pop("used_at"))

        passkey_shape = cls(
            id=id,
            name=name,
            made_at=made_at,
            used_at=used_at,
        )

        passkey_shape.additional_properties = d
        return passkey_shape

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
