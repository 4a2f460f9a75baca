from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SourcesShape")


@_attrs_define
class SourcesShape:
    """Sizes; solar, battery and grid stack up to what is used and what is stored from the grid.

    Attributes:
        solar_w (list[float]): Used in the home straight from the sun.
        battery_w (list[float]): Used in the home out of the battery.
        grid_w (list[float]): All that is bought.
        stored_w (list[float]):
        sold_w (list[float]):
    """

    solar_w: list[float]
    battery_w: list[float]
    grid_w: list[float]
    stored_w: list[float]
    sold_w: list[float]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        solar_w = self.solar_w

        battery_w = self.battery_w

        grid_w = self.grid_w

        stored_w = self.stored_w

        sold_w = self.sold_w

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "solar_w": solar_w,
                "battery_w": battery_w,
                "grid_w": grid_w,
                "stored_w": stored_w,
                "sold_w": sold_w,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        solar_w = cast(list[float], d.pop("solar_w"))

        battery_w = cast(list[float], d.pop("battery_w"))

        grid_w = cast(list[float], d.pop("grid_w"))

        stored_w = cast(list[float], d.pop("stored_w"))

        sold_w = cast(list[float], d.pop("sold_w"))

        sources_shape = cls(
            solar_w=solar_w,
            battery_w=battery_w,
            grid_w=grid_w,
            stored_w=stored_w,
            sold_w=sold_w,
        )

        sources_shape.additional_properties = d
        return sources_shape

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
