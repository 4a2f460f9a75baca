from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DeviceValue")


@_attrs_define
class DeviceValue:
    """What is measured, and when.

    Attributes:
        role (str):
        asset (str):
        quantity (str):
        key (str):
        value (float | None):
        at (None | str):
        age_s (float | None):
    """

    role: str
    asset: str
    quantity: str
    key: str
    value: float | None
    at: None | str
    age_s: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        role = self.role

        asset = self.asset

        quantity = self.quantity

        key = self.key

        value: float | None
        value = self.value

        at: None | str
        at = self.at

        age_s: float | None
        age_s = self.age_s

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "role": role,
                "asset": asset,
                "quantity": quantity,
                "key": key,
                "value": value,
                "at": at,
                "age_s": age_s,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        role = d.pop("role")

        asset = d.pop("asset")

        quantity = d.pop("quantity")

        key = d.pop("key")

        def _parse_value(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        value = _parse_value(d.pop("value"))

        def _parse_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        at = _parse_at(d.pop("at"))

        def _parse_age_s(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        age_s = _parse_age_s(d.pop("age_s"))

        device_value = cls(
            role=role,
            asset=asset,
            quantity=quantity,
            key=key,
            value=value,
            at=at,
            age_s=age_s,
        )

        device_value.additional_properties = d
        return device_value

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
