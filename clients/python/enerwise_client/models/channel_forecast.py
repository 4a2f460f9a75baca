from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ChannelForecast")


@_attrs_define
class ChannelForecast:
    """Quantiles of one channel.

    Attributes:
        key (str):
        model (str):
        unit (str):
        level (list[float]):
        value (list[list[float | None]]): One row for each level, one value for each step.
        median (list[float | None]):
    """

    key: str
    model: str
    unit: str
    level: list[float]
    value: list[list[float | None]]
    median: list[float | None]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        model = self.model

        unit = self.unit

        level = self.level

        value = []
        for value_item_data in self.value:
            value_item = []
            for value_item_item_data in value_item_data:
                value_item_item: float | None
                value_item_item = value_item_item_data
                value_item.append(value_item_item)

            value.append(value_item)

        median = []
        for median_item_data in self.median:
            median_item: float | None
            median_item = median_item_data
            median.append(median_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "model": model,
                "unit": unit,
                "level": level,
                "value": value,
                "median": median,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        key = d.pop("key")

        model = d.pop("model")

        unit = d.pop("unit")

        level = cast(list[float], d.pop("level"))

        value = []
        _value = d.pop("value")
        for value_item_data in _value:
            value_item = []
            _value_item = value_item_data
            for value_item_item_data in _value_item:

                def _parse_value_item_item(data: object) -> float | None:
                    if data is None:
                        return data
                    return cast(float | None, data)

                value_item_item = _parse_value_item_item(value_item_item_data)

                value_item.append(value_item_item)

            value.append(value_item)

        median = []
        _median = d.pop("median")
        for median_item_data in _median:

            def _parse_median_item(data: object) -> float | None:
                if data is None:
                    return data
                return cast(float | None, data)

            median_item = _parse_median_item(median_item_data)

            median.append(median_item)

        channel_forecast = cls(
            key=key,
            model=model,
            unit=unit,
            level=level,
            value=value,
            median=median,
        )

        channel_forecast.additional_properties = d
        return channel_forecast

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
