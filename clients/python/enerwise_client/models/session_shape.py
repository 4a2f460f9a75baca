from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SessionShape")


@_attrs_define
class SessionShape:
    """A session of the person who asks.

    Attributes:
        id (str):
        agent (str):
        way (str):
        made_at (str):
        seen_at (str):
        ends_at (str):
        is_this (bool):
    """

    id: str
    agent: str
    way: str
    made_at: str
    seen_at: str
    ends_at: str
    is_this: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        agent = self.agent

        way = self.way

        made_at = self.made_at

        seen_at = self.seen_at

        ends_at = self.ends_at

        is_this = self.is_this

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "agent": agent,
                "way": way,
                "made_at": made_at,
                "seen_at": seen_at,
                "ends_at": ends_at,
                "is_this": is_this,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        agent = d.pop("agent")

        way = d.pop("way")

        made_at = d.pop("made_at")

        seen_at = d.pop("seen_at")

        ends_at = d.pop("ends_at")

        is_this = d.pop("is_this")

        session_shape = cls(
            id=id,
            agent=agent,
            way=way,
            made_at=made_at,
            seen_at=seen_at,
            ends_at=ends_at,
            is_this=is_this,
        )

        session_shape.additional_properties = d
        return session_shape

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
