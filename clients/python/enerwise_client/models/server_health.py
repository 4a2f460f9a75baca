from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.server_health_status import ServerHealthStatus, check_server_health_status
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.site_health import SiteHealth


T = TypeVar("T", bound="ServerHealth")


@_attrs_define
class ServerHealth:
    """How everything stands that the caller may see.

    Attributes:
        status (ServerHealthStatus):
        sites (list[SiteHealth] | Unset):
    """

    status: ServerHealthStatus
    sites: list[SiteHealth] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        status: str = self.status

        sites: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.sites, Unset):
            sites = []
            for sites_item_data in self.sites:
                sites_item = sites_item_data.to_dict()
                sites.append(sites_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "status": status,
            }
        )
        if sites is not UNSET:
            field_dict["sites"] = sites

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.site_health import SiteHealth  # noqa: PLC0415

        d = dict(src_dict)
        status = check_server_health_status(d.pop("status"))

        _sites = d.pop("sites", UNSET)
        sites: list[SiteHealth] | Unset = UNSET
        if _sites is not UNSET:
            sites = []
            for sites_item_data in _sites:
                sites_item = SiteHealth.from_dict(sites_item_data)

                sites.append(sites_item)

        server_health = cls(
            status=status,
            sites=sites,
        )

        server_health.additional_properties = d
        return server_health

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
