from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.readings_request_columns import ReadingsRequestColumns


T = TypeVar("T", bound="ReadingsRequest")


@_attrs_define
class ReadingsRequest:
    """Readings of channels that no device of the site measures.

    Attributes:
        start_utc (list[str]):
        columns (ReadingsRequestColumns):
    """

    start_utc: list[str]
    columns: ReadingsRequestColumns
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        start_utc = self.start_utc

        columns = self.columns.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "start_utc": start_utc,
                "columns": columns,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.readings_request_columns import ReadingsRequestColumns  # noqa: PLC0415

        d = dict(src_dict)
        start_utc = cast(list[str], d.pop("start_utc"))

        columns = ReadingsRequestColumns.from_dict(d.pop("columns"))

        readings_request = cls(
            start_utc=start_utc,
            columns=columns,
        )

        readings_request.additional_properties = d
        return readings_request

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
