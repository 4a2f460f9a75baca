from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.day_peak import DayPeak


T = TypeVar("T", bound="DemandShape")


@_attrs_define
class DemandShape:
    """A price on peaks, and what it has come to.

    Attributes:
        name (str):
        per (str):
        price_eur_per_kw (float):
        above_w (float):
        top_count (int):
        interval_s (int):
        charge_eur (float):
        days (list[DayPeak]):
    """

    name: str
    per: str
    price_eur_per_kw: float
    above_w: float
    top_count: int
    interval_s: int
    charge_eur: float
    days: list[DayPeak]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        per = self.per

        price_eur_per_kw = self.price_eur_per_kw

        above_w = self.above_w

        top_count = self.top_count

        interval_s = self.interval_s

        charge_eur = self.charge_eur

        days = []
        for days_item_data in self.days:
            days_item = days_item_data.to_dict()
            days.append(days_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "per": per,
                "price_eur_per_kw": price_eur_per_kw,
                "above_w": above_w,
                "top_count": top_count,
                "interval_s": interval_s,
                "charge_eur": charge_eur,
                "days": days,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.day_peak import DayPeak  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        per = d.pop("per")

        price_eur_per_kw = d.pop("price_eur_per_kw")

        above_w = d.pop("above_w")

        top_count = d.pop("top_count")

        interval_s = d.pop("interval_s")

        charge_eur = d.pop("charge_eur")

        days = []
        _days = d.pop("days")
        for days_item_data in _days:
            days_item = DayPeak.from_dict(days_item_data)

            days.append(days_item)

        demand_shape = cls(
            name=name,
            per=per,
            price_eur_per_kw=price_eur_per_kw,
            above_w=above_w,
            top_count=top_count,
            interval_s=interval_s,
            charge_eur=charge_eur,
            days=days,
        )

        demand_shape.additional_properties = d
        return demand_shape

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
