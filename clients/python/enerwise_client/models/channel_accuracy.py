from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ChannelAccuracy")


@_attrs_define
class ChannelAccuracy:
    """One channel over the days that could be scored.

    Attributes:
        channel (str):
        model (str):
        mae_w (float):
        bias_w (float): Forecast less truth, in the house sign: positive is taken.
        coverage_ratio (float): Share of steps within the band of 8 in 10.
        days (int):
    """

    channel: str
    model: str
    mae_w: float
    bias_w: float
    coverage_ratio: float
    days: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        channel = self.channel

        model = self.model

        mae_w = self.mae_w

        bias_w = self.bias_w

        coverage_ratio = self.coverage_ratio

        days = self.days

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "channel": channel,
                "model": model,
                "mae_w": mae_w,
                "bias_w": bias_w,
                "coverage_ratio": coverage_ratio,
                "days": days,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        channel = d.pop("channel")

        model = d.pop("model")

        mae_w = d.pop("mae_w")

        bias_w = d.pop("bias_w")

        coverage_ratio = d.pop("coverage_ratio")

        days = d.pop("days")

        channel_accuracy = cls(
            channel=channel,
            model=model,
            mae_w=mae_w,
            bias_w=bias_w,
            coverage_ratio=coverage_ratio,
            days=days,
        )

        channel_accuracy.additional_properties = d
        return channel_accuracy

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
