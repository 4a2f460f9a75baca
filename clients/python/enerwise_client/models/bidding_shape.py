from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BiddingShape")


@_attrs_define
class BiddingShape:
    """How the server bids for a participant, and within what.

    Attributes:
        strategy (str):
        reserve_ratio (float): Nothing is sold out of the battery below this level.
        sell_floor_ueur_per_kwh (int | None): Nothing is sold for less.
        buy_cap_ueur_per_kwh (int | None): Nothing is bought for more.
    """

    strategy: str
    reserve_ratio: float
    sell_floor_ueur_per_kwh: int | None
    buy_cap_ueur_per_kwh: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        strategy = self.strategy

        reserve_ratio = self.reserve_ratio

        sell_floor_ueur_per_kwh: int | None
        sell_floor_ueur_per_kwh = self.sell_floor_ueur_per_kwh

        buy_cap_ueur_per_kwh: int | None
        buy_cap_ueur_per_kwh = self.buy_cap_ueur_per_kwh

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "strategy": strategy,
                "reserve_ratio": reserve_ratio,
                "sell_floor_ueur_per_kwh": sell_floor_ueur_per_kwh,
                "buy_cap_ueur_per_kwh": buy_cap_ueur_per_kwh,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        strategy = d.pop("strategy")

        reserve_ratio = d.pop("reserve_ratio")

        def _parse_sell_floor_ueur_per_kwh(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        sell_floor_ueur_per_kwh = _parse_sell_floor_ueur_per_kwh(d.pop("sell_floor_ueur_per_kwh"))

        def _parse_buy_cap_ueur_per_kwh(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        buy_cap_ueur_per_kwh = _parse_buy_cap_ueur_per_kwh(d.pop("buy_cap_ueur_per_kwh"))

        bidding_shape = cls(
            strategy=strategy,
            reserve_ratio=reserve_ratio,
            sell_floor_ueur_per_kwh=sell_floor_ueur_per_kwh,
            buy_cap_ueur_per_kwh=buy_cap_ueur_per_kwh,
        )

        bidding_shape.additional_properties = d
        return bidding_shape

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
