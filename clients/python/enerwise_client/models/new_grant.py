from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.new_grant_role import NewGrantRole, check_new_grant_role

T = TypeVar("T", bound="NewGrant")


@_attrs_define
class NewGrant:
    """A role to give.

    Attributes:
        person_id (str):
        role (NewGrantRole):
        scope (str):
    """

    person_id: str
    role: NewGrantRole
    scope: str

    def to_dict(self) -> dict[str, Any]:
        person_id = self.person_id

        role: str = self.role

        scope = self.scope

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "person_id": person_id,
                "role": role,
                "scope": scope,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        person_id = d.pop("person_id")

        role = check_new_grant_role(d.pop("role"))

        scope = d.pop("scope")

        new_grant = cls(
            person_id=person_id,
            role=role,
            scope=scope,
        )

        return new_grant
