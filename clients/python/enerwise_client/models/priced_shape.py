from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.priced_shape_facts import PricedShapeFacts
    from ..models.priced_shape_text import PricedShapeText


T = TypeVar("T", bound="PricedShape")


@_attrs_define
class PricedShape:
    """A reason and the money it is about.

    Attributes:
        code (str):
        text (PricedShapeText):
        eur (float):
        facts (PricedShapeFacts | Unset):
    """

    code: str
    text: PricedShapeText
    eur: float
    facts: PricedShapeFacts | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        code = self.code

        text = self.text.to_dict()

        eur = self.eur

        facts: dict[str, Any] | Unset = UNSET
        if not isinstance(self.facts, Unset):
            facts = self.facts.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "code": code,
                "text": text,
                "eur": eur,
            }
        )
        if facts is not UNSET:
            field_dict["facts"] = facts

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.priced_shape_facts import PricedShapeFacts  # noqa: PLC0415
        from ..models.priced_shape_text import PricedShapeText  # noqa: PLC0415

        d = dict(src_dict)
        code = d.pop("code")

        text = PricedShapeText.from_dict(d.pop("text"))

        eur = d.pop("eur")

        _facts = d.pop("facts", UNSET)
        facts: PricedShapeFacts | Unset
        if isinstance(_facts, Unset):
            facts = UNSET
        else:
            facts = PricedShapeFacts.from_dict(_facts)

        priced_shape = cls(
            code=code,
            text=text,
            eur=eur,
            facts=facts,
        )

        priced_shape.additional_properties = d
        return priced_shape

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
