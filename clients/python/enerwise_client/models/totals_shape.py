from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="TotalsShape")


@_attrs_define
class TotalsShape:
    """What a plan comes to; fixed fees are left out, they are the same in every plan.

    Attributes:
        cost_eur (float):
        cost_low_eur (float): 8 in 10: lower edge.
        cost_high_eur (float):
        without_planning_eur (float): The same outlook under self-consumption.
        saved_eur (float):
        own_power_ratio (float | None):
        bought_kwh (float):
        sold_kwh (float):
        earned_eur (float):
        carbon_kg (float | None):
    """

    cost_eur: float
    cost_low_eur: float
    cost_high_eur: float
    without_planning_eur: float
    saved_eur: float
    own_power_ratio: float | None
    bought_kwh: float
    sold_kwh: float
    earned_eur: float
    carbon_kg: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cost_eur = self.cost_eur

        cost_low_eur = self.cost_low_eur

        cost_high_eur = self.cost_high_eur

        without_planning_eur = self.without_planning_eur

        saved_eur = self.saved_eur

        own_power_ratio: float | None
        own_power_ratio = self.own_power_ratio

        bought_kwh = self.bought_kwh

        sold_kwh = self.sold_kwh

        earned_eur = self.earned_eur

        carbon_kg: float | None
        carbon_kg = self.carbon_kg

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cost_eur": cost_eur,
                "cost_low_eur": cost_low_eur,
                "cost_high_eur": cost_high_eur,
                "without_planning_eur": without_planning_eur,
                "saved_eur": saved_eur,
                "own_power_ratio": own_power_ratio,
                "bought_kwh": bought_kwh,
                "sold_kwh": sold_kwh,
                "earned_eur": earned_eur,
                "carbon_kg": carbon_kg,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        cost_eur = d.pop("cost_eur")

        cost_low_eur = d.pop("cost_low_eur")

        cost_high_eur = d.pop("cost_high_eur")

        without_planning_eur = d.pop("without_planning_eur")

        saved_eur = d.pop("saved_eur")

        def _parse_own_power_ratio(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        own_power_ratio = _parse_own_power_ratio(d.pop("own_power_ratio"))

        bought_kwh = d.pop("bought_kwh")

        sold_kwh = d.pop("sold_kwh")

        earned_eur = d.pop("earned_eur")

        def _parse_carbon_kg(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        carbon_kg = _parse_carbon_kg(d.pop("carbon_kg"))

        totals_shape = cls(
            cost_eur=cost_eur,
            cost_low_eur=cost_low_eur,
            cost_high_eur=cost_high_eur,
            without_planning_eur=without_planning_eur,
            saved_eur=saved_eur,
            own_power_ratio=own_power_ratio,
            bought_kwh=bought_kwh,
            sold_kwh=sold_kwh,
            earned_eur=earned_eur,
            carbon_kg=carbon_kg,
        )

        totals_shape.additional_properties = d
        return totals_shape

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
