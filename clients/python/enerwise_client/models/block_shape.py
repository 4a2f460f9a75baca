from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.block_shape_actions_item import (
    BlockShapeActionsItem,
    check_block_shape_actions_item,
)
from ..models.block_shape_deed import BlockShapeDeed, check_block_shape_deed
from ..models.block_shape_level import BlockShapeLevel, check_block_shape_level

if TYPE_CHECKING:
    from ..models.alternative_shape import AlternativeShape
    from ..models.block_shape_words import BlockShapeWords
    from ..models.phrase_shape import PhraseShape


T = TypeVar("T", bound="BlockShape")


@_attrs_define
class BlockShape:
    """A stretch of time in which one thing is done.

    Attributes:
        id (str):
        asset (str):
        start (str):
        end (str):
        deed (BlockShapeDeed):
        level (BlockShapeLevel):
        words (BlockShapeWords): Longest first, by language.
        energy_kwh (float):
        cost_eur (float): What the connection pays more because of it, against rest.
        average_price_eur_per_kwh (float | None):
        reasons (list[PhraseShape]):
        binding (list[str]): Limits that hold it: charge_limit, discharge_limit, full, empty, inverter, import_limit,
            export_limit, peak_ceiling.
        alternative (AlternativeShape | None):
        actions (list[BlockShapeActionsItem]):
    """

    id: str
    asset: str
    start: str
    end: str
    deed: BlockShapeDeed
    level: BlockShapeLevel
    words: BlockShapeWords
    energy_kwh: float
    cost_eur: float
    average_price_eur_per_kwh: float | None
    reasons: list[PhraseShape]
    binding: list[str]
    alternative: AlternativeShape | None
    actions: list[BlockShapeActionsItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.alternative_shape import AlternativeShape  # noqa: PLC0415

        id = self.id

        asset = self.asset

        start = self.start

        end = self.end

        deed: str = self.deed

        level: str = self.level

        words = self.words.to_dict()

        energy_kwh = self.energy_kwh

        cost_eur = self.cost_eur

        average_price_eur_per_kwh: float | None
        average_price_eur_per_kwh = self.average_price_eur_per_kwh

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        binding = self.binding

        alternative: dict[str, Any] | None
        if isinstance(self.alternative, AlternativeShape):
            alternative = self.alternative.to_dict()
        else:
            alternative = self.alternative

        actions = []
        for actions_item_data in self.actions:
            actions_item: str = actions_item_data
            actions.append(actions_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "asset": asset,
                "start": start,
                "end": end,
                "deed": deed,
                "level": level,
                "words": words,
                "energy_kwh": energy_kwh,
                "cost_eur": cost_eur,
                "average_price_eur_per_kwh": average_price_eur_per_kwh,
                "reasons": reasons,
                "binding": binding,
                "alternative": alternative,
                "actions": actions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.alternative_shape import AlternativeShape  # noqa: PLC0415
        from ..models.block_shape_words import BlockShapeWords  # noqa: PLC0415
        from ..models.phrase_shape import PhraseShape  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        asset = d.pop("asset")

        start = d.pop("start")

        end = d.pop("end")

        deed = check_block_shape_deed(d.pop("deed"))

        level = check_block_shape_level(d.pop("level"))

        words = BlockShapeWords.from_dict(d.pop("words"))

        energy_kwh = d.pop("energy_kwh")

        cost_eur = d.pop("cost_eur")

        def _parse_average_price_eur_per_kwh(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        average_price_eur_per_kwh = _parse_average_price_eur_per_kwh(d.pop("average_price_eur_per_kwh"))

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = PhraseShape.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        binding = cast(list[str], d.pop("binding"))

        def _parse_alternative(data: object) -> AlternativeShape | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                alternative_type_0 = AlternativeShape.from_dict(data)

                return alternative_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AlternativeShape | None, data)

        alternative = _parse_alternative(d.pop("alternative"))

        actions = []
        _actions = d.pop("actions")
        for actions_item_data in _actions:
            actions_item = check_block_shape_actions_item(actions_item_data)

            actions.append(actions_item)

        block_shape = cls(
            id=id,
            asset=asset,
            start=start,
            end=end,
            deed=deed,
            level=level,
            words=words,
            energy_kwh=energy_kwh,
            cost_eur=cost_eur,
            average_price_eur_per_kwh=average_price_eur_per_kwh,
            reasons=reasons,
            binding=binding,
            alternative=alternative,
            actions=actions,
        )

        block_shape.additional_properties = d
        return block_shape

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
