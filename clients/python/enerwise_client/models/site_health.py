from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.site_health_status import SiteHealthStatus, check_site_health_status

if TYPE_CHECKING:
    from ..models.part_shape import PartShape


T = TypeVar("T", bound="SiteHealth")


@_attrs_define
class SiteHealth:
    """How one site stands, with reasons.

    Attributes:
        site (str):
        at (str):
        status (SiteHealthStatus):
        parts (list[PartShape]):
    """

    site: str
    at: str
    status: SiteHealthStatus
    parts: list[PartShape]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        site = self.site

        at = self.at

        status: str = self.status

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "site": site,
                "at": at,
                "status": status,
                "parts": parts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.part_shape import PartShape  # noqa: PLC0415

        d = dict(src_dict)
        site = d.pop("site")

        at = d.pop("at")

        status = check_site_health_status(d.pop("status"))

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = PartShape.from_dict(parts_item_data)

            parts.append(parts_item)

        site_health = cls(
            site=site,
            at=at,
            status=status,
            parts=parts,
        )

        site_health.additional_properties = d
        return site_health

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
