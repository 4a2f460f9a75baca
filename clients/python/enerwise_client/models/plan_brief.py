from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlanBrief")


@_attrs_define
class PlanBrief:
    """Which plan is in force.

    Attributes:
        id (None | str):
        made_at (None | str):
        next_at (None | str):
        failed (None | str):
    """

    id: None | str
    made_at: None | str
    next_at: None | str
    failed: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id: None | str
        id = self.id

        made_at: None | str
        made_at = self.made_at

        next_at: None | str
        next_at = self.next_at

        failed: None | str
        failed = self.failed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "made_at": made_at,
                "next_at": next_at,
                "failed": failed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        id = _parse_id(d.pop("id"))

        def _parse_made_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        made_at = _parse_made_at(d.pop("made_at"))

        def _parse_next_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_at = _parse_next_at(d.pop("next_at"))

        def _parse_failed(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        failed = _parse_failed(d.pop("failed"))

        plan_brief = cls(
            id=id,
            made_at=made_at,
            next_at=next_at,
            failed=failed,
        )

        plan_brief.additional_properties = d
        return plan_brief

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
