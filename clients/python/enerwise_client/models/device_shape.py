from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DeviceShape")


@_attrs_define
class DeviceShape:
    """A load with a meter of its own.

    Attributes:
        asset (str):
        name (str):
        energy_kwh (float):
        cost_eur (float):
    """

    asset: str
    name: str
    energy_kwh: float
    cost_eur: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        asset = self.asset

        name = self.name

        energy_kwh = self.energy_kwh

        cost_eur = self.cost_eur

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "asset": asset,
                "name": name,
                "energy_kwh": energy_kwh,
                "cost_eur": cost_eur,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        asset = d.pop("asset")

        name = d.pop("name")

        energy_kwh = d.pop("energy_kwh")

        cost_eur = d.pop("cost_eur")

        device_shape = cls(
            asset=asset,
            name=name,
            energy_kwh=energy_kwh,
            cost_eur=cost_eur,
        )

        device_shape.additional_properties = d
        return device_shape

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
