from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="TradesShape")


@_attrs_define
class TradesShape:
    """Trades in columns, of one slot from the first on or the newest of all; orders are numbers in their slot.

    Attributes:
        start_utc (list[str]):
        number (list[int]):
        buy (list[int]): Number of the buying order.
        sell (list[int]):
        quantity_wh (list[int]):
        price_ueur_per_kwh (list[int]):
        at (list[str]):
        next_ (None | str | Unset):
    """

    start_utc: list[str]
    number: list[int]
    buy: list[int]
    sell: list[int]
    quantity_wh: list[int]
    price_ueur_per_kwh: list[int]
    at: list[str]
    next_: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start_utc = self.start_utc

        number = self.number

        buy = self.buy

        sell = self.sell

        quantity_wh = self.quantity_wh

        price_ueur_per_kwh = self.price_ueur_per_kwh

        at = self.at

        next_: None | str | Unset
        if isinstance(self.next_, Unset):
            next_ = UNSET
        else:
            next_ = self.next_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "start_utc": start_utc,
                "number": number,
                "buy": buy,
                "sell": sell,
                "quantity_wh": quantity_wh,
                "price_ueur_per_kwh": price_ueur_per_kwh,
                "at": at,
            }
        )
        if next_ is not UNSET:
            field_dict["next"] = next_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        start_utc = cast(list[str], d.pop("start_utc"))

        number = cast(list[int], d.pop("number"))

        buy = cast(list[int], d.pop("buy"))

        sell = cast(list[int], d.pop("sell"))

        quantity_wh = cast(list[int], d.pop("quantity_wh"))

        price_ueur_per_kwh = cast(list[int], d.pop("price_ueur_per_kwh"))

        at = cast(list[str], d.pop("at"))

        def _parse_next_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        next_ = _parse_next_(d.pop("next", UNSET))

        trades_shape = cls(
            start_utc=start_utc,
            number=number,
            buy=buy,
            sell=sell,
            quantity_wh=quantity_wh,
            price_ueur_per_kwh=price_ueur_per_kwh,
            at=at,
            next_=next_,
        )

        trades_shape.additional_properties = d
        return trades_shape

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
