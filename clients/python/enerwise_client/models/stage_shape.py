from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.stage_shape_stage import StageShapeStage, check_stage_shape_stage

T = TypeVar("T", bound="StageShape")


@_attrs_define
class StageShape:
    """What slots of one stage come to.

    Attributes:
        stage (StageShapeStage):
        slot_count (int):
        buy_wh (int): Offered to buy, or bought.
        sell_wh (int):
        pay_ueur (int): To pay or paid; for what is offered, at the worst.
        receive_ueur (int): To receive or received; for what is offered, at the least.
        gain_ueur (int | None): Against the grid tariff; null where no tariff is known.
    """

    stage: StageShapeStage
    slot_count: int
    buy_wh: int
    sell_wh: int
    pay_ueur: int
    receive_ueur: int
    gain_ueur: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        stage: str = self.stage

        slot_count = self.slot_count

        buy_wh = self.buy_wh

        sell_wh = self.sell_wh

        pay_ueur = self.pay_ueur

        receive_ueur = self.receive_ueur

        gain_ueur: int | None
        gain_ueur = self.gain_ueur

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "stage": stage,
                "slot_count": slot_count,
                "buy_wh": buy_wh,
                "sell_wh": sell_wh,
                "pay_ueur": pay_ueur,
                "receive_ueur": receive_ueur,
                "gain_ueur": gain_ueur,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        stage = check_stage_shape_stage(d.pop("stage"))

        slot_count = d.pop("slot_count")

        buy_wh = d.pop("buy_wh")

        sell_wh = d.pop("sell_wh")

        pay_ueur = d.pop("pay_ueur")

        receive_ueur = d.pop("receive_ueur")

        def _parse_gain_ueur(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        gain_ueur = _parse_gain_ueur(d.pop("gain_ueur"))

        stage_shape = cls(
            stage=stage,
            slot_count=slot_count,
            buy_wh=buy_wh,
            sell_wh=sell_wh,
            pay_ueur=pay_ueur,
            receive_ueur=receive_ueur,
            gain_ueur=gain_ueur,
        )

        stage_shape.additional_properties = d
        return stage_shape

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
