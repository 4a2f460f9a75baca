from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="AssetShape")


@_attrs_define
class AssetShape:
    """One asset with the facts of its kind; what a kind has not is null.

    Attributes:
        id (str):
        kind (str):
        name (str):
        is_controllable (bool):
        safe_power_w (float):
        devices (list[str]):
        capacity_wh (float | None | Unset):
        charge_limit_w (float | None | Unset):
        discharge_limit_w (float | None | Unset):
        reserve_ratio (float | None | Unset):
        peak_w (float | None | Unset):
        switch_power_w (float | None | Unset):
    """

    id: str
    kind: str
    name: str
    is_controllable: bool
    safe_power_w: float
    devices: list[str]
    capacity_wh: float | None | Unset = UNSET
    charge_limit_w: float | None | Unset = UNSET
    discharge_limit_w: float | None | Unset = UNSET
    reserve_ratio: float | None | Unset = UNSET
    peak_w: float | None | Unset = UNSET
    switch_power_w: float | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind = self.kind

        name = self.name

        is_controllable = self.is_controllable

        safe_power_w = self.safe_power_w

        devices = self.devices

        capacity_wh: float | None | Unset
        if isinstance(self.capacity_wh, Unset):
            capacity_wh = UNSET
        else:
            capacity_wh = self.capacity_wh

        charge_limit_w: float | None | Unset
        if isinstance(self.charge_limit_w, Unset):
            charge_limit_w = UNSET
        else:
            charge_limit_w = self.charge_limit_w

        discharge_limit_w: float | None | Unset
        if isinstance(self.discharge_limit_w, Unset):
            discharge_limit_w = UNSET
        else:
            discharge_limit_w = self.discharge_limit_w

        reserve_ratio: float | None | Unset
        if isinstance(self.reserve_ratio, Unset):
            reserve_ratio = UNSET
        else:
            reserve_ratio = self.reserve_ratio

        peak_w: float | None | Unset
        if isinstance(self.peak_w, Unset):
            peak_w = UNSET
        else:
            peak_w = self.peak_w

        switch_power_w: float | None | Unset
        if isinstance(self.switch_power_w, Unset):
            switch_power_w = UNSET
        else:
            switch_power_w = self.switch_power_w

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "name": name,
                "is_controllable": is_controllable,
                "safe_power_w": safe_power_w,
                "devices": devices,
            }
        )
        if capacity_wh is not UNSET:
            field_dict["capacity_wh"] = capacity_wh
        if charge_limit_w is not UNSET:
            field_dict["charge_limit_w"] = charge_limit_w
        if discharge_limit_w is not UNSET:
            field_dict["discharge_limit_w"] = discharge_limit_w
        if reserve_ratio is not UNSET:
            field_dict["reserve_ratio"] = reserve_ratio
        if peak_w is not UNSET:
            field_dict["peak_w"] = peak_w
        if switch_power_w is not UNSET:
            field_dict["switch_power_w"] = switch_power_w

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        kind = d.pop("kind")

        name = d.pop("name")

        is_controllable = d.pop("is_controllable")

        safe_power_w = d.pop("safe_power_w")

        devices = cast(list[str], d.pop("devices"))

        def _parse_capacity_wh(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        capacity_wh = _parse_capacity_wh(d.pop("capacity_wh", UNSET))

        def _parse_charge_limit_w(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        charge_limit_w = _parse_charge_limit_w(d.pop("charge_limit_w", UNSET))

        def _parse_discharge_limit_w(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        discharge_limit_w = _parse_discharge_limit_w(d.pop("discharge_limit_w", UNSET))

        def _parse_reserve_ratio(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        reserve_ratio = _parse_reserve_ratio(d.pop("reserve_ratio", UNSET))

        def _parse_peak_w(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        peak_w = _parse_peak_w(d.pop("peak_w", UNSET))

        def _parse_switch_power_w(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        switch_power_w = _parse_switch_power_w(d.pop("switch_power_w", UNSET))

        asset_shape = cls(
            id=id,
            kind=kind,
            name=name,
            is_controllable=is_controllable,
            safe_power_w=safe_power_w,
            devices=devices,
            capacity_wh=capacity_wh,
            charge_limit_w=charge_limit_w,
            discharge_limit_w=discharge_limit_w,
            reserve_ratio=reserve_ratio,
            peak_w=peak_w,
            switch_power_w=switch_power_w,
        )

        asset_shape.additional_properties = d
        return asset_shape

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
