from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LevelShape")


@_attrs_define
class LevelShape:
    """Level of one battery at the edges of the steps: one value more than there are steps.

    Attributes:
        asset (str):
        soc_ratio (list[float]):
        low_ratio (list[float]): 8 in 10: lower edge.
        high_ratio (list[float]):
        reserve_ratio (float):
    """

    asset: str
    soc_ratio: list[float]
    low_ratio: list[float]
    high_ratio: list[float]
    reserve_ratio: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        asset = self.asset

        soc_ratio = self.soc_ratio

        low_ratio = self.low_ratio

        high_ratio = self.high_ratio

        reserve_ratio = self.reserve_ratio

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "asset": asset,
                "soc_ratio": soc_ratio,
                "low_ratio": low_ratio,
                "high_ratio": high_ratio,
                "reserve_ratio": reserve_ratio,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        asset = d.pop("asset")

        soc_ratio = cast(list[float], d.pop("soc_ratio"))

        low_ratio = cast(list[float], d.pop("low_ratio"))

        high_ratio = cast(list[float], d.pop("high_ratio"))

        reserve_ratio = d.pop("reserve_ratio")

        level_shape = cls(
            asset=asset,
            soc_ratio=soc_ratio,
            low_ratio=low_ratio,
            high_ratio=high_ratio,
            reserve_ratio=reserve_ratio,
        )

        level_shape.additional_properties = d
        return level_shape

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
