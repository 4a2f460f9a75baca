from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.halt_shape import HaltShape


T = TypeVar("T", bound="PausedShape")


@_attrs_define
class PausedShape:
    """What a pause or its end came to.

    Attributes:
        items (list[HaltShape]): Halts that hold now.
        withdrawn_count (int): Orders that were taken back.
    """

    items: list[HaltShape]
    withdrawn_count: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        withdrawn_count = self.withdrawn_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "items": items,
                "withdrawn_count": withdrawn_count,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.halt_shape import HaltShape  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = HaltShape.from_dict(items_item_data)

            items.append(items_item)

        withdrawn_count = d.pop("withdrawn_count")

        paused_shape = cls(
            items=items,
            withdrawn_count=withdrawn_count,
        )

        paused_shape.additional_properties = d
        return paused_shape

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
