from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.preview_request_goal import PreviewRequestGoal, check_preview_request_goal
from ..types import UNSET, Unset

T = TypeVar("T", bound="PreviewRequest")


@_attrs_define
class PreviewRequest:
    """What to look at.

    Attributes:
        goal (PreviewRequestGoal | Unset): The goal that is being considered; it is refused where it cannot be served.
            Default: 'cost'.
    """

    goal: PreviewRequestGoal | Unset = "cost"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        goal: str | Unset = UNSET
        if not isinstance(self.goal, Unset):
            goal = self.goal

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if goal is not UNSET:
            field_dict["goal"] = goal

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        _goal = d.pop("goal", UNSET)
        goal: PreviewRequestGoal | Unset
        if isinstance(_goal, Unset):
            goal = UNSET
        else:
            goal = check_preview_request_goal(_goal)

        preview_request = cls(
            goal=goal,
        )

        preview_request.additional_properties = d
        return preview_request

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
