from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AuditCheck")


@_attrs_define
class AuditCheck:
    """Whether every line is as it was written.

    Attributes:
        holds (bool):
        line_count (int):
        breaks (list[str]):
    """

    holds: bool
    line_count: int
    breaks: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        holds = self.holds

        line_count = self.line_count

        breaks = self.breaks

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "holds": holds,
                "line_count": line_count,
                "breaks": breaks,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        holds = d.pop("holds")

        line_count = d.pop("line_count")

        breaks = cast(list[str], d.pop("breaks"))

        audit_check = cls(
            holds=holds,
            line_count=line_count,
            breaks=breaks,
        )

        audit_check.additional_properties = d
        return audit_check

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
