from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.missed_day_why import MissedDayWhy, check_missed_day_why

T = TypeVar("T", bound="MissedDay")


@_attrs_define
class MissedDay:
    """A day that could not be scored.

    Attributes:
        channel (str): Empty where it holds for all.
        day (str):
        why (MissedDayWhy):
    """

    channel: str
    day: str
    why: MissedDayWhy
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        channel = self.channel

        day = self.day

        why: str = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "channel": channel,
                "day": day,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        channel = d.pop("channel")

        day = d.pop("day")

        why = check_missed_day_why(d.pop("why"))

        missed_day = cls(
            channel=channel,
            day=day,
            why=why,
        )

        missed_day.additional_properties = d
        return missed_day

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
