from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CurtailmentShape")


@_attrs_define
class CurtailmentShape:
    """An event, and how far it is.

    Attributes:
        id (str):
        limit_w (float):
        from_ (str):
        until (str):
        who (str):
        reason (str):
        state (str): waiting, acting or over
    """

    id: str
    limit_w: float
    from_: str
    until: str
    who: str
    reason: str
    state: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        limit_w = self.limit_w

        from_ = self.from_

        until = self.until

        who = self.who

        reason = self.reason

        state = self.state

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "limit_w": limit_w,
                "from": from_,
                "until": until,
                "who": who,
                "reason": reason,
                "state": state,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        limit_w = d.pop("limit_w")

        from_ = d.pop("from")

        until = d.pop("until")

        who = d.pop("who")

        reason = d.pop("reason")

        state = d.pop("state")

        curtailment_shape = cls(
            id=id,
            limit_w=limit_w,
            from_=from_,
            until=until,
            who=who,
            reason=reason,
            state=state,
        )

        curtailment_shape.additional_properties = d
        return curtailment_shape

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
