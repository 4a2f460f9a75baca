from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LeaseShape")


@_attrs_define
class LeaseShape:
    """What somebody wants for a while, and what became of it.

    Attributes:
        id (str):
        asset (str):
        action (str):
        power_w (float | None):
        from_ (str):
        until (str):
        reason (str):
        who (str):
        state (str):
        rule (str):
        value_w (float | None):
    """

    id: str
    asset: str
    action: str
    power_w: float | None
    from_: str
    until: str
    reason: str
    who: str
    state: str
    rule: str
    value_w: float | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        asset = self.asset

        action = self.action

        power_w: float | None
        power_w = self.power_w

        from_ = self.from_

        until = self.until

        reason = self.reason

        who = self.who

        state = self.state

        rule = self.rule

        value_w: float | None
        value_w = self.value_w

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "asset": asset,
                "action": action,
                "power_w": power_w,
                "from": from_,
                "until": until,
                "reason": reason,
                "who": who,
                "state": state,
                "rule": rule,
                "value_w": value_w,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        asset = d.pop("asset")

        action = d.pop("action")

        def _parse_power_w(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        power_w = _parse_power_w(d.pop("power_w"))

        from_ = d.pop("from")

        until = d.pop("until")

        reason = d.pop("reason")

        who = d.pop("who")

        state = d.pop("state")

        rule = d.pop("rule")

        def _parse_value_w(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        value_w = _parse_value_w(d.pop("value_w"))

        lease_shape = cls(
            id=id,
            asset=asset,
            action=action,
            power_w=power_w,
            from_=from_,
            until=until,
            reason=reason,
            who=who,
            state=state,
            rule=rule,
            value_w=value_w,
        )

        lease_shape.additional_properties = d
        return lease_shape

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
