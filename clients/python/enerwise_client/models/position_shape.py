from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.position_shape_state import PositionShapeState, check_position_shape_state
from ..types import UNSET, Unset

T = TypeVar("T", bound="PositionShape")


@_attrs_define
class PositionShape:
    """Where a participant stands in one slot.

    Attributes:
        start_utc (str):
        state (PositionShapeState):
        bought_wh (int):
        sold_wh (int):
        open_buy_wh (int):
        open_sell_wh (int):
        agreed_ueur (int): For what was traded: to pay, below zero to receive.
        recognised_wh (int | None): Bought less sold, as both meters of a trade show it; once settled.
        deviation_wh (int | None): What the meter counts beyond what was traded; above zero taken.
        paid_ueur (int | None): For what was traded; below zero received.
        deviation_ueur (int | None): For the deviation; below zero received.
        is_unread (bool | Unset): No reading was accepted: trades are void, nothing is posted. Default: False.
        refused (str | Unset): Why the last reading was refused, where none was accepted. Default: ''.
    """

    start_utc: str
    state: PositionShapeState
    bought_wh: int
    sold_wh: int
    open_buy_wh: int
    open_sell_wh: int
    agreed_ueur: int
    recognised_wh: int | None
    deviation_wh: int | None
    paid_ueur: int | None
    deviation_ueur: int | None
    is_unread: bool | Unset = False
    refused: str | Unset = ""
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start_utc = self.start_utc

        state: str = self.state

        bought_wh = self.bought_wh

        sold_wh = self.sold_wh

        open_buy_wh = self.open_buy_wh

        open_sell_wh = self.open_sell_wh

        agreed_ueur = self.agreed_ueur

        recognised_wh: int | None
        recognised_wh = self.recognised_wh

        deviation_wh: int | None
        deviation_wh = self.deviation_wh

        paid_ueur: int | None
        paid_ueur = self.paid_ueur

        deviation_ueur: int | None
        deviation_ueur = self.deviation_ueur

        is_unread = self.is_unread

        refused = self.refused

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "start_utc": start_utc,
                "state": state,
                "bought_wh": bought_wh,
                "sold_wh": sold_wh,
                "open_buy_wh": open_buy_wh,
                "open_sell_wh": open_sell_wh,
                "agreed_ueur": agreed_ueur,
                "recognised_wh": recognised_wh,
                "deviation_wh": deviation_wh,
                "paid_ueur": paid_ueur,
                "deviation_ueur": deviation_ueur,
            }
        )
        if is_unread is not UNSET:
            field_dict["is_unread"] = is_unread
        if refused is not UNSET:
            field_dict["refused"] = refused

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        start_utc = d.pop("start_utc")

        state = check_position_shape_state(d.pop("state"))

        bought_wh = d.pop("bought_wh")

        sold_wh = d.pop("sold_wh")

        open_buy_wh = d.pop("open_buy_wh")

        open_sell_wh = d.pop("open_sell_wh")

        agreed_ueur = d.pop("agreed_ueur")

        def _parse_recognised_wh(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        recognised_wh = _parse_recognised_wh(d.pop("recognised_wh"))

        def _parse_deviation_wh(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        deviation_wh = _parse_deviation_wh(d.pop("deviation_wh"))

        def _parse_paid_ueur(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        paid_ueur = _parse_paid_ueur(d.pop("paid_ueur"))

        def _parse_deviation_ueur(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        deviation_ueur = _parse_deviation_ueur(d.pop("deviation_ueur"))

        is_unread = d.pop("is_unread", UNSET)

        refused = d.pop("refused", UNSET)

        position_shape = cls(
            start_utc=start_utc,
            state=state,
            bought_wh=bought_wh,
            sold_wh=sold_wh,
            open_buy_wh=open_buy_wh,
            open_sell_wh=open_sell_wh,
            agreed_ueur=agreed_ueur,
            recognised_wh=recognised_wh,
            deviation_wh=deviation_wh,
            paid_ueur=paid_ueur,
            deviation_ueur=deviation_ueur,
            is_unread=is_unread,
            refused=refused,
        )

        position_shape.additional_properties = d
        return position_shape

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
