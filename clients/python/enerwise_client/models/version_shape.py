from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="VersionShape")


@_attrs_define
class VersionShape:
    """What runs here.

    Attributes:
        version (str):
        product (str | Unset):  Default: 'Enerwise'.
        api (str | Unset):  Default: 'v1'.
    """

    version: str
    product: str | Unset = "Enerwise"
    api: str | Unset = "v1"
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        version = self.version

        product = self.product

        api = self.api

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
            }
        )
        if product is not UNSET:
            field_dict["product"] = product
        if api is not UNSET:
            field_dict["api"] = api

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        version = d.pop("version")

        product = d.pop("product", UNSET)

        api = d.pop("api", UNSET)

        version_shape = cls(
            version=version,
            product=product,
            api=api,
        )

        version_shape.additional_properties = d
        return version_shape

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
