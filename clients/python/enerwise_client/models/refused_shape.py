from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.refused_shape_facts import RefusedShapeFacts


T = TypeVar("T", bound="RefusedShape")


@_attrs_define
class RefusedShape:
    """A reading that was not kept, and why.

    Attributes:
        key (str):
        value (float | None):
        reason (str):
        facts (RefusedShapeFacts):
    """

    key: str
    value: float | None
    reason: str
    facts: RefusedShapeFacts
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        value: float | None
        value = self.value

        reason = self.reason

        facts = self.facts.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "value": value,
                "reason": reason,
                "facts": facts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.refused_shape_facts import RefusedShapeFacts  # noqa: PLC0415

        d = dict(src_dict)
        key = d.pop("key")

        def _parse_value(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        value = _parse_value(d.pop("value"))

        reason = d.pop("reason")

        facts = RefusedShapeFacts.from_dict(d.pop("facts"))

        refused_shape = cls(
            key=key,
            value=value,
            reason=reason,
            facts=facts,
        )

        refused_shape.additional_properties = d
        return refused_shape

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
