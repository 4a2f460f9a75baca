from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.block_shape import BlockShape
    from ..models.warmth_shape import WarmthShape


T = TypeVar("T", bound="LaneShape")


@_attrs_define
class LaneShape:
    """All blocks of one asset.

    Attributes:
        asset (str):
        kind (str):
        name (str):
        blocks (list[BlockShape]):
        warmth (list[WarmthShape]): Of heat pumps, chillers and water heaters, zone by zone.
    """

    asset: str
    kind: str
    name: str
    blocks: list[BlockShape]
    warmth: list[WarmthShape]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        asset = self.asset

        kind = self.kind

        name = self.name

        blocks = []
        for blocks_item_data in self.blocks:
            blocks_item = blocks_item_data.to_dict()
            blocks.append(blocks_item)

        warmth = []
        for warmth_item_data in self.warmth:
            warmth_item = warmth_item_data.to_dict()
            warmth.append(warmth_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "asset": asset,
                "kind": kind,
                "name": name,
                "blocks": blocks,
                "warmth": warmth,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.block_shape import BlockShape  # noqa: PLC0415
        from ..models.warmth_shape import WarmthShape  # noqa: PLC0415

        d = dict(src_dict)
        asset = d.pop("asset")

        kind = d.pop("kind")

        name = d.pop("name")

        blocks = []
        _blocks = d.pop("blocks")
        for blocks_item_data in _blocks:
            blocks_item = BlockShape.from_dict(blocks_item_data)

            blocks.append(blocks_item)

        warmth = []
        _warmth = d.pop("warmth")
        for warmth_item_data in _warmth:
            warmth_item = WarmthShape.from_dict(warmth_item_data)

            warmth.append(warmth_item)

        lane_shape = cls(
            asset=asset,
            kind=kind,
            name=name,
            blocks=blocks,
            warmth=warmth,
        )

        lane_shape.additional_properties = d
        return lane_shape

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
