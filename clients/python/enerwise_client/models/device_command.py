from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="DeviceCommand")


@_attrs_define
class DeviceCommand:
    """One command: what was asked, what was allowed, what was sent, what was seen.

    Attributes:
        id (str):
        at (str):
        asset (str):
        asked_w (float | None):
        granted_w (float | None):
        sent_w (float | None):
        measured_w (float | None):
        outcome (str):
        rule (str):
        who (str):
    """

    id: str
    at: str
    asset: str
    asked_w: float | None
    granted_w: float | None
    sent_w: float | None
    measured_w: float | None
    outcome: str
    rule: str
    who: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        at = self.at

        asset = self.asset

        asked_w: float | None
        asked_w = self.asked_w

        granted_w: float | None
        granted_w = self.granted_w

        sent_w: float | None
        sent_w = self.sent_w

        measured_w: float | None
        measured_w = self.measured_w

        outcome = self.outcome

        rule = self.rule

        who = self.who

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "at": at,
                "asset": asset,
                "asked_w": asked_w,
                "granted_w": granted_w,
                "sent_w": sent_w,
                "measured_w": measured_w,
                "outcome": outcome,
                "rule": rule,
                "who": who,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        at = d.pop("at")

        asset = d.pop("asset")

        def _parse_asked_w(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        asked_w = _parse_asked_w(d.pop("asked_w"))

        def _parse_granted_w(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        granted_w = _parse_granted_w(d.pop("granted_w"))

        def _parse_sent_w(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        sent_w = _parse_sent_w(d.pop("sent_w"))

        def _parse_measured_w(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        measured_w = _parse_measured_w(d.pop("measured_w"))

        outcome = d.pop("outcome")

        rule = d.pop("rule")

        who = d.pop("who")

        device_command = cls(
            id=id,
            at=at,
            asset=asset,
            asked_w=asked_w,
            granted_w=granted_w,
            sent_w=sent_w,
            measured_w=measured_w,
            outcome=outcome,
            rule=rule,
            who=who,
        )

        device_command.additional_properties = d
        return device_command

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
