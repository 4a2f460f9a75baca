from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="NodeShape")


@_attrs_define
class NodeShape:
    """Something that gives or takes power.

    Attributes:
        id (str):
        kind (str):
        name (str):
        power_w (float | None): Positive is taken, as everywhere.
        read_at (None | str):
        soc_ratio (float | None | Unset):
        energy_wh (float | None | Unset):
    """

    id: str
    kind: str
    name: str
    power_w: float | None
    read_at: None | str
    soc_ratio: float | None | Unset = UNSET
    energy_wh: float | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        kind = self.kind

        name = self.name

        power_w: float | None
        power_w = self.power_w

        read_at: None | str
        read_at = self.read_at

        soc_ratio: float | None | Unset
        if isinstance(self.soc_ratio, Unset):
            soc_ratio = UNSET
        else:
            soc_ratio = self.soc_ratio

        energy_wh: float | None | Unset
        if isinstance(self.energy_wh, Unset):
            energy_wh = UNSET
        else:
            energy_wh = self.energy_wh

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "kind": kind,
                "name": name,
                "power_w": power_w,
                "read_at": read_at,
            }
        )
        if soc_ratio is not UNSET:
            field_dict["soc_ratio"] = soc_ratio
        if energy_wh is not UNSET:
            field_dict["energy_wh"] = energy_wh

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        kind = d.pop("kind")

        name = d.pop("name")

        def _parse_power_w(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        power_w = _parse_power_w(d.pop("power_w"))

        def _parse_read_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        read_at = _parse_read_at(d.pop("read_at"))

        def _parse_soc_ratio(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        soc_ratio = _parse_soc_ratio(d.pop("soc_ratio", UNSET))

        def _parse_energy_wh(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        energy_wh = _parse_energy_wh(d.pop("energy_wh", UNSET))

        node_shape = cls(
            id=id,
            kind=kind,
            name=name,
            power_w=power_w,
            read_at=read_at,
            soc_ratio=soc_ratio,
            energy_wh=energy_wh,
        )

        node_shape.additional_properties = d
        return node_shape

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
