from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.notice_shape_level import NoticeShapeLevel, check_notice_shape_level

if TYPE_CHECKING:
    from ..models.notice_shape_done import NoticeShapeDone
    from ..models.notice_shape_effect import NoticeShapeEffect
    from ..models.notice_shape_todo import NoticeShapeTodo
    from ..models.notice_shape_what import NoticeShapeWhat


T = TypeVar("T", bound="NoticeShape")


@_attrs_define
class NoticeShape:
    """One cause, however often it occurred.

    Attributes:
        id (str):
        level (NoticeShapeLevel):
        cause (str):
        subject (str):
        since (str):
        count (int):
        what (NoticeShapeWhat):
        effect (NoticeShapeEffect):
        done (NoticeShapeDone):
        todo (NoticeShapeTodo):
        is_seen (bool):
    """

    id: str
    level: NoticeShapeLevel
    cause: str
    subject: str
    since: str
    count: int
    what: NoticeShapeWhat
    effect: NoticeShapeEffect
    done: NoticeShapeDone
    todo: NoticeShapeTodo
    is_seen: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        level: str = self.level

        cause = self.cause

        subject = self.subject

        since = self.since

        count = self.count

        what = self.what.to_dict()

        effect = self.effect.to_dict()

        done = self.done.to_dict()

        todo = self.todo.to_dict()

        is_seen = self.is_seen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "level": level,
                "cause": cause,
                "subject": subject,
                "since": since,
                "count": count,
                "what": what,
                "effect": effect,
                "done": done,
                "todo": todo,
                "is_seen": is_seen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.notice_shape_done import NoticeShapeDone  # noqa: PLC0415
        from ..models.notice_shape_effect import NoticeShapeEffect  # noqa: PLC0415
        from ..models.notice_shape_todo import NoticeShapeTodo  # noqa: PLC0415
        from ..models.notice_shape_what import NoticeShapeWhat  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        level = check_notice_shape_level(d.pop("level"))

        cause = d.pop("cause")

        subject = d.pop("subject")

        since = d.pop("since")

        count = d.pop("count")

        what = NoticeShapeWhat.from_dict(d.pop("what"))

        effect = NoticeShapeEffect.from_dict(d.pop("effect"))

        done = NoticeShapeDone.from_dict(d.pop("done"))

        todo = NoticeShapeTodo.from_dict(d.pop("todo"))

        is_seen = d.pop("is_seen")

        notice_shape = cls(
            id=id,
            level=level,
            cause=cause,
            subject=subject,
            since=since,
            count=count,
            what=what,
            effect=effect,
            done=done,
            todo=todo,
            is_seen=is_seen,
        )

        notice_shape.additional_properties = d
        return notice_shape

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
