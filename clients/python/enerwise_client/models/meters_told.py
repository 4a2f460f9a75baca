from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.meters_refused import MetersRefused


T = TypeVar("T", bound="MetersTold")


@_attrs_define
class MetersTold:
    """What became of readings.

    Attributes:
        accepted (int):
        refused (list[MetersRefused]):
    """

    accepted: int
    refused: list[MetersRefused]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        accepted = self.accepted

        refused = []
        for refused_item_data in self.refused:
            refused_item = refused_item_data.to_dict()
            refused.append(refused_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "accepted": accepted,
                "refused": refused,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.meters_refused import MetersRefused  # noqa: PLC0415

        d = dict(src_dict)
        accepted = d.pop("accepted")

        refused = []
        _refused = d.pop("refused")
        for refused_item_data in _refused:
            refused_item = MetersRefused.from_dict(refused_item_data)

            refused.append(refused_item)

        meters_told = cls(
            accepted=accepted,
            refused=refused,
        )

        meters_told.additional_properties = d
        return meters_told

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
