from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DayAccuracy")


@_attrs_define
class DayAccuracy:
    """One channel on one local day.

    Attributes:
        channel (str):
        day (str):
        mae_w (float):
        bias_w (float):
        coverage_ratio (float):
    """

    channel: str
    day: str
    mae_w: float
    bias_w: float
    coverage_ratio: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        channel = self.channel

        day = self.day

        mae_w = self.mae_w

        bias_w = self.bias_w

        coverage_ratio = self.coverage_ratio

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "channel": channel,
                "day": day,
                "mae_w": mae_w,
                "bias_w": bias_w,
                "coverage_ratio": coverage_ratio,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        channel = d.pop("channel")

        day = d.pop("day")

        mae_w = d.pop("mae_w")

        bias_w = d.pop("bias_w")

        coverage_ratio = d.pop("coverage_ratio")

        day_accuracy = cls(
            channel=channel,
            day=day,
            mae_w=mae_w,
            bias_w=bias_w,
            coverage_ratio=coverage_ratio,
        )

        day_accuracy.additional_properties = d
        return day_accuracy

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
