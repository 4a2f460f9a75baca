from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.row_shape_words_additional_property import (
        RowShapeWordsAdditionalProperty,
    )


T = TypeVar("T", bound="RowShapeWords")


@_attrs_define
class RowShapeWords:
    additional_properties: dict[str, RowShapeWordsAdditionalProperty] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:

        field_dict: dict[str, Any] = {}
        for prop_name, prop in self.additional_properties.items():
            field_dict[prop_name] = prop.to_dict()

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.row_shape_words_additional_property import (
            RowShapeWordsAdditionalProperty,  # noqa: PLC0415
        )

        d = dict(src_dict)
        row_shape_words = cls()

        additional_properties = {}
        for prop_name, prop_dict in d.items():
            additional_property = RowShapeWordsAdditionalProperty.from_dict(prop_dict)

            additional_properties[prop_name] = additional_property

        row_shape_words.additional_properties = additional_properties
        return row_shape_words

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> RowShapeWordsAdditionalProperty:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: RowShapeWordsAdditionalProperty) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
