from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.done_shape_acked_ms import DoneShapeAckedMs
    from ..models.done_shape_facts import DoneShapeFacts


T = TypeVar("T", bound="DoneShape")


@_attrs_define
class DoneShape:
    """What the door answered.

    Attributes:
        state (str):
        acked_ms (DoneShapeAckedMs | Unset):
        missing (list[str] | Unset):
        rest_s (float | None | Unset):
        refusals (list[str] | Unset):
        facts (DoneShapeFacts | Unset):
    """

    state: str
    acked_ms: DoneShapeAckedMs | Unset = UNSET
    missing: list[str] | Unset = UNSET
    rest_s: float | None | Unset = UNSET
    refusals: list[str] | Unset = UNSET
    facts: DoneShapeFacts | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        state = self.state

        acked_ms: dict[str, Any] | Unset = UNSET
        if not isinstance(self.acked_ms, Unset):
            acked_ms = self.acked_ms.to_dict()

        missing: list[str] | Unset = UNSET
        if not isinstance(self.missing, Unset):
            missing = self.missing

        rest_s: float | None | Unset
        if isinstance(self.rest_s, Unset):
            rest_s = UNSET
        else:
            rest_s = self.rest_s

        refusals: list[str] | Unset = UNSET
        if not isinstance(self.refusals, Unset):
            refusals = self.refusals

        facts: dict[str, Any] | Unset = UNSET
        if not isinstance(self.facts, Unset):
            facts = self.facts.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "state": state,
            }
        )
        if acked_ms is not UNSET:
            field_dict["acked_ms"] = acked_ms
        if missing is not UNSET:
            field_dict["missing"] = missing
        if rest_s is not UNSET:
            field_dict["rest_s"] = rest_s
        if refusals is not UNSET:
            field_dict["refusals"] = refusals
        if facts is not UNSET:
            field_dict["facts"] = facts

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.done_shape_acked_ms import DoneShapeAckedMs  # noqa: PLC0415
        from ..models.done_shape_facts import DoneShapeFacts  # noqa: PLC0415

        d = dict(src_dict)
        state = d.pop("state")

        _acked_ms = d.pop("acked_ms", UNSET)
        acked_ms: DoneShapeAckedMs | Unset
        if isinstance(_acked_ms, Unset):
            acked_ms = UNSET
        else:
            acked_ms = DoneShapeAckedMs.from_dict(_acked_ms)

        missing = cast(list[str], d.pop("missing", UNSET))

        def _parse_rest_s(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        rest_s = _parse_rest_s(d.pop("rest_s", UNSET))

        refusals = cast(list[str], d.pop("refusals", UNSET))

        _facts = d.pop("facts", UNSET)
        facts: DoneShapeFacts | Unset
        if isinstance(_facts, Unset):
            facts = UNSET
        else:
            facts = DoneShapeFacts.from_dict(_facts)

        done_shape = cls(
            state=state,
            acked_ms=acked_ms,
            missing=missing,
            rest_s=rest_s,
            refusals=refusals,
            facts=facts,
        )

        done_shape.additional_properties = d
        return done_shape

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
