from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.book_shape_state import BookShapeState, check_book_shape_state

T = TypeVar("T", bound="BookShape")


@_attrs_define
class BookShape:
    """What stands in a slot: energy and number of orders at each price, the best first.

    Attributes:
        start_utc (str):
        state (BookShapeState):
        buy_price_ueur_per_kwh (list[int]):
        buy_wh (list[int]):
        buy_count (list[int]):
        sell_price_ueur_per_kwh (list[int]):
        sell_wh (list[int]):
        sell_count (list[int]):
    """

    start_utc: str
    state: BookShapeState
    buy_price_ueur_per_kwh: list[int]
    buy_wh: list[int]
    buy_count: list[int]
    sell_price_ueur_per_kwh: list[int]
    sell_wh: list[int]
    sell_count: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start_utc = self.start_utc

        state: str = self.state

        buy_price_ueur_per_kwh = self.buy_price_ueur_per_kwh

        buy_wh = self.buy_wh

        buy_count = self.buy_count

        sell_price_ueur_per_kwh = self.sell_price_ueur_per_kwh

        sell_wh = self.sell_wh

        sell_count = self.sell_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "start_utc": start_utc,
                "state": state,
                "buy_price_ueur_per_kwh": buy_price_ueur_per_kwh,
                "buy_wh": buy_wh,
                "buy_count": buy_count,
                "sell_price_ueur_per_kwh": sell_price_ueur_per_kwh,
                "sell_wh": sell_wh,
                "sell_count": sell_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        start_utc = d.pop("start_utc")

        state = check_book_shape_state(d.pop("state"))

        buy_price_ueur_per_kwh = cast(list[int], d.pop("buy_price_ueur_per_kwh"))

        buy_wh = cast(list[int], d.pop("buy_wh"))

        buy_count = cast(list[int], d.pop("buy_count"))

        sell_price_ueur_per_kwh = cast(list[int], d.pop("sell_price_ueur_per_kwh"))

        sell_wh = cast(list[int], d.pop("sell_wh"))

        sell_count = cast(list[int], d.pop("sell_count"))

        book_shape = cls(
            start_utc=start_utc,
            state=state,
            buy_price_ueur_per_kwh=buy_price_ueur_per_kwh,
            buy_wh=buy_wh,
            buy_count=buy_count,
            sell_price_ueur_per_kwh=sell_price_ueur_per_kwh,
            sell_wh=sell_wh,
            sell_count=sell_count,
        )

        book_shape.additional_properties = d
        return book_shape

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
