from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ConsentDecision")


@_attrs_define
class ConsentDecision:
    """The answer to an app.

    Attributes:
        allow (bool):
    """

    allow: bool

    def to_dict(self) -> dict[str, Any]:
        allow = self.allow

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "allow": allow,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        allow = d.pop("allow")

        consent_decision = cls(
            allow=allow,
        )

        return consent_decision
