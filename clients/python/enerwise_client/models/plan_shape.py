from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.plan_shape_band import PlanShapeBand, check_plan_shape_band
from ..models.plan_shape_goal import PlanShapeGoal, check_plan_shape_goal

if TYPE_CHECKING:
    from ..models.failure_shape import FailureShape
    from ..models.lane_shape import LaneShape
    from ..models.level_shape import LevelShape
    from ..models.past_shape import PastShape
    from ..models.phrase_shape import PhraseShape
    from ..models.plan_shape_power_w import PlanShapePowerW
    from ..models.price_shape import PriceShape
    from ..models.row_shape import RowShape
    from ..models.sources_shape import SourcesShape
    from ..models.totals_shape import TotalsShape


T = TypeVar("T", bound="PlanShape")


@_attrs_define
class PlanShape:
    """The plan in force, with what came before it.

    Attributes:
        id (str):
        made_at (str):
        goal (PlanShapeGoal):
        timezone (str):
        step_s (int):
        start_utc (list[str]):
        is_provisional (bool):
        price (PriceShape): What energy costs in each step.
        power_w (PlanShapePowerW):
        sources (SourcesShape): Sizes; solar, battery and grid stack up to what is used and what is stored from the
            grid.
        level (list[LevelShape]):
        band (PlanShapeBand): Where the 8 in 10 come from.
        lanes (list[LaneShape]):
        totals (TotalsShape): What a plan comes to; fixed fees are left out, they are the same in every plan.
        changes (list[PhraseShape]):
        table (list[RowShape]):
        notes (list[str]):
        broken (list[str]):
        next_at (None | str):
        failed (None | str):
        failure (FailureShape | None):
        past (PastShape): What was measured before, on the plan's steps.
    """

    id: str
    made_at: str
    goal: PlanShapeGoal
    timezone: str
    step_s: int
    start_utc: list[str]
    is_provisional: bool
    price: PriceShape
    power_w: PlanShapePowerW
    sources: SourcesShape
    level: list[LevelShape]
    band: PlanShapeBand
    lanes: list[LaneShape]
    totals: TotalsShape
    changes: list[PhraseShape]
    table: list[RowShape]
    notes: list[str]
    broken: list[str]
    next_at: None | str
    failed: None | str
    failure: FailureShape | None
    past: PastShape
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.failure_shape import FailureShape  # noqa: PLC0415

        id = self.id

        made_at = self.made_at

        goal: str = self.goal

        timezone = self.timezone

        step_s = self.step_s

        start_utc = self.start_utc

        is_provisional = self.is_provisional

        price = self.price.to_dict()

        power_w = self.power_w.to_dict()

        sources = self.sources.to_dict()

        level = []
        for level_item_data in self.level:
            level_item = level_item_data.to_dict()
            level.append(level_item)

        band: str = self.band

        lanes = []
        for lanes_item_data in self.lanes:
            lanes_item = lanes_item_data.to_dict()
            lanes.append(lanes_item)

        totals = self.totals.to_dict()

        changes = []
        for changes_item_data in self.changes:
            changes_item = changes_item_data.to_dict()
            changes.append(changes_item)

        table = []
        for table_item_data in self.table:
            table_item = table_item_data.to_dict()
            table.append(table_item)

        notes = self.notes

        broken = self.broken

        next_at: None | str
        next_at = self.next_at

        failed: None | str
        failed = self.failed

        failure: dict[str, Any] | None
        if isinstance(self.failure, FailureShape):
            failure = self.failure.to_dict()
        else:
            failure = self.failure

        past = self.past.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "made_at": made_at,
                "goal": goal,
                "timezone": timezone,
                "step_s": step_s,
                "start_utc": start_utc,
                "is_provisional": is_provisional,
                "price": price,
                "power_w": power_w,
                "sources": sources,
                "level": level,
                "band": band,
                "lanes": lanes,
                "totals": totals,
                "changes": changes,
                "table": table,
                "notes": notes,
                "broken": broken,
                "next_at": next_at,
                "failed": failed,
                "failure": failure,
                "past": past,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.failure_shape import FailureShape  # noqa: PLC0415
        from ..models.lane_shape import LaneShape  # noqa: PLC0415
        from ..models.level_shape import LevelShape  # noqa: PLC0415
        from ..models.past_shape import PastShape  # noqa: PLC0415
        from ..models.phrase_shape import PhraseShape  # noqa: PLC0415
        from ..models.plan_shape_power_w import PlanShapePowerW  # noqa: PLC0415
        from ..models.price_shape import PriceShape  # noqa: PLC0415
        from ..models.row_shape import RowShape  # noqa: PLC0415
        from ..models.sources_shape import SourcesShape  # noqa: PLC0415
        from ..models.totals_shape import TotalsShape  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        made_at = d.pop("made_at")

        goal = check_plan_shape_goal(d.pop("goal"))

        timezone = d.pop("timezone")

        step_s = d.pop("step_s")

        start_utc = cast(list[str], d.pop("start_utc"))

        is_provisional = d.pop("is_provisional")

        price = PriceShape.from_dict(d.pop("price"))

        power_w = PlanShapePowerW.from_dict(d.pop("power_w"))

        sources = SourcesShape.from_dict(d.pop("sources"))

        level = []
        _level = d.pop("level")
        for level_item_data in _level:
            level_item = LevelShape.from_dict(level_item_data)

            level.append(level_item)

        band = check_plan_shape_band(d.pop("band"))

        lanes = []
        _lanes = d.pop("lanes")
        for lanes_item_data in _lanes:
            lanes_item = LaneShape.from_dict(lanes_item_data)

            lanes.append(lanes_item)

        totals = TotalsShape.from_dict(d.pop("totals"))

        changes = []
        _changes = d.pop("changes")
        for changes_item_data in _changes:
            changes_item = PhraseShape.from_dict(changes_item_data)

            changes.append(changes_item)

        table = []
        _table = d.pop("table")
        for table_item_data in _table:
            table_item = RowShape.from_dict(table_item_data)

            table.append(table_item)

        notes = cast(list[str], d.pop("notes"))

        broken = cast(list[str], d.pop("broken"))

        def _parse_next_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        next_at = _parse_next_at(d.pop("next_at"))

        def _parse_failed(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        failed = _parse_failed(d.pop("failed"))

        def _parse_failure(data: object) -> FailureShape | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                failure_type_0 = FailureShape.from_dict(data)

                return failure_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FailureShape | None, data)

        failure = _parse_failure(d.pop("failure"))

        past = PastShape.from_dict(d.pop("past"))

        plan_shape = cls(
            id=id,
            made_at=made_at,
            goal=goal,
            timezone=timezone,
            step_s=step_s,
            start_utc=start_utc,
            is_provisional=is_provisional,
            price=price,
            power_w=power_w,
            sources=sources,
            level=level,
            band=band,
            lanes=lanes,
            totals=totals,
            changes=changes,
            table=table,
            notes=notes,
            broken=broken,
            next_at=next_at,
            failed=failed,
            failure=failure,
            past=past,
        )

        plan_shape.additional_properties = d
        return plan_shape

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
