from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.cause_shape_group import CauseShapeGroup, check_cause_shape_group

if TYPE_CHECKING:
    from ..models.phrase_shape import PhraseShape


T = TypeVar("T", bound="CauseShape")


@_attrs_define
class CauseShape:
    """One piece of news against the plan before, and what it did by itself.

    Attributes:
        group (CauseShapeGroup):
        asset (None | str):
        cost_eur (float | None): What the plan costs more because of it; null for the horizon.
        what (PhraseShape): A code with its numbers, and its sentence.
        effect (None | PhraseShape):
    """

    group: CauseShapeGroup
    asset: None | str
    cost_eur: float | None
    what: PhraseShape
    effect: None | PhraseShape
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.phrase_shape import PhraseShape  # noqa: PLC0415

        group: str = self.group

        asset: None | str
        asset = self.asset

        cost_eur: float | None
        cost_eur = self.cost_eur

        what = self.what.to_dict()

        effect: dict[str, Any] | None
        if isinstance(self.effect, PhraseShape):
            effect = self.effect.to_dict()
        else:
            effect = self.effect

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "group": group,
                "asset": asset,
                "cost_eur": cost_eur,
                "what": what,
                "effect": effect,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.phrase_shape import PhraseShape  # noqa: PLC0415

        d = dict(src_dict)
        group = check_cause_shape_group(d.pop("group"))

        def _parse_asset(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        asset = _parse_asset(d.pop("asset"))

        def _parse_cost_eur(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        cost_eur = _parse_cost_eur(d.pop("cost_eur"))

        what = PhraseShape.from_dict(d.pop("what"))

        def _parse_effect(data: object) -> None | PhraseShape:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                effect_type_0 = PhraseShape.from_dict(data)

                return effect_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PhraseShape, data)

        effect = _parse_effect(d.pop("effect"))

        cause_shape = cls(
            group=group,
            asset=asset,
            cost_eur=cost_eur,
            what=what,
            effect=effect,
        )

        cause_shape.additional_properties = d
        return cause_shape

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
