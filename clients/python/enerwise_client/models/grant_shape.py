from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="GrantShape")


@_attrs_define
class GrantShape:
    """A role that somebody has at a place.

    Attributes:
        id (str):
        person_id (str):
        role (str):
        scope (str):
        made_by (str):
        made_at (str):
    """

    id: str
    person_id: str
    role: str
    scope: str
    made_by: str
    made_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        person_id = self.person_id

        role = self.role

        scope = self.scope

        made_by = self.made_by

        made_at = self.made_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "person_id": person_id,
                "role": role,
                "scope": scope,
                "made_by": made_by,
                "made_at": made_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        person_id = d.pop("person_id")

        role = d.pop("role")

        scope = d.pop("scope")

        made_by = d.pop("made_by")

        made_at = d.pop("made_at")

        grant_shape = cls(
            id=id,
            person_id=person_id,
            role=role,
            scope=scope,
            made_by=made_by,
            made_at=made_at,
        )

        grant_shape.additional_properties = d
        return grant_shape

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
