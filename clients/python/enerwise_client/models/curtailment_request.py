from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="CurtailmentRequest")


@_attrs_define
class CurtailmentRequest:
    """An event: at most so much import from one time to another.

    Attributes:
        limit_w (float): Most import.
        until (str): Within seven days.
        from_ (None | str | Unset): When it begins; else at once.
        who (str | Unset): Who asks, as `why` will tell. Default: 'network operator'.
        reason (str | Unset):  Default: ''.
        id (None | str | Unset): The same id again takes the place of the first.
    """

    limit_w: float
    until: str
    from_: None | str | Unset = UNSET
    who: str | Unset = "network operator"
    reason: str | Unset = ""
    id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        limit_w = self.limit_w

        until = self.until

        from_: None | str | Unset
        if isinstance(self.from_, Unset):
            from_ = UNSET
        else:
            from_ = self.from_

        who = self.who

        reason = self.reason

        id: None | str | Unset
        if isinstance(self.id, Unset):
            id = UNSET
        else:
            id = self.id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "limit_w": limit_w,
                "until": until,
            }
        )
        if from_ is not UNSET:
            field_dict["from"] = from_
        if who is not UNSET:
            field_dict["who"] = who
        if reason is not UNSET:
            field_dict["reason"] = reason
        if id is not UNSET:
            field_dict["id"] = id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        limit_w = d.pop("limit_w")

        until = d.pop("until")

        def _parse_from_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        from_ = _parse_from_(d.pop("from", UNSET))

        who = d.pop("who", UNSET)

        reason = d.pop("reason", UNSET)

        def _parse_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        id = _parse_id(d.pop("id", UNSET))

        curtailment_request = cls(
            limit_w=limit_w,
            until=until,
            from_=from_,
            who=who,
            reason=reason,
            id=id,
        )

        curtailment_request.additional_properties = d
        return curtailment_request

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
