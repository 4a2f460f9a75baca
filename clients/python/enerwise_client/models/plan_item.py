from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.plan_item_goal import PlanItemGoal, check_plan_item_goal

T = TypeVar("T", bound="PlanItem")


@_attrs_define
class PlanItem:
    """One plan in a list.

    Attributes:
        id (str):
        made_at (str):
        goal (PlanItemGoal):
        cost_eur (float | None): Of all terms, as the planner reckoned.
        is_kept (bool): Whether it can be shown in full.
    """

    id: str
    made_at: str
    goal: PlanItemGoal
    cost_eur: float | None
    is_kept: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        made_at = self.made_at

        goal: str = self.goal

        cost_eur: float | None
        cost_eur = self.cost_eur

        is_kept = self.is_kept

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "made_at": made_at,
                "goal": goal,
                "cost_eur": cost_eur,
                "is_kept": is_kept,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        made_at = d.pop("made_at")

        goal = check_plan_item_goal(d.pop("goal"))

        def _parse_cost_eur(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        cost_eur = _parse_cost_eur(d.pop("cost_eur"))

        is_kept = d.pop("is_kept")

        plan_item = cls(
            id=id,
            made_at=made_at,
            goal=goal,
            cost_eur=cost_eur,
            is_kept=is_kept,
        )

        plan_item.additional_properties = d
        return plan_item

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
