from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reading_shape import ReadingShape


T = TypeVar("T", bound="MatchShape")


@_attrs_define
class MatchShape:
    """What a profile reads from it.

    Attributes:
        profile (str):
        product (str):
        makes_sense (bool):
        roles (list[str]):
        values (list[ReadingShape]):
        why (str):
    """

    profile: str
    product: str
    makes_sense: bool
    roles: list[str]
    values: list[ReadingShape]
    why: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        profile = self.profile

        product = self.product

        makes_sense = self.makes_sense

        roles = self.roles

        values = []
        for values_item_data in self.values:
            values_item = values_item_data.to_dict()
            values.append(values_item)

        why = self.why

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "profile": profile,
                "product": product,
                "makes_sense": makes_sense,
                "roles": roles,
                "values": values,
                "why": why,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reading_shape import ReadingShape  # noqa: PLC0415

        d = dict(src_dict)
        profile = d.pop("profile")

        product = d.pop("product")

        makes_sense = d.pop("makes_sense")

        roles = cast(list[str], d.pop("roles"))

        values = []
        _values = d.pop("values")
        for values_item_data in _values:
            values_item = ReadingShape.from_dict(values_item_data)

            values.append(values_item)

        why = d.pop("why")

        match_shape = cls(
            profile=profile,
            product=product,
            makes_sense=makes_sense,
            roles=roles,
            values=values,
            why=why,
        )

        match_shape.additional_properties = d
        return match_shape

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
