from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BarShape")


@_attrs_define
class BarShape:
    """One day or month.

    Attributes:
        day (str):
        hours (float): Of all its days: 23, 24 or 25 for a day whose clocks change by an hour.
        paid_eur (float | None):
        saved_eur (float | None): Against no planning.
        self_use_ratio (float | None):
        own_power_ratio (float | None):
        carbon_kg (float | None):
        coverage_ratio (float):
        is_complete (bool): At least 95 % of each day is known.
    """

    day: str
    hours: float
    paid_eur: float | None
    saved_eur: float | None
    self_use_ratio: float | None
    own_power_ratio: float | None
    carbon_kg: float | None
    coverage_ratio: float
    is_complete: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        day = self.day

        hours = self.hours

        paid_eur: float | None
        paid_eur = self.paid_eur

        saved_eur: float | None
        saved_eur = self.saved_eur

        self_use_ratio: float | None
        self_use_ratio = self.self_use_ratio

        own_power_ratio: float | None
        own_power_ratio = self.own_power_ratio

        carbon_kg: float | None
        carbon_kg = self.carbon_kg

        coverage_ratio = self.coverage_ratio

        is_complete = self.is_complete

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "day": day,
                "hours": hours,
                "paid_eur": paid_eur,
                "saved_eur": saved_eur,
                "self_use_ratio": self_use_ratio,
                "own_power_ratio": own_power_ratio,
                "carbon_kg": carbon_kg,
                "coverage_ratio": coverage_ratio,
                "is_complete": is_complete,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        day = d.pop("day")

        hours = d.pop("hours")

        def _parse_paid_eur(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        paid_eur = _parse_paid_eur(d.pop("paid_eur"))

        def _parse_saved_eur(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        saved_eur = _parse_saved_eur(d.pop("saved_eur"))

        def _parse_self_use_ratio(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        self_use_ratio = _parse_self_use_ratio(d.pop("self_use_ratio"))

        def _parse_own_power_ratio(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        own_power_ratio = _parse_own_power_ratio(d.pop("own_power_ratio"))

        def _parse_carbon_kg(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        carbon_kg = _parse_carbon_kg(d.pop("carbon_kg"))

        coverage_ratio = d.pop("coverage_ratio")

        is_complete = d.pop("is_complete")

        bar_shape = cls(
            day=day,
            hours=hours,
            paid_eur=paid_eur,
            saved_eur=saved_eur,
            self_use_ratio=self_use_ratio,
            own_power_ratio=own_power_ratio,
            carbon_kg=carbon_kg,
            coverage_ratio=coverage_ratio,
            is_complete=is_complete,
        )

        bar_shape.additional_properties = d
        return bar_shape

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
