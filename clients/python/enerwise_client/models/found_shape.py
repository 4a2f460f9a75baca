from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="FoundShape")


@_attrs_define
class FoundShape:
    """Whoever answers.

    Attributes:
        address (str):
        unit_id (int):
        product (str):
        profiles (list[str]):
        note (str):
    """

    address: str
    unit_id: int
    product: str
    profiles: list[str]
    note: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        address = self.address

        unit_id = self.unit_id

        product = self.product

        profiles = self.profiles

        note = self.note

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address": address,
                "unit_id": unit_id,
                "product": product,
                "profiles": profiles,
                "note": note,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address = d.pop("address")

        unit_id = d.pop("unit_id")

        product = d.pop("product")

        profiles = cast(list[str], d.pop("profiles"))

        note = d.pop("note")

        found_shape = cls(
            address=address,
            unit_id=unit_id,
            product=product,
            profiles=profiles,
            note=note,
        )

        found_shape.additional_properties = d
        return found_shape

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
