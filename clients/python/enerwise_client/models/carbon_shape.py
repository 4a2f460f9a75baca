from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.carbon_day import CarbonDay


T = TypeVar("T", bound="CarbonShape")


@_attrs_define
class CarbonShape:
    """What was emitted for the energy that was bought.

    Attributes:
        from_ (str):
        to (str):
        grid_g_per_kwh (float | None):
        source (str):
        note (str):
        carbon_kg (float | None):
        carbon_without_solar_kg (float | None):
        days (list[CarbonDay]):
    """

    from_: str
    to: str
    grid_g_per_kwh: float | None
    source: str
    note: str
    carbon_kg: float | None
    carbon_without_solar_kg: float | None
    days: list[CarbonDay]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from_ = self.from_

        to = self.to

        grid_g_per_kwh: float | None
        grid_g_per_kwh = self.grid_g_per_kwh

        source = self.source

        note = self.note

        carbon_kg: float | None
        carbon_kg = self.carbon_kg

        carbon_without_solar_kg: float | None
        carbon_without_solar_kg = self.carbon_without_solar_kg

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.to_dict()
            days.append(days_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "from": from_,
                "to": to,
                "grid_g_per_kwh": grid_g_per_kwh,
                "source": source,
                "note": note,
                "carbon_kg": carbon_kg,
                "carbon_without_solar_kg": carbon_without_solar_kg,
                "days": days,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.carbon_day import CarbonDay  # noqa: PLC0415

        d = dict(src_dict)
        from_ = d.pop("from")

        to = d.pop("to")

        def _parse_grid_g_per_kwh(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        grid_g_per_kwh = _parse_grid_g_per_kwh(d.pop("grid_g_per_kwh"))

        source = d.pop("source")

        note = d.pop("note")

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

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = CarbonDay.from_dict(days_item_data)

            days.append(days_item)

        carbon_shape = cls(
            from_=from_,
            to=to,
            grid_g_per_kwh=grid_g_per_kwh,
            source=source,
            note=note,
            carbon_kg=carbon_kg,
            carbon_without_solar_kg=carbon_without_solar_kg,
            days=days,
        )

        carbon_shape.additional_properties = d
        return carbon_shape

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
