from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LimitsShape")


@_attrs_define
class LimitsShape:
    """What a participant may do in one slot.

    Attributes:
        price_min_ueur_per_kwh (int):
        price_max_ueur_per_kwh (int):
        volume_wh (int): Bought and sold together.
        position_wh (int): In one direction.
        budget_ueur (int): What all orders may cost at the worst.
    """

    price_min_ueur_per_kwh: int
    price_max_ueur_per_kwh: int
    volume_wh: int
    position_wh: int
    budget_ueur: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        price_min_ueur_per_kwh = self.price_min_ueur_per_kwh

        price_max_ueur_per_kwh = self.price_max_ueur_per_kwh

        volume_wh = self.volume_wh

        position_wh = self.position_wh

        budget_ueur = self.budget_ueur

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "price_min_ueur_per_kwh": price_min_ueur_per_kwh,
                "price_max_ueur_per_kwh": price_max_ueur_per_kwh,
                "volume_wh": volume_wh,
                "position_wh": position_wh,
                "budget_ueur": budget_ueur,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        price_min_ueur_per_kwh = d.pop("price_min_ueur_per_kwh")

        price_max_ueur_per_kwh = d.pop("price_max_ueur_per_kwh")

        volume_wh = d.pop("volume_wh")

        position_wh = d.pop("position_wh")

        budget_ueur = d.pop("budget_ueur")

        limits_shape = cls(
            price_min_ueur_per_kwh=price_min_ueur_per_kwh,
            price_max_ueur_per_kwh=price_max_ueur_per_kwh,
            volume_wh=volume_wh,
            position_wh=position_wh,
            budget_ueur=budget_ueur,
        )

        limits_shape.additional_properties = d
        return limits_shape

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
