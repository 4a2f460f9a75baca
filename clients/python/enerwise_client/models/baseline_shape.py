from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.baseline_shape_name import BaselineShapeName, check_baseline_shape_name

if TYPE_CHECKING:
    from ..models.baseline_shape_text import BaselineShapeText


T = TypeVar("T", bound="BaselineShape")


@_attrs_define
class BaselineShape:
    """What the same days would have cost otherwise.

    Attributes:
        name (BaselineShapeName):
        cost_eur (float):
        saved_eur (float):
        days (int): Days that could be compared; the others are in neither number.
        text (BaselineShapeText):
    """

    name: BaselineShapeName
    cost_eur: float
    saved_eur: float
    days: int
    text: BaselineShapeText
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name: str = self.name

        cost_eur = self.cost_eur

        saved_eur = self.saved_eur

        days = self.days

        text = self.text.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "cost_eur": cost_eur,
                "saved_eur": saved_eur,
                "days": days,
                "text": text,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.baseline_shape_text import BaselineShapeText  # noqa: PLC0415

        d = dict(src_dict)
        name = check_baseline_shape_name(d.pop("name"))

        cost_eur = d.pop("cost_eur")

        saved_eur = d.pop("saved_eur")

        days = d.pop("days")

        text = BaselineShapeText.from_dict(d.pop("text"))

        baseline_shape = cls(
            name=name,
            cost_eur=cost_eur,
            saved_eur=saved_eur,
            days=days,
            text=text,
        )

        baseline_shape.additional_properties = d
        return baseline_shape

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
