from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.halt_shape_by import HaltShapeBy, check_halt_shape_by

T = TypeVar("T", bound="HaltShape")


@_attrs_define
class HaltShape:
    """Somebody may not trade, and why.

    Attributes:
        participant (str): Empty for everybody.
        by (HaltShapeBy):
        reason (str):
        since (str):
    """

    participant: str
    by: HaltShapeBy
    reason: str
    since: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        participant = self.participant

        by: str = self.by

        reason = self.reason

        since = self.since

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "participant": participant,
                "by": by,
                "reason": reason,
                "since": since,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        participant = d.pop("participant")

        by = check_halt_shape_by(d.pop("by"))

        reason = d.pop("reason")

        since = d.pop("since")

        halt_shape = cls(
            participant=participant,
            by=by,
            reason=reason,
            since=since,
        )

        halt_shape.additional_properties = d
        return halt_shape

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
