from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="DeviceLimit")


@_attrs_define
class DeviceLimit:
    """A limit in force on what it serves.

    Attributes:
        name (str):
        subject (str):
        value (float):
        unit (str):
        source (str):
        who (str | Unset):  Default: ''.
        until (None | str | Unset):
    """

    name: str
    subject: str
    value: float
    unit: str
    source: str
    who: str | Unset = ""
    until: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        subject = self.subject

        value = self.value

        unit = self.unit

        source = self.source

        who = self.who

        until: None | str | Unset
        if isinstance(self.until, Unset):
            until = UNSET
        else:
            until = self.until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "subject": subject,
                "value": value,
                "unit": unit,
                "source": source,
            }
        )
        if who is not UNSET:
            field_dict["who"] = who
        if until is not UNSET:
            field_dict["until"] = until

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        subject = d.pop("subject")

        value = d.pop("value")

        unit = d.pop("unit")

        source = d.pop("source")

        who = d.pop("who", UNSET)

        def _parse_until(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        until = _parse_until(d.pop("until", UNSET))

        device_limit = cls(
            name=name,
            subject=subject,
            value=value,
            unit=unit,
            source=source,
            who=who,
            until=until,
        )

        device_limit.additional_properties = d
        return device_limit

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
