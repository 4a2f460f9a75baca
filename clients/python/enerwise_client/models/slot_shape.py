from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.slot_shape_state import SlotShapeState, check_slot_shape_state

T = TypeVar("T", bound="SlotShape")


@_attrs_define
class SlotShape:
    """One slot, as everybody who takes part may know it.

    Attributes:
        start_utc (str):
        end_utc (str):
        gate_utc (str):
        state (SlotShapeState):
        order_count (int):
        trade_count (int):
        traded_wh (int):
        mean_price_ueur_per_kwh (int | None):
        lowest_price_ueur_per_kwh (int | None):
        highest_price_ueur_per_kwh (int | None):
        unread_count (int): Participants who traded and have no accepted reading: nothing is posted.
        root (None | str): Merkle root of what was booked, once settled.
    """

    start_utc: str
    end_utc: str
    gate_utc: str
    state: SlotShapeState
    order_count: int
    trade_count: int
    traded_wh: int
    mean_price_ueur_per_kwh: int | None
    lowest_price_ueur_per_kwh: int | None
    highest_price_ueur_per_kwh: int | None
    unread_count: int
    root: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start_utc = self.start_utc

        end_utc = self.end_utc

        gate_utc = self.gate_utc

        state: str = self.state

        order_count = self.order_count

        trade_count = self.trade_count

        traded_wh = self.traded_wh

        mean_price_ueur_per_kwh: int | None
        mean_price_ueur_per_kwh = self.mean_price_ueur_per_kwh

        lowest_price_ueur_per_kwh: int | None
        lowest_price_ueur_per_kwh = self.lowest_price_ueur_per_kwh

        highest_price_ueur_per_kwh: int | None
        highest_price_ueur_per_kwh = self.highest_price_ueur_per_kwh

        unread_count = self.unread_count

        root: None | str
        root = self.root

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "start_utc": start_utc,
                "end_utc": end_utc,
                "gate_utc": gate_utc,
                "state": state,
                "order_count": order_count,
                "trade_count": trade_count,
                "traded_wh": traded_wh,
                "mean_price_ueur_per_kwh": mean_price_ueur_per_kwh,
                "lowest_price_ueur_per_kwh": lowest_price_ueur_per_kwh,
                "highest_price_ueur_per_kwh": highest_price_ueur_per_kwh,
                "unread_count": unread_count,
                "root": root,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        start_utc = d.pop("start_utc")

        end_utc = d.pop("end_utc")

        gate_utc = d.pop("gate_utc")

        state = check_slot_shape_state(d.pop("state"))

        order_count = d.pop("order_count")

        trade_count = d.pop("trade_count")

        traded_wh = d.pop("traded_wh")

        def _parse_mean_price_ueur_per_kwh(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        mean_price_ueur_per_kwh = _parse_mean_price_ueur_per_kwh(d.pop("mean_price_ueur_per_kwh"))

        def _parse_lowest_price_ueur_per_kwh(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        lowest_price_ueur_per_kwh = _parse_lowest_price_ueur_per_kwh(d.pop("lowest_price_ueur_per_kwh"))

        def _parse_highest_price_ueur_per_kwh(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        highest_price_ueur_per_kwh = _parse_highest_price_ueur_per_kwh(d.pop("highest_price_ueur_per_kwh"))

        unread_count = d.pop("unread_count")

        def _parse_root(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        root = _parse_root(d.pop("root"))

        slot_shape = cls(
            start_utc=start_utc,
            end_utc=end_utc,
            gate_utc=gate_utc,
            state=state,
            order_count=order_count,
            trade_count=trade_count,
            traded_wh=traded_wh,
            mean_price_ueur_per_kwh=mean_price_ueur_per_kwh,
            lowest_price_ueur_per_kwh=lowest_price_ueur_per_kwh,
            highest_price_ueur_per_kwh=highest_price_ueur_per_kwh,
            unread_count=unread_count,
            root=root,
        )

        slot_shape.additional_properties = d
        return slot_shape

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
