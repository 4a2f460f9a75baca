from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LineShape")


@_attrs_define
class LineShape:
    """One line of a bill, in whole cents.

    Attributes:
        name (str):
        quantity (float | None):
        unit (str):
        price (float | None):
        amount_eur (float):
    """

    name: str
    quantity: float | None
    unit: str
    price: float | None
    amount_eur: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        quantity: float | None
        quantity = self.quantity

        unit = self.unit

        price: float | None
        price = self.price

        amount_eur = self.amount_eur

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "quantity": quantity,
                "unit": unit,
                "price": price,
                "amount_eur": amount_eur,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        def _parse_quantity(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        quantity = _parse_quantity(d.pop("quantity"))

        unit = d.pop("unit")

        def _parse_price(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        price = _parse_price(d.pop("price"))

        amount_eur = d.pop("amount_eur")

        line_shape = cls(
            name=name,
            quantity=quantity,
            unit=unit,
            price=price,
            amount_eur=amount_eur,
        )

        line_shape.additional_properties = d
        return line_shape

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
