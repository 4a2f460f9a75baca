from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="DeviceDecision")


@_attrs_define
class DeviceDecision:
    """The answer to a box.

    Attributes:
        user_code (str):
        allow (bool):
    """

    user_code: str
    allow: bool

    def to_dict(self) -> dict[str, Any]:
        user_code = self.user_code

        allow = self.allow

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "user_code": user_code,
                "allow": allow,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        user_code = d.pop("user_code")

        allow = d.pop("allow")

        device_decision = cls(
            user_code=user_code,
            allow=allow,
        )

        return device_decision
