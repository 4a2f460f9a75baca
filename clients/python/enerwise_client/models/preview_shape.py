from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.preview_shape_goal import PreviewShapeGoal, check_preview_shape_goal

if TYPE_CHECKING:
    from ..models.preview_shape_refused import PreviewShapeRefused
    from ..models.preview_shape_totals import PreviewShapeTotals


T = TypeVar("T", bound="PreviewShape")


@_attrs_define
class PreviewShape:
    """The totals of every goal, from one outlook; nothing of it is followed.

    Attributes:
        goal (PreviewShapeGoal):
        at (str):
        totals (PreviewShapeTotals): By goal; null where it cannot be served.
        refused (PreviewShapeRefused): Why, and what to do about it, by goal.
    """

    goal: PreviewShapeGoal
    at: str
    totals: PreviewShapeTotals
    refused: PreviewShapeRefused
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        goal: str = self.goal

        at = self.at

        totals = self.totals.to_dict()

        refused = self.refused.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "goal": goal,
                "at": at,
                "totals": totals,
                "refused": refused,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.preview_shape_refused import PreviewShapeRefused  # noqa: PLC0415
        from ..models.preview_shape_totals import PreviewShapeTotals  # noqa: PLC0415

        d = dict(src_dict)
        goal = check_preview_shape_goal(d.pop("goal"))

        at = d.pop("at")

        totals = PreviewShapeTotals.from_dict(d.pop("totals"))

        refused = PreviewShapeRefused.from_dict(d.pop("refused"))

        preview_shape = cls(
            goal=goal,
            at=at,
            totals=totals,
            refused=refused,
        )

        preview_shape.additional_properties = d
        return preview_shape

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
