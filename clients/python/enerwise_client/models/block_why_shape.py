from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.priced_shape import PricedShape


T = TypeVar("T", bound="BlockWhyShape")


@_attrs_define
class BlockWhyShape:
    """What holds a block, the dearest limit first, and its next best time.

    Attributes:
        block (str):
        asset (str):
        limits (list[PricedShape]): Money is what one more unit would save over the block.
        elsewhere (None | PricedShape): Money is what that would cost more; null for small blocks.
    """

    block: str
    asset: str
    limits: list[PricedShape]
    elsewhere: None | PricedShape
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.priced_shape import PricedShape  # noqa: PLC0415

        block = self.block

        asset = self.asset

        limits = []
        for limits_item_data in self.limits:
            limits_item = limits_item_data.to_dict()
            limits.append(limits_item)

        elsewhere: dict[str, Any] | None
        if isinstance(self.elsewhere, PricedShape):
            elsewhere = self.elsewhere.to_dict()
        else:
            elsewhere = self.elsewhere

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "block": block,
                "asset": asset,
                "limits": limits,
                "elsewhere": elsewhere,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.priced_shape import PricedShape  # noqa: PLC0415

        d = dict(src_dict)
        block = d.pop("block")

        asset = d.pop("asset")

        limits = []
        _limits = d.pop("limits")
        for limits_item_data in _limits:
            limits_item = PricedShape.from_dict(limits_item_data)

            limits.append(limits_item)

        def _parse_elsewhere(data: object) -> None | PricedShape:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                elsewhere_type_0 = PricedShape.from_dict(data)

                return elsewhere_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PricedShape, data)

        elsewhere = _parse_elsewhere(d.pop("elsewhere"))

        block_why_shape = cls(
            block=block,
            asset=asset,
            limits=limits,
            elsewhere=elsewhere,
        )

        block_why_shape.additional_properties = d
        return block_why_shape

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
