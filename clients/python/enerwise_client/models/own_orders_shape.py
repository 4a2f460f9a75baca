from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.own_orders_shape_side_item import (
    OwnOrdersShapeSideItem,
    check_own_orders_shape_side_item,
)
from ..models.own_orders_shape_state_item import (
    OwnOrdersShapeStateItem,
    check_own_orders_shape_state_item,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="OwnOrdersShape")


@_attrs_define
class OwnOrdersShape:
    """Orders of a participant in columns.

    Attributes:
        participant (str):
        id (list[str]):
        start_utc (list[str]):
        number (list[int]):
        side (list[OwnOrdersShapeSideItem]):
        quantity_wh (list[int]):
        left_wh (list[int]):
        price_ueur_per_kwh (list[int]):
        state (list[OwnOrdersShapeStateItem]): `part`: over and filled in part; `over`: over and not filled.
        came_at (list[str]):
        next_ (None | str | Unset):
    """

    participant: str
    id: list[str]
    start_utc: list[str]
    number: list[int]
    side: list[OwnOrdersShapeSideItem]
    quantity_wh: list[int]
    left_wh: list[int]
    price_ueur_per_kwh: list[int]
    state: list[OwnOrdersShapeStateItem]
    came_at: list[str]
    next_: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        participant = self.participant

        id = self.id

        start_utc = self.start_utc

        number = self.number

        side = []
        for side_item_data in self.side:
            side_item: str = side_item_data
            side.append(side_item)

        quantity_wh = self.quantity_wh

        left_wh = self.left_wh

        price_ueur_per_kwh = self.price_ueur_per_kwh

        state = []
        for state_item_data in self.state:
            state_item: str = state_item_data
            state.append(state_item)

        came_at = self.came_at

        next_: None | str | Unset
        if isinstance(self.next_, Unset):
            next_ = UNSET
        else:
            next_ = self.next_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "participant": participant,
                "id": id,
                "start_utc": start_utc,
                "number": number,
                "side": side,
                "quantity_wh": quantity_wh,
                "left_wh": left_wh,
                "price_ueur_per_kwh": price_ueur_per_kwh,
                "state": state,
                "came_at": came_at,
            }
        )
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        participant = d.pop("participant")

        id = cast(list[str], d.pop("id"))

        start_utc = cast(list[str], d.pop("start_utc"))

        number = cast(list[int], d.pop("number"))

        side = []
        _side = d.pop("side")
        for side_item_data in _side:
            side_item = check_own_orders_shape_side_item(side_item_data)

            side.append(side_item)

        quantity_wh = cast(list[int], d.pop("quantity_wh"))

        left_wh = cast(list[int], d.pop("left_wh"))

        price_ueur_per_kwh = cast(list[int], d.pop("price_ueur_per_kwh"))

        state = []
        _state = d.pop("state")
        for state_item_data in _state:
            state_item = check_own_orders_shape_state_item(state_item_data)

            state.append(state_item)

        came_at = cast(list[str], d.pop("came_at"))

        def _parse_next_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_ = _parse_next_(d.pop("next", UNSET))

        own_orders_shape = cls(
            participant=participant,
            id=id,
            start_utc=start_utc,
            number=number,
            side=side,
            quantity_wh=quantity_wh,
            left_wh=left_wh,
            price_ueur_per_kwh=price_ueur_per_kwh,
            state=state,
            came_at=came_at,
            next_=next_,
        )

        own_orders_shape.additional_properties = d
        return own_orders_shape

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
