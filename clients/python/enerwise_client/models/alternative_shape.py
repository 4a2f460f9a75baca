from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.alternative_shape_text import AlternativeShapeText


T = TypeVar("T", bound="AlternativeShape")


@_attrs_define
class AlternativeShape:
    """What something else would cost more.

    Attributes:
        code (str):
        text (AlternativeShapeText):
        cost_eur (float):
    """

    code: str
    text: AlternativeShapeText
    cost_eur: float
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        text = self.text.to_dict()

        cost_eur = self.cost_eur

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "text": text,
                "cost_eur": cost_eur,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.alternative_shape_text import AlternativeShapeText  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        text = AlternativeShapeText.from_dict(d.pop("text"))

        cost_eur = d.pop("cost_eur")

        alternative_shape = cls(
            code=code,
            text=text,
            cost_eur=cost_eur,
        )

        alternative_shape.additional_properties = d
        return alternative_shape

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
