from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.override_request_action import (
    OverrideRequestAction,
    check_override_request_action,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="OverrideRequest")


@_attrs_define
class OverrideRequest:
    """A wish for one asset.

    Attributes:
        asset (str):
        action (OverrideRequestAction):
        until (str):
        power_w (float | None | Unset): Positive into the asset.
        from_ (None | str | Unset): When it begins; else at once.
        reason (str | Unset):  Default: ''.
        id (None | str | Unset): The same id again is the same wish.
    """

    asset: str
    action: OverrideRequestAction
    until: str
    power_w: float | None | Unset = UNSET
    from_: None | str | Unset = UNSET
    reason: str | Unset = ""
    id: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        asset = self.asset

        action: str = self.action

        until = self.until

        power_w: float | None | Unset
        if isinstance(self.power_w, Unset):
            power_w = UNSET
        else:
            power_w = self.power_w

        from_: None | str | Unset
        if isinstance(self.from_, Unset):
            from_ = UNSET
        else:
            from_ = self.from_

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
                "asset": asset,
                "action": action,
                "until": until,
            }
        )
        if power_w is not UNSET:
            field_dict["power_w"] = power_w
        if from_ is not UNSET:
            field_dict["from"] = from_
        if reason is not UNSET:
            field_dict["reason"] = reason
        if id is not UNSET:
            field_dict["id"] = id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        asset = d.pop("asset")

        action = check_override_request_action(d.pop("action"))

        until = d.pop("until")

        def _parse_power_w(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        power_w = _parse_power_w(d.pop("power_w", UNSET))

        def _parse_from_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        from_ = _parse_from_(d.pop("from", UNSET))

        reason = d.pop("reason", UNSET)

        def _parse_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        id = _parse_id(d.pop("id", UNSET))

        override_request = cls(
            asset=asset,
            action=action,
            until=until,
            power_w=power_w,
            from_=from_,
            reason=reason,
            id=id,
        )

        override_request.additional_properties = d
        return override_request

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
