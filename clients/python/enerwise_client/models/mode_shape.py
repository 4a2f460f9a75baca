from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ModeShape")


@_attrs_define
class ModeShape:
    """The mode that people chose, and the one in force.

    Attributes:
        mode (str):
        in_force (str):
        reason (str):
        until (None | str):
        who (str):
    """

    mode: str
    in_force: str
    reason: str
    until: None | str
    who: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        mode = self.mode

        in_force = self.in_force

        reason = self.reason

        until: None | str
        until = self.until

        who = self.who

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "mode": mode,
                "in_force": in_force,
                "reason": reason,
                "until": until,
                "who": who,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        mode = d.pop("mode")

        in_force = d.pop("in_force")

        reason = d.pop("reason")

        def _parse_until(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        until = _parse_until(d.pop("until"))

        who = d.pop("who")

        mode_shape = cls(
            mode=mode,
            in_force=in_force,
            reason=reason,
            until=until,
            who=who,
        )

        mode_shape.additional_properties = d
        return mode_shape

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
