from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CarbonDay")


@_attrs_define
class CarbonDay:
    """One local day.

    Attributes:
        day (str):
        bought_kwh (float):
        carbon_kg (float | None):
        carbon_without_solar_kg (float | None):
        coverage_ratio (float):
    """

    day: str
    bought_kwh: float
    carbon_kg: float | None
    carbon_without_solar_kg: float | None
    coverage_ratio: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        day = self.day

        bought_kwh = self.bought_kwh

        carbon_kg: float | None
        carbon_kg = self.carbon_kg

        carbon_without_solar_kg: float | None
        carbon_without_solar_kg = self.carbon_without_solar_kg

        coverage_ratio = self.coverage_ratio

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "bought_kwh": bought_kwh,
                "carbon_kg": carbon_kg,
                "carbon_without_solar_kg": carbon_without_solar_kg,
                "coverage_ratio": coverage_ratio,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        day = d.pop("day")

        bought_kwh = d.pop("bought_kwh")

        def _parse_carbon_kg(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        carbon_kg = _parse_carbon_kg(d.pop("carbon_kg"))

        def _parse_carbon_without_solar_kg(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        carbon_without_solar_kg = _parse_carbon_without_solar_kg(d.pop("carbon_without_solar_kg"))

        coverage_ratio = d.pop("coverage_ratio")

        carbon_day = cls(
            day=day,
            bought_kwh=bought_kwh,
            carbon_kg=carbon_kg,
            carbon_without_solar_kg=carbon_without_solar_kg,
            coverage_ratio=coverage_ratio,
        )

        carbon_day.additional_properties = d
        return carbon_day

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
