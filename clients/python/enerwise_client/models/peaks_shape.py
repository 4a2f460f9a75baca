from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.demand_shape import DemandShape
    from ..models.peak_shape import PeakShape


T = TypeVar("T", bound="PeaksShape")


@_attrs_define
class PeaksShape:
    """The highest quarters of an hour, one a day, the highest first.

    Attributes:
        from_ (str):
        to (str):
        quarters (list[PeakShape]):
        components (list[DemandShape]):
    """

    from_: str
    to: str
    quarters: list[PeakShape]
    components: list[DemandShape]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from_ = self.from_

        to = self.to

        quarters = []
        for quarters_item_data in self.quarters:
            quarters_item = quarters_item_data.to_dict()
            quarters.append(quarters_item)

        components = []
        for components_item_data in self.components:
            components_item = components_item_data.to_dict()
            components.append(components_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "from": from_,
                "to": to,
                "quarters": quarters,
                "components": components,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.demand_shape import DemandShape  # noqa: PLC0415
        from ..models.peak_shape import PeakShape  # noqa: PLC0415

        d = dict(src_dict)
        from_ = d.pop("from")

        to = d.pop("to")

        quarters = []
        _quarters = d.pop("quarters")
        for quarters_item_data in _quarters:
            quarters_item = PeakShape.from_dict(quarters_item_data)

            quarters.append(quarters_item)

        components = []
        _components = d.pop("components")
        for components_item_data in _components:
            components_item = DemandShape.from_dict(components_item_data)

            components.append(components_item)

        peaks_shape = cls(
            from_=from_,
            to=to,
            quarters=quarters,
            components=components,
        )

        peaks_shape.additional_properties = d
        return peaks_shape

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
