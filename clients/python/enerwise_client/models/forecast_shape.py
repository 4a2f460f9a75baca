from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.channel_forecast import ChannelForecast


T = TypeVar("T", bound="ForecastShape")


@_attrs_define
class ForecastShape:
    """One issue of all channels asked for.

    Attributes:
        plan_id (str):
        issued_at (str):
        step_s (int):
        start_utc (list[str]):
        channels (list[ChannelForecast]):
    """

    plan_id: str
    issued_at: str
    step_s: int
    start_utc: list[str]
    channels: list[ChannelForecast]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        plan_id = self.plan_id

        issued_at = self.issued_at

        step_s = self.step_s

        start_utc = self.start_utc

        channels = []
        for channels_item_data in self.channels:
            channels_item = channels_item_data.to_dict()
            channels.append(channels_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "plan_id": plan_id,
                "issued_at": issued_at,
                "step_s": step_s,
                "start_utc": start_utc,
                "channels": channels,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.channel_forecast import ChannelForecast  # noqa: PLC0415

        d = dict(src_dict)
        plan_id = d.pop("plan_id")

        issued_at = d.pop("issued_at")

        step_s = d.pop("step_s")

        start_utc = cast(list[str], d.pop("start_utc"))

        channels = []
        _channels = d.pop("channels")
        for channels_item_data in _channels:
            channels_item = ChannelForecast.from_dict(channels_item_data)

            channels.append(channels_item)

        forecast_shape = cls(
            plan_id=plan_id,
            issued_at=issued_at,
            step_s=step_s,
            start_utc=start_utc,
            channels=channels,
        )

        forecast_shape.additional_properties = d
        return forecast_shape

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
