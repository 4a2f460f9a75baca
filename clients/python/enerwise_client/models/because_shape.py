from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.because_shape_facts import BecauseShapeFacts
    from ..models.because_shape_text import BecauseShapeText


T = TypeVar("T", bound="BecauseShape")


@_attrs_define
class BecauseShape:
    """Why something is done.

    Attributes:
        asset (str):
        code (str):
        text (BecauseShapeText):
        facts (BecauseShapeFacts | Unset):
    """

    asset: str
    code: str
    text: BecauseShapeText
    facts: BecauseShapeFacts | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        asset = self.asset

        code = self.code

        text = self.text.to_dict()

        facts: dict[str, Any] | Unset = UNSET
        if not isinstance(self.facts, Unset):
            facts = self.facts.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "asset": asset,
                "code": code,
                "text": text,
            }
        )
        if facts is not UNSET:
            field_dict["facts"] = facts

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.because_shape_facts import BecauseShapeFacts  # noqa: PLC0415
        from ..models.because_shape_text import BecauseShapeText  # noqa: PLC0415

        d = dict(src_dict)
        asset = d.pop("asset")

        code = d.pop("code")

        text = BecauseShapeText.from_dict(d.pop("text"))

        _facts = d.pop("facts", UNSET)
        facts: BecauseShapeFacts | Unset
        if isinstance(_facts, Unset):
            facts = UNSET
        else:
            facts = BecauseShapeFacts.from_dict(_facts)

        because_shape = cls(
            asset=asset,
            code=code,
            text=text,
            facts=facts,
        )

        because_shape.additional_properties = d
        return because_shape

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
