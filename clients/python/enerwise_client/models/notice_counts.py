from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="NoticeCounts")


@_attrs_define
class NoticeCounts:
    """How many notices of each level there are.

    Attributes:
        act_now (int):
        look_soon (int):
        good_to_know (int):
    """

    act_now: int
    look_soon: int
    good_to_know: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        act_now = self.act_now

        look_soon = self.look_soon

        good_to_know = self.good_to_know

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "act_now": act_now,
                "look_soon": look_soon,
                "good_to_know": good_to_know,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        act_now = d.pop("act_now")

        look_soon = d.pop("look_soon")

        good_to_know = d.pop("good_to_know")

        notice_counts = cls(
            act_now=act_now,
            look_soon=look_soon,
            good_to_know=good_to_know,
        )

        notice_counts.additional_properties = d
        return notice_counts

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
