from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.orders_told_outcome_item import (
    OrdersToldOutcomeItem,
    check_orders_told_outcome_item,
)

T = TypeVar("T", bound="OrdersTold")


@_attrs_define
class OrdersTold:
    """What became of orders, in columns.

    Attributes:
        participant (str):
        start_utc (str):
        accepted (int):
        refused (int):
        id (list[str]):
        outcome (list[OrdersToldOutcomeItem]): `known`: it came before.
        rule (list[str]): What refused it; empty else.
        number (list[int]): Of the order in its slot; -1 where it was refused.
        filled_wh (list[int]): So far.
    """

    participant: str
    start_utc: str
    accepted: int
    refused: int
    id: list[str]
    outcome: list[OrdersToldOutcomeItem]
    rule: list[str]
    number: list[int]
    filled_wh: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        participant = self.participant

        start_utc = self.start_utc

        accepted = self.accepted

        refused = self.refused

        id = self.id

        outcome = []
        for outcome_item_data in self.outcome:
            outcome_item: str = outcome_item_data
            outcome.append(outcome_item)

        rule = self.rule

        number = self.number

        filled_wh = self.filled_wh

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "participant": participant,
                "start_utc": start_utc,
                "accepted": accepted,
                "refused": refused,
                "id": id,
                "outcome": outcome,
                "rule": rule,
                "number": number,
                "filled_wh": filled_wh,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        participant = d.pop("participant")

        start_utc = d.pop("start_utc")

        accepted = d.pop("accepted")

        refused = d.pop("refused")

        id = cast(list[str], d.pop("id"))

        outcome = []
        _outcome = d.pop("outcome")
        for outcome_item_data in _outcome:
            outcome_item = check_orders_told_outcome_item(outcome_item_data)

            outcome.append(outcome_item)

        rule = cast(list[str], d.pop("rule"))

        number = cast(list[int], d.pop("number"))

        filled_wh = cast(list[int], d.pop("filled_wh"))

        orders_told = cls(
            participant=participant,
            start_utc=start_utc,
            accepted=accepted,
            refused=refused,
            id=id,
            outcome=outcome,
            rule=rule,
            number=number,
            filled_wh=filled_wh,
        )

        orders_told.additional_properties = d
        return orders_told

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
