from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.match_shape import MatchShape


T = TypeVar("T", bound="ProbeShape")


@_attrs_define
class ProbeShape:
    """What a device says, by the profiles that can read it.

    Attributes:
        address (str):
        unit_id (int):
        matches (list[MatchShape]):
    """

    address: str
    unit_id: int
    matches: list[MatchShape]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        address = self.address

        unit_id = self.unit_id

        matches = []
        for matches_item_data in self.matches:
            matches_item = matches_item_data.to_dict()
            matches.append(matches_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address": address,
                "unit_id": unit_id,
                "matches": matches,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.match_shape import MatchShape  # noqa: PLC0415

        d = dict(src_dict)
        address = d.pop("address")

        unit_id = d.pop("unit_id")

        matches = []
        _matches = d.pop("matches")
        for matches_item_data in _matches:
            matches_item = MatchShape.from_dict(matches_item_data)

            matches.append(matches_item)

        probe_shape = cls(
            address=address,
            unit_id=unit_id,
            matches=matches,
        )

        probe_shape.additional_properties = d
        return probe_shape

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
