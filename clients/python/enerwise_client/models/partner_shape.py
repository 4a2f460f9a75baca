from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PartnerShape")


@_attrs_define
class PartnerShape:
    """Somebody one has traded with in the slots shown.

    Attributes:
        name (None | str): As agreed; null for all who have not agreed to be named, together.
        is_simulated (bool):
        partner_count (int):
        slot_count (int):
        bought_wh (int): From them.
        sold_wh (int): To them.
    """

    name: None | str
    is_simulated: bool
    partner_count: int
    slot_count: int
    bought_wh: int
    sold_wh: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name: None | str
        name = self.name

        is_simulated = self.is_simulated

        partner_count = self.partner_count

        slot_count = self.slot_count

        bought_wh = self.bought_wh

        sold_wh = self.sold_wh

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "is_simulated": is_simulated,
                "partner_count": partner_count,
                "slot_count": slot_count,
                "bought_wh": bought_wh,
                "sold_wh": sold_wh,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        is_simulated = d.pop("is_simulated")

        partner_count = d.pop("partner_count")

        slot_count = d.pop("slot_count")

        bought_wh = d.pop("bought_wh")

        sold_wh = d.pop("sold_wh")

        partner_shape = cls(
            name=name,
            is_simulated=is_simulated,
            partner_count=partner_count,
            slot_count=slot_count,
            bought_wh=bought_wh,
            sold_wh=sold_wh,
        )

        partner_shape.additional_properties = d
        return partner_shape

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
