from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="WarmthShape")


@_attrs_define
class WarmthShape:
    """How warm one zone, or the top of a tank, is meant to be.

    Attributes:
        zone (str): The zone, or the asset itself where it has only one.
        name (str):
        degc (list[float]): At the edges of the steps: one value more than there are steps.
        low_degc (list[float | None]): Wished for at the end of each step; null where nobody minds.
        high_degc (list[float | None]):
    """

    zone: str
    name: str
    degc: list[float]
    low_degc: list[float | None]
    high_degc: list[float | None]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        zone = self.zone

        name = self.name

        degc = self.degc

        low_degc = []
        for low_degc_item_data in self.low_degc:
            low_degc_item: float | None
            low_degc_item = low_degc_item_data
            low_degc.append(low_degc_item)

        high_degc = []
        for high_degc_item_data in self.high_degc:
            high_degc_item: float | None
            high_degc_item = high_degc_item_data
            high_degc.append(high_degc_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "zone": zone,
                "name": name,
                "degc": degc,
                "low_degc": low_degc,
                "high_degc": high_degc,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        zone = d.pop("zone")

        name = d.pop("name")

        degc = cast(list[float], d.pop("degc"))

        low_degc = []
        _low_degc = d.pop("low_degc")
        for low_degc_item_data in _low_degc:

            def _parse_low_degc_item(data: object) -> float | None:
                if data is None:
                    return data
                return cast(float | None, data)

            low_degc_item = _parse_low_degc_item(low_degc_item_data)

            low_degc.append(low_degc_item)

        high_degc = []
        _high_degc = d.pop("high_degc")
        for high_degc_item_data in _high_degc:

            def _parse_high_degc_item(data: object) -> float | None:
                if data is None:
                    return data
                return cast(float | None, data)

            high_degc_item = _parse_high_degc_item(high_degc_item_data)

            high_degc.append(high_degc_item)

        warmth_shape = cls(
            zone=zone,
            name=name,
            degc=degc,
            low_degc=low_degc,
            high_degc=high_degc,
        )

        warmth_shape.additional_properties = d
        return warmth_shape

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
