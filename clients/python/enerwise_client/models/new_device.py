from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_device_serves import NewDeviceServes
    from ..models.new_device_signs import NewDeviceSigns


T = TypeVar("T", bound="NewDevice")


@_attrs_define
class NewDevice:
    """A device to be added to the site file.

    Attributes:
        id (str):
        address (str):
        profile (str):
        serves (NewDeviceServes):
        name (str | Unset):  Default: ''.
        place (str | Unset):  Default: ''.
        driver (Literal['modbus_tcp'] | Unset):  Default: 'modbus_tcp'.
        unit_id (int | Unset):  Default: 1.
        is_read_only (bool | Unset):  Default: True.
        signs (NewDeviceSigns | Unset):
    """

    id: str
    address: str
    profile: str
    serves: NewDeviceServes
    name: str | Unset = ""
    place: str | Unset = ""
    driver: Literal["modbus_tcp"] | Unset = "modbus_tcp"
    unit_id: int | Unset = 1
    is_read_only: bool | Unset = True
    signs: NewDeviceSigns | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        address = self.address

        profile = self.profile

        serves = self.serves.to_dict()

        name = self.name

        place = self.place

        driver = self.driver

        unit_id = self.unit_id

        is_read_only = self.is_read_only

        signs: dict[str, Any] | Unset = UNSET
        if not isinstance(self.signs, Unset):
            signs = self.signs.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "address": address,
                "profile": profile,
                "serves": serves,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if place is not UNSET:
            field_dict["place"] = place
        if driver is not UNSET:
            field_dict["driver"] = driver
        if unit_id is not UNSET:
            field_dict["unit_id"] = unit_id
        if is_read_only is not UNSET:
            field_dict["is_read_only"] = is_read_only
        if signs is not UNSET:
            field_dict["signs"] = signs

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_device_serves import NewDeviceServes  # noqa: PLC0415
        from ..models.new_device_signs import NewDeviceSigns  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        address = d.pop("address")

        profile = d.pop("profile")

        serves = NewDeviceServes.from_dict(d.pop("serves"))

        name = d.pop("name", UNSET)

        place = d.pop("place", UNSET)

        driver = cast(Literal["modbus_tcp"] | Unset, d.pop("driver", UNSET))
        if driver != "modbus_tcp" and not isinstance(driver, Unset):
            raise ValueError(f"driver must match const 'modbus_tcp', got '{driver}'")

        unit_id = d.pop("unit_id", UNSET)

        is_read_only = d.pop("is_read_only", UNSET)

        _signs = d.pop("signs", UNSET)
        signs: NewDeviceSigns | Unset
        if isinstance(_signs, Unset):
            signs = UNSET
        else:
            signs = NewDeviceSigns.from_dict(_signs)

        new_device = cls(
            id=id,
            address=address,
            profile=profile,
            serves=serves,
            name=name,
            place=place,
            driver=driver,
            unit_id=unit_id,
            is_read_only=is_read_only,
            signs=signs,
        )

        new_device.additional_properties = d
        return new_device

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
