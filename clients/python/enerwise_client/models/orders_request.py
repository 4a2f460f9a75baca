from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.orders_request_side_item import (
    OrdersRequestSideItem,
    check_orders_request_side_item,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="OrdersRequest")


@_attrs_define
class OrdersRequest:
    """Orders of one participant for one slot, in columns. The same id again is the same order.

    Attributes:
        slot (str):
        id (list[str]):
        side (list[OrdersRequestSideItem]):
        quantity_wh (list[int]):
        price_ueur_per_kwh (list[int]):
        participant (None | str | Unset): Needed by whoever acts for several.
    """

    slot: str
    id: list[str]
    side: list[OrdersRequestSideItem]
    quantity_wh: list[int]
    price_ueur_per_kwh: list[int]
    participant: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        slot = self.slot

        id = self.id

        side = []
        for side_item_data in self.side:
            side_item: str = side_item_data
            side.append(side_item)

        quantity_wh = self.quantity_wh

        price_ueur_per_kwh = self.price_ueur_per_kwh

        participant: None | str | Unset
        if isinstance(self.participant, Unset):
            participant = UNSET
        else:
            participant = self.participant

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "slot": slot,
                "id": id,
                "side": side,
                "quantity_wh": quantity_wh,
                "price_ueur_per_kwh": price_ueur_per_kwh,
            }
        )
        if participant is not UNSET:
            field_dict["participant"] = participant

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        slot = d.pop("slot")

        id = cast(list[str], d.pop("id"))

        side = []
        _side = d.pop("side")
        for side_item_data in _side:
            side_item = check_orders_request_side_item(side_item_data)

            side.append(side_item)

        quantity_wh = cast(list[int], d.pop("quantity_wh"))

        price_ueur_per_kwh = cast(list[int], d.pop("price_ueur_per_kwh"))

        def _parse_participant(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        participant = _parse_participant(d.pop("participant", UNSET))

        orders_request = cls(
            slot=slot,
            id=id,
            side=side,
            quantity_wh=quantity_wh,
            price_ueur_per_kwh=price_ueur_per_kwh,
            participant=participant,
        )

        orders_request.additional_properties = d
        return orders_request

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
