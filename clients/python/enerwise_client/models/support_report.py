from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.support_report_config import SupportReportConfig
    from ..models.support_report_devices_item import SupportReportDevicesItem
    from ..models.support_report_door import SupportReportDoor
    from ..models.support_report_faults_item import SupportReportFaultsItem
    from ..models.support_report_figures import SupportReportFigures
    from ..models.support_report_health_item import SupportReportHealthItem
    from ..models.support_report_versions import SupportReportVersions


T = TypeVar("T", bound="SupportReport")


@_attrs_define
class SupportReport:
    """What is told.

    Attributes:
        made_at (str):
        note (str):
        versions (SupportReportVersions):
        health (list[SupportReportHealthItem]):
        door (SupportReportDoor):
        devices (list[SupportReportDevicesItem]):
        faults (list[SupportReportFaultsItem]):
        figures (SupportReportFigures):
        config (SupportReportConfig):
    """

    made_at: str
    note: str
    versions: SupportReportVersions
    health: list[SupportReportHealthItem]
    door: SupportReportDoor
    devices: list[SupportReportDevicesItem]
    faults: list[SupportReportFaultsItem]
    figures: SupportReportFigures
    config: SupportReportConfig
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        made_at = self.made_at

        note = self.note

        versions = self.versions.to_dict()

        health = []
        for health_item_data in self.health:
            health_item = health_item_data.to_dict()
            health.append(health_item)

        door = self.door.to_dict()

        devices = []
        for devices_item_data in self.devices:
            devices_item = devices_item_data.to_dict()
            devices.append(devices_item)

        faults = []
        for faults_item_data in self.faults:
            faults_item = faults_item_data.to_dict()
            faults.append(faults_item)

        figures = self.figures.to_dict()

        config = self.config.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "made_at": made_at,
                "note": note,
                "versions": versions,
                "health": health,
                "door": door,
                "devices": devices,
                "faults": faults,
                "figures": figures,
                "config": config,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.support_report_config import SupportReportConfig  # noqa: PLC0415
        from ..models.support_report_devices_item import SupportReportDevicesItem  # noqa: PLC0415
        from ..models.support_report_door import SupportReportDoor  # noqa: PLC0415
        from ..models.support_report_faults_item import SupportReportFaultsItem  # noqa: PLC0415
        from ..models.support_report_figures import SupportReportFigures  # noqa: PLC0415
        from ..models.support_report_health_item import SupportReportHealthItem  # noqa: PLC0415
        from ..models.support_report_versions import SupportReportVersions  # noqa: PLC0415

        d = dict(src_dict)
        made_at = d.pop("made_at")

        note = d.pop("note")

        versions = SupportReportVersions.from_dict(d.pop("versions"))

        health = []
        _health = d.pop("health")
        for health_item_data in _health:
            health_item = SupportReportHealthItem.from_dict(health_item_data)

            health.append(health_item)

        door = SupportReportDoor.from_dict(d.pop("door"))

        devices = []
        _devices = d.pop("devices")
        for devices_item_data in _devices:
            devices_item = SupportReportDevicesItem.from_dict(devices_item_data)

            devices.append(devices_item)

        faults = []
        _faults = d.pop("faults")
        for faults_item_data in _faults:
            faults_item = SupportReportFaultsItem.from_dict(faults_item_data)

            faults.append(faults_item)

        figures = SupportReportFigures.from_dict(d.pop("figures"))

        config = SupportReportConfig.from_dict(d.pop("config"))

        support_report = cls(
            made_at=made_at,
            note=note,
            versions=versions,
            health=health,
            door=door,
            devices=devices,
            faults=faults,
            figures=figures,
            config=config,
        )

        support_report.additional_properties = d
        return support_report

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
