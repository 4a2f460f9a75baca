from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.cause_shape import CauseShape
    from ..models.move_shape import MoveShape
    from ..models.phrase_shape import PhraseShape


T = TypeVar("T", bound="NewsShape")


@_attrs_define
class NewsShape:
    """Why a plan differs from the one before.

    Attributes:
        cost_eur (float): What all news together made the plan cost more.
        causes (list[CauseShape]):
        together (None | PhraseShape):
        forecasters (list[PhraseShape]):
        moves (list[MoveShape]):
    """

    cost_eur: float
    causes: list[CauseShape]
    together: None | PhraseShape
    forecasters: list[PhraseShape]
    moves: list[MoveShape]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.phrase_shape import PhraseShape  # noqa: PLC0415

        cost_eur = self.cost_eur

        causes = []
        for causes_item_data in self.causes:
            causes_item = causes_item_data.to_dict()
            causes.append(causes_item)

        together: dict[str, Any] | None
        if isinstance(self.together, PhraseShape):
            together = self.together.to_dict()
        else:
            together = self.together

        forecasters = []
        for forecasters_item_data in self.forecasters:
            forecasters_item = forecasters_item_data.to_dict()
            forecasters.append(forecasters_item)

        moves = []
        for moves_item_data in self.moves:
            moves_item = moves_item_data.to_dict()
            moves.append(moves_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cost_eur": cost_eur,
                "causes": causes,
                "together": together,
                "forecasters": forecasters,
                "moves": moves,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cause_shape import CauseShape  # noqa: PLC0415
        from ..models.move_shape import MoveShape  # noqa: PLC0415
        from ..models.phrase_shape import PhraseShape  # noqa: PLC0415

        d = dict(src_dict)
        cost_eur = d.pop("cost_eur")

        causes = []
        _causes = d.pop("causes")
        for causes_item_data in _causes:
            causes_item = CauseShape.from_dict(causes_item_data)

            causes.append(causes_item)

        def _parse_together(data: object) -> None | PhraseShape:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                together_type_0 = PhraseShape.from_dict(data)

                return together_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PhraseShape, data)

        together = _parse_together(d.pop("together"))

        forecasters = []
        _forecasters = d.pop("forecasters")
        for forecasters_item_data in _forecasters:
            forecasters_item = PhraseShape.from_dict(forecasters_item_data)

            forecasters.append(forecasters_item)

        moves = []
        _moves = d.pop("moves")
        for moves_item_data in _moves:
            moves_item = MoveShape.from_dict(moves_item_data)

            moves.append(moves_item)

        news_shape = cls(
            cost_eur=cost_eur,
            causes=causes,
            together=together,
            forecasters=forecasters,
            moves=moves,
        )

        news_shape.additional_properties = d
        return news_shape

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
