from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MetersRequest")


@_attrs_define
class MetersRequest:
    """What meters have counted in a slot: above zero taken in. [Wh]

    Attributes:
        slot (str):
        participant (list[str]):
        energy_wh (list[int]):
    """

    slot: str
    participant: list[str]
    energy_wh: list[int]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        slot = self.slot

        participant = self.participant

        energy_wh = self.energy_wh

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "slot": slot,
                "participant": participant,
                "energy_wh": energy_wh,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        slot = d.pop("slot")

        participant = cast(list[str], d.pop("participant"))

        energy_wh = cast(list[int], d.pop("energy_wh"))

        meters_request = cls(
            slot=slot,
            participant=participant,
            energy_wh=energy_wh,
        )

        meters_request.additional_properties = d
        return meters_request

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
